"""Contracts: what was agreed, and all that came of it."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.queries import ContractRow, count_contracts, get_contract, list_contracts
from kanjo.domains.licenses.queries import list_grants
from kanjo.domains.orders.queries import list_orders
from kanjo.domains.revenue.queries import list_obligations
from kanjo.foundation.ids import ContractId
from kanjo.foundation.money import Money
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.contracts.columns import CONCLUDED_ON
from kanjo.surfaces.web.contracts.columns import CONTRACTS as COLUMNS
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.licenses.columns import GRANTS
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.orders.columns import ORDERS
from kanjo.surfaces.web.revenue.columns import OBLIGATIONS
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Contracts", ja="契約")

CONTRACTS = ListPage[ContractRow](
    title=TITLE,
    columns=COLUMNS,
    filters=(Filter("state", labels.STATE, tuple(ContractState)),),
    rows=lambda asked: list_contracts(
        asked.desk.actor, state=asked.choices["state"], limit=asked.limit, offset=asked.offset
    ),
    count=lambda asked: count_contracts(asked.desk.actor, state=asked.choices["state"]),
)


@door(SIGNED_IN)
def contract(request: DeskRequest, key: int) -> HttpResponse:
    """Show a contract with its evidence, orders, obligations and licenses."""
    actor = request.desk.actor
    row = get_contract(actor, ContractId(key))
    detail = Detail(
        kind=labels.CONTRACT,
        title=row.number,
        state=row.state,
        back=Link(TITLE, "contracts"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (labels.QUOTE, Link(Text(en="The accepted quote", ja="承諾された見積"), "quote", row.quote_id)),
            (
                Text(en="Approval", ja="承認"),
                Link(Text(en="Its approval", ja="承認申請"), "approval", row.approval_request_id),
            ),
            (labels.TOTAL_BEFORE_TAX, Money(row.total_minor, row.currency)),
            (labels.PAYMENT_TERMS, payment_terms(row.payment_terms).shown),
            (CONCLUDED_ON, row.concluded_on),
            (labels.STARTS_ON, row.starts_on),
            (labels.UNTIL, last_day(row.until)),
            (Text(en="Notice opens on", ja="更新予告期間の開始日"), row.notice_opens_on),
            (Text(en="Stops on", ja="解約日"), row.stops_on),
            (labels.OWNER, row.owner),
            (
                Text(en="Signed paper", ja="署名済み契約書"),
                Link(Text(en="Download", ja="ダウンロード"), "file", row.signed_file_id),
            ),
            (Text(en="Its digest (SHA-256)", ja="ハッシュ値（SHA-256）"), row.signed_digest),
        ),
        sections=(
            Section(Text(en="Orders", ja="注文"), Table.of(ORDERS, list_orders(actor, contract_id=row.id))),
            Section(
                Text(en="Performance obligations", ja="履行義務"),
                Table.of(OBLIGATIONS, list_obligations(actor, contract_id=row.id)),
            ),
            Section(Text(en="Licenses", ja="ライセンス"), Table.of(GRANTS, list_grants(actor, contract_id=row.id))),
        ),
        trail=(("contracts_contract", key), ("quotes_quote", row.quote_id)),
    )
    return show(request, detail)

"""Renewals: contracts that come to their end."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.renewals.facts import RenewalState
from kanjo.domains.renewals.queries import RenewalRow, count_renewals, get_renewal, list_renewals
from kanjo.foundation.ids import RenewalId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Detail, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Renewals", ja="契約更新")
RENEWAL = Text(en="Renewal", ja="契約更新")
ENDS_ON = Text(en="Old term ends on", ja="現契約の終了日")
PROPOSED = Text(en="Proposed", ja="更新提案額")
APPEARED_ON = Text(en="Since", ja="対象となった日")

RENEWALS = ListPage[RenewalRow](
    title=TITLE,
    filters=(Filter("state", labels.STATE, tuple(RenewalState)),),
    columns=(
        Column(labels.CONTRACT, lambda row: Link(row.contract_number, "renewal", row.id)),
        Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id)),
        Column(labels.OWNER, lambda row: row.owner),
        Column(ENDS_ON, lambda row: last_day(row.term_until)),
        amount(PROPOSED, lambda row: Money(row.proposed_minor, row.currency)),
        Column(labels.STATE, lambda row: row.state),
    ),
    rows=lambda asked: list_renewals(
        asked.desk.actor, state=asked.choices["state"], limit=asked.limit, offset=asked.offset
    ),
    count=lambda asked: count_renewals(asked.desk.actor, state=asked.choices["state"]),
    note=Text(en="Nearest end first.", ja="終了日の近い順。"),
)


@door(SIGNED_IN)
def renewal(request: DeskRequest, key: int) -> HttpResponse:
    """Show a renewal with what the old term was and what is proposed."""
    row = get_renewal(request.desk.actor, RenewalId(key))
    renewed = row.renewed_contract_id
    detail = Detail(
        kind=RENEWAL,
        title=row.contract_number,
        state=row.state,
        back=Link(TITLE, "renewals"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (labels.CONTRACT, Link(row.contract_number, "contract", row.contract_id)),
            (labels.OWNER, row.owner),
            (ENDS_ON, last_day(row.term_until)),
            (APPEARED_ON, row.appeared_on),
            (PROPOSED, Money(row.proposed_minor, row.currency)),
            (Text(en="Price", ja="価格の根拠"), row.price_policy.shown),
            (
                labels.QUOTE,
                Link(Text(en="The quote", ja="見積を表示"), "quote", row.quote_id) if row.quote_id else None,
            ),
            (
                Text(en="Renewed as", ja="更新後の契約"),
                Link(Text(en="The new contract", ja="契約を表示"), "contract", renewed) if renewed else None,
            ),
        ),
        trail=(("renewals_renewal", key),),
    )
    return show(request, detail)

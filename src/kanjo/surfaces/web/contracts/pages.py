"""Contracts: what was agreed, and all that came of it."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse

from kanjo.domains.billing.queries import sharing_of
from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.operations import end_contract, terminate_contract
from kanjo.domains.contracts.queries import ContractRow, count_contracts, get_contract, list_amendments, list_contracts
from kanjo.domains.licenses.queries import find_end_of_use, list_grants
from kanjo.domains.orders.queries import list_orders
from kanjo.foundation.ids import ContractId
from kanjo.foundation.money import Money
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text
from kanjo.reports.deals import CONTRACT, QUOTE, find_deal
from kanjo.reports.promised import list_promised
from kanjo.reports.usage import list_metered
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.arranging import SHARE
from kanjo.surfaces.web.billing.bill_to import BILL_TO
from kanjo.surfaces.web.billing.holds import NEXT
from kanjo.surfaces.web.billing.sharing import SHARES, shares_shown
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.contracts import amending
from kanjo.surfaces.web.contracts.columns import CONCLUDED_ON
from kanjo.surfaces.web.contracts.columns import CONTRACTS as COLUMNS
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.licenses.columns import GRANTS
from kanjo.surfaces.web.licenses.ending import confirm_act, facts_of
from kanjo.surfaces.web.lists import Asked, Filter, ListPage
from kanjo.surfaces.web.orders.columns import ORDERS
from kanjo.surfaces.web.revenue.columns import OBLIGATIONS
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.stages import stages
from kanjo.surfaces.web.usage.pages import usage_of

TITLE = Text(en="Contracts", ja="契約")
STOPS_ON = Text(en="Stops on", ja="解約日")
TERM = Text(en="Term", ja="契約期間")
OVER = Text(en="Over, its end not noted", ja="満了・終了未登録")
END = Text(en="Note the end of the term", ja="契約期間の満了を登録")
TERMINATE = Text(en="Terminate the contract", ja="中途解約を登録")
ENDED = Text(en="The contract is: {state}.", ja="現在の状態: {state}")
NO_END = Text(en="The contract has no end of term.", ja="期間の定めがない契約です。")
RUNS = Text(en="The term runs through {day}.", ja="契約期間は {day} まで続きます。")
PAST = Text(en="The term is over: note its end.", ja="契約期間が満了しています。満了を登録してください。")
STAYS = Text(
    en="What is planned to be invoiced or recognised, the licenses, and a renewal that waits already stay as they are.",
    ja="請求予定、収益認識予定、ライセンス、対応待ちの契約更新は変わりません。",
)

CONTRACTS = ListPage[ContractRow](
    title=TITLE,
    search=Text(en="Number or customer", ja="契約番号・顧客名"),
    columns=COLUMNS,
    filters=(
        Filter("state", labels.STATE, tuple(ContractState)),
        Filter("term", TERM, ("over",), lambda _over: OVER),
    ),
    rows=lambda asked: list_contracts(
        asked.desk.actor,
        state=asked.choices["state"],
        over_on=_over_on(asked),
        search=asked.text,
        most=asked.most,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_contracts(
        asked.desk.actor, state=asked.choices["state"], over_on=_over_on(asked), search=asked.text
    ),
)


def _over_on(asked: Asked) -> date | None:
    return asked.desk.today if asked.choices["term"] else None


@door(SIGNED_IN)
def contract(request: DeskRequest, key: int) -> HttpResponse:
    """Show a contract with its evidence, orders, obligations and licenses."""
    actor = request.desk.actor
    row = get_contract(actor, ContractId(key))
    amendments = list_amendments(actor, row.id)
    grants, use_ended = list_grants(actor, contract_id=row.id), find_end_of_use(actor, row.id)
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
            *amending.facts_of(row, amendments),
            (labels.PAYMENT_TERMS, payment_terms(row.payment_terms).shown),
            (CONCLUDED_ON, row.concluded_on),
            (labels.STARTS_ON, row.starts_on),
            (labels.UNTIL, last_day(row.until)),
            (Text(en="Notice opens on", ja="更新予告期間の開始日"), row.notice_opens_on),
            (STOPS_ON, row.stops_on),
            *facts_of(use_ended),
            (Text(en="Billing", ja="請求"), Link(NEXT, "what-next", row.id)),
            (SHARES, shares_shown(sharing_of(row.company_id, request.desk.today, contract_id=row.id))),
            (labels.OWNER, row.owner),
            (
                Text(en="Signed paper", ja="署名済み契約書"),
                Link(Text(en="Download", ja="ダウンロード"), "file", row.signed_file_id),
            ),
            (Text(en="Its digest (SHA-256)", ja="ハッシュ値（SHA-256）"), row.signed_digest),
        ),
        sections=(
            *((amending.amendments_of(amendments),) if amendments else ()),
            Section(Text(en="Orders", ja="注文"), Table.of(ORDERS, list_orders(actor, contract_id=row.id))),
            *usage_of(list_metered(actor, contract_id=row.id)),
            Section(
                Text(en="Performance obligations", ja="履行義務"),
                Table.of(OBLIGATIONS, list_promised(actor, contract_id=row.id)),
            ),
            Section(Text(en="Licenses", ja="ライセンス"), Table.of(GRANTS, grants)),
        ),
        acts=(
            *amending.amend_acts(row, amendments),
            *_acts(row, request.desk.today),
            Act(SHARE, Link("", "share-contract", key), "billing.share-contract"),
            Act(BILL_TO, Link("", "bill-to-contract", key), "billing.choose-bill-to"),
            confirm_act(row, grants, use_ended, request.desk),
        ),
        trail=((CONTRACT, key), (QUOTE, row.quote_id)),
        steps=stages(find_deal(actor, CONTRACT, row.id)),
    )
    return show(request, detail)


def _acts(row: ContractRow, today: date) -> tuple[Act, ...]:
    ended = None if row.state is ContractState.CONCLUDED else ENDED.filled(state=row.state.shown)
    over = row.until is not None and row.until <= today
    runs = RUNS.filled(day=last_day(row.until)) if row.until else NO_END
    return (
        Act(END, Link("", "end-contract", row.id), "contracts.end", ended or (None if over else runs), main=over),
        Act(
            TERMINATE,
            Link("", "terminate-contract", row.id),
            "contracts.terminate",
            ended or (PAST if over else None),
        ),
    )


@door(doing("contracts.end"))
def end(request: DeskRequest, key: int) -> HttpResponse:
    """Note that the term of a contract ran out."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def do(_given: Given) -> Link:
        end_contract(contract_id=row.id, on=desk.today, by=desk.actor, at=desk.now)
        return Link("", "contract", key)

    says = Text(
        en="The contract ends with its term and can be renewed no more. {stays}",
        ja="契約は期間の末日をもって終了し、以後の更新はできません。{stays}",
    ).filled(stays=STAYS)
    back = Link(row.number, "contract", key)
    return perform(request, Deed(of=("contracts_contract", key), title=END, back=back, button=END, do=do, says=says))


@door(doing("contracts.terminate"))
def terminate(request: DeskRequest, key: int) -> HttpResponse:
    """Stop a contract before its term runs out."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def do(given: Given) -> Link:
        terminate_contract(
            contract_id=row.id, stops_on=given["stops_on"], because=given["because"], by=desk.actor, at=desk.now
        )
        return Link("", "contract", key)

    says = Text(
        en="{number}, {total} before tax: from that day on the contract is without effect, for good, and no renewal of"
        " it is prepared; one that waits already stays. What is not served any more is neither invoiced nor recognised,"
        " and its licenses end; the next billing run gives back what was invoiced for later days. License Management is"
        " asked to confirm the end of use.",
        ja="契約 {number}（税抜 {total}）は指定日以降無効となり、元に戻せません。契約更新の対象にもなりません"
        "（対応待ちの契約更新は残ります）。指定日以降の分は請求も収益認識も行わず、ライセンスも終了します。"
        "請求済みの分は次回の請求処理で返還します。ライセンス管理に利用終了の確認を依頼します。",
    ).filled(number=row.number, total=told(Money(row.total_minor, row.currency)))
    fields = (
        day(
            "stops_on",
            STOPS_ON,
            desk.today,
            hint=Text(en="The first day without effect", ja="契約が無効となる最初の日"),
        ),
        prose("because", labels.REASON),
    )
    back = Link(row.number, "contract", key)
    return perform(
        request,
        Deed(
            of=("contracts_contract", key),
            title=TERMINATE,
            back=back,
            button=TERMINATE,
            do=do,
            fields=fields,
            says=says,
        ),
    )

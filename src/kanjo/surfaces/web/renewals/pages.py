"""Renewals: contracts that come to their end, and whether they go on."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.contracts.queries import find_contract_of_quote, get_contract
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.queries import QuoteRow, list_quotes
from kanjo.domains.renewals.facts import RenewalState
from kanjo.domains.renewals.operations import let_lapse, renew
from kanjo.domains.renewals.queries import RenewalRow, count_renewals, get_renewal, list_renewals
from kanjo.foundation.ids import QuoteId, RenewalId
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.processes.offer_renewal import offer_renewal, withdrawn
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import choice, day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Renewals", ja="契約更新")
RENEWAL = Text(en="Renewal", ja="契約更新")
ENDS_ON = Text(en="Old term ends on", ja="現契約の終了日")
PROPOSED = Text(en="Proposed", ja="更新提案額")
APPEARED_ON = Text(en="Since", ja="対象となった日")
NOTE_QUOTE = Text(en="Note its quote", ja="更新見積を登録")
LAPSE = Text(en="Let it lapse", ja="更新なしを登録")
RENEW = Text(en="Note as renewed", ja="更新済みを登録")
SETTLED = Text(en="The renewal is: {state}.", ja="現在の状態: {state}")
NOT_QUOTED = Text(en="Its quote is not noted yet.", ja="更新見積が登録されていません。")
OFFERED = Text(en="{number}, {total}, {state}", ja="{number}　{total}　{state}")
GONE = frozenset({QuoteState.EXPIRED, QuoteState.WITHDRAWN})
MOST = 100


class NotConcluded(Refusal):
    """The quote of a renewal did not become a contract."""

    rule = "renewals.not-concluded"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The quote of this renewal did not become a contract yet.", ja="この更新の見積はまだ契約になっていません。"
    )
    remedy = Text(en="Note the customer's acceptance on the quote.", ja="見積のページで顧客の承諾を登録してください。")


RENEWALS = ListPage[RenewalRow](
    title=TITLE,
    filters=(Filter("state", labels.STATE, tuple(RenewalState)),),
    columns=(
        Column(labels.CONTRACT, lambda row: Link(row.contract_number, "renewal", row.id), order="contract"),
        Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
        Column(labels.OWNER, lambda row: row.owner, order="owner"),
        Column(ENDS_ON, lambda row: last_day(row.term_until), order="term_until"),
        amount(PROPOSED, lambda row: Money(row.proposed_minor, row.currency), "proposed"),
        Column(labels.STATE, lambda row: row.state, order="state"),
    ),
    rows=lambda asked: list_renewals(
        asked.desk.actor, state=asked.choices["state"], order=asked.order, limit=asked.limit, at=asked.at
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
        acts=_acts(row, offered=row.quote_id is not None and withdrawn(row, by=request.desk.actor) is None),
        trail=(("renewals_renewal", key),),
    )
    return show(request, detail)


def _acts(row: RenewalRow, *, offered: bool) -> tuple[Act, ...]:
    settled = row.state in {RenewalState.RENEWED, RenewalState.LAPSED}
    told = SETTLED.filled(state=row.state.shown)
    return (
        Act(
            NOTE_QUOTE,
            Link("", "quote-renewal", row.id),
            "renewals.quote",
            told if settled or offered else None,
            main=True,
        ),
        Act(
            RENEW,
            Link("", "renew", row.id),
            "renewals.renew",
            told if settled else None if offered else NOT_QUOTED,
        ),
        Act(LAPSE, Link("", "let-lapse", row.id), "renewals.let-lapse", told if settled else None),
    )


@door(doing("renewals.quote"))
def note_quote(request: DeskRequest, key: int) -> HttpResponse:
    """Note which quote offers the next term."""
    desk = request.desk
    row = get_renewal(desk.actor, RenewalId(key))
    old = get_contract(desk.actor, row.contract_id).quote_id
    quotes = [
        one
        for one in list_quotes(desk.actor, customer_id=row.customer_id, limit=MOST)
        if one.state not in GONE and one.id != old
    ]

    def do(given: Given) -> Link:
        quote_id = QuoteId(int(given["quote"]))
        offer_renewal(renewal_id=row.id, quote_id=quote_id, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "renewal", key)

    says = Text(
        en="Draft the quote of the next term on an opportunity of the customer, then choose it here."
        " Once it becomes a contract, the renewal is done by itself.",
        ja="次期の見積を顧客の商談から作成し、ここで選択します。見積が契約になると、契約更新は自動的に完了します。",
    )
    fields = (
        choice("quote", labels.QUOTE, tuple((str(one.id), _offered(one)) for one in quotes)),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    back = Link(row.contract_number, "renewal", key)
    return perform(
        request,
        Deed(
            of=("renewals_renewal", key),
            title=NOTE_QUOTE,
            back=back,
            button=NOTE_QUOTE,
            do=do,
            fields=fields,
            says=says,
        ),
    )


def _offered(row: QuoteRow) -> Text:
    total = Money(row.total_minor, row.currency)
    shown = Text(en=total.shown("en"), ja=total.shown("ja"))
    return OFFERED.filled(number=row.number, total=shown, state=row.state.shown)


@door(doing("renewals.renew"))
def note_renewed(request: DeskRequest, key: int) -> HttpResponse:
    """Note the contract that the quote of a renewal had become before it was noted here."""
    desk = request.desk
    row = get_renewal(desk.actor, RenewalId(key))
    contract = find_contract_of_quote(desk.actor, row.quote_id) if row.quote_id else None

    def do(given: Given) -> Link:
        if contract is None:
            raise NotConcluded
        renew(renewal_id=row.id, contract_id=contract.id, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "renewal", key)

    says = Text(
        en="Contract {number} follows this one, and the renewal is done.",
        ja="次期の契約 {number} を登録し、契約更新を完了します。",
    )
    fields = (day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),)
    deed = Deed(
        of=("renewals_renewal", key),
        title=RENEW,
        back=Link(row.contract_number, "renewal", key),
        button=RENEW,
        do=do,
        fields=fields,
        says=says.filled(number=contract.number) if contract else NotConcluded.says,
    )
    return perform(request, deed)


@door(doing("renewals.let-lapse"))
def lapse(request: DeskRequest, key: int) -> HttpResponse:
    """Note that the customer does not go on."""
    desk = request.desk
    row = get_renewal(desk.actor, RenewalId(key))

    def do(given: Given) -> Link:
        let_lapse(renewal_id=row.id, because=given["because"], on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "renewal", key)

    says = Text(
        en="The contract runs out with its term and the work leaves the queue, for good.",
        ja="契約は期間満了で終了し、担当者の受付箱から外れます。元に戻せません。",
    )
    fields = (prose("because", labels.REASON), day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY))
    back = Link(row.contract_number, "renewal", key)
    return perform(
        request,
        Deed(of=("renewals_renewal", key), title=LAPSE, back=back, button=LAPSE, do=do, fields=fields, says=says),
    )

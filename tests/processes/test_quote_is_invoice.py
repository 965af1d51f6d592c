"""What a quote and an amendment show is what is billed: through the real doors' acts, under every kind of policy."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Anchor, BillingPolicy, ChangePreview, GroupKey, ShareOfPayer
from kanjo.domains.billing.models import Invoice, Plan
from kanjo.domains.billing.queries import get_policy
from kanjo.domains.catalog.facts import BillingTiming, TaxClass
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.customers.operations import choose_tax_rounding
from kanjo.domains.orders.queries import get_order
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.ids import CustomerId, ProductId
from kanjo.foundation.money import Rounding
from kanjo.foundation.periods import Period
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.agreed import Agreed, LineMore, PartWanted
from kanjo.processes.amend_contract import amend_contract, preview_amendment
from kanjo.processes.draft_offer import LineWanted, draft_offer
from kanjo.processes.preview_offer import planned_charges, planned_invoices
from tests.builders import a_customer, a_product
from tests.harness.office import APRIL, Office, an_office, morning
from tests.harness.policies import a_policy, chosen, every_choice, pairwise
from tests.processes.test_usage_offered import AT_LEAST, offers

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LATER = Period(date(2026, 4, 11), date(2027, 2, 21))
AGREED_ON = date(2026, 6, 20)
BEYOND = date(2027, 6, 30)
TIMINGS = (BillingTiming.IN_ADVANCE, BillingTiming.IN_ARREARS)


def wanted(office: Office, chance: random.Random) -> list[LineWanted]:
    """Return two lines of any interval and timing, over a term that breaks off at both ends."""
    lines = []
    for code, start in (("ONE", LATER.start), ("TWO", date(2026, 5, 4))):
        months, days = chance.choice([(1, 0), (1, 0), (2, 0), (3, 0), (6, 0), (12, 0), (0, 7), (0, 10)])
        product = a_product(
            office.company_id, code, interval_months=months, interval_days=days, timing=chance.choice(TIMINGS)
        )
        until = date(2026, 10, 1) if days else LATER.until
        lines.append(LineWanted(product, chance.randint(2, 20), chance.randint(9_000, 70_000), Period(start, until)))
    return lines


def issued() -> list[tuple[date, date, int, int]]:
    """Return every invoice issued: its day, its due day, net and tax."""
    rows = Invoice.objects.order_by("id").values_list("issued_on", "due_on", "net_minor", "tax_minor")
    return [(day, due, net, tax) for day, due, net, tax in rows]


Drawn = Callable[[ConcludedDeal, ProductId, random.Random], Agreed]


def terms(kind: AmendmentKind, chance: random.Random, **agreed: object) -> Agreed:
    """Return an amendment that takes effect before or after it was agreed."""
    effective_on = AGREED_ON + timedelta(days=chance.randint(-40, 90))
    everyday = {"effective_on": effective_on, "concluded_on": AGREED_ON, "because": "変更"}
    return Agreed(kind=kind, **everyday | agreed)  # type: ignore[arg-type]  # tests name the fields they change


def _more(deal: ConcludedDeal, units: int, net: int) -> tuple[LineMore, ...]:
    return (LineMore(deal.lines[0].order_line_id, units, net),)


def _added(product: ProductId, chance: random.Random) -> tuple[LineWanted, ...]:
    return (LineWanted(product, 3, chance.randint(1_000, 20_000)),)


CHANGES: dict[str, Drawn] = {
    "upgrade": lambda deal, _, chance: terms(
        AmendmentKind.CHANGE, chance, more=_more(deal, 0, chance.randint(1, 9_000))
    ),
    "downgrade": lambda deal, _, chance: terms(
        AmendmentKind.CHANGE, chance, more=_more(deal, 0, -chance.randint(1, 8_000))
    ),
    "more units": lambda deal, _, chance: terms(AmendmentKind.CHANGE, chance, more=_more(deal, 3, 4_321)),
    "fewer units": lambda deal, _, chance: terms(AmendmentKind.CHANGE, chance, more=_more(deal, -1, -1_234)),
    "pause": lambda _deal, _, chance: terms(
        AmendmentKind.SUSPENSION,
        chance,
        effective_on=date(2026, 7, 8),
        until=date(2026, 7, 9) + timedelta(days=chance.randint(0, 80)),
    ),
    "end": lambda deal, _, chance: terms(AmendmentKind.END_OF_LINES, chance, ends=(deal.lines[0].order_line_id,)),
    "add-on": lambda _deal, product, chance: terms(AmendmentKind.ADD_ON, chance, added=_added(product, chance)),
    "swap": lambda deal, product, chance: terms(
        AmendmentKind.SWAP, chance, ends=(deal.lines[0].order_line_id,), added=_added(product, chance)
    ),
    "split": lambda deal, _, chance: terms(
        AmendmentKind.SPLIT, chance, parts=(PartWanted(deal.lines[0].order_line_id, 1),)
    ),
    "billing day": lambda _deal, _, chance: terms(AmendmentKind.BILLING_DAY, chance, anchor_on=date(2026, 8, 25)),
}
POLICIES = pairwise(**every_choice())
CHANGED = pairwise(**every_choice(), change=list(CHANGES))
"""Few cases in which every two choices of a policy, and of a policy and a change, meet."""


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.mark.row("BIL-11", "BIL-13")
@pytest.mark.parametrize("seed", range(2))
def test_a_quote_is_its_contract_its_order_and_its_invoices(office: Office, seed: int) -> None:
    """One policy, chosen for the company, is quoted, planned and billed by: the same days and amounts to the yen."""
    chance = random.Random(seed)
    policy = a_policy(chance)
    key = chosen(office, policy)
    customer = a_customer()
    quote_id = office.quote(customer, wanted(office, chance), until=LATER.until)
    quote = get_quote(office.rep, quote_id)
    assert (quote.offer.billing.policy, get_policy(key).choices) == (key, policy)
    planned = planned_charges(quote.offer.lines, on=APRIL, billing=quote.offer.billing)
    office.approve(office.submit(quote_id))
    deal = office.accept(quote_id, office.send(quote_id))
    assert set(Plan.objects.values_list("policy_id", flat=True)) == {key}
    for day in sorted({charge.billing_on for charge in planned}):
        office.bill(day)
    shown: dict[date, int] = {}
    for charge in planned:
        shown[charge.billing_on] = shown.get(charge.billing_on, 0) + charge.amount_minor
    assert [(day, net) for day, _, net, _ in issued()] == [(day, shown[day]) for day in sorted(shown) if shown[day]]
    office.bill(BEYOND)
    total = get_order(office.rep, deal.order_id).total_minor
    assert quote.row.total_minor == total == sum(net for _, _, net, _ in issued())


ROUNDINGS = (None, *Rounding)
PAID = ("close:31:1:31:none", "close:20:1:15:none", "net:30:none")


def everything(office: Office, chance: random.Random) -> list[LineWanted]:
    """Return what recurs, one line of it metered and one taxed at the reduced rate, and what is delivered once."""
    reduced = a_product(office.company_id, "PAPER", tax_class=TaxClass.REDUCED)
    metered = a_product(office.company_id, "CALLS")
    terms = replace(AT_LEAST, minimum_minor=chance.randint(1, 9_000), commitment_minor=chance.randint(1, 90_000))
    offers(metered, terms)
    return [
        *wanted(office, chance),
        LineWanted(reduced, 3, chance.randint(1_000, 9_000), LATER),
        LineWanted(metered, 2, chance.randint(1_000, 9_000), LATER),
        office.boxes(2, chance.randint(1_000, 90_000)),
    ]


def choices(office: Office, payer: CustomerId, chance: random.Random) -> None:
    """Choose rounding, grouping and maybe a second payer, some from a day to come."""
    second = a_customer("株式会社青葉販売")
    by_desk: dict[str, Any] = {"company_id": office.company_id, "by": office.receivables, "at": morning(APRIL)}
    for on in (APRIL, date(2026, 8, 3)):
        for customer_id in (payer, second):
            choose_tax_rounding(customer_id=customer_id, rounding=chance.choice(ROUNDINGS), on=on, **by_desk)
        keys = [key for key in GroupKey if chance.random() < 0.3]
        billing.choose_grouping(payer_id=chance.choice([payer, None]), keys=keys, on=on, **by_desk)
    if chance.random() < 0.5:
        shares = [ShareOfPayer(payer, chance.randint(1, 5)), ShareOfPayer(second, chance.randint(1, 5))]
        day = chance.choice([APRIL, date(2026, 9, 1)])
        billing.share_account(payer_id=payer, shares=shares, on=day, because="折半", **by_desk)


@pytest.mark.row("BIL-11", "BIL-13")
@pytest.mark.parametrize("case", range(len(POLICIES)))
def test_the_invoices_on_the_quote_are_those_that_are_issued(office: Office, case: int) -> None:
    """One of each day, payer and group: due as agreed, taxed per rate as the payer's are, and no other ever."""
    chance = random.Random(f"whole {case}")
    chosen(office, BillingPolicy(**POLICIES[case]))
    customer = a_customer()
    with transaction.atomic():
        choices(office, customer, chance)
        lines = everything(office, chance)
        quote_id = draft_offer(
            company_id=office.company_id,
            opportunity_id=office.opportunity(customer),
            customer_id=customer,
            currency="JPY",
            wanted=lines,
            payment_terms=chance.choice(PAID),
            starts_on=APRIL,
            until=LATER.until,
            valid_until=LATER.until,
            by=office.rep,
            at=morning(APRIL),
            on=APRIL,
        )
    shown = planned_invoices(get_quote(office.rep, quote_id).offer, company_id=office.company_id)
    assert (shown.stopped, len(shown.invoices) > 1) == (None, True)
    office.approve(office.submit(quote_id))
    deal = office.accept(quote_id, office.send(quote_id))
    office.deliver(deal.lines[-1].order_line_id, on=APRIL)
    for day in sorted({invoice.issued_on for invoice in shown.invoices}):
        office.bill(day)
    office.bill(BEYOND)
    rows = Invoice.objects.values_list(
        "issued_on", "due_on", "payer_id", "payer_name", "net_minor", "tax_minor", "total_minor"
    )
    assert sorted(rows) == sorted(
        (one.issued_on, one.due_on, one.payer_id, one.payer_name, one.net.minor, one.tax.minor, one.total.minor)
        for one in shown.invoices
    )


@pytest.mark.row("BIL-13")
def test_a_quote_says_where_other_contracts_may_stand_beside_it(office: Office) -> None:
    """Grouped by contract, order or line its invoices are its own; by customer order number or by nothing they may not.

    What another contract puts there is not shown.
    """
    customer = a_customer()
    office.sell(customer, [office.users(3)])
    offer = get_quote(office.rep, office.quote(customer, [office.users(10)])).offer
    alone = planned_invoices(offer, company_id=office.company_id)
    assert not alone.joined
    for keys, joined in (([], True), ([GroupKey.PO_NUMBER], True), ([GroupKey.LINE], False), ([GroupKey.TAG], True)):
        with transaction.atomic():
            billing.choose_grouping(
                company_id=office.company_id,
                payer_id=customer,
                keys=keys,
                on=date(2026, 6, 1),
                by=office.receivables,
                at=morning(APRIL),
            )
        shown = planned_invoices(offer, company_id=office.company_id)
        assert (shown.joined, shown.invoices) == (joined, alone.invoices)


@pytest.mark.row("BIL-13")
def test_what_a_run_would_refuse_is_said_on_the_quote(office: Office) -> None:
    """Of days before there was a consumption tax there is no invoice: the quote says why instead of showing one."""
    offer = get_quote(office.rep, office.quote(a_customer(), [office.users(10)])).offer
    early = replace(offer.lines[0], service=Period(date(1988, 4, 1), date(1988, 6, 1)))
    shown = planned_invoices(replace(offer, lines=(early,)), company_id=office.company_id)
    assert shown.invoices == ()
    assert shown.stopped is not None


@pytest.mark.row("BIL-11")
def test_whole_months_may_break_months_of_the_calendar(office: Office) -> None:
    """16 May to 15 July is two months, and 16/31 of May, June and 15/31 of July; from 16 June it is 15/30 and 15/31."""
    chosen(office, BillingPolicy(anchor=Anchor.CALENDAR))
    for start, until, total in (
        (date(2026, 5, 16), date(2026, 7, 16), 48_000 + 93_000 + 45_000),
        (date(2026, 6, 16), date(2026, 7, 16), 46_500 + 45_000),
    ):
        wanted = [office.users(1, 93_000, service=Period(start, until))]
        deal = office.sell(a_customer(f"顧客{start}"), wanted, until=date(2027, 4, 1))
        assert get_order(office.rep, deal.order_id).total_minor == total


@pytest.mark.row("BIL-12", "BIL-13")
@pytest.mark.parametrize("case", range(len(CHANGED)))
def test_an_amendment_is_billed_as_it_was_shown(office: Office, case: int) -> None:
    """Every invoice that the preview names is issued on its day, due on its day, with its net and its tax; no more."""
    chance, policy = random.Random(case), dict(CHANGED[case])
    change = policy.pop("change")
    chosen(office, BillingPolicy(**policy))
    deal = office.sell(a_customer(), wanted(office, chance), until=LATER.until)
    for day in (APRIL, date(2026, 5, 1), date(2026, 6, 1), AGREED_ON):
        office.bill(day)
    before = issued()
    added = a_product(office.company_id, "ADDED", interval_months=chance.choice([1, 3]), timing=chance.choice(TIMINGS))
    agreed = CHANGES[change](deal, added, chance)
    shown = preview_amendment(deal.contract_id, agreed, office.deal_management)
    with transaction.atomic():
        amended = amend_contract(
            contract_id=deal.contract_id, agreed=agreed, by=office.deal_management, at=morning(AGREED_ON)
        )
    assert amended.total_minor == shown.net.minor
    for day in sorted({invoice.issued_on for invoice in shown.invoices}):
        office.bill(day)
    assert issued()[len(before) :] == _as_issued(shown)
    office.bill(BEYOND)
    assert len(issued()) == len(before) + len(shown.invoices)


def _as_issued(shown: ChangePreview) -> list[tuple[date, date, int, int]]:
    return [(one.issued_on, one.due_on, one.net.minor, one.tax.minor) for one in shown.invoices]

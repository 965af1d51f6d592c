"""A contract is changed, and everything that stands on it follows: plans, orders, obligations, licenses, the books."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from kanjo.domains.billing.facts import Billed, BillingPolicy, ChangePreview, Instalment, Restart
from kanjo.domains.billing.queries import charges_to_come, list_invoices
from kanjo.domains.billing.queries.due import Scope
from kanjo.domains.contracts.facts import AmendmentKind, ContractAmended
from kanjo.domains.contracts.operations import terminate_contract
from kanjo.domains.contracts.queries import get_contract, list_amendments
from kanjo.domains.licenses.queries import position
from kanjo.domains.orders.queries import lines_of_amendment, lines_of_contracts
from kanjo.foundation.ids import AmendmentId, ContractId, OrderLineId
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.agreed import Agreed, LineMore
from kanjo.processes.amend_contract import amend_contract, preview_amendment
from kanjo.processes.bill_in_instalments import plan_instalments
from kanjo.processes.end_lines import end_lines
from kanjo.reports.identities import IDENTITIES
from tests.builders import A_YEAR, a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.harness.policies import chosen
from tests.plumbing import FreshDatabase

JULY, OCTOBER, END = date(2026, 7, 1), date(2026, 10, 1), A_YEAR.until


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.fixture
def deal(office: Office) -> ConcludedDeal:
    """Ten users for a year at 1,000 yen a month, and a box."""
    return office.sell(a_customer(), [office.users(10), office.boxes(1)])


@transaction.atomic
def amend(office: Office, contract_id: ContractId, on: date = APRIL, **agreed: Any) -> ContractAmended:
    return amend_contract(
        contract_id=contract_id, agreed=terms(on=on, **agreed), by=office.deal_management, at=morning(on)
    )


def terms(*, on: date = APRIL, **agreed: Any) -> Agreed:
    everyday: dict[str, Any] = {
        "kind": AmendmentKind.CHANGE,
        "effective_on": JULY,
        "concluded_on": on,
        "because": "利用者の増減",
    }
    return Agreed(**everyday | agreed)


def more(deal: ConcludedDeal, quantity: int) -> tuple[LineMore, ...]:
    return (LineMore(deal.lines[0].order_line_id, quantity, quantity * 1_000),)


def broken(office: Office) -> set[str]:
    """Return what does not hold; the audit chain is closed when a transaction ends, which these never do."""
    checked = (one.check(office.company_id) for one in IDENTITIES if one.name != "audit-chain")
    return {one.name for one in checked if not one.holds}


def value(office: Office, contract_id: ContractId) -> int:
    amendments = list_amendments(office.deal_management, contract_id)
    return get_contract(office.deal_management, contract_id).total_minor + sum(row.total_minor for row in amendments)


def users(office: Office, day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT customer_id FROM licenses_grant")
        (customer_id,) = cursor.fetchone()
    return sum(row.quantity for row in position(house(), customer_id, AsKnown(day)))


def promised(contract_id: ContractId) -> list[tuple[date | None, date | None, int]]:
    """Return the obligations of a contract summed by their days; days that come to nothing are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT service_start, service_until, sum(price_minor)::bigint FROM revenue_obligation"
            " WHERE contract_id = %s GROUP BY 1, 2 HAVING sum(price_minor) <> 0 ORDER BY 1, 2",
            [contract_id],
        )
        return list(cursor.fetchall())


class TestChange:
    @pytest.mark.row("BIL-7")
    def test_five_users_more_from_july(self, office: Office, deal: ConcludedDeal) -> None:
        """Nine months of 5,000 yen: the contract, its order, the obligation and the right to use say the same."""
        amended = amend(office, deal.contract_id, more=more(deal, 5))
        assert (amended.total_minor, value(office, deal.contract_id)) == (45_000, 120_000 + 50_000 + 45_000)
        (line,) = lines_of_amendment(house(), amended.amendment_id)
        assert (line.changes, line.quantity, line.total_minor) == (deal.lines[0].order_line_id, 5, 45_000)
        assert (JULY, END, 45_000) in promised(deal.contract_id)
        assert (users(office, JULY - timedelta(days=1)), users(office, JULY)) == (10, 15)
        assert broken(office) == set()

    def test_fewer_of_it(self, office: Office, deal: ConcludedDeal) -> None:
        """Four users fewer: a negative difference everywhere."""
        assert amend(office, deal.contract_id, more=more(deal, -4)).total_minor == -36_000
        assert (users(office, JULY), broken(office)) == (6, set())

    def test_the_preview_says_the_same(self, office: Office, deal: ConcludedDeal) -> None:
        """What the amendment is said to cost is what it changes the contract by; looking changes nothing."""
        shown = preview(office, deal, more=more(deal, 5))
        assert (shown.net.minor, list_amendments(house(), deal.contract_id)) == (45_000, [])
        assert amend(office, deal.contract_id, more=more(deal, 5)).total_minor == shown.net.minor

    def test_a_line_ends(self, office: Office, deal: ConcludedDeal) -> None:
        """From October on the users are gone: half a year less."""
        cloud = deal.lines[0].order_line_id
        ended = amend(office, deal.contract_id, kind=AmendmentKind.END_OF_LINES, ends=(cloud,), effective_on=OCTOBER)
        assert (ended.total_minor, users(office, OCTOBER), broken(office)) == (-60_000, 0, set())
        assert [line.terms.code for line in lines_of_contracts([deal.contract_id])[deal.contract_id]] == [
            "kanjo-jp-BOX"
        ]

    def test_what_is_refused_leaves_nothing(self, office: Office, deal: ConcludedDeal) -> None:
        """More users fewer than there are, a line of another contract, a day outside the term: nothing is written."""
        stranger = office.sell(a_customer("別会社", name_kana="ベツガイシャ"), [office.users(1)])
        wrongs: list[dict[str, Any]] = [
            {"more": more(deal, -11)},
            {"more": more(stranger, 1)},
            {"more": more(deal, 1), "effective_on": END},
            {"more": more(deal, 1), "because": " "},
            {"kind": AmendmentKind.WITHDRAWAL, "withdraws": AmendmentId(0)},
            {"kind": AmendmentKind.END_OF_LINES, "ends": (OrderLineId(0),)},
        ]
        for wrong in wrongs:
            with pytest.raises(Refusal), transaction.atomic():
                amend(office, deal.contract_id, **wrong)
        assert (list_amendments(house(), deal.contract_id), broken(office)) == ([], set())


def preview(office: Office, deal: ConcludedDeal, **agreed: Any) -> ChangePreview:
    return preview_amendment(deal.contract_id, terms(**agreed), office.deal_management)


class TestAddOn:
    @pytest.mark.row("SCL-6")
    def test_it_ends_with_the_contract_and_is_billed_with_it(self, office: Office, deal: ConcludedDeal) -> None:
        """Three users from 15 May co-term: 17 of 31 days, ten whole months, billed on the first with the others."""
        day = date(2026, 5, 15)
        added = amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.ADD_ON,
            added=(office.users(3, service=None),),
            effective_on=day,
        )
        (line,) = lines_of_amendment(house(), added.amendment_id)
        assert (line.service, line.changes) == (Period(day, END), None)
        assert added.total_minor == line.total_minor == 1_645 + 10 * 3_000
        assert (users(office, day), broken(office)) == (13, set())

    def test_a_box_more(self, office: Office, deal: ConcludedDeal) -> None:
        """What is delivered once is added without days, and awaits its acceptance."""
        added = amend(office, deal.contract_id, kind=AmendmentKind.ADD_ON, added=(office.boxes(2),))
        (line,) = lines_of_amendment(house(), added.amendment_id)
        assert (line.service, added.total_minor, broken(office)) == (None, 100_000, set())
        back = amend(office, deal.contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=added.amendment_id)
        assert (back.total_minor, broken(office)) == (-100_000, set())

    def test_a_box_in_instalments_is_taken_back_whole(self, office: Office, deal: ConcludedDeal) -> None:
        """Cut in two and taken back, neither part is billed; the contract is worth what it was."""
        added = amend(office, deal.contract_id, kind=AmendmentKind.ADD_ON, added=(office.boxes(2),))
        (line,) = lines_of_amendment(house(), added.amendment_id)
        with transaction.atomic():
            plan_instalments(
                order_line_id=line.order_line_id,
                instalments=[Instalment(50_000, JULY), Instalment(50_000, OCTOBER)],
                because="分割払い",
                on=APRIL,
                by=office.deal_management,
                at=morning(APRIL),
            )
        back = amend(office, deal.contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=added.amendment_id)
        assert (back.total_minor, broken(office)) == (-100_000, set())
        to_come = charges_to_come(Scope(office.company_id, contract_id=deal.contract_id))
        assert line.order_line_id not in {one.order_line_id for one in to_come}

    def test_a_swap_is_one_amendment(self, office: Office, deal: ConcludedDeal) -> None:
        """Ten users at 1,000 go, four at 2,000 come: one order, one difference."""
        swapped = amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.SWAP,
            ends=(deal.lines[0].order_line_id,),
            added=(office.users(4, 8_000, service=None),),
        )
        assert swapped.total_minor == 9 * (8_000 - 10_000)
        assert (users(office, JULY), broken(office)) == (4, set())


class TestAlignment:
    @pytest.mark.row("BIL-8")
    def test_what_joins_is_counted_from_the_anchor_in_force(self, office: Office, deal: ConcludedDeal) -> None:
        """For good on the 15th from May on: what joins on 20 July is too, as previewed."""
        to_the_15th(office, deal, date(2026, 5, 15))
        joins_as_shown(office, deal, 2_516, date(2026, 8, 15))

    def test_a_move_that_was_taken_back_counts_no_more(self, office: Office, deal: ConcludedDeal) -> None:
        """Nor does one from a later day count yet."""
        day = date(2026, 5, 15)
        moved = to_the_15th(office, deal, day)
        amend(office, deal.contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=moved, effective_on=day)
        to_the_15th(office, deal, date(2026, 9, 15))
        joins_as_shown(office, deal, 1_161, date(2026, 8, 1))

    def test_a_line_that_ended_before_says_nothing(self, office: Office) -> None:
        """The first line ended on 1 May, the others moved after it: what joins goes with those that run."""
        deal = office.sell(a_customer(), [office.users(10), office.users(5)])
        amend(office, deal.contract_id, kind=AmendmentKind.END_OF_LINES, ends=line_of(deal), effective_on=MAY)
        to_the_15th(office, deal, date(2026, 5, 15))
        joins_as_shown(office, deal, 2_516, date(2026, 8, 15))

    @pytest.mark.row("BIL-8")
    def test_also_after_periods_began_anew(self, office: Office) -> None:
        """Where a change of price begins a new period, what joins later is counted from there."""
        chosen(office, replace(BillingPolicy(), restart=Restart.ANEW))
        deal = office.sell(a_customer(), [office.users(10)])
        amend(office, deal.contract_id, effective_on=date(2026, 6, 10), more=more(deal, 1))
        joins_as_shown(office, deal, 2_032, date(2026, 8, 10))

    def test_a_swap_of_the_only_line_keeps_its_day(self, office: Office) -> None:
        """The line that comes is counted as the one that goes was, in the plan as in the preview."""
        deal = office.sell(a_customer(), [office.users(10)])
        joins_as_shown(office, deal, 1_161, date(2026, 8, 1), kind=AmendmentKind.SWAP, ends=line_of(deal))


def to_the_15th(office: Office, deal: ConcludedDeal, on: date) -> AmendmentId:
    """Bill for good on the 15th from a day on."""
    moved = amend(office, deal.contract_id, kind=AmendmentKind.BILLING_DAY, effective_on=on, anchor_on=on)
    return moved.amendment_id


def line_of(deal: ConcludedDeal) -> tuple[OrderLineId, ...]:
    return (deal.lines[0].order_line_id,)


def joins_as_shown(office: Office, deal: ConcludedDeal, first: int, second: date, **agreed: Any) -> None:
    """Three users join on 20 July: the first charges of the new line, as previewed and as planned."""
    given = {
        "kind": AmendmentKind.ADD_ON,
        "added": (office.users(3, service=None),),
        "effective_on": date(2026, 7, 20),
        **agreed,
    }
    shown = preview(office, deal, **given)
    previewed = [
        (charge.bill_on, charge.net_minor)
        for one in shown.invoices
        for charge in one.charges
        if charge.order_line_id < 0
    ]
    added = amend(office, deal.contract_id, **given)
    (line,) = [one for one in lines_of_amendment(house(), added.amendment_id) if one.changes is None]
    scope = Scope(office.company_id, contract_id=deal.contract_id)
    planned = [
        (one.bill_on, one.net_minor) for one in charges_to_come(scope) if one.order_line_id == line.order_line_id
    ]
    assert planned[:2] == [(date(2026, 7, 20), first), (second, 3_000)]
    assert previewed == planned


class TestSuspension:
    def test_no_service_no_price(self, office: Office, deal: ConcludedDeal) -> None:
        """Suspended from July without an end: nine months less; the users keep their licenses."""
        suspended = amend(office, deal.contract_id, kind=AmendmentKind.SUSPENSION)
        assert (suspended.total_minor, users(office, JULY), broken(office)) == (-90_000, 10, set())
        assert (JULY, END, -90_000) in promised(deal.contract_id)

    def test_resumed(self, office: Office, deal: ConcludedDeal) -> None:
        """Resumed in October three months are left out, and earned again is what comes after."""
        suspended = amend(office, deal.contract_id, kind=AmendmentKind.SUSPENSION)
        resumed = amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.RESUMPTION,
            withdraws=suspended.amendment_id,
            effective_on=OCTOBER,
        )
        assert resumed.total_minor == 60_000
        assert (OCTOBER, END, 60_000) in promised(deal.contract_id)
        assert broken(office) == set()
        again = amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.WITHDRAWAL,
            withdraws=resumed.amendment_id,
            effective_on=OCTOBER,
        )
        assert (again.total_minor, value(office, deal.contract_id), broken(office)) == (30_000, 170_000, set())

    @pytest.mark.parametrize(("day", "served_again"), [(date(2026, 8, 1), 110_000), (OCTOBER, 90_000)])
    def test_resumed_while_a_change_waits(
        self, office: Office, deal: ConcludedDeal, day: date, served_again: int
    ) -> None:
        """Five users more were agreed from October before all was suspended: they come back with the others."""
        amend(office, deal.contract_id, more=more(deal, 5), effective_on=OCTOBER)
        suspended = amend(office, deal.contract_id, kind=AmendmentKind.SUSPENSION)
        assert suspended.total_minor == -3 * 10_000 - 6 * 15_000
        resumed = amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.RESUMPTION,
            withdraws=suspended.amendment_id,
            effective_on=day,
        )
        assert (resumed.total_minor, broken(office)) == (served_again, set())

    def test_resumed_on_the_same_day_is_nothing(self, office: Office, deal: ConcludedDeal) -> None:
        """Who stops and resumes on one day has not stopped."""
        before = promised(deal.contract_id)
        suspended = amend(office, deal.contract_id, kind=AmendmentKind.SUSPENSION)
        amend(office, deal.contract_id, kind=AmendmentKind.RESUMPTION, withdraws=suspended.amendment_id)
        assert (value(office, deal.contract_id), promised(deal.contract_id)) == (170_000, before)

    def test_with_an_end(self, office: Office, deal: ConcludedDeal) -> None:
        """A suspension may know its end: July to September."""
        amend(office, deal.contract_id, kind=AmendmentKind.SUSPENSION, until=OCTOBER)
        assert (JULY, OCTOBER, -30_000) in promised(deal.contract_id)
        assert broken(office) == set()


class TestWithdrawal:
    @pytest.mark.row("BIL-7")
    @pytest.mark.parametrize("seed", range(4))
    def test_the_last_first_leaves_everything_where_it_was(
        self, office: Office, deal: ConcludedDeal, seed: int
    ) -> None:
        """Whatever was agreed, in any order of effect: withdrawn again, nothing is left but its history."""
        chance = random.Random(seed)
        before, promises = facts(office, deal), promised(deal.contract_id)
        agreed = [one for _ in range(4) if (one := anything(office, deal, chance))]
        assert facts(office, deal) != before
        assert all(withdrawn(office, deal, one) for one in reversed(agreed))
        assert facts(office, deal) == before
        assert promised(deal.contract_id) == promises

    @pytest.mark.row("BIL-7")
    @pytest.mark.parametrize("seed", range(4))
    def test_any_first_leaves_nothing_of_it_either(self, office: Office, deal: ConcludedDeal, seed: int) -> None:
        """Contract, lines and rights are as they were, and what is earned in all; by the day within one percent.

        Billing knows months of 28 to 31 days, revenue equal days: what is cut elsewhere is shared a little otherwise.
        """
        chance = random.Random(seed)
        before, rates = facts(office, deal), [earned(deal.contract_id, day) for day in MONTHS]
        agreed = [one for _ in range(4) if (one := anything(office, deal, chance))]
        while agreed:
            chance.shuffle(agreed)
            agreed = [one for one in agreed if not withdrawn(office, deal, one)]
        assert facts(office, deal) == before
        assert [earned(deal.contract_id, day) for day in MONTHS] == [pytest.approx(rate, rel=0.01) for rate in rates]


MONTHS = [add_months(APRIL, month) for month in range(12)]


def facts(office: Office, deal: ConcludedDeal) -> tuple[object, ...]:
    """Return what a contract is worth, what was booked, what may be used each month, and what is earned in all."""
    return (
        value(office, deal.contract_id),
        lines_of_contracts([deal.contract_id]),
        [users(office, day) for day in MONTHS],
        sum(price for _, _, price in promised(deal.contract_id)),
    )


def earned(contract_id: ContractId, day: date) -> float:
    """Return the price of a day of what is promised on it."""
    running = [one for one in promised(contract_id) if one[0] and one[1] and one[0] <= day < one[1]]
    return sum(price / (until - start).days for start, until, price in running if start and until)


def anything(office: Office, deal: ConcludedDeal, chance: random.Random) -> AmendmentId | None:
    """Agree on something from any day on, if it can be agreed."""
    kind = chance.choice(
        [AmendmentKind.CHANGE, AmendmentKind.ADD_ON, AmendmentKind.SUSPENSION, AmendmentKind.END_OF_LINES]
    )
    day = APRIL + timedelta(days=chance.randrange(365))
    given: dict[AmendmentKind, dict[str, Any]] = {
        AmendmentKind.CHANGE: {"more": more(deal, chance.choice([-3, 2, 5]))},
        AmendmentKind.ADD_ON: {"added": (office.users(3, service=None),)},
        AmendmentKind.SUSPENSION: {"until": chance.choice([None, add_months(day, 1)])},
        AmendmentKind.END_OF_LINES: {"ends": (deal.lines[0].order_line_id,)},
    }
    try:
        amended = amend(office, deal.contract_id, kind=kind, effective_on=day, **given[kind])
    except Refusal:
        return None
    assert broken(office) == set(), kind
    return amended.amendment_id


def withdrawn(office: Office, deal: ConcludedDeal, amendment_id: AmendmentId) -> bool:
    """Take an amendment back, unless another must go first."""
    (row,) = [one for one in list_amendments(house(), deal.contract_id) if one.id == amendment_id]
    try:
        amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.WITHDRAWAL,
            withdraws=amendment_id,
            effective_on=row.effective_on,
        )
    except Refusal:
        return False
    assert broken(office) == set(), row
    return True


class TestBooks:
    @pytest.mark.row("BIL-7", "BIL-8")
    def test_several_amendments_come_on_one_invoice(self, fresh_database: FreshDatabase) -> None:
        """More users from 11 May, fewer from 21 May: both come with June; what joins in June comes with July."""
        office = an_office()
        deal = office.sell(a_customer(), [office.users(10)])
        for day in (APRIL, MAY):
            office.bill(day)
        late = date(2026, 5, 25)
        amend(office, deal.contract_id, on=late, effective_on=date(2026, 5, 21), more=more(deal, -4))
        amend(office, deal.contract_id, on=late, effective_on=date(2026, 5, 11), more=more(deal, 5))
        office.bill(date(2026, 6, 1))
        (invoice,) = [row for row in list_invoices(house()) if row.issued_on == date(2026, 6, 1)]
        assert invoice.net.minor == 11_000 + 1_967  # 21 of 31 days of 5,000 less 11 of 4,000
        amend(
            office,
            deal.contract_id,
            on=date(2026, 6, 2),
            kind=AmendmentKind.ADD_ON,
            added=(office.users(3, service=None),),
            effective_on=date(2026, 6, 16),
        )
        office.bill(JULY)
        together = [row.net.minor for row in list_invoices(house()) if row.issued_on == JULY]
        assert together == [1_500 + 3_000 + 11_000]
        office.recognise(JULY)
        assert {one.name for one in IDENTITIES if not one.check(office.company_id).holds} == set()
        assert office.bill(JULY) == {"failed": 0}

    @pytest.mark.row("BIL-8")
    def test_daily_runs_leave_amendments_to_the_aligned_day(self, office: Office) -> None:
        """Billed every day: what changes on 11, 16 and 21 May comes on one invoice with June, and on none before."""
        chosen(office, replace(BillingPolicy(), changes_billed=Billed.WITH_NEXT, first_billed=Billed.WITH_NEXT))
        deal = office.sell(a_customer(), [office.users(10)])
        added = (office.users(3, service=None),)
        agreed: dict[int, dict[str, Any]] = {
            11: {"more": more(deal, 5)},
            16: {"kind": AmendmentKind.ADD_ON, "added": added},
            21: {"more": more(deal, -4)},
        }
        for day in (APRIL, *(date(2026, 5, number) for number in range(1, 32)), date(2026, 6, 1)):
            if day.month == MAY.month and day.day in agreed:
                amend(office, deal.contract_id, on=day, effective_on=day, **agreed[day.day])
            office.bill(day)
        changed = -6_774 + 4_838 + 3_903 + 1_548  # 21 days of 10,000 back; 10 of 15,000, 11 of 11,000, 16 of 3,000
        billed = sorted((row.issued_on, row.net.minor) for row in list_invoices(house()))
        assert billed == [(APRIL, 10_000), (MAY, 10_000), (date(2026, 6, 1), 11_000 + 3_000 + changed)]

    @pytest.mark.row("BIL-8")
    def test_what_joins_is_billed_with_the_others(self, office: Office, deal: ConcludedDeal) -> None:
        """Users from 15 May are billed for the rest of May at once, then on the first of each month."""
        day = date(2026, 5, 15)
        added = (office.users(3, service=None),)
        shown = preview(office, deal, kind=AmendmentKind.ADD_ON, added=added, effective_on=day)
        new = {charge.bill_on for one in shown.invoices for charge in one.charges if charge.net_minor in {1_645, 3_000}}
        assert sorted(new) == [day, *(add_months(date(2026, 6, 1), month) for month in range(10))]


class TestSwapBilled:
    @pytest.mark.row("BIL-7")
    @pytest.mark.parametrize("first_billed", list(Billed))
    @pytest.mark.parametrize("changes_billed", list(Billed))
    @pytest.mark.parametrize("day", [date(2026, 4, 16), APRIL])
    def test_both_sides_come_on_one_invoice(
        self, office: Office, changes_billed: Billed, first_billed: Billed, day: date
    ) -> None:
        """What goes is given back on the day what comes is charged, as previewed, however first parts are billed."""
        chosen(office, replace(BillingPolicy(), changes_billed=changes_billed, first_billed=first_billed))
        deal = office.sell(a_customer(), [office.users(10)])
        office.bill(APRIL)
        given: dict[str, Any] = {
            "kind": AmendmentKind.SWAP,
            "ends": line_of(deal),
            "added": (office.users(4, 8_000, service=None),),
            "effective_on": day,
        }
        shown = preview(office, deal, **given)
        amend(office, deal.contract_id, **given)
        waits = changes_billed is Billed.WITH_NEXT and day > APRIL
        net = -2_000 // (2 if day > APRIL else 1)
        nets = [(MAY, 8_000 + net)] if waits else [(day, net), (MAY, 8_000)]
        assert [(one.issued_on, one.net.minor) for one in shown.invoices][: len(nets)] == nets
        for on in (APRIL, day, date(2026, 4, 30), MAY):
            office.bill(on)
        billed = [(row.issued_on, row.net.minor) for row in list_invoices(house())]
        assert sorted(billed) == sorted([(APRIL, 10_000), *nets])


class TestTermination:
    @pytest.mark.row("BIL-7")
    def test_what_is_not_served_is_not_owed(self, office: Office, deal: ConcludedDeal) -> None:
        """Terminated from October: half a year less, earned and used no longer; told twice it is the same."""
        with transaction.atomic():
            terminated = terminate_contract(
                contract_id=deal.contract_id, stops_on=OCTOBER, because="解約", by=house(), at=morning(APRIL)
            )
        for _ in range(2):
            with transaction.atomic():
                end_lines(terminated, house(), morning(MAY))
        (row,) = list_amendments(house(), deal.contract_id)
        assert (row.kind, row.total_minor, row.concluded_on) == (AmendmentKind.TERMINATION, -60_000, MAY)
        assert (OCTOBER, END, -60_000) in promised(deal.contract_id)
        assert (users(office, OCTOBER - timedelta(days=1)), users(office, OCTOBER)) == (10, 0)
        assert broken(office) == set()

    def test_what_was_suspended_stays_unowed(self, office: Office, deal: ConcludedDeal) -> None:
        """Suspended in July and terminated in October nothing is taken away twice; nor is the box."""
        amend(office, deal.contract_id, kind=AmendmentKind.SUSPENSION)
        with transaction.atomic():
            terminated = terminate_contract(
                contract_id=deal.contract_id, stops_on=OCTOBER, because="解約", by=house(), at=morning(APRIL)
            )
            end_lines(terminated, house(), morning(MAY))
        assert (value(office, deal.contract_id), broken(office)) == (30_000 + 50_000, set())

"""A line of a contract is split: two orders, two lives, and to the yen the same money."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import GroupKey, Instalment
from kanjo.domains.billing.models import Invoice, InvoiceLine
from kanjo.domains.billing.queries import charges_to_come, explain_line, list_invoices, list_uncut
from kanjo.domains.billing.queries.due import Scope
from kanjo.domains.billing.rules.parting import PartedBeforeChange
from kanjo.domains.contracts.facts import AmendmentKind, ContractAmended
from kanjo.domains.orders.queries import lines_now, lines_of_amendment, list_orders, list_unaccepted
from kanjo.foundation.ids import CustomerId, InvoiceLineId, OrderLineId
from kanjo.platform.identity.queries import house
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.agreed import LineMore, Misfit, NotToPart, PartedTwice, PartWanted
from kanjo.processes.bill_in_instalments import plan_instalments
from kanjo.processes.note_po_number import note_po_number
from tests.builders import A_YEAR, a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.harness.policies import a_policy, chosen
from tests.processes.test_amend_contract import amend, broken, more, users, value

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.fixture
def customer(office: Office) -> CustomerId:
    return a_customer()


@pytest.fixture
def deal(office: Office, customer: CustomerId) -> ConcludedDeal:
    """Ten users for a year at 1,000 yen a month, and three boxes."""
    return office.sell(customer, [office.users(10), office.boxes(3)])


def split(
    office: Office, deal: ConcludedDeal, quantity: int, effective_on: date = JULY, *, line: int = 0, on: date = APRIL
) -> ContractAmended:
    parts = (PartWanted(deal.lines[line].order_line_id, quantity),)
    return amend(office, deal.contract_id, on=on, kind=AmendmentKind.SPLIT, parts=parts, effective_on=effective_on)


def the_part(amended: ContractAmended) -> OrderLineId:
    return next(line.order_line_id for line in lines_of_amendment(house(), amended.amendment_id) if line.part_of)


def schedule(office: Office, deal: ConcludedDeal) -> dict[date, int]:
    """Return what is still to be billed of a contract, by day."""
    found: dict[date, int] = defaultdict(int)
    for charge in charges_to_come(Scope(office.company_id, contract_id=deal.contract_id)):
        found[charge.bill_on] += charge.net_minor
    return dict(found)


class TestSplit:
    @pytest.mark.row("BIL-7")
    def test_two_lines_where_one_was(self, office: Office, deal: ConcludedDeal) -> None:
        """Four of ten users from July: an order of their own, nothing dearer, nobody with more or less to use."""
        before = (value(office, deal.contract_id), schedule(office, deal))
        amended = split(office, deal, 4)
        line = deal.lines[0].order_line_id
        now = {one.line.order_line_id: one for one in lines_now(house(), deal.contract_id, JULY)}
        part = now[the_part(amended)]
        assert (now[line].quantity, now[line].net_minor, part.quantity, part.net_minor) == (6, 6_000, 4, 4_000)
        assert (part.line.part_of, amended.total_minor, part.line.total_minor) == (line, 0, 36_000)
        assert (value(office, deal.contract_id), schedule(office, deal)) == before
        assert (users(office, JULY), broken(office)) == (10, set())

    @pytest.mark.row("BIL-7")
    def test_each_has_its_own_order_number_and_invoice(
        self, office: Office, deal: ConcludedDeal, customer: CustomerId
    ) -> None:
        """Grouped by the customer's order number, July comes on two invoices: what stays, and what was split off."""
        with transaction.atomic():
            billing.choose_grouping(
                company_id=office.company_id,
                payer_id=customer,
                keys=[GroupKey.PO_NUMBER],
                on=APRIL,
                by=office.receivables,
                at=morning(APRIL),
            )
        split(office, deal, 4)
        order = max(list_orders(house(), contract_id=deal.contract_id), key=lambda one: one.id)
        with transaction.atomic():
            note_po_number(
                order_id=order.id, po_number="PO-人事部", on=APRIL, by=office.deal_management, at=morning(APRIL)
            )
        for day in (APRIL, MAY, JUNE, JULY):
            office.bill(day)
        july = [row.net.minor for row in list_invoices(house()) if row.issued_on == JULY]
        assert sorted(july) == [4_000, 6_000]

    @pytest.mark.row("BIL-7", "BIL-11")
    @pytest.mark.parametrize("seed", range(6))
    def test_billed_as_if_it_were_never_split(self, office: Office, seed: int) -> None:
        """Under any policy, split in the middle of what is billed and ended later: each day's bills are the same.

        A change that costs nothing cuts the other line on the same day.
        """
        chance = random.Random(seed)
        chosen(office, a_policy(chance))
        price = chance.randint(9_000, 99_000)
        wanted = [office.users(10, price)]
        apart, together = (office.sell(a_customer(name), wanted) for name in ("分割", "一括"))
        on = APRIL + timedelta(days=chance.randint(1, 200))
        ends_on = on + timedelta(days=chance.randint(1, 150))
        for day in (APRIL, MAY):
            office.bill(day)
        amended = split(office, apart, chance.randint(1, 9), on, on=MAY)
        nothing = (LineMore(together.lines[0].order_line_id, 1, 0),)
        amend(office, together.contract_id, on=MAY, effective_on=on, more=nothing)
        lines = [apart.lines[0].order_line_id, the_part(amended)]
        for deal, ends in ((apart, lines), (together, [together.lines[0].order_line_id])):
            amend(
                office,
                deal.contract_id,
                on=JUNE,
                kind=AmendmentKind.END_OF_LINES,
                ends=tuple(ends),
                effective_on=ends_on,
            )
        for day in (on, on + timedelta(days=1), ends_on, ends_on + timedelta(days=1), A_YEAR.until):
            office.bill(day)
        assert billed(apart) == billed(together) != {}
        assert holding(lines)

    @pytest.mark.row("BIL-7")
    def test_withdrawn_it_was_never_split(self, office: Office, deal: ConcludedDeal) -> None:
        """Also after it was billed: the part gives back what the line is charged again."""
        before = schedule(office, deal)
        amended = split(office, deal, 4, date(2026, 4, 16))
        office.bill(APRIL)
        office.bill(date(2026, 4, 16))
        amend(
            office,
            deal.contract_id,
            on=date(2026, 4, 20),
            kind=AmendmentKind.WITHDRAWAL,
            withdraws=amended.amendment_id,
            effective_on=date(2026, 4, 16),
        )
        office.bill(date(2026, 4, 20))
        assert sum(row.net.minor for row in list_invoices(house())) == 10_000
        assert schedule(office, deal) == {day: net for day, net in before.items() if day > APRIL}
        assert (users(office, JULY), broken(office)) == (10, set())

    def test_of_what_is_charged_once_nothing_of_the_split_is_left(self, office: Office, deal: ConcludedDeal) -> None:
        """One of three boxes, withdrawn before and after it was accepted and billed: three boxes at 50,000 yen each."""
        for accepted_on in (None, MAY):
            amended = split(office, deal, 1, JUNE, line=1, on=MAY)
            if accepted_on is not None:
                accept(office, deal.lines[1].order_line_id, accepted_on)
                accept(office, the_part(amended), accepted_on)
                office.bill(MAY)
            amend(
                office,
                deal.contract_id,
                on=MAY,
                kind=AmendmentKind.WITHDRAWAL,
                withdraws=amended.amendment_id,
                effective_on=JUNE,
            )
            office.bill(MAY)
            of_part = InvoiceLine.objects.filter(plan__order_line_id=the_part(amended))
            assert sum(of_part.values_list("net_minor", flat=True)) == 0
        boxes = InvoiceLine.objects.filter(plan__order_line_id=deal.lines[1].order_line_id)
        assert sum(boxes.values_list("net_minor", flat=True)) == 150_000
        assert broken(office) == set()

    def test_what_is_left_may_be_billed_in_instalments(self, office: Office, deal: ConcludedDeal) -> None:
        """Of three boxes two stay: their instalments come to 100,000 yen, those of the part to 50,000."""
        amended = split(office, deal, 1, JUNE, line=1)
        for key, net in ((deal.lines[1].order_line_id, 100_000), (the_part(amended), 50_000)):
            (order,) = [
                one.order_line_id
                for order in list_orders(house(), contract_id=deal.contract_id)
                for one in list_uncut(house(), order.id)
                if one.order_line_id == key and one.net.minor == net
            ]
            halves = [Instalment(net // 2, bill_on=day) for day in (JUNE, JULY)]
            with transaction.atomic():
                plan_instalments(
                    order_line_id=order,
                    instalments=halves,
                    because="分割払い",
                    on=MAY,
                    by=office.deal_management,
                    at=morning(MAY),
                )
        office.bill(JULY)
        once = InvoiceLine.objects.filter(plan__charge="one_time").values_list("net_minor", flat=True)
        assert sorted(once) == [25_000, 25_000, 50_000, 50_000]
        assert broken(office) == set()

    @pytest.mark.row("BIL-7", "BIL-4")
    def test_what_was_accepted_stays_accepted(self, office: Office, deal: ConcludedDeal) -> None:
        """One of three boxes that were accepted and billed: nobody is asked again, and the money only moves."""
        accept(office, deal.lines[1].order_line_id, MAY)
        office.bill(MAY)
        total = sum(row.net.minor for row in list_invoices(house()))
        amended = split(office, deal, 1, JUNE, line=1, on=MAY)
        order = max(list_orders(house(), contract_id=deal.contract_id), key=lambda one: one.id)
        assert list_unaccepted(house(), order.id, MAY) == []
        office.bill(JUNE)
        office.recognise(JULY)
        of_part = InvoiceLine.objects.filter(plan__order_line_id=the_part(amended)).values_list("net_minor", flat=True)
        assert list(of_part) == [50_000]
        assert sum(row.net.minor for row in list_invoices(house())) == total + 10_000  # and the users of June
        assert broken(office) == set()

    def test_a_line_explains_what_it_stands_above(self, office: Office, deal: ConcludedDeal) -> None:
        """The page of an invoice line gives the amount from what both cost together and what the rest costs."""
        amended = split(office, deal, 4, date(2026, 4, 16))
        office.bill(date(2026, 4, 30))
        line = InvoiceLine.objects.get(plan__order_line_id=the_part(amended))
        explained = explain_line(InvoiceLineId(line.pk), office.receivables)
        assert (explained.plan.above.minor, explained.line.net.minor, explained.line.derivation.holds) == (
            6_000,
            2_000,
            True,
        )
        sentence = explained.line.derivation.sentence.en
        assert all(words in sentence for words in ("15 of 30 days", "JPY 10,000", "JPY 6,000", "JPY 2,000"))


@transaction.atomic
def accept(office: Office, line: OrderLineId, on: date) -> None:
    accept_delivery(order_line_id=line, accepted_on=on, by=office.deal_management, at=morning(on))


def billed(deal: ConcludedDeal) -> dict[date, int]:
    """Return the net of a contract's invoices by day; what was given back and charged again on one day is nothing."""
    found: dict[date, int] = defaultdict(int)
    rows = InvoiceLine.objects.filter(plan__contract_id=deal.contract_id)
    for day, net in rows.values_list("invoice__issued_on", "net_minor"):
        found[day] += net
    return {day: net for day, net in found.items() if net}


def holding(lines: Sequence[OrderLineId]) -> bool:
    """Return whether every amount of the lines follows from what its page says."""
    rows = InvoiceLine.objects.filter(plan__order_line_id__in=lines).values_list("pk", flat=True)
    return all(explain_line(InvoiceLineId(key), house()).line.derivation.holds for key in rows)


class TestRefused:
    def test_all_of_it_none_of_it_and_twice(self, office: Office, deal: ConcludedDeal) -> None:
        """Nothing is kept of what is refused."""
        for few in (0, 10, 11):
            with pytest.raises(NotToPart):
                split(office, deal, few)
        line = PartWanted(deal.lines[0].order_line_id, 1)
        with pytest.raises(PartedTwice):
            amend(office, deal.contract_id, kind=AmendmentKind.SPLIT, parts=(line, line))
        with pytest.raises(Misfit):
            amend(office, deal.contract_id, kind=AmendmentKind.SPLIT, parts=(line,), ends=(line.order_line_id,))
        assert len(list_orders(house(), contract_id=deal.contract_id)) == 1

    def test_before_a_change_that_was_agreed(self, office: Office, deal: ConcludedDeal) -> None:
        """Five users more from July are for all of the line: split in June it is refused, in July it is not."""
        amend(office, deal.contract_id, more=more(deal, 5))
        with pytest.raises(PartedBeforeChange):
            split(office, deal, 4, JUNE)
        split(office, deal, 4, JULY)
        assert (users(office, JULY), Invoice.objects.count()) == (15, 0)

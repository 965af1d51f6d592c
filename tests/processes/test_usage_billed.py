"""Usage is invoiced beside the other charges of a contract, and becomes revenue as it is invoiced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import (
    Held,
    HoldCondition,
    Instalment,
    PlanCharge,
    ShareOfPayer,
    UsageGiven,
    UsageModel,
    UsageSource,
    UsageStep,
    UsageTerms,
    UsageTier,
)
from kanjo.domains.billing.models import Invoice, InvoiceLine
from kanjo.domains.billing.operations import run as billing_run
from kanjo.domains.billing.operations.send import corrected_paper_of, paper_of
from kanjo.domains.billing.queries import explain_line, get_corrected, get_hold, get_invoice, what_comes_next
from kanjo.domains.billing.tests.test_invoice_paper import pages
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.customers.queries import get_customer
from kanjo.domains.revenue.queries import list_obligations, waterfall_by_month
from kanjo.foundation.ids import InvoiceId, InvoiceLineId, OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language, Text
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.agreed import Agreed
from kanjo.processes.amend_contract import amend_contract, preview_amendment
from kanjo.processes.draft_offer import LineWanted
from kanjo.processes.electronic_invoice import as_pint
from kanjo.reports.usage import get_metered
from tests.builders import A_YEAR, a_customer, a_product
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.processes.test_amend_contract import broken

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-6")]

APRILS_END, MAYS_END = date(2026, 4, 30), date(2026, 5, 31)
CALLS = UsageTerms(
    UsageModel.GRADUATED,
    Text(en="API calls", ja="API呼出し"),
    (UsageTier(0, 10), UsageTier(100, 8)),
    included_units=20,
    commitment_minor=5_000,
)
Bill = Callable[[date], list[tuple[str, int, int]]]


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.fixture
def deal(office: Office) -> ConcludedDeal:
    """Ten users by the month, support by the year and a box; the calls of the users are priced."""
    support = a_product(office.company_id, "SUPPORT", interval_months=12, list_minor=120_000)
    sold = office.sell(a_customer(), [office.users(10), LineWanted(support, 1, None, A_YEAR), office.boxes(1)])
    rated(office, sold.lines[0].order_line_id)
    return sold


@transaction.atomic
def rated(office: Office, line_id: OrderLineId, terms: UsageTerms = CALLS, on: date = APRIL) -> None:
    billing.rate_usage(
        order_line_id=line_id, terms=terms, effective_on=on, because="契約書", by=office.deal_management, at=morning(on)
    )


@transaction.atomic
def used(office: Office, deal: ConcludedDeal, event_id: str, day: date, number: int, *, corrects: str = "") -> None:
    event = UsageGiven("1", deal.lines[0].order_line_id, event_id, day, number, corrects)
    billing.record_usage(
        company_id=office.company_id,
        events=[event],
        source=UsageSource.API,
        whole=True,
        on=date(2027, 4, 30),
        by=office.receivables,
        at=morning(day),
    )


@pytest.fixture
def bill(office: Office) -> Bill:
    """Bill a day, and return each new line: how it is charged, its quantity, its amount."""

    def lines(on: date) -> list[tuple[str, int, int]]:
        before = set(InvoiceLine.objects.values_list("pk", flat=True))
        office.bill(on)
        rows = InvoiceLine.objects.exclude(pk__in=before).order_by("plan__charge", "id")
        return list(rows.values_list("plan__charge", "quantity", "net_minor"))

    return lines


def the_usage(**also: Any) -> InvoiceLine:
    return InvoiceLine.objects.filter(plan__charge=PlanCharge.USAGE, **also).latest("id")


class TestCycles:
    @pytest.mark.row("SFA-4", "SFA-8")
    def test_month_year_usage_and_milestone_in_one_contract(
        self, office: Office, deal: ConcludedDeal, bill: Bill
    ) -> None:
        """Each is billed by its own cycle: in advance, for the year, after the month, when the milestone is reached."""
        box = deal.lines[2].order_line_id
        with transaction.atomic():
            parts = [Instalment(20_000, date(2026, 4, 1)), Instalment(30_000, milestone=Text(en="Live", ja="稼働"))]
            billing.plan_instalments(
                order_line_id=box,
                instalments=parts,
                because="分割払いの合意",
                on=APRIL,
                by=office.deal_management,
                at=morning(APRIL),
            )
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        assert bill(APRIL) == [("one_time", 1, 20_000), ("recurring", 10, 10_000), ("recurring", 1, 120_000)]
        assert bill(APRILS_END) == [("usage", 150, 1_240)]
        with transaction.atomic():
            billing.reach_milestone(
                order_line_id=box, part=2, reached_on=date(2026, 5, 12), by=office.deal_management, at=morning(MAY)
            )
        assert bill(MAYS_END) == [("one_time", 1, 30_000), ("recurring", 10, 10_000)]
        assert broken(office) == set()

    def test_what_comes_next_names_the_usage(self, office: Office, deal: ConcludedDeal) -> None:
        """Calls of the running month stand among what will be billed on its last day."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        outlook = what_comes_next(deal.contract_id, office.receivables, on=date(2026, 4, 21))
        nets = {invoice.issued_on: invoice.net.minor for invoice in outlook.invoices}
        assert nets[APRILS_END] == 1_240
        assert [line.name.en for line in outlook.lines if "usage" in line.name.en] == [
            "Cloud, monthly: usage (API calls)"
        ]


class TestCharged:
    def test_the_line_says_how_it_came_about(self, office: Office, deal: ConcludedDeal, bill: Bill) -> None:
        """Its steps add up to its price, and stay as they were when more becomes known."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        line_id = InvoiceLineId(the_usage().pk)
        used(office, deal, "e-2", date(2026, 4, 21), 50)
        explained = explain_line(line_id, office.receivables)
        assert [(step.kind, step.units, step.amount.minor) for step in explained.steps] == [
            (UsageStep.INCLUDED, 20, 0),
            (UsageStep.TIER, 100, 1_000),
            (UsageStep.TIER, 30, 240),
        ]
        assert explained.days_hold
        assert explained.line.derivation.holds
        assert explained.plan.charge is PlanCharge.USAGE
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE billing_chargestep SET amount_minor = 0")

    def test_what_comes_late_or_is_corrected_is_charged_anew(
        self, office: Office, deal: ConcludedDeal, bill: Bill
    ) -> None:
        """One document gives back the month as it was charged and charges it as it is; then nothing is due."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        assert ("usage", 150, 1_240) in bill(APRILS_END)
        used(office, deal, "e-2", date(2026, 4, 21), 50)
        late = bill(date(2026, 5, 2))
        assert ("usage", 150, -1_240) in late
        assert ("usage", 200, 1_640) in late
        used(office, deal, "e-3", date(2026, 4, 20), 0, corrects="e-1")
        less = bill(date(2026, 5, 3))
        assert less == [("usage", 200, -1_640), ("usage", 50, 300)]
        assert Invoice.objects.latest("id").number.startswith("CN-")
        assert bill(date(2026, 5, 3)) == []
        assert broken(office) == set()

    def test_a_run_of_many_lines_keeps_the_steps(
        self, office: Office, deal: ConcludedDeal, bill: Bill, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Loaded into tables of its own, a run writes the same."""
        monkeypatch.setattr(billing_run, "STAGED_FROM", 1)
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        assert ("usage", 150, 1_240) in bill(APRILS_END)
        assert len(explain_line(InvoiceLineId(the_usage().pk), office.receivables).steps) == 3

    @pytest.mark.parametrize(("charge", "kept_back"), [(None, 11_240), (PlanCharge.USAGE, 1_240)])
    def test_a_held_line_holds_its_usage(
        self, office: Office, deal: ConcludedDeal, bill: Bill, charge: PlanCharge | None, kept_back: int
    ) -> None:
        """What was used of it is not invoiced until its hold is released, and the hold tells it as kept back."""
        with transaction.atomic():
            hold_id = billing.hold_billing(
                company_id=office.company_id,
                held=Held(order_line_id=deal.lines[0].order_line_id),
                condition=HoldCondition.OTHER,
                because="数量確認中",
                owner_id=office.receivables.id,
                on=APRIL,
                charge=charge,
                by=office.receivables,
                at=morning(APRIL),
            )
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        assert get_hold(office.receivables, hold_id, on=APRILS_END).held == (Money(kept_back, "JPY"),)
        outlook = what_comes_next(deal.contract_id, office.receivables, on=APRILS_END)
        assert outlook.held == Money(kept_back, "JPY")
        assert "usage" not in {kind for kind, _, _ in bill(APRILS_END)}
        with transaction.atomic():
            billing.release_billing(hold_id=hold_id, on=MAY, because="確認済み", by=office.receivables, at=morning(MAY))
        assert ("usage", 150, 1_240) in bill(MAY)

    def test_given_back_whole_it_is_due_again(self, office: Office, deal: ConcludedDeal, bill: Bill) -> None:
        """A credited invoice leaves the month to be billed anew, at what it costs now."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        office.credit(InvoiceId(the_usage().invoice_id), on=MAY)
        used(office, deal, "e-2", date(2026, 4, 21), 50)
        assert ("usage", 200, 1_640) in bill(date(2026, 5, 2))
        assert broken(office) == set()

    def test_an_early_end_trues_up_the_commitment(self, office: Office, deal: ConcludedDeal, bill: Bill) -> None:
        """The month in which the service ends is the last one: what is missing to the commitment is charged with it."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        ending = Agreed(
            kind=AmendmentKind.END_OF_LINES,
            effective_on=date(2026, 5, 16),
            concluded_on=APRILS_END,
            because="解約",
            ends=(deal.lines[0].order_line_id,),
        )
        preview = preview_amendment(deal.contract_id, ending, office.deal_management)
        assert {invoice.issued_on: invoice.net.minor for invoice in preview.invoices}[date(2026, 5, 15)] == 3_760
        with transaction.atomic():
            amended = amend_contract(
                contract_id=deal.contract_id, agreed=ending, by=office.deal_management, at=morning(APRILS_END)
            )
        assert bill(MAYS_END)[-1] == ("usage", 0, 5_000 - 1_240)
        assert the_usage().service_until == date(2026, 5, 16)
        assert bill(date(2027, 4, 30)) == []
        assert broken(office) == set()
        with transaction.atomic():
            back = Agreed(
                kind=AmendmentKind.WITHDRAWAL,
                effective_on=MAYS_END,
                concluded_on=MAYS_END,
                because="解約の撤回",
                withdraws=amended.amendment_id,
            )
            amend_contract(contract_id=deal.contract_id, agreed=back, by=office.deal_management, at=morning(MAYS_END))
        assert ("usage", 0, -3_760) in bill(date(2026, 6, 1))
        assert broken(office) == set()


class TestPaused:
    def test_told_late_it_takes_its_days_of_minimum_along(
        self, office: Office, deal: ConcludedDeal, bill: Bill
    ) -> None:
        """Ten days of April are given back with what they included, as the preview said; taken back, charged again."""
        least = UsageTerms(UsageModel.PER_UNIT, CALLS.unit, (UsageTier(0, 10),), 30, 3_000)
        other = office.sell(a_customer(), [office.users(2)])
        line_id = other.lines[0].order_line_id
        rated(office, line_id, least)
        used(office, other, "p-1", date(2026, 4, 3), 90)
        assert ("usage", 90, 3_000) in bill(APRILS_END)
        pause = Agreed(
            kind=AmendmentKind.SUSPENSION,
            effective_on=date(2026, 4, 11),
            until=date(2026, 4, 21),
            concluded_on=MAY,
            because="一時停止",
        )
        preview = preview_amendment(other.contract_id, pause, office.deal_management)
        told = [charge for invoice in preview.invoices for charge in invoice.charges if charge.order_line_id == line_id]
        with transaction.atomic():
            amended = amend_contract(
                contract_id=other.contract_id, agreed=pause, by=office.deal_management, at=morning(MAY)
            )
        anew = [row for row in bill(date(2026, 5, 2)) if row[0] == "usage" and row[2] in {-3_000, 2_000}]
        assert anew == [("usage", 90, -3_000), ("usage", 90, 2_000)]
        assert {-3_000, 2_000} <= {charge.net_minor for charge in told}
        steps = explain_line(InvoiceLineId(the_usage(net_minor=2_000).pk), office.receivables).steps
        assert [(step.kind, step.units, step.amount.minor) for step in steps] == [
            (UsageStep.INCLUDED, 20, 0),
            (UsageStep.TIER, 70, 700),
            (UsageStep.MINIMUM, 0, 1_300),
        ]
        with transaction.atomic():
            back = Agreed(
                kind=AmendmentKind.WITHDRAWAL,
                effective_on=MAY,
                concluded_on=MAY,
                because="停止の取消",
                withdraws=amended.amendment_id,
            )
            amend_contract(contract_id=other.contract_id, agreed=back, by=office.deal_management, at=morning(MAY))
        assert [row for row in bill(date(2026, 5, 3)) if row[0] == "usage"] == [
            ("usage", 90, -2_000),
            ("usage", 90, 3_000),
        ]
        assert bill(date(2026, 5, 3)) == []
        assert broken(office) == set()


class TestOnPaper:
    @pytest.mark.row("AR-2", "SFA-4")
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (Language.JAPANESE, ["無料分20¥0", "従量料金100×¥10¥1,000", "従量料金（100超）30×¥8¥240"]),
            (Language.ENGLISH, ["Included20JPY0", "Usage100×JPY10JPY1,000", "Usageabove10030×JPY8JPY240"]),
        ],
    )
    def test_the_line_shows_its_steps(
        self, office: Office, deal: ConcludedDeal, bill: Bill, language: Language, words: list[str]
    ) -> None:
        """Units, price and amount of each step stand under the line, and in the note of the line for machines."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        view = replace(get_invoice(InvoiceId(the_usage().invoice_id), office.receivables), language=language)
        (shown,) = pages(paper_of(view))
        assert [word for word in words if word not in shown] == []
        notes = [line.note for line in as_pint(view, "", get_customer(view.row.payer_id)).lines if line.note]
        assert [word for word in words if word not in notes[0].replace(" ", "").replace("=", "")] == []

    @pytest.mark.row("BIL-14")
    def test_a_payer_of_several_reads_its_share_beside_the_steps(
        self, office: Office, deal: ConcludedDeal, bill: Bill
    ) -> None:
        """The steps come to what all pay; paper and note of the line both say which part of it is this payer's."""
        payers = [ShareOfPayer(a_customer("株式会社北部"), 1), ShareOfPayer(a_customer("株式会社南部"), 3)]
        with transaction.atomic():
            billing.share_contract(
                contract_id=deal.contract_id, shares=payers, on=APRIL, because="部門", by=house(), at=morning(APRIL)
            )
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        view = get_invoice(InvoiceId(the_usage().invoice_id), office.receivables)
        (shown,) = pages(paper_of(view))
        usage = the_usage()
        notes = {line.number: line.note for line in as_pint(view, "", get_customer(view.row.payer_id)).lines}
        assert (usage.net_minor, "（負担割合3/4）" in shown) == (930, True)
        assert notes[str(usage.position)].endswith("= ¥240 （負担割合 3/4）")

    def test_what_is_charged_anew_shows_its_own(self, office: Office, deal: ConcludedDeal, bill: Bill) -> None:
        """What is given back names its invoice and has no steps; the corrected invoice has those of the new charge."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        first = InvoiceId(the_usage().invoice_id)
        used(office, deal, "e-2", date(2026, 4, 21), 50)
        bill(date(2026, 5, 2))
        view = get_invoice(InvoiceId(the_usage().invoice_id), office.receivables)
        assert [(line.net.minor, len(line.steps)) for line in view.lines if line.metered] == [(-1_240, 0), (1_640, 3)]
        (shown,) = pages(corrected_paper_of(get_corrected(first, office.receivables)))
        assert "従量料金（100超）80×¥8¥640" in shown
        assert "×¥8¥240" not in shown


class TestRevenue:
    @pytest.mark.row("BIL-1")
    def test_usage_is_earned_as_it_is_invoiced(self, office: Office, deal: ConcludedDeal, bill: Bill) -> None:
        """In the month it was used in, and again by the difference when it is charged anew (IFRS 15.B16)."""
        used(office, deal, "e-1", date(2026, 4, 20), 150)
        bill(APRILS_END)
        office.recognise(MAY)
        april = earned(office)[APRIL]
        line = next(row for row in list_obligations(office.rev_rec) if row.order_line_id == deal.lines[0].order_line_id)
        assert (line.usage_minor, line.recognised_minor) == (1_240, 30 * 329 + 1_240)
        used(office, deal, "e-2", date(2026, 4, 21), 50)
        bill(date(2026, 5, 2))
        office.recognise(date(2026, 6, 1))
        assert earned(office)[APRIL] - april == 400
        assert office.recognise(date(2026, 6, 1)) == 0
        assert broken(office) == set()


def earned(office: Office) -> dict[date, int]:
    frame = waterfall_by_month(office.company_id, AsKnown(date(2027, 12, 31)))
    return dict(frame.select("month", "recognised_minor").iter_rows())


class TestPlanned:
    def test_a_line_is_planned_once(self, office: Office, deal: ConcludedDeal) -> None:
        """Another price later is of the same usage."""
        line_id = deal.lines[0].order_line_id
        rated(
            office,
            line_id,
            UsageTerms(UsageModel.PER_UNIT, CALLS.unit, (UsageTier(0, 5),), commitment_minor=5_000),
            MAY,
        )
        assert len(get_metered(office.receivables, line_id).ratings) == 2
        plans = what_comes_next(deal.contract_id, office.receivables, on=APRIL).lines
        assert len([line for line in plans if line.order_line_id == line_id]) == 2

    def test_usage_in_arrears_follows_the_line(self, office: Office, deal: ConcludedDeal, bill: Bill) -> None:
        """The usage of a line billed in arrears comes with it on one invoice."""
        arrears = a_product(office.company_id, "ARREARS", timing=BillingTiming.IN_ARREARS)
        other = office.sell(a_customer(), [LineWanted(arrears, 1, 7_000, A_YEAR)])
        rated(office, other.lines[0].order_line_id)
        used(office, other, "o-1", date(2026, 4, 9), 30)
        bill(APRILS_END)
        invoice = Invoice.objects.filter(lines__plan__order_line_id=other.lines[0].order_line_id).distinct().get()
        assert sorted(invoice.lines.values_list("net_minor", flat=True)) == [100, 7_000]

"""Billing by schedule, which explains nothing, and by hand, which says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import UsageModel, UsageTerms, UsageTier
from kanjo.domains.billing.models import Invoice, Plan
from kanjo.domains.billing.rules.guards import RunUnexplained, Unexplained
from kanjo.foundation.ids import InvoiceId, OrderLineId, RunId
from kanjo.foundation.rhythms import Rhythm, Timetable
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from kanjo.platform.runs.models import Run, Schedule
from kanjo.platform.runs.operations import NoReason, withdraw_run
from kanjo.platform.runs.queries import get_run
from kanjo.platform.runs.schedules import pause_schedule, set_schedule
from kanjo.platform.runs.states import RunState
from kanjo.processes import bill
from tests.builders import a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-4")]


@pytest.fixture
def office() -> Office:
    """Ten users were sold."""
    office = an_office()
    office.sell(a_customer(), [office.users(10)])
    return office


def by_hand(office: Office, because: str) -> RunId:
    """Begin the run of May as a person of Accounts Receivable."""
    return bill.preview(company_id=office.company_id, on=MAY, because=because, by=office.receivables, at=morning(MAY))


class TestByHand:
    def test_the_schedule_needs_no_reason(self, office: Office) -> None:
        """The house previews, approves and issues alone."""
        done = bill.bill_day(company_id=office.company_id, on=APRIL, by=house(), approved_by=house(), at=morning(APRIL))
        assert (done["invoices"], Run.objects.get().because) == (1, "")

    @pytest.mark.parametrize("because", ["", " 　\n"])
    def test_a_person_gives_one(self, office: Office, because: str) -> None:
        """Without a reason nothing is begun, and the schedule bills as ever."""
        with pytest.raises(RunUnexplained):
            by_hand(office, because)
        assert (Run.objects.count(), Invoice.objects.count()) == (0, 0)
        self.test_the_schedule_needs_no_reason(office)

    def test_the_reason_stays_with_the_run(self, office: Office) -> None:
        """Whoever looks later reads who began it and why, and the second person approves knowing it."""
        run_id = by_hand(office, "月末を待たずに請求")
        bill.approve(run_id=run_id, by=office.rev_rec, at=morning(MAY))
        bill.execute(company_id=office.company_id, run_id=run_id, by=office.receivables, at=morning(MAY))
        run = get_run(office.rev_rec, run_id)
        assert (run.because, run.made_by) == ("月末を待たずに請求", office.receivables.name)
        assert Invoice.objects.count() == 1

    @pytest.mark.parametrize("because", ["", " 　\n"])
    def test_what_is_given_back_or_corrected_says_why(self, office: Office, because: str) -> None:
        """A credit note, a reversal, a usage price and a corrected event: without a reason nothing is done."""
        office.bill(APRIL)
        invoice, run = InvoiceId(Invoice.objects.get().pk), RunId(Run.objects.get().pk)
        line = OrderLineId(Plan.objects.get().order_line_id)
        told: dict[str, Any] = {"because": because, "at": morning(MAY)}
        terms = UsageTerms(model=UsageModel.VOLUME, unit=Text(en="call", ja="回"), tiers=(UsageTier(1, 3),))
        event: dict[str, Any] = {"corrects": "a", "event_id": "b", "used_on": APRIL, "quantity": 1}
        company: dict[str, Any] = {"company_id": office.company_id}
        acts: tuple[Callable[[], object], ...] = (
            lambda: bill.credit_invoice(**company, invoice_id=invoice, on=MAY, by=office.receivables, **told),
            lambda: bill.preview_reversal(run_id=run, on=MAY, by=office.receivables, **told),
            lambda: billing.rate_usage(
                order_line_id=line, terms=terms, effective_on=MAY, by=office.deal_management, **told
            ),
            lambda: billing.correct_usage(**company, **event, on=MAY, by=office.receivables, **told),
        )
        for act in acts:
            with pytest.raises(Unexplained):
                act()
        assert (Invoice.objects.count(), Run.objects.count()) == (1, 1)

    @pytest.mark.parametrize("because", ["", " 　\n"])
    def test_what_stops_or_moves_the_schedule_says_why(self, office: Office, because: str) -> None:
        """A run given up, a schedule set or paused: without a reason all stays; to approve needs none."""
        run_id = by_hand(office, "月末を待たずに請求")
        company: dict[str, Any] = {"company_id": office.company_id, "kind": "billing"}
        daily = Timetable(Rhythm.DAILY, (), time(6))
        told: dict[str, Any] = {"on": MAY, "by": office.cfo, "at": morning(MAY)}
        set_schedule(**company, given=daily, because="毎日請求", **told)
        acts: tuple[Callable[[], object], ...] = (
            lambda: withdraw_run(run_id=run_id, by=office.receivables, at=morning(MAY), because=because),
            lambda: set_schedule(**company, given=daily, because=because, **told),
            lambda: pause_schedule(**company, because=because, **told),
        )
        for act in acts:
            with pytest.raises(NoReason):
                act()
        assert (get_run(office.rev_rec, run_id).state, Schedule.objects.count()) == (RunState.PREVIEWED, 1)
        bill.approve(run_id=run_id, by=office.rev_rec, at=morning(MAY))

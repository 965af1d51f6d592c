"""Contracts that change over time, on the real database: the next run bills the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import (
    ContractChange,
    Held,
    HoldCondition,
    LineAway,
    LineChange,
)
from kanjo.domains.billing.models import Account, Charge, Hold, Invoice, InvoiceLine, MovedDay, Plan
from kanjo.domains.billing.queries import charges_to_come, days_to_come, get_invoice, preview_changes
from kanjo.domains.billing.queries.due import Scope
from kanjo.domains.billing.rules.changing import (
    AlreadyMoved,
    AlreadyReleased,
    ChangeTooLate,
    HoldExpired,
    HoldMissing,
    HoldUnexplained,
    MovesNowhere,
    MoveUnexplained,
    NothingBilledThen,
    NothingToHold,
    OnHold,
    TooFewUnits,
)
from kanjo.domains.billing.rules.guards import NothingDue, PlanMissing
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    AmendmentId,
    CompanyId,
    ContractId,
    CustomerId,
    HoldId,
    InvoiceId,
    OrderLineId,
    PersonId,
    RunId,
)
from kanjo.foundation.periods import Period
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.operations import PeriodLocked
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor, lock_books
from tests.deals import AmendmentKind, an_amendment

pytestmark = pytest.mark.django_db

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Ten users at ¥1,000 a month for a year from 1 April."""
    return an_order(company, customer, [a_line(a_product(company))])


def amend(planned: Planned, change: ContractChange, kind: AmendmentKind = AmendmentKind.CHANGE) -> AmendmentId:
    """Agree on a change as the house does and let billing know."""
    days = [one.effective_on for one in change.changes] + [one.start for one in change.away] + [TODAY]
    withdraws = change.withdraws[0] if change.withdraws else None
    amendment_id = an_amendment(planned.contract_id, kind, effective_on=min(days), withdraws=withdraws)
    billing.change_plans(
        contract_id=planned.contract_id,
        amendment_id=amendment_id,
        change=change,
        on=TODAY,
        by=house(),
        at=NOW,
    )
    return amendment_id


def more(planned: Planned, day: date, net: int, units: int = 0) -> ContractChange:
    """So much more from a day on."""
    return ContractChange(changes=(LineChange(planned.lines[0], day, net, units),))


def away(planned: Planned, start: date, until: date | None, *, for_good: bool = False) -> ContractChange:
    """Days without service."""
    return ContractChange(away=(LineAway(planned.lines[0], start, until, for_good),))


def posted() -> list[tuple[date, date, int]]:
    """What was charged and given back, in order of posting."""
    rows = Charge.objects.order_by("invoice_line_id").values_list("service_start", "service_until", "amount_minor")
    return [(start, until, amount) for start, until, amount in rows]


@pytest.mark.row("BIL-7")
class TestChangePlans:
    def test_more_seats_inside_a_billed_month_are_one_net_invoice(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Ten of thirty days at the old price come back, the same ten at the new one go out, on one invoice."""
        run_billing(company, TODAY)
        amend(planned, more(planned, date(2026, 4, 21), 3_000, 3))
        run_billing(company, date(2026, 4, 21))
        assert posted() == [
            (TODAY, MAY, 10_000),
            (date(2026, 4, 21), MAY, -3_333),
            (date(2026, 4, 21), MAY, 4_333),
        ]
        invoice = Invoice.objects.order_by("-id").first()
        assert invoice is not None
        view = get_invoice(InvoiceId(invoice.pk), accountant)
        assert (view.row.number, view.row.net.minor, view.row.tax.minor) == ("INV-2026-000002", 1_000, 100)
        assert [(line.quantity, line.derivation.holds) for line in view.lines] == [(10, True), (13, True)]

    def test_fewer_seats_are_a_credit_note(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Where more comes back than goes out, the document is a return invoice of its own series."""
        run_billing(company, TODAY)
        amend(planned, more(planned, date(2026, 4, 16), -4_000, -4))
        run_billing(company, date(2026, 4, 16))
        (note,) = Invoice.objects.filter(total_minor__lt=0)
        assert (note.number, note.net_minor, note.tax_minor) == ("CN-2026-000001", -2_000, -200)
        assert get_invoice(InvoiceId(note.pk), accountant).row.is_credit

    @pytest.mark.parametrize("on", [date(2026, 4, 21), JUNE])
    def test_a_second_run_issues_nothing(self, planned: Planned, company: CompanyId, on: date) -> None:
        """Whatever changed, a run after a run is empty."""
        run_billing(company, TODAY)
        amend(planned, more(planned, date(2026, 4, 11), 7_777, 1))
        amend(planned, away(planned, date(2026, 4, 15), date(2026, 4, 18)), AmendmentKind.SUSPENSION)
        run_billing(company, on)
        before = posted()
        _, again = run_billing(company, on)
        assert (posted(), again) == (before, {"failed": 0})

    def test_what_is_withdrawn_leaves_nothing(self, planned: Planned, company: CompanyId) -> None:
        """Agreed by mistake, billed, taken back: together they come to the price of the month."""
        run_billing(company, TODAY)
        mistaken = amend(planned, more(planned, date(2026, 4, 8), 9_000, 9))
        run_billing(company, date(2026, 4, 8))
        amend(planned, ContractChange(withdraws=(mistaken,)), AmendmentKind.WITHDRAWAL)
        run_billing(company, date(2026, 4, 9))
        assert sum(amount for _, _, amount in posted()) == 10_000

    def test_what_is_withdrawn_before_its_day_leaves_no_gap(self, planned: Planned, company: CompanyId) -> None:
        """April was billed to the day of a change to come; taken back, the rest of April is billed all the same."""
        agreed = amend(planned, more(planned, date(2026, 4, 21), 1_000))
        run_billing(company, TODAY)
        amend(planned, ContractChange(withdraws=(agreed,)), AmendmentKind.WITHDRAWAL)
        run_billing(company, MAY)
        assert [(start, amount) for start, _, amount in posted()] == [
            (TODAY, 6_667),
            (date(2026, 4, 21), 3_333),
            (MAY, 10_000),
        ]

    def test_a_pause_without_an_end_gets_one_by_resuming(self, planned: Planned, company: CompanyId) -> None:
        """Paused from 11 April until further notice, back on 21 April: ten days less."""
        run_billing(company, TODAY)
        open_end = amend(planned, away(planned, date(2026, 4, 11), None), AmendmentKind.SUSPENSION)
        run_billing(company, date(2026, 4, 11))
        assert sum(amount for _, _, amount in posted()) == 3_333
        _, nothing = run_billing(company, MAY)
        assert nothing == {"failed": 0}
        ten_days = away(planned, date(2026, 4, 11), date(2026, 4, 21))
        resumed = ContractChange(away=ten_days.away, withdraws=(open_end,))
        amend(planned, resumed, AmendmentKind.RESUMPTION)
        run_billing(company, MAY)
        assert sum(amount for start, _, amount in posted() if start < MAY) == 6_666
        assert sum(amount for start, _, amount in posted() if start >= MAY) == 10_000

    def test_told_twice_it_changes_once(self, planned: Planned, company: CompanyId) -> None:
        """An amendment delivered twice is written down once, and says the same difference."""
        amendment_id = amend(planned, more(planned, JUNE, 1_000))
        again = billing.change_plans(
            contract_id=planned.contract_id,
            amendment_id=amendment_id,
            change=more(planned, JUNE, 1_000),
            on=TODAY,
            by=house(),
            at=NOW,
        )
        assert dict(again) == {planned.lines[0]: 10_000}
        run_billing(company, JUNE)
        assert posted()[-1] == (JUNE, date(2026, 7, 1), 11_000)

    def test_refusals_change_nothing(self, planned: Planned) -> None:
        """More taken away than is there, a day after the end, a line nobody planned."""
        for change, refusal in (
            (more(planned, JUNE, -1_000, -11), TooFewUnits),
            (more(planned, date(2027, 4, 1), 1_000), ChangeTooLate),
            (ContractChange(changes=(LineChange(OrderLineId(0), JUNE, 1, 1),)), PlanMissing),
        ):
            with pytest.raises(refusal), transaction.atomic():
                amend(planned, change)
        assert not charges_to_come(Scope(CompanyId(0)))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM billing_change")
            assert cursor.fetchone() == (0,)


@pytest.mark.row("BIL-13")
class TestPreviewChanges:
    def test_it_equals_the_invoices_that_follow(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Credit, charge and net, and every invoice to come: to the day and the yen what the runs then issue."""
        run_billing(company, TODAY)
        change = more(planned, date(2026, 4, 21), 3_000, 3)
        shown = preview_changes(planned.contract_id, change, accountant)
        assert (shown.credit.minor, shown.net.minor) == (-3_333, 1_000 + 11 * 3_000)
        amend(planned, change)
        for invoice in shown.invoices:
            run_billing(company, invoice.issued_on)
        issued = Invoice.objects.order_by("id").values_list("issued_on", "due_on", "net_minor", "tax_minor")
        assert [*issued][1:] == [(one.issued_on, one.due_on, one.net.minor, one.tax.minor) for one in shown.invoices]

    def test_a_stranger_sees_nothing(self, planned: Planned) -> None:
        """Who is not assigned to the company learns nothing of its contracts."""
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
        with pytest.raises(PlanMissing):
            preview_changes(planned.contract_id, ContractChange(), stranger)


@pytest.mark.row("BIL-9")
class TestMoveBillingDay:
    def test_only_the_day_of_the_invoice_moves_and_only_once(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """May is billed on 20 May instead of 1 May; June on 1 June as ever."""
        before = charges_to_come(Scope(company, contract_id=planned.contract_id))
        move(planned, MAY, date(2026, 5, 20), accountant)
        after = charges_to_come(Scope(company, contract_id=planned.contract_id))
        assert [(one.service, one.net_minor) for one in before] == [(one.service, one.net_minor) for one in after]
        assert [one.bill_on for one in after][:3] == [TODAY, date(2026, 5, 20), JUNE]
        run_billing(company, date(2026, 5, 19))
        assert posted() == [(TODAY, MAY, 10_000)]
        run_billing(company, date(2026, 5, 20))
        assert posted()[1:] == [(MAY, JUNE, 10_000)]

    def test_an_earlier_day_bills_ahead(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """June is asked for in April: the days stay those of June."""
        move(planned, JUNE, date(2026, 4, 20), accountant)
        run_billing(company, date(2026, 4, 20))
        assert posted() == [(TODAY, MAY, 10_000), (JUNE, date(2026, 7, 1), 10_000)]
        run_billing(company, JUNE)
        assert posted()[2:] == [(MAY, JUNE, 10_000)]

    def test_even_before_the_service_begins(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """A service from June is asked for in April, two months before anything of it would be due."""
        term = Period(JUNE, date(2027, 6, 1))
        planned = an_order(company, customer, [a_line(a_product(company), service=term)], term=term)
        move(planned, JUNE, date(2026, 4, 20), accountant)
        run_billing(company, date(2026, 4, 20))
        assert posted() == [(JUNE, date(2026, 7, 1), 10_000)]

    def test_what_was_moved_moves_no_further(self, planned: Planned, accountant: Actor) -> None:
        """From 1 to 20 May, and no more from 20 to 25 May: told which day it was, and which may be moved."""
        move(planned, MAY, date(2026, 5, 20), accountant)
        with pytest.raises(AlreadyMoved) as refused:
            move(planned, date(2026, 5, 20), date(2026, 5, 25), accountant)
        assert refused.value.facts == {"day": MAY, "moved_to": date(2026, 5, 20), "next": TODAY}
        assert MovedDay.objects.count() == 1

    def test_a_day_of_its_own_is_moved_whatever_was_moved_to_it(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """May was moved to 1 June; what is due of June itself goes to 20 June, May stays."""
        move(planned, MAY, JUNE, accountant)
        move(planned, JUNE, date(2026, 6, 20), accountant)
        days = [one.bill_on for one in charges_to_come(Scope(company, contract_id=planned.contract_id))]
        assert days[:3] == [TODAY, JUNE, date(2026, 6, 20)]

    def test_a_day_of_nothing_but_a_credit_is_none(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Away from 16 April on, April's rest comes back on that day: no charge would follow a move of it."""
        run_billing(company, TODAY)
        day = date(2026, 4, 16)
        amend(planned, away(planned, day, MAY), AmendmentKind.SUSPENSION)
        assert day in {one.bill_on for one in charges_to_come(Scope(company, contract_id=planned.contract_id))}
        assert day not in days_to_come(planned.contract_id, accountant)
        with pytest.raises(NothingBilledThen) as refused:
            move(planned, day, date(2026, 4, 20), accountant)
        assert refused.value.facts == {"day": day, "next": MAY}

    def test_what_waits_for_acceptance_has_no_day_yet(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Nobody knows on which day it will be billed: a move would be of nothing."""
        box = a_product(
            company, "BOX", charge=ChargeKind.ONE_TIME, timing=BillingTiming.ON_ACCEPTANCE, interval_months=0
        )
        waiting = an_order(company, customer, [replace(a_line(box, quantity=1), service=None)])
        assert days_to_come(waiting.contract_id, accountant) == {}
        with pytest.raises(NothingBilledThen):
            move(waiting, TODAY, JUNE, accountant)

    def test_refusals(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Not twice, not to itself, not without a reason, not where nothing is billed, not into locked books."""
        with pytest.raises(NothingBilledThen):
            move(planned, date(2026, 5, 2), JUNE, accountant)
        with pytest.raises(MovesNowhere):
            move(planned, MAY, MAY, accountant)
        with pytest.raises(MoveUnexplained):
            move(planned, MAY, JUNE, accountant, because=" ")
        move(planned, MAY, JUNE, accountant)
        move(planned, MAY, JUNE, accountant)
        with pytest.raises(AlreadyMoved):
            move(planned, MAY, date(2026, 5, 3), accountant)
        lock_books(company, through=TODAY, by=an_actor(Role.CFO, companies=[company]))
        with pytest.raises(PeriodLocked):
            move(planned, JUNE, TODAY, accountant)


def move(planned: Planned, bill_on: date, moved_to: date, by: Actor, because: str = "顧客の依頼") -> None:
    billing.move_billing_day(
        contract_id=planned.contract_id, bill_on=bill_on, moved_to=moved_to, because=because, by=by, at=NOW
    )


@pytest.mark.row("BIL-10")
class TestHolds:
    @pytest.mark.parametrize("scope", ["payer", "contract", "order", "line"])
    def test_what_is_held_waits_and_is_billed_after_its_release(
        self, planned: Planned, company: CompanyId, accountant: Actor, scope: str
    ) -> None:
        """Nothing is issued while it lasts; released, April and May come with the days and amounts they had."""
        hold_id = hold(company, _held(planned, scope), accountant)
        _, report = run_billing(company, MAY)
        assert (posted(), report) == ([], {"failed": 0})
        with pytest.raises(OnHold):
            billing.issue_invoice(order_id=planned.order_id, on=MAY, because="個別発行", by=accountant, at=NOW)
        release(hold_id, accountant, on=MAY)
        run_billing(company, MAY)
        assert posted() == [(TODAY, MAY, 10_000), (MAY, JUNE, 10_000)]

    def test_the_preview_tells_the_money_on_hold(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """¥10,000 of one line wait."""
        hold(company, _held(planned, "line"), accountant)
        run_id = billing.preview_run(company_id=company, on=TODAY, by=house(), at=NOW)

        assert Run.objects.get(pk=run_id).preview["held"] == {"lines": 1, "net_JPY": 10_000}

    def test_it_ends_by_itself_on_its_day(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """A hold until 1 May holds nothing on 1 May."""
        hold(company, _held(planned, "contract"), accountant, expires_on=MAY)
        run_billing(company, date(2026, 4, 30))
        assert posted() == []
        run_billing(company, MAY)
        assert len(posted()) == 2

    @pytest.mark.parametrize("scope", ["payer", "contract", "order", "line"])
    def test_a_run_that_is_under_way_bills_nothing_held_since(
        self, planned: Planned, company: CompanyId, accountant: Actor, scope: str
    ) -> None:
        """Previewed, then held, then executed: the hold keeps it back, also of the run that knew of none."""
        run_id = billing.preview_run(company_id=company, on=TODAY, by=house(), at=NOW)
        hold_id = hold(company, _held(planned, scope), accountant)
        assert (finish(run_id), posted()) == ({"failed": 0}, [])
        release(hold_id, accountant)
        run_billing(company, TODAY)
        assert posted() == [(TODAY, MAY, 10_000)]

    def test_what_is_released_after_the_preview_waits_for_the_next_run(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Of two lines one is held: the run makes what its preview showed, by which it was approved."""
        both = an_order(company, customer, [a_line(a_product(company)), a_line(a_product(company, "X"))])
        hold_id = hold(company, _held(both, "line"), accountant)
        run_id = billing.preview_run(company_id=company, on=TODAY, by=house(), at=NOW)
        release(hold_id, accountant)
        assert finish(run_id)["net_JPY"] == 10_000
        assert run_billing(company, TODAY)[1]["net_JPY"] == 10_000

    def test_held_and_released_after_the_preview_it_is_billed_as_shown(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A hold that came and went between preview and execution leaves nothing out."""
        run_id = billing.preview_run(company_id=company, on=TODAY, by=house(), at=NOW)
        release(hold(company, _held(planned, "order"), accountant), accountant)
        finish(run_id)
        assert posted() == [(TODAY, MAY, 10_000)]

    def test_who_holds_waits_for_whoever_bills_any_payer_of_it(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Two payers under one contract: both accounts are locked, or a run under way would bill one held already."""
        row = Plan.objects.get()
        other, _ = Account.objects.get_or_create(company_id=company, payer_id=a_customer("株式会社別払"))
        row.pk, row.account_id, row.part = None, other.pk, 7
        row.save(force_insert=True)
        with CaptureQueriesContext(connection) as asked:
            hold(company, _held(planned, "contract"), accountant)
        locked = [one["sql"] for one in asked if "FOR NO KEY UPDATE" in one["sql"] and "billing_account" in one["sql"]]
        assert all(
            any(f"{key} AND {key}" in one for one in locked) for key in Account.objects.values_list("pk", flat=True)
        )

    def test_another_line_is_billed_all_the_same(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """A hold of one line leaves the other on the invoice."""
        both = an_order(company, customer, [a_line(a_product(company)), a_line(a_product(company, "X"))])
        hold(company, _held(both, "line"), accountant)
        run_billing(company, TODAY)
        assert list(InvoiceLine.objects.values_list("plan_id", flat=True)) == [both.plans[1]]

    def test_only_a_colleague_of_the_company_answers_for_it(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Somebody of another company, dismissed, the house, nobody at all: refused, and nothing is held."""
        gone = an_actor(Role.RECEIVABLES, companies=[company]).id
        Person.objects.filter(pk=gone).update(is_active=False)
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")]).id
        for owner_id in (stranger, gone, house().id, PersonId(0)):
            with pytest.raises(NotFound) as refusal:
                hold(company, _held(planned, "order"), accountant, owner_id=owner_id)
            assert refusal.value.at == "owner_id"
        assert not Hold.objects.exists()
        hold(company, _held(planned, "order"), accountant, owner_id=an_actor(Role.REV_REC, companies=[company]).id)

    def test_refusals(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Without a reason, over before it begins, of nothing, of two things, released twice or by a stranger."""
        with pytest.raises(HoldUnexplained):
            hold(company, _held(planned, "order"), accountant, because="")
        with pytest.raises(HoldExpired):
            hold(company, _held(planned, "order"), accountant, expires_on=TODAY)
        for nothing in (Held(), Held(contract_id=ContractId(0)), Held(planned.customer_id, planned.contract_id)):
            with pytest.raises(NothingToHold):
                hold(company, nothing, accountant)
        assert not Hold.objects.exists()
        hold_id = hold(company, _held(planned, "order"), accountant)
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
        with pytest.raises(HoldMissing):
            release(hold_id, stranger)
        with pytest.raises(HoldUnexplained):
            release(hold_id, accountant, because=" ")
        release(hold_id, accountant)
        with pytest.raises(AlreadyReleased):
            release(hold_id, accountant)


def _held(planned: Planned, scope: str) -> Held:
    return {
        "payer": Held(payer_id=planned.customer_id),
        "contract": Held(contract_id=planned.contract_id),
        "order": Held(order_id=planned.order_id),
        "line": Held(order_line_id=planned.lines[0]),
    }[scope]


def hold(
    company: CompanyId,
    held: Held,
    by: Actor,
    *,
    because: str = "注文書の番号待ち",
    expires_on: date | None = None,
    owner_id: PersonId | None = None,
) -> HoldId:
    return billing.hold_billing(
        company_id=company,
        held=held,
        condition=HoldCondition.PO_NUMBER,
        because=because,
        owner_id=by.id if owner_id is None else owner_id,
        on=TODAY,
        expires_on=expires_on,
        by=by,
        at=NOW,
    )


def finish(run_id: RunId) -> dict[str, int]:
    """Approve a previewed run and execute it."""
    runs.approve_run(run_id=run_id, by=house(), at=NOW)
    return billing.execute(run_id=run_id, by=house(), at=NOW)


def release(hold_id: HoldId, by: Actor, *, on: date = TODAY, because: str = "届いた") -> None:
    billing.release_billing(hold_id=hold_id, on=on, because=because, by=by, at=NOW)


class TestGivenBack:
    def test_the_database_gives_back_no_day_twice_and_never_more(self, planned: Planned, company: CompanyId) -> None:
        """A second credit of the same day, days outside the line, and more than it charged are refused by the table."""
        run_billing(company, TODAY)
        amend(planned, away(planned, date(2026, 4, 21), None), AmendmentKind.SUSPENSION)
        run_billing(company, date(2026, 4, 21))
        credit = Charge.objects.get(credited_line_id__isnull=False)
        for start, until, amount, words in (
            (date(2026, 4, 25), MAY, -1, "billing_day_given_back_once"),
            (date(2026, 4, 1), date(2026, 4, 21), -6_668, "more would be given back"),
            (MAY, JUNE, -1, "more would be given back"),
            (date(2026, 4, 1), date(2026, 4, 21), 1, "more would be given back"),
        ):
            forged = Charge.objects.get(pk=credit.pk)
            forged.service_start, forged.service_until, forged.amount_minor = start, until, amount
            forged.sequence = 99
            with pytest.raises(DatabaseError, match=words), transaction.atomic():
                forged.save(force_insert=True)

    def test_what_is_left_of_an_invoice_closes_to_the_yen(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Part of April was given back; crediting the invoice gives back the rest, and nothing after that."""
        run_billing(company, TODAY)
        april = Invoice.objects.get()
        amend(planned, away(planned, date(2026, 4, 12), None), AmendmentKind.SUSPENSION)
        run_billing(company, date(2026, 4, 12))
        billing.credit_invoice(invoice_id=InvoiceId(april.pk), on=MAY, because="誤請求", by=accountant, at=NOW)
        assert sum(Invoice.objects.values_list("total_minor", flat=True)) == 0
        with pytest.raises(NothingDue):
            billing.issue_invoice(
                order_id=planned.order_id, on=date(2026, 3, 31), because="個別発行", by=accountant, at=NOW
            )

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.domains.revenue import operations, queries
from kanjo.domains.revenue.models import Delivery, Obligation, Slice
from kanjo.domains.revenue.rules.books import NoOpenBooks
from kanjo.domains.revenue.rules.promises import NothingPromised, PromisedAlready, ServicePeriodMissing
from kanjo.domains.revenue.tests.desk import APRIL, Desk, licence, service
from kanjo.foundation.ids import RunId
from kanjo.foundation.times import AsKnown
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.queries import balance_of
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import WrongRunState, approve_run
from tests.builders import NOW, a_company
from tests.plumbing import FreshDatabase

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
YEAR = (APRIL, date(2027, 4, 1))


def lock(desk: Desk, start: date) -> None:
    Period.objects.filter(company_id=desk.company_id, start=start).update(state="locked")


class TestOpenObligations:
    def test_the_same_lines_again_are_the_same_obligations(self, desk: Desk) -> None:
        lines = [licence(1, 500), service(2, 365_000, *YEAR)]
        assert desk.promise(*lines, order=7) == desk.promise(*lines, order=7)
        assert (Obligation.objects.count(), FactRow.objects.filter(kind="revenue.obligations-opened").count()) == (2, 1)

    def test_a_line_is_promised_once_with_one_price(self, desk: Desk) -> None:
        desk.promise(licence(1, 500), order=7)
        with pytest.raises(PromisedAlready):
            desk.promise(licence(1, 501), order=7)

    def test_revenue_over_time_needs_its_days_and_the_line_is_named(self, desk: Desk) -> None:
        with pytest.raises(ServicePeriodMissing, match=r"^lines\[2\].service: "):
            desk.promise(licence(1, 500), service(2, 100, APRIL, APRIL))
        assert Obligation.objects.count() == 0


class TestNoteDelivery:
    def test_the_same_day_told_twice_is_one_delivery(self, desk: Desk) -> None:
        desk.promise(licence(1, 500))
        desk.deliver(1, APRIL)
        desk.deliver(1, APRIL)
        assert Delivery.objects.count() == 1

    def test_nothing_is_delivered_that_was_not_promised(self, desk: Desk) -> None:
        with pytest.raises(NothingPromised):
            desk.deliver(99, APRIL)

    def test_another_companys_promise_does_not_exist(self, desk: Desk) -> None:
        Desk(a_company("other")).promise(licence(1, 500))
        with pytest.raises(NothingPromised):
            desk.deliver(1, APRIL)


class TestRecognise:
    def test_each_month_earns_its_days_and_moves_from_liability_to_revenue(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        desk.recognise(MAY)
        desk.recognise(JUNE)
        assert desk.slices() == [
            (APRIL, 30_000, date(2026, 4, 30)),
            (MAY, 31_000, date(2026, 5, 31)),
        ]
        assert desk.earned() == 61_000
        assert balance_of(desk.company_id, AccountCode.CONTRACT_LIABILITY, AsKnown(JUNE)) == 61_000

    def test_nothing_is_earned_before_the_delivery(self, desk: Desk) -> None:
        desk.promise(licence(1, 500))
        assert desk.recognise(MAY) is None
        desk.deliver(1, date(2026, 5, 20))
        assert desk.recognise(MAY) is None
        desk.recognise(JUNE)
        assert desk.slices() == [(MAY, 500, date(2026, 5, 31))]

    @pytest.mark.row("M11")
    def test_a_second_run_posts_nothing_and_leaves_no_run(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        desk.recognise(MAY)
        assert desk.recognise(MAY) is None
        assert (desk.earned(), Run.objects.count()) == (30_000, 1)

    def test_an_earlier_day_takes_nothing_back(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        desk.recognise(MAY)
        assert desk.recognise(date(2026, 4, 16)) is None

    @pytest.mark.row("R3")
    def test_the_preview_shows_to_the_yen_what_the_run_then_posts(self, desk: Desk) -> None:
        desk.promise(service(1, 1_000, *YEAR), licence(2, 77))
        desk.deliver(2, APRIL)
        run_id = desk.preview(MAY)
        assert run_id is not None
        assert desk.earned() == 0
        desk.recognise(MAY)
        run = Run.objects.get(pk=run_id)
        assert run.preview["made"] == {"slices": 2, "amount_minor JPY": 167}
        assert run.report == {"slices": 2, "amount_minor JPY": 167, "failed": 0}
        assert desk.earned() == 167

    @pytest.mark.row("T5")
    def test_a_delivery_told_late_is_posted_in_the_first_open_month(self, desk: Desk) -> None:
        desk.promise(licence(1, 500))
        lock(desk, APRIL)
        desk.deliver(1, date(2026, 4, 20))
        desk.recognise(JUNE)
        assert desk.slices() == [(APRIL, 500, MAY)]

    @pytest.mark.row("M11")
    def test_a_corrected_delivery_moves_the_revenue_by_the_difference(self, desk: Desk) -> None:
        desk.promise(licence(1, 500))
        desk.deliver(1, date(2026, 4, 20))
        desk.recognise(MAY)
        lock(desk, APRIL)
        desk.deliver(1, date(2026, 5, 2))
        desk.recognise(JUNE)
        assert desk.slices() == [
            (APRIL, 500, date(2026, 4, 30)),
            (APRIL, -500, MAY),
            (MAY, 500, date(2026, 5, 31)),
        ]
        assert desk.earned() == 500

    def test_a_contract_signed_late_earns_its_past_days_on_the_day_it_was_signed(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR), on=date(2026, 5, 7))
        assert desk.recognise(MAY) is None
        desk.recognise(JUNE)
        assert desk.slices() == [(APRIL, 30_000, date(2026, 5, 7)), (MAY, 31_000, date(2026, 5, 31))]

    def test_who_previews_does_not_approve(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        run_id = desk.preview(MAY)
        assert run_id is not None
        with pytest.raises(DutiesConflict), transaction.atomic():
            approve_run(run_id=run_id, by=desk.by, at=NOW)
        with pytest.raises(WrongRunState):
            operations.execute_recognition(run_id=run_id, by=desk.by, at=NOW)
        assert desk.earned() == 0

    def test_refuses_when_no_books_are_open_for_what_is_due(self, desk: Desk) -> None:
        Period.objects.filter(company_id=desk.company_id).update(state="locked")
        desk.promise(service(1, 365_000, *YEAR))
        with pytest.raises(NoOpenBooks):
            desk.preview(MAY)


@pytest.mark.row("M11")
class TestRunsAtOnce:
    def test_what_is_told_after_the_preview_belongs_to_the_next_run(self, fresh_database: FreshDatabase) -> None:
        desk = Desk(a_company("kanjo-jp"))
        desk.promise(service(1, 365_000, *YEAR))
        desk.preview(MAY)
        desk.promise(service(2, 365_000, *YEAR))
        desk.recognise(MAY)
        assert desk.earned() == 30_000
        desk.recognise(MAY)
        assert desk.earned() == 60_000

    def test_two_runs_at_once_post_each_month_once(self, fresh_database: FreshDatabase) -> None:
        desk = Desk(a_company("kanjo-jp"))
        for line in range(1, 21):
            desk.promise(service(line, 365_000, *YEAR))
        approved = [run_id for until in (MAY, JUNE) if (run_id := desk.preview(until)) is not None]
        with transaction.atomic():
            for run_id in approved:
                approve_run(run_id=run_id, by=desk.second, at=NOW)
        gate = Barrier(2)

        def execute(run_id: RunId) -> None:
            gate.wait()
            operations.execute_recognition(run_id=run_id, by=desk.by, at=NOW)
            connection.close()

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(execute, approved))
        assert (desk.earned(), len(desk.slices())) == (20 * 61_000, 40)


class TestReverseRecognition:
    def reverse(self, desk: Desk, run_id: int | None) -> int:
        assert run_id is not None
        with transaction.atomic():
            return operations.reverse_recognition(run_id=run_id, because="wrong price", by=desk.by, at=NOW)  # type: ignore[arg-type]

    def test_posts_the_negative_and_the_next_run_posts_again(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        run_id = desk.recognise(MAY)
        assert self.reverse(desk, run_id) == 1
        assert desk.earned() == 0
        desk.recognise(MAY)
        assert [amount for _, amount, _ in desk.slices()] == [30_000, -30_000, 30_000]

    def test_is_done_once(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        run_id = desk.recognise(MAY)
        self.reverse(desk, run_id)
        with pytest.raises(WrongRunState):
            self.reverse(desk, run_id)
        assert desk.earned() == 0

    def test_a_run_of_another_kind_is_not_taken_back_here(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        run_id = desk.recognise(MAY)
        assert run_id is not None
        Run.objects.filter(pk=run_id).update(kind="billing")
        with pytest.raises(WrongRunState):
            self.reverse(desk, run_id)
        assert Run.objects.get(pk=run_id).state == Run.State.EXECUTED


class TestWaterfall:
    def test_recognised_and_to_come_are_the_price_in_every_month(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR), licence(2, 500))
        desk.recognise(MAY)
        rows = queries.waterfall_by_month(desk.company_id, AsKnown(date(2026, 4, 30))).rows()
        assert rows[:2] == [("JPY", APRIL, 30_000, 0), ("JPY", MAY, 0, 31_000)]
        assert rows[-1] == ("JPY", None, 0, 500), "what waits for a delivery comes in no month yet"
        assert sum(row[2] + row[3] for row in rows) == 365_500

    @pytest.mark.row("T5")
    def test_shows_each_day_as_it_was_known(self, desk: Desk) -> None:
        desk.promise(service(1, 365_000, *YEAR))
        desk.recognise(JUNE)
        assert queries.recognised(desk.company_id, AsKnown(date(2026, 4, 30))).rows() == [(1, "JPY", 30_000)]
        assert queries.recognised(desk.company_id, AsKnown(JUNE)).rows() == [(1, "JPY", 61_000)]
        assert queries.recognised(desk.company_id, AsKnown(JUNE, NOW)).rows() == []

    @pytest.mark.parametrize("orders", [2, 30])
    def test_lists_take_two_queries_however_many(
        self, desk: Desk, orders: int, django_assert_num_queries: object
    ) -> None:
        for line in range(1, orders + 1):
            desk.promise(licence(line, 500))
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(queries.list_obligations(desk.by)) == orders


class TestTables:
    def test_what_was_recognised_is_never_changed(self, desk: Desk) -> None:
        for model in (Obligation, Delivery, Slice):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.update(company_id=1)

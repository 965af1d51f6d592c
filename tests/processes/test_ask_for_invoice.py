"""From a booked order to the desk of Accounts Receivable: told at once, with the schedule, until it is billed."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.queries import billed_of_order, list_invoices
from kanjo.domains.orders.queries import list_lines
from kanjo.foundation.actors import Actor
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from kanjo.platform.jobs.queue import SHORT
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.runs.queries import get_run
from kanjo.platform.worklist.queries import WorkRow, list_queue
from kanjo.processes import bill
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.ask_for_invoice import KIND
from kanjo.surfaces.console.supervisor import worker
from kanjo.surfaces.web.words import WORK_NAMES
from tests.builders import a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.mortals import ROOT
from tests.plumbing import FreshDatabase

SECONDS = 60
"""Within the minute."""


def sold(office: Office) -> ConcludedDeal:
    """Ten users for a year at list price, and two boxes."""
    return office.sell(a_customer(), [office.users(10), office.boxes(2)])


def told(office: Office) -> None:
    """Let the worker's job deliver what waits."""
    deliver(by=house(), at=morning(date(2027, 1, 1)))


def asked(actor: Actor) -> list[WorkRow]:
    """Return the orders that wait to be billed on the actor's queue."""
    return [row for row in list_queue(actor) if row.kind == KIND]


@contextmanager
def working(database: FreshDatabase) -> Iterator[subprocess.Popen[bytes]]:
    """Let the worker of the house work on the database, as the supervising process starts it."""
    environment = {**database.environment, "DJANGO_SETTINGS_MODULE": "kanjo.config.settings"}
    process = subprocess.Popen(
        worker(SHORT), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)


def jobs_done() -> int:
    """Return how many finished jobs the queue still holds: one every five seconds, if it kept them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'")
        return int(cursor.fetchall()[0][0])


@pytest.mark.row("SFA-6")
def test_the_notice_is_there_within_the_minute_with_the_schedule(fresh_database: FreshDatabase) -> None:
    """The real worker takes the fact from the outbox: who bills sees order, amount, days and what comes after."""
    office = an_office()
    order = sold(office)
    began = time.monotonic()
    with working(fresh_database) as process:
        while not asked(office.receivables):
            assert process.poll() is None
            assert time.monotonic() - began < SECONDS
            time.sleep(0.1)
    assert jobs_done() == 0
    [notice] = asked(office.receivables)
    assert (notice.subject, notice.subject_id, notice.due_on) == ("orders_order", order.order_id, APRIL)
    assert notice.why.en == (
        "Order O-2026-000001 for JPY 220,000 waits to be billed:"
        " 2026-04-01 JPY 10,000; 2026-04-01 JPY 100,000; 2026-05-01 JPY 10,000; and 10 more."
    )
    assert notice.why.ja == (
        "注文 O-2026-000001（¥220,000）の請求予定:"
        " 2026-04-01 ¥10,000、2026-04-01 ¥100,000、2026-05-01 ¥10,000、ほか 10 件。"
    )


@pytest.mark.django_db
class TestAskForInvoice:
    @pytest.fixture
    def office(self) -> Office:
        return an_office()

    def test_only_who_bills_is_asked(self, office: Office) -> None:
        """It waits on the queue of Accounts Receivable and on nobody else's."""
        sold(office)
        told(office)
        others = (office.rep, office.cxo, office.deal_management, office.rev_rec)
        assert [len(asked(one)) for one in (office.receivables, *others)] == [1, 0, 0, 0, 0]

    def test_the_notice_has_a_title_in_the_readers_language(self, office: Office) -> None:
        """Nobody reads the code of the kind on their desk."""
        assert WORK_NAMES[KIND] == Text(en="Bill an order", ja="注文を請求する")

    def test_a_fact_that_comes_twice_asks_once(self, office: Office) -> None:
        """Reactions bear being delivered again."""
        sold(office)
        told(office)
        with_reaction_again()
        told(office)
        assert len(asked(office.receivables)) == 1

    def test_an_order_that_was_billed_before_it_asked_does_not_ask(self, office: Office) -> None:
        """A slow worker puts nothing on a queue that nobody has to do."""
        deal = office.sell(a_customer(), [office.boxes(1)])
        office.deliver(deal.lines[0].order_line_id, on=APRIL)
        office.bill(APRIL)
        told(office)
        assert asked(office.receivables) == []

    @pytest.mark.parametrize("by_hand", [False, True])
    def test_a_billed_order_asks_no_more(self, office: Office, *, by_hand: bool) -> None:
        """By a run or by hand: the notice is done with the invoice."""
        deal = sold(office)
        told(office)
        if by_hand:
            with transaction.atomic():
                bill.issue_invoice(
                    company_id=office.company_id,
                    order_id=deal.order_id,
                    on=APRIL,
                    because="個別発行",
                    by=office.receivables,
                    at=morning(APRIL),
                )
        else:
            office.bill(APRIL)
        assert asked(office.receivables) == []

    def test_what_another_order_asks_stays(self, office: Office) -> None:
        """One is billed by hand, the other goes on waiting."""
        first, second = sold(office), office.sell(a_customer("株式会社若葉", name_kana=""), [office.users(1)])
        told(office)
        with transaction.atomic():
            bill.issue_invoice(
                company_id=office.company_id,
                order_id=first.order_id,
                on=APRIL,
                because="個別発行",
                by=office.receivables,
                at=morning(APRIL),
            )
        assert [row.subject_id for row in asked(office.receivables)] == [second.order_id]

    def test_what_waits_for_its_acceptance_is_not_due(self, office: Office) -> None:
        """Boxes that the customer did not accept are due on no day; once accepted they are due from then on."""
        order_id = office.sell(a_customer(), [office.boxes(2)]).order_id
        told(office)
        assert [row.due_on for row in asked(office.receivables)] == [None]
        (line,) = list_lines(office.receivables, order_id)
        with transaction.atomic():
            office.deliver(line.line.order_line_id, on=MAY)
        assert [row.due_on for row in asked(office.receivables)] == [MAY]

    @pytest.mark.row("SFA-5")
    def test_a_won_deal_reaches_the_invoice_draft_with_no_typing(self, office: Office) -> None:
        """The run of the day proposes what the quote said, and the approved run issues exactly that."""
        sold(office)
        with transaction.atomic():
            run_id = bill.preview(
                company_id=office.company_id, on=MAY, because="月次", by=office.receivables, at=morning(MAY)
            )
        draft = get_run(office.receivables, run_id).preview["made"]
        assert draft == {"invoices": 1, "lines": 2, "net_JPY": 20_000, "tax_JPY": 2_000, "total_JPY": 22_000}
        assert list_invoices(office.receivables) == []
        with transaction.atomic():
            bill.approve(run_id=run_id, by=office.rev_rec, at=morning(MAY))
        made = bill.execute(company_id=office.company_id, run_id=run_id, by=office.receivables, at=morning(MAY))
        assert {name: made[name] for name in draft} == draft


def with_reaction_again() -> None:
    """Put every delivered fact back on its way, as a worker that died before it noted the delivery."""
    from kanjo.platform.outbox.models import Delivery

    Delivery.objects.update(state=Delivery.State.WAITING, delivered_at=None)


@pytest.mark.row("SFA-6", "AR-1")
@pytest.mark.django_db
def test_an_invoice_over_two_orders_is_an_answer_to_both() -> None:
    """Two orders of one payer on one invoice: no desk waits for it any more, and each order shows it."""
    office = an_office()
    with transaction.atomic():
        billing.choose_grouping(
            company_id=office.company_id, payer_id=None, keys=[], on=APRIL, by=office.receivables, at=morning(APRIL)
        )
    customer = a_customer()
    deals = [office.sell(customer, [office.users(10)]) for _ in range(3)]
    told(office)
    assert len(asked(office.receivables)) == 3
    office.bill(APRIL)
    assert asked(office.receivables) == []
    (invoice,) = list_invoices(office.receivables)
    for deal in deals:
        assert [row.id for row in list_invoices(office.rep, order_id=deal.order_id)] == [invoice.id]
        assert billed_of_order(deal.order_id) * 3 == invoice.net.minor

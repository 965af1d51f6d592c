"""All that a run issued is sent: each by its addressee's way, once, whatever becomes of the worker."""

from __future__ import annotations

import os
import signal
from datetime import date

import psycopg
import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.models import Invoice, Sending
from kanjo.domains.billing.operations import sending as sending_of_run
from kanjo.domains.billing.rules.guards import NothingToSend
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId, RunId
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.jobs.watchdog import rescue_stuck
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.runs.models import Failure, Run
from kanjo.platform.runs.operations import WrongRunState
from kanjo.platform.runs.queries import get_run
from kanjo.platform.runs.states import RunState
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.models import WorkItem
from kanjo.processes import bill
from kanjo.processes.paper_of_invoice import send_invoice
from kanjo.processes.send_run import send_run
from tests.builders import NOW, a_company, an_actor
from tests.plumbing import FreshDatabase
from tests.processes.test_bill import CUSTOMERS, MAY, a_house_with_orders, blocked, held, prepared, wait_until
from tests.processes.test_execute_run import a_worker
from tests.worker import let_work, waiting

pytestmark = pytest.mark.row("AR-3", "SCL-3")


class Issued:
    """A run that issued six invoices, whose payers are invoiced by mail, and an accountant."""

    def __init__(self) -> None:
        self.company, _ = a_house_with_orders(billed=False)
        self.clerk = an_actor(Role.RECEIVABLES, companies=[self.company])
        self.run_id = RunId(prepared(self.company, MAY))
        bill.execute(company_id=self.company, run_id=self.run_id, by=house(), at=NOW)
        self.invoices = list(Invoice.objects.order_by("id"))
        for one in self.invoices:
            with transaction.atomic():
                self.choose(one, Channel.MAIL)

    def choose(self, invoice: Invoice, channel: Channel | None) -> None:
        """Choose by what way the payer of an invoice is invoiced."""
        billing.choose_bill_to(
            company_id=self.company, payer_id=CustomerId(invoice.payer_id), channel=channel, on=MAY, because="依頼",
            recipient=f"k{invoice.payer_id}@example.jp" if channel else "", by=self.clerk, at=NOW,
        )  # fmt: skip

    def press(self, by: Actor | None = None, on: date = MAY) -> RunId:
        """Press the button."""
        with transaction.atomic():
            return send_run(run_id=self.run_id, on=on, by=by or self.clerk, at=timezone.now())


def sent() -> list[tuple[int, str, str]]:
    """What was sent: of which invoice, by what way and to whom."""
    return list(Sending.objects.order_by("invoice_id").values_list("invoice_id", "channel", "recipient"))


def work() -> list[tuple[str, int]]:
    """What waits because an invoice could not be sent."""
    items = WorkItem.objects.filter(kind="billing.sending.failed").order_by("subject_id")
    return list(items.values_list("state", "subject_id"))


@pytest.mark.django_db
class TestSendRun:
    def test_each_goes_its_payers_way(self) -> None:
        """Nothing before the worker is at it; then every invoice, to its own recipient, and each letter leaves."""
        issued = Issued()
        sending = issued.press()
        assert (sent(), [name for _, name, _ in waiting()]) == ([], ["execute-run"])
        let_work()
        assert sent() == [(one.pk, "mail", f"k{one.payer_id}@example.jp") for one in issued.invoices]
        row = get_run(issued.clerk, sending)
        assert (row.state, row.report, row.kind) == (RunState.EXECUTED, {"sent": 6, "failed": 0}, "billing.sending")
        deliver(by=house(), at=timezone.now())
        assert sorted(letter.to for letter in mail.outbox) == sorted([to] for _, _, to in sent())

    def test_what_cannot_go_stops_nobody_and_says_why(self) -> None:
        """No way is chosen for a payer: work of the receivables, done once it is chosen and sent."""
        issued = Issued()
        lacking = issued.invoices[2]
        issued.choose(lacking, None)
        sending = issued.press()
        let_work()
        assert (len(sent()), get_run(issued.clerk, sending).report) == (5, {"sent": 5, "failed": 1})
        told = Failure.objects.get(run_id=sending)
        assert (told.subject, told.subject_id, told.rule) == ("billing_invoice", lacking.pk, "billing.no-way-chosen")
        assert lacking.number in told.sentence_ja
        assert work() == [("open", lacking.pk)]
        issued.choose(lacking, Channel.MAIL)
        issued.press()
        let_work()
        assert (len(sent()), work()) == (6, [("done", lacking.pk)])

    def test_what_is_sent_by_itself_waits_no_longer(self) -> None:
        """Its work is done by whichever way it goes."""
        issued = Issued()
        issued.choose(issued.invoices[0], None)
        issued.press()
        let_work()
        key = InvoiceId(issued.invoices[0].pk)
        send_invoice(invoice_id=key, on=MAY, channel=Channel.BY_HAND, by=issued.clerk, at=NOW)
        assert work() == [("done", key)]

    def test_pressed_twice_it_is_sent_once(self) -> None:
        """While it waits it is the same job; after it nothing is left, and that is said."""
        issued = Issued()
        assert issued.press() == issued.press(on=date(2026, 5, 2))
        assert len(waiting()) == 1
        let_work()
        with pytest.raises(NothingToSend):
            issued.press(on=date(2026, 5, 2))
        assert len(sent()) == CUSTOMERS

    def test_what_went_before_or_meanwhile_is_left_out(self) -> None:
        """One sent from its page, one while the job waits; neither goes again."""
        issued = Issued()
        first, second = (InvoiceId(one.pk) for one in issued.invoices[:2])
        send_invoice(invoice_id=first, on=MAY, channel=Channel.BY_HAND, by=issued.clerk, at=NOW)
        sending = issued.press(on=date(2026, 5, 2))
        assert get_run(issued.clerk, sending).preview == {"invoices": 5}
        send_invoice(invoice_id=second, on=MAY, channel=Channel.BY_HAND, by=issued.clerk, at=NOW)
        let_work()
        assert [channel for _, channel, _ in sent()] == ["by_hand"] * 2 + ["mail"] * 4
        assert get_run(issued.clerk, sending).report["sent"] == 4

    def test_what_was_given_back_whole_asks_nobody_for_money(self) -> None:
        """An invoice that a credit note closed is not sent with the others; from its own page it may be."""
        issued = Issued()
        closed = InvoiceId(issued.invoices[0].pk)
        bill.credit_invoice(
            company_id=issued.company, invoice_id=closed, on=MAY, because="誤り", by=issued.clerk, at=NOW
        )
        issued.press()
        let_work()
        assert [key for key, _, _ in sent()] == [one.pk for one in issued.invoices[1:]]

    def test_who_may(self) -> None:
        """As sending one: not the sales rep, and nobody of another company; only what issued."""
        issued, stranger = Issued(), an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
        with pytest.raises(NotYourRole):
            issued.press(an_actor(Role.SALES_REP, companies=[issued.company]))
        with pytest.raises(NotFound):
            billing.send_run(run_id=issued.run_id, on=MAY, by=stranger, at=NOW)
        issued.run_id = RunId(prepared(issued.company, date(2026, 6, 1)))
        with pytest.raises(WrongRunState):
            issued.press()
        assert not Run.objects.filter(kind="billing.sending").exists()


def sent_of(company: CompanyId) -> list[int]:
    """How often each invoice of a company was sent."""
    counts: dict[int, int] = dict.fromkeys(
        Invoice.objects.filter(company_id=company).order_by("pk").values_list("pk", flat=True), 0
    )
    for key, _, _ in sent():
        counts[key] += 1
    return list(counts.values())


@pytest.mark.row("R1")
def test_killed_in_the_middle_it_goes_on(fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 while the fourth is written: three stay sent, another worker takes up the rest."""
    monkeypatch.setattr(sending_of_run, "SHARD_INVOICES", 1)
    issued = Issued()
    sending = issued.press()
    key = issued.invoices[3].pk
    lock = f"SELECT pg_advisory_xact_lock(hashtextextended('billing.send-invoice', {key}))"
    with held(fresh_database, lock) as holder:
        process = a_worker(fresh_database)
        wait_until(lambda: blocked(fresh_database), process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        holder.rollback()
    assert sent_of(issued.company) == [1, 1, 1, 0, 0, 0]
    with psycopg.connect(fresh_database.application.conninfo(), autocommit=True) as watchdog:
        (rescue,) = rescue_stuck(watchdog, gone_after=0)
    assert (rescue.again_id is not None, issued.press()) == (True, sending)
    out, err = a_worker(fresh_database).communicate(timeout=120)
    assert (sent_of(issued.company), get_run(house(), sending).state) == ([1] * 6, RunState.EXECUTED), (out, err)

"""What runs by schedule. A run that is still going keeps the next one from starting (the queueing lock)."""

from __future__ import annotations

from collections.abc import Sized
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Protocol

from procrastinate.contrib.django import app

from kanjo.platform.jobs.queue import AGAIN, RUNS

if TYPE_CHECKING:
    from kanjo.foundation.actors import Actor
    from kanjo.foundation.ids import CompanyId

EVERY_FIVE_SECONDS: Final = "*/5 * * * * *"
EVERY_MINUTE: Final = "30 * * * * *"
EARLY_EVERY_DAY: Final = "0 10 18 * * *"
"""18:10 UTC is ten past three in the morning in Japan."""


class Work(Protocol):
    """What is done for a company on a day."""

    def __call__(self, *, company_id: CompanyId, on: date, by: Actor, at: datetime) -> Sized:
        """Do it and return what was done."""


@app.periodic(cron=EVERY_FIVE_SECONDS)
@app.task(queueing_lock="deliver-facts", pass_context=False)
def deliver_facts(timestamp: int) -> int:
    """Deliver what waits in the outbox; return how many facts reached their reaction."""
    from kanjo.platform.identity.queries import house
    from kanjo.platform.outbox.operations import deliver

    return deliver(by=house(), at=datetime.now(UTC))


@app.periodic(cron=EVERY_FIVE_SECONDS)
@app.task(queueing_lock="send-webhooks", lock="send-webhooks", pass_context=False)
def send_webhooks(timestamp: int) -> int:
    """Send outside what waits for those who hear it; return how many messages were received."""
    from kanjo.platform.identity.queries import house
    from kanjo.platform.webhooks.sending import send_waiting, take_up_runs

    take_up_runs()
    return send_waiting(by=house(), now=lambda: datetime.now(UTC))


@app.task(name="execute-run", queue=RUNS, retry=AGAIN, pass_context=False)
def execute_run(run_id: int) -> None:
    """Execute a run that somebody started."""
    from kanjo.foundation.ids import RunId
    from kanjo.processes.execute_run import execute

    execute(run_id=RunId(run_id), now=lambda: datetime.now(UTC))


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="stop-lost-runs", pass_context=False)
def stop_lost_runs(timestamp: int) -> int:
    """Write down which runs no worker has any more; return how many."""
    from kanjo.processes.execute_run import stop_lost

    return stop_lost(at=datetime.now(UTC))


@app.periodic(cron=EVERY_MINUTE)
@app.task(queue=RUNS, queueing_lock="bill-by-schedule", lock="bill-by-schedule", pass_context=False)
def bill_by_schedule(timestamp: int) -> int:
    """Bill the days of every company's schedule whose time has come; return how many runs were made."""
    from kanjo.platform.identity.queries import house
    from kanjo.processes.bill_by_schedule import take_turns

    return len(take_turns(by=house(), now=lambda: datetime.now(UTC)))


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="find-renewals", pass_context=False)
def find_renewals(timestamp: int) -> int:
    """Put contracts that entered their notice window before the renewal reps; return how many."""
    from kanjo.processes.find_renewals import find_renewals as find

    return _in_each_company(find, timestamp)


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="expire-quotes", pass_context=False)
def expire_quotes(timestamp: int) -> int:
    """Close quotes whose validity has passed; return how many."""
    from kanjo.domains.quotes.operations import expire_quotes as expire

    closed = 0
    # A call closes so many at most: it is asked until it finds none.
    while more := _in_each_company(expire, timestamp):
        closed += more
    return closed


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="end-contracts", pass_context=False)
def end_contracts(timestamp: int) -> int:
    """Note the end of contracts whose term is over; return how many."""
    from kanjo.processes.end_contracts import end_contracts as end

    return _in_each_company(end, timestamp)


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="forget-sign-ins", pass_context=False)
def forget_sign_ins(timestamp: int) -> None:
    """Remove sessions that are over, and what was counted of attempts to sign in."""
    from kanjo.platform.identity.attempts import SharedAttempts
    from kanjo.platform.identity.sessions import SessionStore

    SessionStore.clear_expired()
    SharedAttempts("", {}).forget_what_is_over()


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="tell-overdue", pass_context=False)
def tell_overdue(timestamp: int) -> int:
    """Tell owners of deals whose customers have not paid by the day; return of how many invoices."""
    from kanjo.processes.tell_overdue import tell_overdue as tell

    return _in_each_company(tell, timestamp)


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="watch-holds", pass_context=False)
def watch_holds(timestamp: int) -> int:
    """Put billing holds that end soon, or have ended, on the queue of their owners; return how many."""
    from kanjo.processes.watch_holds import watch_holds as watch

    return _in_each_company(watch, timestamp)


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="anchor", pass_context=False)
def anchor(timestamp: int) -> None:
    """Write down outside the database what the append-only rows are; fails when they are not as they were."""
    from kanjo.platform.audit.anchor import NotAsAnchored, anchors_here
    from kanjo.platform.audit.anchor import anchor as write_down

    if changed := write_down(anchors_here(), at=datetime.now(UTC)):
        raise NotAsAnchored.told(changed, anchors_here())


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="forget-looks", pass_context=False)
def forget_looks(timestamp: int) -> int:
    """Forget who looked at personal data once the time the installation keeps it is over; return how many looks."""
    from django.conf import settings

    from kanjo.platform.privacy.operations import forget_looks as forget

    return forget(kept_days=settings.ENVIRONMENT.looks_kept_days, at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="mail-notices", pass_context=False)
def mail_notices(timestamp: int) -> int:
    """Mail each person what it chose to be told by mail, at once or once a day; return how many letters went out."""
    from django.conf import settings

    from kanjo.processes.mail_notices import mail_notices as mail

    return mail(address=settings.ENVIRONMENT.public_url, at=datetime.now(UTC))


def _in_each_company(work: Work, timestamp: int) -> int:
    """Do the work of the day in every company, each in a transaction of its own; return how much was done.

    The day is the one it is for the company at the moment the job was due. A company that fails does not stop the
    others: what failed is raised when all had their turn.
    """
    from django.db import transaction

    from kanjo.platform.companies.queries import list_companies
    from kanjo.platform.identity.queries import house

    by, at = house(), datetime.fromtimestamp(timestamp, UTC)
    done, failures = 0, list[Exception]()
    for company in list_companies(by):
        try:
            with transaction.atomic():
                done += len(work(company_id=company.id, on=company.today(at), by=by, at=at))
        except Exception as failure:  # noqa: BLE001 - whatever fails is told after the others had their turn
            failure.add_note(f"in the company {company.code}")
            failures.append(failure)
    if failures:
        raise ExceptionGroup("a company failed", failures)
    return done

"""The billing run as a whole: killed, doubled, raced, it issues every document once and in full."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.billing.operations import run as billing_run
from kanjo.domains.billing.rules.guards import NothingDue
from kanjo.foundation.ids import CompanyId, OrderId
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.queries import balance_of
from kanjo.processes import bill
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product
from tests.deals import a_deal
from tests.mortals import KILLED, Fate, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows
from tests.races import at_once

MAY = date(2026, 5, 1)
CUSTOMERS = 6
COMMAND = [sys.executable, "-c", "from kanjo.surfaces.console.main import app; app()", "bill"]


def a_house_with_orders(*, billed: bool = True) -> tuple[CompanyId, list[OrderId]]:
    """Six customers, each with an order of two monthly lines; April was already billed, so the numbers go on."""
    company = a_company()
    products = [a_product(company, "A"), a_product(company, "B", list_minor=777)]
    orders = [an_order(company, f"株式会社{number}", products) for number in range(CUSTOMERS)]
    if billed:
        run(company, TODAY)
    return company, orders


def an_order(company: CompanyId, name: str, products: Sequence[Any]) -> OrderId:
    """Book an order of a new customer and plan its billing."""
    customer = a_customer(name, name_kana="")
    lines = [a_line(products[0]), a_line(products[1], quantity=1, unit_minor=777)]
    deal = a_deal(company, customer, lines)
    with transaction.atomic():
        billing.plan(
            company_id=company,
            customer_id=customer,
            payer_id=customer,
            order_id=deal.order.order_id,
            contract_id=deal.contract_id,
            currency="JPY",
            payment_terms="close:31:1:31:none",
            lines=[
                LineToBill(
                    order_line_id=line.order_line_id,
                    description=line.terms.name,
                    charge=line.terms.charge,
                    timing=line.terms.timing,
                    interval_months=line.terms.interval_months,
                    net_minor=line.net_minor,
                    tax_class=line.terms.tax_class,
                    service=line.service,
                    quantity=line.quantity,
                    due_from=TODAY,
                )
                for line in deal.order.lines
            ],
            by=house(),
            at=NOW,
            on=TODAY,
        )
    return deal.order.order_id


def prepared(company: CompanyId, on: date) -> Any:
    """Preview and approve a run, without executing it."""
    with transaction.atomic():
        run_id = bill.preview(company_id=company, on=on, by=house(), at=NOW)
        bill.approve(run_id=run_id, by=house(), at=NOW)
    return run_id


def run(company: CompanyId, on: date) -> dict[str, Any]:
    """Preview, approve and execute a run in this process."""
    return bill.execute(company_id=company, run_id=prepared(company, on), by=house(), at=NOW)


def undisturbed(company: CompanyId, *days: date) -> list[tuple[Any, ...]]:
    """What the runs of these days make when nothing happens to them; it is undone again."""
    with transaction.atomic():
        for on in days:
            run(company, on)
        made = documents(company)
        transaction.set_rollback(True)
    return made


def documents(company: CompanyId) -> list[tuple[Any, ...]]:
    """Everything that was issued, without the ids: lines, invoices, open items, charges, postings and facts."""
    return [*_rows(_DOCUMENTS, company), *_rows(_BALANCES, company), *_rows(_NUMBERS, company)]


def _rows(query: str, company: CompanyId) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [company])
        return list(cursor.fetchall())


_DOCUMENTS = """
SELECT i.payer_name, i.issued_on, i.due_on, i.total_minor, l.position, l.service_start, l.net_minor, c.amount_minor,
       b.open_minor, (SELECT count(*) FROM billing_invoicetax t WHERE t.invoice_id = i.id),
       (SELECT count(*) FROM outbox_fact f WHERE f.kind = 'billing.invoice-issued' AND f.subject_id = i.id),
       (SELECT count(*) FROM ledger_entry e WHERE e.source = 'billing_invoice' AND e.source_id = i.id)
FROM billing_invoice i
JOIN billing_invoiceline l ON l.invoice_id = i.id
JOIN billing_charge c ON c.invoice_line_id = l.id
JOIN receivables_itembalance b ON b.id = i.id
WHERE i.company_id = %s ORDER BY i.issued_on, i.payer_name, l.position, l.service_start
"""
_BALANCES = """
SELECT a.code, sum(p.amount_minor), count(*) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
WHERE p.company_id = %s GROUP BY 1 ORDER BY 1
"""
_NUMBERS = """
SELECT min(n.number), max(n.number), count(*), count(i.id), max(s.next_number)
FROM numbering_issued n JOIN numbering_series s ON s.id = n.series_id
LEFT JOIN billing_invoice i ON i.id = n.subject_id
    AND i.number = s.prefix || '-' || s.year || '-' || lpad(n.number::text, 6, '0')
WHERE s.kind = 'invoice' AND s.company_id = %s
"""


@pytest.fixture(params=["live", "staged"])
def small_shards(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of several shards, loading either way."""
    monkeypatch.setattr(billing_run, "SHARD_LINES", 4)
    monkeypatch.setattr(billing_run, "STAGED_FROM", 1 if request.param == "staged" else 1_000)


def worker(database: FreshDatabase, *options: str) -> subprocess.Popen[bytes]:
    """Start `kanjo bill` as a process of its own."""
    command = [*COMMAND, "--company", "kanjo-jp", "--on", str(MAY), "--json", *options]
    return subprocess.Popen(
        command, env=database.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@contextmanager
def held(database: FreshDatabase, statement: str) -> Iterator[psycopg.Connection]:
    """Hold what *statement* locks, so that a worker stops exactly there."""
    with psycopg.connect(database.url) as holder:
        holder.execute(statement)
        yield holder


def blocked(database: FreshDatabase) -> bool:
    """Say whether some backend of the database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database.url, autocommit=True) as watcher:
        return bool((watcher.execute(waiting).fetchone() or (0,))[0])


def finishing(database: FreshDatabase) -> int:
    """Return how many backends wait for a lock with no shard left to do."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND NOT EXISTS (SELECT FROM runs_shard WHERE NOT done)"
    )
    with psycopg.connect(database.url, autocommit=True) as watcher:
        return int((watcher.execute(waiting).fetchone() or (0,))[0])


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for the condition while the process lives."""
    until = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


HOLDS = {
    "before the first number of a shard": "SELECT 1 FROM numbering_series WHERE kind = 'invoice' FOR UPDATE",
    "before the second shard": (
        "SELECT 1 FROM billing_account WHERE id = (SELECT max(id) FROM billing_account) FOR UPDATE"
    ),
    "before the run is finished": "SELECT 1 FROM runs_run WHERE kind = 'billing' FOR NO KEY UPDATE",
}


@pytest.mark.row("SCL-3")
@pytest.mark.usefixtures("small_shards")
class TestKilled:
    @pytest.mark.parametrize("statement", HOLDS.values(), ids=HOLDS)
    @pytest.mark.row("M3", "R1")
    def test_a_run_killed_and_started_again_issues_everything_once(
        self, fresh_database: FreshDatabase, statement: str
    ) -> None:
        """kill -9 there, then the same command again: the documents of an undisturbed run, no gap, no double."""
        company, _ = a_house_with_orders()
        expected = undisturbed(company, MAY)
        prepared(company, MAY)
        with held(fresh_database, statement) as holder:
            process = worker(fresh_database)
            wait_until(lambda: blocked(fresh_database), process)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            holder.rollback()
        again = worker(fresh_database)
        out, err = again.communicate(timeout=120)
        assert again.returncode == 0, (out, err)
        assert documents(company) == expected

    @pytest.mark.row("M3", "R1")
    def test_runs_killed_at_any_statement_issue_everything_once(self, fresh_database: FreshDatabase) -> None:
        """Two months, each billed again and again until nobody kills it: at least ten kills, one run's documents."""
        company, _ = a_house_with_orders()
        months = [date(2026, month, 1) for month in (5, 6)]
        expected, chance, kills = undisturbed(company, *months), random.Random("bill"), 0
        with forge(fresh_database.environment) as kanjo:
            for on in months:
                prepared(company, on)
                words = ("bill", "--company", "kanjo-jp", "--on", str(on))
                while (told := kanjo.types(*words, fate=Fate(chance.randint(1, 40), after="billing.execute"))).code:
                    assert told.code == KILLED, told
                    kills += 1
                    assert kills < 300, "a shard takes more statements than anybody lives for"
        assert kills >= 10
        assert documents(company) == expected
        assert rows("SELECT DISTINCT state FROM runs_run") == [("executed",)]


@pytest.mark.row("SCL-3")
@pytest.mark.usefixtures("small_shards")
class TestTwoAtOnce:
    @pytest.mark.row("M3")
    def test_two_commands_at_once_make_one_runs_documents(self, fresh_database: FreshDatabase) -> None:
        """Two people start the same billing day at the same moment."""
        company, _ = a_house_with_orders()
        expected = undisturbed(company, MAY)
        prepared(company, MAY)
        both = [worker(fresh_database), worker(fresh_database, "--workers", "2")]
        ended = [process.communicate(timeout=180) for process in both]
        assert [process.returncode for process in both] == [0, 0], ended
        assert documents(company) == expected

    def test_four_workers_make_what_one_makes(self, fresh_database: FreshDatabase) -> None:
        """However many take its shards, a run issues the same documents under one series of numbers."""
        company, _ = a_house_with_orders()
        expected = undisturbed(company, MAY)
        prepared(company, MAY)
        process = worker(fresh_database, "--workers", "4")
        told = process.communicate(timeout=180)
        assert process.returncode == 0, told
        assert documents(company) == expected

    def test_the_server_knows_what_a_run_wrote(
        self, fresh_database: FreshDatabase, request: pytest.FixtureRequest
    ) -> None:
        """Charges of a large run are read by what is in them, not as if there were none; a small run leaves that be."""
        company, _ = a_house_with_orders()
        prepared(company, MAY)
        process = worker(fresh_database)
        told = process.communicate(timeout=180)
        assert process.returncode == 0, told
        with psycopg.connect(fresh_database.url) as owner:
            (known,) = owner.execute(
                "SELECT null_frac FROM pg_stats WHERE tablename = 'billing_charge' AND attname = 'credited_line_id'"
            ).fetchone() or (None,)
        assert known == (1 if request.node.callspec.params["small_shards"] == "staged" else None)


class TestRaces:
    @pytest.mark.row("M3", "SCL-3")
    def test_who_comes_while_a_run_is_finished_waits(
        self, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One worker attaches the tables of a run while another comes to finish it too: both end well."""
        company, _ = a_house_with_orders()
        expected = undisturbed(company, MAY)
        monkeypatch.setattr(billing_run, "STAGED_FROM", 1)
        prepared(company, MAY)
        with held(fresh_database, HOLDS["before the first number of a shard"]) as numbers:
            both = [worker(fresh_database)]
            wait_until(lambda: blocked(fresh_database), both[0])
            with held(fresh_database, "SELECT 1 FROM bulk_block FOR UPDATE") as block:
                numbers.rollback()
                wait_until(lambda: finishing(fresh_database) == 1, both[0])
                both.append(worker(fresh_database))
                wait_until(lambda: finishing(fresh_database) == 2, both[1])
                block.rollback()
            ended = [process.communicate(timeout=180) for process in both]
        assert [process.returncode for process in both] == [0, 0], ended
        assert documents(company) == expected

    @pytest.mark.row("M3")
    def test_one_order_is_issued_once_by_eight_at_once(self, fresh_database: FreshDatabase) -> None:
        """Eight hands press the button for one order: one invoice, seven refusals."""
        company, orders = a_house_with_orders()
        told = at_once(lambda: bill.issue_invoice(company_id=company, order_id=orders[0], on=MAY, by=house(), at=NOW))
        assert sum(isinstance(answer, NothingDue) for answer in told) == 7
        numbered = [answer for answer in told if isinstance(answer, tuple)]
        assert len(numbered) == 1
        assert balance_of(company, AccountCode.RECEIVABLE, AsKnown(MAY)) == 11_854 * (CUSTOMERS + 1)


class TestProcess:
    @pytest.mark.django_db
    def test_every_invoice_is_an_open_item_at_once(self) -> None:
        """What is invoiced is owed: the receivable account, the open items and the invoices agree."""
        company, orders = a_house_with_orders()
        with transaction.atomic():
            (invoice_id,) = bill.issue_invoice(company_id=company, order_id=orders[0], on=MAY, by=house(), at=NOW)
            bill.credit_invoice(company_id=company, invoice_id=invoice_id, on=MAY, because="返品", by=house(), at=NOW)
        open_items = "SELECT sum(open_minor)::bigint, count(*) FROM receivables_itembalance WHERE company_id = %s"
        assert _rows(open_items, company) == [(11_854 * CUSTOMERS, CUSTOMERS + 2)]
        assert balance_of(company, AccountCode.RECEIVABLE, AsKnown(MAY)) == 11_854 * CUSTOMERS

"""The replay: a year of a CRM's deals becomes orders, invoices, cash and revenue, however often it is killed."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction
from psycopg import sql

from kanjo.domains.opportunities.operations import lose_opportunity
from kanjo.domains.opportunities.queries import list_won_elsewhere
from kanjo.foundation.ids import CompanyId
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.database.roles import Login
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from kanjo.processes.reactions import REACTIONS
from kanjo.processes.replay import is_replayed
from kanjo.surfaces.console.main import REFUSED
from tests.builders import a_company
from tests.mortals import KILLED, Fate, Forge, Order, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import State, end_state, rows
from tests.processes.exported import STAGES, cut_export, won

IMPORT, DEALS, BILLING = "import", "deals", "billing"
BANK_FILES, REVENUE = "bank files", "revenue"
PHASES = {
    IMPORT: ("", "quotes.draft", 300),
    DEALS: ("quotes.draft", "billing.preview", 500),
    BILLING: ("billing.preview", "receivables.import-bank-file", 140),
    BANK_FILES: ("receivables.import-bank-file", "revenue.preview-recognition", 150),
    REVENUE: ("revenue.preview-recognition", "", 40),
}
"""The verb that each phase begins with, that of the next, and how many of its statements a mortal may live to see."""
DEATHS = [*[IMPORT] * 2, *[DEALS] * 6, *[BILLING] * 6, *[BANK_FILES] * 5, *[REVENUE] * 4]

ACTS = (
    ("approvals.draft-matrix", "CxO"),
    ("approvals.activate-matrix", "CFO"),
    ("approvals.decide-item", "CxO"),
    ("quotes.note-approval", "CxO"),
    ("quotes.accept", "Deal Management"),
    ("opportunities.win", "Deal Management"),
    ("contracts.conclude", "Deal Management"),
    ("orders.book", "Deal Management"),
    ("replay.execute", "Deal Management"),
    ("billing.execute", "Accounts Receivable"),
    ("receivables.import-bank-file", "Accounts Receivable"),
    ("receivables.match-receipts", "Accounts Receivable"),
    ("revenue.execute", "Rev/Rec"),
    ("runs.preview", "Accounts Receivable"),
    ("runs.preview", "Rev/Rec"),
    ("runs.approve", "Accounts Receivable"),
    ("runs.approve", "Rev/Rec"),
)
"""Who did what besides the sellers."""


@dataclass(frozen=True)
class Replayed:
    """A replay that nothing happened to: the export, what the command told, what the house came to, the identities."""

    environment: Mapping[str, str]
    folder: Path
    told: Any
    state: State
    verified: Any

    @property
    def won_minor(self) -> int:
        """What the export says was won."""
        return sum(int(deal["close_value"]) * 100 for deal in won(self.folder))


@pytest.fixture(scope="module")
def undisturbed(shared_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """Replay once, in peace."""
    folder = cut_export(tmp_path_factory.mktemp("crm"))
    environment = {**shared_database.environment, "KANJO_HOME": str(tmp_path_factory.mktemp("home"))}
    with forge(environment) as kanjo:
        told = finished(kanjo, folder)
        return Replayed(environment, folder, told, end_state(), json.loads(kanjo.types("verify", "--json").out))


def finished(kanjo: Forge, folder: Path) -> Any:
    """Replay to the end."""
    told = kanjo.types("replay", folder, "--json")
    assert told.code == 0, told.err
    return json.loads(told.out)


def reactions_due() -> int:
    """Return how many reactions answer the facts that were written down."""
    answers = {fact.kind: len(reactions) for fact, reactions in REACTIONS.items()}
    facts = rows("SELECT kind, count(*) FROM outbox_fact GROUP BY 1")
    return sum(answers.get(kind, 0) * count for kind, count in facts)


def summed(state: State, name: str, column: int) -> int:
    return sum(int(row[column]) for row in state[name])


class TestUndisturbed:
    def test_what_was_won_is_booked_contracted_and_invoiced(self, undisturbed: Replayed) -> None:
        """Deal by deal the same amount, from the CRM's close value to the invoice."""
        expected = {deal["opportunity_id"]: int(deal["close_value"]) * 100 for deal in won(undisturbed.folder)}
        state = undisturbed.state
        assert undisturbed.told == {"deals": 32, "refused": 0, "invoices": 32, "receipts": 30, "months": 10}
        assert {row[0]: row[5] for row in state["deals"] if row[1] == "won"} == expected
        assert {row[0]: row[3] for row in state["contracts"]} == expected
        assert {row[0]: row[6] for row in state["contracts"]} == expected
        assert {row[0]: row[7] for row in state["invoices"]} == expected

    def test_what_was_invoiced_is_paid_or_open_and_all_of_it_earned(self, undisturbed: Replayed) -> None:
        """Invoices = allocations + open items; bank = allocations without fees + unapplied; every month is earned."""
        state = undisturbed.state
        settled, opened = summed(state, "allocations", 3), summed(state, "invoices", 11)
        assert settled + opened == undisturbed.won_minor
        assert opened > 0
        assert summed(state, "receipts", 2) == summed(state, "allocations", 4) + summed(state, "receipts", 5)
        assert summed(state, "revenue", 4) == undisturbed.won_minor
        assert summed(state, "ledger", 5) == 0

    def test_what_was_not_won_stays_as_the_crm_has_it(self, undisturbed: Replayed) -> None:
        """Lost deals are lost, open ones open, and what waits for an account waits."""
        stages = [row[1] for row in undisturbed.state["deals"]]
        waiting = undisturbed.state["waiting rows"]
        assert stages.count("lost") == STAGES["Lost"]
        assert len(stages) + len(waiting) == sum(STAGES.values())
        assert {row[0] for row in waiting} == {"opportunities"}

    def test_the_books_hold_and_say_what_the_crm_says(self, undisturbed: Replayed) -> None:
        """`kanjo verify` is green, and both sides of its first lines are the export's number and value of wins."""
        found = {one["name"]: one["sides"] for one in undisturbed.verified["companies"]["maven"]}
        assert undisturbed.verified["broken"] == []
        assert [(side["left"], side["right"]) for side in found["won-count"]] == [(32, 32)]
        for name in ("won-value", "won-here", "won-booked", "contracted-booked", "booked-billed"):
            assert [(side["left"], side["right"]) for side in found[name]] == [(undisturbed.won_minor,) * 2]

    @pytest.mark.row("E4")
    def test_every_change_was_made_by_a_verb_of_the_pages(self, undisturbed: Replayed) -> None:
        """Each act by the verb the pages call, and by whose work it is; each deal was quoted by its own seller."""
        acts = rows("SELECT verb, actor FROM audit_change WHERE actor NOT IN ('Kanjo', 'kanjo_owner')")
        sellers = rows("SELECT p.name FROM opportunities_opportunity o JOIN identity_person p ON p.id = o.owner_id")
        selling = {"quotes.draft", "quotes.submit", "quotes.send", "approvals.open-request", "quotes.note-approval"}
        assert {verb for verb, actor in acts if (actor,) in sellers} == selling
        assert {(verb, actor) for verb, actor in acts if (actor,) not in sellers} == set(ACTS)
        others = "SELECT count(*) FROM quotes_quote q JOIN opportunities_opportunity o ON o.id = q.opportunity_id"
        assert rows(f"{others} WHERE q.drafted_by_id <> o.owner_id") == [(0,)]

    @pytest.mark.row("E5")
    def test_a_backup_restored_elsewhere_verifies_the_same(
        self, undisturbed: Replayed, test_server: Login, tmp_path: Path
    ) -> None:
        """Backed up, restored into an empty house: the same rows, papers and identities, to the last digit."""
        name = f"kanjo_restored_{os.getpid()}"
        there = {**os.environ, "KANJO_DATABASE_URL": test_server.to(name).conninfo(), "KANJO_HOME": str(tmp_path)}
        with psycopg.connect(test_server.conninfo(), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                with forge(undisturbed.environment) as here, forge(there) as elsewhere:
                    written = here.types("backup", tmp_path / "backup", "--json")
                    assert written.code == 0, written.err
                    restored = elsewhere.types("restore", tmp_path / "backup", "--json")
                    assert (restored.code, restored.out) == (0, written.out), restored.err
                    assert json.loads(elsewhere.types("verify", "--json").out) == undisturbed.verified
                    assert finished(elsewhere, undisturbed.folder)["deals"] == 0
                    again = elsewhere.types("restore", tmp_path / "backup", KANJO_LANGUAGE="ja")
                    assert (again.code, "Traceback" in again.err) == (REFUSED, False)
            finally:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def test_a_second_replay_changes_nothing(self, undisturbed: Replayed) -> None:
        """Not a row, not a line in the audit trail."""
        audited = rows("SELECT count(*) FROM audit_change")
        with forge(undisturbed.environment) as kanjo:
            assert set(finished(kanjo, undisturbed.folder).values()) == {0}
            told = kanjo.types("replay", undisturbed.folder, KANJO_LANGUAGE="ja")
            assert told.out.strip() == "商談 0 件、請求書 0 件、消込 0 件、収益 0 か月分。"
        assert end_state() == undisturbed.state
        assert rows("SELECT count(*) FROM audit_change") == audited


@pytest.mark.row("SCL-3")
class TestKilled:
    @pytest.mark.row("R1")
    def test_a_replay_killed_again_and_again_comes_to_the_same(
        self, undisturbed: Replayed, fresh_database: FreshDatabase
    ) -> None:
        """Twenty-three kills, in every phase: the same numbers, amounts, days, files, entries and finished runs."""
        chance = random.Random("killed")
        with forge(fresh_database.environment) as kanjo:
            for phase in DEATHS:
                after, before, most = PHASES[phase]
                told = kanjo.types("replay", undisturbed.folder, fate=Fate(chance.randint(1, most), after, before))
                assert told.code == KILLED, (phase, told)
            finished(kanjo, undisturbed.folder)
            assert kanjo.types("verify").code == 0
        state = end_state()
        assert {name: state[name] for name in state if state[name] != undisturbed.state[name]} == {}
        assert deliver(by=house(), at=datetime.now(UTC)) == reactions_due()
        assert (
            rows("SELECT kind FROM worklist_workitem WHERE state = 'open' AND kind <> 'receivables.unmatched-receipt'")
            == []
        )


class TestTwoAtOnce:
    def test_two_replays_at_once_double_nothing_and_lose_nothing(
        self, undisturbed: Replayed, fresh_database: FreshDatabase
    ) -> None:
        """Two terminals, the same moment, an empty house: together they come to what one comes to."""
        order = Order(["replay", str(undisturbed.folder), "--json"], {})
        with forge(fresh_database.environment) as kanjo:
            told = kanjo.at_once(order, order)
            assert [one.code for one in told] == [0, 0], told
            assert kanjo.types("verify").code == 0
        counts = [json.loads(one.out) for one in told]
        assert sum(count["deals"] for count in counts) == 32
        company_id = CompanyId(SellingCompany.objects.get().pk)
        assert is_replayed(company_id)
        state = end_state()
        for name in ("people", "customers", "deals", "order lines", "licenses", "revenue", "waiting rows"):
            assert state[name] == undisturbed.state[name], name
        for name, column in (("invoices", 7), ("receipts", 2), ("allocations", 3), ("contracts", 3)):
            assert len(state[name]) == len(undisturbed.state[name])
            assert summed(state, name, column) == summed(undisturbed.state, name, column)


class TestNotTheDemonstrations:
    """In a house with real books nobody of the demonstration is let in, an administrator least of all."""

    HOUSE = "SELECT (SELECT count(*) FROM companies_sellingcompany), (SELECT count(*) FROM identity_person)"

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_a_house_with_a_company_of_its_own(
        self, tmp_path: Path, fresh_database: FreshDatabase, language: str
    ) -> None:
        """The replay is refused with the way out, and nothing is there that was not before."""
        a_company("kanjo-jp")
        folder, before = cut_export(tmp_path, stages={"Won": 1}), rows(self.HOUSE)
        with forge(fresh_database.environment) as kanjo:
            told = kanjo.types("replay", folder, KANJO_LANGUAGE=language)
        assert (told.code, "kanjo-jp" in told.err, "KANJO_HOME=" in told.err) == (REFUSED, True, True), told
        assert rows(self.HOUSE) == before

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_an_export_of_another_company(self, tmp_path: Path, fresh_database: FreshDatabase, language: str) -> None:
        """Its deals are not the demonstration's: nothing is founded in its name."""
        folder = cut_export(tmp_path, stages={"Won": 1})
        path = folder / "mapping.toml"
        path.write_text(path.read_text("utf-8").replace('"Maven Hardware"', '"Aozora Trading"', 1), "utf-8")
        before = rows(self.HOUSE)
        with forge(fresh_database.environment) as kanjo:
            told = kanjo.types("replay", folder, KANJO_LANGUAGE=language)
        assert (told.code, "Aozora Trading" in told.err, "import crm" in told.err) == (REFUSED, True, True), told
        assert rows(self.HOUSE) == before


def for_nothing(folder: Path) -> None:
    """Let the first won deal have been given away."""
    path = folder / "sales_pipeline.csv"
    value = won(folder)[0]["close_value"]
    path.write_text(path.read_text("utf-8").replace(f",{value}\n", ",0\n", 1), "utf-8")


class TestOthersAtWork:
    def test_a_deal_that_a_person_took_in_hand_is_left_to_them(
        self, tmp_path: Path, fresh_database: FreshDatabase
    ) -> None:
        """Killed at its first deal; then a person loses the last; the others are replayed, one of them for nothing."""
        folder = cut_export(tmp_path, stages={"Won": 4})
        for_nothing(folder)
        with forge(fresh_database.environment) as kanjo:
            assert kanjo.types("replay", folder, fate=Fate(90, after="quotes.draft")).code == KILLED
            company_id = CompanyId(SellingCompany.objects.get().pk)
            taken = list_won_elsewhere(company_id)[-1]
            with transaction.atomic():
                lose_opportunity(
                    opportunity_id=taken.id, on=date(2018, 1, 1), because="cancelled", by=house(), at=datetime.now(UTC)
                )
            assert finished(kanjo, folder)["deals"] == 3
            assert kanjo.types("verify").code == 0
        assert is_replayed(company_id)
        assert rows("SELECT stage, count(*) FROM opportunities_opportunity GROUP BY 1 ORDER BY 1") == [
            ("lost", 1),
            ("won", 3),
        ]
        assert rows("SELECT count(*) FROM billing_invoice") == [(2,)]

    def test_a_deal_that_is_refused_stops_no_other(self, tmp_path: Path, fresh_database: FreshDatabase) -> None:
        """Won on a day that has not come, nobody can accept its delivery: it is work, and is tried again later."""
        folder = cut_export(tmp_path, stages={"Won": 3})
        close_on = won(folder)[1]["close_date"]
        path = folder / "sales_pipeline.csv"
        path.write_text(path.read_text("utf-8").replace(f",{close_on},", ",12/31/2099,", 1), "utf-8")
        with forge(fresh_database.environment) as kanjo:
            first, second = finished(kanjo, folder), finished(kanjo, folder)
            told = kanjo.types("replay", folder)
            assert "1 deals were refused" in told.out
            assert kanjo.types("verify").code == 0
        assert (first["deals"], first["refused"], first["invoices"]) == (2, 1, 2)
        assert (second["deals"], second["refused"], second["invoices"]) == (0, 1, 0)
        assert not is_replayed(CompanyId(SellingCompany.objects.get().pk))
        [(why, subject)] = rows("SELECT why_en, subject FROM worklist_workitem WHERE kind = 'replay.failed'")
        assert (subject, "2099-12-31" in why) == ("opportunities_opportunity", True)
        assert rows("SELECT count(*) FROM contracts_contract") == [(2,)]

"""The history of the made-up company: played once, by the verbs of the pages, and every desk has something to do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.billing.models import BillTo, Invoice
from kanjo.domains.billing.queries import Lack, list_gaps
from kanjo.domains.opportunities.facts import Stage
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.receivables.facts import AllocationKind, MatchRule
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.queries import find_actor
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes import demonstration, history
from kanjo.processes.history import Played, Script, read_script
from kanjo.processes.verify_books import verify_books
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state, rows
from tests.processes.play import cut_script

SUGINAMIKI = Path(__file__).parents[2] / "examples" / "suginamiki"
AT = datetime(2026, 11, 27, 3, tzinfo=UTC)
"""Noon of a Friday in Tokyo; the month before is closed."""
PASSWORD = "correct horse battery"
AUDITED = "SELECT count(*) FROM audit_change"


def told(done: int, total: int, what: Text) -> None:
    """Tell nobody."""


def play(script: Script, at: datetime = AT) -> Played:
    return history.play(script=script, password=PASSWORD, at=at, report=told)


def broken() -> dict[str, list[str]]:
    return {code: [one.name for one in checks if not one.holds] for code, checks in verify_books(report=told).items()}


def waiting(role: Role) -> int:
    """Return how much waits for whoever signs in with the role."""
    [email] = [one.email for one in history.sign_ins() if one.role is role]
    actor = find_actor(email)
    assert actor is not None
    return len(list_queue(actor))


def counted(query: str) -> dict[str, int]:
    return {name: int(number) for name, number in rows(query)}


@pytest.fixture(scope="module")
def script(shared_database: FreshDatabase) -> Script:
    """Play all of it once."""
    script = read_script(SUGINAMIKI)
    play(script)
    return script


QUEUES = (
    Role.SALES_REP, Role.RENEWAL_REP, Role.APPROVER, Role.CXO, Role.CFO, Role.CLO, Role.LEGAL, Role.DEAL_MANAGEMENT,
    Role.REV_REC, Role.RECEIVABLES, Role.SALES_OPERATIONS, Role.LICENSE_MANAGEMENT,
)  # fmt: skip


class TestPlayed:
    def test_the_books_hold(self, script: Script) -> None:
        """Every identity, over eighteen months of deals, invoices, money and revenue."""
        assert broken() == {"suginamiki": []}

    @pytest.mark.row("MO-1")
    @pytest.mark.parametrize("role", QUEUES)
    def test_something_waits_for(self, script: Script, role: Role) -> None:
        """Whoever signs in finds work."""
        assert waiting(role) > 0

    def test_deals_and_quotes_stand_at_every_place(self, script: Script) -> None:
        """Stages, states of quotes, answers of approvers, renewals before and after their end."""
        assert set(counted("SELECT stage, count(*) FROM opportunities_opportunity GROUP BY 1")) == set(Stage)
        assert set(counted("SELECT state, count(*) FROM quotes_quote GROUP BY 1")) == set(QuoteState)
        asked = set(counted("SELECT state, count(*) FROM approvals_approvalrequest GROUP BY 1"))
        assert asked == set(RequestState) - {RequestState.RECALLED}
        renewals = counted("SELECT state, count(*) FROM renewals_renewal GROUP BY 1")
        assert set(renewals) == {"appeared", "quoted", "renewed", "lapsed"}
        assert counted("SELECT state, count(*) FROM contracts_contract GROUP BY 1").keys() == {"concluded", "ended"}

    def test_money_arrives_by_every_rule_and_some_is_missing(self, script: Script) -> None:
        """Matched by number, amount, fee, part and hand; returned; overdue; one credit note set off, two open."""
        kinds = counted("SELECT kind, count(*) FROM receivables_allocation GROUP BY 1")
        assert set(kinds) >= {AllocationKind.PAYMENT, AllocationKind.FEE, AllocationKind.SET_OFF}
        assert set(counted("SELECT rule, count(*) FROM receivables_allocation GROUP BY 1")) >= {
            MatchRule.NUMBER, MatchRule.PAYER_AND_AMOUNT, MatchRule.FEE_DEDUCTED, MatchRule.PART_PAYMENT,
            MatchRule.BY_HAND,
        }  # fmt: skip
        late = "FROM receivables_itembalance JOIN receivables_openitem USING (id) WHERE open_minor > 0 AND due_on <"
        assert rows(f"SELECT count(*) > 5 {late} '2026-11-27'") == [(True,)]
        assert rows("SELECT count(*) FROM receivables_itembalance WHERE open_minor < 0") == [(2,)]
        assert rows("SELECT count(*) FROM billing_invoice WHERE original_id IS NOT NULL") == [(2,)]

    def test_invoices_are_qualified(self, script: Script) -> None:
        """Registration number, ten percent rounded down once per invoice, yen."""
        assert rows("SELECT DISTINCT registration_number, currency FROM billing_invoice") == [
            (script.charter.registration_number, "JPY")
        ]
        taxed = "SELECT DISTINCT tax_class, rate_numerator * 100 / rate_denominator FROM billing_invoicetax"
        assert rows(taxed) == [("standard", 10)]
        assert rows("SELECT count(*) FROM billing_invoice WHERE tax_minor <> trunc(net_minor * 0.1)") == [(0,)]

    @pytest.mark.row("AR-1")
    def test_most_payers_said_where_their_invoices_go(self, script: Script) -> None:
        """Department, person and way stand on invoices; the page of what lacks shows the few that did not say so."""
        company = SellingCompany.objects.get()
        lacks = {one.lack: one.count for one in list_gaps(CompanyId(company.pk), on=AT.date())}
        assert 0 < lacks[Lack.BILL_TO] <= len(script.customers) // 8
        assert Invoice.objects.exclude(department="").filter(attention="請求書ご担当者").exists()
        assert set(BillTo.objects.values_list("channel", flat=True)) == {"by_hand", "download", "mail"}

    def test_every_month_has_invoices_and_revenue_and_is_closed(self, script: Script) -> None:
        """Growing over seventeen months; only the month of today is open."""
        months = "SELECT count(DISTINCT date_trunc('month', {day})) FROM {table}"
        assert rows(months.format(day="issued_on", table="billing_invoice")) == [(17,)]
        assert rows(months.format(day="effective_on", table="revenue_slice")) == [(16,)]
        assert rows("SELECT max(until) FROM ledger_period WHERE state = 'locked'") == [(date(2026, 11, 1),)]
        assert rows("SELECT max(value_on) FROM receivables_receipt") <= [(date(2026, 11, 27),)]

    @pytest.mark.row("BIL-7", "BIL-10")
    def test_contracts_change_pause_wait_and_are_grouped(self, script: Script) -> None:
        """More users of one, fewer of another with a credit of what was invoiced; a pause, a hold with its end."""
        assert rows("SELECT kind, sign(total_minor)::int FROM contracts_amendment ORDER BY effective_on") == [
            ("change", 1),
            ("change", -1),
            ("suspension", -1),
        ]
        credited = "SELECT count(*) FROM billing_charge WHERE credited_line_id IS NOT NULL AND amount_minor < 0"
        given_back = f"{credited} AND plan_id IN (SELECT plan_id FROM billing_change WHERE net_minor < 0)"
        assert rows(given_back) == [(1,)]
        held = rows("SELECT condition, expires_on, because <> '' FROM billing_hold")
        assert held == [("po_number", date(2026, 12, 20), True)]
        assert rows("SELECT count(DISTINCT account_id), max(keys) FROM billing_grouping") == [(1, "")]

    @pytest.mark.row("BIL-6", "SFA-4")
    def test_what_is_used_is_billed_by_steps_and_charged_anew(self, script: Script) -> None:
        """Eight months in tiers, the first up to its minimum; a late event and a correction charge a month anew."""
        usage = "FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id AND p.charge = 'usage'"
        each = f"SELECT c.service_start, sum(c.amount_minor)::bigint {usage} GROUP BY 1 ORDER BY 1"
        nets = rows(each)
        assert [net for _, net in nets] == [20_000, 25_800, 34_320, 54_000, 87_600, 88_080, 121_800, 133_500]
        anew = f"SELECT c.amount_minor {usage} WHERE c.sequence > 0 ORDER BY c.service_start, c.sequence"
        assert [amount for (amount,) in rows(anew)] == [-76_800, 87_600, -102_360, 88_080]
        kinds = "SELECT DISTINCT kind FROM billing_chargestep ORDER BY 1"
        assert rows(kinds) == [("included",), ("minimum",), ("tier",)]

    def test_every_bank_file_is_a_zengin_notice(self, script: Script) -> None:
        """Taken in through the door that a clerk uploads by, named as a bank names it."""
        names = [name for (name,) in rows("SELECT name FROM receivables_bankfile ORDER BY id")]
        assert len(names) >= 15
        assert all(name.startswith("振込入金通知_") for name in names)
        assert rows("SELECT DISTINCT account FROM receivables_bankfile") == [(script.bank.account,)]

    def test_nothing_was_done_by_the_house_but_what_it_does_by_itself(self, script: Script) -> None:
        """Every act of the history is that of a person of the company."""
        people = {one.name for one in script.people}
        acts = rows("SELECT DISTINCT verb, actor FROM audit_change WHERE verb <> 'database'")
        founding = ("identity.", "customers.", "catalog.", "companies.found", "ledger.open-", "receivables.note-fee")
        others = {verb for verb, actor in acts if actor not in people and not verb.startswith(founding)}
        assert others == {"outbox.deliver"}

    def test_again_changes_nothing(self, script: Script) -> None:
        """Neither today nor when the demonstration is started again months later."""
        before, audited = end_state(), rows(AUDITED)
        assert history.is_played(script)
        for at in (AT, AT + timedelta(days=100)):
            assert play(script, at) == Played(0, 0)
        assert (end_state(), rows(AUDITED)) == (before, audited)

    def test_the_books_of_a_new_year_are_opened(self, script: Script) -> None:
        """To the end of the fiscal year after the one in which people work with it, once."""
        until = "SELECT max(until) FROM ledger_period"
        assert rows(until) == [(date(2028, 4, 1),)]
        assert not history.open_books(script, at=AT)
        assert history.open_books(script, at=AT.replace(year=2027))
        assert not history.open_books(script, at=AT.replace(year=2027))
        assert rows(until) == [(date(2029, 4, 1),)]

    def test_one_person_per_role_signs_in(self, script: Script) -> None:
        """With the password that was drawn for the demonstration."""
        assert {one.role for one in history.sign_ins()} == set(Role)
        assert len(history.sign_ins()) == len(Role)
        assert demonstration.own_companies() == []


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 1, 4), date(2026, 12, 31)], ids=str)
def test_on_any_day_of_a_month(day: date, fresh_database: FreshDatabase, tmp_path: Path) -> None:
    """A Sunday on the first, the first business day of a year, a month's last day: it plays, holds, and work waits."""
    script = read_script(cut_script(tmp_path))
    play(script, datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
    assert broken() == {"suginamiki": []}
    assert rows("SELECT max(state_on) FROM quotes_quote") <= [(day,)]
    for role in (Role.SALES_REP, Role.CXO, Role.CFO, Role.CLO, Role.LEGAL, Role.DEAL_MANAGEMENT):
        assert waiting(role) > 0, role

"""Contracts that cannot be billed, in fourteen ways, among hundreds that can: nobody notices, nobody vanishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill, UsageGiven, UsageModel, UsageSource, UsageTerms, UsageTier
from kanjo.domains.billing.operations import run as billing_run
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.catalog.operations import set_tax_rate
from kanjo.domains.catalog.queries import tax_rate_table
from kanjo.foundation.ids import CompanyId, CustomerId, OrderLineId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from tests.builders import CLOUD, NOW, TODAY, a_company, a_customer, a_line, a_product
from tests.deals import BookedLine, Deal, a_deal
from tests.plumbing import FreshDatabase
from tests.processes.end_state import Rows, rows
from tests.processes.test_bill import MAY, run

GOOD = 200
LONG_AGO = Period(date(2019, 8, 1), date(2019, 9, 1))
"""A month of supply in which there was no reduced rate yet."""


@dataclass(frozen=True)
class Poison:
    """One thing that is wrong with a contract or with who pays it: how it comes and is mended, what is said of it."""

    spoil: str
    mend: str
    rule: str
    said: tuple[str, str]


def of_plan(column: str, wrong: str, right: str, rule: str, *said: str) -> Poison:
    """A plan that holds the wrong value in a column."""
    spoil, mend = (f"UPDATE billing_plan SET {column} = {value} WHERE id = %(plan)s" for value in (wrong, right))
    return Poison(spoil, mend, rule, (said[0], said[1]))


METERED = "usage"
"""Whose usage, at ¥10,000 a unit, was taken in before its price was looked at."""
UNREADABLE, NOBODY = "billing.plan-unreadable", "billing.names-nobody"
POISONS = {
    "no tax rate": Poison("", "", "billing.rate-missing", ("No rate of tax class", "税率がありません")),
    "tax class": of_plan(
        "tax_class",
        "'free'",
        "'standard'",
        UNREADABLE,
        "(2026-04-01 to 2026-04-30) cannot be billed: its tax class is “free”",
        "税区分が「free」",
    ),
    "timing": of_plan("timing", "'later'", "'in_advance'", UNREADABLE, "timing is “later”", "請求時期が「later」"),
    "currency": of_plan("currency", "'YEN'", "'JPY'", UNREADABLE, "currency is “YEN”", "通貨が「YEN」"),
    "language": Poison(
        "UPDATE customers_customer SET language = 'xx' WHERE id = %(payer)s",
        "UPDATE customers_customer SET language = 'ja' WHERE id = %(payer)s",
        UNREADABLE,
        ("language is “xx”", "言語が「xx」"),
    ),
    "payment terms": of_plan(
        "payment_terms", "'soon'", "'net:30:none'", "terms.unreadable", "is not a payment term", "読めません"
    ),
    "terms that contradict themselves": of_plan(
        "payment_terms", "'close:31:0:10:none'", "'net:30:none'", "terms.paid-before-closing", "comes before", "締め"
    ),
    "no description": of_plan(
        "description_ja", "''", f"'{CLOUD.ja}'", "billing.description-missing", "no description", "品名がありません"
    ),
    "half a service": of_plan(
        "(charge, interval_months, service_start, service_until)",
        "('one_time', 0, NULL, '2026-01-01')",
        "('recurring', 1, '2026-04-01', '2027-04-01')",
        "billing.service-reversed",
        "ends before 2026-01-01",
        "サービス期間が逆です",
    ),
    "amount": of_plan(
        "net_minor", "9000000000000000000", "10000", "billing.amount-too-large", "9000000000000000000", "明細を分けて"
    ),
    METERED: Poison(
        "UPDATE billing_usageevent SET quantity = 10::bigint ^ 15 WHERE plan_id = %(plan)s",
        "UPDATE billing_usageevent SET quantity = 1 WHERE plan_id = %(plan)s",
        "billing.usage-too-large",
        (
            f"{CLOUD.ja}　従量分（呼出し） (2026-04-01 to 2026-04-30): what was used costs",
            "（2026-04-01〜2026-04-30）の利用額",
        ),
    ),
    "no order": of_plan(
        "order_id", "-order_id", "-order_id", NOBODY, "its order is not there", "注文の登録がありません"
    ),
    "no payer": Poison(
        "UPDATE billing_account SET payer_id = -payer_id WHERE id = %(account)s",
        "UPDATE billing_account SET payer_id = -payer_id WHERE id = %(account)s",
        NOBODY,
        ("its payer is not there", "請求先の登録がありません"),
    ),
    "what the database alone forbids": Poison(
        "ALTER TABLE receivables_openitem ADD CONSTRAINT stopped CHECK (customer_id <> %(payer)s)",
        "ALTER TABLE receivables_openitem DROP CONSTRAINT stopped",
        "billing.not-taken",
        ('violates check constraint "stopped"', "データベースが請求書を受け付けません"),
    ),
}
OF_PAYER = {"language", "no payer", "what the database alone forbids"}
"""What is wrong with the payer, or found only when all that it pays is written: none of its contracts is billed."""
OTHER = Text(en="Another contract", ja="別契約")
"""What each poisoned payer has beside: a contract with which nothing is wrong."""
_ISSUED = """
SELECT i.payer_name, i.issued_on, i.due_on, i.total_minor, l.position, l.description, l.service_start, l.net_minor,
       c.amount_minor, b.open_minor, e.effective_on
FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
JOIN billing_charge c ON c.invoice_line_id = l.id JOIN receivables_itembalance b ON b.id = i.id
JOIN ledger_entry e ON e.source = 'billing_invoice' AND e.source_id = i.id
ORDER BY i.payer_name, l.description, l.position, l.service_start
"""
_FAILED = """
SELECT DISTINCT c.name, f.rule, f.sentence_en, f.sentence_ja, w.why_en, w.why_ja, w.state, f.subject
FROM runs_failure f
LEFT JOIN worklist_workitem w ON w.kind = 'billing.failed' AND (w.subject, w.subject_id) = (f.subject, f.subject_id)
JOIN billing_plan p ON f.subject_id = CASE f.subject WHEN 'contracts_contract' THEN p.contract_id ELSE p.account_id END
JOIN billing_account a ON a.id = p.account_id JOIN customers_customer c ON c.id = abs(a.payer_id)
"""


@pytest.mark.row("R2")
@pytest.mark.parametrize("staged_from", [1, 1_000], ids=["staged", "live"])
def test_what_can_not_be_billed_stops_nobody_and_is_somebodys_work(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch, staged_from: int
) -> None:
    """The good ones are billed as in a clean run; each bad one waits with its cause, and is billed once mended."""
    monkeypatch.setattr(billing_run, "SHARD_LINES", 50)
    monkeypatch.setattr(billing_run, "STAGED_FROM", staged_from)
    company = a_company()
    plans = a_house_of_many(company, [*POISONS, *(f"good {number:03}" for number in range(GOOD))])
    clean = of_a_clean_run(company, plans)
    befall(fresh_database, plans, "spoil")
    report = run(company, MAY)
    spared = len(POISONS) - len(OF_PAYER)
    assert (report["invoices"], report["failed"]) == (GOOD + spared, len(POISONS))
    assert rows(_ISSUED) == [row for row in clean if row[0] not in POISONS or is_spared(row)]
    assert {name for name, *_ in rows(_ISSUED)} | {name for name, *_ in rows(_FAILED)} == set(plans)
    assert_each_waits_with_its_cause()
    befall(fresh_database, plans, "mend")
    give_the_rate_of(LONG_AGO)
    assert run(company, MAY)["invoices"] == len(POISONS) + len(OF_PAYER)
    assert [row for row in rows(_ISSUED) if row[0] != "no tax rate" or is_spared(row)] == clean
    assert {name for name, *_ in rows(_ISSUED)} == set(plans)
    states = "SELECT count(*), min(state), max(state) FROM worklist_workitem WHERE kind = 'billing.failed'"
    assert rows(states) == [(len(POISONS), "done", "done")]


def is_spared(row: tuple[Any, ...]) -> bool:
    """Say whether a row of `_ISSUED` is of the other contract of a payer with which nothing is wrong."""
    return row[0] not in OF_PAYER and row[5] == OTHER.ja


KEPT_OUT = {
    "plan_recurs": "UPDATE billing_plan SET charge = 'rental'",
    "plan_net_in_bounds": "UPDATE billing_plan SET net_minor = 10::bigint ^ 16",
    "plan_service": "UPDATE billing_plan SET service_until = service_start",
    "plan_days_exist": "UPDATE billing_plan SET service_until = 'infinity'",
    "customer_named": "UPDATE customers_customer SET name = ''",
}


@pytest.mark.row("R2")
@pytest.mark.parametrize(("constraint", "statement"), KEPT_OUT.items(), ids=KEPT_OUT)
def test_what_no_run_could_read_never_comes_in(fresh_database: FreshDatabase, constraint: str, statement: str) -> None:
    """A kind of charge that would vanish, a day at infinity: the tables refuse it, even with their triggers off."""
    a_house_of_many(a_company(), ["A"])
    with psycopg.connect(fresh_database.url) as owner, pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        for table in ("billing_plan", "customers_customer"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement)


def assert_each_waits_with_its_cause() -> None:
    """Each poisoned contract or account, and no other, is a failure and an open work item, in both languages."""
    failed = rows(_FAILED)
    assert sorted((name, rule) for name, rule, *_ in failed) == sorted(
        (name, one.rule) for name, one in POISONS.items()
    )
    for name, _, en, ja, why_en, why_ja, state, subject in failed:
        said_en, said_ja = POISONS[name].said
        assert subject == ("billing_account" if name in OF_PAYER else "contracts_contract"), name
        assert (why_en, why_ja, state) == (en, ja, "open")
        assert said_en in en, name
        assert said_ja in ja, name


def a_house_of_many(company: CompanyId, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Give each name an account with one monthly line, those with a poison of a contract of their own and another one.

    Returns the ids that a poison works on.
    """
    product = a_product(company)
    poisoned = [name for name in names if name in POISONS]
    good = [name for name in names if name not in POISONS]
    plans: dict[str, dict[str, int]] = {}
    for deal_of in (good, *([name] for name in poisoned)):
        deal = a_deal(company, a_customer("元請", name_kana=""), [a_line(product) for _ in deal_of])
        for name, booked in zip(deal_of, deal.order.lines, strict=True):
            payer = a_customer(name, name_kana="")
            plan = planned(company, deal, booked, payer, long_ago=name == "no tax rate")
            ((account,),) = rows(f"SELECT account_id FROM billing_plan WHERE id = {plan}")
            plans[name] = {"plan": plan, "payer": payer, "account": account}
            if name == METERED:
                use_once(company, booked.order_line_id)
            if name in POISONS:
                beside = a_deal(company, a_customer("元請", name_kana=""), [a_line(product)])
                planned(company, beside, beside.order.lines[0], payer, description=OTHER)
    return plans


@transaction.atomic
def planned(
    company: CompanyId,
    deal: Deal,
    booked: BookedLine,
    payer: CustomerId,
    *,
    long_ago: bool = False,
    description: Text = CLOUD,
) -> int:
    """Plan the billing of a line to a payer, and return the plan."""
    line = LineToBill(
        order_line_id=booked.order_line_id, description=description, charge=booked.terms.charge,
        timing=booked.terms.timing, interval_months=booked.terms.interval_months, net_minor=booked.net_minor,
        tax_class=TaxClass.REDUCED if long_ago else booked.terms.tax_class,
        service=LONG_AGO if long_ago else booked.service, quantity=booked.quantity, due_from=TODAY,
    )  # fmt: skip
    (plan,) = billing.plan(
        company_id=company, customer_id=payer, payer_id=payer, order_id=deal.order.order_id,
        contract_id=deal.contract_id, currency="JPY", payment_terms="net:30:none", lines=[line], by=house(),
        at=NOW, on=TODAY,
    )  # fmt: skip
    return plan


@transaction.atomic
def use_once(company: CompanyId, line_id: OrderLineId) -> None:
    """Price the usage of a line at ¥10,000 a unit, and use one in April."""
    terms = UsageTerms(UsageModel.PER_UNIT, Text(en="calls", ja="呼出し"), (UsageTier(0, 10_000),))
    billing.rate_usage(order_line_id=line_id, terms=terms, effective_on=TODAY, because="注文書", by=house(), at=NOW)
    event = UsageGiven("1", line_id, "e-1", TODAY, 1)
    billing.record_usage(
        company_id=company, events=[event], source=UsageSource.API, on=TODAY, by=house(), at=NOW, whole=True
    )


def of_a_clean_run(company: CompanyId, plans: dict[str, dict[str, int]]) -> Rows:
    """What a run makes when nothing is wrong but the old rate; it is undone again."""
    with transaction.atomic():
        run(company, MAY)
        made = rows(_ISSUED)
        transaction.set_rollback(True)
    assert {name for name, *_ in made} == set(plans)
    return made


OF_POISONS = ("billing_plan", "billing_account", "customers_customer", "billing_usageevent")


def befall(database: FreshDatabase, plans: dict[str, dict[str, int]], what: str) -> None:
    """Do to the poisoned accounts what only the owner of the tables can, with every guard of theirs taken off."""
    with psycopg.connect(database.url, cursor_factory=psycopg.ClientCursor) as owner:
        for table in OF_POISONS:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            unguarded: list[tuple[Any, ...]] = owner.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'c')", [table]
            ).fetchall()
            for (name,) in unguarded:
                owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, poison in POISONS.items():
            if statement := getattr(poison, what):
                assert owner.execute(statement, plans[name]).rowcount in (1, -1)
        for table in OF_POISONS:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def give_the_rate_of(period: Period) -> None:
    """Enter the tax rate that was missing, as a person does."""
    assert TaxClass.REDUCED.value in tax_rate_table()["tax_class"].to_list()
    with transaction.atomic():
        set_tax_rate(tax_class=TaxClass.REDUCED, rate="8%", effective_on=period.start, by=house(), at=NOW)

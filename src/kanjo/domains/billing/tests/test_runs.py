"""Runs: what a preview shows is issued, above a limit by the CFO, and given back as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.models import Charge, Invoice, InvoiceTax, Plan
from kanjo.domains.billing.operations import run as billing_run
from kanjo.domains.billing.queries import (
    get_invoice,
    preview_schedule,
)
from kanjo.domains.billing.queries.next import what_comes_next
from kanjo.domains.billing.rules.guards import AlreadyCredited
from kanjo.domains.billing.tests.conftest import an_order, documents, run_billing
from kanjo.domains.billing.tests.test_rules import a_line as a_line_to_bill
from kanjo.domains.catalog.facts import BillingTiming, TaxClass
from kanjo.domains.catalog.operations import set_tax_rate
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, RunId
from kanjo.foundation.periods import Period
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.queries import balance_of
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.worklist.models import WorkItem
from tests.builders import A_YEAR, NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import a_deal

pytestmark = pytest.mark.django_db

LATER = date(2026, 6, 1)
MAY_ON = replace(A_YEAR, start=date(2026, 5, 1))


@pytest.mark.row("R3", "SFA-8")
class TestPreviewEqualsInvoices:
    @pytest.mark.parametrize("timing", [BillingTiming.IN_ADVANCE, BillingTiming.IN_ARREARS])
    def test_what_the_quote_showed_is_what_is_billed(
        self, company: CompanyId, customer: CustomerId, timing: BillingTiming
    ) -> None:
        """The schedule shown on the quote equals the charges of a year of runs, to the day and the yen."""
        product = a_product(company, timing=timing, interval_months=1)
        service = replace(A_YEAR, until=date(2027, 3, 17))
        order = an_order(company, customer, [a_line(product, unit_minor=3_333, service=service)])
        row = Plan.objects.get()
        shown = preview_schedule(
            [
                a_line_to_bill(
                    order_line_id=order.lines[0],
                    timing=timing,
                    net_minor=row.net_minor,
                    service=service,
                    due_from=row.due_from,
                )
            ]
        )
        for month in range(13):
            run_billing(company, date(2026 + (3 + month) // 12, (3 + month) % 12 + 1, 20))
        billed = list(Charge.objects.order_by("service_start").values_list("service_start", "amount_minor"))
        assert billed == [(charge.service.start, charge.net_minor) for charge in shown]
        assert sum(amount for _, amount in billed) == 11 * 33_330 + 17_203


@pytest.mark.row("SCL-3")
class TestLimit:
    def test_above_it_the_cfo_approves_and_nobody_else(self, company: CompanyId, customer: CustomerId) -> None:
        """A run of ¥11,000 above a limit of ¥10,000: not the schedule, not an accountant; then it issues as ever."""
        cfo = an_actor(Role.CFO, companies=[company])
        accountant = an_actor(Role.RECEIVABLES, companies=[company])
        set_limit(company, 10_000, cfo)
        an_order(company, customer, [a_line(a_product(company))])
        run_id = billing.preview_run(company_id=company, on=TODAY, because="月次請求", by=accountant, at=NOW)
        assert WorkItem.objects.filter(kind=runs.ABOVE, owner_role=Role.CFO, state="open").count() == 1
        for nobody in (house(), an_actor(Role.REV_REC, companies=[company])):
            with pytest.raises(runs.AboveLimit):
                runs.approve_run(run_id=run_id, by=nobody, at=NOW)
        runs.approve_run(run_id=run_id, by=cfo, at=NOW)
        assert not WorkItem.objects.filter(kind=runs.ABOVE, state="open").exists()
        assert billing.execute(run_id=run_id, by=house(), at=NOW)["total_JPY"] == 11_000

    def test_up_to_it_and_in_the_latest_word_anybody_approves(self, company: CompanyId, customer: CustomerId) -> None:
        """Exactly the limit is not above it; a higher limit replaces a lower one."""
        cfo = an_actor(Role.CFO, companies=[company])
        set_limit(company, 1, cfo)
        set_limit(company, 11_000, cfo)
        an_order(company, customer, [a_line(a_product(company))])
        assert run_billing(company, TODAY)[1]["total_JPY"] == 11_000

    def test_a_limit_of_nothing_is_refused(self, company: CompanyId) -> None:
        """Every run would be above it."""
        with pytest.raises(runs.LimitNotPositive):
            set_limit(company, 0, an_actor(Role.CFO, companies=[company]))


def set_limit(company: CompanyId, amount: int, by: Actor) -> None:
    runs.set_limit(company_id=company, kind="billing", currency="JPY", amount_minor=amount, on=TODAY, by=by, at=NOW)


class TestRun:
    @pytest.mark.row("SCL-3")
    def test_the_preview_is_compared_with_forecast_preview_and_run_before(
        self, company: CompanyId, customer: CustomerId
    ) -> None:
        """May was forecast at ¥10,000 when April ran; an order since then doubles it."""
        an_order(company, customer, [a_line(a_product(company))])
        run_billing(company, TODAY)
        known = billing.preview_run(company_id=company, on=date(2026, 5, 1), by=house(), at=NOW)
        runs.withdraw_run(run_id=known, by=house(), at=NOW, because="見直し")
        an_order(company, customer, [a_line(a_product(company, "X"), service=MAY_ON)])
        run_id = billing.preview_run(company_id=company, on=date(2026, 5, 1), by=house(), at=NOW)
        shown = Run.objects.get(pk=run_id).preview
        assert shown["made"]["net_JPY"] == 20_000
        assert shown["forecast"] == {"lines": 1, "net_JPY": 10_000}
        assert (shown["preview_before"]["net_JPY"], shown["before"]["net_JPY"]) == (10_000, 10_000)

    @pytest.mark.row("M3")
    def test_a_second_run_issues_nothing(self, company: CompanyId, customer: CustomerId) -> None:
        """Run twice on one day: the second is a run of its own, and empty."""
        an_order(company, customer, [a_line(a_product(company))])
        first, report = run_billing(company, TODAY)
        second, again = run_billing(company, TODAY)
        assert (report["invoices"], report["lines"], report["total_JPY"]) == (1, 1, 11_000)
        assert first != second
        assert again == {"failed": 0}
        assert Invoice.objects.count() == 1

    @pytest.mark.row("R3")
    def test_the_preview_is_what_is_issued(self, company: CompanyId, customer: CustomerId) -> None:
        """Counts and totals of the preview are those of the report, and nothing was stored by previewing."""
        an_order(company, customer, [a_line(a_product(company)), a_line(a_product(company, "X"))])
        run_id = billing.preview_run(company_id=company, on=LATER, by=house(), at=NOW)
        preview = Run.objects.get(pk=run_id).preview["made"]
        assert Invoice.objects.count() == 0
        runs.approve_run(run_id=run_id, by=house(), at=NOW)
        report = billing.execute(run_id=run_id, by=house(), at=NOW)
        assert preview == {name: value for name, value in report.items() if name != "failed"}
        assert (report["invoices"], report["lines"], report["net_JPY"]) == (1, 6, 60_000)

    def test_the_next_preview_is_compared_with_the_run_before(self, company: CompanyId, customer: CustomerId) -> None:
        """Who approves sees what the last run made."""
        an_order(company, customer, [a_line(a_product(company))])
        run_billing(company, TODAY)
        run_id = billing.preview_run(company_id=company, on=LATER, by=house(), at=NOW)
        before = Run.objects.get(pk=run_id).preview["before"]
        assert (before["run"], before["total_JPY"]) == ("2026-04-01#1", 11_000)

    @pytest.mark.row("R2")
    def test_one_account_without_a_rate_does_not_stop_the_others(
        self, company: CompanyId, customer: CustomerId
    ) -> None:
        """Food delivered when no reduced rate was in force becomes a work item with the cause; others are invoiced."""
        other = a_customer("有限会社なぎさ", name_kana="ユウゲンガイシャナギサ")
        food = a_product(company, "FOOD", tax_class=TaxClass.REDUCED)
        an_order(company, customer, [a_line(a_product(company))])
        back_then = Period(date(2018, 1, 1), date(2018, 2, 1))
        an_order(company, other, [a_line(food, service=back_then)], term=back_then)
        _, report = run_billing(company, TODAY)
        assert (report["invoices"], report["failed"]) == (1, 1)
        item = WorkItem.objects.get(kind="billing.failed")
        assert (
            item.why_ja == "2018-01-31 に適用される税区分「軽減税率」の税率がありません。"
            "カタログに税率を登録し、再度請求してください。"
        )
        assert list(Invoice.objects.values_list("payer_id", flat=True)) == [customer]

    @pytest.mark.row("R2")
    @pytest.mark.parametrize("on", [date(2018, 1, 1), date(2018, 2, 1)])
    def test_what_failed_stays_work_until_it_is_sound(self, customer: CustomerId, on: date) -> None:
        """Another order of the contract issued by hand, also as of a day before it was due, leaves it there."""
        year, february = Period(date(2018, 1, 1), date(2019, 1, 1)), Period(date(2018, 2, 1), date(2018, 3, 1))
        company = a_company("OLD", books=year)
        food = a_product(company, "FOOD", tax_class=TaxClass.REDUCED)
        failing = an_order(company, customer, [a_line(food, service=february)], term=february)
        run_billing(company, february.start)
        sound = a_deal(company, customer, [a_line(a_product(company, "A"), service=year)], term=year).order
        line = a_line_to_bill(order_line_id=sound.lines[0].order_line_id, service=year, due_from=year.start)
        billing.plan(
            company_id=company, customer_id=customer, payer_id=customer, order_id=sound.order_id,
            contract_id=failing.contract_id, currency="JPY", payment_terms="net:30:none", lines=[line], by=house(),
            at=NOW, on=year.start,
        )  # fmt: skip
        billing.issue_invoice(order_id=sound.order_id, on=on, by=house(), at=NOW)
        assert [one.state for one in WorkItem.objects.filter(kind="billing.failed")] == ["open"]
        set_tax_rate(tax_class=TaxClass.REDUCED, rate="8%", effective_on=year.start, by=house(), at=NOW)
        billing.issue_invoice(order_id=failing.order_id, on=february.start, by=house(), at=NOW)
        assert [one.state for one in WorkItem.objects.filter(kind="billing.failed")] == ["done"]

    @pytest.mark.row("R2")
    def test_one_contract_does_not_stop_the_others_of_its_payer(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """The work names the contract, is done once it is billed, and not by what else is billed of the payer."""
        food = a_product(company, "FOOD", tax_class=TaxClass.REDUCED)
        an_order(company, customer, [a_line(a_product(company))])
        back_then = Period(date(2018, 1, 1), date(2018, 2, 1))
        wrong = an_order(company, customer, [a_line(food, service=back_then)], term=back_then)
        _, report = run_billing(company, TODAY)
        assert (report["invoices"], report["failed"]) == (1, 1)
        item = WorkItem.objects.get(kind="billing.failed")
        assert (item.subject, item.subject_id) == ("contracts_contract", wrong.contract_id)
        outlook = what_comes_next(wrong.contract_id, accountant, on=TODAY)
        assert outlook.lines[0].reasons[0].says.en.startswith("The last run could not invoice it: No rate")
        run_billing(company, LATER)
        assert WorkItem.objects.get(kind="billing.failed").state == "open"
        set_tax_rate(tax_class=TaxClass.REDUCED, rate="8%", effective_on=back_then.start, by=house(), at=NOW)
        run_billing(company, date(2026, 5, 2))
        assert WorkItem.objects.get(kind="billing.failed").state == "done"

    def test_one_order_by_hand_leaves_the_work_about_another(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Of a contract of two orders one cannot be invoiced: the other can by hand, and the work about it stays."""
        food = a_product(company, "FOOD", tax_class=TaxClass.REDUCED)
        back_then = Period(date(2018, 1, 1), date(2018, 2, 1))
        good = an_order(company, customer, [a_line(a_product(company))])
        line = a_line(food, service=back_then)
        wrong = an_order(company, customer, [line], term=back_then, under=good.contract_id)
        assert run_billing(company, TODAY)[1]["failed"] == 1
        billing.issue_invoice(order_id=good.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        assert WorkItem.objects.get(kind="billing.failed").state == "open"
        set_tax_rate(tax_class=TaxClass.REDUCED, rate="8%", effective_on=back_then.start, by=house(), at=NOW)
        billing.issue_invoice(order_id=wrong.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        assert WorkItem.objects.get(kind="billing.failed").state == "done"

    def test_who_previews_does_not_approve(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """Four eyes: the accountant who previewed a run cannot let it issue."""
        an_order(company, customer, [a_line(a_product(company))])
        run_id = billing.preview_run(company_id=company, on=TODAY, because="月次請求", by=accountant, at=NOW)
        with pytest.raises(Exception, match="another person"):
            runs.approve_run(run_id=run_id, by=accountant, at=NOW)
        assert Invoice.objects.count() == 0

    def test_a_staged_run_makes_the_same_documents(
        self, company: CompanyId, customer: CustomerId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Loaded into tables of its own and attached, a run's documents are those of a small run."""
        for code in ("A", "B", "C"):
            an_order(company, customer, [a_line(a_product(company, code)), a_line(a_product(company, code + "2"))])
        with transaction.atomic():
            run_billing(company, LATER)
            live = documents()
            assert len(live) == 18
            transaction.set_rollback(True)
        monkeypatch.setattr(billing_run, "STAGED_FROM", 1)
        run_id, report = run_billing(company, LATER)
        assert Run.objects.get(pk=run_id).staged
        assert documents() == live
        assert report["invoices"] == Invoice.objects.filter(pk__gte=1 << 40).count() == 3
        assert InvoiceTax.objects.count() == 3
        assert balance_of(company, AccountCode.RECEIVABLE, AsKnown(LATER)) == report["total_JPY"]


class TestReverse:
    @pytest.mark.row("M10")
    def test_a_reversed_run_closes_to_the_yen_and_is_due_again(self, company: CompanyId, customer: CustomerId) -> None:
        """Credit notes at the rates of the originals: every balance returns to zero, and the next run bills again."""
        an_order(company, customer, [a_line(a_product(company)), a_line(a_product(company, "X"), unit_minor=333)])
        run_id, report = run_billing(company, TODAY)
        reversal = billing.preview_reversal(run_id=run_id, on=LATER, because="誤った価格", by=house(), at=NOW)
        runs.approve_run(run_id=reversal, by=house(), at=NOW)
        undone = billing.execute(run_id=reversal, by=house(), at=NOW)
        assert undone["total_JPY"] == -report["total_JPY"]
        assert Run.objects.get(pk=run_id).state == Run.State.REVERSED
        note = Invoice.objects.get(original__isnull=False)
        assert note.number == "CN-2026-000001"
        assert all(balance_of(company, code, AsKnown(LATER)) == 0 for code in AccountCode)
        _, again = run_billing(company, TODAY)
        assert again["total_JPY"] == report["total_JPY"]

    def test_after_a_withdrawn_reversal_there_is_another(self, company: CompanyId, customer: CustomerId) -> None:
        """Called again the same reversing run is returned; one that was withdrawn does not stand in the way."""
        an_order(company, customer, [a_line(a_product(company))])
        run_id, _ = run_billing(company, TODAY)

        def preview(on: date) -> RunId:
            return billing.preview_reversal(run_id=run_id, on=on, because="誤った価格", by=house(), at=NOW)

        first = preview(LATER)
        assert preview(LATER) == first
        runs.withdraw_run(run_id=first, because="日付誤り", by=house(), at=NOW)
        assert preview(TODAY) != first

    def test_a_staged_reversal_gives_everything_back(
        self, company: CompanyId, customer: CustomerId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A large run is given back through tables of its own as well."""
        from kanjo.domains.billing.operations import reverse

        monkeypatch.setattr(billing_run, "STAGED_FROM", 1)
        monkeypatch.setattr(reverse, "STAGED_FROM", 1)
        an_order(company, customer, [a_line(a_product(company))])
        run_id, report = run_billing(company, LATER)
        reversal = billing.preview_reversal(run_id=run_id, on=LATER, because="誤り", by=house(), at=NOW)
        runs.approve_run(run_id=reversal, by=house(), at=NOW)
        undone = billing.execute(run_id=reversal, by=house(), at=NOW)
        assert undone["lines"] == report["lines"] == 3
        assert Invoice.objects.filter(original__isnull=False).get().total_minor == -report["total_JPY"]

    @pytest.mark.row("M10")
    def test_one_invoice_is_given_back_once(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """A credit note of a credited invoice, or of a credit note, is refused."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        note_id = billing.credit_invoice(invoice_id=invoice_id, on=LATER, because="返品", by=accountant, at=NOW)
        for key in (invoice_id, note_id):
            with pytest.raises(AlreadyCredited):
                billing.credit_invoice(invoice_id=key, on=LATER, because="返品", by=accountant, at=NOW)
        assert Invoice.objects.count() == 2
        assert get_invoice(invoice_id, accountant).row.credited
        assert get_invoice(note_id, accountant).original_number == "INV-2026-000001"

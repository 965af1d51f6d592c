"""Invoices shared by several payers, on the real database: one document each, and the engine sees one charge."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from pytest_django import DjangoAssertNumQueries

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import ContractChange, LineChange, ShareOfPayer
from kanjo.domains.billing.models import Charge, Invoice, InvoiceLine, PayerShare, Sharing
from kanjo.domains.billing.operations.issue import charges_due
from kanjo.domains.billing.queries import get_invoice, list_sharings, shared_with, sharing_of, what_comes_next
from kanjo.domains.billing.queries.due import Scope, known_now
from kanjo.domains.billing.queries.sharing import read_sharing
from kanjo.domains.billing.rules.guards import AlreadyCredited, NothingDue, PlanMissing
from kanjo.domains.billing.rules.sharing import PayerTwice, SharesUnexplained, ShareUnfit, TooManyPayers
from kanjo.domains.billing.rules.splitting import shared
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_changes import amend, more
from kanjo.domains.customers.models import Customer
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, InvoiceId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import AmendmentKind

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-14")]

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
Bill = list[tuple[CustomerId, int, int]]


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Ten users at ¥1,000 and one at ¥1 a month for a year from 1 April."""
    odd = a_line(a_product(company, "ODD"), quantity=1, unit_minor=1)
    return an_order(company, customer, [a_line(a_product(company)), odd])


@pytest.fixture
def north() -> CustomerId:
    return a_customer("株式会社北部")


@pytest.fixture
def south() -> CustomerId:
    """A department that reads English."""
    return a_customer("株式会社南部", name_en="South", language=Language.ENGLISH)


def share(planned: Planned, *shares: tuple[CustomerId, int], on: date = TODAY) -> None:
    """Agree on shares for the contract."""
    billing.share_contract(
        contract_id=planned.contract_id,
        shares=[ShareOfPayer(payer, weight) for payer, weight in shares],
        on=on,
        because="部門ごとに負担",
        by=house(),
        at=NOW,
    )


def bills(on: date) -> Bill:
    """What was issued on a day: payer, net and tax, in the order of the numbers."""
    rows = Invoice.objects.filter(issued_on=on).order_by("id").values_list("payer_id", "net_minor", "tax_minor")
    return [(CustomerId(payer), net, tax) for payer, net, tax in rows]


def borne() -> dict[CustomerId, int]:
    """What each payer was billed in all, less what came back; nobody who was given back all."""
    sums: Counter[CustomerId] = Counter()
    for invoice in Invoice.objects.all():
        sums[CustomerId(invoice.payer_id)] += invoice.net_minor
    return {payer: net for payer, net in sums.items() if net}


class TestShareContract:
    def test_each_payer_has_a_document_and_the_last_yen_closes(
        self, planned: Planned, company: CompanyId, accountant: Actor, north: CustomerId, south: CustomerId
    ) -> None:
        """10,001 yen by thirty to seventy: 3,000 and 7,001, each with its own tax, every line to the yen."""
        share(planned, (north, 30), (south, 70))
        _, report = run_billing(company, TODAY)
        assert bills(TODAY) == [(north, 3_000, 300), (south, 7_001, 700)]
        assert (report["net_JPY"], report["invoices"], report["lines"]) == (10_001, 2, 3)
        by_line = InvoiceLine.objects.values("plan_id").annotate(net=Sum("net_minor")).order_by("plan_id")
        assert [row["net"] for row in by_line] == [10_000, 1]
        views = [
            get_invoice(InvoiceId(key), accountant)
            for key in Invoice.objects.order_by("id").values_list("pk", flat=True)
        ]
        assert all(line.derivation.holds and line.derivation.is_shared for view in views for line in view.lines)
        assert [view.language for view in views] == [Language.JAPANESE, Language.ENGLISH]
        assert [view.lines[0].description for view in views] == ["クラウド利用料（月額）", "Cloud, monthly"]
        assert shared_with(views[0].row.id, accountant) == [(views[1].row.id, views[1].row.number)]

    @pytest.mark.parametrize("on", [TODAY, MAY])
    def test_a_second_run_issues_nothing(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId, on: date
    ) -> None:
        """Days that several payers bear are billed as any others."""
        share(planned, (north, 1), (south, 2))
        run_billing(company, on)
        before = Charge.objects.count()
        assert not run_billing(company, on)[1].get("invoices")
        assert Charge.objects.count() == before

    def test_a_back_dated_change_goes_to_each_in_its_share(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """What is given back and what is charged anew is shared; withdrawn, all stand as before."""
        share(planned, (north, 30), (south, 70))
        run_billing(company, TODAY)
        amendment = amend(planned, more(planned, date(2026, 4, 21), 3_000, 3))
        run_billing(company, date(2026, 4, 21))
        lines = InvoiceLine.objects.filter(invoice__issued_on=date(2026, 4, 21)).order_by("invoice_id", "position")
        assert list(lines.values_list("invoice__payer_id", "net_minor")) == [
            (north, -999),
            (north, 1_299),
            (south, -2_334),
            (south, 3_034),
        ]
        assert not run_billing(company, date(2026, 4, 21))[1].get("invoices")
        amend(planned, ContractChange(withdraws=(amendment,)), AmendmentKind.WITHDRAWAL)
        run_billing(company, date(2026, 4, 22))
        assert borne() == {north: 3_000, south: 7_001}

    def test_new_shares_hold_for_what_is_billed_from_then_on(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """April stays at thirty to seventy and is given back so; what is billed in May, and anew, is one to one."""
        share(planned, (north, 30), (south, 70))
        run_billing(company, TODAY)
        share(planned, (north, 1), (south, 1), on=MAY)
        assert not run_billing(company, date(2026, 4, 30))[1].get("invoices")
        amend(planned, more(planned, date(2026, 4, 16), -5_000, -5))
        run_billing(company, MAY)
        lines = InvoiceLine.objects.filter(invoice__issued_on=MAY).order_by("invoice_id", "service_start", "net_minor")
        april = [
            (payer, net)
            for payer, net, day in lines.values_list("invoice__payer_id", "net_minor", "service_start")
            if day < MAY
        ]
        assert april == [(north, -1_500), (north, 1_250), (south, -3_500), (south, 1_250)]
        assert sum(line.net_minor for line in lines if line.service_start == MAY) == 5_001

    def test_without_shares_it_ends(
        self, planned: Planned, company: CompanyId, customer: CustomerId, north: CustomerId
    ) -> None:
        """From that day on the payer of the contract bears all again."""
        share(planned, (north, 1))
        share(planned, on=MAY)
        run_billing(company, TODAY)
        run_billing(company, MAY)
        assert (bills(TODAY), bills(MAY)) == ([(north, 10_001, 1_000)], [(customer, 10_001, 1_000)])
        assert InvoiceLine.objects.filter(invoice__issued_on=MAY, share_of__isnull=False).count() == 0

    def test_the_preview_and_what_comes_next_say_the_same(
        self, planned: Planned, company: CompanyId, accountant: Actor, north: CustomerId, south: CustomerId
    ) -> None:
        """What the contract's page and the run's preview say is what is issued, payer by payer."""
        share(planned, (north, 30), (south, 70), on=MAY)
        outlook = what_comes_next(planned.contract_id, accountant, on=TODAY)
        told = [(one.payer_id, one.issued_on, one.net.minor, one.tax.minor) for one in outlook.invoices]
        issued = []
        for day in (TODAY, MAY, JUNE):
            run_id, report = run_billing(company, day)
            preview = Run.objects.get(pk=run_id).preview
            assert preview["made"] == {name: report[name] for name in preview["made"]}
            assert preview["forecast"].get("lines", report["lines"]) == report["lines"]
            issued += [(payer, day, net, tax) for payer, net, tax in bills(day)]
        assert told[: len(issued)] == issued
        assert len(issued) == 5

    def test_an_order_billed_by_hand_is_shared(
        self, planned: Planned, accountant: Actor, north: CustomerId, south: CustomerId
    ) -> None:
        """As a run would, and the second time there is nothing."""
        share(planned, (north, 1), (south, 1))
        issued = billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        assert len(issued) == 2
        assert bills(TODAY) == [(north, 5_000, 500), (south, 5_001, 500)]
        with pytest.raises(NothingDue):
            billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)

    def test_a_payer_that_cannot_be_invoiced_stops_the_others_too(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """A charge is billed to all who share it or to nobody: the next run bills it whole."""
        share(planned, (north, 1), (south, 1))
        Customer.objects.filter(pk=south).update(language="xx")
        assert run_billing(company, TODAY)[1]["failed"] == 1
        assert not Charge.objects.exists()


class TestNobodyShares:
    def test_it_costs_one_empty_read(
        self, planned: Planned, company: CompanyId, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """What is due is the same frame, and nothing of charges or payers is read."""
        due = charges_due(Scope(company), TODAY, known_now()).charges
        with django_assert_num_queries(1):
            sharing = read_sharing(company, due, NOW)
        assert shared(due, sharing, pl.lit(TODAY)) is due
        assert "share_of" not in due.columns


class TestShareAccount:
    def test_the_contract_goes_before_the_account(  # noqa: PLR0917 fixtures
        self,
        planned: Planned,
        company: CompanyId,
        accountant: Actor,
        customer: CustomerId,
        north: CustomerId,
        south: CustomerId,
    ) -> None:
        """All that a payer pays is shared, but for a contract that has its own word."""
        other = an_order(company, customer, [a_line(a_product(company, "TWO"), quantity=1, unit_minor=300)])
        billing.share_account(
            company_id=company,
            payer_id=customer,
            shares=[ShareOfPayer(customer, 1), ShareOfPayer(north, 2)],
            on=TODAY,
            because="関係会社と分担",
            by=accountant,
            at=NOW,
        )
        share(planned, (south, 1))
        run_billing(company, TODAY)
        assert sorted(bills(TODAY)) == sorted([(south, 10_001, 1_000), (customer, 100, 10), (north, 200, 20)])
        agreed = sharing_of(company, TODAY, payer_id=customer)
        assert agreed is not None
        assert [(one.payer_id, one.weight) for one in agreed.shares] == [(customer, 1), (north, 2)]
        assert sharing_of(company, TODAY, contract_id=other.contract_id) is None
        assert [one.because for one in list_sharings(company, contract_id=planned.contract_id)] == ["部門ごとに負担"]


class TestGivingBack:
    def test_one_invoice_gives_back_all_who_share_its_charges(
        self, planned: Planned, company: CompanyId, accountant: Actor, north: CustomerId, south: CustomerId
    ) -> None:
        """A credit note for each, tax and all; what it charged is due again once, and shared as agreed by then."""
        share(planned, (north, 30), (south, 70))
        run_billing(company, TODAY)
        first, second = (InvoiceId(key) for key in Invoice.objects.order_by("id").values_list("pk", flat=True))
        note = billing.credit_invoice(invoice_id=second, on=TODAY, because="宛先誤り", by=accountant, at=NOW)
        assert Invoice.objects.get(pk=note).original_id == second
        assert borne() == {}
        assert Invoice.objects.aggregate(total=Sum("total_minor"))["total"] == 0
        with pytest.raises(AlreadyCredited):
            billing.credit_invoice(invoice_id=first, on=TODAY, because="重複", by=accountant, at=NOW)
        share(planned, (south, 1), on=TODAY)
        run_billing(company, TODAY)
        assert borne() == {south: 10_001}

    def test_what_is_left_after_changes_closes_to_the_yen(
        self, planned: Planned, company: CompanyId, accountant: Actor, north: CustomerId, south: CustomerId
    ) -> None:
        """Some days given back by a change, the rest by hand: nothing is left with any payer."""
        share(planned, (north, 1), (south, 1), (planned.customer_id, 1))
        run_billing(company, TODAY)
        amend(planned, ContractChange(changes=(LineChange(planned.lines[0], date(2026, 4, 11), 3_000, 3),)))
        amend(planned, ContractChange(changes=(LineChange(planned.lines[0], date(2026, 4, 21), -1_000, -1),)))
        run_billing(company, TODAY.replace(day=22))
        for key in Invoice.objects.filter(original=None, total_minor__gt=0).order_by("id").values_list("pk", flat=True):
            if not Invoice.objects.filter(original_id=key).exists():
                billing.credit_invoice(invoice_id=InvoiceId(key), on=TODAY, because="取消", by=accountant, at=NOW)
        left = Charge.objects.values("plan_id").annotate(left=Sum("amount_minor"))
        assert [row["left"] for row in left] == [0, 0]
        assert borne() == {}

    def test_a_reversed_run_gives_back_every_payer(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """And the next run of the day bills it anew."""
        share(planned, (north, 3), (south, 7))
        run_id, _ = run_billing(company, TODAY)
        back = billing.preview_reversal(run_id=run_id, on=TODAY, because="料率誤り", by=house(), at=NOW)
        runs.approve_run(run_id=back, by=house(), at=NOW)
        billing.execute(run_id=back, by=house(), at=NOW)
        assert borne() == {}
        run_billing(company, TODAY)
        assert borne() == {north: 3_000, south: 7_001}


class TestRefused:
    def test_shares_are_whole_numbers_of_each_payer_once_with_a_reason(
        self, planned: Planned, company: CompanyId, north: CustomerId
    ) -> None:
        """Each refusal names its rule, and nothing is written."""
        refused: list[tuple[type[Exception], list[tuple[CustomerId, int]]]] = [
            (ShareUnfit, [(north, 0)]),
            (ShareUnfit, [(north, 10_001)]),
            (PayerTwice, [(north, 1), (north, 2)]),
            (TooManyPayers, [(CustomerId(north + at), 1) for at in range(21)]),
        ]
        for refusal, shares in refused:
            with pytest.raises(refusal):
                share(planned, *shares)
        with pytest.raises(SharesUnexplained):
            billing.share_contract(
                contract_id=planned.contract_id, shares=(), on=TODAY, because=" ", by=house(), at=NOW
            )
        with pytest.raises(PlanMissing):
            share(Planned(planned.order_id, ContractId(0), north, (), ()), (north, 1))
        assert not Sharing.objects.exists()

    def test_others_and_other_companies_may_not(
        self, planned: Planned, company: CompanyId, customer: CustomerId, north: CustomerId
    ) -> None:
        """Sales may not; a stranger sees neither the contract nor the company."""
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
        shares = [ShareOfPayer(north, 1)]
        asked: dict[str, Any] = {"shares": shares, "on": TODAY, "because": "部門", "at": NOW}
        with pytest.raises(PlanMissing):
            billing.share_contract(contract_id=planned.contract_id, by=stranger, **asked)
        with pytest.raises(NotFound):
            billing.share_account(company_id=company, payer_id=customer, by=stranger, **asked)

    def test_what_was_agreed_is_not_edited(self, planned: Planned, north: CustomerId) -> None:
        """A new word counts from its day on; the old one stands."""
        share(planned, (north, 1))
        with pytest.raises(DatabaseError), transaction.atomic():
            Sharing.objects.update(effective_on=MAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            PayerShare.objects.update(weight=2)

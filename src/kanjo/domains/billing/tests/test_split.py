"""Splitting an issued invoice between payers: given back and issued anew, before tax to the yen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import ContractChange, LineAway, ShareOfPayer
from kanjo.domains.billing.models import Charge, Invoice, InvoiceLine, Split, SplitPart
from kanjo.domains.billing.queries import (
    charges_to_come,
    explain_line,
    get_invoice,
    parts_of,
    shared_with,
    split_from,
    still_to_bill,
)
from kanjo.domains.billing.queries.due import Scope
from kanjo.domains.billing.rules.guards import InvoiceMissing
from kanjo.domains.billing.rules.sharing import AlreadySplit, NobodyPays, NotSplittable, SplitIsNone, SplitTooFine
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_changes import amend, more
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId, InvoiceLineId, RunId
from kanjo.foundation.times import AsKnown
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.queries import balance_of
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-14")]

MAY = date(2026, 5, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Ten users at ¥1,000 and one at ¥5 a month for a year from 1 April."""
    odd = a_line(a_product(company, "ODD"), quantity=1, unit_minor=5)
    return an_order(company, customer, [a_line(a_product(company)), odd])


@pytest.fixture
def issued(planned: Planned, company: CompanyId) -> InvoiceId:
    """The invoice of April: ¥10,005."""
    run_billing(company, TODAY)
    return InvoiceId(Invoice.objects.get().pk)


@pytest.fixture
def north() -> CustomerId:
    return a_customer("株式会社北部")


@pytest.fixture
def south() -> CustomerId:
    return a_customer("株式会社南部")


def split(
    invoice_id: InvoiceId, *shares: tuple[CustomerId, int], by: Actor | None = None, on: date = TODAY
) -> tuple[InvoiceId, tuple[InvoiceId, ...]]:
    return billing.split_invoice(
        invoice_id=invoice_id,
        shares=[ShareOfPayer(payer, weight) for payer, weight in shares],
        on=on,
        because="部門ごとに負担",
        by=by or house(),
        at=NOW,
    )


def nets(*invoice_ids: InvoiceId) -> list[tuple[int, int, int]]:
    rows = [Invoice.objects.get(pk=key) for key in invoice_ids]
    return [(row.payer_id, row.net_minor, row.tax_minor) for row in rows]


class TestSplitInvoice:
    def test_the_parts_take_its_place_to_the_yen(
        self, issued: InvoiceId, company: CompanyId, planned: Planned, north: CustomerId, south: CustomerId
    ) -> None:
        """A credit note over all of it, a part for each payer: books, plans and days stay as they were."""
        accounts = (AccountCode.CONTRACT_LIABILITY, AccountCode.RECEIVABLE)
        before = [balance_of(company, code, AsKnown(MAY)) for code in accounts]
        to_come = charges_to_come(Scope(company)), still_to_bill(company).sort("order_line_id").rows()
        note, parts = split(issued, (north, 30), (south, 70))
        assert nets(note, *parts) == [
            (planned.customer_id, -10_005, -1_000),
            (north, 3_001, 300),
            (south, 7_004, 700),
        ]
        assert [balance_of(company, code, AsKnown(MAY)) for code in accounts] == before
        assert (charges_to_come(Scope(company)), still_to_bill(company).sort("order_line_id").rows()) == to_come
        assert not run_billing(company, TODAY)[1].get("invoices")
        run_billing(company, MAY)
        assert list(Invoice.objects.filter(issued_on=MAY).values_list("payer_id", "net_minor")) == [
            (planned.customer_id, 10_005)
        ]

    def test_each_line_says_how_it_came_about(
        self, issued: InvoiceId, accountant: Actor, north: CustomerId, south: CustomerId
    ) -> None:
        """The parts are derived from price, days and share; invoice, note and parts name each other."""
        note, parts = split(issued, (north, 1), (south, 1))
        views = [get_invoice(key, accountant) for key in (note, *parts)]
        assert all(line.derivation.holds for view in views for line in view.lines)
        assert [line.net.minor for view in views[1:] for line in view.lines] == [5_000, 2, 5_000, 3]
        assert all(explain_line(InvoiceLineId(line.id), accountant).days_hold for line in views[1].lines)
        assert [key for key, _ in parts_of(issued)] == list(parts)
        assert [split_from(key) for key in parts] == [(issued, "INV-2026-000001")] * 2
        assert views[0].row.original_id == issued
        assert [key for key, _ in shared_with(parts[0], accountant)] == [parts[1]]
        assert shared_with(issued, accountant) == []

    def test_a_change_afterwards_goes_to_who_bears_it_now(
        self, issued: InvoiceId, company: CompanyId, planned: Planned, north: CustomerId, south: CustomerId
    ) -> None:
        """Ended on 16 April, half comes back: to the new payers by their shares, to the old one nothing."""
        split(issued, (north, 30), (south, 70))
        amend(planned, ContractChange(away=(LineAway(planned.lines[0], date(2026, 4, 16), None, for_good=True),)))
        run_billing(company, date(2026, 4, 16))
        back = Invoice.objects.filter(issued_on=date(2026, 4, 16)).order_by("id")
        assert list(back.values_list("payer_id", "net_minor")) == [(north, -1_500), (south, -3_500)]
        assert not run_billing(company, date(2026, 4, 16))[1].get("invoices")

    def test_a_part_is_split_again(
        self, issued: InvoiceId, company: CompanyId, planned: Planned, north: CustomerId, south: CustomerId
    ) -> None:
        """A part to one other payer, then given back: everything closes, and April is due again once."""
        _, (first, _) = split(issued, (north, 1), (south, 2))
        _, (moved,) = split(first, (planned.customer_id, 1))
        assert nets(moved) == [(planned.customer_id, 3_334, 333)]
        billing.credit_invoice(invoice_id=moved, on=TODAY, because="取消", by=house(), at=NOW)
        sums = Invoice.objects.values("payer_id").annotate(net=Sum("net_minor"), tax=Sum("tax_minor"))
        assert all((row["net"], row["tax"]) == (0, 0) for row in sums)
        run_billing(company, TODAY)
        assert Charge.objects.aggregate(net=Sum("amount_minor"))["net"] == 10_005

    def test_a_reversed_run_gives_back_the_parts(
        self, issued: InvoiceId, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """What the run billed comes back from who bears it now."""
        split(issued, (north, 1), (south, 2))
        run_id = Invoice.objects.get(pk=issued).run_id
        assert run_id is not None
        back = billing.preview_reversal(run_id=RunId(run_id), on=TODAY, because="誤り", by=house(), at=NOW)
        runs.approve_run(run_id=back, by=house(), at=NOW)
        billing.execute(run_id=back, by=house(), at=NOW)
        assert Charge.objects.aggregate(net=Sum("amount_minor"))["net"] == 0
        assert Invoice.objects.aggregate(total=Sum("total_minor"))["total"] == 0

    def test_the_preview_of_a_reversal_says_what_is_given_back(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """The parts in the place of a split invoice, and nothing of what was given back before."""
        other = a_customer("株式会社その他")
        an_order(company, other, [a_line(a_product(company, "TWO"))])
        run_id, _ = run_billing(company, TODAY)
        returned, issued = (InvoiceId(Invoice.objects.get(payer_id=one).pk) for one in (other, planned.customer_id))
        billing.credit_invoice(invoice_id=returned, on=TODAY, because="返品", by=house(), at=NOW)
        split(issued, (north, 1), (south, 2))
        back = billing.preview_reversal(run_id=run_id, on=TODAY, because="誤り", by=house(), at=NOW)
        made = Run.objects.get(pk=back).preview["made"]
        runs.approve_run(run_id=back, by=house(), at=NOW)
        report = billing.execute(run_id=back, by=house(), at=NOW)
        assert made == {name: report[name] for name in made}
        assert (made["invoices"], made["net_JPY"]) == (2, -10_005)

    def test_a_share_agreed_before_is_split_within_itself(
        self, planned: Planned, company: CompanyId, north: CustomerId, south: CustomerId
    ) -> None:
        """One of two payers hands its part to two others: their lines add up to it."""
        shares = [ShareOfPayer(north, 1), ShareOfPayer(south, 2)]
        asked: dict[str, Any] = {"contract_id": planned.contract_id, "shares": shares, "on": TODAY, "because": "部門"}
        billing.share_contract(**asked, by=house(), at=NOW)
        run_billing(company, TODAY)
        of_south = InvoiceId(Invoice.objects.get(payer_id=south).pk)
        _, parts = split(of_south, (planned.customer_id, 3), (north, 7))
        by_line = InvoiceLine.objects.values("plan_id").annotate(net=Sum("net_minor")).order_by("plan_id")
        assert [row["net"] for row in by_line] == [10_000, 5]
        assert sum(net for _, net, _ in nets(*parts)) == nets(of_south)[0][1]
        assert not run_billing(company, TODAY)[1].get("invoices")


class TestRefused:
    def test_once(self, issued: InvoiceId, north: CustomerId, south: CustomerId) -> None:
        """A second split names the parts, and writes nothing; the table itself takes one alone."""
        split(issued, (north, 1), (south, 1))
        with pytest.raises(AlreadySplit, match="INV-2026-000002, INV-2026-000003"):
            split(issued, (north, 1), (south, 2))
        assert (Split.objects.count(), SplitPart.objects.count(), Invoice.objects.count()) == (1, 2, 4)
        row = Split.objects.get()
        with pytest.raises(DatabaseError), transaction.atomic():
            Split.objects.create(company_id=row.company_id, invoice_id=issued, effective_on=TODAY, because="x")
        with pytest.raises(DatabaseError), transaction.atomic():
            Split.objects.update(because="y")

    def test_what_gave_back_or_was_given_back(
        self, issued: InvoiceId, planned: Planned, company: CompanyId, north: CustomerId
    ) -> None:
        """A corrected invoice, the invoice that corrects it, a reversed one and a credit note are refused."""
        amend(planned, more(planned, date(2026, 4, 21), 3_000, 3))
        run_billing(company, date(2026, 4, 21))
        mixed = InvoiceId(Invoice.objects.latest("id").pk)
        note = billing.credit_invoice(invoice_id=mixed, on=date(2026, 4, 21), because="取消", by=house(), at=NOW)
        before = Invoice.objects.count()
        for invoice_id in (issued, mixed, note):
            with pytest.raises(NotSplittable):
                split(invoice_id, (north, 1))
        assert Invoice.objects.count() == before

    def test_nobody_the_same_payer_and_too_fine(
        self, issued: InvoiceId, planned: Planned, north: CustomerId, south: CustomerId
    ) -> None:
        """A split names somebody, somebody else, and parts that are known exactly."""
        with pytest.raises(NobodyPays):
            split(issued)
        with pytest.raises(SplitIsNone):
            split(issued, (planned.customer_id, 1))
        part = issued
        with pytest.raises(SplitTooFine):
            for _ in range(6):
                part = split(part, (north, 1), (south, 9_999))[1][-1]

    def test_others_may_not(self, issued: InvoiceId, company: CompanyId, north: CustomerId) -> None:
        """Sales operations may agree on shares, not issue documents; a stranger does not see it."""
        with pytest.raises(NotYourRole):
            split(issued, (north, 1), by=an_actor(Role.SALES_OPERATIONS, companies=[company]))
        with pytest.raises(InvoiceMissing):
            split(issued, (north, 1), by=an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")]))

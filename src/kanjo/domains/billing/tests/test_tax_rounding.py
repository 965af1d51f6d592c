"""How tax is rounded is chosen by company and payer; what is issued stays, and closes by the way it was rounded."""

from __future__ import annotations

from datetime import date

import pytest

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.models import Invoice, InvoiceTax
from kanjo.domains.billing.queries import preview_changes
from kanjo.domains.billing.tests.conftest import Planned, an_order
from kanjo.domains.billing.tests.test_changes import amend, away, more
from kanjo.domains.billing.tests.test_operations import run_billing
from kanjo.domains.customers.operations import choose_tax_rounding
from kanjo.domains.customers.queries import tax_roundings
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId
from kanjo.foundation.money import Rounding
from kanjo.platform.acts import NotYourRole
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_line, a_product, an_actor
from tests.deals import AmendmentKind

pytestmark = pytest.mark.django_db

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """1,005 yen a month: 100.5 yen of tax."""
    return an_order(company, customer, [a_line(a_product(company), quantity=1, unit_minor=1_005)])


def choose(company: CompanyId, customer: CustomerId, rounding: Rounding | None, by: Actor, on: date = TODAY) -> None:
    choose_tax_rounding(company_id=company, customer_id=customer, rounding=rounding, on=on, by=by, at=NOW)


def issued() -> list[tuple[str, int]]:
    """Return how each invoice rounds, and its tax."""
    return list(Invoice.objects.order_by("id").values_list("tax_rounding", "tax_minor"))


class TestChooseTaxRounding:
    def test_it_holds_from_its_day_and_stays_with_the_invoice(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """April as the company does, May up as agreed from May on, June as the company again; what is issued stays."""
        choose(company, customer, Rounding.CEILING, accountant, on=MAY)
        choose(company, customer, None, accountant, on=JUNE)
        for on in (TODAY, MAY, JUNE):
            run_billing(company, on)
        assert issued() == [("floor", 100), ("ceiling", 101), ("floor", 100)]
        assert list(InvoiceTax.objects.order_by("invoice_id").values_list("tax_minor", flat=True)) == [100, 101, 100]

    def test_the_latest_word_counts_and_another_company_keeps_its_own(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Of two choices of one day the later one; it is the company's alone, and the payer's alone."""
        other = a_company("OTHER")
        choose(company, customer, Rounding.CEILING, accountant)
        choose(company, customer, Rounding.HALF_UP, accountant)
        assert tax_roundings(company, TODAY) == {customer: Rounding.HALF_UP}
        assert tax_roundings(company, date(2026, 3, 31)) == tax_roundings(other, TODAY) == {}

    def test_a_credit_takes_the_tax_that_was_charged(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Charged with 101 yen of tax, given back with 101, although by now tax is rounded down."""
        choose(company, customer, Rounding.CEILING, accountant)
        run_billing(company, TODAY)
        choose(company, customer, None, accountant)
        invoice_id = InvoiceId(Invoice.objects.get().pk)
        billing.credit_invoice(invoice_id=invoice_id, on=TODAY, because="誤請求", by=accountant, at=NOW)
        assert issued() == [("ceiling", 101), ("ceiling", -101)]

    def test_what_ends_early_closes_by_the_way_it_was_rounded(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """All of April given back by a run: 101 yen of tax as charged, though by now it is rounded down."""
        choose(company, customer, Rounding.CEILING, accountant)
        run_billing(company, TODAY)
        choose(company, customer, None, accountant)
        amend(planned, away(planned, TODAY, None, for_good=True), kind=AmendmentKind.END_OF_LINES)
        run_billing(company, TODAY)
        assert [tax for _, tax in issued()] == [101, -101]

    def test_a_preview_rounds_as_the_run_will(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """100 yen more a month: 1,105 yen with 111 of tax, as shown before."""
        choose(company, customer, Rounding.CEILING, accountant)
        shown = preview_changes(planned.contract_id, more(planned, TODAY, 100), accountant)
        assert {one.tax.minor for one in shown.invoices} == {111}

    def test_a_preview_rounds_each_invoice_as_of_its_day(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Up from June on, down again from August: what is shown before, between and after is what will be billed."""
        choose(company, customer, Rounding.CEILING, accountant, on=JUNE)
        choose(company, customer, None, accountant, on=date(2026, 8, 1))
        shown = preview_changes(planned.contract_id, more(planned, TODAY, 100), accountant)
        assert [one.tax.minor for one in shown.invoices] == [110, 110, 111, 111, *[110] * 8]

    def test_who_may_not(self, company: CompanyId, customer: CustomerId) -> None:
        """Sellers do not choose it, and nobody does for a company that is not theirs."""
        with pytest.raises(NotYourRole):
            choose(company, customer, Rounding.CEILING, an_actor(Role.SALES_REP, companies=[company]))
        with pytest.raises(NotFound):
            choose(company, customer, Rounding.CEILING, an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")]))
        assert tax_roundings(company, TODAY) == {}

"""How tax is rounded is chosen by company and payer; what is issued stays, and closes by the way it was rounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import BillingPolicy, ShareOfPayer, TaxRounding
from kanjo.domains.billing.models import Invoice, InvoiceTax
from kanjo.domains.billing.queries import preview_changes
from kanjo.domains.billing.rules.invoicing import (
    ADDRESSED,
    GROUPED_BY,
    ORIGINALS,
    PAYER,
    RATE,
    drafted,
    returned_in_full,
)
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_changes import amend, away, more
from kanjo.domains.billing.tests.test_policies import choose as choose_policy
from kanjo.domains.billing.tests.test_policies import define
from kanjo.domains.customers.operations import choose_tax_rounding
from kanjo.domains.customers.queries import tax_roundings
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId
from kanjo.foundation.money import Rounding
from kanjo.platform.acts import NotYourRole
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor
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

    def test_a_policy_may_say_it_and_stands_apart(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """All on one document but what is agreed to be rounded half up, whatever was chosen for the payer."""
        half_up = define(an_actor(Role.ADMINISTRATOR), BillingPolicy(tax_rounding=TaxRounding.HALF_UP))
        choose_policy(company, half_up, accountant, customer_id=customer)
        other = an_order(company, customer, [a_line(a_product(company, "B"), quantity=1, unit_minor=1_014)])
        choose(company, customer, Rounding.CEILING, accountant)
        billing.choose_grouping(company_id=company, payer_id=customer, keys=[], on=TODAY, by=accountant, at=NOW)
        shown = preview_changes(other.contract_id, more(other, MAY, 30), accountant).invoices[0]
        assert (shown.net.minor, shown.tax.minor) == (1_014, 101)
        run_billing(company, TODAY)
        assert sorted(issued()) == [("ceiling", 101), ("half_up", 101)]

    @pytest.mark.parametrize(("rounding", "taxes"), [(None, [34, 68]), (TaxRounding.FLOOR, [33, 67])])
    def test_an_invoice_is_split_as_it_was_agreed(
        self,
        company: CompanyId,
        customer: CustomerId,
        accountant: Actor,
        rounding: TaxRounding | None,
        taxes: list[int],
    ) -> None:
        """A third and two of 1,010 yen: 33.6 and 67.3 yen of tax, up as the payers are, down where it is agreed."""
        other = a_customer("株式会社青葉販売")
        for payer in (customer, other):
            choose(company, payer, Rounding.CEILING, accountant)
        if rounding:
            down = define(an_actor(Role.ADMINISTRATOR), BillingPolicy(tax_rounding=rounding))
            choose_policy(company, down, accountant, customer_id=customer)
        an_order(company, customer, [a_line(a_product(company), quantity=1, unit_minor=1_010)])
        run_billing(company, TODAY)
        _, parts = billing.split_invoice(
            invoice_id=InvoiceId(Invoice.objects.get().pk),
            shares=[ShareOfPayer(customer, 1), ShareOfPayer(other, 2)],
            on=TODAY,
            because="折半",
            by=accountant,
            at=NOW,
        )
        assert [Invoice.objects.get(pk=key).tax_minor for key in parts] == taxes

    def test_a_part_is_rounded_as_its_payer_is_where_only_some_lines_agreed(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Two lines of 1,005 yen on one invoice, both rounded down, one by agreement: each part is one invoice, too."""
        down = define(an_actor(Role.ADMINISTRATOR), BillingPolicy(tax_rounding=TaxRounding.FLOOR))
        choose_policy(company, down, accountant, customer_id=customer)
        an_order(company, customer, [a_line(a_product(company, "B"), quantity=1, unit_minor=1_005)])
        billing.choose_grouping(company_id=company, payer_id=customer, keys=[], on=TODAY, by=accountant, at=NOW)
        other = a_customer("株式会社青葉販売")
        choose(company, other, Rounding.CEILING, accountant)
        run_billing(company, TODAY)
        _, parts = billing.split_invoice(
            invoice_id=InvoiceId(Invoice.objects.get().pk),
            shares=[ShareOfPayer(customer, 1), ShareOfPayer(other, 1)],
            on=TODAY,
            because="折半",
            by=accountant,
            at=NOW,
        )
        assert [Invoice.objects.get(pk=key).tax_minor for key in parts] == [100, 101]

    def test_who_may_not(self, company: CompanyId, customer: CustomerId) -> None:
        """Sellers do not choose it, and nobody does for a company that is not theirs."""
        with pytest.raises(NotYourRole):
            choose(company, customer, Rounding.CEILING, an_actor(Role.SALES_REP, companies=[company]))
        with pytest.raises(NotFound):
            choose(company, customer, Rounding.CEILING, an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")]))
        assert tax_roundings(company, TODAY) == {}


YEN = st.integers(1, 2_000)


class TestGivenBack:
    def test_after_a_mixed_document_nothing_is_left_of_the_tax(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """1,009 charged; 504 of it given back with 1,000 charged anew; then all of both given back: no yen is over."""
        planned = an_order(company, customer, [a_line(a_product(company), quantity=1, unit_minor=1_009)])
        run_billing(company, TODAY)
        amend(planned, more(planned, date(2026, 4, 16), 992))
        run_billing(company, date(2026, 4, 16))
        first, mixed = Invoice.objects.order_by("id").values_list("pk", flat=True)
        for key in (mixed, first):
            billing.credit_invoice(invoice_id=InvoiceId(key), on=JUNE, because="誤請求", by=accountant, at=NOW)
        rows = list(Invoice.objects.order_by("id").values_list("net_minor", "tax_minor"))
        assert rows == [(1_009, 100), (496, 49), (-1_000, -99), (-505, -50)]

    @settings(max_examples=150)
    @given(st.data(), st.lists(YEN, min_size=1, max_size=4), st.sampled_from(list(Rounding)))
    def test_tax_closes_to_the_yen(self, data: st.DataObject, nets: list[int], rounding: Rounding) -> None:
        """However documents charge and give back, of all that is given back at last no yen of tax is left or over."""
        books = Books(rounding.value)
        books.issue(nets, {})
        for _ in range(data.draw(st.integers(0, 4))):
            left = {key: net for key, net in books.left.items() if net}
            back = {key: data.draw(st.integers(0, net)) for key, net in left.items()}
            books.issue(data.draw(st.lists(YEN, max_size=2)), {key: net for key, net in back.items() if net})
        for original in data.draw(st.permutations(sorted({books.of[key] for key in books.of}))):
            books.return_all(original)
        assert not any(books.left.values())
        assert sum(books.tax.values()) == 0


@dataclass
class Books:
    """Documents as issued one after the other, by the rules alone, all at one rate."""

    rounding: str
    left: dict[int, int] = field(default_factory=dict)
    charged: dict[int, int] = field(default_factory=dict)
    of: dict[int, int] = field(default_factory=dict)
    tax: dict[int, int] = field(default_factory=dict)
    own: dict[int, int | None] = field(default_factory=dict)

    def issue(self, nets: list[int], back: dict[int, int]) -> None:
        """Issue a document that charges and gives back, if it does anything."""
        rows: list[tuple[int, int | None, int]] = [(len(self.of) + n, None, net) for n, net in enumerate(nets)]
        rows += [(-1, key, -net) for key, net in back.items()]
        if not rows:
            return
        charges = pl.DataFrame(
            rows, {"plan_id": pl.Int64, "credited_line_id": pl.Int64, "net_minor": pl.Int64}, orient="row"
        )
        draft = drafted(self._dressed(charges), issued_on=TODAY, originals=self._originals(list(back)))
        number = len(self.tax)
        ((self.tax[number], self.own[number]),) = draft.taxes.select("tax_minor", "own_minor").rows()
        for key, _, net in rows[: len(nets)]:
            self.left[key], self.charged[key], self.of[key] = net, net, number
        for key, net in back.items():
            self.left[key] -= net

    def return_all(self, original: int) -> None:
        """Give back all that is left of what a document charged."""
        lines = self._lines(original).rename({"credited_line_id": "charge_id"})
        back = lines.filter(pl.col("left_minor") != 0).select(
            "charge_id", net_minor=-pl.col("left_minor"), service_start=pl.lit(TODAY), service_until=pl.lit(MAY)
        )
        invoices = pl.DataFrame({"original_id": [original], "tax_rounding": [self.rounding]})
        draft = returned_in_full(
            invoices, lines.drop("left_minor", "tax_rounding").with_columns(position=0), back, TODAY
        )
        tax, own = int(draft.taxes["tax_minor"].sum()), self.own[original]
        charged = self.tax[original] if own is None else own
        assert charged < 0 or 0 <= -tax <= charged, "no more is given back than was charged"
        self.tax[len(self.tax)] = tax
        for key in back["charge_id"]:
            self.left[key] = 0

    def _originals(self, keys: list[int]) -> pl.DataFrame:
        return pl.concat(
            [pl.DataFrame(schema=ORIGINALS), *(self._lines(one) for one in sorted({self.of[key] for key in keys}))]
        )

    def _lines(self, original: int) -> pl.DataFrame:
        rows = [
            (key, original, "standard", 10, 100, self.charged[key], self.left[key], self.rounding, self.own[original])
            for key, document in self.of.items()
            if document == original
        ]
        return pl.DataFrame(rows, ORIGINALS, orient="row")

    def _dressed(self, charges: pl.DataFrame) -> pl.DataFrame:
        same = {
            **dict.fromkeys((*GROUPED_BY, *ADDRESSED, *PAYER, "order_id"), 1),
            "currency": "JPY",
            "payment_terms": "net:30:none",
            "tax_rounding": self.rounding,
        }
        return charges.with_columns(
            **{name: pl.lit(value) for name, value in same.items()},
            **dict(zip(RATE, (pl.lit("standard"), pl.lit(10), pl.lit(100)), strict=True)),
            service_start=pl.lit(TODAY),
            service_until=pl.lit(MAY),
            sequence=pl.int_range(pl.len()),
        )

"""How usage is priced goes from the catalog by the quote to the order; what it costs at least is shown before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.domains.billing.facts import PlanCharge, UsageGiven, UsageModel, UsageSource, UsageTerms, UsageTier
from kanjo.domains.billing.models import InvoiceLine
from kanjo.domains.billing.operations import record_usage
from kanjo.domains.catalog.models import UsagePrice
from kanjo.domains.catalog.operations import set_usage_price
from kanjo.domains.catalog.queries import list_usage_prices
from kanjo.domains.catalog.rules.usage import NotByPeriod, TiersUnfit
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.quotes.queries import get_quote
from kanjo.domains.quotes.rules.offering import ExpectedUnfit
from kanjo.domains.quotes.rules.stages import digest_of
from kanjo.foundation.ids import ProductId
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from kanjo.processes.agreed import Agreed
from kanjo.processes.amend_contract import amend_contract, preview_amendment
from kanjo.processes.draft_offer import LineWanted
from kanjo.processes.preview_offer import planned_charges
from kanjo.reports.usage import get_metered
from tests.builders import A_YEAR, NOW, a_customer, a_product
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.processes.test_amend_contract import broken

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-6")]

AT_LEAST = UsageTerms(
    UsageModel.GRADUATED,
    Text(en="API calls", ja="API呼出し"),
    (UsageTier(0, 10), UsageTier(100, 8)),
    included_units=20,
    minimum_minor=3_000,
    commitment_minor=40_000,
)
JUNE = date(2026, 6, 1)


@pytest.fixture
def office(db: None) -> Office:
    """An office that sells a cloud whose calls are priced."""
    office = an_office()
    offers(office.cloud)
    return office


@transaction.atomic
def offers(product_id: ProductId, terms: UsageTerms = AT_LEAST, on: date = APRIL) -> None:
    set_usage_price(product_id=product_id, currency="JPY", terms=terms, effective_on=on, by=house(), at=NOW)


def usage_billed() -> list[tuple[date, date, int]]:
    """Return what was invoiced of usage: when, for days from when, how much."""
    rows = InvoiceLine.objects.filter(plan__charge=PlanCharge.USAGE).order_by("service_start", "id")
    return list(rows.values_list("invoice__issued_on", "service_start", "net_minor"))


class TestHandedOver:
    @pytest.mark.row("BIL-13", "BIL-11")
    def test_the_least_on_the_quote_is_what_is_billed(self, office: Office) -> None:
        """A minimum a month and the rest of the commitment at the end: nobody keys anything in after the order."""
        quote_id = office.quote(a_customer(), [office.users(10), office.boxes(1)])
        found = get_quote(office.rep, quote_id)
        assert [line.usage for line in found.offer.lines] == [AT_LEAST, None]
        assert found.row.total_minor == 170_000, "usage is beside what is ordered"
        planned = planned_charges(found.offer.lines, on=APRIL, billing=found.offer.billing)
        least = [(one.billing_on, one.service.start, one.amount_minor) for one in planned if one.usage and one.service]
        assert [net for _, _, net in least] == [3_000] * 11 + [7_000]
        office.approve(office.submit(quote_id))
        deal = office.accept(quote_id, office.send(quote_id))
        for month in range(1, 13):
            office.bill(add_months(date(2026, 3, 31), month))
        assert usage_billed() == least
        assert get_metered(office.receivables, deal.lines[0].order_line_id).ratings[0].terms == AT_LEAST
        assert broken(office) == set()

    def test_what_is_expected_is_shown_and_owed_by_nobody(self, office: Office) -> None:
        """Of 620 calls a month 600 are priced, of 320 in the last sixteen days 310; what is owed stays the minimum."""
        half = Period(date(2026, 4, 16), date(2027, 4, 1))
        wanted = replace(office.users(10, service=half), expected_units=620)
        quote_id = office.quote(a_customer(), [office.boxes(1), wanted])
        offer = get_quote(office.rep, quote_id).offer
        assert [line.expected_units for line in offer.lines] == [0, 620]
        planned = planned_charges(offer.lines, on=APRIL, billing=offer.billing)
        shown = [(one.expected_units, one.amount_minor) for one in planned if one.usage]
        whole = 100 * 10 + 500 * 8
        assert shown == [(620, whole)] * 11 + [(620, 100 * 10 + 210 * 8)]
        office.approve(office.submit(quote_id))
        office.accept(quote_id, office.send(quote_id))
        office.bill(date(2026, 5, 31))
        assert [net for _, _, net in usage_billed()] == [3_000]

    def test_what_has_no_usage_price_expects_none(self, office: Office) -> None:
        """A box is not used by the unit; less than nothing is expected of nobody."""
        for wanted in (replace(office.boxes(1), expected_units=5), replace(office.users(1), expected_units=-1)):
            with pytest.raises(ExpectedUnfit):
                office.quote(a_customer(), [wanted])

    def test_what_is_used_is_billed_by_what_was_quoted(self, office: Office) -> None:
        """A catalog that changes after the quote moves nothing; the next quote takes the new price over."""
        quote_id = office.quote(a_customer(), [office.users(10)])
        dearer = replace(AT_LEAST, tiers=(UsageTier(0, 99),))
        offers(office.cloud, dearer)
        office.approve(office.submit(quote_id))
        deal = office.accept(quote_id, office.send(quote_id))
        with transaction.atomic():
            record_usage(
                company_id=office.company_id,
                events=[UsageGiven("1", deal.lines[0].order_line_id, "e-1", date(2026, 4, 20), 1_000)],
                source=UsageSource.API,
                on=date(2026, 4, 30),
                by=office.receivables,
                at=morning(APRIL),
            )
        office.bill(date(2026, 4, 30))
        assert usage_billed() == [(date(2026, 4, 30), APRIL, 100 * 10 + 880 * 8)]
        again = get_quote(office.rep, office.quote(a_customer(), [office.users(1)]))
        assert [line.usage for line in again.offer.lines] == [dearer]

    def test_it_is_part_of_what_is_signed(self, office: Office) -> None:
        """Another price of usage is another digest; without one the digest is that of before there was any."""
        offer = get_quote(office.rep, office.quote(a_customer(), [office.users(10)])).offer
        (line,) = offer.lines
        assert line.usage
        other = replace(line.usage, minimum_minor=1)
        digests = {digest_of(replace(offer, lines=(replace(line, usage=one),))) for one in (line.usage, other, None)}
        assert len(digests) == 3

    @pytest.mark.row("BIL-8")
    def test_an_added_line_brings_its_own(self, office: Office) -> None:
        """The preview of an add-on shows its minimum by day, and the runs bill just that."""
        plain = a_product(office.company_id, "PLAIN")
        deal = office.sell(a_customer(), [LineWanted(plain, 1, None, A_YEAR)])
        agreed = Agreed(
            kind=AmendmentKind.ADD_ON,
            effective_on=date(2026, 5, 16),
            concluded_on=MAY,
            because="追加",
            added=(LineWanted(office.cloud, 5),),
        )
        preview = preview_amendment(deal.contract_id, agreed, office.deal_management)
        shown = [
            (charge.bill_on, charge.service.start, charge.net_minor)
            for invoice in preview.invoices
            for charge in invoice.charges
            if charge.usage
        ]
        assert shown[:2] == [(date(2026, 5, 31), date(2026, 5, 16), 1_548), (date(2026, 6, 30), JUNE, 3_000)]
        with transaction.atomic():
            amend_contract(contract_id=deal.contract_id, agreed=agreed, by=office.deal_management, at=morning(MAY))
        for month in range(2, 13):
            office.bill(add_months(date(2026, 3, 31), month))
        assert usage_billed() == shown
        assert broken(office) == set()


class TestCatalog:
    def test_the_same_terms_add_nothing(self, office: Office) -> None:
        """The price in force stays one row; another one from a later day is a second, and none is ever changed."""
        offers(office.cloud)
        offers(office.cloud, replace(AT_LEAST, minimum_minor=0), MAY)
        assert [(row.effective_on, row.terms.minimum_minor) for row in list_usage_prices(office.cloud)] == [
            (MAY, 0),
            (APRIL, 3_000),
        ]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_usageprice SET terms = '{}'")

    def test_what_has_no_periods_or_no_sound_tiers_is_refused(self, office: Office) -> None:
        """A box has no periods; tiers that leave units without a price are none."""
        before = UsagePrice.objects.count()
        with pytest.raises(NotByPeriod):
            offers(office.box)
        with pytest.raises(TiersUnfit):
            offers(office.cloud, replace(AT_LEAST, tiers=(UsageTier(5, 10),)))
        assert UsagePrice.objects.count() == before

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("ja", "従量単価（API呼出し・段階別単価（超過分ごと））: ¥10・100超は¥8、期間ごとの無料数量20、"),
            ("en", "Usage per API calls, graduated tiers: JPY 10, above 100 JPY 8; 20 included per period; at least"),
        ],
    )
    def test_it_is_said_in_a_sentence(self, language: str, words: str) -> None:
        """Model, tiers and what else is agreed, in the reader's language."""
        assert AT_LEAST.said("JPY").said_in(language).startswith(words)


def test_terms_are_kept_as_they_are() -> None:
    """Written down and read again they are the same."""
    assert UsageTerms.from_json(AT_LEAST.as_json()) == AT_LEAST

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.domains.catalog.operations import add_product
from kanjo.domains.customers.operations import register_customer
from kanjo.domains.opportunities.facts import NewOpportunity, Stage, StageTotal
from kanjo.domains.opportunities.models import Opportunity
from kanjo.domains.opportunities.operations import (
    engage_opportunity,
    expect_close,
    lose_opportunity,
    open_opportunity,
    take_in_opportunities,
    win_opportunity,
)
from kanjo.domains.opportunities.queries import (
    count_opportunities,
    get_opportunity,
    list_opportunities,
    list_won_elsewhere,
    stage_totals,
)
from kanjo.domains.opportunities.rules.stages import (
    ClosedBeforeEngaged,
    CurrencyDiffers,
    KeyTaken,
    ReasonMissing,
    WrongStage,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, PersonId, ProductId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, an_actor

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Desk:
    """A rep with something to sell to somebody."""

    company: CompanyId
    rep: Actor
    customer: CustomerId
    product: ProductId

    def opens(self, key: str = "K1", *, name: str = "Acme: Box", engaged_on: date | None = TODAY) -> OpportunityId:
        return open_opportunity(
            company_id=self.company,
            customer_id=self.customer,
            product_id=self.product,
            owner_id=self.rep.id,
            name=name,
            external_key=key,
            engaged_on=engaged_on,
            currency="USD",
            by=self.rep,
            at=NOW,
        )

    def wins(self, key: OpportunityId, on: date, value: Money) -> None:
        win_opportunity(opportunity_id=key, on=on, value=value, by=self.rep, at=NOW)

    def reads(self, key: OpportunityId) -> tuple[str, date | None, int | None]:
        row = get_opportunity(key, self.rep)
        return row.stage, row.closed_on, row.value_minor

    def deal(self, number: int, stage: Stage = Stage.ENGAGING) -> NewOpportunity:
        return NewOpportunity(
            external_key=f"N{number:04}",
            name=f"Deal {number}",
            customer_id=self.customer,
            product_id=self.product,
            owner_id=PersonId(self.rep.id),
            currency="USD",
            stage=stage,
            engaged_on=TODAY,
        )


@pytest.fixture
def desk() -> Desk:
    company = a_company(currency="USD")
    rep = an_actor(Role.SALES_REP, Role.SALES_OPERATIONS, companies=[company])
    product = add_product(
        company_id=company,
        code="BOX",
        name=Text(en="Box", ja="箱"),
        family="",
        charge=ChargeKind.ONE_TIME,
        timing=BillingTiming.ON_ACCEPTANCE,
        interval_months=0,
        recognition=Recognition.AT_A_POINT,
        tax_class=TaxClass.OUT_OF_SCOPE,
        by=rep,
        at=NOW,
    )
    return Desk(company, rep, register_customer(name="Acme", country="US", by=rep, at=NOW), product)


def facts() -> list[str]:
    return list(FactRow.objects.filter(kind__startswith="opportunities.").order_by("id").values_list("kind", flat=True))


class TestOpen:
    def test_a_deal_with_a_first_day_is_engaging_else_prospecting(self, desk: Desk) -> None:
        """The stage follows from what is known."""
        assert desk.reads(desk.opens("K1"))[0] == Stage.ENGAGING
        assert desk.reads(desk.opens("K2", engaged_on=None))[0] == Stage.PROSPECTING
        assert facts() == ["opportunities.opened", "opportunities.opened"]

    def test_the_same_key_again_is_the_same_deal(self, desk: Desk) -> None:
        """A deal opened twice is one; its key for another deal is refused."""
        assert desk.opens() == desk.opens()
        with pytest.raises(KeyTaken):
            desk.opens(name="Beta: Box")
        assert facts() == ["opportunities.opened"]


class TestWin:
    def test_a_won_deal_has_its_day_and_value(self, desk: Desk) -> None:
        """Winning writes day and value once; the same again changes nothing."""
        key = desk.opens()
        for _ in range(2):
            desk.wins(key, date(2026, 5, 1), Money(105_400, "USD"))
        assert desk.reads(key) == (Stage.WON, date(2026, 5, 1), 105_400)
        assert facts() == ["opportunities.opened", "opportunities.won"]

    def test_a_refused_win_changes_nothing(self, desk: Desk) -> None:
        """A deal in dollars is not won in yen, nor before it began, nor by a prospect, nor twice at two values."""
        key, prospect = desk.opens(), desk.opens("K2", engaged_on=None)
        with pytest.raises(CurrencyDiffers):
            desk.wins(key, date(2026, 5, 1), Money(1, "JPY"))
        with pytest.raises(ClosedBeforeEngaged):
            desk.wins(key, date(2026, 3, 31), Money(1, "USD"))
        with pytest.raises(WrongStage):
            desk.wins(prospect, date(2026, 5, 1), Money(1, "USD"))
        assert desk.reads(key) == (Stage.ENGAGING, None, None)
        desk.wins(key, date(2026, 5, 1), Money(1, "USD"))
        with pytest.raises(WrongStage):
            desk.wins(key, date(2026, 5, 1), Money(2, "USD"))
        assert desk.reads(key) == (Stage.WON, date(2026, 5, 1), 1)

    def test_what_was_won_cannot_be_rewritten(self, desk: Desk) -> None:
        """Not even by a statement past the verbs."""
        key = desk.opens()
        desk.wins(key, date(2026, 5, 1), Money(1, "USD"))
        for change in ("value_minor = 2", "stage = 'lost', value_minor = NULL"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE opportunities_opportunity SET {change}")  # our own words

    def test_a_win_costs_six_queries_at_most(
        self, desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Thousands of deals are won in one replay."""
        key = desk.opens()
        with django_assert_max_num_queries(6):
            desk.wins(key, date(2026, 5, 1), Money(1, "USD"))


class TestLose:
    def test_a_lost_deal_says_why(self, desk: Desk) -> None:
        """Losing needs a reason; a prospect may be lost too."""
        key = desk.opens(engaged_on=None)
        with pytest.raises(ReasonMissing):
            lose_opportunity(opportunity_id=key, on=date(2026, 5, 1), because=" ", by=desk.rep, at=NOW)
        assert desk.reads(key) == (Stage.PROSPECTING, None, None)
        for _ in range(2):
            lose_opportunity(opportunity_id=key, on=date(2026, 5, 1), because="price", by=desk.rep, at=NOW)
        assert desk.reads(key) == (Stage.LOST, date(2026, 5, 1), None)
        assert facts() == ["opportunities.opened", "opportunities.lost"]


class TestExpect:
    def test_what_is_expected_stays_beside_what_was_won(self, desk: Desk) -> None:
        """A prospect is engaged, expected to bring ten, and won for nine."""
        key = desk.opens("A", engaged_on=None)
        engage_opportunity(opportunity_id=key, on=date(2026, 4, 2), by=desk.rep, at=NOW)
        expect_close(opportunity_id=key, close_on=date(2026, 5, 1), value=Money(10, "USD"), by=desk.rep, at=NOW)
        assert desk.reads(key)[0] == Stage.ENGAGING
        desk.wins(key, date(2026, 5, 2), Money(9, "USD"))
        assert get_opportunity(key, desk.rep).expected_minor == 10


class TestTakeIn:
    def test_what_was_won_elsewhere_is_found_in_the_order_of_its_day(self, desk: Desk) -> None:
        """A deal that is only expected to close, here or there, is not taken for one that was won."""
        late, early, forecast = (
            replace(desk.deal(number), expected_close_on=day, expected_minor=10, won_elsewhere=won)
            for number, day, won in (
                (1, date(2026, 6, 1), True),
                (2, date(2026, 5, 1), True),
                (3, date(2026, 5, 1), False),
            )
        )
        take_in_opportunities(company_id=desk.company, opportunities=[late, early, forecast], by=desk.rep, at=NOW)
        here = desk.opens("A")
        expect_close(opportunity_id=here, close_on=date(2026, 5, 1), value=Money(10, "USD"), by=desk.rep, at=NOW)
        first, second = list_won_elsewhere(desk.company)
        assert [first.external_key, second.external_key] == ["N0002", "N0001"]
        desk.wins(first.id, date(2026, 5, 1), Money(10, "USD"))
        assert list_won_elsewhere(desk.company) == [second]

    def test_new_keys_are_written_and_known_ones_left_alone(self, desk: Desk) -> None:
        """A deal already won here is not touched by the other system's older word."""
        deals = [desk.deal(1), desk.deal(2, Stage.PROSPECTING)]
        deals.append(replace(desk.deal(3, Stage.LOST), closed_on=date(2026, 4, 3)))
        assert take_in_opportunities(company_id=desk.company, opportunities=deals, by=desk.rep, at=NOW) == 3
        won = OpportunityId(Opportunity.objects.get(external_key="N0001").pk)
        desk.wins(won, date(2026, 5, 1), Money(1, "USD"))
        assert take_in_opportunities(company_id=desk.company, opportunities=deals, by=desk.rep, at=NOW) == 0
        assert desk.reads(won) == (Stage.WON, date(2026, 5, 1), 1)
        assert facts() == ["opportunities.won"]

    def test_strange_texts_arrive_unchanged(self, desk: Desk) -> None:
        """Quotes, commas, line ends and backslashes in a name survive the bulk load."""
        name = 'O"Brien, \\N \\. \n 株式会社「あ」'
        strange = replace(desk.deal(1), name=name)
        take_in_opportunities(company_id=desk.company, opportunities=[strange], by=desk.rep, at=NOW)
        assert Opportunity.objects.get().name == name

    def test_each_deal_taken_in_is_in_the_trail(self, desk: Desk) -> None:
        """Bulk or single, every row names the act and the actor."""
        take_in_opportunities(company_id=desk.company, opportunities=[desk.deal(1)], by=desk.rep, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT verb, actor FROM audit_change WHERE subject = 'opportunities_opportunity'")
            assert cursor.fetchall() == [("opportunities.take-in", desk.rep.name)]


class TestReads:
    def test_a_stranger_sees_nothing(self, desk: Desk) -> None:
        """Deals are seen by the people of their company."""
        key = desk.opens()
        stranger = an_actor(Role.SALES_REP, companies=[a_company("other")])
        assert (list_opportunities(stranger), count_opportunities(stranger), stage_totals(stranger)) == ([], 0, [])
        with pytest.raises(NotFound):
            get_opportunity(key, stranger)

    def test_totals_by_stage_add_up(self, desk: Desk) -> None:
        """What management sees by stage is the sum of the deals."""
        first, second = desk.opens("A"), desk.opens("B")
        desk.wins(first, date(2026, 5, 1), Money(7, "USD"))
        expect_close(opportunity_id=second, close_on=date(2026, 5, 1), value=Money(5, "USD"), by=desk.rep, at=NOW)
        totals = {row.stage: row for row in stage_totals(desk.rep)}
        assert totals == {
            Stage.ENGAGING: _total(desk, Stage.ENGAGING, expected=5, won=0),
            Stage.WON: _total(desk, Stage.WON, expected=0, won=7),
        }

    @pytest.mark.parametrize("count", [10, 1_000])
    def test_a_list_costs_two_queries_whatever_its_length(
        self, desk: Desk, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Ten deals or a thousand, with customer, product and owner: two queries."""
        deals = [desk.deal(number) for number in range(count)]
        take_in_opportunities(company_id=desk.company, opportunities=deals, by=desk.rep, at=NOW)
        with django_assert_num_queries(2):
            rows = list_opportunities(desk.rep, stage=Stage.ENGAGING, limit=count)
        assert len(rows) == count
        assert (rows[0].customer, rows[0].product, rows[0].owner) == ("Acme", "BOX", desk.rep.name)
        assert count_opportunities(desk.rep, search="deal 1") == count_opportunities(desk.rep, search="Deal 1")


def _total(desk: Desk, stage: Stage, *, expected: int, won: int) -> StageTotal:
    return StageTotal(
        company_id=desk.company, stage=stage, currency="USD", deals=1, expected_minor=expected, won_minor=won
    )

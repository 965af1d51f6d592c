"""Usage is priced by line and taken in, every event once, on the real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import (
    ContractChange,
    UsageGiven,
    UsageModel,
    UsageSource,
    UsageStep,
    UsageTerms,
    UsageTier,
)
from kanjo.domains.billing.models import UsageDelivery, UsageEvent, UsageRating
from kanjo.domains.billing.rules import usage_guards as guards
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.tests.conftest import an_order
from kanjo.domains.billing.tests.test_changes import amend, away
from kanjo.domains.catalog.rules import usage as catalog
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, OrderLineId, UsageDeliveryId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.tables import NotFound
from kanjo.reports.usage import get_delivery, get_metered, list_metered, list_usage
from tests.builders import NOW, a_box, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import AmendmentKind

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-6")]

ON = date(2026, 6, 15)
APRIL = date(2026, 4, 1)
CALLS = UsageTerms(
    UsageModel.GRADUATED,
    Text(en="API calls", ja="API呼出し"),
    (UsageTier(0, 10), UsageTier(100, 8)),
    included_units=20,
)


@pytest.fixture
def company(db: None) -> CompanyId:
    return a_company()


@pytest.fixture
def customer(db: None) -> CustomerId:
    return a_customer()


@pytest.fixture
def accountant(company: CompanyId) -> Actor:
    return an_actor(Role.RECEIVABLES, companies=[company])


@pytest.fixture
def operator(company: CompanyId) -> Actor:
    return an_actor(Role.SALES_OPERATIONS, companies=[company])


@pytest.fixture
def line(company: CompanyId, customer: CustomerId, operator: Actor) -> OrderLineId:
    """A line served from April 2026 for a year, whose usage has a price."""
    (line_id,) = an_order(company, customer, [a_line(a_product(company))]).lines
    rated(line_id, operator)
    return line_id


def rated(line_id: OrderLineId, by: Actor, terms: UsageTerms = CALLS, on: date = APRIL) -> None:
    billing.rate_usage(order_line_id=line_id, terms=terms, effective_on=on, because="注文書", by=by, at=NOW)


@pytest.fixture
def send(company: CompanyId, accountant: Actor) -> Callable[..., UsageDelivery]:
    """Record events, and return their delivery."""

    def record(*events: UsageGiven, **also: Any) -> UsageDelivery:
        delivery_id = billing.record_usage(
            **{"company_id": company, "events": events, "source": UsageSource.API, "on": ON, "by": accountant, **also},
            at=NOW,
        )
        return UsageDelivery.objects.get(pk=delivery_id)

    return record


def an_event(line_id: OrderLineId, event_id: str = "e-1", quantity: int = 70, **changes: Any) -> UsageGiven:
    return replace(UsageGiven("1", line_id, event_id, date(2026, 4, 20), quantity), **changes)


def told(delivery: UsageDelivery) -> tuple[int, int, list[tuple[str, str]]]:
    return delivery.accepted, delivery.known, [(one["place"], one["rule"]) for one in delivery.refused]


class TestRateUsage:
    def test_the_same_terms_again_change_nothing(self, line: OrderLineId, operator: Actor) -> None:
        """What is agreed from a day on is agreed once; other terms from that day are refused."""
        rated(line, operator)
        with pytest.raises(guards.RatedOtherwise):
            rated(line, operator, replace(CALLS, included_units=21))
        assert UsageRating.objects.count() == 1

    def test_what_is_agreed_for_the_term_stays(self, line: OrderLineId, operator: Actor) -> None:
        """A later price may change the period, never the commitment or the prepayment of the term."""
        with pytest.raises(guards.TermAgreed):
            rated(line, operator, replace(CALLS, prepaid_units=1_000), date(2026, 7, 1))
        rated(line, operator, replace(CALLS, minimum_minor=500), date(2026, 7, 1))
        assert [one.effective_on for one in get_metered(operator, line).ratings] == [APRIL, date(2026, 7, 1)]

    @pytest.mark.parametrize(
        ("terms", "refusal"),
        [
            ({"tiers": ()}, catalog.TiersUnfit),
            ({"tiers": (UsageTier(5, 10),)}, catalog.TiersUnfit),
            ({"tiers": (UsageTier(0, 10), UsageTier(0, 8))}, catalog.TiersUnfit),
            ({"model": UsageModel.PACKAGE}, catalog.TiersUnfit),
            ({"tiers": (UsageTier(0, -1),)}, catalog.AmountUnfit),
            ({"tiers": (UsageTier(0, 1, 0),)}, catalog.AmountUnfit),
            ({"minimum_minor": -1}, catalog.AmountUnfit),
        ],
    )
    def test_terms_without_a_price_for_every_unit_are_refused(
        self, line: OrderLineId, operator: Actor, terms: dict[str, Any], refusal: type[Refusal]
    ) -> None:
        """Tiers begin at 0 and rise; a single price has one tier; nothing is negative."""
        with pytest.raises(refusal):
            rated(line, operator, replace(CALLS, **terms), date(2026, 8, 1))
        assert UsageRating.objects.count() == 1

    def test_what_is_charged_once_has_no_periods(
        self, company: CompanyId, customer: CustomerId, operator: Actor
    ) -> None:
        """Usage is priced on recurring lines, of the actor's companies, by those who agree prices."""
        (box,) = an_order(company, customer, [a_line(a_box(company))]).lines
        with pytest.raises(catalog.NotByPeriod):
            rated(box, operator)
        with pytest.raises(PlanMissing):
            rated(box, an_actor(Role.SALES_OPERATIONS, companies=[a_company(code="OTHER")]))
        with pytest.raises(NotYourRole):
            rated(box, an_actor(Role.RECEIVABLES, companies=[company]))


class TestRecordUsage:
    def test_every_event_counts_once(
        self, line: OrderLineId, send: Callable[..., UsageDelivery], accountant: Actor
    ) -> None:
        """Sent again, alone or beside new ones, an event is known and changes nothing."""
        assert told(send(an_event(line))) == (1, 0, [])
        assert told(send(an_event(line), an_event(line, "e-2", 80), an_event(line, "e-2", 80))) == (1, 2, [])
        april = get_metered(accountant, line).periods[0]
        assert (april.quantity, april.net.minor) == (150, 1_240)
        assert [(step.kind, step.units, step.amount.minor) for step in april.steps] == [
            (UsageStep.INCLUDED, 20, 0),
            (UsageStep.TIER, 100, 1_000),
            (UsageStep.TIER, 30, 240),
        ]

    def test_each_refusal_names_its_place_and_rule(
        self, company: CompanyId, customer: CustomerId, line: OrderLineId, send: Callable[..., UsageDelivery]
    ) -> None:
        """The others are taken; what is refused stands in the delivery with the rule in both languages."""
        (unpriced,) = an_order(company, customer, [a_line(a_product(company, "CLOUD-L"))]).lines
        delivery = send(
            an_event(line, "good", place="1"),
            an_event(unpriced, "b", place="2"),
            an_event(line, "c", used_on=date(2026, 3, 31), place="3"),
            an_event(line, "d", used_on=ON + timedelta(days=1), place="4"),
            an_event(line, "e", -1, place="5"),
            an_event(line, "good", 71, place="6"),
            an_event(line, "", place="7"),
            an_event(line, "h", corrects="nowhere", place="8"),
        )
        assert told(delivery) == (
            1,
            0,
            [
                ("2", "usage.line-unknown"),
                ("3", "usage.outside-service"),
                ("4", "usage.day-to-come"),
                ("5", "usage.quantity"),
                ("6", "usage.other-content"),
                ("7", "usage.event-id"),
                ("8", "usage.corrects-nothing"),
            ],
        )
        assert UsageEvent.objects.get().quantity == 70
        assert "訂正は、新しいIDのイベント" in delivery.refused[4]["ja"]
        assert "e-1" not in str(delivery.refused)

    def test_usage_before_it_had_a_price_is_refused(
        self, company: CompanyId, customer: CustomerId, operator: Actor, send: Callable[..., UsageDelivery]
    ) -> None:
        """From the first day of the period in which the first price begins, usage is taken."""
        (line_id,) = an_order(company, customer, [a_line(a_product(company))]).lines
        rated(line_id, operator, on=date(2026, 5, 20))
        may = an_event(line_id, "may", used_on=date(2026, 5, 1), place="2")
        assert told(send(an_event(line_id), may)) == (1, 0, [("1", "usage.outside-service")])

    def test_usage_after_the_end_is_refused(self, line: OrderLineId, send: Callable[..., UsageDelivery]) -> None:
        """A line that ended takes no usage of later days."""
        late = an_event(line, used_on=date(2027, 4, 1))
        assert told(send(late, on=date(2027, 5, 1))) == (0, 0, [("1", "usage.outside-service")])

    def test_a_line_that_ended_early_or_paused_takes_none(
        self, company: CompanyId, customer: CustomerId, operator: Actor, send: Callable[..., UsageDelivery]
    ) -> None:
        """Neither on days of a pause nor after the end that an amendment told; once that is withdrawn, it does."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (line_id,) = planned.lines
        rated(line_id, operator, replace(CALLS, minimum_minor=900))
        amend(planned, away(planned, date(2026, 4, 10), date(2026, 4, 21)), AmendmentKind.SUSPENSION)
        ending = amend(planned, away(planned, date(2026, 6, 1), None, for_good=True), AmendmentKind.END_OF_LINES)
        late = an_event(line_id, "late", used_on=date(2026, 6, 1), place="2")
        assert told(send(an_event(line_id), late)) == (0, 0, [("1", "usage.not-served"), ("2", "usage.not-served")])
        assert len(get_metered(operator, line_id).periods) == 2
        amend(planned, ContractChange(withdraws=(ending,)), AmendmentKind.WITHDRAWAL)
        assert told(send(late)) == (1, 0, [])
        assert len(get_metered(operator, line_id).periods) == 12

    def test_a_file_is_taken_whole_or_not_at_all(self, line: OrderLineId, send: Callable[..., UsageDelivery]) -> None:
        """With one wrong line nothing of it is kept."""
        events = an_event(line, place="may.csv:2"), an_event(line, "e-2", -1, place="may.csv:3")
        with pytest.raises(guards.QuantityUnfit, match=r"may\.csv:3"):
            send(*events, whole=True)
        assert not UsageEvent.objects.exists()
        assert not UsageDelivery.objects.exists()

    def test_what_costs_too_much_to_be_billed_is_refused(
        self, company: CompanyId, customer: CustomerId, operator: Actor, send: Callable[..., UsageDelivery]
    ) -> None:
        """The dearest event that can be billed is taken, one unit more is not, nor by a correction; the event is named.

        Units that are included cost nothing, and by volume all units cost what the last one does.
        """
        (line_id,) = an_order(company, customer, [a_line(a_product(company))]).lines
        terms = UsageTerms(
            UsageModel.VOLUME, CALLS.unit, (UsageTier(0, 10**6), UsageTier(1_000, 10**4)), included_units=7
        )
        rated(line_id, operator, terms)
        most = an_event(line_id, quantity=10**11 + 7)
        over = an_event(line_id, "over", quantity=10**11 + 8, place="events[1]")
        again = an_event(line_id, "again", quantity=10**15, corrects="e-1", place="events[2]")
        delivery = send(most, over, again)
        assert told(delivery) == (1, 0, [("events[1]", "usage.too-dear"), ("events[2]", "usage.too-dear")])
        assert delivery.refused[0]["en"].startswith(
            "The 100,000,000,008 units of event over cost 1,000,000,000,010,000 minor units"
        )
        assert "イベント over" in delivery.refused[0]["ja"]
        with pytest.raises(guards.TooDear, match=r"may\.csv:2"):
            send(an_event(line_id, "file", quantity=10**15, place="may.csv:2"), whole=True)

    def test_a_correction_counts_in_the_place_of_what_it_corrects(
        self, line: OrderLineId, send: Callable[..., UsageDelivery], accountant: Actor
    ) -> None:
        """Within one delivery and later; an event is corrected once, then its correction is."""
        send(an_event(line, "a", 100), an_event(line, "b", 40, corrects="a"))
        assert get_metered(accountant, line).periods[0].quantity == 40
        again = send(
            an_event(line, "c", 30, corrects="a", place="1"),
            an_event(line, "d", 30, corrects="b", place="2"),
        )
        assert told(again) == (1, 0, [("1", "usage.corrected-before")])
        assert get_metered(accountant, line).periods[0].quantity == 30
        events = {row.event_id: (row.corrects, row.corrected_by) for row in list_usage(accountant, line)}
        assert events == {"a": ("", "b"), "b": ("a", "d"), "d": ("b", "")}

    def test_a_correction_stays_on_its_line(
        self,
        company: CompanyId,
        customer: CustomerId,
        line: OrderLineId,
        send: Callable[..., UsageDelivery],
        operator: Actor,
    ) -> None:
        """What was used of another line is an event of its own."""
        (other,) = an_order(company, customer, [a_line(a_product(company, "CLOUD-L"))]).lines
        rated(other, operator)
        send(an_event(line, "a"))
        assert told(send(an_event(other, "b", corrects="a"))) == (0, 0, [("1", "usage.corrects-other-line")])

    def test_usage_belongs_to_one_company(
        self, company: CompanyId, line: OrderLineId, send: Callable[..., UsageDelivery]
    ) -> None:
        """Nobody records for a company it is not assigned to, nor sees what another one's lines used."""
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company(code="OTHER")])
        with pytest.raises(NotFound):
            send(an_event(line), by=stranger)
        delivery = send(an_event(line))
        assert not list_metered(stranger)
        assert not list_usage(stranger, line)
        for refused in (
            lambda: get_metered(stranger, line),
            lambda: get_delivery(stranger, UsageDeliveryId(delivery.pk)),
        ):
            with pytest.raises(NotFound):
                refused()

    def test_the_tables_defend_themselves(self, line: OrderLineId, send: Callable[..., UsageDelivery]) -> None:
        """What was used is never edited or removed, and an id stands once."""
        send(an_event(line))
        row = UsageEvent.objects.get()
        for statement in (
            "UPDATE billing_usageevent SET quantity = 1",
            "DELETE FROM billing_usageevent",
            "UPDATE billing_usagerating SET minimum_minor = 1",
            "UPDATE billing_usagedelivery SET accepted = 9",
            "DELETE FROM billing_usagetier",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


class TestCorrectUsage:
    def test_usage_is_taken_back_with_a_reason(
        self, company: CompanyId, line: OrderLineId, send: Callable[..., UsageDelivery], accountant: Actor
    ) -> None:
        """Corrected to 0 it costs nothing; sent again it is known; what is not there is not corrected."""
        send(an_event(line, "a"))
        asked: dict[str, Any] = {
            "company_id": company,
            "corrects": "a",
            "event_id": "a-2",
            "used_on": date(2026, 4, 20),
            "quantity": 0,
            "because": "試験環境の利用",
            "on": ON,
            "by": accountant,
            "at": NOW,
        }
        first, again = (get_delivery(accountant, billing.correct_usage(**asked)) for _ in range(2))
        assert (first.accepted, first.because, again.accepted, again.known) == (1, "試験環境の利用", 0, 1)
        assert get_metered(accountant, line).periods[0].quantity == 0
        with pytest.raises(guards.CorrectsNothing):
            billing.correct_usage(**{**asked, "corrects": "z"})
        with pytest.raises(guards.CorrectedBefore):
            billing.correct_usage(**{**asked, "event_id": "a-3"})
        assert UsageDelivery.objects.count() == 3

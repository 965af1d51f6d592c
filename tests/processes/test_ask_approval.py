"""A quote goes to its approvers, and the quote learns their answer in the same act."""

from __future__ import annotations

import pytest
from django.db import transaction

from kanjo.domains.approvals.facts import ConditionDraft, ConditionKind, Decision, RequestState
from kanjo.domains.approvals.models import ApprovalCondition
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import QuoteId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes.ask_approval import decide_item, meet_condition
from tests.builders import a_customer
from tests.harness.office import APRIL, Office, an_office, morning
from tests.processes.end_state import end_state

pytestmark = pytest.mark.django_db

PREPAY = ConditionDraft(ConditionKind.PREPAYMENT, Text(en="Pay in advance.", ja="前払いとすること。"))


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def discounted(office: Office) -> QuoteId:
    """Ten users with ten percent off."""
    return office.quote(a_customer(), [office.users(10, 9_000)])


@transaction.atomic
def answer(office: Office, quote_id: QuoteId, decision: Decision, *conditions: ConditionDraft) -> RequestState:
    """Submit the quote and let the CxO answer."""
    [item_id] = office.open_items(office.submit(quote_id))
    return decide_item(
        item_id=item_id,
        decision=decision,
        conditions=conditions,
        comment="考えた上で",
        on=APRIL,
        by=office.cxo,
        at=morning(APRIL),
    )


def state(office: Office, quote_id: QuoteId) -> QuoteState:
    return get_quote(office.rep, quote_id).row.state


def whys(actor: Actor) -> list[str]:
    return [row.why.en for row in list_queue(actor)]


class TestSubmit:
    def test_a_quote_at_list_price_is_approved_at_once(self, office: Office) -> None:
        """Where nobody needs to be asked, the seller goes on in the same minute."""
        quote_id = office.quote(a_customer(), [office.users(10)])
        office.submit(quote_id)
        assert state(office, quote_id) is QuoteState.APPROVED
        assert whys(office.rep) == ["Quote Q-2026-000001 is approved: send it to the customer."]

    @pytest.mark.row("APR-I1")
    def test_the_smallest_discount_waits_for_the_cxo(self, office: Office) -> None:
        """One yen off a thousand: the CxO is asked about that quote of that customer, and the quote waits."""
        quote_id = office.quote(a_customer(), [office.users(1, 999)])
        office.submit(quote_id)
        assert state(office, quote_id) is QuoteState.SUBMITTED
        [asked] = list_queue(office.cxo)
        assert asked.why.en == "Q-2026-000001, 株式会社青葉商事, JPY 11,988: Any discount needs a CxO."
        assert asked.why.ja.startswith("Q-2026-000001　株式会社青葉商事　¥11,988: ")
        assert whys(office.rep) == []


class TestAnswers:
    @pytest.mark.parametrize(
        ("decision", "reached", "told"),
        [
            (Decision.APPROVE, QuoteState.APPROVED, "is approved: send it to the customer."),
            (Decision.REJECT, QuoteState.REJECTED, "is rejected: revise or withdraw it."),
        ],
    )
    @pytest.mark.row("OPS-7", "APR-8")
    def test_the_quote_learns_the_answer_with_the_decision(
        self, office: Office, discounted: QuoteId, decision: Decision, reached: QuoteState, told: str
    ) -> None:
        """Nobody carries it over: the seller finds the result in the queue, the CxO's queue is empty."""
        answer(office, discounted, decision)
        assert state(office, discounted) is reached
        assert whys(office.rep) == [f"Quote Q-2026-000001 {told}"]
        assert whys(office.cxo) == []

    @pytest.mark.row("APR-5", "OPS-7")
    def test_a_condition_holds_the_quote_until_it_is_met(self, office: Office, discounted: QuoteId) -> None:
        """Conditional: Deal Management has the condition as work; its proof makes the quote approved."""
        assert answer(office, discounted, Decision.CONDITION, PREPAY) is RequestState.CONDITIONAL
        assert state(office, discounted) is QuoteState.CONDITIONAL
        assert whys(office.deal_management) == ["Q-2026-000001, 株式会社青葉商事, JPY 108,000: Pay in advance."]
        with transaction.atomic():
            reached = meet_condition(
                condition_id=ApprovalCondition.objects.get().pk,
                proof="入金確認 2026-04-01",
                on=APRIL,
                by=office.deal_management,
                at=morning(APRIL),
            )
        assert reached is RequestState.APPROVED
        assert state(office, discounted) is QuoteState.APPROVED
        assert whys(office.deal_management) == []


class TestRefused:
    def test_the_maker_does_not_decide(self, office: Office) -> None:
        """Whoever drafted the offer is refused, also with the role of a CxO, and the quote goes on waiting."""
        quote_id = office.quote(a_customer(), [office.users(10, 9_000)], by=office.founder)
        [item_id] = office.open_items(office.submit(quote_id, by=office.founder))
        before = end_state()
        with pytest.raises(Refusal), transaction.atomic():
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=APRIL, by=office.founder, at=morning(APRIL))
        assert end_state() == before
        assert state(office, quote_id) is QuoteState.SUBMITTED

    def test_a_second_answer(self, office: Office, discounted: QuoteId) -> None:
        """What was rejected is not approved afterwards."""
        [item_id] = office.open_items(office.submit(discounted))
        with transaction.atomic():
            decide_item(
                item_id=item_id, decision=Decision.REJECT, comment="高い", on=APRIL, by=office.cxo, at=morning(APRIL)
            )
        before = end_state()
        with pytest.raises(Refusal), transaction.atomic():
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=APRIL, by=office.deputy, at=morning(APRIL))
        assert end_state() == before

    def test_submitted_twice(self, office: Office, discounted: QuoteId) -> None:
        """One version is handed in once."""
        office.submit(discounted)
        before = end_state()
        with pytest.raises(Refusal):
            office.submit(discounted)
        assert end_state() == before

"""From the first talk to the order: quotes, approvals, what the customer says, what is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kanjo.domains.approvals import operations as approvals
from kanjo.domains.approvals.facts import ConditionDraft, ConditionKind, Decision
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.quotes.models import Sending
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ApprovalItemId, CustomerId, FileId, QuoteId
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.texts import Text
from kanjo.platform.files.operations import digest_of
from kanjo.processes import ask_approval
from kanjo.processes.accept_quote import ConcludedDeal, SignedPaper
from kanjo.processes.draft_offer import LineWanted, price
from tests.harness.office import TERMS
from tests.harness.story import PICK, Story, waits, whole

ENOUGH = 6
"""So many open quotes, or orders, and nobody begins another one."""


@dataclass(frozen=True)
class Wish:
    """What a customer asks for: for how long, and at which share of the list price."""

    users: int
    boxes: int
    months: int
    percent: int


WISH = st.builds(
    Wish,
    users=st.integers(1, 40),
    boxes=st.integers(0, 2),
    months=st.integers(1, 14),
    percent=st.sampled_from([100, 100, 90, 67, 110, 135]),
)
"""A discount needs a CxO, an uplift does not."""
CONDITION = ConditionDraft(ConditionKind.EVIDENCE, Text(en="Bring the purchase order.", ja="発注書を提出すること。"))


class Selling(Story):
    """What Sales, the approvers and Deal Management do."""

    def wanted(self, wish: Wish) -> tuple[list[LineWanted], date]:
        """Return the lines of a wish from today on, and the day it ends."""
        until = add_months(self.today, wish.months)
        users = self.office.users(wish.users, wish.users * 10 * wish.percent, service=Period(self.today, until))
        boxes = self.office.boxes(wish.boxes, wish.boxes * 500 * wish.percent)
        return [users, boxes] if wish.boxes else [users], until

    def customer(self, pick: int) -> CustomerId:
        """Return one of the customers."""
        return self.customers[pick % len(self.customers)]

    @precondition(lambda story: len(story.waiting("orders")) < ENOUGH)
    @rule(pick=PICK, wish=WISH)
    def sell(self, pick: int, wish: Wish) -> None:
        lines, until = self.wanted(wish)
        self.do("sell", lambda: self.office.sell(self.customer(pick), lines, on=self.today, until=until))

    @precondition(lambda story: len(story.waiting("open quotes")) < ENOUGH)
    @rule(pick=PICK, wish=WISH, asks=st.booleans())
    def draft(self, pick: int, wish: Wish, asks: bool) -> None:
        lines, until = self.wanted(wish)
        quote_id = self.office.quote(self.customer(pick), lines, on=self.today, until=until, by=self.office.founder)
        self.told["draft", "done"] += 1
        if asks:
            self.do("submit", lambda: self.office.submit(quote_id, on=self.today, by=self.office.founder))

    @waits("drafts")
    @rule(pick=PICK, founder=st.booleans())
    def submit(self, pick: int, founder: bool) -> None:
        quote_id, maker = self.one("drafts", pick), self.office.founder if founder else self.office.rep
        self.do("submit", lambda: self.office.submit(quote_id, on=self.today, by=maker))

    @waits("quotes to revise")
    @rule(pick=PICK, wish=WISH)
    def revise(self, pick: int, wish: Wish) -> None:
        lines, until = self.wanted(wish)
        quote_id = self.one("quotes to revise", pick)
        self.do(
            "revise",
            whole(
                quotes.revise_quote,
                quote_id=quote_id,
                lines=price(lines, currency="JPY", on=self.today),
                payment_terms=TERMS,
                starts_on=self.today,
                until=until,
                valid_until=until,
                by=self.office.rep,
                at=self.at,
                on=self.today,
            ),
        )

    def decision(self, item_id: ApprovalItemId, answer: Decision, by: Actor) -> None:
        """Answer an item today."""
        transaction.atomic(ask_approval.decide_item)(
            item_id=item_id,
            decision=answer,
            conditions=[CONDITION] if answer is Decision.CONDITION else [],
            comment="" if answer is Decision.APPROVE else "値引きの根拠が必要です。",
            on=self.today,
            by=by,
            at=self.at,
        )

    @waits("open items")
    @rule(pick=PICK, answer=st.sampled_from(Decision), founder=st.booleans())
    def decide(self, pick: int, answer: Decision, founder: bool) -> None:
        item_id, by = self.one("open items", pick), self.office.founder if founder else self.office.cxo
        self.do(f"decide: {answer}", lambda: self.decision(item_id, answer, by))

    @waits("items of the founder")
    @rule(pick=PICK, answer=st.sampled_from(Decision))
    def decide_on_own(self, pick: int, answer: Decision) -> None:
        item_id = self.one("items of the founder", pick)
        self.refuse("decide on one's own", lambda: self.decision(item_id, answer, self.office.founder))

    @waits("open items")
    @rule(pick=PICK, answer=st.sampled_from(Decision), stranger=st.booleans())
    def decide_without_right(self, pick: int, answer: Decision, stranger: bool) -> None:
        item_id, by = self.one("open items", pick), self.office.stranger if stranger else self.office.rep
        self.refuse("decide without right", lambda: self.decision(item_id, answer, by))

    @waits("conditions")
    @rule(pick=PICK)
    def meet(self, pick: int) -> None:
        given = {"condition_id": self.one("conditions", pick), "proof": "PO 4711", "on": self.today, "at": self.at}
        self.do("meet", whole(ask_approval.meet_condition, by=self.office.deal_management, **given))

    @waits("open requests")
    @rule(pick=PICK)
    def recall(self, pick: int) -> None:
        given = {"request_id": self.one("open requests", pick), "because": "条件変更", "on": self.today, "at": self.at}
        self.do("recall", whole(approvals.recall_request, by=self.office.rep, **given))

    @waits("open quotes")
    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        given = {"quote_id": self.one("open quotes", pick), "because": "失注", "on": self.today, "at": self.at}
        self.do("withdraw", whole(quotes.withdraw_quote, by=self.office.rep, **given))

    @waits("approved quotes")
    @rule(pick=PICK)
    def send(self, pick: int) -> None:
        quote_id = self.one("approved quotes", pick)
        self.do("send", lambda: self.office.send(quote_id, on=self.today))

    def acceptance(self, quote_id: QuoteId) -> ConcludedDeal:
        """Let the customer sign what was sent."""
        file_id = FileId(Sending.objects.filter(version__quote_id=quote_id).latest("id").file_id)
        signed = SignedPaper(file_id, digest_of(file_id, by=self.office.rep))
        return self.office.accept(quote_id, signed, on=self.today)

    @waits("sent quotes")
    @rule(pick=PICK)
    def accept(self, pick: int) -> None:
        quote_id = self.one("sent quotes", pick)
        self.do("accept", lambda: self.acceptance(quote_id))

    @waits("accepted quotes")
    @rule(pick=PICK)
    def accept_twice(self, pick: int) -> None:
        quote_id = self.one("accepted quotes", pick)
        self.refuse("accept twice", lambda: self.acceptance(quote_id))

    @waits("undelivered lines")
    @rule(pick=PICK)
    def deliver(self, pick: int) -> None:
        line_id = self.one("undelivered lines", pick)
        self.do("deliver", lambda: self.office.deliver(line_id, on=self.today))

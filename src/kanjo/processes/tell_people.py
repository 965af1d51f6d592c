"""What becomes of a deal or a run is told to whoever carries it or asked for it; nobody is told what it did itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from kanjo.domains.contracts.facts import ContractConcluded, ContractTerminated
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.opportunities.facts import OpportunityHandedOver
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.domains.quotes.facts import QuoteAnswered, QuoteClosed, QuoteState, QuoteSubmitted
from kanjo.domains.quotes.queries import QuoteRow, get_quote
from kanjo.foundation.actors import Actor
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import PersonId, QuoteId
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import get_actor
from kanjo.platform.notices.kinds import Kind
from kanjo.platform.notices.operations import tell
from kanjo.platform.outbox.queries import who_recorded
from kanjo.platform.runs.facts import RunExecuted
from kanjo.platform.runs.operations import RUNNERS
from kanjo.platform.worklist.operations import hand_over

OPPORTUNITY, QUOTE = "opportunities_opportunity", "quotes_quote"
CONTRACT, RUN = "contracts_contract", "runs_run"
NEWS = timedelta(days=14)
"""What was true longer ago is no news: a deal taken over from another system, a history played again."""

_ANSWERED = Text(en="Quote {number} for {customer} is: {state}.", ja="{customer}の見積{number}: {state}")
_CLOSED = Text(
    en="Quote {number} for {customer} has ended: {state}.", ja="{customer}の見積{number}が終了しました: {state}"
)
_CONCLUDED = Text(en="Contract {number} with {customer} is concluded.", ja="{customer}との契約{number}を締結しました。")
_TERMINATED = Text(
    en="Contract {number} with {customer} is terminated: {because}",
    ja="{customer}との契約{number}が解約されました: {because}",
)
_RUN = Text(
    en="Run {number} up to {day} is done; {failed} failed.",
    ja="一括処理{number}（{day}まで）が完了しました。失敗 {failed}件",
)
_HANDED_OVER = Text(
    en="{name} is handed over from {before} to {after}: {because}",
    ja="{name} が {before} さんから {after} さんへ引き継がれました: {because}",
)


def tell_answer(fact: QuoteAnswered, by: Actor, at: datetime) -> None:
    """Tell who submitted a quote and who owns the deal of the approvers' answer.

    The drafter finds it in its queue; where the deal was handed over since, the new owner finds it there instead.
    """
    quote = get_quote(by, fact.quote_id).row
    owner = get_opportunity(quote.opportunity_id, by).owner_id
    if who_recorded(OpportunityHandedOver.kind, quote.opportunity_id) is not None and owner != quote.drafted_by_id:
        hand_over(subject=(QUOTE, [quote.id]), from_id=quote.drafted_by_id, to_id=owner)
    asked = who_recorded(QuoteSubmitted.kind, fact.quote_id)
    says = _ANSWERED.filled(number=quote.number, customer=quote.customer, state=QuoteState(fact.outcome).shown)
    key = f"{fact.kind}:{fact.version_id}:{fact.outcome}"
    _tell(
        fact,
        at,
        {asked, owner} - {quote.drafted_by_id},
        kind=Kind.ANSWER,
        subject=(QUOTE, quote.id),
        says=says,
        key=key,
    )


def tell_closed(fact: QuoteClosed, by: Actor, at: datetime) -> None:
    """Tell who drafted a quote and who owns the deal that it expired or was withdrawn."""
    quote = get_quote(by, fact.quote_id).row
    says = _CLOSED.filled(number=quote.number, customer=quote.customer, state=QuoteState(fact.state).shown)
    _tell(fact, at, _carriers(quote, by), kind=Kind.DEAL, subject=(QUOTE, quote.id), says=says)


def tell_concluded(fact: ContractConcluded, by: Actor, at: datetime) -> None:
    """Tell who drafted the quote and who owns the deal that its contract is concluded."""
    quote = get_quote(by, fact.quote_id).row
    says = _CONCLUDED.filled(number=fact.number, customer=quote.customer)
    _tell(fact, at, _carriers(quote, by), kind=Kind.DEAL, subject=(CONTRACT, fact.contract_id), says=says)


def tell_terminated(fact: ContractTerminated, by: Actor, at: datetime) -> None:
    """Tell who drafted the quote and who owns the deal that its contract was terminated, and why."""
    contract = get_contract(by, fact.contract_id)
    quote = get_quote(by, QuoteId(contract.quote_id)).row
    says = _TERMINATED.filled(number=contract.number, customer=contract.customer, because=fact.because)
    _tell(fact, at, _carriers(quote, by), kind=Kind.DEAL, subject=(CONTRACT, contract.id), says=says)


def tell_owners(fact: OpportunityHandedOver, by: Actor, at: datetime) -> None:
    """Tell both owners that a deal was handed over, and why."""
    deal = get_opportunity(fact.opportunity_id, by)
    before, after = get_actor(fact.from_id).name, get_actor(fact.to_id).name
    says = _HANDED_OVER.filled(name=deal.name, before=before, after=after, because=fact.because)
    subject, key = (OPPORTUNITY, deal.id), f"{fact.kind}:{deal.id}:{fact.moment}"
    _tell(fact, at, {fact.from_id, fact.to_id}, kind=Kind.DEAL, subject=subject, says=says, key=key)


def tell_run(fact: RunExecuted, by: Actor, at: datetime) -> None:
    """Tell who started a run, and may look at it, that it is done, and how much of it failed."""
    maker = get_actor(fact.made_by)
    says = _RUN.filled(number=fact.run_id, day=fact.effective_on, failed=fact.failed)
    tell(
        persons=[maker.id] if maker.holds(*RUNNERS) and not maker.system else [],
        kind=Kind.RUN,
        subject=(RUN, fact.run_id),
        says=says,
        key=f"{fact.kind}:{fact.run_id}",
        company_id=fact.company_id,
    )


def _carriers(quote: QuoteRow, by: Actor) -> set[PersonId | None]:
    return {quote.drafted_by_id, get_opportunity(quote.opportunity_id, by).owner_id}


def _tell(
    fact: Fact,
    at: datetime,
    persons: set[PersonId | None],
    *,
    kind: Kind,
    subject: tuple[str, int],
    says: Text,
    key: str = "",
) -> None:
    """Tell *persons*, but for who did it; the same fact told again, or told too late, tells nobody."""
    if fact.effective_on < (at - NEWS).date():
        return
    others = persons - {None, who_recorded(fact.kind, fact.subject_id)}
    tell(
        persons=[person for person in others if person is not None],
        kind=kind,
        subject=subject,
        says=says,
        key=key or f"{fact.kind}:{fact.subject_id}",
        company_id=fact.company_id,
    )

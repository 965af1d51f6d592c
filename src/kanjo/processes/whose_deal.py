"""Whose deal a contract comes from."""

from __future__ import annotations

from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ContractId, PersonId, QuoteId


def owner_of_deal(contract_id: ContractId, by: Actor) -> PersonId:
    """Return who carries the deal of a contract that the actor may see."""
    quote = get_quote(by, QuoteId(get_contract(by, contract_id).quote_id))
    return get_opportunity(quote.row.opportunity_id, by).owner_id

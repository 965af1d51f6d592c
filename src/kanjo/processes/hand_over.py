"""An owner who is away or has left: its open deals go on with somebody else, with what waits for it about them."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.opportunities.operations import hand_over_opportunity
from kanjo.domains.opportunities.queries import get_opportunity, list_open_of
from kanjo.domains.quotes.queries import list_quotes
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, OpportunityId, PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import get_actor, list_colleagues
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.operations import hand_over as hand_over_work

QUOTE = "quotes_quote"


class NothingOpen(Refusal):
    """A person without open deals."""

    rule = "opportunities.nothing-open"
    kind = RefusalKind.CONFLICT
    says = Text(en="No open deal of that person is left.", ja="引き継ぐ商談が残っていません。")
    remedy = Text(en="Open the list to see whose the deals are.", ja="一覧で担当者を確認してください。")


def hand_over_deal(
    *, opportunity_id: OpportunityId, to_id: PersonId, because: str, on: date, by: Actor, at: datetime
) -> None:
    """Give one open deal to a new owner, with what waits for the old one about its quotes."""
    deal = get_opportunity(opportunity_id, by)
    if to_id not in dict(list_colleagues({deal.company_id})):
        raise NotFound(what=ROW_NAMES["identity_person"], key=to_id)
    hand_over_opportunity(opportunity_id=opportunity_id, to=get_actor(to_id), because=because, on=on, by=by, at=at)
    quotes = [row.id for row in list_quotes(by, opportunity_id=opportunity_id)]
    hand_over_work(subject=(QUOTE, quotes), from_id=deal.owner_id, to_id=to_id)


def hand_over_all(
    *, company_id: CompanyId, from_id: PersonId, to_id: PersonId, because: str, on: date, by: Actor, at: datetime
) -> int:
    """Give every open deal of an owner in a company to a new one, all or none; return how many.

    Refuses `NothingOpen`, and what `hand_over_deal` refuses.
    """
    deals = list_open_of(by, company_id, from_id)
    if not deals or from_id == to_id:
        raise NothingOpen(at="from")
    for deal in deals:
        hand_over_deal(opportunity_id=deal.id, to_id=to_id, because=because, on=on, by=by, at=at)
    return len(deals)

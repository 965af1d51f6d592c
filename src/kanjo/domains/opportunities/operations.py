"""Verbs on opportunities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime

import polars as pl

from kanjo.domains.opportunities.facts import (
    NewOpportunity,
    OpportunityHandedOver,
    OpportunityLost,
    OpportunityOpened,
    OpportunityWon,
    Stage,
)
from kanjo.domains.opportunities.models import CLOSED, Opportunity
from kanjo.domains.opportunities.queries import ids_by_external_key
from kanjo.domains.opportunities.rules import stages
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, PersonId, ProductId
from kanjo.foundation.money import Money
from kanjo.foundation.money import currency as known_currency
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.outbox.operations import record

SALES = (Role.SALES_REP, Role.RENEWAL_REP, Role.SALES_MANAGER, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)


@verb("opportunities.open", *SALES)
def open_opportunity(
    *,
    company_id: CompanyId,
    customer_id: CustomerId,
    product_id: ProductId,
    owner_id: PersonId,
    name: str,
    external_key: str,
    engaged_on: date | None,
    currency: str,
    on: date | None = None,
    by: Actor,
    at: datetime,
) -> OpportunityId:
    """Open a deal: engaging when it has a first day, else prospecting. The same key and name again return it.

    *on* is the business day of the opening; without it the first day of the deal, or the day of *at*.
    """
    company = SellingCompany.objects.visible_to(by).get(pk=company_id)
    named = stages.checked_name(name)
    known = Opportunity.objects.filter(company=company, external_key=external_key).first() if external_key else None
    if known is not None:
        if known.name != named:
            raise stages.KeyTaken(at="external_key", key=external_key, name=known.name)
        return OpportunityId(known.pk)
    row = Opportunity.objects.create(
        company=company,
        customer_id=customer_id,
        product_id=product_id,
        owner_id=owner_id,
        name=named,
        external_key=external_key,
        stage=Stage.PROSPECTING if engaged_on is None else Stage.ENGAGING,
        engaged_on=engaged_on,
        currency=known_currency(currency, at="currency").code,
    )
    opened = OpportunityOpened(
        company_id=company_id,
        effective_on=on or engaged_on or at.date(),
        opportunity_id=OpportunityId(row.pk),
        customer_id=customer_id,
    )
    return record(opened, by=by, at=at).opportunity_id


@verb("opportunities.engage", *SALES)
def engage_opportunity(*, opportunity_id: OpportunityId, on: date, by: Actor, at: datetime) -> None:
    """Move a prospect to engaging; one that was engaged on that day stays as it is."""
    row = Opportunity.objects.locked(opportunity_id, by)
    if (row.stage, row.engaged_on) != (Stage.ENGAGING, on):
        stages.refuse_unless_step(row.name, Stage(row.stage), Stage.ENGAGING)
        row.stage, row.engaged_on = Stage.ENGAGING, on
        row.save(update_fields=["stage", "engaged_on"])


@verb("opportunities.expect", *SALES)
def expect_close(*, opportunity_id: OpportunityId, close_on: date, value: Money, by: Actor, at: datetime) -> None:
    """Say when a deal should close and what it should bring; closed deals refuse."""
    row = Opportunity.objects.locked(opportunity_id, by)
    if row.stage not in (Stage.PROSPECTING, Stage.ENGAGING):
        raise stages.WrongStage(name=row.name, stage=Stage(row.stage).shown, to=Stage.ENGAGING.shown)
    stages.refuse_close_before(row.engaged_on, close_on)
    stages.refuse_value(value.minor, given=value.currency, expected=row.currency)
    row.expected_close_on, row.expected_minor = close_on, value.minor
    row.save(update_fields=["expected_close_on", "expected_minor"])


@verb("opportunities.reassign", Role.SALES_MANAGER, Role.SALES_OPERATIONS)
def hand_over_opportunity(
    *, opportunity_id: OpportunityId, to: Actor, because: str, on: date, by: Actor, at: datetime
) -> None:
    """Make *to* the owner of an open deal; who owns it already keeps it, and nothing is recorded.

    Refuses `AlreadyClosed` and `NotASeller`.
    """
    row = Opportunity.objects.locked(opportunity_id, by)
    if row.stage in CLOSED:
        raise stages.AlreadyClosed(name=row.name, stage=Stage(row.stage).shown)
    if not to.holds(*SALES) or not to.sees(CompanyId(row.company_id)) or to.system:
        raise stages.NotASeller(at="to", name=to.name)
    if row.owner_id == to.id:
        return
    before, row.owner_id = PersonId(row.owner_id), to.id
    row.save(update_fields=["owner"])
    handed_over = OpportunityHandedOver(
        company_id=CompanyId(row.company_id),
        effective_on=on,
        opportunity_id=opportunity_id,
        from_id=before,
        to_id=to.id,
        because=because,
        moment=at.isoformat(),
    )
    record(handed_over, by=by, at=at)


@verb("opportunities.win", *SALES)
def win_opportunity(*, opportunity_id: OpportunityId, on: date, value: Money, by: Actor, at: datetime) -> None:
    """Close a deal as won at a value; won again on the same day at the same value changes nothing."""
    row = Opportunity.objects.locked(opportunity_id, by)
    if (row.stage, row.closed_on, row.value_minor, row.currency) == (Stage.WON, on, value.minor, value.currency):
        return
    stages.refuse_unless_step(row.name, Stage(row.stage), Stage.WON)
    stages.refuse_close_before(row.engaged_on, on)
    stages.refuse_value(value.minor, given=value.currency, expected=row.currency)
    row.stage, row.closed_on, row.value_minor = Stage.WON, on, value.minor
    row.save(update_fields=["stage", "closed_on", "value_minor"])
    won = OpportunityWon(
        company_id=CompanyId(row.company_id),
        effective_on=on,
        opportunity_id=opportunity_id,
        customer_id=CustomerId(row.customer_id),
        owner_id=PersonId(row.owner_id),
        value_minor=value.minor,
        currency=value.currency,
    )
    record(won, by=by, at=at)


@verb("opportunities.hand-over", Role.ADMINISTRATOR, Role.HR)
def hand_over_opportunities(*, owner_id: PersonId, to: PersonId, by: Actor, at: datetime) -> int:
    """Give the deals that are on their way to another owner, in whatever company; return how many."""
    mine = Opportunity.objects.filter(owner_id=owner_id).exclude(stage__in=(Stage.WON, Stage.LOST))
    return mine.update(owner_id=to)


@verb("opportunities.lose", *SALES)
def lose_opportunity(*, opportunity_id: OpportunityId, on: date, because: str, by: Actor, at: datetime) -> None:
    """Close a deal as lost, with the reason; lost again on the same day changes nothing."""
    row = Opportunity.objects.locked(opportunity_id, by)
    if (row.stage, row.closed_on) == (Stage.LOST, on):
        return
    if not because.strip():
        raise stages.ReasonMissing(at="because")
    stages.refuse_unless_step(row.name, Stage(row.stage), Stage.LOST)
    stages.refuse_close_before(row.engaged_on, on)
    row.stage, row.closed_on, row.lost_because = Stage.LOST, on, because.strip()
    row.save(update_fields=["stage", "closed_on", "lost_because"])
    lost = OpportunityLost(
        company_id=CompanyId(row.company_id),
        effective_on=on,
        opportunity_id=opportunity_id,
        customer_id=CustomerId(row.customer_id),
        because=row.lost_because,
    )
    record(lost, by=by, at=at)


@verb("opportunities.take-in", *SALES, Role.ADMINISTRATOR)
def take_in_opportunities(
    *, company_id: CompanyId, opportunities: Sequence[NewOpportunity], by: Actor, at: datetime
) -> int:
    """Write down the deals of another system whose key is new, at the stage they have; return how many.

    Deals already known stay as they are, whatever has become of them here. No fact is recorded: they happened
    elsewhere, and nothing here is to answer them.
    """
    SellingCompany.objects.visible_to(by).get(pk=company_id)
    known = ids_by_external_key(company_id)
    new = [stages.checked(given) for given in opportunities if given.external_key not in known]
    if not new:
        return 0
    columns = {field.name: [getattr(given, field.name) for given in new] for field in fields(NewOpportunity)}
    return Live().load("opportunities_opportunity", pl.DataFrame(columns).with_columns(company_id=pl.lit(company_id)))

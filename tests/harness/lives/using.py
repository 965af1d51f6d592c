"""What is used of a line, and what that costs."""

from __future__ import annotations

from datetime import date

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import UsageGiven, UsageModel, UsageSource, UsageTerms, UsageTier
from kanjo.domains.billing.models import UsageEvent
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.texts import Text
from tests.harness.lives.living import Lived, Lives, NothingToDo
from tests.harness.office import morning

_MODELS = (UsageModel.GRADUATED, UsageModel.PER_UNIT, UsageModel.VOLUME, UsageModel.PACKAGE)


def meter(lives: Lives, lived: Lived, on: date) -> None:
    """Give the usage of a line a price, or another one from a later day on; each model before any comes again."""
    line, model = lives.line(lived, on), _MODELS[len(lives.metered) % len(_MODELS)]
    tiers = (UsageTier(0, lives.chance.randint(1, 9), 3), UsageTier(40, 2, 1, 70))
    single = model in {UsageModel.PER_UNIT, UsageModel.PACKAGE}
    terms = UsageTerms(
        model, Text(en="calls", ja="回"), tiers[:1] if single else tiers, 5, lives.chance.choice([0, 900]), 4_000
    )
    billing.rate_usage(
        order_line_id=line,
        terms=terms,
        effective_on=lives.day(on),
        because="合意",
        by=lives.office.deal_management,
        at=morning(on),
    )
    lives.metered.append(line)


def use(lives: Lives, lived: Lived, on: date) -> None:
    """Tell what was used lately, or long ago."""
    event = f"e-{len(lives.events) + 1}"
    line = lives.chance.choice(lives.metered or [lives.line(lived, on)])
    _tell(lives, UsageGiven("1", line, event, on - DAY * lives.chance.randrange(70), lives.chance.randint(0, 90)), on)
    lives.events.append(event)


def correct(lives: Lives, lived: Lived, on: date) -> None:
    """Tell otherwise what was told of usage before."""
    was = UsageEvent.objects.filter(event_id=lives.chance.choice(lives.events or [""])).select_related("plan").first()
    if was is None:
        raise NothingToDo
    event, line = f"e-{len(lives.events) + 1}", OrderLineId(was.plan.order_line_id)
    _tell(lives, UsageGiven("1", line, event, was.used_on, lives.chance.randint(0, 90), was.event_id), on)
    lives.events.append(event)


def _tell(lives: Lives, event: UsageGiven, on: date) -> None:
    billing.record_usage(
        company_id=lives.office.company_id,
        events=[event],
        source=UsageSource.API,
        whole=True,
        on=on,
        by=lives.office.receivables,
        at=morning(on),
    )

"""All that happens in a life; what comes twice happens twice as often."""

from __future__ import annotations

from tests.harness.lives import amending, holding, invoicing, once, using
from tests.harness.lives.living import Act

ACTS: tuple[Act, ...] = (
    amending.change,
    amending.change,
    amending.swap,
    amending.part,
    amending.add_on,
    amending.suspend,
    amending.take_back,
    amending.take_back,
    amending.other_day,
    invoicing.move,
    holding.hold,
    holding.hold,
    holding.hold,
    holding.release,
    holding.number,
    once.accept,
    once.accept,
    once.cut,
    once.reach,
    invoicing.credit,
    invoicing.share,
    invoicing.share,
    invoicing.split,
    using.meter,
    using.use,
    using.use,
    using.correct,
)

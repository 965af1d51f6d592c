"""Writing down how usage is priced, for the verbs that agree on it."""

from __future__ import annotations

from datetime import date

from kanjo.domains.billing.facts import PlanCharge, UsageTerms
from kanjo.domains.billing.models import Plan, UsageRating, UsageTier
from kanjo.domains.billing.rules.usage_offered import usage_words
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.texts import Text

OF_TERM = ("commitment_minor", "prepaid_units", "prepaid_minor")
AGREED = ("model", "included_units", "minimum_minor", *OF_TERM)
OF_TIER = ("from_units", "price_minor", "per_units", "flat_minor")
_LONGEST = 200


def agree_usage(plan: Plan, terms: UsageTerms, effective_on: date) -> None:
    """Write down how the usage of a line is priced from a day on, and charge it beside the line."""
    made = UsageRating.objects.create(
        company_id=plan.company_id,
        plan=plan,
        effective_on=effective_on,
        unit_en=terms.unit.en,
        unit_ja=terms.unit.ja,
        **{name: getattr(terms, name) for name in AGREED},
    )
    UsageTier.objects.bulk_create(
        UsageTier(rating=made, **{name: getattr(tier, name) for name in OF_TIER}) for tier in terms.tiers
    )
    _plan_usage(plan, terms.unit)


def _plan_usage(plan: Plan, unit: Text) -> None:
    """Charge the usage of a line in arrears, by the periods that the line has without changes."""
    said = usage_words(Text(en=plan.description_en, ja=plan.description_ja), unit)
    same = [field.attname for field in Plan._meta.concrete_fields if field.attname not in _OF_ITS_OWN]
    Plan.objects.get_or_create(
        order_line_id=plan.order_line_id,
        part=1,
        defaults={name: getattr(plan, name) for name in same}
        | {
            "charge": PlanCharge.USAGE.value,
            "timing": BillingTiming.IN_ARREARS.value,
            "quantity": 0,
            "net_minor": 0,
            "description_en": said.en[:_LONGEST],
            "description_ja": said.ja[:_LONGEST],
        },
    )


_OF_ITS_OWN = ("id", "order_line_id", "part", "recorded_at")

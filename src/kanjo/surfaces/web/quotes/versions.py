"""What differs between two versions of an offer: its terms, its lines one by one, its total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kanjo.domains.billing.queries import get_policy
from kanjo.domains.quotes.facts import Offer, OfferLine
from kanjo.foundation.ids import PolicyId
from kanjo.foundation.money import Money
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.differences import Change, Facts, changes_of
from kanjo.surfaces.web.policies.columns import POLICY, policy_shown

VERSIONS = Text(en="What changed from version {before} to version {after}", ja="第{before}版から第{after}版への変更")
WOULD_CHANGE = Text(en="What would change from version {before}", ja="第{before}版からの変更")
OF_LINE = Text(en="{product}: {what}", ja="{product}: {what}")
AGAIN = Text(en="{product} ({number})", ja="{product}（{number}）")
USAGE_PRICE = Text(en="Usage price", ja="従量単価")
EXPECTED_USAGE = Text(en="Expected usage per period", ja="想定利用数量（期間ごと）")
WHOLE = Text(en="{quantity} for {total}", ja="数量 {quantity}、{total}")

Line = tuple[Text, OfferLine]


def changes_between(before: Offer, after: Offer) -> list[Change]:
    """Return what differs: terms first, then lines that went, changed or came, last the total."""
    was, now = dict(_named(before)), dict(_named(after))
    changes = changes_of(_terms(before), _terms(after))
    for name in [*was, *(name for name in now if name not in was)]:
        changes += _of_line(name, was.get(name), now.get(name), before.currency)
    return [
        *changes,
        *changes_of([(labels.TOTAL_BEFORE_TAX, _total(before))], [(labels.TOTAL_BEFORE_TAX, _total(after))]),
    ]


def _named(offer: Offer) -> Iterator[Line]:
    """Give every line a name of its own: the product, numbered from the second time it is offered."""
    seen = Counter[int]()
    for line in offer.lines:
        seen[line.terms.product_id] += 1
        number = seen[line.terms.product_id]
        yield (line.terms.name if number == 1 else AGAIN.filled(product=line.terms.name, number=number)), line


def _of_line(name: Text, was: OfferLine | None, now: OfferLine | None, currency: str) -> list[Change]:
    if was is None or now is None:
        return [Change(name, _whole(was, currency), _whole(now, currency))]
    changes = changes_of(_facts(was, currency), _facts(now, currency))
    return [Change(OF_LINE.filled(product=name, what=one.what), one.was, one.became) for one in changes]


def _whole(line: OfferLine | None, currency: str) -> Text | None:
    if line is None:
        return None
    return WHOLE.filled(quantity=f"{line.quantity:,}", total=told(Money(line.total_minor, currency)))


def _facts(line: OfferLine, currency: str) -> Facts:
    return (
        (labels.QUANTITY, line.quantity),
        (labels.SERVICE, line.service),
        (labels.LIST_PRICE, Money(line.list_minor, currency)),
        (labels.NET_PRICE, Money(line.net_minor, currency)),
        (labels.TOTAL_BEFORE_TAX, Money(line.total_minor, currency)),
        (USAGE_PRICE, line.usage.said(currency) if line.usage else None),
        (EXPECTED_USAGE, line.expected_units or None),
    )


def _terms(offer: Offer) -> Facts:
    return (
        (labels.PAYMENT_TERMS, payment_terms(offer.payment_terms).shown),
        (POLICY, policy_shown(get_policy(PolicyId(offer.billing.policy)))),
        (labels.STARTS_ON, offer.starts_on),
        (labels.UNTIL, last_day(offer.until)),
        (labels.VALID_UNTIL, last_day(offer.valid_until)),
    )


def _total(offer: Offer) -> Money:
    return Money(sum(line.total_minor for line in offer.lines), offer.currency)

"""How values stand on a page: one cell each, in the reader's language, right-aligned where it is a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from kanjo.foundation.money import Money, Rate
from kanjo.foundation.periods import Period
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Language, Name, Text
from kanjo.surfaces.readers import reader, told
from kanjo.surfaces.web.days import as_read
from kanjo.surfaces.web.doors import is_act, opens

NOTHING = "—"
YES, NO = Text(en="Yes", ja="はい"), Text(en="No", ja="いいえ")
_EQUAL = Text(en="Recomputed: equal", ja="再計算して一致")
_DIFFERS = Text(en="Recomputed: differs by {difference}", ja="再計算と不一致（差額 {difference}）")
_DAYS = Text(en="{first} to {last} ({days} days)", ja="{first} から {last}（{days}日間）")
_DAY = Text(en="{first} (1 day)", ja="{first}（1日間）")

_TONES = {
    "ok": "approved accepted concluded won renewed executed settled met paid sound hearing received billed",
    "info": "sent engaging quoted active certain due",
    "wait": "submitted open appeared previewed unmatched held acceptance",
    "warn": "conditional reversed fair part overdue_soon paused suspended",
    "stop": "rejected terminated overdue failed failing given_up",
}
"""The tone of a state by its name; every other state is quiet. A tone is a colour and a shape of its own."""
TONE_OF = {state: tone for tone, states in _TONES.items() for state in states.split()}
SHAPES = {
    "quiet": "circle-dashed",
    "info": "clock",
    "wait": "hourglass",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "stop": "alert-octagon",
}
"""The shape that each tone is drawn with: nothing is told by colour alone."""


@lru_cache(maxsize=20_000)
def address_of(name: str, key: object = None) -> str:
    """Return where a page is. A list leads to more than a hundred, and what leads there does not change."""
    return reverse(name, args=[] if key is None else [key])


@dataclass(frozen=True, slots=True)
class Link:
    """A value that leads to the page *name* of the object *key*, or to a list with what *query* says of it."""

    value: object
    name: str
    key: object = None
    query: str = ""

    @property
    def url(self) -> str:
        """The address it leads to."""
        address = address_of(self.name, self.key)
        return f"{address}?{self.query}" if self.query else address

    @property
    def shut(self) -> bool:
        """Whether its reader may not go there."""
        now = reader()
        return now is not None and not opens(self.name, now.actor)


@dataclass(frozen=True, slots=True)
class State:
    """A state that is no enumeration: its words and its tone."""

    text: Text
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Explained:
    """A value with the sentence below it that says how it came about."""

    value: object
    why: object


Worked = Sequence[tuple[object, object]]
"""Lines of a derivation: what it is, and how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """An amount that opens its derivation: `parts` add up to it, `worked` is the one calculation, line by line.

    `recomputed` is what comes out when it is done again, None where the parts are no more than its definition. `key`
    is its name on the page, `because` the rule or the facts.
    """

    key: str
    value: Money
    title: Text
    recomputed: Money | None = None
    parts: Worked = ()
    worked: Worked = ()
    because: object = None

    @classmethod
    def sum_of(cls, key: str, value: Money, title: Text, parts: Worked, because: object = None) -> Derived:
        """Return an amount that is the sum of amounts."""
        amounts = [part.minor for _name, part in parts if isinstance(part, Money)]
        recomputed = Money(sum(amounts), value.currency)
        return cls(key=key, value=value, title=title, recomputed=recomputed, parts=parts, because=because)


@dataclass(frozen=True, slots=True)
class Working:
    """A derivation as the templates draw it."""

    id: str
    title: str
    parts: tuple[tuple[str, Cell], ...]
    worked: tuple[tuple[str, Cell], ...]
    because: str
    verdict: Cell | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What the templates draw; `mark` is del for what went and ins for what came.

    `place` is where a phone draws it in its row, `label` the heading it bears there.
    """

    text: str
    kind: str = ""
    tone: str = ""
    href: str = ""
    why: str = ""
    place: str = ""
    label: str = ""
    mark: str = ""
    working: Working | None = None

    @property
    def classes(self) -> str:
        """The classes of its place in a table."""
        return " ".join(one for one in ("" if self.kind == "state" else self.kind, self.place) if one)

    @property
    def icon(self) -> str:
        """The shape of its tone."""
        return SHAPES[self.tone]


def language() -> Language:
    """Return the language of the page being made."""
    return Language.JAPANESE if (get_language() or "ja").startswith("ja") else Language.ENGLISH


def said(value: object) -> str:
    """Return a sentence in the language of the page, personal data as its reader may see it; anything else as it is."""
    match value:
        case Text():
            here = language()
            return as_read(value.ja) if here is Language.JAPANESE else value.said_in(here)
        case Name():
            return value.said_in(language())
        case Personal():
            return told(value)
        case _:
            return str(value)


def cell(value: object) -> Cell:
    """Return the value as it is drawn."""
    match value:
        case Cell():
            return value
        case Link():
            return _shut(value) if value.shut else replace(cell(value.value), href=value.url)
        case Explained():
            return replace(cell(value.value), why=cell(value.why).text)
        case Derived():
            return replace(cell(value.value), working=_working(value))
        case State():
            return Cell(said(value.text), "state", value.tone)
        case Enum():
            return _state(value)
        case Money() | Rate() | Fraction() | int() if not isinstance(value, bool):
            number = _figure(value)
            nothing = isinstance(value, Money) and value.minor == 0
            return Cell(number, "num neg" if number.startswith("−") else "num nil" if nothing else "num")
        case _:
            return Cell(_words(value), "day" if isinstance(value, date) else "")


def day_shown(day: date) -> str:
    """Return a day as the reader reads it: 2026-11-30, or on a Japanese page 令和8年11月30日 where that was chosen."""
    written = day.isoformat()
    return as_read(written) if language() is Language.JAPANESE else written


def percent(share: Fraction) -> str:
    """Return a share in percent with one decimal, half away from zero: for the eye, nothing is computed from it."""
    tenths = int(abs(share) * 1000 + Fraction(1, 2))
    return f"{'−' if share < 0 else ''}{tenths // 10}.{tenths % 10}%"


def _shut(link: Link) -> Cell:
    """Return what stands in the place of a link that its reader may not follow: of an act nothing is left."""
    return Cell(NOTHING) if is_act(link.name) else cell(link.value)


def _working(one: Derived) -> Working:
    return Working(
        id=f"of-{one.key}",
        title=said(one.title),
        parts=tuple((cell(name).text, cell(part)) for name, part in one.parts),
        worked=tuple((cell(name).text, cell(part)) for name, part in one.worked),
        because="" if one.because is None else said(one.because),
        verdict=None if one.recomputed is None else cell(_verdict(one.value, one.recomputed)),
    )


def _verdict(value: Money, recomputed: Money) -> State:
    differs = Money(value.minor - recomputed.minor, value.currency)
    return State(_DIFFERS.filled(difference=_figure(differs)), "stop") if differs.minor else State(_EQUAL, "ok")


def _state(value: Enum) -> Cell:
    shown = getattr(value, "shown", None)
    text = said(shown) if isinstance(shown, Text) else str(value.value)
    return Cell(text, "state", TONE_OF.get(str(value.value), "quiet"))


def _figure(value: Money | Rate | Fraction | int) -> str:
    match value:
        case Money():
            return value.shown(language())
        case Rate():
            return value.shown()
        case Fraction():
            return percent(value)
        case _:
            return f"{value:,}".replace("-", "−")


def _words(value: object) -> str:
    match value:
        case None | "":
            return NOTHING
        case Personal():
            return told(value) or NOTHING
        case bool():
            return said(YES if value else NO)
        case datetime():
            moment = timezone.localtime(value)
            return f"{day_shown(moment.date())} {moment:%H:%M}"
        case date():
            return day_shown(value)
        case Period():
            return said(
                (_DAYS if value.days != 1 else _DAY).filled(first=value.start, last=value.last_on, days=value.days)
            )
        case _:
            return said(value)

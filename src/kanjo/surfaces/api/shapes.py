"""How values of the house look as JSON: the schema of a row is made from the row, so that neither drifts.

Amounts are minor units with their currency, shares exact fractions as text, days ISO 8601, ends exclusive (`until`).
A sentence is in the language of the caller. A row inside a `row` field is laid out
with its own fields.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from enum import Enum
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model

from kanjo.domains.billing.facts import Derivation
from kanjo.foundation.money import Money, Rate
from kanjo.foundation.periods import Period
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.readers import told as as_seen

_ALSO: Mapping[type, Mapping[str, Any]] = {Derivation: {"holds": bool, "sentence": Text}}
"""What a value says besides its fields."""

Share = Annotated[str, Field(pattern=r"^-?\d+(/\d+)?$", description="An exact share: 1/10 is 10 %")]


ClockTime = Annotated[str, Field(pattern=r"^\d{2}:\d{2}$", description="A time of day: 06:00")]


class Amount(BaseModel):
    """Whole minor units of a currency."""

    minor: int
    currency: str


class Days(BaseModel):
    """Days from `start` on, before `until`."""

    start: date
    until: date


class Problem(BaseModel):
    """Why something was not done (RFC 9457): the rule, what is wrong, and the way out."""

    type: str
    rule: str
    title: str
    status: int
    detail: str
    remedy: str
    at: str
    errors: list[dict[str, str]] = []


@cache
def shape_of(kind: type) -> type[BaseModel]:
    """Return the schema of a frozen dataclass."""
    known = _NAMED.setdefault(kind.__name__, kind)
    assert known is kind, f"two shapes are called {kind.__name__}"
    fields: dict[str, Any] = {name: (_shape(hint), ...) for name, hint in _laid_out(kind)}
    return create_model(kind.__name__, __doc__=(kind.__doc__ or "").strip(), **fields)


_NAMED: dict[str, type] = {}
_PLAIN: Mapping[Any, Any] = {
    Money: Amount,
    Period: Days,
    Rate: Share,
    Fraction: Share,
    time: ClockTime,
    Text: str,
    Personal: str,
    Any: Any,
    type(None): None,
}


def told(value: Any, language: Language) -> Any:
    """Return the value as JSON has it."""
    match value:
        case Text():
            return value.said_in(language)
        case Personal():
            return as_seen(value)
        case Mapping():
            return {str(name): told(one, language) for name, one in value.items()}
        case list() | tuple():
            return [told(one, language) for one in value]
        case Money() | Period() | Rate() | Fraction() | Enum() | date() | time():
            return _plain(value)
        case _ if dataclasses.is_dataclass(value):
            return {name: told(one, language) for name, one in _values(value)}
        case _:
            return value


def _plain(value: Money | Period | Rate | Fraction | Enum | date | time) -> Any:
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case Period():
            return {"start": value.start.isoformat(), "until": value.until.isoformat()}
        case Rate():
            return str(value.fraction)
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
        case _:
            return str(value)


def _laid_out(kind: type) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if _is_row(field.name, hints[field.name]):
            yield from _laid_out(hints["row"])
        else:
            yield field.name, hints[field.name]
    yield from _ALSO.get(kind, {}).items()


def _values(value: Any) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        one = getattr(value, field.name)
        if _is_row(field.name, type(one)):
            yield from _values(one)
        else:
            yield field.name, one
    for name in _ALSO.get(type(value), {}):
        yield name, getattr(value, name)


def _is_row(name: str, kind: type) -> bool:
    return name == "row" and dataclasses.is_dataclass(kind)


def _shape(hint: Any) -> Any:
    hint = getattr(hint, "__supertype__", hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return Union[tuple(_shape(part) for part in parts)]  # noqa: UP007  # the parts are not known before
    if origin is tuple and parts[-1] is not Ellipsis:
        return tuple[tuple(_shape(part) for part in parts)]  # type: ignore[misc]  # the same
    if origin in {tuple, list, Sequence}:
        return list[_shape(parts[0])]  # type: ignore[misc]  # the same
    if origin in {dict, Mapping}:
        return dict[str, Any]
    if issubclass(hint, Enum):
        return Literal[tuple(one.value for one in hint)]
    return shape_of(hint) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else hint

"""How frozen values stand in UBL: each field names its place, and one table of places serves reading and writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as written; its decimals are kept, for some amounts may have none."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of units."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the register it is of (ISO 6523): 0188 is the corporate number, 0221 the registration number."""

    value: str
    scheme: str = ""


class Form(Enum):
    """How one value is written in an element."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    FLAG = "flag"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    IDENTIFIER = "identifier"

    @property
    def attribute(self) -> str:
        """The attribute that belongs to it, or nothing."""
        return _ATTRIBUTES.get(self, "")


_ATTRIBUTES = {Form.AMOUNT: "currencyID", Form.QUANTITY: "unitCode", Form.IDENTIFIER: "schemeID"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands below its element, and what is there: a value, a group of values, or many groups."""

    path: tuple[str, ...]
    form: Form = Form.TEXT
    group: type | None = None
    many: bool = False

    @property
    def blank(self) -> Any:
        """What the field holds when nothing is there."""
        if self.many:
            return ()
        return "" if self.group is None and self.form is Form.TEXT else None


def at(path: str, form: Form = Form.TEXT, *, default: Any = ...) -> Any:
    """Return a field that is one value."""
    place = Place(tuple(path.split("/")), form)
    return field(default=place.blank if default is ... else default, metadata={"place": place})


def one(path: str, group: type) -> Any:
    """Return a field that is a group of values, or None."""
    return field(default=None, metadata={"place": Place(tuple(path.split("/")), group=group)})


def many(path: str, group: type) -> Any:
    """Return a field that is a group of values, any number of times."""
    return field(default=(), metadata={"place": Place(tuple(path.split("/")), group=group, many=True)})


def places(of: type) -> list[tuple[str, Place]]:
    """Return the fields of a group with their places, in the order of UBL."""
    return [(one.name, one.metadata["place"]) for one in fields(of)]


def written(value: Any) -> str:
    """Return a value as the text of its element."""
    return _WRITTEN[type(value)](value)


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters without ink that XML cannot hold."""

_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: lambda value: _NO_XML.sub("", value),
    bool: lambda value: "true" if value else "false",
    date: date.isoformat,
    Decimal: lambda value: f"{value:f}",
    Amount: lambda value: f"{value.value:f}",
    Quantity: lambda value: f"{value.value:f}",
    Identifier: lambda value: value.value,
}


def attribute_of(value: Any) -> str:
    """Return what stands in the attribute of a value."""
    match value:
        case Amount():
            return value.currency
        case Quantity():
            return value.unit
        case Identifier():
            return value.scheme
    return ""

"""UBL XML read into values, safely: no document type, no entity, nothing fetched, nothing large."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

from kanjo.connectors.peppol.documents import PintInvoice
from kanjo.connectors.peppol.faults import Fault, fault
from kanjo.connectors.peppol.ubl import Amount, Form, Identifier, Place, Quantity, places
from kanjo.connectors.peppol.writing import NAMESPACES
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

LARGEST = 10_000_000
DEEPEST = 40
_NUMBER = re.compile(r"[+-]?\d{1,24}(\.\d{1,12})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}


class NotReadable(Refusal):
    """Bytes that are no XML we would read."""

    rule = "peppol.not-readable"
    says = Text(
        en="The file is not XML that can be read safely ({cause}).",
        ja="安全に読み取れるXMLではありません（{cause}）。",
    )
    remedy = Text(
        en="Ask the sender for the invoice as JP PINT (UBL 2.1).",
        ja="送信元に、JP PINT（UBL 2.1）形式での再送を依頼してください。",
    )


class NotAnInvoice(Refusal):
    """XML that is another document."""

    rule = "peppol.not-an-invoice"
    says = Text(
        en="The document is “{found}”, not a UBL invoice.", ja="文書の種類が「{found}」で、UBLのInvoiceではありません。"
    )
    remedy = NotReadable.remedy


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read, what could not be read of it, and where it says what we have no value for."""

    invoice: PintInvoice
    faults: tuple[Fault, ...]
    unread: tuple[str, ...]


def read(content: bytes) -> Reading:
    """Return what a document says; refuses `NotReadable` and `NotAnInvoice`."""
    root = _parsed(content)
    if root.tag != f"{{{NAMESPACES['']}}}Invoice":
        raise NotAnInvoice(found=quoted(root.tag.rpartition("}")[2]))
    reader = _Reader(dict(_places(root, "/Invoice")))
    invoice = reader.group(PintInvoice, root)
    return Reading(invoice, tuple(reader.faults), tuple(reader.unread()))


class _Careful(ET.TreeBuilder):
    """Builds the tree, and stops at a document type, which is where entities come from, and far down."""

    depth = 0

    def doctype(self, *_: object) -> NoReturn:
        raise NotReadable(cause="DOCTYPE")

    def start(self, tag: str, attrs: dict[Any, Any], /) -> ET.Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotReadable(cause=f"> {DEEPEST}")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def _parsed(content: bytes) -> ET.Element:
    if len(content) > LARGEST:
        raise NotReadable(cause=f"> {LARGEST:,} bytes")
    parser = ET.XMLParser(target=_Careful())  # noqa: S314 - a document type is refused, so there are no entities
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise NotReadable(cause=quoted(str(error))) from error
    return root


def _named(tag: str) -> str:
    """Return an element's name with the prefix that we write."""
    uri, _, local = tag.removeprefix("{").rpartition("}")
    prefix = _PREFIXES.get(uri)
    return f"{prefix}:{local}" if prefix else tag


def _places(element: ET.Element, place: str) -> Iterator[tuple[ET.Element, str]]:
    """Yield every element below with its place, numbered where there are several."""
    yield element, place
    several, seen = Counter(child.tag for child in element), Counter[str]()
    for child in element:
        seen[child.tag] += 1
        number = f"[{seen[child.tag]}]" if several[child.tag] > 1 else ""
        yield from _places(child, f"{place}/{_named(child.tag)}{number}")


class _Reader:
    def __init__(self, where: dict[ET.Element, str]) -> None:
        self.where = where
        self.known: set[ET.Element] = set()
        self.faults = [
            fault("ibr-079", place) for one, place in where.items() if not len(one) and not (one.text or "").strip()
        ]

    def group(self, kind: type, element: ET.Element) -> Any:
        """Return the group of values at an element."""
        self.known.add(element)
        return kind(**{name: self._field(place, element) for name, place in places(kind)})

    def _field(self, place: Place, element: ET.Element) -> Any:
        found = [element]
        for step in place.path:
            self.known.update(found)
            found = [child for one in found for child in one if _named(child.tag) == step]
            found = found if place.many else found[:1]
        if place.group is not None:
            groups = tuple(self.group(place.group, one) for one in found)
            return groups if place.many else groups[0] if groups else None
        self.known.update(found)
        return self._value(place, found[0]) if found else place.blank

    def _value(self, place: Place, element: ET.Element) -> Any:
        text = (element.text or "").strip()
        if not text:
            return place.blank
        attribute = element.get(place.form.attribute, "")
        match place.form:
            case Form.TEXT:
                return text
            case Form.IDENTIFIER:
                return Identifier(text, attribute)
            case Form.DAY:
                return self._day(text, element)
            case Form.FLAG:
                return self._flag(text, element)
        if not _NUMBER.fullmatch(text):
            self.faults.append(fault("peppol.number", self.where[element], found=quoted(text)))
            return None
        number = Decimal(text)
        return {Form.AMOUNT: Amount, Form.QUANTITY: Quantity}.get(place.form, lambda value, _: value)(number, attribute)

    def _day(self, text: str, element: ET.Element) -> date | None:
        try:
            return date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            self.faults.append(fault("ibr-073", self.where[element], found=quoted(text)))
            return None

    def _flag(self, text: str, element: ET.Element) -> bool | None:
        if text not in {"true", "false"}:
            self.faults.append(fault("ibr-082", self.where[element], found=quoted(text)))
            return None
        return text == "true"

    def unread(self) -> Iterator[str]:
        """Yield the places of what no field stands for, the outermost of each."""
        skipped: set[ET.Element] = set()
        for one, place in self.where.items():
            if one in skipped:
                skipped.update(one)
            elif one not in self.known:
                skipped.update(one)
                yield place

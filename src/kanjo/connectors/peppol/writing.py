"""A document as canonical UBL XML: one order, one set of prefixes, two spaces; the same values give the same bytes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from kanjo.connectors.peppol.documents import PintInvoice
from kanjo.connectors.peppol.ubl import attribute_of, places, written

NAMESPACES = {
    "": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def as_xml(invoice: PintInvoice) -> bytes:
    """Return the document as UTF-8 XML."""
    declared = {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in NAMESPACES.items()}
    root = ET.Element("Invoice", declared)
    _fill(root, invoice)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n".encode()


def _fill(element: ET.Element, group: Any) -> None:
    for name, place in places(type(group)):
        value = getattr(group, name)
        for each in value if place.many else () if value == place.blank else (value,):
            target = ET.SubElement(_above(element, place.path), place.path[-1])
            if place.group is not None:
                _fill(target, each)
                continue
            target.text = written(each)
            if attribute_of(each):
                target.set(place.form.attribute, attribute_of(each))


def _above(element: ET.Element, path: tuple[str, ...]) -> ET.Element:
    """Return what holds the last step of a path, going on in what was written last where the path leads through it."""
    for step in path[:-1]:
        last = element[-1] if len(element) and element[-1].tag == step else None
        element = ET.SubElement(element, step) if last is None else last
    return element

"""The forms of a page as a browser sends them: where to, and what stands in each field."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXTS = frozenset({"text", "email", "search", "url", "password", "tel"})


@dataclass
class Form:
    """One form. `sent` is what it sends untouched, `texts` are the fields that a person types into.

    Where nothing is chosen or ticked yet, `sent` has the first that may be.
    """

    action: str
    method: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    offered: dict[str, str] = field(default_factory=dict)

    def takes(self, name: str, value: str) -> None:
        """Add a value to what is sent."""
        self.sent.setdefault(name, []).append(value)

    def offers(self, name: str, value: str) -> None:
        """Note what may be chosen."""
        if value:
            self.offered.setdefault(name, value)

    def chooses(self) -> None:
        """Choose the first where nothing is chosen."""
        self.sent |= {name: [value] for name, value in self.offered.items() if not any(self.sent.get(name, ()))}


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Form] = []
        self._form: Form | None = None
        self._choice = self._area = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.found.append(self._form)
        form, name = self._form, given.get("name", "")
        if form is None:
            return
        if tag == "select":
            self._choice = name
        elif tag == "option" and self._choice:
            form.offers(self._choice, given.get("value", ""))
            if "selected" in given:
                form.takes(self._choice, given.get("value", ""))
        elif tag == "textarea" and name:
            self._area = name
            form.texts.append(name)
            form.takes(name, "")
        elif tag == "input" and name:
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in TEXTS:
            form.texts.append(name)
        if kind in {"checkbox", "radio"}:
            form.offers(name, given.get("value", ""))
        if kind in TEXTS | {"hidden", "number"} or (kind in {"checkbox", "radio"} and "checked" in given):
            form.takes(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self._form.chooses()
            self._form = None
        elif tag == "select":
            self._choice = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.sent[self._area][-1] += data.removeprefix("\n")

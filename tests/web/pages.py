"""A page as a machine reads it: what it says, where it leads, and what is wrong with it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
SAID = ("title", "aria-label", "placeholder", "alt")
TYPED = frozenset({"input", "select", "textarea"})
DATA = "application/json"
"""Numbers for a chart stand in a script that nothing runs."""
UNLABELLED = frozenset({"hidden", "submit", "button"})

Attributes = dict[str, str]


class Page(HTMLParser):
    """One page. `said` leaves out data quoted as it was recorded, code, and what is marked as another language."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.hrefs: list[str] = []
        self.faults: list[str] = []
        self.fields: list[Attributes] = []
        self.language = ""
        self._open: list[tuple[str, Attributes]] = []
        self._ids: set[str] = set()
        self._labels: set[str] = set()
        self._points: list[str] = []
        self._headings = 0
        self.feed(html)
        self.close()
        self._judge()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) < len(attrs):
            self.faults.append(f"<{tag}> repeats an attribute")
        self._look(tag, given)
        if tag not in VOID:
            self._open.append((tag, given))
        if self._is_ours():
            self.said += [given[name] for name in SAID if name in given]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1][0] if self._open else 'nothing'}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._is_ours():
            self.said.append(data.strip())

    def _is_ours(self) -> bool:
        return not any(
            tag in {"code", "textarea", "script"}
            or given.get("translate") == "no"
            or (tag != "html" and "lang" in given)
            for tag, given in self._open
        )

    def _look(self, tag: str, given: Attributes) -> None:
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "h1":
            self._headings += 1
        if "id" in given:
            if given["id"] in self._ids:
                self.faults.append(f"two things are called #{given['id']}")
            self._ids.add(given["id"])
        if tag == "label" and "for" in given:
            self._labels.add(given["for"])
        if tag in TYPED and given.get("type") not in UNLABELLED:
            wrapped = any(name == "label" for name, _ in self._open)
            self.fields.append({"type": tag, **given, "wrapped": "yes" if wrapped else ""})
        self._points += [given[name] for name in ("aria-labelledby", "aria-describedby", "for") if name in given]
        if tag == "a" and "href" in given:
            self.hrefs.append(given["href"])
        if tag in {"style", "script"} and "src" not in given and given.get("type") != DATA:
            self.faults.append(f"an inline <{tag}>")
        self.faults += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]
        if tag == "img" and "alt" not in given:
            self.faults.append("a picture without words")

    def _judge(self) -> None:
        self.faults += [f"<{tag}> is never closed" for tag, _ in self._open]
        if self._headings != 1:
            self.faults.append(f"{self._headings} main headings")
        if self.language not in {"ja", "en"}:
            self.faults.append(f"the page is in {self.language!r}")
        for field in self.fields:
            if not (field["wrapped"] or field.get("aria-label") or field.get("id") in self._labels):
                self.faults.append(f"no label for {field.get('name')}")
        self.faults += [
            f"nothing is called #{one}" for points in self._points for one in points.split() if one not in self._ids
        ]

"""A list page: declared by its columns, its rows and its filters. The address holds filters, order, columns, place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.bookmarks.queries import list_views
from kanjo.platform.paging import Page, last_page
from kanjo.platform.tallies import Tally
from kanjo.surfaces.readers import exports
from kanjo.surfaces.web.chosen import (
    AT_ONCE,
    CHOSEN,
    DONE,
    EACH,
    EVERY,
    Chosen,
    Each,
    NoSuchAct,
    NothingChosen,
    Pack,
    TooManyChosen,
    done_to,
    ids_of,
    outcome_of,
    packed,
)
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Button, Column, Head, Section, Table, apart, buttons, cells
from kanjo.surfaces.web.doors import SIGNED_IN, Door
from kanjo.surfaces.web.exports import EXPORTS, exported
from kanjo.surfaces.web.shown import NOTHING, Cell, Link, said

R = TypeVar("R")

ROWS = 50
"""Rows of one page."""

MOST_EXPORTED = 100_000
"""Rows of one export: a spreadsheet still opens them."""

TEXT, ORDER, AT, WITHOUT, AS, OPEN = "q", "order", "at", "without", "as", "open"
"""What the address names beside the filters: text, order, place in it, columns left out, export, row in the panel."""

ALL = Text(en="All", ja="すべて")
SUM = Text(en="Sum of all that match", ja="該当全件の合計")


class UnknownChoice(Refusal):
    """The address names a filter value that there is not."""

    rule = "pages.unknown-choice"
    says = Text(en="“{value}” is not a choice for {filter}.", ja="「{value}」は{filter}の選択肢にありません。")
    remedy = Text(en="Choose one from the list.", ja="一覧から選択してください。")


class TooManyToExport(Refusal):
    """More rows than one file takes."""

    rule = "lists.too-many-to-export"
    says = Text(
        en="More than {most} rows match, which is what one file takes.",
        ja="該当が1ファイルの上限（{most}件）を超えています。",
    )
    remedy = Text(en="Filter the list and export it in parts.", ja="条件で絞り込み、分けて書き出してください。")


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above the list, of values that know how they are shown."""

    name: str
    label: Text
    values: Sequence[Any]
    shown: Callable[[Any], object] = lambda value: value.shown

    def read(self, given: str) -> Any:
        """Return the chosen value, or None for all; refuses `UnknownChoice`."""
        if not given:
            return None
        for value in self.values:
            if self.code(value) == given:
                return value
        raise UnknownChoice(value=given, filter=self.label)

    @staticmethod
    def code(value: object) -> str:
        """Return the value as the address writes it."""
        return str(value.value if isinstance(value, Enum) else value)

    def options(self, chosen: object) -> list[tuple[str, str, bool]]:
        """Return (code, words, whether chosen) of every value."""
        return [(self.code(value), said(self.shown(value)), value == chosen) for value in self.values]


@dataclass(frozen=True, slots=True)
class View:
    """A tab above a list; `mine` is the id of a kept view that its reader may drop."""

    name: str
    href: str
    here: bool
    mine: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for, of all rows or those `among` the ids.

    `most` bounds how much is looked for, where only the first few are shown.
    """

    desk: Desk
    text: str
    choices: Mapping[str, Any]
    order: str
    limit: int
    at: str = ""
    among: Sequence[int] | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[R]):
    """A list: called with a request it answers with its page, or with all its rows as a file.

    Where rows can be chosen `key` gives the id of each, `rows` heeds `among`, and `each` and `packs` say what may be
    done to those chosen. `empty` says in the place of no rows what will stand there, `above` what the list comes to.
    """

    title: Text
    columns: Sequence[Column[R]]
    rows: Callable[[Asked], Page[R]]
    count: Callable[[Asked], Tally]
    search: Text | None = None
    filters: Sequence[Filter] = ()
    acts: Callable[[Desk], Sequence[Act]] = field(default=lambda _desk: ())
    note: Text | None = None
    empty: Text | None = None
    above: Callable[[Desk], Sequence[Section]] = field(default=lambda _desk: ())
    door: Door = SIGNED_IN
    key: Callable[[R], int] | None = None
    each: Sequence[Each[R]] = ()
    packs: Sequence[Pack[R]] = ()

    def __call__(self, request: DeskRequest) -> HttpResponse:
        """Answer with the page that the address asks for."""
        choices = {one.name: one.read(request.GET.get(one.name, "")) for one in self.filters}
        asked = Asked(
            desk=request.desk,
            text=request.GET.get(TEXT, "").strip(),
            choices=choices,
            order=request.GET.get(ORDER, ""),
            limit=ROWS,
            at=request.GET.get(AT, ""),
        )
        columns = self._columns(request)
        if self.key and EACH in request.GET and DONE not in request.GET:
            return self._to_chosen(request, asked)
        if request.GET.get(AS, "") in EXPORTS:
            return self._file(request.GET[AS], self._of_chosen(request, asked), columns)
        rows, tally, each = self.rows(asked), self.count(asked), self._each(request.desk)
        context = {
            "title": self.title,
            "note": self.note,
            "empty": self.empty,
            "sections": self.above(request.desk),
            "table": self._table(request, columns, rows, tally),
            "outcome": self._outcome(request),
            "each": [(name, button) for name, button in each if not button.others],
            "kept_by_chosen": _kept(request, AT, OPEN, EACH, CHOSEN, DONE, AS),
            "search": self.search,
            "text": asked.text,
            "filters": [(one, one.options(choices[one.name])) for one in self.filters],
            "chips": self._chips(request, asked),
            "filtered": bool(asked.text) or any(choice is not None for choice in choices.values()),
            "choices": [(column.name, said(column.label), column in columns) for column in self.columns[1:]],
            "kept": _kept(request, WITHOUT, AT, EACH, DONE),
            "kept_by_filters": _kept(request, TEXT, AT, OPEN, EACH, DONE, *choices),
            "views": self._views(request),
            "exports": [(kind, _at(request, **{AS: kind, AT: ""})) for kind in EXPORTS],
            **apart([*self._buttons(request.desk), *(button for _name, button in each if button.others)]),
            **paging(request, rows, tally),
        }
        return render(request, "list.html", context)

    def _columns(self, request: DeskRequest) -> Sequence[Column[R]]:
        """Return the columns that the address does not leave out; the first, which leads to the row, always stays."""
        without = set(request.GET.getlist(WITHOUT))
        return [self.columns[0], *(column for column in self.columns[1:] if column.name not in without)]

    def _table(self, request: DeskRequest, columns: Sequence[Column[R]], rows: Sequence[R], tally: Tally) -> Table:
        table = _placed(columns, Table.of(columns, rows))
        heads, sums = tuple(_head(request, column) for column in columns), _sums(columns, tally)
        return replace(table, heads=heads, sums=sums, keys=tuple(map(self.key, rows)) if self.key else ())

    def _to_chosen(self, request: DeskRequest, asked: Asked) -> HttpResponse:
        """Answer for an act on the chosen rows; "all that match" are named one by one before anything is asked."""
        assert self.key is not None, "rows of this list can be chosen"
        if EVERY in request.GET.getlist(CHOSEN):
            rows = self.rows(replace(asked, limit=AT_ONCE, at=""))
            if rows.after:
                raise TooManyChosen(most=AT_ONCE)
            return HttpResponseRedirect(_at(request, **{CHOSEN: ",".join(str(self.key(row)) for row in rows)}))
        ids = ids_of(request.GET.getlist(CHOSEN))
        rows = self.rows(replace(asked, limit=AT_ONCE, at="", among=ids))
        if not rows:
            raise NothingChosen
        for pack in self.packs:
            if pack.name == request.GET[EACH]:
                return packed(f"{said(self.title)}-{asked.desk.today.isoformat()}", pack, asked.desk, rows)
        for each in self.each:
            if each.name == request.GET[EACH]:
                return done_to(request, each, Chosen(Link(self.title, _name(request)), self.columns, rows, len(ids)))
        raise NoSuchAct

    def _of_chosen(self, request: DeskRequest, asked: Asked) -> Asked:
        chosen = request.GET.getlist(CHOSEN)
        return replace(asked, among=ids_of(chosen)) if self.key and chosen and EVERY not in chosen else asked

    def _outcome(self, request: DeskRequest) -> Section | None:
        named = (each for each in self.each if each.name == request.GET.get(EACH, ""))
        return next((outcome_of(request, each) for each in named), None)

    def _each(self, desk: Desk) -> list[tuple[str, Button]]:
        """Return what may be done to chosen rows; what may not, or only by others, says why."""
        acts = [Act(each.label, Link("", "home"), each.verb) for each in self.each]
        drawn = [(each.name, button) for each, button in zip(self.each, buttons(acts, desk.actor), strict=True)]
        return drawn + [(pack.name, Button(said(pack.label), "", "", main=False)) for pack in self.packs]

    def found(self, asked: Asked) -> Table:
        """Return the first rows that hold the text asked for, as a table."""
        return _placed(self.columns, Table.of(self.columns, self.rows(asked)))

    def _file(self, kind: str, asked: Asked, columns: Sequence[Column[R]]) -> HttpResponse:
        rows = self.rows(replace(asked, limit=MOST_EXPORTED, at=""))
        if rows.after:
            raise TooManyToExport(most=f"{MOST_EXPORTED:,}")
        exports()
        return exported(
            kind,
            f"{said(self.title)}-{asked.desk.today.isoformat()}",
            [said(column.label) for column in columns],
            [[column.of(row) for column in columns] for row in rows],
        )

    def _chips(self, request: DeskRequest, asked: Asked) -> list[tuple[str, str, str]]:
        """Return what narrows the list: its name, its value, and the address without it."""
        chips = [
            (said(one.label), said(one.shown(asked.choices[one.name])), _at(request, **{one.name: "", AT: ""}))
            for one in self.filters
            if asked.choices[one.name] is not None
        ]
        if self.search and asked.text:
            chips.append((said(self.search), asked.text, _at(request, **{TEXT: "", AT: ""})))
        return chips

    def _views(self, request: DeskRequest) -> dict[str, Any]:
        """Return the tabs above the list: all of it, the kept views, and the way to keep what is seen now."""
        page = _name(request)
        query = urlencode(_kept(request, AT, AS, OPEN, EACH, CHOSEN, DONE))
        kept = [
            View(one.name, Link("", page, query=one.query).url, one.query == query, one.id if one.mine else None)
            for one in list_views(request.desk.actor, page)
        ]
        everything = View(said(ALL), request.path, not query, None)
        keep = Link("", "keep-view", query=urlencode({"of": page, "query": query})).url
        return {"tabs": [everything, *kept], "keep": keep if query and not any(one.here for one in kept) else ""}

    def _buttons(self, desk: Desk) -> list[Button]:
        return buttons(self.acts(desk), desk.actor)


def _at(request: DeskRequest, **changed: object) -> str:
    """Return the address of this list with some of its words changed; a blank one is left out."""
    words = {name: request.GET.getlist(name) for name in request.GET} | {name: [str(changed[name])] for name in changed}
    return "?" + urlencode([(name, value) for name, values in words.items() for value in values if value])


def _kept(request: DeskRequest, *apart_from: str) -> list[tuple[str, str]]:
    """Return what the address says, so that a form can say it again."""
    return [(name, value) for name in request.GET if name not in apart_from for value in request.GET.getlist(name)]


def _name(request: DeskRequest) -> str:
    match = request.resolver_match
    assert match is not None, "a list has an address"
    return match.url_name or ""


def _head(request: DeskRequest, column: Column[Any]) -> Head:
    now = request.GET.get(ORDER, "")
    if not column.order:
        return Head(said(column.label), column.number)
    sorted_by = {column.order: "ascending", f"-{column.order}": "descending"}.get(now, "")
    turned = f"-{column.order}" if sorted_by == "ascending" else column.order
    return Head(said(column.label), column.number, _at(request, **{ORDER: turned, AT: ""}), sorted_by)


def _placed(columns: Sequence[Column[Any]], table: Table) -> Table:
    """Return the table with the places of its cells on a phone."""
    places = _places(columns, table.rows[0]) if table.rows else {}
    rows = tuple(
        tuple(
            replace(cell, place="k5", label=said(column.label))
            if column.extra and cell.text != NOTHING
            else replace(cell, place=places.get(index, ""))
            for index, (column, cell) in enumerate(zip(columns, row, strict=True))
        )
        for row in table.rows
    )
    return replace(table, rows=rows, cards=True)


def _places(columns: Sequence[Column[Any]], row: Sequence[Cell]) -> dict[int, str]:
    """Return where a phone draws the columns: number and name left, the last amount and the state right.

    The name is the first column of words that is no day; a thing without one goes by its number. Extra columns follow
    below, two to a line.
    """
    words = [index for index, column in enumerate(columns) if index and not (column.number or column.extra)]
    names = [index for index in words if row[index].kind != "day"]
    numbers = [index for index, column in enumerate(columns) if column.number and not column.extra and index > 1]
    states = [index for index, cell in enumerate(row) if cell.kind == "state"]
    lead = ("k1", "k3") if columns[0].leads else ("k3", "k1")
    first = {0: lead[0], names[0]: lead[1]} if names else {0: "k1"} | ({words[0]: "k3"} if words else {})
    return first | ({numbers[-1]: "k2"} if numbers else {}) | ({states[-1]: "k4"} if states else {})


def _sums(columns: Sequence[Column[Any]], tally: Tally) -> tuple[tuple[Cell, ...], ...]:
    """Return what all matching rows add up to, a row for each currency."""
    summed = [tally.sums.get(column.order, ()) for column in columns]
    lines = range(max(map(len, summed)))
    return tuple(
        cells([SUM if not at else one[line] if one else "" for at, one in enumerate(summed)]) for line in lines
    )


def paging(request: DeskRequest, rows: Page[Any], tally: Tally) -> dict[str, object]:
    """Return how many rows there are, which a page shows, and the addresses of the pages around it."""
    last = rows.number + len(rows) - 1
    placed = 0 < rows.number <= last and (tally.more or last <= tally)
    return {
        "total": int(tally),
        "more": tally.more,
        "first": rows.number if placed else 0,
        "last": last,
        "beginning": _at(request, at="") if rows.before else "",
        "before": _at(request, at=rows.before) if rows.before else "",
        "after": _at(request, at=rows.after) if rows.after else "",
        "end": _at(request, at=last_page(0 if tally.more else tally)) if rows.after else "",
    }

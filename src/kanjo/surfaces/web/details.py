"""A detail page: what something is, its tables, what may be done with it, and all that ever happened to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from kanjo.foundation.actors import Actor
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS
from kanjo.surfaces.doors import named
from kanjo.surfaces.readers import reader
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import Chart
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.differences import Change
from kanjo.surfaces.web.shown import Cell, Link, cell, said
from kanjo.surfaces.web.stages import DrawnStep
from kanjo.surfaces.web.trail import Story, Subject, happened

R = TypeVar("R")

PANEL = "HX-Request"
"""The header by which a list asks for a panel."""

_REVEAL = Text(en="Show personal data", ja="個人情報を表示")
WHO = Text(en="Who does what here", ja="この画面の操作と実行できる役割")
_ROLES = Text(en="Done by: {roles}", ja="実行できる役割: {roles}")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column: its heading, what it shows of a row, and whether its heading stands over numbers.

    `order` is the name by which a list may be sorted by it. An `extra` one stands on a phone below the main ones, with
    its heading; a first one that `leads` is the name of the thing and heads its row there.
    """

    label: Text
    of: Callable[[R], object]
    number: bool = False
    order: str = ""
    extra: bool = False
    leads: bool = False

    @property
    def name(self) -> str:
        """The name by which an address leaves it out: what it is called in English."""
        return slugify(self.label.en)


def amount(label: Text, of: Callable[[R], Money | int | None], order: str = "") -> Column[R]:
    """Return a column of amounts or counts."""
    return Column(label, of, number=True, order=order)


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column as it is drawn: `href` sorts by it, `sorted` says how it is sorted now."""

    label: str
    number: bool = False
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the templates draw it; `cards` marks a list, whose rows a phone draws as two lines.

    With `keys` rows can be chosen.
    """

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[tuple[Cell, ...], ...] = ()
    cards: bool = False
    keys: tuple[int, ...] = ()

    @property
    def chosen_by(self) -> Iterable[tuple[tuple[Cell, ...], int]]:
        """The rows, each with the id by which it is chosen, 0 where none can be."""
        return zip(self.rows, self.keys or (0,) * len(self.rows), strict=True)

    @classmethod
    def of(cls, columns: Sequence[Column[Any]], rows: Iterable[Any], sums: Sequence[object] = ()) -> Table:
        """Return the rows as cells; *sums* is the last row, one value per column ("" leaves its cell blank)."""
        return cls(
            heads=tuple(Head(said(column.label), column.number) for column in columns),
            rows=tuple(tuple(_aligned(column, row) for column in columns) for row in rows),
            sums=(cells(sums),) if sums else (),
        )


def cells(values: Sequence[object]) -> tuple[Cell, ...]:
    """Return a row of values as cells; "" leaves its cell blank."""
    return tuple(Cell("") if value == "" else cell(value) for value in values)


def _aligned(column: Column[Any], row: Any) -> Cell:
    made = cell(column.of(row))
    return replace(made, kind="num") if column.number and not made.kind else made


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a page with its heading; `note` and `chart` stand above it, `empty` in its place."""

    title: Text
    table: Table
    note: Text | None = None
    empty: Text | None = None
    chart: Chart | None = None


_SAME = Text(en="Nothing differs.", ja="変更はありません。")
_DIFFERENCE: tuple[Column[Change], ...] = (
    Column(labels.TITLE, lambda one: one.what),
    Column(Text(en="Change", ja="区分"), lambda one: one.word),
    Column(Text(en="Before", ja="変更前"), lambda one: one.sides[0]),
    Column(Text(en="After", ja="変更後"), lambda one: one.sides[1]),
)


def difference(title: Text, changes: Iterable[Change], note: Text | None = None) -> Section:
    """Return the section that shows what differs."""
    return Section(title, Table.of(_DIFFERENCE, changes), note, _SAME)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done here. `held` says why not now; who may is what the verb says."""

    label: Text
    link: Link
    verb: str
    held: Text | None = None
    main: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """An act as it is drawn: without an address it cannot be pressed, and `why` says why; `others` only do it."""

    label: str
    href: str
    why: str
    main: bool
    others: bool = False


def buttons(acts: Iterable[Act], actor: Actor) -> list[Button]:
    """Return the acts for *actor*: none is hidden, what may not be done says why."""
    return [_button(act, actor) for act in acts]


def apart(drawn: Sequence[Button]) -> dict[str, object]:
    """Return what a template draws of acts: those of the reader at the head, those of others folded below."""
    mine, others = ([act for act in drawn if act.others is one] for one in (False, True))
    return {"acts": mine, "others": others, "who": WHO}


def _button(act: Act, actor: Actor) -> Button:
    roles = VERBS[act.verb].roles
    if not actor.holds(*roles):
        return Button(said(act.label), "", said(_ROLES.filled(roles=named(roles))), main=False, others=True)
    if act.held is not None:
        return Button(said(act.label), "", said(act.held), main=False)
    return Button(said(act.label), act.link.url, "", main=act.main)


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One object in full.

    `trail` names the rows (table, id) whose history is shown, `story` is a whole one in its place; `steps` are the
    stages of the deal it belongs to, `progress` tells how far it is where it is long work.
    """

    kind: Text
    title: str
    back: Link
    facts: Sequence[tuple[Text, object]]
    state: object = None
    note: Text | None = None
    sections: Sequence[Section] = ()
    acts: Sequence[Act] = ()
    trail: Sequence[Subject] = ()
    story: Story | None = None
    steps: Sequence[DrawnStep] = ()
    progress: object = None


def _revealing(request: DeskRequest) -> Iterable[Act]:
    """Return the act that shows what was masked for the reader of this page."""
    now = reader()
    if now is not None and now.masks:
        yield Act(_REVEAL, Link("", "reveal", f"{now.page}.{now.key}"), "privacy.reveal")


def show(request: DeskRequest, detail: Detail) -> HttpResponse:
    """Answer with the page of one object, or with the panel beside a list that asks for it."""
    context: dict[str, object] = {
        "detail": detail,
        "state": cell(detail.state) if detail.state is not None else None,
        "back": cell(detail.back),
        "facts": [(said(label), cell(value)) for label, value in detail.facts],
        "story": detail.story or Story(happened(detail.trail)) if detail.story or detail.trail else None,
    }
    context |= apart(buttons((*detail.acts, *_revealing(request)), request.desk.actor))
    response = render(request, "panel.html" if PANEL in request.headers else "detail.html", context)
    response.headers["Vary"] = PANEL
    return response

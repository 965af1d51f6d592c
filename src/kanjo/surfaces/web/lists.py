"""A list page: declared by its columns, its rows and its filters. The address holds filters and page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Button, Column, Table, buttons
from kanjo.surfaces.web.doors import SIGNED_IN, Door
from kanjo.surfaces.web.shown import said

R = TypeVar("R")

ROWS = 50
"""Rows of one page."""


class UnknownChoice(Refusal):
    """The address names a filter value that there is not."""

    rule = "pages.unknown-choice"
    says = Text(en="“{value}” is no choice of {filter}.", ja="「{value}」は{filter}の選択肢にありません。")
    remedy = Text(en="Choose one from the list.", ja="一覧から選択してください。")


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
class Asked:
    """What a list is asked for."""

    desk: Desk
    text: str
    choices: Mapping[str, Any]
    limit: int
    offset: int


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[R]):
    """A list: called with a request it answers with its page."""

    title: Text
    columns: Sequence[Column[R]]
    rows: Callable[[Asked], Sequence[R]]
    count: Callable[[Asked], int]
    search: Text | None = None
    filters: Sequence[Filter] = ()
    acts: Callable[[Desk], Sequence[Act]] = field(default=lambda _desk: ())
    note: Text | None = None
    door: Door = SIGNED_IN

    def __call__(self, request: DeskRequest) -> HttpResponse:
        """Answer with the page that the address asks for; beyond the end that is the last one."""
        choices = {one.name: one.read(request.GET.get(one.name, "")) for one in self.filters}
        asked = Asked(request.desk, request.GET.get("q", "").strip(), choices, limit=ROWS, offset=0)
        total = self.count(asked)
        number = min(_page(request.GET.get("page", "")), max(1, -(-total // ROWS)))
        rows = self.rows(replace(asked, offset=(number - 1) * ROWS))
        context = {
            "title": self.title,
            "note": self.note,
            "table": Table.of(self.columns, rows),
            "acts": self._buttons(request.desk),
            "search": self.search,
            "text": asked.text,
            "filters": [(one, one.options(choices[one.name])) for one in self.filters],
            "filtered": bool(asked.text) or any(choice is not None for choice in choices.values()),
            "total": total,
            **_paging(request, number, total),
        }
        return render(request, "list.html", context)

    def _buttons(self, desk: Desk) -> list[Button]:
        return buttons(self.acts(desk), desk.actor)


def _page(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 8 and int(given) else 1


def _paging(request: DeskRequest, number: int, total: int) -> dict[str, object]:
    def at(page: int) -> str:
        return "?" + urlencode({**request.GET.dict(), "page": page})

    return {
        "first": min((number - 1) * ROWS + 1, total),
        "last": min(number * ROWS, total),
        "before": at(number - 1) if number > 1 else "",
        "after": at(number + 1) if number * ROWS < total else "",
    }

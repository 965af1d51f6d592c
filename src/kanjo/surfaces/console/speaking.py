"""How the command speaks: its language, tables and progress for people, JSON for machines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text as Cell

from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.console.refusals import NotADay

people = Console(soft_wrap=True)
errors = Console(stderr=True, soft_wrap=True)


class Report(Protocol):
    """Told how far a long piece of work has come: *done* of *total* (0 when nobody knows), and with what."""

    def __call__(self, done: int, total: int, what: Text) -> None:
        """Show it."""


def language() -> Language:
    """Return the language of the person at the terminal: KANJO_LANGUAGE, else the locale."""
    for name in ("KANJO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := os.environ.get(name):
            return Language.JAPANESE if spoken.startswith("ja") else Language.ENGLISH
    return Language.ENGLISH


def said(en: str, ja: str) -> str:
    """Return one sentence in the language of the person."""
    return Text(en=en, ja=ja).said_in(language())


def say(text: Text, *, style: str = "") -> None:
    """Print one sentence for people."""
    people.print(text.said_in(language()), style=style or None, markup=False, highlight=False)


def print_json(content: Mapping[str, Any] | list[Any]) -> None:
    """Print for machines: one JSON document, the same keys in every language."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table for people."""
    grid = Table(*headings)
    for row in rows:
        grid.add_row(*(Cell(cell) for cell in row))
    people.print(grid)


@contextmanager
def progress(name: Text) -> Iterator[Report]:
    """Show how *name* goes on, with a bar as soon as somebody tells how far it is."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=people, transient=True, disable=not people.is_terminal) as bars:
        task = bars.add_task(name.said_in(language()), total=None)

        def report(done: int, total: int, what: Text) -> None:
            bars.update(task, completed=done, total=total or None, description=what.said_in(language()))

        yield report


def day(text: str) -> date:
    """Return the day that was typed; refuses `NotADay`."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a business day, not a moment
    except ValueError:
        raise NotADay(value=quoted(text)) from None


AsJson = Annotated[
    bool, typer.Option("--json", help=said("Print JSON for machines.", "機械処理用に JSON で出力します。"))
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=said("Do not ask.", "確認せずに実行します。"))]

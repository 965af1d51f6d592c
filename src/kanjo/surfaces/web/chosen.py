"""What is done to rows chosen in a list: shown first with their sum, then done one by one, each with its outcome.

Every row is a transaction of its own: what is refused is refused alone, by its rule, and nothing is half done.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpResponse
from django.utils.crypto import get_random_string

from kanjo.foundation.money import MINOR_MAX, Money
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS
from kanjo.surfaces.doors import named
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Column, Section, Table
from kanjo.surfaces.web.fields import Field
from kanjo.surfaces.web.files.pages import as_download
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.middleware import NotForYourRole
from kanjo.surfaces.web.shown import Link, State, cell, said

R = TypeVar("R")

EACH, CHOSEN, DONE, EVERY = "each", "chosen", "done", "all"
"""What the address names: the act, the ids of the rows or "all" that match, the outcome of an act that was done."""

AT_ONCE = 200
"""Rows of one act."""

_KEPT = 5
"""Outcomes that a session remembers."""

CHOSEN_ROWS = Text(en="What was chosen", ja="選択した行")
OUTCOME = Text(en="What became of each", ja="行ごとの結果")
CHOSE = Text(en="{count} chosen: {sums}. {says}", ja="{count}件を選択（{sums}）。{says}")
COUNTED = Text(en="{count} chosen. {says}", ja="{count}件を選択。{says}")
TOLD = Text(en="{label}: {done} done, {refused} refused", ja="{label}：完了 {done}件、不可 {refused}件")
_DONE = State(Text(en="Done", ja="完了"), "ok")
_REFUSED = State(Text(en="Refused", ja="不可"), "stop")


class NothingChosen(Refusal):
    """An act on no row."""

    rule = "lists.nothing-chosen"
    says = Text(en="No row of this list was chosen.", ja="この一覧の行が選択されていません。")
    remedy = Text(en="Tick the rows, or all that match.", ja="行、または該当全件にチェックを入れてください。")


class TooManyChosen(Refusal):
    """An act on more rows than one page can wait for."""

    rule = "lists.too-many-chosen"
    says = Text(en="More than {most} rows were chosen.", ja="{most}件を超える行が選択されています。")
    remedy = Text(en="Filter the list and act on it in parts.", ja="条件で絞り込み、分けて実行してください。")


class NoLongerThere(Refusal):
    """A chosen row that the list does not have."""

    rule = "lists.no-longer-there"
    says = Text(en="{count} of the rows are not in this list.", ja="{count}件はこの一覧にありません。")
    remedy = Text(en="Look at the list as it stands now.", ja="現在の一覧を確認してください。")


class NoSuchAct(Refusal):
    """The list has no such act."""

    rule = "lists.no-such-act"
    says = Text(en="This list has no such act.", ja="この一覧にその操作はありません。")
    remedy = Text(en="Choose one of the buttons above the list.", ja="一覧の上のボタンから選択してください。")


@dataclass(frozen=True, kw_only=True)
class Each(Generic[R]):
    """An act on each of the chosen rows; `do` is one verb or process. Who may is what the verb says."""

    name: str
    label: Text
    verb: str
    says: Text
    do: Callable[[Desk, R, Given], object]
    fields: Callable[[Desk], Sequence[Field]] = lambda _desk: ()


@dataclass(frozen=True, kw_only=True)
class Pack(Generic[R]):
    """The papers of the chosen rows in one archive: name and bytes of each."""

    name: str
    label: Text
    paper: Callable[[Desk, R], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Chosen(Generic[R]):
    """The chosen rows of a list that there are, and how many were asked for."""

    page: Link
    columns: Sequence[Column[R]]
    rows: Sequence[R]
    asked: int


def ids_of(given: Iterable[str]) -> list[int]:
    """Return the ids that an address names, each once; what is none is left out. Refuses `TooManyChosen`."""
    parts = [part for one in given for part in one.split(",")]
    ids = list(dict.fromkeys(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 20))
    if len(ids) > AT_ONCE:
        raise TooManyChosen(most=AT_ONCE)
    return [one for one in ids if one <= MINOR_MAX]


def packed(title: str, pack: Pack[R], desk: Desk, rows: Sequence[R]) -> HttpResponse:
    """Answer with the papers of the rows; the same rows give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows:
            name, content = pack.paper(desk, row)
            archive.writestr(zipfile.ZipInfo(name), content)
    return as_download(made.getvalue(), f"{title}.zip", "application/zip")


def done_to(request: DeskRequest, each: Each[R], chosen: Chosen[R]) -> HttpResponse:
    """Answer with what would be done to the rows, or do it and lead to what became of each."""
    desk = request.desk
    if not desk.actor.holds(*VERBS[each.verb].roles):
        raise NotForYourRole(roles=named(VERBS[each.verb].roles))
    sums = sums_of(chosen.columns, chosen.rows)
    told = "、".join(cell(money).text for money in next((by for by in reversed(sums) if by), ()))
    says = (CHOSE if told else COUNTED).filled(count=len(chosen.rows), sums=told, says=each.says)

    def do(given: Given) -> Link:
        outcomes = [_outcome(each, desk, chosen.columns[0], row, given) for row in chosen.rows]
        if chosen.asked > len(chosen.rows):
            outcomes.append(("", *_told(NoLongerThere(count=chosen.asked - len(chosen.rows)))))
        token = _kept(request.session, outcomes)
        return Link("", chosen.page.name, query=urlencode({EACH: each.name, DONE: token}))

    deed = Deed(
        title=each.label,
        back=chosen.page,
        button=each.label,
        do=do,
        fields=tuple(each.fields(desk)),
        says=says,
        sections=(Section(CHOSEN_ROWS, Table.of(chosen.columns, chosen.rows)),),
        own_transactions=True,
        tried=False,
    )
    return perform(request, deed)


def outcome_of(request: DeskRequest, each: Each[Any]) -> Section | None:
    """Return what became of each row, where the session still knows."""
    kept: Mapping[str, list[list[str]]] = request.session.get(DONE, {})
    rows = kept.get(request.GET.get(DONE, ""), [])
    if not rows:
        return None
    done = sum(not row[1] for row in rows)
    columns: tuple[Column[list[str]], ...] = (
        Column(labels.NUMBER, lambda row: row[0]),
        Column(labels.STATE, lambda row: _REFUSED if row[1] else _DONE),
        Column(labels.REASON, lambda row: Text(en=row[2], ja=row[3]) if row[1] else ""),
        Column(Text(en="Rule", ja="規則"), lambda row: row[1]),
    )
    title = TOLD.filled(label=each.label, done=done, refused=len(rows) - done)
    return Section(title, Table.of(columns, rows))


def sums_of(columns: Sequence[Column[R]], rows: Sequence[R]) -> list[list[Money]]:
    """Return what each column adds up to over the rows, currency by currency."""
    summed = []
    for column in columns:
        by: dict[str, int] = {}
        for value in map(column.of, rows):
            if isinstance(value, Money):
                by[value.currency] = by.get(value.currency, 0) + value.minor
        summed.append([Money(minor, currency) for currency, minor in sorted(by.items())])
    return summed


def _outcome(each: Each[R], desk: Desk, names: Column[R], row: R, given: Given) -> tuple[str, ...]:
    name = names.of(row)
    shown = said(name.value if isinstance(name, Link) else name)
    try:
        with transaction.atomic():
            each.do(desk, row, given)
    except Refusal as refusal:
        return (shown, *_told(refusal))
    return (shown, "", "", "")


def _told(refusal: Refusal) -> tuple[str, str, str]:
    sentence = refusal.sentence
    return refusal.rule, sentence.en, sentence.ja


def _kept(session: SessionBase, outcome: Sequence[Sequence[str]]) -> str:
    token = get_random_string(12)
    session[DONE] = dict([*session.get(DONE, {}).items(), (token, [list(row) for row in outcome])][-_KEPT:])
    return token

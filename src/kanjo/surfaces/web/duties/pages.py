"""Duty pairs: who holds both halves of what one person may not both do to the same thing, and who did."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.reports.duties import HeldPair, list_held_pairs
from kanjo.surfaces.doors import Door, named
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import door
from kanjo.surfaces.web.exports import exported
from kanjo.surfaces.web.people.pages import PERSON
from kanjo.surfaces.web.people.pages import TITLE as PEOPLE
from kanjo.surfaces.web.shown import Link, State, said
from kanjo.surfaces.web.words import act_named

WATCH = Door(roles=(Role.AUDITOR, Role.ADMINISTRATOR))
TITLE = Text(en="Duties kept apart", ja="職務分掌")
ACT, OTHER = Text(en="Act", ja="操作"), Text(en="Kept apart from", ja="分離すべき操作")
BY, OTHER_BY = Text(en="By the roles", ja="操作の役割"), Text(en="Other, by the roles", ja="分離すべき操作の役割")
DONE, OTHER_DONE = Text(en="Done", ja="操作の件数"), Text(en="Other done", ja="分離すべき操作の件数")
BOTH = Text(en="On the same thing", ja="同一対象の件数")
FOUND = Text(en="Finding", ja="判定")
IN_HANDS = Text(en="In one hand", ja="同じ人が持つ組合せ")
NONE = Text(en="Nobody holds both halves of a pair.", ja="組合せの両方を持つ人はいません。")
FILE = Text(en="As a file", ja="書き出し")
NOTE = Text(
    en="One person may hold both roles; the act refuses whoever did the other half to the same thing. Acts are counted"
    " from the trail, in your companies, those done by a deputy for both persons.",
    ja="両方の役割を持つことはできますが、同一対象でもう一方を行った人の操作は拒否されます。件数は監査証跡から、"
    "所属する販売会社について集計しています（代理による操作は両者に計上）。",
)
FOUND_BOTH = State(Text(en="Both done", ja="両方実行"), "stop")
FOUND_APART = State(Text(en="On different things", ja="別の対象で実行"), "ok")
FOUND_ROLES = State(Text(en="Roles only", ja="役割のみ"), "quiet")


def _found(row: HeldPair) -> State:
    if row.both:
        return FOUND_BOTH
    return FOUND_APART if row.done and row.other_done else FOUND_ROLES


_COLUMNS: tuple[Column[HeldPair], ...] = (
    Column(PERSON, lambda row: Link(row.person, "person", row.person_id)),
    Column(FOUND, _found),
    Column(ACT, lambda row: act_named(row.act)),
    Column(OTHER, lambda row: act_named(row.other)),
    Column(BY, lambda row: named(row.by_roles)),
    Column(OTHER_BY, lambda row: named(row.other_by_roles)),
    amount(DONE, lambda row: row.done),
    amount(OTHER_DONE, lambda row: row.other_done),
    amount(BOTH, lambda row: row.both),
)


@door(WATCH)
def held_pairs(request: DeskRequest) -> HttpResponse:
    """Show who holds both halves of a pair, and what was done; or answer with it as a file."""
    rows = list_held_pairs(request.desk.actor)
    if request.GET.get("as") == "csv":
        heads = [said(column.label) for column in _COLUMNS]
        return exported("csv", said(TITLE), heads, [[column.of(row) for column in _COLUMNS] for row in rows])
    detail = Detail(
        kind=TITLE,
        title=said(TITLE),
        back=Link(PEOPLE, "people"),
        facts=((FILE, Link("CSV", "duty-pairs", query="as=csv")),),
        sections=(Section(IN_HANDS, Table.of(_COLUMNS, rows), note=NOTE, empty=NONE),),
    )
    return show(request, detail)

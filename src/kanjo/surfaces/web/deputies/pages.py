"""Deputies: who stands in for whom; to name one, to end it, and to go to work for somebody absent."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseRedirect
from django.utils import timezone

from kanjo.foundation.actors import ROLE_NAMES, Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.companies.queries import list_companies
from kanjo.platform.deputies.operations import TABLE, end_deputation, name_deputy
from kanjo.platform.deputies.queries import DeputationRow, get_deputation, list_deputations, list_stands
from kanjo.platform.deputies.rules import UNDEPUTISED
from kanjo.platform.identity.queries import list_colleagues
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound
from kanjo.surfaces.doors import named
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import ONE_DAY
from kanjo.surfaces.web.desk import STANDING, Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.fields import Field, choice, day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, State

TITLE = Text(en="Deputies", ja="代理")
NAME = Text(en="Name a deputy", ja="代理を指定")
END = Text(en="End it", ja="代理を終了")
WORK = Text(en="Work for the absent person", ja="代理として作業する")
HOME = Text(en="My queue", ja="受付箱")
ABSENT = Text(en="Absent", ja="不在者")
DEPUTY = Text(en="Deputy", ja="代理人")
FIRST = Text(en="First day", ja="開始日")
LAST = Text(en="Last day", ja="最終日")
COMPANY = Text(en="Selling company", ja="販売会社")
ROLES = Text(en="Roles", ja="役割")
EVERY = Text(en="All", ja="すべて")
NAMED_BY = Text(en="Named by", ja="指定した人")
NONE = Text(en="There is no deputy, now or before.", ja="代理の指定はありません。")
OVER = Text(en="It is over.", ja="すでに終了しています。")
NOT_NOW = Text(en="You do not stand in for anybody by this now.", ja="現在、この代理としては作業できません。")
CAREFUL = Text(
    en="What you do then is recorded as done by you for {name}. You decide nothing that either of you asked for.",
    ja="以後の操作は「{name} さんの代理」として記録されます。どちらかが申請したものは決裁できません。",
)
RULES = Text(
    en="A deputy acts in roles that both hold, except administrator and auditor, in the companies of both."
    " Both are told by mail.",
    ja="代理人は、二人がともに所属する会社で、ともに持つ役割（システム管理者・監査人を除く）の範囲で作業します。"
    "両者にメールで通知されます。",
)
STATES = {
    "now": State(Text(en="In force", ja="代理中"), "ok"),
    "later": State(Text(en="To come", ja="開始前"), "info"),
    "over": State(Text(en="Over", ja="終了"), "quiet"),
}


def _state(row: DeputationRow, now: datetime) -> State:
    if not row.lives(now):
        return STATES["over"]
    return STATES["now" if row.starts_at <= now else "later"]


def _last(row: DeputationRow) -> object:
    return timezone.localdate(row.until - ONE_DAY)


def _roles(row: DeputationRow) -> Text:
    return named(row.roles) if row.roles else EVERY


WHICH = "d"
"""What the address calls the deputation: it is a matter of two people, and no address of the house."""
LIST = Link(TITLE, "deputies")


def of(key: int) -> str:
    """Return what an address says of a deputation."""
    return urlencode({WHICH: key})


def _asked(request: DeskRequest) -> int | None:
    """Return the deputation that the address names, None where it names none."""
    given = request.GET.get(WHICH, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


@door(SIGNED_IN)
def deputies(request: DeskRequest) -> HttpResponse:
    """Show who stands in for the person and for whom it does; to an administrator all of them."""
    desk = request.desk
    columns: tuple[Column[DeputationRow], ...] = (
        Column(ABSENT, lambda row: Link(row.absent, "deputation", query=of(row.id))),
        Column(DEPUTY, lambda row: row.deputy),
        Column(FIRST, lambda row: timezone.localdate(row.starts_at)),
        Column(LAST, _last),
        Column(COMPANY, lambda row: row.company or EVERY),
        Column(ROLES, _roles),
        Column(labels.STATE, lambda row: _state(row, desk.now)),
    )
    detail = Detail(
        kind=TITLE,
        title=TITLE.said_in(desk.own.language),
        back=Link(HOME, "home"),
        facts=((labels.PERSON, desk.own.name),),
        sections=(Section(TITLE, Table.of(columns, list_deputations(desk.own)), note=RULES, empty=NONE),),
        acts=(Act(NAME, Link("", "name-deputy"), "deputies.name", main=True),),
    )
    return show(request, detail)


@door(SIGNED_IN)
def deputation(request: DeskRequest) -> HttpResponse:
    """Show one deputation, and all that happened to it."""
    desk, key = request.desk, _asked(request)
    if key is None:
        return HttpResponseRedirect(LIST.url)
    row = get_deputation(desk.own, key)
    works = any(stand.deputation_id == key for stand in list_stands(desk.own, desk.now))
    detail = Detail(
        kind=ROW_NAMES[TABLE],
        title=f"{row.absent} → {row.deputy}",
        state=_state(row, desk.now),
        back=LIST,
        facts=(
            (ABSENT, row.absent),
            (DEPUTY, row.deputy),
            (FIRST, timezone.localdate(row.starts_at)),
            (LAST, _last(row)),
            (COMPANY, row.company or EVERY),
            (ROLES, _roles(row)),
            (labels.REASON, row.because),
            (NAMED_BY, row.named_by),
        ),
        acts=(
            Act(WORK, Link("", "stand-in", query=of(key)), "deputies.name", None if works else NOT_NOW, main=True),
            Act(END, Link("", "end-deputation", query=of(key)), "deputies.end", None if row.lives(desk.now) else OVER),
        ),
        trail=((TABLE, key),),
    )
    return show(request, detail)


@door(SIGNED_IN)
def name(request: DeskRequest) -> HttpResponse:
    """Name a deputy: of oneself, as an administrator of anybody."""
    desk = request.desk

    def do(given: Given) -> Link:
        made = name_deputy(
            absent_id=PersonId(int(given["absent"])),
            deputy_id=PersonId(int(given["deputy"])),
            starts_on=given["starts_on"],
            last_on=given["last_on"],
            zone=timezone.get_current_timezone(),
            because=given["because"],
            company_id=CompanyId(int(given["company"])) if given["company"] else None,
            roles=[Role(given["roles"])] if given["roles"] else [],
            by=_as_oneself_or_deputy(desk),
            at=desk.now,
        )
        return Link("", "deputation", query=of(made))

    deed = Deed(
        title=NAME,
        back=LIST,
        button=NAME,
        do=do,
        fields=_fields(desk),
        says=RULES,
    )
    return perform(request, deed)


@door(SIGNED_IN)
def end(request: DeskRequest) -> HttpResponse:
    """End a deputation before its time."""
    desk, key = request.desk, _asked(request)
    if key is None:
        return HttpResponseRedirect(LIST.url)
    row = get_deputation(desk.own, key)

    def do(_given: Given) -> Link:
        end_deputation(deputation_id=key, by=_as_oneself_or_deputy(desk), at=desk.now)
        return Link("", "deputation", query=of(key))

    says = Text(
        en="{deputy} acts for {absent} no more, from this moment on.",
        ja="この時点から、{deputy} さんは {absent} さんの代理として操作できなくなります。",
    )
    back = Link(TITLE, "deputation", query=of(key))
    filled = says.filled(deputy=row.deputy, absent=row.absent)
    return perform(request, Deed(title=END, back=back, button=END, do=do, says=filled))


@door(SIGNED_IN)
def stand_in(request: DeskRequest) -> HttpResponse:
    """Go to work for somebody absent, until one goes back or the deputation ends."""
    desk, key = request.desk, _asked(request)
    if key is None:
        return HttpResponseRedirect(LIST.url)
    stand = next((one for one in list_stands(desk.own, desk.now) if one.deputation_id == key), None)
    if stand is None:
        raise NotFound(what=ROW_NAMES[TABLE], key=key)

    def do(_given: Given) -> Link:
        request.session[STANDING] = key
        return Link("", "home")

    says = CAREFUL.filled(name=stand.name)
    return perform(request, Deed(title=WORK, back=Link(HOME, "home"), button=WORK, do=do, says=says))


@door(SIGNED_IN)
def stand_back(request: DeskRequest) -> HttpResponse:
    """Go back to one's own work."""
    if request.method == "POST":
        request.session.pop(STANDING, None)
    return HttpResponseRedirect("/")


def _as_oneself_or_deputy(desk: Desk) -> Actor:
    """Return who acts: a deputy at work is told to go back first, anybody else acts in all its companies."""
    return desk.own if desk.actor.for_id is None else desk.actor


def _fields(desk: Desk) -> tuple[Field, ...]:
    own = desk.own
    chief = own.holds(Role.ADMINISTRATOR)
    people = tuple((str(key), name) for key, name in list_colleagues(None if chief else own.companies))
    absent = people if chief else ((str(own.id), own.name),)
    roles = tuple((role.value, ROLE_NAMES[role]) for role in Role if role not in UNDEPUTISED)
    mine = roles if chief else tuple(one for one in roles if one[0] in own.roles)
    companies = tuple((str(one.id), Text(en=one.name_en, ja=one.name)) for one in list_companies(own))
    return (
        choice("absent", ABSENT, absent, initial=str(own.id)),
        choice("deputy", DEPUTY, people),
        day("starts_on", FIRST, desk.today, hint=labels.BUSINESS_DAY),
        day("last_on", LAST, desk.today, hint=labels.BUSINESS_DAY),
        choice("company", COMPANY, companies, needed=False),
        choice("roles", ROLES, mine, needed=False),
        prose("because", labels.REASON),
    )

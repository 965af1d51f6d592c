"""People: who comes in with which roles and companies, what is open in their hands, where they are signed in."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.foundation.actors import ROLE_NAMES, Actor, Role
from kanjo.foundation.personal import HIDDEN, SENTENCES, needs
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.people import ORDERS, PersonRow, Standing, count_people, get_person, list_people_rows
from kanjo.platform.identity.sessions import list_sessions
from kanjo.reports.leaving import OpenWork, work_of
from kanjo.surfaces.readers import told_of
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import PEOPLE, door
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.sessions.pages import table as sessions_table
from kanjo.surfaces.web.shown import Link, State

TITLE = Text(en="People", ja="利用者")
PERSON = labels.PERSON
NAME = Text(en="Name", ja="氏名")
EMAIL = Text(en="E-mail address", ja="メールアドレス")
ROLES = Text(en="Roles", ja="役割")
COMPANIES = Text(en="Selling companies", ja="販売会社")
LANGUAGE = Text(en="Language", ja="言語")
FACTOR = Text(en="Second factor", ja="2段階認証")
SIGNED_IN_AT = Text(en="Last sign-in", ja="最終ログイン")
INVITED_UNTIL = Text(en="Invited until", ja="招待の有効期限")
LANGUAGES = {Language.JAPANESE: Text(en="Japanese", ja="日本語"), Language.ENGLISH: Text(en="English", ja="英語")}
SET_UP, NOT_SET_UP = Text(en="Set up", ja="設定済み"), Text(en="Not set up", ja="未設定")
SEARCH = Text(en="Name or e-mail address", ja="氏名・メールアドレス")
INVITE = Text(en="Invite somebody", ja="利用者を招待")
INVITE_AGAIN = Text(en="Invite again", ja="招待を再送")
WITHDRAW_INVITATION = Text(en="Withdraw the invitation", ja="招待を取消")
GRANT = Text(en="Give a role", ja="役割を付与")
TAKE = Text(en="Remove a role", ja="役割を取消")
ASSIGN = Text(en="Assign a company", ja="販売会社を割当")
UNASSIGN = Text(en="Remove from a company", ja="販売会社の割当を解除")
END_SESSIONS = Text(en="End all sessions", ja="全端末をログアウト")
REMOVE_FACTORS = Text(en="Remove a lost second factor", ja="2段階認証を解除（紛失時）")
LEAVE = Text(en="Dismiss", ja="退職・利用停止")
READMIT = Text(en="Readmit", ja="利用停止を解除")
SESSIONS = Text(en="Signed in", ja="ログイン中の端末")
OPEN_WORK = Text(en="Open work", ja="担当中の案件")
NO_WORK = Text(en="No open work.", ja="担当中の案件はありません。")
NO_SESSION = Text(en="Not signed in anywhere.", ja="ログイン中の端末はありません。")
IS_IN = Text(en="The invitation was accepted already.", ja="すでに参加済みです。")
IS_NOT_IN = Text(en="The person is not active.", ja="利用中ではありません。")
NOT_OUT = Text(en="The person is not dismissed.", ja="利用停止中ではありません。")
NO_FACTOR = Text(en="No second factor is set up.", ja="2段階認証は設定されていません。")
NO_ROLE = Text(en="The person holds no role.", ja="役割がありません。")
NO_COMPANY = Text(en="The person is assigned to no company.", ja="販売会社に割り当てられていません。")
TONES = {Standing.IN: "ok", Standing.INVITED: "wait", Standing.UNINVITED: "warn", Standing.OUT: "quiet"}


def roles_of(row: PersonRow) -> Text:
    """Return the roles of a person in words."""
    return Text(
        en=", ".join(ROLE_NAMES[role].en for role in row.roles), ja="、".join(ROLE_NAMES[role].ja for role in row.roles)
    )


def standing(row: PersonRow) -> State:
    """Return whether the person comes in, as it is drawn."""
    return State(row.standing.shown, TONES[row.standing])


def _invite(_desk: Desk) -> tuple[Act, ...]:
    return (Act(INVITE, Link("", "invite-person"), "identity.invite-person", main=True),)


PEOPLE_LIST = ListPage[PersonRow](
    title=TITLE,
    door=PEOPLE,
    columns=(
        Column(NAME, lambda row: Link(row.name, "person", row.id), order="name", leads=True),
        Column(EMAIL, lambda row: row.email, order="email"),
        Column(ROLES, roles_of),
        Column(COMPANIES, lambda row: ", ".join(code for _key, code in row.companies)),
        Column(FACTOR, lambda row: SET_UP if row.factor else NOT_SET_UP),
        Column(SIGNED_IN_AT, lambda row: row.signed_in_at, order="signed-in"),
        Column(labels.STATE, standing),
    ),
    rows=lambda asked: list_people_rows(
        asked.desk.actor, asked.desk.now, search=asked.text, order=asked.order, limit=asked.limit, at=asked.at
    ),
    count=lambda asked: count_people(asked.desk.actor, search=asked.text),
    search=SEARCH,
    acts=_invite,
)
assert set(ORDERS) == {column.order for column in PEOPLE_LIST.columns if column.order}


def work_table(rows: list[OpenWork], desk: Desk) -> Table:
    """Return what is open in somebody's hands as a table; of a company that the reader does not see no more than that.

    Persons are of all companies, what they work on is not.
    """
    seen = {one.id for one in desk.companies}
    columns: tuple[Column[OpenWork], ...] = (
        Column(labels.TITLE, lambda row: row.kind.shown),
        Column(labels.NAME, lambda row: _told(row, desk.actor) if row.company_id in seen else None),
        Column(labels.CUSTOMER, lambda row: row.customer if row.company_id in seen else None),
        Column(COMPANIES, lambda row: row.company),
    )
    return Table.of(columns, rows)


def _told(row: OpenWork, actor: Actor) -> Text:
    """Return what is open; a sentence that names people is masked for who does not need their names."""
    if row.about is None or (kind := SENTENCES.get(row.about[0])) is None:
        return row.what
    if not needs(actor, kind):
        return Text(en=HIDDEN, ja=HIDDEN)
    told_of(*row.about)
    return row.what


@door(PEOPLE)
def person(request: DeskRequest, key: int) -> HttpResponse:
    """Show a person: what it may, what is in its hands, where it is signed in."""
    desk = request.desk
    row = get_person(key, desk.now)
    sessions = list_sessions(row.id)
    sections = [Section(OPEN_WORK, work_table(work_of(row.id), desk), empty=NO_WORK)]
    if desk.actor.holds(Role.ADMINISTRATOR):
        sections.append(Section(SESSIONS, sessions_table(sessions), empty=NO_SESSION))
    detail = Detail(
        kind=PERSON,
        title=row.name,
        state=standing(row),
        back=Link(TITLE, "people"),
        facts=(
            (EMAIL, row.email),
            (ROLES, roles_of(row)),
            (COMPANIES, ", ".join(code for _key, code in row.companies)),
            (LANGUAGE, LANGUAGES[row.language]),
            (FACTOR, SET_UP if row.factor else NOT_SET_UP),
            (SIGNED_IN_AT, row.signed_in_at),
            *([(INVITED_UNTIL, row.invited_until)] if row.invited_until else []),
        ),
        sections=sections,
        acts=_acts(row, signed_in=bool(sessions)),
        trail=(("identity_person", row.id),),
    )
    return show(request, detail)


def _acts(row: PersonRow, *, signed_in: bool) -> tuple[Act, ...]:
    waits = row.standing in {Standing.INVITED, Standing.UNINVITED}
    came = None if waits else IS_IN
    inside = None if row.standing is Standing.IN else IS_NOT_IN
    return (
        Act(GRANT, Link("", "grant-role", row.id), "identity.grant-role"),
        Act(TAKE, Link("", "withdraw-role", row.id), "identity.withdraw-role", None if row.roles else NO_ROLE),
        Act(ASSIGN, Link("", "assign-company", row.id), "identity.assign-company"),
        Act(
            UNASSIGN,
            Link("", "unassign-company", row.id),
            "identity.unassign-company",
            None if row.companies else NO_COMPANY,
        ),
        Act(INVITE_AGAIN, Link("", "invite-again", row.id), "identity.invite-again", came, main=waits),
        Act(
            WITHDRAW_INVITATION,
            Link("", "withdraw-invitation", row.id),
            "identity.withdraw-invitation",
            came or (None if row.standing is Standing.INVITED else INVITED_UNTIL_OVER),
        ),
        Act(
            END_SESSIONS,
            Link("", "end-sessions-of", row.id),
            "identity.end-sessions-of",
            None if signed_in else NO_SESSION,
        ),
        Act(
            REMOVE_FACTORS,
            Link("", "remove-factors", row.id),
            "identity.remove-factors",
            None if row.factor else NO_FACTOR,
        ),
        Act(LEAVE, Link("", "leave", row.id), "identity.dismiss-person", inside),
        Act(
            READMIT,
            Link("", "readmit-person", row.id),
            "identity.readmit-person",
            None if row.standing is Standing.OUT else NOT_OUT,
        ),
    )


INVITED_UNTIL_OVER = Text(en="No invitation is open.", ja="有効な招待はありません。")

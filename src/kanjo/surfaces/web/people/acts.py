"""What is done about people: invite, give and take roles and companies, end sessions, let go and readmit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.personal import Kind, Personal
from kanjo.foundation.texts import Language, Text
from kanjo.platform.companies.queries import list_companies
from kanjo.platform.identity.invitations import GOOD_FOR, POWERS, invite_again, invite_person, withdraw_invitation
from kanjo.platform.identity.operations import (
    assign_company,
    end_sessions_of,
    grant_role,
    readmit_person,
    remove_factors,
    unassign_company,
    withdraw_role,
)
from kanjo.platform.identity.people import PersonRow, get_person
from kanjo.platform.identity.queries import get_actor, list_people
from kanjo.processes.invite import mail_invitation
from kanjo.processes.leave import leave
from kanjo.reports.leaving import work_of
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Section
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, Lines, Options, choice, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.people import pages
from kanjo.surfaces.web.shown import Link, said

log = logging.getLogger("kanjo.people")

ROLE = Text(en="Role", ja="役割")
COMPANY = Text(en="Selling company", ja="販売会社")
SUCCESSOR = Text(en="Who takes over", ja="引継ぎ先")
INVITATION = Text(en="Invitation", ja="招待")
SENT = Text(
    en="The invitation went to {email}. The link is shown this once, in case the message does not arrive; it is good"
    " once, until {until}. Whoever has it comes in as {name}.",
    ja="{email} に招待を送信しました。メールが届かない場合に備え、リンクを今回だけ表示します。"
    "有効期限は {until} で、1回だけ使用できます。このリンクを持つ人は {name} さんとして参加できます。",
)
NOT_SENT = Text(
    en="The message to {email} could not be sent. Give the person this link yourself: it is shown this once, and good"
    " once, until {until}. Whoever has it comes in as {name}.",
    ja="{email} への送信に失敗しました。次のリンクを本人に直接渡してください（表示は今回だけです）。"
    "有効期限は {until} で、1回だけ使用できます。このリンクを持つ人は {name} さんとして参加できます。",
)
TWICE = Text(
    en="The form came twice. The invitation was made once, and its link shown in the answer to the first.",
    ja="同じ内容が2回送信されました。招待は1件だけ作成され、リンクは最初の応答で表示されています。",
)


def _role_options(roles: frozenset[Role] | set[Role]) -> Options:
    return tuple((role.value, ROLE_NAMES[role]) for role in Role if role in roles)


@door(doing("identity.invite-person"))
def invite(request: DeskRequest) -> HttpResponse:
    """Invite somebody: who, in which roles and companies."""
    desk = request.desk
    made: list[tuple[PersonId, str]] = []
    given_by = set(Role) if desk.actor.holds(Role.ADMINISTRATOR) else set(Role) - POWERS

    def do(given: Given) -> Link:
        person_id, secret = invite_person(
            email=given["email"],
            name=given["name"],
            roles=[Role(row["role"]) for row in given["roles"]],
            companies=[CompanyId(int(row["company"])) for row in given["companies"]],
            language=Language(given["language"]),
            by=get_actor(desk.actor.id),
            at=desk.now,
        )
        made.append((person_id, secret))
        return Link("", "person", person_id)

    companies = tuple((str(one.id), Text(en=one.name_en, ja=one.name)) for one in desk.companies)
    fields = (
        words("email", pages.EMAIL, most=254),
        words("name", pages.NAME, most=120),
        choice("language", pages.LANGUAGE, _languages(), initial=desk.actor.language),
        Lines("roles", pages.ROLES, (choice("role", ROLE, _role_options(given_by)),), initial=({},)),
        Lines("companies", pages.COMPANIES, (choice("company", COMPANY, companies),), initial=({},)),
    )
    says = Text(
        en="A link goes to the address; it is good once, for {days} days. Until then the person cannot sign in.",
        ja="入力したアドレスにリンクを送信します。有効期限は{days}日、1回だけ使用できます。参加するまではログインできません。",
    ).filled(days=GOOD_FOR.days)
    back = Link(pages.TITLE, "people")
    deed = Deed(tried=False, title=pages.INVITE, back=back, button=pages.INVITE, do=do, fields=fields, says=says)
    return _told(request, perform(request, deed), made)


def _languages() -> Options:
    return tuple((language.value, pages.LANGUAGES[language]) for language in Language)


def _told(request: DeskRequest, response: HttpResponse, made: list[tuple[PersonId, str]]) -> HttpResponse:
    """Send the message and show the link once, when the act is done; the same form sent again is told so."""
    if not made:
        done = isinstance(response, HttpResponseRedirect)
        return render(request, "invited.html", {"title": INVITATION, "says": TWICE}) if done else response
    (person_id, secret), desk = made[0], request.desk
    row = get_person(person_id, desk.now)
    link = request.build_absolute_uri(reverse("open-invitation", args=[secret]))
    until: datetime = timezone.localtime(row.invited_until)
    try:
        mail_invitation(
            email=row.email.whole, name=row.name, language=row.language, by=desk.actor.name, link=link, until=until
        )
    except OSError:  # the invitation stands; its link is told all the same
        log.exception("an invitation was not sent")
        told = NOT_SENT
    else:
        told = SENT
    says = told.filled(email=said(row.email), name=row.name, until=f"{until:%Y-%m-%d %H:%M}")
    return render(request, "invited.html", {"title": INVITATION, "says": says, "link": link, "person": row.id})


@door(doing("identity.invite-again"))
def again(request: DeskRequest, key: int) -> HttpResponse:
    """Send a new link; the one before is good no more."""
    made: list[tuple[PersonId, str]] = []

    def do(row: PersonRow, _given: Given) -> None:
        made.append((row.id, invite_again(person_id=row.id, by=request.desk.actor, at=request.desk.now)))

    says = Text(
        en="A new link is sent; the one before is good no more.",
        ja="新しいリンクを送信します。以前のリンクは無効になります。",
    )
    return _told(request, _about(request, key, pages.INVITE_AGAIN, do, says=says), made)


@door(doing("identity.withdraw-invitation"))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Let the link be good no more."""

    def do(row: PersonRow, _given: Given) -> None:
        withdraw_invitation(person_id=row.id, by=request.desk.actor, at=request.desk.now)

    says = Text(
        en="The link is good no more. The person may be invited again.",
        ja="送信済みのリンクは無効になります。あとから招待し直すことができます。",
    )
    return _about(request, key, pages.WITHDRAW_INVITATION, do, says=says)


@door(doing("identity.grant-role"))
def grant(request: DeskRequest, key: int) -> HttpResponse:
    """Give a person a role."""

    def do(row: PersonRow, given: Given) -> None:
        grant_role(person_id=row.id, role=Role(given["role"]), by=request.desk.actor, at=request.desk.now)

    return _about(
        request,
        key,
        pages.GRANT,
        do,
        fields=lambda row: (choice("role", ROLE, _role_options(set(Role) - set(row.roles))),),
        says=Text(
            en="The person may do what the role may, from its next request on.",
            ja="次の操作から、役割の権限が有効になります。",
        ),
    )


@door(doing("identity.withdraw-role"))
def take(request: DeskRequest, key: int) -> HttpResponse:
    """Take a role from a person."""

    def do(row: PersonRow, given: Given) -> None:
        withdraw_role(person_id=row.id, role=Role(given["role"]), by=request.desk.actor, at=request.desk.now)

    return _about(
        request,
        key,
        pages.TAKE,
        do,
        fields=lambda row: (choice("role", ROLE, _role_options(set(row.roles))),),
        says=Text(
            en="The next request of the person already goes without it.",
            ja="次の操作から、この役割の権限がなくなります。",
        ),
    )


@door(doing("identity.assign-company"))
def assign(request: DeskRequest, key: int) -> HttpResponse:
    """Let a person see a company that the administrator sees."""

    def do(row: PersonRow, given: Given) -> None:
        company_id = CompanyId(int(given["company"]))
        assign_company(person_id=row.id, company_id=company_id, by=request.desk.actor, at=request.desk.now)

    def fields(row: PersonRow) -> tuple[Field, ...]:
        seen = {company_id for company_id, _code in row.companies}
        open_ones = [one for one in list_companies(get_actor(request.desk.actor.id)) if one.id not in seen]
        return (choice("company", COMPANY, tuple((str(one.id), one.code) for one in open_ones)),)

    says = Text(en="The person sees the records of the company.", ja="その販売会社のデータを参照できるようになります。")
    return _about(request, key, pages.ASSIGN, do, fields=fields, says=says)


@door(doing("identity.unassign-company"))
def unassign(request: DeskRequest, key: int) -> HttpResponse:
    """Let a person see a company no more."""

    def do(row: PersonRow, given: Given) -> None:
        company_id = CompanyId(int(given["company"]))
        unassign_company(person_id=row.id, company_id=company_id, by=request.desk.actor, at=request.desk.now)

    says = Text(
        en="The person no longer sees the records of the company.", ja="その販売会社のデータを参照できなくなります。"
    )
    return _about(
        request,
        key,
        pages.UNASSIGN,
        do,
        fields=lambda row: (choice("company", COMPANY, tuple((str(one), code) for one, code in row.companies)),),
        says=says,
    )


@door(doing("identity.end-sessions-of"))
def end_sessions(request: DeskRequest, key: int) -> HttpResponse:
    """End all sessions of a person."""

    def do(row: PersonRow, _given: Given) -> None:
        end_sessions_of(person_id=row.id, by=request.desk.actor, at=request.desk.now)

    says = Text(en="The person may sign in again.", ja="利用者は再度ログインできます。")
    return _about(request, key, pages.END_SESSIONS, do, says=says)


@door(doing("identity.remove-factors"))
def remove_lost_factors(request: DeskRequest, key: int) -> HttpResponse:
    """Take away the second factor of a person who lost it."""

    def do(row: PersonRow, given: Given) -> None:
        remove_factors(person_id=row.id, because=given["because"], by=request.desk.actor, at=request.desk.now)

    says = Text(
        en="Make sure that it is the person who asks. The authenticator app, passkeys and recovery codes are gone, all"
        " sessions and API tokens end, and the person is told by mail. After the next sign-in it sets up a new one"
        " before it sees any page.",
        ja="本人からの依頼であることを確認してください。認証アプリ・パスキー・リカバリーコードを解除し、ログイン中の端末と"
        "APIトークンを無効にします。本人にはメールで通知され、次回ログイン時に再設定するまで画面を利用できません。",
    )
    fields = (prose("because", labels.REASON),)
    return _about(request, key, pages.REMOVE_FACTORS, do, fields=lambda _row: fields, says=says)


@door(doing("identity.dismiss-person"))
def let_go(request: DeskRequest, key: int) -> HttpResponse:
    """Show what is in a person's hands, hand it over and shut the person out."""
    work = work_of(PersonId(key))

    def do(row: PersonRow, given: Given) -> None:
        to = PersonId(int(given["to"])) if given["to"] else None
        leave(person_id=row.id, to=to, by=request.desk.actor, at=request.desk.now)

    successors = tuple(
        (str(actor.id), f"{actor.name} ({said(Personal(email, Kind.EMAIL, ('identity_person', actor.id)))})")
        for email, actor in list_people()
        if actor.id != key
    )
    says = Text(
        en="Everything below goes to whoever takes over. The person signs in no more; its sessions and API"
        " tokens end, and so do deputies: where it stood in for somebody, whoever takes over does, if its roles allow."
        " Without a successor waiting work goes to whoever holds its role.",
        ja="以下の案件を引継ぎ先に移し、利用を停止します。ログインできなくなり、ログイン中の端末とAPIトークンは無効になります。"
        "代理の指定も終了します（本人が務めていた代理は、役割の範囲で引継ぎ先に移ります）。"
        "引継ぎ先を指定しない場合、対応待ちは同じ役割の担当者に移ります。",
    )
    return _about(
        request,
        key,
        pages.LEAVE,
        do,
        fields=lambda _row: (choice("to", SUCCESSOR, successors, needed=any(one.customer for one in work)),),
        says=says,
        sections=(Section(pages.OPEN_WORK, pages.work_table(work, request.desk), empty=pages.NO_WORK),),
    )


@door(doing("identity.readmit-person"))
def readmit(request: DeskRequest, key: int) -> HttpResponse:
    """Let a dismissed person in again; it sets a new password by the link for who forgot it."""

    def do(row: PersonRow, _given: Given) -> None:
        readmit_person(person_id=row.id, password=None, by=request.desk.actor, at=request.desk.now)

    says = Text(
        en="The person has its roles and companies again, and sets a new password with “Forgot the password?” on the"
        " sign-in page.",
        ja="役割と販売会社は元に戻ります。パスワードは、本人がログイン画面の「パスワードを忘れた場合」から再設定します。",
    )
    return _about(request, key, pages.READMIT, do, says=says)


def _about(
    request: DeskRequest,
    key: int,
    title: Text,
    do: Callable[[PersonRow, Given], None],
    *,
    fields: Callable[[PersonRow], tuple[Field, ...]] = lambda _row: (),
    says: Text | None = None,
    sections: tuple[Section, ...] = (),
) -> HttpResponse:
    """Answer with a form about one person, which leads back to its page."""
    row = get_person(key, request.desk.now)

    def done(given: Given) -> Link:
        do(row, given)
        return Link("", "person", row.id)

    deed = Deed(
        of=("identity_person", key),
        title=title,
        back=Link(row.name, "person", row.id),
        button=title,
        do=done,
        fields=fields(row),
        says=says,
        sections=sections,
    )
    return perform(request, deed)

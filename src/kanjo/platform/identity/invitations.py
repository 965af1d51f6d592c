"""Invitations: an administrator or HR says who comes, with which roles; the person comes by a link, good once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text
from kanjo.platform.access.queries import digest_of
from kanjo.platform.acts import verb
from kanjo.platform.identity.models import Invitation, Person
from kanjo.platform.identity.operations import enrol
from kanjo.platform.tables import refuse_unseen

GOOD_FOR: Final = timedelta(days=7)
INVITERS: Final = (Role.ADMINISTRATOR, Role.HR)
POWERS: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""The roles that only an administrator gives."""


class NotYoursToGive(Refusal):
    """A role that only an administrator gives."""

    rule = "identity.not-yours-to-give"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="Only an administrator gives this role.", ja="この役割を付与できるのはシステム管理者だけです。")
    remedy = Text(en="Ask an administrator to invite.", ja="システム管理者に招待を依頼してください。")


class NobodyAsked(Refusal):
    """Nobody is invited to nothing."""

    rule = "identity.no-role-given"
    says = Text(en="No role is given.", ja="役割が指定されていません。")
    remedy = Text(en="Choose what the person is there to do.", ja="担当する役割を選択してください。")


class NotAnAddress(Refusal):
    """Something that is not one e-mail address."""

    rule = "identity.not-an-address"
    says = Text(en="“{email}” is not an e-mail address.", ja="「{email}」はメールアドレスではありません。")
    remedy = Text(
        en="Write one address, such as hanako@example.co.jp.", ja="hanako@example.co.jp の形で1件だけ入力してください。"
    )


class AlreadyIn(Refusal):
    """Somebody who is in, or was."""

    rule = "identity.already-in"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} has come in already.", ja="{name} さんはすでに参加済みです。")
    remedy = Text(
        en="A lost password is set anew at the sign-in page; who was dismissed is readmitted.",
        ja="パスワードはログイン画面から再設定できます。利用停止中の場合は、利用停止を解除してください。",
    )


class InvitationOver(Refusal):
    """A link that is used, withdrawn, over, or never was one; all answer alike."""

    rule = "identity.invitation-over"
    kind = RefusalKind.MISSING
    says = Text(en="This invitation is not good any more.", ja="この招待は無効です。")
    remedy = Text(
        en="Ask whoever invited you for a new one; if you have used it, sign in.",
        ja="招待した人に再送を依頼してください。すでに登録済みの場合は、ログインしてください。",
    )


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as its person sees it. `digest` stands for the secret."""

    digest: str
    person_id: PersonId
    email: str
    name: str
    language: Language
    invited_by: str
    until: datetime


@verb("identity.invite-person", *INVITERS)
def invite_person(
    *,
    email: str,
    name: str,
    roles: Iterable[Role],
    companies: Iterable[CompanyId],
    language: Language,
    by: Actor,
    at: datetime,
) -> tuple[PersonId, str]:
    """Enrol a person who is not there yet; return it and the secret of its link, which is told once.

    Until the link is used it cannot sign in and nothing is handed to it. Refuses `PersonKnown`, `NotYoursToGive`,
    `NobodyAsked`, `NotAnAddress`, and a company that the inviter does not see.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise NotAnAddress(at="email", email=quoted(email)) from None
    given, seen = list(roles), list(companies)
    if not given:
        raise NobodyAsked(at="roles")
    if not by.holds(Role.ADMINISTRATOR) and not POWERS.isdisjoint(given):
        raise NotYoursToGive(at="roles")
    if not by.system:
        for company in seen:
            refuse_unseen(company, by)
    person = enrol(email=email, name=name, roles=given, companies=seen, language=language, active=False)
    return PersonId(person.pk), _invite(person, by, at)


@verb("identity.invite-again", *INVITERS)
def invite_again(*, person_id: PersonId, by: Actor, at: datetime) -> str:
    """Return the secret of a new link; the one before is good no more. Refuses `AlreadyIn`."""
    person = _waiting(person_id)
    _end(person, at)
    return _invite(person, by, at)


@verb("identity.withdraw-invitation", *INVITERS)
def withdraw_invitation(*, person_id: PersonId, by: Actor, at: datetime) -> None:
    """Let the link be good no more; the person stays on record and may be invited again. Refuses `AlreadyIn`."""
    _end(_waiting(person_id), at)


@verb("identity.accept-invitation", *Role)
def accept_invitation(*, digest: str, password: str | None, by: Actor, at: datetime) -> None:
    """Let the person of the invitation in, with the password that it chose; without one it needs a company account.

    The link is good no more. Refuses `InvitationOver`, also to whom another request of the same person came before.
    """
    living = Invitation.objects.select_for_update(of=("self",)).filter(digest=digest, ended_at=None, until__gt=at)
    invitation = living.filter(person_id=by.id).first()
    if invitation is None:
        raise InvitationOver
    invitation.accepted_at = invitation.ended_at = at
    invitation.save(update_fields=["accepted_at", "ended_at"])
    person = Person.objects.select_for_update().get(pk=by.id)
    person.is_active = True
    person.set_password(password)
    person.save(update_fields=["is_active", "password"])


def get_invitation(digest: str, at: datetime) -> Invited:
    """Return the invitation of a link; refuses `InvitationOver`."""
    found = Invitation.objects.select_related("person", "invited_by").filter(digest=digest, ended_at=None, until__gt=at)
    row = found.first()
    if row is None:
        raise InvitationOver
    return Invited(
        digest=row.digest,
        person_id=PersonId(row.person_id),
        email=row.person.email,
        name=row.person.name,
        language=Language(row.person.language),
        invited_by=row.invited_by.name,
        until=row.until,
    )


def _waiting(person_id: PersonId) -> Person:
    """Return a person who has never come in, locked."""
    person = Person.objects.select_for_update().get(pk=person_id)
    if person.is_active or not is_waiting(person):
        raise AlreadyIn(name=person.name)
    return person


def is_waiting(person: Person) -> bool:
    """Return whether the person was invited and has not come in."""
    invitations = person.invitations.all()
    return bool(invitations) and not any(one.accepted_at for one in invitations) and not person.is_active


def _invite(person: Person, by: Actor, at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(person=person, digest=digest_of(secret), invited_by_id=by.id, until=at + GOOD_FOR)
    return secret


def _end(person: Person, at: datetime) -> None:
    for one in Invitation.objects.select_for_update().filter(person=person, ended_at=None):
        one.ended_at = at
        one.save(update_fields=["ended_at"])

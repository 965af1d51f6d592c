"""Verbs on people: admit, dismiss, readmit; grant and withdraw roles; assign companies and take them away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.eras import Calendar
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text
from kanjo.platform.access.operations import revoke_all
from kanjo.platform.acts import verb
from kanjo.platform.deputies.operations import end_deputations_of
from kanjo.platform.identity.factors import FACTORS
from kanjo.platform.identity.models import Assignment, Person, RoleGrant
from kanjo.platform.identity.sessions import end_sessions
from kanjo.platform.notices.kinds import Kind
from kanjo.platform.notices.operations import tell
from kanjo.platform.tables import alone


class PersonKnown(Refusal):
    """Somebody already signs in with that address."""

    rule = "identity.person-known"
    kind = RefusalKind.CONFLICT
    says = Text(en="{email} already belongs to a person.", ja="{email} はすでに登録されています。")
    remedy = Text(
        en="Use another address, or change that person.", ja="別のアドレスを使うか、その人を変更してください。"
    )


class HouseStays(Refusal):
    """The house itself acts in scheduled runs and never signs in."""

    rule = "identity.house-stays"
    kind = RefusalKind.CONFLICT
    says = Text(en="The house itself cannot be dismissed.", ja="システム自身の利用を停止することはできません。")
    remedy = Text(en="Name a person: ./kanjo user list", ja="利用者を指定してください: ./kanjo user list")


class NotYourself(Refusal):
    """Nobody shuts itself out."""

    rule = "identity.not-yourself"
    kind = RefusalKind.CONFLICT
    says = Text(en="You cannot dismiss yourself.", ja="自分自身の利用を停止することはできません。")
    remedy = Text(en="Ask another administrator, or HR.", ja="別のシステム管理者または人事に依頼してください。")


class LastAdministrator(Refusal):
    """Nobody would be left who can let people in."""

    rule = "identity.last-administrator"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} is the last administrator.", ja="{name} さんは最後のシステム管理者です。")
    remedy = Text(
        en="Have the role given to somebody else first.", ja="先に別の利用者にシステム管理者の役割を付与してください。"
    )


class NotDismissed(Refusal):
    """Somebody who is not shut out."""

    rule = "identity.not-dismissed"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} is not dismissed.", ja="{name} さんは利用停止中ではありません。")
    remedy = Text(
        en="If the password is lost, give a new one.",
        ja="パスワードを忘れた場合は、新しいパスワードを設定してください。",
    )


class NotYourOwnFactor(Refusal):
    """Nobody takes its own second factor away as an administrator."""

    rule = "identity.not-your-own-factor"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="You cannot remove your own second factor here.", ja="自分自身の2段階認証をここで解除することはできません。"
    )
    remedy = Text(
        en="Use a recovery code, or ask another administrator.",
        ja="リカバリーコードを使用するか、別のシステム管理者に依頼してください。",
    )


class NoFactorThere(Refusal):
    """A person who has no second factor."""

    rule = "identity.no-factor-there"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} has no second factor.", ja="{name} さんの2段階認証は設定されていません。")
    remedy = Text(en="The person sets one up after signing in.", ja="本人がログイン後に設定してください。")


_FACTORS_REMOVED = Text(
    en="{by} removed your second factor: {because}. Set up a new one at the next sign-in. If you did not ask for it,"
    " tell another administrator at once.",
    ja="{by} さんがあなたの2段階認証を解除しました（理由: {because}）。次回ログイン時に設定し直してください。"
    "依頼した覚えがない場合は、すぐに別のシステム管理者へ連絡してください。",
)


@verb("identity.admit-person", Role.ADMINISTRATOR)
def admit_person(
    *,
    email: str,
    name: str,
    roles: Iterable[Role],
    companies: Iterable[CompanyId],
    by: Actor,
    at: datetime,
    password: str | None = None,
    language: Language = Language.JAPANESE,
    team: str = "",
    manager_id: PersonId | None = None,
) -> PersonId:
    """Let a person in, with roles and companies. Refuses `PersonKnown`. Without a password nobody can sign in."""
    person = enrol(
        email=email,
        name=name,
        roles=roles,
        companies=companies,
        language=language,
        team=team,
        manager_id=manager_id,
        password=password,
    )
    return PersonId(person.pk)


def enrol(
    *,
    email: str,
    name: str,
    roles: Iterable[Role],
    companies: Iterable[CompanyId],
    language: Language,
    active: bool = True,
    password: str | None = None,
    team: str = "",
    manager_id: PersonId | None = None,
) -> Person:
    """Put a person on record, for a verb that lets it in. Refuses `PersonKnown`."""
    if Person.objects.filter(email__iexact=email).exists():
        raise PersonKnown(email=email, at="email")
    person = Person(email=email, name=name, language=language, team=team, manager_id=manager_id, is_active=active)
    person.set_password(password)
    person.save()
    RoleGrant.objects.bulk_create(RoleGrant(person=person, role=role) for role in roles)
    Assignment.objects.bulk_create(Assignment(person=person, company_id=company) for company in companies)
    return person


@verb("identity.grant-role", Role.ADMINISTRATOR)
def grant_role(*, person_id: PersonId, role: Role, by: Actor, at: datetime) -> None:
    """Give a role to a person; a role already held stays."""
    RoleGrant.objects.update_or_create(person_id=person_id, role=role, defaults={"active": True})


@verb("identity.withdraw-role", Role.ADMINISTRATOR)
def withdraw_role(*, person_id: PersonId, role: Role, by: Actor, at: datetime) -> None:
    """Take a role from a person; the next request already goes without it.

    Refuses, but to whoever has the machine, `LastAdministrator`.
    """
    if role is Role.ADMINISTRATOR and not by.system:
        _refuse_last_administrator(Person.objects.get(pk=person_id))
    for grant in RoleGrant.objects.filter(person_id=person_id, role=role, active=True):
        grant.active = False
        grant.save(update_fields=["active"])


@verb("identity.assign-company", Role.ADMINISTRATOR)
def assign_company(*, person_id: PersonId, company_id: CompanyId, by: Actor, at: datetime) -> None:
    """Let a person see a selling company."""
    Assignment.objects.update_or_create(person_id=person_id, company_id=company_id, defaults={"active": True})


@verb("identity.unassign-company", Role.ADMINISTRATOR)
def unassign_company(*, person_id: PersonId, company_id: CompanyId, by: Actor, at: datetime) -> None:
    """Let a person no longer see a selling company; the next request already goes without it."""
    for assignment in Assignment.objects.filter(person_id=person_id, company_id=company_id, active=True):
        assignment.active = False
        assignment.save(update_fields=["active"])


@verb("identity.dismiss-person", Role.ADMINISTRATOR, Role.HR)
def dismiss_person(*, person_id: PersonId, by: Actor, at: datetime) -> None:
    """Shut a person out: it signs in no more, its sessions are ended, its tokens revoked, its deputations over.

    Nobody stands in for it or has it for a deputy any more. What the person did, and its roles and companies, stay on
    record. Refuses `HouseStays`, `NotYourself` and, but to whoever has the machine, `LastAdministrator`.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if person.is_system:
        raise HouseStays
    if person_id == by.id:
        raise NotYourself
    if person.is_active:
        if not by.system:
            _refuse_last_administrator(person)
        person.is_active = False
        person.save(update_fields=["is_active"])
        shut_all_doors(person_id, at=at)
        end_deputations_of(person_id, by=by, at=at)


def _refuse_last_administrator(person: Person) -> None:
    alone("identity.administrators", 0)  # Two who leave at once would each count on the other.
    grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, active=True, person__is_active=True)
    holders = set(grants.filter(person__is_system=False).values_list("person_id", flat=True))
    if holders == {person.pk}:
        raise LastAdministrator(name=person.name)


@verb(
    "identity.readmit-person",
    Role.ADMINISTRATOR,
    apart_from=("identity.dismiss-person",),
    of=("identity_person", "person_id"),
)
def readmit_person(*, person_id: PersonId, password: str | None, by: Actor, at: datetime) -> None:
    """Let a dismissed person in again, with the roles and companies it had and a new password.

    Without a password it sets one by the link for who forgot it. Neither the old password nor a session or token of
    then opens anything. Refuses whoever dismissed it, and `NotDismissed`.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if person.is_active:
        raise NotDismissed(name=person.name)
    person.is_active = True
    person.set_password(password)
    person.save(update_fields=["is_active", "password"])
    # Before dismissal revoked tokens, it left them as they were.
    shut_all_doors(person_id, at=at)


@verb("identity.choose-language", *Role)
def choose_language(*, language: Language, by: Actor, at: datetime) -> None:
    """Let a person choose the language of its pages and mails."""
    person = Person.objects.select_for_update().get(pk=by.id)
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])


@verb("identity.choose-calendar", *Role)
def choose_calendar(*, calendar: Calendar, by: Actor, at: datetime) -> None:
    """Let a person choose how Japanese pages write days to it: western years or eras."""
    person = Person.objects.select_for_update().get(pk=by.id)
    if person.calendar != calendar:
        person.calendar = calendar
        person.save(update_fields=["calendar"])


@verb("identity.set-password", Role.ADMINISTRATOR)
def set_password(*, person_id: PersonId, password: str, by: Actor, at: datetime) -> None:
    """Give a person a new password: every session it had open ends, and its tokens are revoked."""
    person = Person.objects.select_for_update().get(pk=person_id)
    person.set_password(password)
    person.save(update_fields=["password"])
    shut_all_doors(person_id, at=at)


@verb("identity.choose-password", *Role)
def choose_password(*, password: str, session: str | None, by: Actor, at: datetime) -> None:
    """Let a person choose its password: its sessions end but for the one with that key, and its tokens are revoked."""
    person = Person.objects.select_for_update().get(pk=by.id)
    person.set_password(password)
    person.save(update_fields=["password"])
    shut_all_doors(by.id, but=session, at=at)


@verb("identity.end-session", *Role)
def end_session(*, name: str, by: Actor, at: datetime) -> int:
    """End one session of the person itself; return 0 where it has ended before."""
    return end_sessions(by.id, only=name)


@verb("identity.end-other-sessions", *Role)
def end_other_sessions(*, session: str | None, by: Actor, at: datetime) -> int:
    """End the sessions of the person itself but for the one with that key; return how many."""
    return end_sessions(by.id, but=session)


@verb("identity.end-sessions-of", Role.ADMINISTRATOR)
def end_sessions_of(*, person_id: PersonId, by: Actor, at: datetime) -> int:
    """End all sessions of a person; return how many. It may sign in again."""
    return end_sessions(person_id)


@verb("identity.remove-factors", Role.ADMINISTRATOR)
def remove_factors(*, person_id: PersonId, because: str, by: Actor, at: datetime) -> None:
    """Take away the second factor, and the recovery codes, of a person who lost them.

    Its sessions end and its tokens are revoked; after the next sign-in it sets a new one up before it sees any page.
    It is told, whatever it chose to be told. Refuses `NotYourOwnFactor` and `NoFactorThere`.
    """
    if person_id == by.id:
        raise NotYourOwnFactor
    person = Person.objects.select_for_update().get(pk=person_id)
    held = Authenticator.objects.filter(user_id=person_id)
    if not held.filter(type__in=FACTORS).exists():
        raise NoFactorThere(name=person.name)
    held.delete()
    person.factors_removed_at = at
    person.save(update_fields=["factors_removed_at"])
    shut_all_doors(person_id, at=at)
    tell(
        persons=[person_id],
        kind=Kind.SIGN_IN,
        subject=("identity_person", person_id),
        says=_FACTORS_REMOVED.filled(by=by.name, because=because),
        key=f"identity.remove-factors:{person_id}:{at.isoformat()}",
    )


def shut_all_doors(person_id: PersonId, *, at: datetime, but: str | None = None) -> None:
    """End the sessions of a person, but for the one with a key, and revoke its tokens."""
    end_sessions(person_id, but=but)
    revoke_all(person_id=person_id, at=at)

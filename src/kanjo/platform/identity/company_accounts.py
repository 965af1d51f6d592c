"""The accounts at the company's own sign-in: connected by their person, and only by it."""

from __future__ import annotations

from datetime import datetime

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.identity.models import CompanyAccount, Person
from kanjo.platform.tables import alone


class AccountTaken(Refusal):
    """The account lets somebody else in."""

    rule = "identity.account-taken"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="This company account already lets another person in.",
        ja="この会社アカウントは、ほかの利用者に接続されています。",
    )
    remedy = Text(
        en="Sign out at the company's sign-in and take your own account; if it is yours, ask an administrator.",
        ja="会社側でログアウトし、ご自身のアカウントで接続してください。ご自身のものである場合はシステム管理者に連絡してください。",
    )


class OtherAccount(Refusal):
    """The person is connected to another account of the same issuer."""

    rule = "identity.other-account"
    kind = RefusalKind.CONFLICT
    says = Text(en="You are connected to another company account.", ja="すでに別の会社アカウントに接続されています。")
    remedy = Text(en="Disconnect that one first.", ja="先にその接続を解除してください。")


class NotConnected(Refusal):
    """An account that lets nobody in."""

    rule = "identity.account-not-connected"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="This company account is connected to nobody here. The e-mail address alone lets nobody in.",
        ja="この会社アカウントはまだ接続されていません。メールアドレスが同じでも、接続するまではログインできません。",
    )
    remedy = Text(
        en="Use the link of your invitation, or sign in with your password and connect it under “Company account”.",
        ja="招待のリンクから進むか、パスワードでログインし「会社アカウント」から接続してください。",
    )


class OnlyDoor(Refusal):
    """The account is the only way in that the person has."""

    rule = "identity.only-door"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Without this account you could not sign in any more.",
        ja="この接続を解除すると、ログインする方法がなくなります。",
    )
    remedy = Text(
        en="Set a password first: “Forgot the password?” on the sign-in page.",
        ja="先にパスワードを設定してください（ログイン画面の「パスワードを忘れた場合」）。",
    )


@verb("identity.connect-account", *Role)
def connect_account(*, issuer: str, subject: str, by: Actor, at: datetime) -> None:
    """Let a company account sign its person in; connected again, nothing changes.

    Refuses `AccountTaken` and `OtherAccount`.
    """
    alone("company accounts", 0)
    living = CompanyAccount.objects.filter(issuer=issuer, active=True)
    taken = living.filter(subject=subject).first()
    if taken is not None and taken.person_id != by.id:
        raise AccountTaken
    if taken is None:
        if living.filter(person_id=by.id).exists():
            raise OtherAccount
        CompanyAccount.objects.create(person_id=by.id, issuer=issuer, subject=subject)


@verb("identity.disconnect-account", *Role)
def disconnect_account(*, issuer: str, by: Actor, at: datetime) -> None:
    """Let the company account sign its person in no more. Refuses `OnlyDoor`."""
    if not Person.objects.get(pk=by.id).has_usable_password():
        raise OnlyDoor
    for account in CompanyAccount.objects.filter(issuer=issuer, person_id=by.id, active=True):
        account.active = False
        account.save(update_fields=["active"])


def find_person(issuer: str, subject: str) -> Person:
    """Return whom an account lets in; refuses `NotConnected`."""
    living = CompanyAccount.objects.select_related("person")
    account = living.filter(issuer=issuer, subject=subject, active=True).first()
    if account is None:
        raise NotConnected
    return account.person


def is_connected(person_id: PersonId, issuer: str) -> bool:
    """Return whether the person signs in with an account of the issuer."""
    return CompanyAccount.objects.filter(person_id=person_id, issuer=issuer, active=True).exists()

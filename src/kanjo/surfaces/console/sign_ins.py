"""How the demonstration's people sign in: one password, drawn for this installation and kept where only it can read."""

from __future__ import annotations

import os
import secrets

from django.conf import settings

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.texts import Text
from kanjo.surfaces.console.speaking import language, said, say, table


def password() -> str:
    """Return the password of the demonstration's people, drawn at the first call."""
    path = settings.ENVIRONMENT.home / "demonstration-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(9))
    return path.read_text("ascii")


def print_sign_ins() -> None:
    """Print one sign-in per role of each demonstration; where there is none, how to let the first person in.

    A password is printed only where it signs in: a house that was restored elsewhere does not know it.
    """
    from kanjo.platform.companies.models import SellingCompany

    there = _sign_ins()
    if not SellingCompany.objects.exists():
        say(Text(en="Found your company: ./kanjo company found --help", ja="自社の登録: ./kanjo company found --help"))
    if not there:
        say(Text(en="Let people in: ./kanjo user --help", ja="利用者の登録: ./kanjo user --help"))
        return
    secret = _password_of(next(email for people in there.values() for email in people.values()))
    for company, people in there.items():
        headings = [said("role", "役割"), company, said("password", "パスワード")]
        rows = [[ROLE_NAMES[role].said_in(language()), people[role], secret or "-"] for role in Role if role in people]
        table(headings, rows)
    if not secret:
        say(
            Text(
                en="Their passwords are not known here. Set one: ./kanjo user password EMAIL",
                ja="このインストールではパスワードが分かりません。再発行: ./kanjo user password メールアドレス",
            )
        )


def _sign_ins() -> dict[str, dict[Role, str]]:
    """Return who may sign in to each demonstration that is there, by its code and the role."""
    from kanjo.platform.identity.queries import list_people
    from kanjo.processes import demonstration, history

    may = {email for email, _ in list_people()}
    found: dict[str, dict[Role, str]] = {}
    for one in [*history.sign_ins(), *demonstration.sign_ins()]:
        if one.email in may:
            found.setdefault(one.company, {}).setdefault(one.role, one.email)
    return found


def _password_of(email: str) -> str:
    """Return the password that was drawn here, or nothing where none was or the person has another by now."""
    from kanjo.platform.identity.queries import signs_in_with

    path = settings.ENVIRONMENT.home / "demonstration-password"
    drawn = path.read_text("ascii") if path.exists() else ""
    return drawn if drawn and signs_in_with(email, drawn) else ""

"""How the demonstration's people sign in: one password, drawn for this installation and kept where only it can read."""

from __future__ import annotations

import os
import secrets

from django.conf import settings

from kanjo.foundation.actors import ROLE_NAMES
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
    """Print one sign-in per role of the demonstration; where there is none, how to let the first person in."""
    from kanjo.platform.identity.queries import find_actor
    from kanjo.processes.demonstration import sign_ins

    there = [one for one in sign_ins() if find_actor(one.email) is not None]
    if there:
        headings = [said("role", "役割"), said("e-mail", "メールアドレス"), said("password", "パスワード")]
        secret = password()
        table(headings, [[ROLE_NAMES[one.role].said_in(language()), one.email, secret] for one in there])
    else:
        say(Text(en="Let people in: ./kanjo user --help", ja="利用者の登録: ./kanjo user --help"))

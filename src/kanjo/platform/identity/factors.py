"""Second factors: who needs one, and who has one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class NoSecondFactor(Refusal):
    """A person needs a second factor, and has none."""

    rule = "access.no-second-factor"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="You need a second factor, and have none.",
        ja="2段階認証が必要ですが、まだ設定されていません。",
    )
    remedy = Text(
        en="Sign in at the pages and set one up: an authenticator app or a passkey.",
        ja="画面からログインし、認証アプリまたはパスキーを設定してください。",
    )


def needs_factor(actor: Actor) -> bool:
    """Return whether the person lost a second factor, or a role asks for one in this installation."""
    return actor.lost_factor or not actor.roles.isdisjoint(settings.SECOND_FACTOR)


def has_factor(person_id: PersonId) -> bool:
    """Return whether the person has an authenticator app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=person_id, type__in=FACTORS).exists())

"""Verbs on tokens: make one, revoke one; and the act that is done once for each key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.access.models import Answer, Token
from kanjo.platform.access.queries import Keyed, TokenRow, digest_of, find_answer, list_living
from kanjo.platform.access.scopes import Scope
from kanjo.platform.acts import verb
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound, alone

LEAD = "kanjo_"
"""What every token begins with, so that a scanner for secrets knows one."""

LONGEST = timedelta(days=365)
MOST = 20
"""How many living tokens a person may have: more than anybody tells apart."""

SELDOM = timedelta(minutes=1)
"""How often at most the last use of a token is written down."""


class EndsTooLate(Refusal):
    """A token without an end in sight, or with one that is over."""

    rule = "access.token-end"
    says = Text(en="A token cannot end on {day}.", ja="トークンの有効期限を {day} にすることはできません。")
    remedy = Text(en="Let it end within a year from today.", ja="本日から1年以内の日を指定してください。")


class TooManyTokens(Refusal):
    """More tokens than anybody keeps in sight."""

    rule = "access.too-many-tokens"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="You have {most} living tokens, and no more are made.", ja="有効なトークンが上限の{most}件に達しています。"
    )
    remedy = Text(en="Revoke one that no program needs.", ja="使用していないトークンを失効してください。")


@verb("access.make-token", *Role)
def make_token(*, name: str, scope: Scope, last_on: date, zone: tzinfo, by: Actor, at: datetime) -> str:
    """Make a token for the person itself and return its secret, which is told once and kept nowhere.

    It lives through its last day, as days are in *zone*. Refuses `EndsTooLate` and `TooManyTokens`.
    """
    today = at.astimezone(zone).date()
    if not today <= last_on <= today + LONGEST:
        raise EndsTooLate(at="last_on", day=last_on)
    alone("tokens", by.id)
    if len(list_living(by, at)) >= MOST:
        raise TooManyTokens(most=MOST)
    until = datetime.combine(last_on + timedelta(days=1), time.min, zone)
    secret = LEAD + secrets.token_urlsafe(32)
    Token.objects.create(person_id=by.id, name=name, scope=scope, until=until, digest=digest_of(secret))
    return secret


@verb("access.revoke-token", *Role)
def revoke_token(*, token_id: int, by: Actor, at: datetime) -> None:
    """Let a token of the person itself in no more; a revoked one stays revoked."""
    token = Token.objects.select_for_update().filter(pk=token_id, person_id=by.id).first()
    if token is None:
        raise NotFound(what=ROW_NAMES["access_token"], key=token_id)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])


def revoke_all(*, person_id: PersonId, at: datetime) -> None:
    """Revoke all tokens of a person who is shut out."""
    Token.objects.filter(person_id=person_id, revoked_at=None).update(revoked_at=at)


def note_use(token: TokenRow, at: datetime) -> None:
    """Write down that a token was used; once a minute is enough."""
    if token.last_used_at is None or token.last_used_at < at - SELDOM:
        Token.objects.filter(pk=token.id).update(last_used_at=at)


def once(keyed: Keyed, do: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """Do the act for the first request with a key and return its answer; for any later one return that answer.

    Also returns whether it was said before. A request that comes while the first is at work waits for it. Refuses
    `KeyReused` when the key stands for something else. What is refused leaves nothing: the key may be tried again.
    """
    alone(f"api {keyed.key}", keyed.by.id)
    said = find_answer(keyed)
    if said is not None:
        return said, True
    body = do()
    Answer.objects.create(person_id=keyed.by.id, key=keyed.key, act=keyed.act, digest=keyed.digest, body=body)
    return body, False

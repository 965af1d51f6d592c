"""Reads of tokens, and of what was answered before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from kanjo.foundation.actors import Actor
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.access.models import Answer, Token
from kanjo.platform.access.scopes import Scope
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import RIGHTS_BESIDE


class KeyReused(Refusal):
    """The same key for something else."""

    rule = "api.key-reused"
    kind = RefusalKind.INVALID
    says = Text(
        en="The key {key} already stands for another request ({act}).",
        ja="キー {key} は別のリクエスト（{act}）で使用済みです。",
    )
    remedy = Text(
        en="Send a new Idempotency-Key with every new request, and the same one only to repeat the same request.",
        ja="新しいリクエストには新しい Idempotency-Key を付け、同じリクエストの再送時だけ同じキーを使用してください。",
    )


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under its key: who sent it, to which act, and the digest of its body."""

    key: str
    act: str
    digest: str
    by: Actor


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its person sees it; the secret is nowhere."""

    id: int
    name: str
    scope: Scope
    until: datetime
    recorded_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def lives(self, at: datetime) -> bool:
        """Return whether the token lets a program in at a moment."""
        return self.revoked_at is None and at < self.until


def list_tokens(actor: Actor, at: datetime, *, limit: int = 100) -> list[TokenRow]:
    """Return the tokens of the person itself, the newest first: all that live, and what else is among the newest."""
    mine = Token.objects.filter(person_id=actor.id).order_by("-id")
    return [_row(token) for token in mine.filter(_lives(at) | Q(pk__in=mine.values("pk")[:limit]))]


def list_living(actor: Actor, at: datetime) -> list[TokenRow]:
    """Return the tokens of the person itself that let a program in at a moment, the newest first."""
    return [_row(token) for token in Token.objects.filter(_lives(at), person_id=actor.id).order_by("-id")]


def find_bearer(secret: str, at: datetime) -> tuple[Person, TokenRow] | None:
    """Return whom a secret lets in at a moment: a person who was not dismissed, by a token that lives."""
    found: Any = next(iter(Person.objects.raw(_BEARER, [digest_of(secret)])), None)
    if found is None or not found.is_active:
        return None
    row = TokenRow(
        found.token_id, found.token, Scope(found.scope), found.until, found.recorded_at, found.revoked_at, found.used_at
    )
    return (found, row) if row.lives(at) else None


_BEARER = f"""
SELECT p.*, {RIGHTS_BESIDE}, t.id AS token_id, t.name AS token, t.scope, t.until, t.recorded_at, t.revoked_at,
    t.last_used_at AS used_at
FROM access_token t JOIN identity_person p ON p.id = t.person_id WHERE t.digest = %s"""  # noqa: S608 - our own words


def find_answer(keyed: Keyed) -> dict[str, Any] | None:
    """Return what was answered to a key, None for a new one; refuses `KeyReused`."""
    said = Answer.objects.filter(person_id=keyed.by.id, key=keyed.key).first()
    if said is None:
        return None
    if (said.act, said.digest) != (keyed.act, keyed.digest):
        raise KeyReused(key=keyed.key, act=said.act)
    return dict(said.body)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so that no slow digest is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _lives(at: datetime) -> Q:
    return Q(revoked_at=None, until__gt=at)


def _row(token: Token) -> TokenRow:
    return TokenRow(
        id=token.pk,
        name=token.name,
        scope=Scope(token.scope),
        until=token.until,
        recorded_at=token.recorded_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )

"""An act: one verb behind POST, done once for each key, and only on what the caller saw if it says so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.access.operations import once
from kanjo.platform.access.queries import Keyed
from kanjo.platform.tables import hold
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Given
from kanjo.surfaces.api.problems import Stale, Untagged
from kanjo.surfaces.api.resources import Resource

ROOT = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an act: the resource and the id of what was made or changed, None for many.

    A `secret` is told in the answer to the first request and is not kept with it. What is done later has a `state`.
    """

    resource: str
    id: int | None = None
    state: str = field(default="", kw_only=True)
    secret: str = field(default="", repr=False, kw_only=True)

    @property
    def body(self) -> dict[str, Any]:
        """The answer."""
        href = f"{ROOT}{self.resource}" if self.id is None else f"{ROOT}{self.resource}/{self.id}"
        body = {"resource": self.resource, "id": self.id, "href": href}
        return body | {"state": self.state} if self.state else body


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that can be done: `do` gets the caller, the id in the address (0 without one) and what was sent.

    The first of the verbs tells whose act it is; the others follow from it. `of` names the resource of the id; where
    that has a table, `If-Match` may speak of it. What an act does `later` is the worker's: it answers where to look
    for it. One that `tells` a secret does so once.
    """

    path: str
    verbs: tuple[str, ...]
    title: Text
    do: Callable[[Caller, int, Any], Made]
    takes: type[Given]
    of: str = ""
    later: bool = False
    tells: bool = False


def tag_of(seen: object) -> str:
    """Return the ETag of what was seen."""
    return f'"{hashlib.sha256(repr(seen).encode()).hexdigest()[:32]}"'


def perform(
    request: HttpRequest, act: Act, resource: Resource | None, key: int, given: Given
) -> tuple[dict[str, Any], bool]:
    """Do the act in one transaction with its answer; also return whether it was done before under the same key."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by the token
    told: dict[str, Any] = {"secret": None} if act.tells else {}

    def do() -> dict[str, Any]:
        made = done_once(act, resource, caller, key, given, if_match=request.headers.get("If-Match", ""))
        told.update({"secret": made.secret} if act.tells else {})
        return made.body

    keyed = Keyed(
        key=request.headers["Idempotency-Key"],
        act=f"POST {request.path}",
        digest=hashlib.sha256(request.body).hexdigest(),
        by=caller.actor,
    )
    with transaction.atomic():
        body, again = once(keyed, do)
    return body | told, again


def done_once(
    act: Act, resource: Resource | None, caller: Caller, key: int, given: Given, *, if_match: str = ""
) -> Made:
    """Do the act for what the caller sees, and if it says so only on what it saw. Refuses `Stale`, `Untagged`."""
    if resource is None:
        if if_match:
            raise Untagged(at="If-Match")
        return act.do(caller, key, given)
    if if_match and not resource.table:
        raise Untagged(at="If-Match")
    at_home = _at_home(resource, caller, key)
    if if_match:
        _refuse_stale(resource, at_home, key, if_match)
    return act.do(at_home, key, given)


def _at_home(resource: Resource, caller: Caller, key: int) -> Caller:
    """Return the caller as one who sees the company of the thing alone, as a desk does; refuses `NotFound`."""
    assert resource.one is not None, "an act is about what can be seen"
    if not resource.shared:
        for company_id in sorted(caller.actor.companies):
            try:
                resource.one(caller.within(company_id), key)
            except Refusal as refusal:
                if refusal.kind is not RefusalKind.MISSING:
                    raise
            else:
                return caller.within(company_id)
    resource.one(caller, key)
    return caller


def _refuse_stale(resource: Resource, caller: Caller, key: int, if_match: str) -> None:
    """Refuse `Stale` unless one of the tags is that of what there is; from then on it stays until the act is done."""
    assert resource.one is not None, "only what can be seen has a tag"
    hold(resource.table, key)
    tag = tag_of(resource.one(caller, key))
    tags = {part.strip() for part in if_match.split(",")}
    if "*" not in tags and tag not in tags:
        raise Stale(tag=tag)

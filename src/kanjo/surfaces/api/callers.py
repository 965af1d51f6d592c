"""Who calls: the person behind a token, with the roles it holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text
from kanjo.platform.access.operations import note_use
from kanjo.platform.access.queries import find_bearer
from kanjo.platform.access.scopes import Scope
from kanjo.platform.companies.queries import CompanyView, list_companies
from kanjo.platform.identity.factors import NoSecondFactor, has_factor, needs_factor
from kanjo.platform.identity.queries import actor_of
from kanjo.platform.privacy.ways import Way
from kanjo.platform.tables import refuse_unseen
from kanjo.surfaces.api.problems import language_of
from kanjo.surfaces.doors import Door, named
from kanjo.surfaces.pacing import pace_call
from kanjo.surfaces.readers import Reader, begin


class ReadsOnly(Refusal):
    """The token lets its program read, not act."""

    rule = "access.token-reads-only"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="This token lets a program read, not act.", ja="このトークンでは参照のみ可能です。")
    remedy = Text(
        en="Make a token that may act, for the roles you hold.",
        ja="操作が可能なトークンを発行してください（操作できる範囲は役割に従います）。",
    )


class NotForYourRole(Refusal):
    """The resource or act belongs to roles that the person does not hold."""

    rule = "access.not-your-door"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="This is for: {roles}.", ja="利用できる役割: {roles}。")
    remedy = Text(
        en="Ask a colleague with that role, or an administrator for the role.",
        ja="該当する役割の担当者に依頼するか、システム管理者に役割の付与を依頼してください。",
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """One request of a program: the person it acts as, the moment, and the language of the answer."""

    actor: Actor
    now: datetime
    language: Language

    def within(self, company_id: int | None) -> Caller:
        """Return the caller as one who sees that company alone; None leaves all. Refuses `NotFound`."""
        if company_id is None:
            return self
        refuse_unseen(company_id, self.actor)
        return replace(self, actor=replace(self.actor, companies=frozenset({CompanyId(company_id)})))

    def company(self, company_id: int) -> CompanyView:
        """Return one of the caller's companies; refuses `NotFound`."""
        return list_companies(self.within(company_id).actor)[0]

    @property
    def today(self) -> date:
        """The day it is where the caller's first company is."""
        companies = list_companies(self.actor)
        return companies[0].today(self.now) if companies else timezone.localdate(self.now)


class Token(HttpBearer):
    """Lets in who comes with a token that lives, through a door, within the scope of the token, and not too often."""

    def __init__(self, who: Door, scope: Scope) -> None:
        super().__init__()
        self.who = who
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return the caller, None for a stranger; refuses `TooOften`, `ReadsOnly` and `NotForYourRole`."""
        now = timezone.now()
        found = find_bearer(token, now)
        if found is None:
            return None
        person, row = found
        caller = Caller(actor_of(person), now, Language(person.language))
        request.auth = caller  # type: ignore[attr-defined]  # a refusal speaks the language of the caller
        pace_call(row.id, now)
        note_use(row, now)
        caller = replace(caller, language=language_of(request))
        if needs_factor(caller.actor) and not has_factor(caller.actor.id):
            raise NoSecondFactor
        query = request.META.get("QUERY_STRING", "")
        begin(Reader(caller.actor, f"{request.method} {request.path}", None, now, Way.API, query))
        if self.scope is Scope.ACT and row.scope is not Scope.ACT:
            raise ReadsOnly
        if self.who.roles and not caller.actor.holds(*self.who.roles):
            raise NotForYourRole(roles=named(self.who.roles))
        return caller

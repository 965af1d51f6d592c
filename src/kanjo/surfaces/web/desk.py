"""The desk a request is served at: who asks, for which selling company, at what moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.companies.queries import CompanyView, list_companies
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import actor_of

CHOSEN = "company"


class NoCompany(Refusal):
    """The page is about one selling company, and the person is assigned to none."""

    rule = "access.no-company"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="You are not assigned to a selling company.", ja="販売会社に割り当てられていません。")
    remedy = Text(en="Ask an administrator to assign you.", ja="システム管理者に割り当てを依頼してください。")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at work in one selling company: `actor` sees that one, `companies` are those it may change to."""

    actor: Actor
    companies: tuple[CompanyView, ...]
    chosen: CompanyView | None
    now: datetime

    @property
    def company(self) -> CompanyView:
        """The company at hand; refuses `NoCompany`."""
        if self.chosen is None:
            raise NoCompany
        return self.chosen

    @property
    def company_id(self) -> CompanyId:
        """The id of the company at hand."""
        return self.company.id

    @property
    def today(self) -> date:
        """The day it is for the company at hand."""
        return self.chosen.today(self.now) if self.chosen else timezone.localdate(self.now)


class DeskRequest(HttpRequest):
    """A request behind the door."""

    desk: Desk
    unproven: bool
    """Whether a role asks for a second factor that the person does not have yet."""


def sit_down(person: Person, chosen: object) -> Desk:
    """Return the desk of *person*, with the rights held now; *chosen* is the id of the company it worked in last."""
    actor = actor_of(person)
    companies = tuple(list_companies(actor))
    company = next((one for one in companies if one.id == chosen), companies[0] if companies else None)
    narrowed = replace(actor, companies=frozenset({company.id}) if company else frozenset())
    return Desk(actor=narrowed, companies=companies, chosen=company, now=timezone.now())

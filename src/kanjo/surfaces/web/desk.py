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
from kanjo.platform.deputies.queries import list_stands
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import actor_of

CHOSEN = "company"
STANDING = "deputation"
"""What a session remembers: the company worked in, and the deputation by which one is at work for another."""


class NoCompany(Refusal):
    """The page is about one selling company, and the person is assigned to none."""

    rule = "access.no-company"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="You are not assigned to a selling company.", ja="販売会社に割り当てられていません。")
    remedy = Text(en="Ask an administrator to assign you.", ja="システム管理者に割り当てを依頼してください。")


class StandEnded(Refusal):
    """A deputation that is over."""

    rule = "deputies.ended"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="You no longer stand in for anybody; nothing was done.", ja="代理期間が終了したため、実行していません。"
    )
    remedy = Text(
        en="Open the page again: you are at your own desk.", ja="ページを開き直してください（自分の作業に戻りました）。"
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at work in one selling company: `actor` sees that one, `companies` are those it may change to.

    `own` is the person itself in all its companies; `actor` may be at work for somebody absent.
    """

    actor: Actor
    own: Actor
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


def sit_down(person: Person, chosen: object, standing: object = None) -> Desk:
    """Return the desk of *person*, with the rights held now; *chosen* is the id of the company it worked in last.

    *standing* is the deputation by which it is at work for somebody absent; refuses `StandEnded`.
    """
    own = actor_of(person)
    actor = own if standing is None else _at_work_for(own, standing)
    companies = tuple(list_companies(actor))
    company = next((one for one in companies if one.id == chosen), companies[0] if companies else None)
    narrowed = replace(actor, companies=frozenset({company.id}) if company else frozenset())
    return Desk(actor=narrowed, own=own, companies=companies, chosen=company, now=timezone.now())


def _at_work_for(own: Actor, standing: object) -> Actor:
    for stand in list_stands(own, timezone.now()):
        if stand.deputation_id == standing:
            return stand.actor
    raise StandEnded

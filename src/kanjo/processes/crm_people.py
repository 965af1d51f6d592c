"""The agents of a CRM and their managers become persons with a role; nobody can sign in until given a password."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from kanjo.connectors.crm.rows import Agent
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Language
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.operations import admit_person, assign_company, grant_role
from kanjo.platform.identity.queries import find_actor


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The id of each row by its key in the CRM, and how many of them were not known before."""

    ids: Mapping[str, int]
    new: int


def take_in_people(agents: Sequence[Agent], *, company: SellingCompany, by: Actor, at: datetime) -> TakenIn:
    """Admit managers as sales managers and agents as sales reps of their region, where they are not known yet."""
    house = _Reception(company, by, at)
    offices: dict[str, set[str]] = {}
    for agent in agents:
        if agent.manager:
            offices.setdefault(agent.manager, set()).add(agent.regional_office)
    managers = {
        name: house.person(name, Role.SALES_MANAGER, team=regions.pop() if len(regions) == 1 else "")
        for name, regions in offices.items()
    }
    ids = {
        agent.name: house.person(
            agent.name, Role.SALES_REP, team=agent.regional_office, manager_id=managers.get(agent.manager)
        )
        for agent in agents
    }
    return TakenIn(ids=ids, new=len(house.admitted & ids.keys()))


class _Reception:
    """Finds a person of the company by name, or lets it in."""

    def __init__(self, company: SellingCompany, by: Actor, at: datetime) -> None:
        self.admitted: set[str] = set()
        self._company, self._by, self._at = company, by, at

    def person(self, name: str, role: Role, *, team: str, manager_id: PersonId | None = None) -> PersonId:
        company_id = CompanyId(self._company.pk)
        email, known = self._address(name)
        if known is None:
            self.admitted.add(name)
            return admit_person(
                email=email,
                name=name,
                roles=[role],
                companies=[company_id],
                language=Language(self._company.language),
                team=team,
                manager_id=manager_id,
                by=self._by,
                at=self._at,
            )
        if role not in known.roles:
            grant_role(person_id=known.id, role=role, by=self._by, at=self._at)
        if not known.sees(company_id):
            assign_company(person_id=known.id, company_id=company_id, by=self._by, at=self._at)
        return known.id

    def _address(self, name: str) -> tuple[str, Actor | None]:
        """Return the address of the person and the person where it is known; namesakes of an address are numbered."""
        words = address_words(name)
        for number in count(1):
            email = f"{words}{'' if number == 1 else number}@{self._company.code}.example"
            known = find_actor(email)
            if known is None or known.name == name:
                return email, known
        raise AssertionError("count never ends")


def address_words(name: str) -> str:
    """Return what stands before the @ for a name: its Latin words joined by dots, else a digest of the name.

    Exports give no addresses; the domain `.example` is reserved (RFC 2606), so that no mail ever leaves for it.
    """
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = ".".join(re.findall(r"[a-z0-9]+", latin))
    return words or f"person-{hashlib.sha256(name.encode()).hexdigest()[:12]}"

"""What is open in the hands of one person: everything somebody else has to take over when it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.models import Contract
from kanjo.domains.customers.queries import named
from kanjo.domains.opportunities.facts import Stage
from kanjo.domains.opportunities.models import Opportunity
from kanjo.domains.renewals.facts import RenewalState
from kanjo.domains.renewals.models import Renewal
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.worklist.models import WorkItem


class Kind(StrEnum):
    """What kind of work it is."""

    OPPORTUNITY = "opportunity"
    CONTRACT = "contract"
    RENEWAL = "renewal"
    WORK = "work"

    @property
    def shown(self) -> Text:
        """The kind as people read it."""
        return _KINDS[self]


_KINDS = {
    Kind.OPPORTUNITY: Text(en="Opportunity", ja="商談"),
    Kind.CONTRACT: Text(en="Contract", ja="契約"),
    Kind.RENEWAL: Text(en="Renewal", ja="契約更新"),
    Kind.WORK: Text(en="Waiting work", ja="対応待ち"),
}


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One thing in a person's hands; waiting work says what it is `about` (table, id)."""

    kind: Kind
    company_id: CompanyId
    company: str
    what: Text
    customer: str = ""
    about: tuple[str, int] | None = None


def work_of(person_id: PersonId) -> list[OpenWork]:
    """Return what is open in a person's hands, in all companies."""
    deals = Opportunity.objects.filter(owner_id=person_id).exclude(stage__in=(Stage.WON, Stage.LOST))
    contracts = Contract.objects.filter(owner_id=person_id, state=ContractState.CONCLUDED)
    renewals = Renewal.objects.filter(owner_id=person_id, state__in=(RenewalState.APPEARED, RenewalState.QUOTED))
    items = WorkItem.objects.filter(owner_id=person_id, state=WorkItem.State.OPEN)
    columns = ("company_id", "company__code")
    return [
        *_named(Kind.OPPORTUNITY, deals.order_by("id").values_list(*columns, "name", named())),
        *_named(Kind.CONTRACT, contracts.order_by("id").values_list(*columns, "number", named())),
        *_named(Kind.RENEWAL, renewals.order_by("id").values_list(*columns, "contract__number", named())),
        *(
            OpenWork(Kind.WORK, CompanyId(company_id), code, Text(en=en, ja=ja), about=(table, key))
            for company_id, code, en, ja, table, key in items.order_by("id").values_list(
                *columns, "why_en", "why_ja", "subject", "subject_id"
            )
        ),
    ]


def _named(kind: Kind, rows: Iterable[tuple[int, str, str, str]]) -> list[OpenWork]:
    return [
        OpenWork(kind, CompanyId(key), code, Text(en=what, ja=what), customer) for key, code, what, customer in rows
    ]

"""Who acts: a person with roles in the companies it is assigned to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Language, Text


class Role(StrEnum):
    """What a person is there to do; one person may hold several."""

    SALES_REP = "sales_rep"
    RENEWAL_REP = "renewal_rep"
    SALES_MANAGER = "sales_manager"
    SALES_OPERATIONS = "sales_operations"
    APPROVER = "approver"
    DEAL_MANAGEMENT = "deal_management"
    REV_REC = "rev_rec"
    RECEIVABLES = "receivables"
    LICENSE_MANAGEMENT = "license_management"
    CXO = "cxo"
    CFO = "cfo"
    CLO = "clo"
    LEGAL = "legal"
    HR = "hr"
    MANAGEMENT = "management"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: dict[Role, Text] = {
    Role.SALES_REP: Text(en="Sales rep", ja="営業担当"),
    Role.RENEWAL_REP: Text(en="Renewal rep", ja="更新担当"),
    Role.SALES_MANAGER: Text(en="Sales manager", ja="営業マネージャー"),
    Role.SALES_OPERATIONS: Text(en="Sales Operations", ja="セールスオペレーション"),
    Role.APPROVER: Text(en="Approver", ja="承認者"),
    Role.DEAL_MANAGEMENT: Text(en="Deal Management", ja="ディールマネジメント"),
    Role.REV_REC: Text(en="Rev/Rec", ja="収益認識"),
    Role.RECEIVABLES: Text(en="Accounts Receivable", ja="売掛金管理"),
    Role.LICENSE_MANAGEMENT: Text(en="License Management", ja="ライセンス管理"),
    Role.CXO: Text(en="CxO", ja="CxO（役員）"),
    Role.CFO: Text(en="CFO", ja="CFO（最高財務責任者）"),
    Role.CLO: Text(en="CLO", ja="CLO（最高法務責任者）"),
    Role.LEGAL: Text(en="Legal", ja="法務"),
    Role.HR: Text(en="HR", ja="人事"),
    Role.MANAGEMENT: Text(en="Management", ja="経営"),
    Role.AUDITOR: Text(en="Auditor", ja="監査人"),
    Role.ADMINISTRATOR: Text(en="Administrator", ja="システム管理者"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, with the roles held and the companies assigned at the moment of the act.

    `system` marks the house itself (a scheduled run, a reaction): it holds every role and is named in the trail. A
    deputy at work for somebody absent holds the roles of that person (`for_id`, `for_name`) and none of its own.
    `lost_factor` marks whose lost second factor was taken away: it needs one, whatever its roles ask for.
    """

    id: PersonId
    name: str
    roles: frozenset[Role]
    companies: frozenset[CompanyId]
    language: Language = Language.JAPANESE
    system: bool = False
    for_id: PersonId | None = None
    for_name: str = ""
    lost_factor: bool = False

    @property
    def persons(self) -> frozenset[PersonId]:
        """Whose act it is: of the person and of whom it stands in for."""
        return frozenset({self.id} if self.for_id is None else {self.id, self.for_id})

    def holds(self, *roles: Role) -> bool:
        """Return whether the actor holds at least one of *roles*."""
        return self.system or not self.roles.isdisjoint(roles)

    def sees(self, company_id: CompanyId) -> bool:
        """Return whether the actor is assigned to the company."""
        return company_id in self.companies

"""The process map: the steps of the circle, whose each is, and how far it is front or back office.

Nothing of it is drawn by hand: what a side may do is what the verbs say, so the map cannot differ from the permissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS, Verb

FULL = 3
"""The most marks that a side can have."""


class Side(StrEnum):
    """Where a role sits: with the customer, between, or with the books."""

    FRONT = "front"
    MIDDLE = "middle"
    BACK = "back"

    @property
    def shown(self) -> Text:
        """The side as people call it."""
        return _SIDES[self]


_SIDES = {
    Side.FRONT: Text(en="Front office", ja="フロント"),
    Side.MIDDLE: Text(en="Middle office", ja="ミドル"),
    Side.BACK: Text(en="Back office", ja="バック"),
}
SIDE_OF: Mapping[Role, Side] = {
    Role.SALES_REP: Side.FRONT,
    Role.RENEWAL_REP: Side.FRONT,
    Role.SALES_MANAGER: Side.FRONT,
    Role.SALES_OPERATIONS: Side.MIDDLE,
    Role.APPROVER: Side.MIDDLE,
    Role.DEAL_MANAGEMENT: Side.MIDDLE,
    Role.LICENSE_MANAGEMENT: Side.MIDDLE,
    Role.LEGAL: Side.MIDDLE,
    Role.CLO: Side.MIDDLE,
    Role.CXO: Side.MIDDLE,
    Role.MANAGEMENT: Side.MIDDLE,
    Role.REV_REC: Side.BACK,
    Role.RECEIVABLES: Side.BACK,
    Role.CFO: Side.BACK,
}
"""The side of each role that takes part in a deal; who only reads or keeps the house has none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the apps whose verbs it is made of, the role that answers for it, and the list where its things are."""

    name: Text
    owner: Role
    page: str
    apps: tuple[str, ...]

    @property
    def acts(self) -> list[Verb]:
        """What is done in it, by name."""
        return [act for name, act in sorted(VERBS.items()) if name.split(".")[0] in self.apps]

    def marks(self, side: Side) -> int:
        """Return how far the step is that side's, 0 to `FULL`: the share of its acts it may do, rounded up."""
        acts = self.acts
        able = sum(any(SIDE_OF.get(role) is side for role in act.roles) for act in acts)
        return -(-FULL * able // len(acts))


CIRCLE: tuple[Step, ...] = (
    Step(Text(en="Customer", ja="顧客確認"), Role.SALES_REP, "customers", ("customers",)),
    Step(Text(en="Opportunity", ja="商談"), Role.SALES_REP, "opportunities", ("opportunities",)),
    Step(Text(en="Quote", ja="見積"), Role.SALES_REP, "quotes", ("quotes",)),
    Step(Text(en="Approval", ja="承認"), Role.APPROVER, "approvals", ("approvals",)),
    Step(Text(en="Contract", ja="契約"), Role.DEAL_MANAGEMENT, "contracts", ("contracts",)),
    Step(Text(en="Order", ja="注文"), Role.SALES_OPERATIONS, "orders", ("orders",)),
    Step(Text(en="Invoice", ja="請求"), Role.RECEIVABLES, "invoices", ("billing",)),
    Step(Text(en="Payment", ja="入金"), Role.RECEIVABLES, "open-items", ("receivables",)),
    Step(Text(en="Revenue", ja="収益認識"), Role.REV_REC, "obligations", ("revenue",)),
    Step(Text(en="License", ja="ライセンス"), Role.LICENSE_MANAGEMENT, "grants", ("licenses",)),
    Step(Text(en="Renewal", ja="契約更新"), Role.RENEWAL_REP, "renewals", ("renewals",)),
)
"""The steps in the order a deal takes them; a renewal leads back to a quote."""

BESIDE: tuple[Step, ...] = (
    Step(Text(en="Price list", ja="価格表"), Role.SALES_OPERATIONS, "products", ("catalog",)),
    Step(Text(en="Books and runs", ja="帳簿と一括処理"), Role.CFO, "periods", ("ledger", "runs")),
)
"""What stands beside the circle."""

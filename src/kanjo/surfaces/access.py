"""Who may do what, as one table: every address of pages and API, for every role and for what is not theirs.

It is read from the declarations that let people in, so that it says what happens. `docs/access.md` is written from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.personal import NEEDED_BY
from kanjo.foundation.texts import Text
from kanjo.surfaces.api.addresses import ACTS, REPORTS, RESOURCES
from kanjo.surfaces.api.addresses import openapi as described
from kanjo.surfaces.doors import Door, doing
from kanjo.surfaces.web.addresses import urlpatterns as pages

ROOT = "/api/v1/"


class Mark(StrEnum):
    """What happens to somebody who asks."""

    READS = "○"
    ACTS = "●"
    REASON = "◐"
    REFUSED = "·"
    HIDDEN = "404"
    SHARED = "="
    EMPTY = "0"
    TOLD = "403"
    NONE = ""

    @property
    def shown(self) -> Text:
        """What it means."""
        return _MEANING[self]


_MEANING = {
    Mark.READS: Text(en="opens, read only", ja="参照できます"),
    Mark.ACTS: Text(en="opens and acts, as far as the act allows", ja="操作できます（操作ごとの規則に従います）"),
    Mark.REASON: Text(
        en="opens after a reason is given, which is written down: it holds personal data that the role does not need",
        ja="理由の入力後に開きます（記録されます）。役割上不要な個人情報を含むため",
    ),
    Mark.REFUSED: Text(en="refused (403); nothing is changed", ja="拒否（403）。何も変わりません"),
    Mark.HIDDEN: Text(en="not found (404), word for word as what does not exist", ja="存在しないものと同じ応答（404）"),
    Mark.SHARED: Text(
        en="shared by all companies: opens as for anybody", ja="全社共有のため、他の人と同じように開きます"
    ),
    Mark.EMPTY: Text(en="opens, and holds nothing of any company", ja="開きますが、会社のデータは表示されません"),
    Mark.TOLD: Text(en="refused (403): ask to be assigned", ja="拒否（403）。会社への割り当てが必要です"),
    Mark.NONE: Text(en="names no object", ja="対象を持ちません"),
}

SHORT: dict[Role, str] = {
    Role.SALES_REP: "SR",
    Role.RENEWAL_REP: "RR",
    Role.SALES_MANAGER: "SM",
    Role.SALES_OPERATIONS: "SO",
    Role.APPROVER: "AP",
    Role.DEAL_MANAGEMENT: "DM",
    Role.REV_REC: "RV",
    Role.RECEIVABLES: "AR",
    Role.LICENSE_MANAGEMENT: "LM",
    Role.CXO: "CX",
    Role.CFO: "CF",
    Role.CLO: "CL",
    Role.LEGAL: "LG",
    Role.HR: "HR",
    Role.MANAGEMENT: "MG",
    Role.AUDITOR: "AU",
    Role.ADMINISTRATOR: "AD",
}
"""The heading of each role's column."""

OF_PEOPLE = frozenset(
    {
        *("person", "invite-again", "withdraw-invitation", "grant-role", "withdraw-role", "assign-company"),
        *("unassign-company", "end-sessions-of", "remove-factors", "leave", "readmit-person"),
    }
)
"""Pages about a person, who is of no company; of its work they name what is in the reader's companies."""

SHARED = OF_PEOPLE | frozenset(
    {"customer", "amend-customer", "place-under", "add-department", "open-opportunity", "license-position", "postings"}
    | {"state-month", "choose-grouping", "choose-tax-rounding", "share-account", "bill-to-account"}
)
"""Pages whose key names what no single company owns: customers, people, and accounts, of which each has its own."""

ENTRANCE = frozenset(
    {"company-sign-in", "company-sign-in-back", "invitation", "invitation-by-company", "open-invitation"}
    | {"paper-by-link"}
)
"""What is there for somebody on the way in, and then no more: no role opens it."""

OF_ALL = frozenset({"billing-policies"})
"""What the API reads of no company and no customer: everybody may."""

NEEDS_COMPANY = frozenset(
    {
        "ageing",
        "waterfall",
        "trial-balance",
        "postings",
        "company",
        "amend-company",
        "set-seal",
        "drop-seal",
        "open-year",
        "draft-matrix",
        "open-opportunity",
        "policies",
        "choose-policy",
        "set-run-limit",
        "billing-schedule",
        "set-billing-schedule",
        "pause-billing-schedule",
    }
    | {"hand-over-all", "billing-gaps", "gap-list"}
)
"""Pages that are about the company at hand: who has none is told so."""

AREAS: Sequence[tuple[Text, frozenset[str]]] = (
    (
        Text(en="Desk", ja="机"),
        frozenset(
            {"", "health", "search", "language", "look", "choose-company", "tokens", "views", "files", "work-items"}
            | {"sessions", "company-account", "reveal"}
            | {"notices", "deputies"}
        ),
    ),
    (Text(en="People", ja="利用者"), frozenset({"people"})),
    (Text(en="Customers", ja="顧客"), frozenset({"customers"})),
    (Text(en="Products", ja="商品"), frozenset({"products"})),
    (Text(en="Opportunities", ja="商談"), frozenset({"opportunities"})),
    (Text(en="Quotes", ja="見積"), frozenset({"quotes"})),
    (Text(en="Approvals", ja="承認"), frozenset({"approvals", "matrices"})),
    (Text(en="Contracts", ja="契約"), frozenset({"contracts"})),
    (Text(en="Orders", ja="受注"), frozenset({"orders", "order-lines"})),
    (
        Text(en="Invoices", ja="請求"),
        frozenset({"invoices", "invoice-lines", "holds", "usage", "metered-lines", "billing-policies", "billing-gaps"}),
    ),
    (
        Text(en="Receivables", ja="売掛金"),
        frozenset(
            {"receivables", "receipts", "allocations", "bank-files", "ageing", "open-items", "acknowledgements"}
            | {"statements"}
        ),
    ),
    (Text(en="Revenue", ja="収益"), frozenset({"obligations", "waterfall"})),
    (Text(en="Licenses and renewals", ja="ライセンス・契約更新"), frozenset({"licenses", "grants", "renewals"})),
    (
        Text(en="Books and company", ja="帳簿・会社"),
        frozenset({"runs", "trial-balance", "accounts-of-books", "periods", "company", "companies"}),
    ),
)
"""The parts of the house, by how their addresses begin."""

OTHERS = Text(en="House", ja="運用")


@dataclass(frozen=True, slots=True)
class Line:
    """One address: who it lets in, and what it shows of another company's object and to who has no company."""

    method: str
    path: str
    name: str
    door: Door
    foreign: Mark
    unassigned: Mark

    def mark(self, role: Role) -> Mark:
        """Return what happens to a role."""
        if self.door.roles and role not in self.door.roles:
            return Mark.REFUSED
        if any(role not in NEEDED_BY[kind] for kind in self.door.holds):
            return Mark.REASON
        return Mark.ACTS if self.door.verb or self.method == "POST" else Mark.READS

    @property
    def area(self) -> Text:
        """The part of the house it belongs to."""
        first = self.path.removeprefix(ROOT).lstrip("/").partition("/")[0]
        return next((title for title, leads in AREAS if first in leads), OTHERS)

    @property
    def cells(self) -> int:
        """How much it says: one per role, and one for each kind of what is not theirs."""
        return len(Role) + sum(one is not Mark.NONE for one in (self.foreign, self.unassigned))


def lines() -> list[Line]:
    """Return every address, pages before API in each part of the house."""
    return [*_pages(), *_operations()]


def _pages() -> Iterator[Line]:
    for route in pages:
        name, path = str(route.name), str(route.pattern)
        if name in ENTRANCE:
            continue
        who: Door = vars(route.callback)["door"]
        keyed = "<" in path
        owned = keyed and name not in SHARED
        foreign = Mark.HIDDEN if owned else Mark.SHARED if keyed else Mark.NONE
        told = Mark.TOLD if name in NEEDS_COMPANY else Mark.HIDDEN if keyed and name not in OF_PEOPLE else Mark.EMPTY
        unassigned = Mark.NONE if who.public else told
        yield Line("GET, POST" if who.verb else "GET", f"/{path}", name, who, foreign, unassigned)


def _operations() -> Iterator[Line]:
    for path, methods in described()["paths"].items():
        bare = path.removeprefix(ROOT).replace("{key}", "{int:key}")
        for method, operation in methods.items():
            keyed = "{key}" in path
            shared = bare.partition("/")[0] in RESOURCES and RESOURCES[bare.partition("/")[0]].shared
            foreign = Mark.NONE if not keyed else Mark.SHARED if shared else Mark.HIDDEN
            read = method == "get"
            owned = keyed and bare.partition("/")[0] not in OF_ALL
            unassigned = Mark.HIDDEN if owned else Mark.EMPTY if read else Mark.NONE
            yield Line(method.upper(), path, operation["operationId"], _door(method, bare), foreign, unassigned)


def _door(method: str, bare: str) -> Door:
    if method == "post":
        return next(doing(act.verbs[0]) for act in ACTS if act.path == bare)
    reports = {f"{one.of}/{{int:key}}/{one.name}": one.door for one in REPORTS}
    return reports.get(bare) or RESOURCES[bare.partition("/")[0]].door


def as_page(every: Sequence[Line]) -> str:
    """Return the table as a page of `docs/`."""
    parts = [_HEAD.format(cells=f"{sum(line.cells for line in every):,}", routes=len(every), legend=_legend())]
    for title in [*(title for title, _ in AREAS), OTHERS]:
        here = [line for line in every if line.area == title]
        if here:
            parts.append(_section(title, here))
    return "\n".join(parts)


def _legend() -> str:
    marks = "\n".join(f"| {f'`{mark}`' if mark else '(blank)'} | {mark.shown.en} | {mark.shown.ja} |" for mark in Mark)
    roles = "\n".join(f"| {SHORT[role]} | {ROLE_NAMES[role].en} | {ROLE_NAMES[role].ja} |" for role in Role)
    return f"| Mark | | |\n| --- | --- | --- |\n{marks}\n\n| Column | Role | 役割 |\n| --- | --- | --- |\n{roles}"


def _section(title: Text, here: Sequence[Line]) -> str:
    heads = " | ".join(SHORT[role] for role in Role)
    rows = [f"\n## {title.en} / {title.ja}\n", f"| | | {heads} | other | none |", "| --- " * (len(Role) + 4) + "|"]
    for line in here:
        marks = " | ".join(line.mark(role) for role in Role)
        path = (
            line.path.replace("<int:key>", "N")
            .replace("<str:code>", "N")
            .replace("<str:of>", "PAGE.N")
            .replace("{key}", "N")
        )
        rows.append(f"| {line.method} | `{path}` | {marks} | {line.foreign} | {line.unassigned} |")
    return "\n".join(rows) + "\n"


_HEAD = """# Who may do what / アクセス権限表

Every address of pages and API x every role x what belongs to another selling company or is asked for by somebody
without a company. Written by `tools/access.py` from the declarations that let people in; a test holds this page to
them, and others request every cell: {cells} cells of {routes} addresses.

画面とAPIの全アドレスについて、役割ごとの可否と、他社のデータ・会社に所属しない人への応答を示します。`tools/access.py`
が入口の宣言から作成し、全セル（{routes}アドレス・{cells}セル）を実際の要求で検査しています。

Roles are read at each request and only add up: who holds two may what either may. *other*: the object belongs to
another selling company. *none*: the person holds every role and no company. `GET, POST` is a form and its press; who is
not signed in is led to the sign-in, a program without a token gets 401. What an act itself refuses (state, duties,
limits) is not in this table. Personal data is masked by role besides (`docs/decisions/0015-personal-data.md`).

{legend}
"""

"""Personal data: a text that is masked wherever it is written, unless its reader needs it or has a reason.

One table says which roles need which kind. As text it is always masked: who wants the whole asks for it by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.texts import Text

HIDDEN = "••••••"
"""What stands for it: as long for a short text as for a long one."""

_TAIL = 4


class Kind(StrEnum):
    """A kind of personal data."""

    ADDRESS = "address"
    PAYER = "payer"
    """Who paid, and what was written with it: names of people stand in both."""
    ACCOUNT = "account"
    EMAIL = "email"

    @property
    def shown(self) -> Text:
        """The kind as people read it."""
        return _NAMES[self]


_NAMES = {
    Kind.ADDRESS: Text(en="Address", ja="住所"),
    Kind.PAYER: Text(en="Payer", ja="振込依頼人"),
    Kind.ACCOUNT: Text(en="Bank account", ja="口座"),
    Kind.EMAIL: Text(en="E-mail address", ja="メールアドレス"),
}

NEEDED_BY: Mapping[Kind, frozenset[Role]] = {
    Kind.ADDRESS: frozenset(Role) - {Role.HR, Role.MANAGEMENT, Role.AUDITOR},
    Kind.PAYER: frozenset({Role.RECEIVABLES, Role.SALES_OPERATIONS}),
    Kind.ACCOUNT: frozenset({Role.RECEIVABLES}),
    Kind.EMAIL: frozenset({Role.ADMINISTRATOR, Role.HR}),
}
"""Who reads each kind without a reason. Addresses stand on every paper of a deal, so whoever works on deals reads them;
what a bank told is for those who match it; addresses of colleagues, for those who invite them."""

SENTENCES: Mapping[str, Kind] = {"receivables_receipt": Kind.PAYER}
"""Tables of things about which work is told in sentences that name people, and the kind that those hold."""

REVEALED_TO = (
    Role.SALES_OPERATIONS,
    Role.DEAL_MANAGEMENT,
    Role.REV_REC,
    Role.CXO,
    Role.CFO,
    Role.MANAGEMENT,
    Role.AUDITOR,
)
"""Who may see what is masked for it after giving a reason: roles that answer for the books. The auditor is one of them,
and reads nothing personal without saying why."""


@dataclass(frozen=True, slots=True, repr=False)
class Personal:
    """A piece of personal data; `of` is whose it is (table, id)."""

    whole: str
    kind: Kind
    of: tuple[str, int]

    @property
    def masked(self) -> str:
        """What is left of it for who does not need it: the end of an account tells accounts apart."""
        if not self.whole:
            return ""
        if self.kind is Kind.ACCOUNT and len(self.whole) > 2 * _TAIL:
            return HIDDEN + self.whole[-_TAIL:]
        return HIDDEN

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        """Tell two apart without telling what they hold."""
        return f"Personal({self.kind}, {self.of}, {hashlib.sha256(self.whole.encode()).hexdigest()[:16]})"


def needs(actor: Actor, kind: Kind) -> bool:
    """Return whether the actor reads a kind without a reason; nobody does outside a company."""
    return bool(actor.companies) and actor.holds(*NEEDED_BY[kind])

"""The columns of looks."""

from __future__ import annotations

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.privacy.queries import LookRow
from kanjo.surfaces.doors import Door
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.menu import MENU
from kanjo.surfaces.web.subjects import source_of

WHO = Text(en="Who", ja="閲覧者")
WHOSE = Text(en="Whose", ja="対象")
WHERE = Text(en="From", ja="閲覧元")
WAY = Text(en="How", ja="方法")
KINDS = Text(en="What", ja="項目")
PIECES = Text(en="Pieces", ja="件数")
ASKED = Text(en="Conditions of the list", ja="一覧の条件")
WATCH = Door(roles=(Role.AUDITOR, Role.ADMINISTRATOR))
"""Who reads the log: who answers for it, and who runs the house."""
MANY = Text(en="Several: {name}", ja="複数の{name}")
_LISTS = {name: label for _heading, entries in MENU for name, _icon, label in entries}

_PAGES = {
    "home": Text(en="Queue", ja="受付箱"),
    "search": Text(en="Search", ja="検索"),
    "amend-customer": Text(en="Amending a customer", ja="顧客情報の変更"),
    "return-transfer": Text(en="Return of a transfer", ja="組戻し"),
}
"""Pages that are no list and no thing of their own."""

REVEALED = {
    "customer": "customers_customer",
    "person": "identity_person",
    "invoice": "billing_invoice",
    "receipt": "receivables_receipt",
    "acknowledgement": "receivables_acknowledgement",
    "statement": "receivables_monthlystatement",
    "bank-file": "receivables_bankfile",
    "invoice-pdf": "billing_invoice",
    "invoice-xml": "billing_invoice",
    "quote-draft-pdf": "quotes_quote",
    "bank-file-original": "receivables_bankfile",
    "file": "files_storedfile",
}
"""Pages that show what is masked after a reason, and the table of what they are about."""


def _whose(row: LookRow) -> object:
    if row.subject_id is not None:
        return source_of(row.subject, row.subject_id)
    return MANY.filled(name=ROW_NAMES[row.subject]) if row.subject in ROW_NAMES else None


def _where(row: LookRow) -> object:
    if row.page in _LISTS:
        return _LISTS[row.page]
    if row.page in _PAGES:
        return _PAGES[row.page]
    name = ROW_NAMES.get(REVEALED.get(row.page, ""))
    return Text(en=name.en.capitalize(), ja=name.ja) if name else row.page


def _kinds(row: LookRow) -> Text:
    return Text(en=", ".join(kind.shown.en for kind in row.kinds), ja="、".join(kind.shown.ja for kind in row.kinds))


LOOKS: tuple[Column[LookRow], ...] = (
    Column(labels.RECORDED, lambda row: row.at, order="at"),
    Column(WHO, lambda row: row.person, order="person"),
    Column(WAY, lambda row: row.way.shown),
    Column(WHERE, _where, order="page"),
    Column(WHOSE, _whose, extra=True),
    Column(KINDS, _kinds, extra=True),
    amount(PIECES, lambda row: row.count, "count"),
    Column(ASKED, lambda row: row.query),
    Column(labels.REASON, lambda row: row.because),
)

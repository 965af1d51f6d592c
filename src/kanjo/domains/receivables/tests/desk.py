"""The receivables desk of one company, with everyday defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

import polars as pl
from django.db import connection, transaction

from kanjo.domains.customers.operations import register_customer
from kanjo.domains.receivables import operations, queries
from kanjo.domains.receivables.facts import MatchReport, Statement, StatementLine
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import BankFileId, CompanyId, CustomerId, InvoiceId, ReceiptId
from kanjo.foundation.times import AsKnown
from kanjo.platform.bulk.loading import Live
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.queries import balance_of
from tests.builders import NOW, an_actor

DAY = date(2026, 4, 30)
LATER = date(2030, 3, 31)


class Desk:
    """Issues, receives, matches and looks, as a person of Accounts Receivable."""

    def __init__(self, company_id: CompanyId, currency: str = "JPY") -> None:
        self.company_id = company_id
        self.currency = currency
        self.by = an_actor(Role.RECEIVABLES, companies=[company_id])
        self._references = count(1)

    @transaction.atomic
    def customer(self, name: str, kana: str = "") -> CustomerId:
        return register_customer(name=name, name_kana=kana, country="JP", by=house(), at=NOW)

    @transaction.atomic
    def invoices(
        self, *rows: tuple[int, CustomerId, int], due_on: date = DAY, issued_on: date = date(2026, 4, 1)
    ) -> None:
        """Open (invoice id, customer, amount) items."""
        frame = pl.DataFrame(
            [(key, customer, f"INV-2026-{key:06d}", self.currency, amount) for key, customer, amount in rows],
            schema=["invoice_id", "customer_id", "number", "currency", "amount_minor"],
            orient="row",
        ).with_columns(issued_on=pl.lit(issued_on), due_on=pl.lit(due_on))
        operations.open_items(company_id=self.company_id, frame=frame, loading=Live(), by=house(), at=NOW)

    def line(self, amount: int, payer: str = "", text: str = "", day: date = DAY) -> StatementLine:
        return StatementLine(f"R{next(self._references):06d}", day, day, amount, payer, text)

    @transaction.atomic
    def take(self, lines: Sequence[StatementLine], name: str = "april.csv") -> BankFileId:
        statement = Statement("0001-123-1-1234567", self.currency, tuple(lines))
        return operations.import_bank_file(
            company_id=self.company_id,
            statement=statement,
            content=repr(lines).encode(),
            name=name,
            on=DAY,
            by=self.by,
            at=NOW,
        )

    def receive(self, amount: int, payer: str = "", text: str = "", day: date = DAY) -> ReceiptId:
        line = self.line(amount, payer, text, day)
        self.take([line])
        return next(row.id for row in queries.list_receipts(self.by) if row.reference == line.reference)

    @transaction.atomic
    def match(self, on: date = DAY) -> MatchReport:
        return operations.match_receipts(company_id=self.company_id, on=on, by=self.by, at=NOW)

    @transaction.atomic
    def allocate(self, receipt: ReceiptId, item: int, amount: int, on: date = DAY) -> int:
        return operations.allocate(
            receipt_id=receipt, item_id=InvoiceId(item), amount_minor=amount, on=on, by=self.by, at=NOW
        )

    def open(self, item: int) -> int:
        return queries.get_open_item(self.by, InvoiceId(item)).open_minor

    def left(self, receipt: ReceiptId) -> int:
        return queries.get_receipt(self.by, receipt).left_minor

    def books(self) -> dict[str, int]:
        """The balances of the four accounts that receivables post to, debit positive."""
        codes = (AccountCode.BANK, AccountCode.UNAPPLIED_RECEIPTS, AccountCode.RECEIVABLE, AccountCode.BANK_FEES)
        return {code.name: balance_of(self.company_id, code, AsKnown(LATER)) for code in codes}

    def everything(self) -> list[tuple[object, ...]]:
        """All that a refused act must not have changed."""
        tables = ("receipt", "receiptbalance", "itembalance", "matching", "allocation", "bankfile", "payeralias")
        counted = " UNION ALL ".join(
            f"SELECT '{table}', count(*), md5(string_agg(t::text, ',' ORDER BY id)) FROM receivables_{table} t"
            for table in tables
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"{counted} UNION ALL SELECT 'posting', count(*), '' FROM ledger_posting"
                " UNION ALL SELECT 'fact', count(*), '' FROM outbox_fact"
            )
            return list(cursor.fetchall())

"""Bank statements are taken in: whole, and once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl
from django.db import connection

from kanjo.domains.receivables.facts import BankFileTaken, Statement, StatementLine
from kanjo.domains.receivables.models import BankFile, Receipt
from kanjo.domains.receivables.rules.guards import identified
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import BankFileId, CompanyId
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live
from kanjo.platform.files import operations as files
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.loading import load_entries
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import refuse_unseen

RECEIPTS, BALANCES = "receivables_receipt", "receivables_receiptbalance"


@verb("receivables.import-bank-file", Role.RECEIVABLES)
def import_bank_file(
    *, company_id: CompanyId, statement: Statement, content: bytes, name: str, on: date, by: Actor, at: datetime
) -> BankFileId:
    """Take in a statement with its bytes, and post what arrived: Dr bank, Cr unapplied receipts, on the value date.

    The same bytes again return the file that is there and change nothing; lines known from an overlapping statement
    are passed over. Refuses a movement that stands twice, and a value date in locked books.
    """
    refuse_unseen(company_id, by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('receivables.bank-file'), %s)", [company_id])
    digest = hashlib.sha256(content).hexdigest()
    taken = BankFile.objects.visible_to(by).filter(company_id=company_id, digest=digest).first()
    if taken is not None:
        return BankFileId(taken.pk)
    told = identified(statement, name=name)
    known = _known(company_id, statement.account, list(told))
    lines = {identity: line for identity, line in told.items() if identity not in known}
    file = BankFile.objects.create(
        company_id=company_id,
        name=name[:255],
        digest=digest,
        file_id=files.store(
            content=content, name=name, media_type="application/octet-stream", company_id=company_id, by=by
        ),
        account=statement.account,
        currency=statement.currency,
        receipts_count=len(lines),
        total_minor=sum(line.amount_minor for line in lines.values()),
        taken_by_id=by.id,
    )
    _load(_frame(lines, statement, company_id, file.pk), company_id)
    record(
        BankFileTaken(
            company_id=company_id,
            effective_on=on,
            bank_file_id=BankFileId(file.pk),
            receipts=len(lines),
            total_minor=file.total_minor,
            currency=statement.currency,
        ),
        by=by,
        at=at,
    )
    return BankFileId(file.pk)


def _known(company_id: CompanyId, account: str, identities: Sequence[str]) -> set[str]:
    rows = Receipt.objects.filter(company_id=company_id, account=account, identity__in=identities)
    return set(rows.values_list("identity", flat=True))


def _frame(
    lines: Mapping[str, StatementLine], statement: Statement, company_id: CompanyId, file_id: int
) -> pl.DataFrame:
    rows = [
        (identity, line.reference, line.value_on, line.amount_minor, line.payer_name, line.text)
        for identity, line in lines.items()
    ]
    columns = {
        "identity": pl.String,
        "reference": pl.String,
        "value_on": pl.Date,
        "amount_minor": pl.Int64,
        "payer_name": pl.String,
        "text": pl.String,
    }
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        Live().ids(RECEIPTS, len(rows)),
        company_id=pl.lit(company_id, dtype=pl.Int64),
        bank_file_id=pl.lit(file_id, dtype=pl.Int64),
        account=pl.lit(statement.account),
        currency=pl.lit(statement.currency),
    )


def _load(receipts: pl.DataFrame, company_id: CompanyId) -> None:
    Live().load(RECEIPTS, receipts)
    Live().load(BALANCES, receipts.select("id", "company_id", "amount_minor", left_minor="amount_minor"))
    nobody = pl.lit(None, dtype=pl.Int64)
    for (day,), arrived in receipts.sort("value_on", "id").group_by("value_on", maintain_order=True):
        load_entries(
            arrived.select("currency", "amount_minor", source_id="id", effective_on=pl.lit(day)),
            {
                AccountCode.BANK: (pl.col("amount_minor"), nobody),
                AccountCode.UNAPPLIED_RECEIPTS: (-pl.col("amount_minor"), nobody),
            },
            company_id=company_id,
            source=RECEIPTS,
            loading=Live(),
        )

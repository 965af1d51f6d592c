"""`kanjo match FILE`: take in a bank's file and match what arrived, telling what waits for a person and why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.companies import company_named
from kanjo.surfaces.console.speaking import AsJson, day, language, print_json, progress, said, say, table

if TYPE_CHECKING:
    from kanjo.processes.take_bank_file import TakenFile

File = Annotated[Path, typer.Argument(help=said("The bank's file of receipts.", "銀行の入金データ。"))]
Company = Annotated[str, typer.Option(help=said("Selling company's code.", "販売会社コード。"))]
Day = Annotated[
    date | None,
    typer.Option(
        "--on",
        parser=day,
        metavar="YYYY-MM-DD",
        help=said("Day of the matching (default: today).", "消込日（既定: 今日）。"),
    ),
]


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("match", help=said("Take in a bank file and match it.", "入金データを取り込み、消込を行います。"))(
        match
    )


def match(file: File, *, company: Company, on: Day = None, as_json: AsJson = False) -> None:
    """Take in the file, match by rule, and tell what was settled and what is doubtful."""
    import django

    django.setup()
    with progress(Text(en="Matching", ja="消込")):
        taken = _taken(file, company, on)
    if as_json:
        print_json(_for_machines(taken))
    else:
        _tell(taken)


def _taken(file: Path, code: str, on: date | None) -> TakenFile:
    from django.db import transaction

    from kanjo.platform.identity.queries import house
    from kanjo.processes.take_bank_file import take_bank_file

    at = datetime.now(UTC)
    content, company = file.read_bytes(), company_named(code)
    with transaction.atomic():
        return take_bank_file(
            company_id=company.id, content=content, name=file.name, on=on or company.today(at), by=house(), at=at
        )


def _tell(taken: TakenFile) -> None:
    from kanjo.domains.receivables.facts import DOUBT_NAMES, MATCH_RULE_NAMES
    from kanjo.foundation.money import Money

    found = taken.matched
    if taken.again:
        say(Text(en="This file was taken in before.", ja="このファイルは取込済みです。"))
    say(Text(en=f"New receipts: {taken.new:,}", ja=f"新しい入金: {taken.new:,}件"))
    headings = said("Settled by|Receipts", "消込の根拠|件数").split("|")
    table(headings, [[MATCH_RULE_NAMES[rule].said_in(language()), f"{n:,}"] for rule, n in found.by_rule.items()])
    for currency, minor in found.allocated_minor.items():
        amount, fees = Money(minor, currency), Money(found.fees_minor[currency], currency)
        shown, deducted = amount.shown(language()), fees.shown(language())
        say(Text(en=f"Allocated {shown}, bank fees {deducted}", ja=f"消込額 {shown}、振込手数料 {deducted}"))
    if found.doubtful:
        waits = Text(en=f"{found.doubtful:,} wait for a person:", ja=f"{found.doubtful:,}件は担当者の確認が必要です:")
        say(waits, style="yellow")
        headings = said("Why|Receipts", "理由|件数").split("|")
        table(headings, [[DOUBT_NAMES[doubt].said_in(language()), f"{n:,}"] for doubt, n in found.by_doubt.items()])


def _for_machines(taken: TakenFile) -> dict[str, Any]:
    found = taken.matched
    return {
        "bank_file": taken.bank_file_id,
        "again": taken.again,
        "new": taken.new,
        "receipts": found.receipts,
        "settled": found.settled,
        "doubtful": found.doubtful,
        "by_rule": found.by_rule,
        "by_doubt": found.by_doubt,
        "allocated_minor": found.allocated_minor,
        "fees_minor": found.fees_minor,
    }

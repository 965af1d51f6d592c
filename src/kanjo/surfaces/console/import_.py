"""`kanjo import crm FOLDER`: take in an export, show what was wrong with it, write down what has to wait."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.speaking import AsJson, Report, language, print_json, progress, said, say, table

if TYPE_CHECKING:
    from kanjo.connectors.crm.faults import Fault
    from kanjo.processes.import_crm import CrmImport
    from kanjo.processes.read_crm import CrmExport

Folder = Annotated[Path, typer.Argument(help=said("Folder of the export.", "エクスポートのフォルダー。"))]
Company = Annotated[
    str | None,
    typer.Option(
        help=said("Selling company's code (default: the mapping's).", "販売会社コード（既定: 対応表の会社）。")
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(help=said("Mapping (default: FOLDER/mapping.toml).", "対応表（既定: FOLDER/mapping.toml）。")),
]
Cures = Annotated[
    Path | None, typer.Option(help=said("Accepted cures (cures.toml).", "承認済みの修正（cures.toml）。"))
]
Mended = Annotated[
    Path | None,
    typer.Option(help=said("Folder of mended quarantine files.", "直した保留データのフォルダー。")),
]
Encoding = Annotated[str | None, typer.Option(help=said("Encoding, such as cp932.", "文字コード（例: cp932）。"))]
FaultsFile = Annotated[
    Path | None, typer.Option(help=said("Write every fault to this CSV.", "すべての指摘をこの CSV に出力します。"))
]
Quarantine = Annotated[
    Path | None,
    typer.Option(
        help=said("Write the rows that wait to this folder, to be mended.", "保留行をこのフォルダーに出力します。")
    ),
]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=said("Take in data.", "データを取り込みます。"), no_args_is_help=True)
    group.callback()(_group)
    group.command("crm", help=said("Take in a CRM's export.", "CRM のエクスポートを取り込みます。"))(import_from_crm)
    cli.add_typer(group, name="import")


def _group() -> None:
    """Keep `crm` a command of its own while it is the only one."""


def import_from_crm(
    folder: Folder,
    *,
    company: Company = None,
    mapping: MappingFile = None,
    cures: Cures = None,
    mended: Mended = None,
    encoding: Encoding = None,
    faults: FaultsFile = None,
    quarantine: Quarantine = None,
    as_json: AsJson = False,
) -> None:
    """Read the export, take in what is sound, keep the rest in quarantine, and tell both."""
    import django

    django.setup()
    from django.db import transaction

    from kanjo.connectors.crm.quarantine import write_quarantine
    from kanjo.processes.read_crm import read_crm

    with progress(Text(en="Reading", ja="読込")) as report:
        export = read_crm(folder, mapping=mapping, cures=cures, mended=mended, encoding=encoding)
        with transaction.atomic():  # where a file cannot be written, nothing is imported
            result = _take_in(export, company, report)
            if faults:
                _write_faults(result.faults, faults)
            if quarantine:
                write_quarantine(export.reading.quarantined, quarantine, language=language())
    if as_json:
        print_json(_for_machines(result))
    else:
        _tell(result, faults=faults, quarantine=quarantine)


def _take_in(export: CrmExport, company: str | None, report: Report) -> CrmImport:
    from kanjo.platform.identity.queries import house
    from kanjo.processes.import_crm import import_crm

    return import_crm(export=export, company_code=company, by=house(), at=datetime.now(UTC), report=report)


def _tell(result: CrmImport, *, faults: Path | None, quarantine: Path | None) -> None:
    if result.again:
        say(
            Text(
                en="Exactly this export was taken in before: nothing to do.",
                ja="同じ内容を取込済みのため、変更はありません。",
            )
        )
    headings = said("Rows|Read|Taken|Quarantined|New", "データ|読込|取込|保留|新規").split("|")
    counted = (result.read, result.taken, result.quarantined, result.new)
    table(headings, [[_NAMES[entity].said_in(language()), *_numbers(entity, counted)] for entity in result.read])
    stages = ", ".join(f"{stage.shown.said_in(language())} {count:,}" for stage, count in sorted(result.stages.items()))
    say(Text(en=f"Opportunities by stage: {stages}", ja=f"商談の段階別件数: {stages}"))
    _tell_faults(result.faults)
    _tell_waiting(result, quarantine)
    if faults:
        say(Text(en=f"Every fault: {faults}", ja=f"指摘の一覧: {faults}"))


def _numbers(entity: str, counted: Sequence[Mapping[Any, int]]) -> list[str]:
    return [f"{counts.get(entity, 0):,}" for counts in counted]


def _tell_faults(faults: Sequence[Fault]) -> None:
    from kanjo.processes.crm_rows import by_rule

    found = by_rule(faults)
    if not found:
        return
    headings = said("Rule|What it does|Count|First places", "ルール|扱い|件数|最初の箇所").split("|")
    shown = [
        (rule, of_rule, "\n".join(f"{fault.file}:{fault.line}" for fault in of_rule[:3])) for rule, of_rule in found
    ]
    table(headings, [[rule, _does(of_rule[0]), f"{len(of_rule):,}", places] for rule, of_rule, places in shown])
    for _, of_rule in found:
        say(
            Text(en=f"{of_rule[0].place}: {of_rule[0].sentence.en}", ja=f"{of_rule[0].place}: {of_rule[0].sentence.ja}")
        )


def _does(fault: Fault) -> str:
    return fault.severity.shown.said_in(language())


def _tell_waiting(result: CrmImport, quarantine: Path | None) -> None:
    if result.mended:
        say(Text(en=f"Mended rows taken: {result.mended:,}", ja=f"直した行の取込: {result.mended:,}件"))
    if not result.waiting:
        return
    say(
        Text(en=f"Rows waiting in quarantine: {result.waiting:,}", ja=f"{result.waiting:,}件が保留中です。"),
        style="yellow",
    )
    if quarantine:
        way = Text(
            en=f"Mend the files in {quarantine}, then run the same command with --mended {quarantine}",
            ja=f"{quarantine} のファイルを直し、同じコマンドに --mended {quarantine} を付けて実行してください。",
        )
    else:
        way = Text(
            en="To mend them, run the same command with --quarantine FOLDER.",
            ja="直すには、同じコマンドに --quarantine フォルダー を付けて出力してください。",
        )
    say(way)


def _for_machines(result: CrmImport) -> dict[str, Any]:
    from kanjo.processes.crm_rows import by_rule

    return {
        "import": result.import_id,
        "company": result.company,
        "again": result.again,
        "read": result.read,
        "taken": result.taken,
        "quarantined": result.quarantined,
        "new": result.new,
        "stages": result.stages,
        "mended": result.mended,
        "waiting": result.waiting,
        "faults": {rule: len(of_rule) for rule, of_rule in by_rule(result.faults)},
    }


def _write_faults(faults: Sequence[Fault], path: Path) -> None:
    """Write every fault as CSV; values that a spreadsheet would take for a formula carry a leading apostrophe."""
    headings = said("file|line|field|value|severity|rule|sentence|cure", "ファイル|行|項目|値|扱い|ルール|説明|修正案")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings.split("|"))
        for fault in faults:
            cure = fault.proposed_cure.becomes if fault.proposed_cure else ""
            said_so = (fault.severity.shown.said_in(language()), fault.rule, fault.sentence.said_in(language()))
            cells = (fault.file, str(fault.line), fault.field, fault.value, *said_so, cure)
            writer.writerow([_inert(cell) for cell in cells])


def _inert(cell: str) -> str:
    from kanjo.connectors.crm.cells import FORMULA_STARTS

    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell


_NAMES = {
    "products": Text(en="Products", ja="製品"),
    "agents": Text(en="Agents", ja="営業担当者"),
    "accounts": Text(en="Accounts", ja="取引先"),
    "opportunities": Text(en="Opportunities", ja="商談"),
}

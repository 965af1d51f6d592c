"""`kanjo replay FOLDER`: a demonstration goes through the stream, the won deals of an export or a made-up history."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.speaking import AsJson, print_json, progress, said, say

Folder = Annotated[
    Path,
    typer.Argument(
        help=said("Folder of the demonstration's export, or of a made-up company.", "デモ用データのフォルダー。")
    ),
]


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(
        help=said(
            "Take the deals of a demonstration from quote to cash and revenue. Can be killed and resumed.",
            "デモ用データの商談を、見積から入金・収益まで進めます（中断・再開可能）。",
        )
    )(replay)


def replay(folder: Folder, as_json: AsJson = False) -> None:
    """Found the demonstration's company where it is new, and take its deals through the stream.

    Refuses `NotTheDemonstrations` and `HouseInUse`: people of the demonstration have no place beside real books.
    """
    import django

    django.setup()
    from kanjo.processes.history import CHARTER

    if (folder / CHARTER).exists():
        _play(folder, as_json=as_json)
    else:
        _replay(folder, as_json=as_json)


def _play(folder: Path, *, as_json: bool) -> None:
    from kanjo.processes import history
    from kanjo.surfaces.console.sign_ins import password

    with progress(Text(en="History", ja="履歴")) as report:
        script = history.read_script(folder)
        told = history.play(script=script, password=password(), at=datetime.now(UTC), report=report)
    if as_json:
        print_json(asdict(told))
        return
    says = Text(en="{days} days, {scenes} acts.", ja="{days} 日分、{scenes} 件の業務。")
    say(says.filled(**{name: f"{number:,}" for name, number in asdict(told).items()}), style="green")


def _replay(folder: Path, *, as_json: bool) -> None:
    from kanjo.processes import demonstration
    from kanjo.surfaces.console.sign_ins import password

    at = datetime.now(UTC)
    with progress(Text(en="Replay", ja="リプレイ")) as report:
        export = demonstration.read(folder)
        demonstration.refuse_elsewhere(export)
        company_id = demonstration.prepare_company(password=password(), at=at)
        demonstration.take_in(export=export, at=at, report=report)
        told = demonstration.play(company_id=company_id, at=at, report=report)
    if as_json:
        print_json(asdict(told))
    else:
        say(
            Text(
                en="{deals} deals, {invoices} invoices, {receipts} receipts settled, {months} months of revenue.",
                ja="商談 {deals} 件、請求書 {invoices} 件、消込 {receipts} 件、収益 {months} か月分。",
            ).filled(**{name: f"{number:,}" for name, number in asdict(told).items()}),
            style="green",
        )
        if told.refused:
            say(
                Text(
                    en=f"{told.refused:,} deals were refused; each is a work item with its cause.",
                    ja=f"{told.refused:,} 件の商談は受け付けられず、原因付きの作業項目になりました。",
                ),
                style="yellow",
            )

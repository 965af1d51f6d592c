"""`kanjo bill`: preview, approve and execute the billing run of a company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.companies import company_named
from kanjo.surfaces.console.speaking import AsJson, day, print_json, progress, said, say, table

if TYPE_CHECKING:
    from kanjo.foundation.ids import CompanyId, RunId

Company = Annotated[str, typer.Option(help=said("Selling company's code.", "販売会社コード。"))]
On = Annotated[
    date,
    typer.Option(
        "--on", parser=day, metavar="YYYY-MM-DD", help=said("Day of issue (YYYY-MM-DD).", "発行日（YYYY-MM-DD）。")
    ),
]
Preview = Annotated[bool, typer.Option("--preview", help=said("Only show what would be issued.", "プレビューのみ。"))]
Workers = Annotated[int, typer.Option(min=1, max=64, help=said("Shards at the same time.", "同時に処理する分割数。"))]
ISSUING = Text(en="Issuing invoices", ja="請求書を発行中")


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("bill", help=said("Issue the invoices that are due.", "請求対象の請求書を発行します。"))(bill)


def bill(*, company: Company, on: On, preview: Preview = False, workers: Workers = 1, as_json: AsJson = False) -> None:
    """Issue what is due by the day; interrupted, the same command goes on where it was."""
    import django

    django.setup()
    from kanjo.platform.identity.queries import house
    from kanjo.platform.runs.queries import get_run

    company_id = company_named(company).id
    run_id = _previewed(company_id, on)
    run = get_run(house(), run_id)
    issued = run.preview["made"] if preview else _execute(company_id, run_id, workers)
    told = {"run": run.key, "issued": not preview, "made": issued, "before": run.preview["before"]}
    if as_json:
        print_json(told)
    else:
        _tell(told)


def _previewed(company_id: CompanyId, on: date) -> RunId:
    from django.db import transaction

    from kanjo.platform.identity.queries import house
    from kanjo.processes import bill as billing

    with transaction.atomic():
        return billing.preview(company_id=company_id, on=on, by=house(), at=datetime.now(UTC))


def _execute(company_id: CompanyId, run_id: RunId, workers: int) -> dict[str, Any]:
    """Approve the run and do its shards with so many workers; return its report."""
    from django.db import transaction

    from kanjo.platform.identity.queries import house
    from kanjo.platform.runs.queries import get_run
    from kanjo.platform.runs.states import RunState
    from kanjo.processes import bill as billing

    if get_run(house(), run_id).state is RunState.PREVIEWED:
        with transaction.atomic():
            billing.approve(run_id=run_id, by=house(), at=datetime.now(UTC))

    def show(_: int) -> None:
        run = get_run(house(), run_id)
        report(run.shards_done, run.shards, ISSUING)

    with progress(ISSUING) as report:
        return billing.execute(
            company_id=company_id, run_id=run_id, by=house(), at=datetime.now(UTC), progress=show, workers=workers
        )


def _tell(told: Mapping[str, Any]) -> None:
    made, before = told["made"], told["before"]
    headings = said("|This run|Run before", "|今回|前回").split("|")
    names = sorted(made, key=_place)
    table(headings, [[_named(name), f"{made[name]:,}", f"{before.get(name, 0):,}"] for name in names])
    key = told["run"]
    if not told["issued"]:
        say(Text(en=f"Run {key}: only previewed.", ja=f"実行 {key}: プレビューのみです。"))
    elif made.get("failed"):
        say(
            Text(
                en=f"Run {key}: {made['failed']} accounts could not be billed; each is a work item with its cause.",
                ja=f"実行 {key}: {made['failed']} 件の請求先で請求できず、原因付きの作業項目になりました。",
            ),
            style="yellow",
        )
    elif not made.get("invoices"):
        say(Text(en=f"Run {key}: nothing is due.", ja=f"実行 {key}: 請求対象はありません。"))


def _place(figure: str) -> tuple[str, int]:
    """Return where a figure of a report stands: counts first, then the sums of each currency."""
    name, _, currency = figure.partition("_")
    return currency, list(_FIGURES).index(name)


def _named(figure: str) -> str:
    """Return a figure of a report as people read it: `total_JPY` is the total with tax in yen's minor unit."""
    name, _, currency = figure.partition("_")
    return " ".join(filter(None, [said(*_FIGURES[name]), currency]))


_FIGURES = {
    "invoices": ("Invoices", "請求書"),
    "lines": ("Lines", "明細"),
    "net": ("Net", "税抜"),
    "tax": ("Tax", "消費税"),
    "total": ("Total", "税込合計"),
    "failed": ("Failed", "請求不可"),
}

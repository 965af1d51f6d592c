"""`kanjo verify`: the identities of the books, and the house against its last anchor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.companies import company_named
from kanjo.surfaces.console.speaking import AsJson, language, people, print_json, progress, said, say, table

if TYPE_CHECKING:
    from kanjo.reports.identities import Checked, Side

BROKEN = 1

CompanyCode = Annotated[
    str | None, typer.Option("--company", help=said("Only this selling company.", "この販売会社だけを対象にします。"))
]


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(
        help=said(
            "Check the identities of the books; fails on any break.", "帳簿の恒等式を検証します（崩れがあれば失敗）。"
        )
    )(verify)


def verify(company: CompanyCode = None, as_json: AsJson = False) -> None:
    """Print every identity with both sides, and what is not as it was anchored; exit code 1 when something is found."""
    import django

    django.setup()
    from kanjo.platform.audit.anchor import NotAsAnchored, anchor, anchors_here
    from kanjo.processes.verify_books import verify_books

    with progress(Text(en="Checking", ja="検証中")) as report:
        if company:
            company_named(company)
        found = verify_books(company_code=company, report=report)
    broken = [one.name for checks in found.values() for one in checks if not one.holds]
    changed = anchor(anchors_here(), at=datetime.now(UTC), whole=not broken)
    if as_json:
        companies = {code: _plain(checks) for code, checks in found.items()}
        print_json(
            {"holds": not (broken or changed), "broken": broken, "changed": _said(changed), "companies": companies}
        )
    else:
        for code, checks in found.items():
            people.print(code, style="bold", markup=False, highlight=False)
            headings = [said("identity", "恒等式"), said("left", "左辺"), said("right", "右辺"), ""]
            table(headings, [row for one in checks for row in _rows(one)])
        if changed:
            say(NotAsAnchored.told(changed, anchors_here()).sentence, style="bold red")
        _conclude(broken, sum(len(checks) for checks in found.values()))
    if broken or changed:
        raise typer.Exit(BROKEN)


def _said(texts: list[Text]) -> list[str]:
    return [one.said_in(language()) for one in texts]


def _conclude(broken: list[str], number: int) -> None:
    if broken:
        names = ", ".join(broken)
        say(Text(en=f"Broken: {names}", ja=f"崩れている恒等式: {names}"), style="bold red")
    else:
        say(
            Text(en=f"All {number} identities hold.", ja=f"{number} 件の恒等式はすべて成立しています。"),
            style="bold green",
        )


def _rows(one: Checked) -> list[list[str]]:
    title = one.says.said_in(language())
    if not one.sides:
        return [[title, "—", "—", said("holds", "成立")]]
    return [[title, _amount(side, side.left), _amount(side, side.right), _verdict(one, side)] for side in one.sides]


def _amount(side: Side, figure: int) -> str:
    from kanjo.foundation.money import Money

    return Money(figure, side.currency).shown(language()) if side.currency else f"{figure:,}"


def _verdict(one: Checked, side: Side) -> str:
    if side.broken == 0 and side.left == side.right:
        return said("holds", "成立")
    places = ", ".join(side.places)
    return said(f"BROKEN ({one.name}): {places}", f"不成立（{one.name}）: {places}")


def _plain(checks: list[Checked]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "holds": one.holds,
            "sides": [
                {
                    "currency": side.currency,
                    "left": side.left,
                    "right": side.right,
                    "broken": side.broken,
                    "places": side.places,
                }
                for side in one.sides
            ],
        }
        for one in checks
    ]

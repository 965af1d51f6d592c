"""`kanjo doctor`: looks at everything an installation stands on and says what to do where it is not well."""

from __future__ import annotations

import typer
from rich.text import Text as Line

from kanjo.surfaces.console.speaking import AsJson, language, people, print_json, said

SIGNS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(
        help=said(
            "Check the installation; exit code 1 when something is broken.",
            "導入環境を点検します（問題があれば終了コード 1）。",
        )
    )(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Make every check, print one line each with its way out, and end with 1 when one failed."""
    from kanjo.surfaces.console.checks import examine

    findings = examine()
    if as_json:
        print_json([{"check": one.check, "state": one.state, "says": one.says.said_in(language())} for one in findings])
    else:
        for one in findings:
            sign, style = SIGNS[one.state]
            people.print(Line.assemble((f" {sign} ", style), one.says.said_in(language())))
    if any(one.state == "fail" for one in findings):
        raise typer.Exit(1)

"""Where the `kanjo` command begins: its commands, and the one place that says what was refused."""

from __future__ import annotations

import os
import sys

import typer

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.surfaces.console import (
    backup,
    bill,
    company,
    development,
    doctor,
    down,
    import_,
    match,
    replay,
    up,
    user,
    verify,
)
from kanjo.surfaces.console.failures import stood_for
from kanjo.surfaces.console.speaking import errors, language

REFUSED = 2

COMMANDS = [up, down, doctor, import_, match, replay, bill, verify, backup, company, user, development]


def command_line() -> typer.Typer:
    """Return the command with everything it can do."""
    about = Text(
        en="Kanjo, the sales middle office: from quote to cash and revenue.",
        ja="Kanjo: 見積から入金・収益認識までをつなぐセールス・ミドルオフィス。",
    )
    cli = typer.Typer(help=about.said_in(language()), no_args_is_help=True, add_completion=False)
    for command in COMMANDS:
        command.register(cli)
    return cli


def app() -> None:
    """Run the command. Exit code 0: done; 1: a check failed; 2: refused, and the sentence tells the way out."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")
    try:
        command_line()()
    except Exception as error:
        refusal = error if isinstance(error, Refusal) else stood_for(error)
        if refusal is None:
            raise
        errors.print(refusal.said_in(language()), style="red", markup=False, highlight=False)
        sys.exit(REFUSED)

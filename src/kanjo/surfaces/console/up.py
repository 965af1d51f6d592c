"""`kanjo up`: everything that is needed to work, and nothing that is there already."""

from __future__ import annotations

import fcntl
import time

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.speaking import AsJson, language, people, print_json, progress, said, say


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(
        help=said(
            "Start Kanjo: database, tables, web server and worker.",
            "Kanjo を起動します（データベース、テーブル、Web サーバー、ワーカー）。",
        )
    )(up)


def up(as_json: AsJson = False) -> None:
    """Start what does not run yet, wait until the pages answer, and say where they are."""
    from django.conf import settings

    from kanjo.surfaces.console.sign_ins import print_sign_ins
    from kanjo.surfaces.console.steps import STEPS

    home = settings.ENVIRONMENT.home
    home.mkdir(parents=True, exist_ok=True)
    done: dict[str, bool] = {}
    with (home / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once: the second finds everything done
        for step in STEPS:
            began = time.monotonic()
            with progress(step.name) as report:
                changed = done[step.name.en] = step.act(report)
            if not as_json:
                _tell(step.name, changed=changed, seconds=time.monotonic() - began)
    if as_json:
        print_json({"url": settings.ENVIRONMENT.public_url, "changed": done})
    else:
        url = settings.ENVIRONMENT.public_url
        print_sign_ins()
        say(Text(en=f"Kanjo is ready: {url}", ja=f"Kanjo の準備ができました: {url}"), style="bold green")


def _tell(name: Text, *, changed: bool, seconds: float) -> None:
    state = said(f"done in {seconds:.1f} s", f"完了（{seconds:.1f} 秒）") if changed else said("ready", "準備済み")
    people.print(f"  ✓ {name.said_in(language())}: {state}", markup=False, highlight=False)

"""For those who change Kanjo: `kanjo test`, `kanjo check`, `kanjo bench`, `kanjo rows`. They need the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.refusals import NoSources, UnknownName
from kanjo.surfaces.console.speaking import AsJson, people, print_json, said, say, table

PASS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
CHROMIUM: Final = "/usr/bin/chromium"
MOST_AT_ONCE: Final = 4
AGAIN: Final = "database and not browser and not once"
PACKAGES: Final = ("chromium", "fonts-noto-cjk", "poppler-utils")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("test", help=said("Run the tests.", "テストを実行します。"), context_settings=PASS_ON)(run_tests)
    cli.command(help=said("Check form, imports and types.", "書式・依存・型を検査します。"))(check)
    cli.command(
        help=said("Measure the figures.", "性能を測定します。"),
        context_settings=PASS_ON,
    )(bench)
    cli.command(help=said("Show the mission rows and their tests.", "要件とそれを示すテストを表示します。"))(rows)


def run_tests(
    context: typer.Context,
    system_postgres: Annotated[
        bool,
        typer.Option(
            "--system-postgres",
            help=said("Then also on the system's PostgreSQL.", "システムの PostgreSQL でも実行します。"),
        ),
    ] = False,
) -> None:
    """Run pytest with the given arguments, then the database tests on the system's PostgreSQL where one is wanted."""
    _ensure_browser()
    code = _run([sys.executable, "-m", "pytest", *_spread(), *context.args])
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if (system_postgres or os.environ.get("CI") == "true") and found:
        code = _on_system_postgres(found[-1].parent, context.args) or code
    raise typer.Exit(code)


def check() -> None:
    """Run every check, the quick ones first, and end with 1 when one found something."""
    programs = Path(sys.executable).parent
    checks: list[tuple[str, list[str]]] = [
        ("format", ["ruff", "format", "--check", "."]),
        ("lint", ["ruff", "check", "."]),
        ("imports", ["lint-imports"]),
        ("types", ["mypy"]),
    ]
    results: list[tuple[str, int, float]] = []
    for name, (program, *arguments) in checks:
        people.rule(name)
        began = time.monotonic()
        results.append((name, _run([str(programs / program), *arguments]), time.monotonic() - began))
    people.rule()
    for name, code, seconds in results:
        people.print(f" {'✗' if code else '✓'} {name} ({seconds:.1f} s)", style="red" if code else "green")
    raise typer.Exit(int(any(code for _, code, _ in results)))


def bench(context: typer.Context, name: Annotated[str, typer.Argument()] = "") -> None:
    """Run all programs of `benchmarks/`, or one with the arguments that follow its name; 1 when a figure misses."""
    known = [path.stem for path in sorted((_sources() / "benchmarks").glob("[a-z]*.py"))]
    if name and name not in known:
        raise UnknownName(what=Text(en="benchmark", ja="ベンチマーク"), name=name, known=", ".join(known))
    codes = []
    for program in [name] if name else known:
        people.rule(program)
        codes.append(_run([sys.executable, "-m", f"benchmarks.{program}", *context.args]))
    raise typer.Exit(int(any(codes)))


def rows(
    as_json: AsJson = False,
    bare: Annotated[
        bool, typer.Option("--bare", help=said("Only rows without a test.", "テストのない要件のみ。"))
    ] = False,
) -> None:
    """Print each row of mission and trust with the tests that carry it; ends with 1 when a test names no row."""
    from kanjo.surfaces.console.mission import DOCUMENTS, carried, known_rows

    sources = _sources()
    tests, known = carried([sources / "tests", sources / "src" / "kanjo"], sources), known_rows(sources)
    shown = [row for row in known if not (bare and row.id in tests)]
    if as_json:
        print_json([{"id": row.id, "weight": row.weight, "tests": tests.get(row.id, [])} for row in shown])
    else:
        headings = said("Row|Weight|Meaning|Tests", "要件|重み|意味|テスト").split("|")
        table(headings, [[row.id, row.weight, row.meaning, "\n".join(tests.get(row.id, ["-"]))] for row in shown])
        covered = sum(row.id in tests for row in known)
        say(
            Text(
                en=f"{covered} of {len(known)} rows have a test.",
                ja=f"{len(known)} 件中 {covered} 件にテストがあります。",
            )
        )
    if unknown := sorted(tests.keys() - {row.id for row in known}):
        documents = ", ".join(f"docs/{one}" for one in DOCUMENTS)
        raise UnknownName(what=Text(en="row", ja="要件"), name=", ".join(unknown), known=documents)


def _on_system_postgres(programs: Path, arguments: Sequence[str]) -> int:
    """Run the tests that use the database once more, on a throw-away cluster of the system's PostgreSQL.

    What no server changes is left out: what a browser draws, and what says so (`once`).
    """
    import tempfile

    from kanjo.platform.database.embedded import EmbeddedServer
    from kanjo.platform.database.roles import DatabaseRole

    say(Text(en=f"Once more on {programs}", ja=f"{programs} でもう一度実行します"), style="bold")
    home = Path(tempfile.mkdtemp(prefix="kanjo-system-"))
    home.chmod(0o755)  # the server's account must come through
    server = EmbeddedServer(home, programs, {"fsync": "off", "autovacuum": "off", "max_connections": "200"})
    try:
        server.start()
        url = server.login(DatabaseRole.OWNER, "postgres").conninfo()
        return _run([sys.executable, "-m", "pytest", *_spread(), "-m", AGAIN, *arguments], KANJO_DATABASE_URL=url)
    finally:
        server.stop()
        shutil.rmtree(home)


def _spread() -> list[str]:
    """Return what lets pytest work on each core; the tests of a file stay together, for they share what they set up."""
    return ["-n", str(min(os.cpu_count() or 1, MOST_AT_ONCE)), "--dist", "loadfile"]


def _ensure_browser() -> None:
    """Install Debian's Chromium and fonts where that is ours to do; otherwise say what is missing."""
    if Path(CHROMIUM).exists():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
            _run(["apt-get", *arguments], DEBIAN_FRONTEND="noninteractive")
    if not Path(CHROMIUM).exists():
        say(
            Text(
                en=f"Chromium is missing: the tests of the pages need {CHROMIUM} ({' '.join(PACKAGES)}).",
                ja=f"Chromium がありません。画面のテストには {CHROMIUM} が必要です（{' '.join(PACKAGES)}）。",
            ),
            style="yellow",
        )


def _run(command: Sequence[str], **variables: str) -> int:
    # Without the settings of this process: the tests choose a home of their own before any is read.
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(command, check=False, cwd=_sources(), env={**inherited, **variables}).returncode


def _sources() -> Path:
    root = Path(__file__).parents[4]
    if not (root / "pyproject.toml").exists():
        raise NoSources(root=root)
    return root

"""`kanjo ...` as real processes that start at once, and die by SIGKILL at a statement of their own.

A program has imported everything once and forks for every command. A mortal kills itself, with the signal that nobody
can catch, just before one of its statements to the database: what it was in the middle of is left to the database.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Timer
from typing import Any, cast

from tests.blows import fill, kill

ROOT = Path(__file__).parents[1]
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Fate:
    """Dies before its *statements*-th statement after the verb *after* was named (at once where it is empty).

    It never gets as far as the verb *before*: there it dies at the latest. Where the process of a *server* is named,
    that is struck instead and the command lives on: it is killed *later* milliseconds after that moment, or *filled*
    at that moment.
    """

    statements: int
    after: str = ""
    before: str = ""
    server: int = 0
    later: float = 0
    filled: bool = False


@dataclass(frozen=True)
class Order:
    """A command to start: the words after `kanjo`, variables of its own, and when it dies."""

    words: Sequence[str]
    variables: Mapping[str, str]
    fate: Fate | None = None


@dataclass(frozen=True)
class Told:
    """How a command ended: its exit code (negative: the signal), and what it said."""

    code: int
    out: str
    err: str


class Forge:
    """Where the commands are started."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program

    def types(self, *words: str | Path, fate: Fate | None = None, **variables: str) -> Told:
        """Run `kanjo` with the words to its end."""
        return self.at_once(Order([str(word) for word in words], variables, fate))[0]

    def at_once(self, *orders: Order) -> list[Told]:
        """Run several commands side by side until all have ended."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        print(json.dumps([asdict(order) for order in orders]), file=self._program.stdin, flush=True)
        return [Told(**told) for told in json.loads(self._program.stdout.readline())]


@contextmanager
def forge(environment: Mapping[str, str]) -> Iterator[Forge]:
    """Start the program, on the database that the environment names."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.mortals"],
        cwd=ROOT, env=dict(environment), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with program:
        yield Forge(program)
        assert program.stdin is not None
        program.stdin.close()


class _Mortal:
    """Counts the statements down."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate
        self._left = fate.statements
        self._begun = not fate.after
        self._struck = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        named = params or () if "kanjo.verb" in sql else ()
        self._begun = self._begun or self._fate.after in named
        self._left -= self._begun
        if self._left <= 0 or (self._fate.before and self._fate.before in named):
            self._strike()
        return execute(sql, params, many, context)

    def _strike(self) -> None:
        fate = self._fate
        if not fate.server:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._struck:
            return
        self._struck = True
        if fate.filled:
            fill(fate.server)
        else:
            Timer(fate.later / 1000, kill, [fate.server]).start()


def _forked(order: Order) -> tuple[int, int, int]:
    """Start the command; return its process and the files it speaks into."""
    out, err = (os.open(tempfile.gettempdir(), os.O_TMPFILE | os.O_RDWR, 0o600) for _ in range(2))
    pid = os.fork()
    if pid:
        return pid, out, err
    os.dup2(out, 1)
    os.dup2(err, 2)
    os._exit(_run(order))


def _run(order: Order) -> int:
    from django.db import connection

    from kanjo.surfaces.console.main import app

    os.environ.update(order.variables)
    sys.argv = ["kanjo", *order.words]
    if order.fate:
        connection.execute_wrappers.append(_Mortal(order.fate))
    try:
        app()
    except SystemExit as left:
        return int(left.code or 0)
    except BaseException:  # noqa: BLE001 - as an interpreter ends
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _ended(pid: int, out: int, err: int) -> dict[str, Any]:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    said = []
    for handle in (out, err):
        os.lseek(handle, 0, os.SEEK_SET)
        with os.fdopen(handle, encoding="utf-8") as stream:
            said.append(stream.read())
    return asdict(Told(code, *said))


def _order(given: dict[str, Any]) -> Order:
    return Order(given["words"], given["variables"], Fate(**given["fate"]) if given["fate"] else None)


def main() -> None:
    """Fork what is ordered, line by line, and answer with how it ended."""
    import django

    django.setup()
    from kanjo.processes import demonstration, verify_books  # noqa: F401 - so that no command has to
    from kanjo.surfaces.console import main as console  # noqa: F401

    for line in sys.stdin:
        forked = [_forked(_order(given)) for given in cast("list[dict[str, Any]]", json.loads(line))]
        sys.stdout.write(json.dumps([_ended(*one) for one in forked]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")
    main()

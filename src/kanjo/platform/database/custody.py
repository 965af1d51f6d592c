"""Under which account the server runs, and that nobody else can get at it."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kanjo.platform.database.refusals import Loosened, NotAccessible

HBA: Final = "# Written by Kanjo; the server refuses to start when it is changed.\nlocal all all scram-sha-256\n"
# Without a home of its own root lends the server one of these: PostgreSQL refuses to run as root.
_LENT_BY_ROOT: Final = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account that runs the server and owns its data."""

    name: str
    uid: int
    gid: int

    @property
    def credentials(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program as this account; nothing when we are this account already."""
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}


def ourselves() -> Account:
    """Return the account of this process."""
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def account_for(directory: Path) -> Account:
    """Return who runs the server whose data is in *directory*: its owner, else ourselves, and never root."""
    if directory.exists() and (owner := directory.stat().st_uid) != 0:
        entry = pwd.getpwuid(owner)
    elif os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
    else:
        entry = _first_lent()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _first_lent() -> pwd.struct_passwd:
    for name in _LENT_BY_ROOT:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotAccessible(account=" / ".join(_LENT_BY_ROOT), path="/etc/passwd")


def private_directory(path: Path, account: Account) -> None:
    """Make *path* a directory of the account that nobody else may enter; an existing one is left as it is."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return
    except PermissionError as error:
        raise NotAccessible(account=account.name, path=path) from error
    if account.uid != os.geteuid():
        os.chown(path, account.uid, account.gid)


def refuse_if_unreachable(path: Path, account: Account) -> None:
    """Refuse a directory that the account cannot get to: a directory above it is closed, and stays closed."""
    reached = subprocess.run(["/bin/sh", "-c", 'test -w "$0"', str(path)], check=False, cwd="/", **account.credentials)
    if reached.returncode:
        raise NotAccessible(account=account.name, path=path)


def refuse_if_entered_by_others(path: Path, account: Account) -> None:
    """Refuse a directory that is a link, belongs to somebody else, or lets somebody else in."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise Loosened(
            path=path,
            wanted=f"drwx------ {account.name}",
            found=f"{stat.filemode(found.st_mode)} uid {found.st_uid}",
            way_out=f"chown {account.name} '{path}' && chmod 700 '{path}'",
        )


def refuse_if_read_by_others(path: Path) -> None:
    """Refuse a file of secrets that somebody else owns or may read."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise Loosened(
            path=path,
            wanted=f"-rw------- uid {os.geteuid()}",
            found=f"{stat.filemode(found.st_mode)} uid {found.st_uid}",
            way_out=f"chmod 600 '{path}'",
        )


def refuse_if_hba_changed(path: Path) -> None:
    """Refuse a client authentication file that is not the one Kanjo wrote."""
    if path.read_text("utf-8") != HBA:
        raise Loosened(
            path=path,
            wanted="local all all scram-sha-256",
            found="changed",
            way_out=f"printf '{HBA.encode('unicode_escape').decode()}' > '{path}'",
        )


def written_once(path: Path, content: str) -> str:
    """Write a secret that only its owner may read unless it is there already; return what the file holds.

    Of two that start at once one writes, and both return the same.
    """
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(content, "utf-8")
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text("utf-8")


@contextmanager
def lent_secret(path: Path, secret: str, account: Account) -> Iterator[Path]:
    """Put a secret into a file that only *account* may read, and take it away afterwards."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    try:
        path.write_text(secret + "\n", "ascii")
        if account.uid != os.geteuid():
            os.chown(path, account.uid, account.gid)
        yield path
    finally:
        path.unlink()


def passwords_in(path: Path, names: Iterable[str]) -> Mapping[str, str]:
    """Return one random password per name, made on first use."""
    drawn = json.dumps({name: secrets.token_urlsafe(32) for name in names})
    return dict(json.loads(written_once(path, drawn)))

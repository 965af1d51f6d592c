"""A backup is one file: the dump, the stored files, and a manifest that says what was in them.

The manifest is made in the snapshot the dump is made in: rows and an order-free 64-bit digest per table, the state of
each sequence, the digest of each stored file. A restore compares all of it before it says yes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel, sql

from kanjo.platform.database.backup_refusals import DumpFailed, NotABackup, NotEmpty, RestoreDiffers
from kanjo.platform.database.programs import installed_programs
from kanjo.platform.database.roles import Login, ensure_rights, ensure_roles

FORMAT: Final = 1
_TABLES: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname COLLATE "C"
"""
_SEQUENCES: Final = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
# The text of a row must not depend on who asks.
_PLAIN: Final = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; "
    "SET bytea_output = 'hex'"
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `tables`: rows and digest by name; `sequences`: last value; `files`: SHA-256 by path."""

    format: int
    server: int
    tables: dict[str, tuple[int, str]]
    sequences: dict[str, str]
    files: dict[str, str]

    @property
    def rows(self) -> int:
        """How many rows the backup holds."""
        return sum(rows for rows, _ in self.tables.values())


def write_backup(path: Path, *, owner: Login, home: Path, programs: Path | None, progress: Progress) -> Manifest:
    """Write a backup of the database and of the files in *home* to *path*, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".kanjo-backup-") as scratch, _asking(owner) as asking:
        snapshot = asking.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot
        dump = Path(scratch) / "database.dump"
        _run(
            _client("pg_dump", asking, programs),
            owner,
            "--format=custom",
            "--no-owner",
            f"--snapshot={snapshot[0]}",
            f"--file={dump}",
        )
        manifest = _manifest(asking, home, progress)
        whole = Path(scratch) / "whole"
        whole.touch(mode=0o600)
        with tarfile.open(whole, "w") as archive:
            _add_text(archive, Path(scratch) / "manifest.json", json.dumps(asdict(manifest), indent=1))
            archive.add(dump, "database.dump")
            archive.add(home / "secret-key", "secret-key")
            for name in manifest.files:
                archive.add(home / "files" / name, f"files/{name}")
        whole.replace(path)
    return manifest


def read_backup(
    path: Path, *, owner: Login, home: Path, programs: Path | None, application: str, progress: Progress
) -> Manifest:
    """Restore the backup into an empty database and home, and compare everything with its manifest.

    Raises `NotABackup`, `NotEmpty` before anything is written, `RestoreDiffers` when what came back is not equal.
    """
    with tempfile.TemporaryDirectory(dir=home, prefix=".kanjo-restore-") as scratch:
        manifest = _unpack(path, Path(scratch))
        _refuse_unless_empty(owner, home)
        with psycopg.connect(owner.conninfo(), autocommit=True) as connection:
            ensure_roles(connection, application=application)  # rights of new tables would mix with the restored ones
            program = _client("pg_restore", connection, programs)
        contents = _contents(Path(scratch), program, owner)
        _run(
            program, owner, "--exit-on-error", "--single-transaction", "--no-owner",
            f"--use-list={contents}", str(Path(scratch) / "database.dump"),
        )  # fmt: skip
        (Path(scratch) / "files").mkdir(exist_ok=True)
        if (home / "files").exists():
            shutil.rmtree(home / "files")  # empty directories at most
        (Path(scratch) / "files").rename(home / "files")
        (Path(scratch) / "secret-key").replace(home / "secret-key")
    with psycopg.connect(owner.conninfo(), autocommit=True) as connection:
        ensure_rights(connection, application=application)
    with _asking(owner) as asking:
        _refuse_if_different(manifest, _manifest(asking, home, progress))
    return manifest


@contextmanager
def _asking(owner: Login) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(owner.conninfo()) as connection:
        connection.execute(_PLAIN)
        connection.commit()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def _manifest(asking: psycopg.Connection[Any], home: Path, progress: Progress) -> Manifest:
    names = [str(name) for (name,) in asking.execute(_TABLES).fetchall()]
    tables = {}
    for number, name in enumerate(names):
        progress(number, len(names))
        tables[name] = _table_digest(asking, name)
    sequences = {str(name): _sequence_state(asking, str(name)) for (name,) in asking.execute(_SEQUENCES).fetchall()}
    return Manifest(FORMAT, asking.info.server_version, tables, sequences, _file_digests(home / "files"))


def _table_digest(asking: psycopg.Connection[Any], table: str) -> tuple[int, str]:
    statement = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"
    row = asking.execute(sql.SQL(statement).format(sql.Identifier(table))).fetchone()
    assert row
    return int(row[0]), str(row[1])


def _sequence_state(asking: psycopg.Connection[Any], sequence: str) -> str:
    row = asking.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))).fetchone()
    return str(row)


def _file_digests(files: Path) -> dict[str, str]:
    found = sorted(path for path in files.rglob("*") if path.is_file())
    return {path.relative_to(files).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _client(name: str, connection: psycopg.Connection[Any], configured: Path | None) -> Path:
    return installed_programs(configured, major=connection.info.server_version // 10000) / name


def _run(program: Path, login: Login, *arguments: str, database: bool = True) -> str:
    """Run a client program as *login*; its password never stands on the command line."""
    where = ["--no-password", "--dbname", Login(**{**asdict(login), "password": ""}).conninfo()] if database else []
    done = subprocess.run(
        [str(program), *where, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGPASSWORD": login.password},
    )
    if done.returncode:
        raise DumpFailed(program=program.name, words=done.stderr.strip()[-500:])
    return done.stdout


def _contents(scratch: Path, program: Path, owner: Login) -> Path:
    """Write the list of what to restore: all but default rights, which name an owner this server may not have."""
    listed = _run(program, owner, "--list", str(scratch / "database.dump"), database=False)
    path = scratch / "contents"
    path.write_text("\n".join(line for line in listed.splitlines() if " DEFAULT ACL " not in line), "utf-8")
    return path


def _add_text(archive: tarfile.TarFile, path: Path, content: str) -> None:
    path.write_text(content, "utf-8")
    archive.add(path, path.name)


def _unpack(path: Path, scratch: Path) -> Manifest:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                _unpack_member(archive, member, scratch)
        found = json.loads((scratch / "manifest.json").read_text("utf-8"))
        found["tables"] = {name: (int(rows), str(digest)) for name, (rows, digest) in found["tables"].items()}
        manifest = Manifest(**found)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise NotABackup(path=path) from error
    if manifest.format != FORMAT:
        raise NotABackup(path=path)
    return manifest


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path) -> None:
    """Write one plain file below *scratch*; links, devices and ways out of the directory are an error."""
    inside, content = PurePosixPath(member.name), archive.extractfile(member) if member.isfile() else None
    if content is None or inside.is_absolute() or ".." in inside.parts:
        raise tarfile.TarError(member.name)
    target = scratch / inside
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _refuse_unless_empty(owner: Login, home: Path) -> None:
    with psycopg.connect(owner.conninfo()) as connection:
        tables = connection.execute(_TABLES).fetchall()
    if tables:
        raise NotEmpty(what=owner.database, count=len(tables))
    if found := _file_digests(home / "files"):
        raise NotEmpty(what=home / "files", count=len(found))


def _refuse_if_different(wanted: Manifest, found: Manifest) -> None:
    for part in ("tables", "sequences", "files"):
        before, after = getattr(wanted, part), getattr(found, part)
        different = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        if different:
            raise RestoreDiffers(part=part, names=", ".join(different[:10]))

"""A backup that came back is equal in every row, sequence and file, or it is said not to be."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kanjo.platform.database.backup import read_backup, write_backup
from kanjo.platform.database.backup_refusals import NotABackup, NotEmpty, RestoreDiffers
from kanjo.platform.database.roles import APPLICATION_ROLE, Login
from tests.plumbing import FreshDatabase


def _ignore(done: int, total: int) -> None: ...


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A home with a key and two stored files."""
    home = tmp_path / "house"
    (home / "files" / "ab").mkdir(parents=True)
    (home / "files" / "ab" / "abcd").write_bytes(b"invoice")
    (home / "files" / "ab" / "abef").write_bytes("契約書".encode())
    (home / "secret-key").write_text("key")
    return home


@pytest.fixture
def database(fresh_database: FreshDatabase) -> Login:
    """A migrated database with rows of its own."""
    with psycopg.connect(fresh_database.owner.conninfo()) as owner:
        owner.execute(
            "CREATE TABLE sample"
            " (id bigserial PRIMARY KEY, name text, amount_minor bigint, at timestamptz DEFAULT now())"
        )
        owner.execute(
            "INSERT INTO sample (name, amount_minor) SELECT '請求 ' || n, n * 1001 FROM generate_series(1, 5000) n"
        )
        owner.execute(sql.SQL("REVOKE UPDATE, DELETE ON sample FROM {}").format(sql.Identifier(APPLICATION_ROLE)))
    return fresh_database.owner


@pytest.fixture
def empty(test_server: Login, request: pytest.FixtureRequest) -> Iterator[Login]:
    """An empty database to restore into."""
    name = sql.Identifier("kanjo_restored")
    with psycopg.connect(test_server.conninfo(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield test_server.to("kanjo_restored")
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _backup(tmp_path: Path, database: Login, house: Path) -> Path:
    path = tmp_path / "backup"
    manifest = write_backup(path, owner=database, home=house, programs=None, progress=_ignore)
    assert manifest.tables["sample"][0] == 5000
    return path


def _restore(path: Path, into: Login, home: Path) -> None:
    home.mkdir(exist_ok=True)
    read_backup(path, owner=into, home=home, programs=None, application=APPLICATION_ROLE, progress=_ignore)


def _rows(login: Login) -> list[tuple[object, ...]]:
    with psycopg.connect(login.conninfo()) as connection:
        return connection.execute("SELECT * FROM sample ORDER BY id").fetchall()


def _with_manifest(path: Path, tmp_path: Path, change: dict[str, object]) -> Path:
    """Write the backup again with a manifest that says something else."""
    changed, scratch = tmp_path / "changed", tmp_path / "scratch"
    with tarfile.open(path) as before, tarfile.open(changed, "w") as after:
        for member in before:
            source = before.extractfile(member)
            assert source
            content = source.read()
            if member.name == "manifest.json":
                content = json.dumps({**json.loads(content), **change}).encode()
            scratch.write_bytes(content)
            after.add(scratch, member.name)
    return changed


@pytest.mark.row("E5")
class TestRestore:
    def test_restored_is_equal(self, tmp_path: Path, database: Login, house: Path, empty: Login) -> None:
        """Every row, every file and the key come back as they were, and new rows go on after the old ones."""
        _restore(_backup(tmp_path, database, house), empty, tmp_path / "new")
        assert _rows(empty) == _rows(database)
        assert (tmp_path / "new" / "files" / "ab" / "abef").read_text() == "契約書"
        assert (tmp_path / "new" / "secret-key").read_text() == "key"
        with psycopg.connect(empty.conninfo()) as connection:
            assert connection.execute("INSERT INTO sample (name) VALUES ('') RETURNING id").fetchone() == (5001,)

    def test_rights_come_back(self, tmp_path: Path, database: Login, house: Path, empty: Login) -> None:
        """A table that the application may only append to is restored as such."""
        _restore(_backup(tmp_path, database, house), empty, tmp_path / "new")
        question = "SELECT has_table_privilege(%s, 'sample', 'INSERT'), has_table_privilege(%s, 'sample', 'UPDATE')"
        with psycopg.connect(empty.conninfo()) as connection:
            found = connection.execute(question, [APPLICATION_ROLE] * 2).fetchone()
        assert found == (True, False)

    def test_difference_is_found(self, tmp_path: Path, database: Login, house: Path, empty: Login) -> None:
        """When a table is not what the manifest says, the restore refuses and names it."""
        path = _backup(tmp_path, database, house)
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile("manifest.json") or pytest.fail("no manifest"))
        manifest["tables"]["sample"][1] = "1"
        with pytest.raises(RestoreDiffers, match="tables differ from the manifest: sample"):
            _restore(_with_manifest(path, tmp_path, {"tables": manifest["tables"]}), empty, tmp_path / "new")

    def test_lost_file_is_found(self, tmp_path: Path, database: Login, house: Path, empty: Login) -> None:
        """A stored file that the backup promises and does not hold is named."""
        path = _with_manifest(_backup(tmp_path, database, house), tmp_path, {"files": {"zz/zz": "0"}})
        with pytest.raises(RestoreDiffers, match="zz/zz"):
            _restore(path, empty, tmp_path / "new")

    def test_refuses_to_mix(self, tmp_path: Path, database: Login, house: Path) -> None:
        """A database that holds anything is not restored into, and stays as it is."""
        path, before = _backup(tmp_path, database, house), _rows(database)
        with pytest.raises(NotEmpty):
            _restore(path, database, tmp_path / "new")
        assert _rows(database) == before

    @pytest.mark.parametrize("content", [b"", b"not a backup", b"\0" * 20000])
    def test_refuses_what_is_no_backup(self, tmp_path: Path, empty: Login, content: bytes) -> None:
        """Any other file is refused before anything is written."""
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(NotABackup):
            _restore(tmp_path / "other", empty, tmp_path / "new")

    def test_refuses_ways_out(self, tmp_path: Path, empty: Login) -> None:
        """A file whose entries point out of it writes nothing anywhere."""
        with tarfile.open(tmp_path / "hostile", "w") as archive:
            archive.add(__file__, "../../escaped")
        with pytest.raises(NotABackup):
            _restore(tmp_path / "hostile", empty, tmp_path / "new")
        assert not list(tmp_path.rglob("escaped"))

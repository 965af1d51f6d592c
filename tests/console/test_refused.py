"""What a person at a terminal is told when a command cannot do its work: one sentence with the way out, and code 2."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kanjo.foundation.texts import Language
from kanjo.platform.database.roles import Login
from kanjo.surfaces.console.main import REFUSED
from tests.builders import a_company
from tests.connectors.exports import small_export
from tests.mortals import Forge, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state


@pytest.fixture(scope="module")
def kanjo(shared_database: FreshDatabase) -> Iterator[Forge]:
    """A house with one company, where commands are typed."""
    a_company("maven", currency="USD", name="Maven Hardware", name_en="Maven Hardware", language=Language.ENGLISH)
    with forge(shared_database.environment) as kanjo:
        yield kanjo


def refused(kanjo: Forge, *words: str | Path, en: str, ja: str) -> None:
    """The command ends with 2, says the sentence in the reader's language and nothing else, and changes nothing."""
    for language, sentence in (("en", en), ("ja", ja)):
        told = kanjo.types(*words, KANJO_LANGUAGE=language, COLUMNS="400")
        assert (told.code, told.out.strip()) == (REFUSED, ""), told
        assert sentence in told.err
        assert "Traceback" not in told.err


class TestWords:
    """What is typed names something that is not there."""

    @pytest.mark.parametrize(
        "words",
        [
            ("verify", "--company", "nobody"),
            ("bill", "--company", "nobody", "--on", "2026-04-01"),
            ("match", __file__, "--company", "nobody"),
        ],
        ids=lambda words: words[0],
    )
    def test_unknown_company(self, kanjo: Forge, words: tuple[str, ...]) -> None:
        """A company that is not there is never checked, billed or paid in silence; those that are there are named."""
        refused(kanjo, *words, en="selling company “nobody”. There is: maven", ja="販売会社「nobody」はありません")

    @pytest.mark.parametrize("day", ["2026-02-30", "1.4.2026", "tomorrow"])
    def test_wrong_day(self, kanjo: Forge, day: str) -> None:
        """A day that is no day is refused before anything is read."""
        for words in (("bill", "--company", "maven"), ("match", __file__, "--company", "maven")):
            refused(kanjo, *words, "--on", day, en=f"“{day}” is not a day", ja=f"「{day}」は日付ではありません")


class TestFiles:
    """What is to be read or written is not where it should be."""

    def test_missing_folder(self, kanjo: Forge, tmp_path: Path) -> None:
        """Import and replay of a folder that is not there found no company and import nothing."""
        before = end_state()
        for words in (("import", "crm"), ("replay",)):
            refused(kanjo, *words, tmp_path / "none", en="mapping.toml: ", ja="mapping.toml: ")
        assert end_state() == before

    @pytest.mark.parametrize("option", ["--mapping", "--cures", "--mended"])
    def test_missing_file(self, kanjo: Forge, tmp_path: Path, option: str) -> None:
        """A file that an option names and that is not there is named."""
        folder = small_export(tmp_path)
        refused(kanjo, "import", "crm", folder, option, tmp_path / "none.toml", en="none.toml", ja="none.toml")

    def test_unreadable_file(self, kanjo: Forge, tmp_path: Path) -> None:
        """A directory where a file should be, bytes that are no text: told with the name, never as a traceback."""
        folder = small_export(tmp_path)
        (folder / "mapping.toml").write_bytes(b"\xff\xfe\x00")
        refused(kanjo, "import", "crm", folder, en="mapping.toml: ", ja="mapping.toml: ")
        (folder / "mapping.toml").unlink()
        (folder / "mapping.toml").mkdir()
        refused(kanjo, "import", "crm", folder, en="mapping.toml: ", ja="mapping.toml: ")
        for path in (tmp_path, tmp_path / "none.csv"):
            refused(
                kanjo, "match", path, "--company", "maven", en=f"{path} cannot be used", ja=f"{path} を使用できません"
            )

    def test_unwritable_file(self, kanjo: Forge, tmp_path: Path) -> None:
        """Where the faults, the quarantine or the backup cannot be written, nothing is imported first."""
        folder = tmp_path / "made"
        folder.mkdir()
        small_export(folder)
        before = end_state()
        refused(kanjo, "import", "crm", folder, "--faults", tmp_path / "no" / "f.csv", en="f.csv", ja="f.csv")
        (tmp_path / "taken").write_text("")
        refused(kanjo, "import", "crm", folder, "--quarantine", tmp_path / "taken", en="taken", ja="taken")
        assert end_state() == before


COMMANDS = [
    ("verify",),
    ("replay", "examples/maven-crm"),
    ("import", "crm", "examples/maven-crm"),
    ("bill", "--company", "maven", "--on", "2026-04-01"),
    ("match", __file__, "--company", "maven"),
    ("user", "list"),
]


class TestDatabase:
    """The database is not there, or not ready."""

    def test_down(self, fresh_database: FreshDatabase) -> None:
        """Without a database every command says how to start it."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"host=127.0.0.1 port={taken.getsockname()[1]} user=kanjo dbname=kanjo connect_timeout=5"
            with forge({**fresh_database.environment, "KANJO_DATABASE_URL": url}) as kanjo:
                for words in COMMANDS:
                    refused(kanjo, *words, en="does not answer", ja="データベースが応答しません")
                told = kanjo.types("doctor")
                assert (told.code, "does not answer" in told.out) == (1, True)

    def test_not_migrated(self, test_server: Login, fresh_database: FreshDatabase) -> None:
        """On a database without tables every command says to bring them there."""
        name = f"kanjo_bare_{os.getpid()}"
        with psycopg.connect(test_server.conninfo(), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                url = test_server.to(name).conninfo()
                with forge({**fresh_database.environment, "KANJO_DATABASE_URL": url}) as kanjo:
                    for words in COMMANDS:
                        refused(kanjo, *words, en="Run: kanjo up", ja="kanjo up")
            finally:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

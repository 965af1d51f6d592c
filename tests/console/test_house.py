"""The `kanjo` command from the first start to the last stop, as a person at a terminal meets it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, Response

from tests.processes.exported import cut_export
from tests.web.browsing import browsing

KANJO = Path(sys.executable).parent / "kanjo"
REFUSED = 2
MOST_MOVED = 500_000
"""Bytes of a first page with all that it brings."""


@dataclass(frozen=True)
class Terminal:
    """Where somebody types `kanjo ...`."""

    home: Path
    port: int
    language: str = "en"
    example: str = "none"

    def types(self, *words: str, said: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `kanjo` with the words, and *said* on its input."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("KANJO_")}
        ours = {"KANJO_HOME": str(self.home), "KANJO_PORT": str(self.port), "KANJO_LANGUAGE": self.language}
        ours["KANJO_EXAMPLE"] = self.example
        return subprocess.run(
            [str(KANJO), *words],
            check=False, capture_output=True, text=True, input=said, timeout=300, env={**plain, **ours, **variables},
        )  # fmt: skip

    def json(self, *words: str) -> Any:
        """Run `kanjo ... --json` and return what it printed."""
        told = self.types(*words, "--json")
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    def record(self) -> Any:
        """What the supervising process wrote down."""
        return json.loads((self.home / "server.json").read_text())


class Moved:
    """Counts the bytes that a page moves over the wire, headers too, in a browser that has none of them yet.

    `plain` are the styles and scripts that came without being compressed.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.bytes = page, 0.0
        self.plain: set[str] = set()
        page.on("response", self._look)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.loadingFinished", self._add)

    def by(self, address: str) -> float:
        """Open the page and return the bytes of all that it brings."""
        self.bytes = 0
        self.page.goto(address, wait_until="networkidle")
        return self.bytes

    def _add(self, finished: dict[str, Any]) -> None:
        self.bytes += finished["encodedDataLength"]

    def _look(self, response: Response) -> None:
        if response.request.resource_type in {"stylesheet", "script"} and "content-encoding" not in response.headers:
            self.plain.add(response.url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _new_terminal() -> Terminal:
    home = Path(tempfile.mkdtemp(prefix="kanjo-house-"))
    home.chmod(0o755)
    return Terminal(home, _free_port())


def _leave(terminal: Terminal) -> None:
    terminal.types("down")
    shutil.rmtree(terminal.home)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A house that is up, with a small year of deals."""
    terminal = replace(_new_terminal(), example=str(cut_export(tmp_path_factory.mktemp("export"))))
    up = terminal.types("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield terminal
    _leave(terminal)


@pytest.fixture
def elsewhere() -> Iterator[Terminal]:
    """A place where Kanjo never ran."""
    terminal = _new_terminal()
    yield terminal
    _leave(terminal)


class TestFirstLoad:
    def test_less_than_500_kilobytes_are_moved(self, terminal: Terminal) -> None:
        """Sign-in and queue, each with nothing in the browser's cache, come in less than 500 kB, styles compressed."""
        home, password = f"http://127.0.0.1:{terminal.port}", (terminal.home / "demonstration-password").read_text()
        with browsing() as browser:
            page = browser.new_page()
            moved = Moved(page)
            before = moved.by(f"{home}/accounts/login/")
            page.fill("#id_login", "administrator@maven.example")
            page.fill("#id_password", password)
            with page.expect_navigation():
                page.click("form.form button")
            assert page.url == f"{home}/"
            behind = moved.by(f"{home}/")
            assert 10_000 < before < MOST_MOVED
            assert 10_000 < behind < MOST_MOVED
            assert moved.plain == set()


class TestUp:
    def test_second_up_changes_nothing(self, terminal: Terminal) -> None:
        """Where everything runs, `up` says where, and the same processes go on."""
        before = terminal.record()
        told = terminal.json("up")
        assert told["url"] == f"http://127.0.0.1:{terminal.port}"
        assert not any(told["changed"].values())
        assert terminal.record() == before

    def test_only_a_password_that_signs_in_is_printed(self, terminal: Terminal) -> None:
        """Where another password was drawn than the people have, as after a restore, `up` says how to set one."""
        path = terminal.home / "demonstration-password"
        drawn = path.read_text()
        assert drawn in terminal.types("up").stdout
        for other in ("of another house", ""):
            path.write_text(other) if other else path.unlink()
            try:
                told = terminal.types("up")
                assert (told.returncode, other in told.stdout) == (0, not other)
                assert "kanjo user password" in told.stdout
                assert "administrator@maven.example" in told.stdout
                assert path.exists() == bool(other)
            finally:
                path.write_text(drawn)

    def test_killed_supervisor(self, terminal: Terminal) -> None:
        """After kill -9 of the supervising process its children are ended and the house is served anew."""
        before = terminal.record()
        os.kill(before["supervisor"]["pid"], signal.SIGKILL)
        assert terminal.types("up").returncode == 0
        assert terminal.record()["supervisor"]["pid"] != before["supervisor"]["pid"]
        assert [child for child in before["children"] if psutil.pid_exists(child["pid"])] == []

    def test_killed_worker_comes_back(self, terminal: Terminal) -> None:
        """A child that dies is started again by the supervising process."""
        before = terminal.record()["children"]
        os.kill(before[1]["pid"], signal.SIGKILL)
        deadline = time.monotonic() + 30
        while terminal.record()["children"][1] == before[1]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert terminal.record()["children"][0] == before[0]

    def test_address_in_use(self, terminal: Terminal) -> None:
        """A port that another program has is named, with a way out, and what runs goes on."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = str(other.getsockname()[1])
            before = terminal.record()
            told = terminal.types("up", KANJO_PORT=port)
            assert told.returncode == REFUSED
            assert f"Port {port} on 127.0.0.1 is already used" in told.stderr
            assert "KANJO_PORT=" in told.stderr
            told = terminal.types("up", KANJO_PORT=port, KANJO_LANGUAGE="ja")
            assert f"127.0.0.1 のポート {port} は" in told.stderr
        assert terminal.record() == before

    @pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
    def test_not_a_port(self, terminal: Terminal, port: str) -> None:
        """A port that cannot be one is refused before anything is started."""
        told = terminal.types("up", KANJO_PORT=port)
        assert (told.returncode, f"KANJO_PORT is “{port}”" in told.stderr) == (REFUSED, True)

    def test_without_an_example(self, elsewhere: Terminal) -> None:
        """KANJO_EXAMPLE=none begins with an empty house, and an example that is not there is named."""
        up = elsewhere.types("up")
        assert (up.returncode, "kanjo company found" in up.stdout) == (0, True)
        assert elsewhere.json("verify") == {"holds": True, "broken": [], "changed": [], "companies": {}}
        told = elsewhere.types("up", KANJO_EXAMPLE="/nowhere/at-all")
        assert (told.returncode, "/nowhere/at-all" in told.stderr) == (REFUSED, True), told.stderr


class TestDoctor:
    def test_sound_house(self, terminal: Terminal) -> None:
        """In a sound house no check fails."""
        found = {one["check"]: one["state"] for one in terminal.json("doctor")}
        assert {check for check, state in found.items() if state == "fail"} == set()
        assert list(found) == [
            "python", "disk", "guards", "server", "rights", "tables", "clock", "jobs", "trail", "anchor", "pages",
            "backup",
        ]  # fmt: skip

    def test_loosened_socket(self, terminal: Terminal) -> None:
        """A socket directory that others may enter is found, and the exit code says so."""
        sockets = terminal.home / "database" / "socket"
        sockets.chmod(0o755)
        try:
            told = terminal.types("doctor")
            assert told.returncode == 1
            assert "must be drwx------" in told.stdout
            assert terminal.types("up").returncode == REFUSED
        finally:
            sockets.chmod(0o700)

    def test_nothing_runs(self, elsewhere: Terminal) -> None:
        """Where nothing was started, the doctor says how to start."""
        told = elsewhere.types("doctor", KANJO_LANGUAGE="ja")
        assert told.returncode == 1
        assert "kanjo up" in told.stdout


class TestBackup:
    def test_restored_elsewhere(self, terminal: Terminal, elsewhere: Terminal, tmp_path: Path) -> None:
        """A backup restores into a new home, equal in all rows; the doctor knows of it; a full home is not touched."""
        written = terminal.json("backup", str(tmp_path / "backup"))
        assert written["rows"] > 0
        assert {one["check"]: one["state"] for one in terminal.json("doctor")}["backup"] == "ok"
        assert elsewhere.json("restore", str(tmp_path / "backup"))["rows"] == written["rows"]
        told = terminal.types("restore", str(tmp_path / "backup"))
        assert (told.returncode, "is not empty" in told.stderr) == (REFUSED, True)


class TestUser:
    def test_unknown_names(self, terminal: Terminal) -> None:
        """Roles, companies and people that do not exist are refused with what there is."""
        add = ("user", "add", "aoki@example.com", "--name", "青木", "--company", "none", "--role")
        told = terminal.types(*add, "king")
        assert (told.returncode, "There is: sales_rep" in told.stderr) == (REFUSED, True)
        assert terminal.types(*add, "auditor").returncode == REFUSED
        assert terminal.types("user", "grant", "nobody@example.com", "auditor").returncode == REFUSED


class TestReset:
    def test_asks_first(self, terminal: Terminal) -> None:
        """Without a yes nothing is wiped."""
        told = terminal.types("reset", said="n\n")
        assert (told.returncode, "Nothing was changed" in told.stderr) == (REFUSED, True)
        assert (terminal.home / "database").exists()

    def test_wipes_only_what_is_ours(self, elsewhere: Terminal) -> None:
        """A file of somebody else in the home survives; the database and the keys do not."""
        elsewhere.types("backup", str(elsewhere.home / "theirs"))
        (elsewhere.home / "their-notes").write_text("kept")
        (elsewhere.home / "demonstration-password").write_text("drawn here")
        assert elsewhere.types("reset", "--yes").returncode == 0
        assert sorted(path.name for path in elsewhere.home.iterdir()) == ["their-notes", "theirs"]


class TestDown:
    def test_stops_everything(self, terminal: Terminal) -> None:
        """After `down` nothing of the house runs, and a second one says so; `up` brings it back."""
        record = terminal.record()
        assert "is stopped" in terminal.types("down").stdout
        assert "was not running" in terminal.types("down").stdout
        members = [record["supervisor"], *record["children"]]
        assert _gone(members)
        assert terminal.types("up").returncode == 0


def _gone(members: list[dict[str, int]]) -> bool:
    """Wait until the system has forgotten the processes: who ended is reaped a moment later."""
    deadline = time.monotonic() + 10
    while any(psutil.pid_exists(member["pid"]) for member in members):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True

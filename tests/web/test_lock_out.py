"""Wrong passwords and wrong codes: so many are tried, whoever sends them, through however many processes."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.attempts import SharedAttempts
from kanjo.platform.identity.models import Attempt
from tests.plumbing import FreshDatabase
from tests.web.office import Office, an_office
from tests.web.signing_in import PASSWORD, a_person, email_of, is_in, sends, signs_in

ROOT = Path(__file__).parents[2]
OF_AN_ACCOUNT, OF_AN_ADDRESS = 5, 20
WRONG, LOCKED = "パスワードが正しくありません", "試行回数の上限を超えました。5分"


@contextmanager
def processes(database: FreshDatabase, count: int) -> Iterator[str]:
    """Serve the pages from so many processes behind one port; give the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(count), "--blocking-threads", "4", "--log-level", "error"),
        "tests.web.house_for_tests:application",
    ]
    house = subprocess.Popen(command, cwd=ROOT, env=database.environment, start_new_session=True)
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        house.terminate()
        house.wait(30)


def _answering(home: str) -> str:
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(f"{home}/health") as answer:  # noqa: S310 - ours
            assert answer.read() == b"kanjo"
            return home
        time.sleep(0.1)
    raise AssertionError("nothing answers")


def answer_to(home: str, email: str, password: str, token: str, headers: Mapping[str, str]) -> str:
    """Send the sign-in and return what it came to."""
    body = urlencode({"login": email, "password": password, "csrfmiddlewaretoken": token}).encode()
    request = urllib.request.Request(f"{home}{reverse('account_login')}", data=body, method="POST")  # noqa: S310 - ours
    for name, value in {"Cookie": f"csrftoken={token}", **headers}.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answered:  # noqa: S310 - ours
            page = answered.read().decode()
    except urllib.error.HTTPError as refused:
        return {429: "locked"}.get(refused.code, f"status {refused.code}")
    return "wrong" if WRONG in page else "locked" if LOCKED in page else "in"


@pytest.mark.row("S3")
class TestManyProcesses:
    def test_the_limit_holds_across_processes(self, fresh_database: FreshDatabase) -> None:
        """Two hundred wrong passwords at once, through four processes, from made-up addresses: five are tried."""
        email = email_of(a_person(Role.CXO, companies=[an_office().company_id]))
        token = "t" * 32
        with processes(fresh_database, 4) as home, ThreadPoolExecutor(32) as crowd:
            answers = Counter(
                crowd.map(
                    lambda number: answer_to(
                        home, email, f"wrong {number}", token, {"X-Forwarded-For": f"203.0.113.{number}"}
                    ),
                    range(200),
                )
            )
            assert 1 <= answers["wrong"] <= OF_AN_ACCOUNT
            assert answers["wrong"] + answers["locked"] == 200
            assert answer_to(home, email, PASSWORD, token, {}) == "locked"

    def test_one_of_many_is_first(self, fresh_database: FreshDatabase) -> None:
        """Of eight that add the same key at once one is told that it was first; also where an old one is over."""
        shared = SharedAttempts("", {})
        for round_of in range(40):
            if round_of % 2:
                shared.set(f"key-{round_of}", "old", timeout=-1)
            with ThreadPoolExecutor(8) as crowd:
                won = list(crowd.map(lambda one: _added(f"key-{round_of}", one), range(8)))  # noqa: B023
            assert sum(won) == 1
            assert shared.get(f"key-{round_of}") == won.index(True)


def _added(key: str, value: int) -> bool:
    from django.db import connection

    try:
        return SharedAttempts("", {}).add(key, value)
    finally:
        connection.close()


@pytest.mark.row("S3")
class TestLockOut:
    def wrong(self, client: Client, email: str, times: int, **extra: Any) -> str:
        page = ""
        for number in range(times):
            page = sends(client, email, f"wrong {number}", **extra).content.decode()
        return page

    def test_of_an_account(self, office: Office) -> None:
        """After five wrong ones the right one is not tried either, from wherever it comes; then it opens again."""
        person = a_person(Role.CXO, companies=[office.company_id])
        assert WRONG in self.wrong(Client(), email_of(person), OF_AN_ACCOUNT)
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        assert LOCKED in sends(elsewhere, email_of(person).upper(), PASSWORD).content.decode()
        assert not is_in(elsewhere)
        assert is_in(signs_in(a_person(Role.CXO, companies=[office.company_id]), elsewhere))
        cache.clear()
        assert is_in(signs_in(person, Client()))

    def test_another_name_of_the_house_is_no_other_account(self, office: Office) -> None:
        """The counter does not ask under which host and port the house was called."""
        person, client = a_person(Role.CXO, companies=[office.company_id]), Client()
        for number in range(OF_AN_ACCOUNT):
            sends(client, email_of(person), "wrong", HTTP_HOST=f"localhost:{8000 + number}")
        assert LOCKED in sends(client, email_of(person), PASSWORD, HTTP_HOST="localhost:9000").content.decode()

    def test_of_an_address(self, office: Office) -> None:
        """Who tries many accounts is stopped at twenty; what it writes into X-Forwarded-For changes nothing."""
        person, client = a_person(Role.CXO, companies=[office.company_id]), Client()
        for number in range(OF_AN_ADDRESS):
            page = sends(client, f"{number}@kanjo.example", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
            assert WRONG in page.content.decode()
        assert LOCKED in sends(client, email_of(person), PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99").content.decode()
        assert is_in(signs_in(person, Client(REMOTE_ADDR="192.0.2.9")))

    def test_behind_a_proxy(self, office: Office, settings: Any) -> None:
        """What our own proxy adds is believed, what stands before it is not."""
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        person = a_person(Role.CXO, companies=[office.company_id])
        for number in range(OF_AN_ADDRESS):
            sends(
                Client(), f"{number}@kanjo.example", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.5"
            )
        told = sends(Client(), email_of(person), PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.77, 203.0.113.5")
        assert LOCKED in told.content.decode()
        assert is_in(signs_in(person, Client(), HTTP_X_FORWARDED_FOR="203.0.113.6"))
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
        assert is_in(signs_in(person, Client(REMOTE_ADDR="192.0.2.30"), HTTP_X_FORWARDED_FOR="203.0.113.5"))

    @pytest.mark.parametrize("language", list(Language))
    def test_who_is_locked_out_reads_what_to_do(self, office: Office, language: Language) -> None:
        """How long to wait, and whom to ask."""
        stranger = Client()
        stranger.post(reverse("language"), {"language": language})
        page = self.wrong(stranger, email_of(office.people[Role.CXO]), OF_AN_ACCOUNT + 1)
        words = {"ja": ("5分ほど待って", "システム管理者"), "en": ("Wait five minutes", "ask an administrator")}
        assert all(word in page for word in words[language])

    def test_counters_end(self, db: None) -> None:
        """What is over is not told any more, and removed by the daily job."""
        shared = SharedAttempts("", {})
        shared.set("over", [1.5], timeout=-1)
        shared.set("lives", [2.5], timeout=60)
        assert (shared.get("over", "none"), shared.get("lives")) == ("none", [2.5])
        shared.forget_what_is_over()
        assert [row.key for row in Attempt.objects.all()] == [":1:lives"]


@pytest.mark.row("S3")
def test_who_asks_at_once_for_one_person(office: Office) -> None:
    """A person who signs in rightly is not counted against."""
    person: Actor = a_person(Role.CXO, companies=[office.company_id])
    for _ in range(OF_AN_ACCOUNT + 2):
        assert is_in(signs_in(person))

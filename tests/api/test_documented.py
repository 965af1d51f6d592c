"""The page about the API tells the truth: its lines are run as they stand, over a real connection."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.db import connections

from kanjo.config.wsgi import application
from kanjo.foundation.actors import Role
from tests.api.programs import program_of
from tests.plumbing import FreshDatabase
from tests.web.office import an_office
from tests.worker import at_work

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
PEOPLE = {
    "SALES": Role.SALES_REP,
    "APPROVER": Role.CXO,
    "DEALS": Role.DEAL_MANAGEMENT,
    "RECEIVABLES": Role.RECEIVABLES,
    "OPERATIONS": Role.SALES_OPERATIONS,
    "REVENUE": Role.REV_REC,
}


class Silent(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named so where it comes from
        """Say nothing."""


@pytest.fixture
def address(fresh_database: FreshDatabase) -> Iterator[str]:
    """The address of a server of the house."""

    def serve() -> None:
        try:
            server.serve_forever(poll_interval=0.05)
        finally:
            connections.close_all()

    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.row("SFR-5")
def test_from_quote_to_revenue_with_curl(address: str) -> None:
    """Whoever types what the page says has a quote approved, concluded, billed, paid and recognised."""
    office = an_office()
    secrets = {name: program_of(office, role).secret for name, role in PEOPLE.items()}
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))
    with at_work():
        shell = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", lines],
            env={**os.environ, **secrets, "KANJO": address, "no_proxy": "*"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert shell.returncode == 0, shell.stdout + shell.stderr
    (month,) = [json.loads(line) for line in shell.stdout.splitlines() if '"recognised_minor"' in line]
    assert month == {
        "currency": "JPY",
        "month": "2026-04-01",
        "recognised_minor": 8_880,
        "to_come_minor": 0,
    }
    assert '"open_minor": 0' in shell.stdout
    assert '{"items":3,"done":2,"refused":1}\n[2,"customers.country-unknown",' in shell.stdout
    assert '"sentence": "日割りのない全額です。"' in shell.stdout

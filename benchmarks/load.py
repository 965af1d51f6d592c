"""The house as `./kanjo up` serves it, under requests at a constant rate: pages and API, half and half.

./kanjo bench load [--rate 300] [--seconds 300] [--home HOME]: with a HOME the house that runs there is asked (started
with KANJO_CALLS_PER_MINUTE=60000), otherwise one is made with the made-up company. The requests come from this machine
and share its cores.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
from datetime import timedelta
from itertools import chain, zip_longest
from pathlib import Path

import psutil

from benchmarks.kit.arrivals import Answers, Wanted, arrive
from benchmarks.kit.demonstration import demonstration, port
from benchmarks.kit.figures import Figure, tell

RATE, SECONDS = 300, 300
LISTS = ("", "customers", "opportunities", "quotes", "contracts", "orders", "invoices", "receivables", "receipts")
ASKED = ("customers", "opportunities", "quotes", "contracts", "orders", "invoices", "open-items", "receipts")
OF_EACH = 8
"""How many single objects of each list are asked for."""


def main() -> None:
    """Measure and tell."""
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=float, default=RATE)
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--home", type=Path)
    given = options.parse_args()
    os.environ.setdefault("KANJO_CALLS_PER_MINUTE", "60000")
    with demonstration(given.home):
        wanted = _wanted(port())
        arrive("127.0.0.1", port(), wanted, rate=20, seconds=len(wanted) / 20)  # warm
        before, ours = cpu_of_house(), time.process_time()
        answers = arrive("127.0.0.1", port(), wanted, rate=given.rate, seconds=given.seconds)
        spent = ((cpu_of_house() - before) * 1000, (time.process_time() - ours) * 1000)
    for fault, times in answers.faults.most_common(5):
        print(f"{times} x {fault}")
    tell(_figures(answers, given.rate, given.seconds, spent))


def _figures(answers: Answers, rate: float, seconds: float, spent: tuple[float, float]) -> list[Figure]:
    asked, faults = int(rate * seconds), answers.faults.total()
    answered = max(1, answers.count)
    return [
        Figure("load-rate", answers.count / seconds, "answers/s", rate, answers.count / asked),
        Figure("load-errors", faults, "of all", asked, faults / asked, bar=0, at_most=True),
        *(
            Figure(f"load-{kind or 'all'}-p{share}", answers.within(share / 100, kind), "ms")
            for kind in ("", *sorted(answers.waits))
            for share in (50, 95, 99)
        ),
        Figure("load-house", spent[0] / answered, "CPU ms/answer"),
        Figure("load-generator", spent[1] / answered, "CPU ms/answer"),
    ]


def cpu_of_house() -> float:
    """Return the CPU seconds so far of the running house: web server, worker and database."""
    from django.conf import settings

    from kanjo.surfaces.console.serving import House

    running = House(settings.ENVIRONMENT.home).running()
    assert running is not None, "the house runs"
    assert settings.EMBEDDED_SERVER is not None, "on its own server"
    database = int((settings.EMBEDDED_SERVER.data / "postmaster.pid").read_text("ascii").split("\n")[0])
    return sum(map(_cpu_of, [running.supervisor.pid, database]))


def _cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process and of all below it, those with it that have ended."""
    spent = 0.0
    process = psutil.Process(pid)
    for one in [process, *process.children(recursive=True)]:
        try:
            spent += sum(one.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return spent


def _wanted(at: int) -> list[Wanted]:
    """Return what the auditor, who may read everything, asks for: pages and API by turns, in a fixed disorder."""
    from django.test import Client

    from kanjo.foundation.actors import Role
    from kanjo.platform.identity.models import Person

    auditor = Person.objects.filter(grants__role=Role.AUDITOR, grants__active=True, is_active=True).earliest("id")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(auditor)
    pages = [f"Cookie: sessionid={client.cookies['sessionid'].value}", "page", *_pages(client)]
    programs = [f"Authorization: Bearer {_token(auditor)}", "api", *_resources(pages[2:])]
    disorder = random.Random(2026)  # noqa: S311 - the same disorder every time
    asked = [
        disorder.sample([_request(at, header, kind, path) for path in paths], len(paths))
        for header, kind, *paths in (pages, programs)
    ]
    return [one for one in chain.from_iterable(zip_longest(*asked)) if one is not None]


def _pages(client: object) -> list[str]:
    """Return the lists, and some of what each leads to."""
    found = []
    for name in LISTS:
        page = client.get(f"/{name}").content.decode()  # type: ignore[attr-defined]
        found += [f"/{name}", *sorted(set(re.findall(rf'href="(/{name}/\d+)"', page)))[:OF_EACH]]
    return found


def _resources(pages: list[str]) -> list[str]:
    """Return the same of the API."""
    renamed = [page.replace("/receivables", "/open-items") for page in pages]
    return [f"/api/v1{page}" for page in renamed if page.split("/")[1] in ASKED]


def _token(person: object) -> str:
    from django.db import transaction
    from django.utils import timezone

    from kanjo.platform.access.operations import make_token
    from kanjo.platform.access.scopes import Scope
    from kanjo.platform.identity.queries import actor_of

    now = timezone.now()
    with transaction.atomic():
        return make_token(
            name="load",
            scope=Scope.READ,
            last_on=now.date() + timedelta(days=2),
            zone=timezone.get_current_timezone(),
            by=actor_of(person),  # type: ignore[arg-type]
            at=now,
        )


def _request(at: int, header: str, kind: str, path: str) -> Wanted:
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{at}", header, "Accept-Encoding: gzip", "", "")
    return Wanted(kind, path, "\r\n".join(lines).encode())


if __name__ == "__main__":
    main()

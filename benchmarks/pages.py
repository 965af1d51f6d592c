"""Every page of the demonstration in one warmed process: milliseconds of the server, the median of each page.

./kanjo bench pages [--home HOME]: with a HOME the house that runs there is read, otherwise one is made. Each page is
opened by the first role that it opens for, found by following the links of all roles from their queues.
"""

from __future__ import annotations

import argparse
import logging
import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.kit.demonstration import demonstration
from benchmarks.kit.figures import Figure, tell

ROUNDS = 9
BAR_MS = 100
OF_EACH = 2
"""How many objects of one kind are opened; the slower one counts."""
TOLD = 6
"""How many pages are told by name, the slowest first."""
NO_PAGES = ("/accounts/", "/static/", "/files/", "/api")


def main() -> None:
    """Measure and tell."""
    options = argparse.ArgumentParser()
    options.add_argument("--home", type=Path)
    with demonstration(options.parse_args().home):
        pages = _pages()
    slowest = sorted(pages, key=lambda name: -pages[name].wall)
    worst = pages[slowest[0]].wall
    tell(
        [
            Figure("pages-count", len(pages), "pages"),
            Figure("pages-typical", statistics.median(one.wall for one in pages.values()), "ms"),
            Figure("pages-typical-cpu", statistics.median(one.cpu for one in pages.values()), "CPU ms"),
            Figure("pages-slowest", worst, "ms", BAR_MS, worst / BAR_MS, bar=1, at_most=True),
            Figure("pages-slowest-cpu", max(one.cpu for one in pages.values()), "CPU ms"),
            *(Figure(f"page {name}", pages[name].wall, "ms") for name in slowest[:TOLD]),
        ]
    )


@dataclass(frozen=True, slots=True, order=True)
class Took:
    """Milliseconds of a page: on the wall, and of CPU without that of the database."""

    wall: float
    cpu: float


def _pages() -> dict[str, Took]:
    """Return what each kind of page takes; a kind is its address with N in place of a number."""
    from django.test import Client

    from kanjo.foundation.actors import Role
    from kanjo.platform.identity.models import Person

    logging.getLogger("django.request").setLevel(logging.ERROR)
    pages: dict[str, Took] = {}
    for role in Role:
        person = Person.objects.filter(grants__role=role, grants__active=True, is_active=True).earliest("id")
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        for kind, paths in _reached(client).items():
            if kind not in pages:
                pages[kind] = max(_took(client, path) for path in paths)
    return pages


def _reached(client: Any) -> dict[str, list[str]]:
    """Return the pages that links lead to from the queue, a few of each kind."""
    reached: dict[str, list[str]] = {}
    tried: Counter[str] = Counter()
    to_follow, known = ["/"], {"/"}
    for path in to_follow:
        kind = re.sub(r"\d+", "N", path)
        tried[kind] += 1
        if tried[kind] > OF_EACH:
            continue
        answer = client.get(path)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        reached.setdefault(kind, []).append(path)
        found = set(re.findall(r'href="(/[^"?#]*)', answer.content.decode())) - known
        known |= found
        to_follow += sorted(one for one in found if not one.startswith(NO_PAGES))
    return reached


def _took(client: Any, path: str) -> Took:
    client.get(path)
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        client.get(path)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return Took(statistics.median(walls), statistics.median(cpus))


if __name__ == "__main__":
    main()

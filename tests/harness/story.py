"""What every story of the simulator stands on: a world of its own, its day, what waits, and what must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from hypothesis.strategies._internal.featureflags import FeatureFlags

from kanjo.foundation.ids import CustomerId
from kanjo.foundation.refusals import Refusal
from kanjo.platform.files.models import StoredFile
from tests.harness.office import Office, morning
from tests.harness.worlds import a_world_like, answers, named_queries
from tests.plumbing import FreshDatabase

DESK = named_queries("desk.sql")
INVARIANTS = named_queries("invariants.sql")
STORED = "I9 a stored file has the bytes of its digest"
"""The one invariant that the database cannot see: the bytes lie beside it."""

MIDDLE_OF_MAY = date(2026, 5, 15)
PICK = st.integers(0, 999)
"""Which of what waits is taken up."""


class Story(RuleBasedStateMachine):
    """One story: it begins in the middle of May, in an office at work."""

    def __init__(
        self, model: FreshDatabase, office: Office, customers: list[CustomerId], told: Counter[tuple[str, str]]
    ) -> None:
        super().__init__()
        # Hypothesis leaves out half of the rules at random: in a dozen stories too much would never happen.
        self._rules_strategy.enabled_rules_strategy = st.just(FeatureFlags())
        self.office, self.customers, self.told = office, customers, told
        self.today = MIDDLE_OF_MAY
        self.desk: dict[str, list[int]] | None = None
        self._world = ExitStack()
        self._world.enter_context(a_world_like(model))

    def teardown(self) -> None:
        self._world.close()

    @property
    def at(self) -> datetime:
        """Nine o'clock of today."""
        return morning(self.today)

    def waiting(self, name: str) -> list[int]:
        """Return the ids of what waits under that name on the desks."""
        if self.desk is None:
            found = answers(DESK)
            self.desk = {name: sorted(int(row[1:-1]) for row in found.get(name, [])) for name in DESK}
        return self.desk[name]

    def one(self, name: str, pick: int) -> Any:
        """Return one id of what waits under that name."""
        ids = self.waiting(name)
        return ids[pick % len(ids)]

    def do(self, verb: str, act: Callable[[], object]) -> None:
        """Do what a person of the office would try; the house may refuse it."""
        try:
            act()
        except Refusal:
            self.told[verb, "refused"] += 1
        else:
            self.told[verb, "done"] += 1
        self.desk = None

    def refuse(self, verb: str, act: Callable[[], object]) -> None:
        """Try what must be refused, and change nothing."""
        before = prints()
        with pytest.raises(Refusal):
            act()
        assert not changed(before), f"{verb} was refused and changed {changed(before)}"
        self.told[f"refused: {verb}", "done"] += 1

    def same_again(self, verb: str, act: Callable[[], object]) -> None:
        """Do again what was done before: it goes through and changes nothing."""
        before = prints()
        act()
        assert not changed(before), f"{verb} again changed {changed(before)}"
        self.told[f"again: {verb}", "done"] += 1

    @invariant()
    def everything_holds(self) -> None:
        wrong = broken()
        assert not wrong, wrong


def waits(*names: str) -> Callable[..., Any]:
    """Let a rule be tried only while something waits under each of these names."""
    return precondition(lambda story: all(story.waiting(name) for name in names))


def whole(act: Callable[..., object], **given: Any) -> Callable[[], object]:
    """Return the act as one transaction, as a door would do it."""
    return lambda: transaction.atomic(act)(**given)


def broken(*, using: str = "default") -> dict[str, list[str]]:
    """Return the invariants that do not hold, with the rows that break them."""
    files = StoredFile.objects.using(using).order_by("id")
    damaged = [file.name for file in files if _stored(file.digest) != file.digest]
    return answers(INVARIANTS, using=using) | ({STORED: damaged} if damaged else {})


def prints() -> dict[str, str]:
    """Return a print of every table: equal prints, nothing has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND NOT relispartition ORDER BY relname"
        )
        tables = [name for (name,) in cursor.fetchall()]
        each = (f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t" for name in tables)
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


def changed(before: dict[str, str]) -> set[str]:
    """Return the tables that have changed since."""
    return {table for table, print_ in prints().items() if before[table] != print_}


def _stored(digest: str) -> str:
    path = Path(settings.MEDIA_ROOT) / digest[:2] / digest
    return sha256(path.read_bytes()).hexdigest() if path.exists() else "lost"

"""What the trail tells is told in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.apps import apps

from kanjo.platform.audit.queries import ChangeRow
from kanjo.surfaces.web.column_names import COLUMN_NAMES
from kanjo.surfaces.web.trail import changed_by

PLAIN = frozenset({"id", "recorded_at"})
"""What the trail tells otherwise."""


def audited() -> list[tuple[str, str]]:
    """Return every column (table, column) that reaches the trail."""
    found = []
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            if trigger.name == "audited":
                hidden = set(re.findall(r"'(\w+)'", "".join(re.findall(r"ARRAY\[(.*?)\]::", trigger.func))))
                columns = {str(field.column) for field in model._meta.local_fields} - hidden - PLAIN
                found += [(model._meta.db_table, column) for column in sorted(columns)]
    return found


@pytest.mark.row("SFA-2")
def test_every_recorded_column_has_a_name() -> None:
    """A person who reads what changed never reads the name of a column of the database."""
    assert len(audited()) > 150
    assert [f"{table}.{column}" for table, column in audited() if column not in COLUMN_NAMES] == []


@pytest.mark.row("SFA-2")
def test_what_was_and_is_empty_is_not_told_as_added() -> None:
    after = {"id": 1, "name": "青葉商事", "name_en": "", "sector": None, "employees": 0}
    row = ChangeRow(
        id=1,
        recorded_at=datetime(2026, 4, 1, tzinfo=UTC),
        actor_id=1,
        actor="花子",
        for_name=None,
        verb="customers.register",
        because="",
        subject="customers_customer",
        subject_id=1,
        before=None,
        after=after,
    )
    assert [(one.what, one.became) for one in changed_by(row)] == [
        (COLUMN_NAMES["employees"], "0"),
        (COLUMN_NAMES["name"], "青葉商事"),
    ]

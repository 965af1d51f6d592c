"""The migration step that runs an SQL file of the house."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations.operations import RunSQL


class Script(RunSQL):
    """Run the SQL file *name* that lies beside the app's migrations folder; *undo* is what reverses it."""

    def __init__(self, beside: str, name: str, undo: str = RunSQL.noop) -> None:
        self.name = name
        super().__init__((Path(beside).parents[1] / name).read_text(encoding="utf-8"), undo)

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Run {self.name}"


class Partitioned(RunSQL):
    """Make an empty table partitioned by id, so that runs can attach what they loaded (`platform.bulk`)."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"SELECT bulk_partition('{table}')", RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, [self.table], {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Partition {self.table} by id"

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


class Siblings(RunSQL):
    """Put a foreign key between the parts of two partitioned tables, run by run, in place of that of the tables."""

    def __init__(self, child: str, keyed: str, parent: str) -> None:
        self.names = [child, keyed, parent]
        super().__init__(f"SELECT bulk_siblings('{child}', '{keyed}', '{parent}')", RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, self.names, {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Let parts of {self.names[0]} refer to parts of {self.names[2]}"


class SiblingsChecked(RunSQL):
    """Look whether the parts from before hold the key of `Siblings`, while others go on writing."""

    def __init__(self, child: str) -> None:
        self.child = child
        super().__init__(f"SELECT bulk_check_siblings('{child}')", RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, [self.child], {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Check what parts of {self.child} refer to"


class Widened(RunSQL):
    """Give the tables of runs that were stopped the columns that *table* got since: null, or with their default."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"SELECT bulk_widen('{table}')", RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, [self.table], {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Widen what stopped runs loaded for {self.table}"

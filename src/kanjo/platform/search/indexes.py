"""The migration step that makes a table searchable."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL


class Searchable(RunSQL):
    """Index the pieces of *columns*, of rows that are there and of rows to come: what `Holds` of them looks up."""

    def __init__(self, table: str, *columns: str) -> None:
        self.table, self.columns = table, columns
        words = " || '|' || ".join(columns)
        super().__init__(
            f"CREATE INDEX {table}_search ON {table} USING gin (search_grams({words}))", f"DROP INDEX {table}_search"
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, [self.table, *self.columns], {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Index the words of {self.table}"

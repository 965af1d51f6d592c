"""The migration step that keeps rows of one company, and of one currency, together."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_POINTS = """
CREATE UNIQUE INDEX IF NOT EXISTS "{parent}_{shared}" ON "{parent}" (id, "{shared}");
ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_{shared}" FOREIGN KEY ("{column}", "{shared}")
    REFERENCES "{parent}" (id, "{shared}") DEFERRABLE INITIALLY DEFERRED;
"""
_NO_MORE = 'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_{shared}";'


class Together(RunSQL):
    """Let *column* of *table* point only at rows of *parent* that have the same company, and the same *also*.

    It is a foreign key of two columns beside Django's own of one. Where runs load a million rows at once a guard that
    looks at all of them together does the same (`one_company.sql`): it needs no index.
    """

    def __init__(self, table: str, column: str, parent: str, *also: str) -> None:
        self.given = [table, column, parent, *also]
        names = [{"table": table, "column": column, "parent": parent, "shared": one} for one in ("company_id", *also)]
        super().__init__(
            "".join(_POINTS.format(**one) for one in names), "".join(_NO_MORE.format(**one) for one in names)
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, self.given, {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Keep {self.given[0]} and {self.given[2]} in one company"

"""The migration step that takes the application's right to change or remove rows of a table."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

from kanjo.platform.database.roles import APPLICATION_ROLE


class AppendOnly(RunSQL):
    """Leave the application SELECT and INSERT on *table*; triggers refuse the owner as well (`platform.tables`).

    Does nothing where the role does not exist: a server behind a URL may not let us make one, and `kanjo doctor`
    says so.
    """

    taken = "UPDATE, DELETE"

    def __init__(self, table: str) -> None:
        self.table = table
        taken = f'REVOKE {self.taken}, TRUNCATE ON "{table}" FROM {APPLICATION_ROLE}'
        given = f'GRANT {self.taken} ON "{table}" TO {APPLICATION_ROLE}'
        super().__init__(_where_role_exists(taken), _where_role_exists(given))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """Return how a migration file writes this step."""
        return (type(self).__name__, [self.table], {})

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Let the application only append to {self.table}"


class ReadOnly(AppendOnly):
    """Leave the application SELECT only on *table*: the database itself writes it, by functions of the owner."""

    taken = "INSERT, UPDATE, DELETE"

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Let the application only read {self.table}"


class KeptForLong(AppendOnly):
    """Leave the application SELECT, INSERT and DELETE on *table*: a trigger says what is old enough to be removed."""

    taken = "UPDATE"

    def describe(self) -> str:
        """Return what `migrate` says while it does this."""
        return f"Let the application change nothing in {self.table}"


def _where_role_exists(statement: str) -> str:
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') "
        f"THEN {statement}; END IF; END $$"
    )

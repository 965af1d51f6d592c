"""Who may do what in the database, and how each role signs in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, LiteralString

from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InsufficientPrivilege

from kanjo.platform.database.refusals import RoleNotPermitted

APPLICATION_ROLE: Final = "kanjo_app"
READER_ROLE: Final = "kanjo_read"


class DatabaseRole(StrEnum):
    """What a connection is for."""

    OWNER = "kanjo_owner"
    APPLICATION = APPLICATION_ROLE
    READER = READER_ROLE


@dataclass(frozen=True, slots=True)
class Login:
    """One way into a database; `extra` holds further libpq settings such as `sslmode`."""

    host: str
    port: str
    user: str
    password: str = field(repr=False)
    database: str = "kanjo"
    extra: dict[str, str] = field(default_factory=dict)

    def to(self, database: str) -> Login:
        """Return the same login for another database of the server."""
        return replace(self, database=database)

    def conninfo(self) -> str:
        """Return the login as libpq reads it."""
        return make_conninfo(
            host=self.host or None,
            port=self.port or None,
            user=self.user or None,
            password=self.password or None,
            dbname=self.database,
            **self.extra,
        )

    def for_django(self) -> dict[str, Any]:
        """Return the login as an entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.database,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": dict(self.extra),
        }


def login_at(url: str, role: str = "") -> Login:
    """Return the login that a PostgreSQL URL (or libpq keywords) gives, acting as *role* where one is named."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    if role:
        parts["options"] = f"{parts.get('options', '')} -c role={role}".strip()
    return Login(
        host=parts.pop("host", ""),
        port=parts.pop("port", ""),
        user=parts.pop("user", ""),
        password=parts.pop("password", ""),
        database=parts.pop("dbname", "postgres"),
        extra=parts,
    )


_RIGHTS: Final[tuple[LiteralString, ...]] = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}",
)
_WRITING: Final[tuple[LiteralString, ...]] = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)


def ensure_rights(owner: Connection[Any], *, application: str) -> None:
    """Give application and reader their rights on every table the owner will create from now on.

    Makes the roles where they are missing. An empty *application* role means that the owner's login does its work.
    A table that is append-only takes rights back in its migration. Raises `RoleNotPermitted`.
    """
    ensure_roles(owner, application=application)
    for role, rights in ((application, _RIGHTS + _WRITING), (READER_ROLE, _RIGHTS)):
        for statement in rights if role else ():
            owner.execute(sql.SQL(statement).format(role=sql.Identifier(role)))


def ensure_roles(owner: Connection[Any], *, application: str) -> None:
    """Make the roles where they are missing, without any right. Raises `RoleNotPermitted`."""
    for role in filter(None, (application, READER_ROLE)):
        _ensure_role(owner, role)


def _ensure_role(owner: Connection[Any], role: str) -> None:
    """Make *role* without a login and let the owner act as it."""
    try:
        with owner.transaction():
            if not role_exists(owner, role):
                owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
            if not may_act_as(owner, role):
                owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
    except InsufficientPrivilege as error:
        raise RoleNotPermitted(role=role, login=owner.info.user) from error


def role_exists(connection: Connection[Any], role: str) -> bool:
    """Return whether the server knows the role."""
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def may_act_as(connection: Connection[Any], role: str) -> bool:
    """Return whether the connection may `SET ROLE` to *role*; PostgreSQL 16 tells that apart from being a member."""
    kind = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    row = connection.execute("SELECT pg_has_role(%s, %s)", [role, kind]).fetchone()
    return bool(row and row[0])

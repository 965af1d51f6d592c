"""Bringing the tables of a database to the shape this version of the program needs.

The database remembers the shape it was brought to, as a comment on Django's table of migrations, so that a start that
has nothing to do does not have to import anything to find that out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from kanjo.platform.database.roles import Login, ensure_rights

_FOREIGN_MIGRATIONS: Final = ("django", "django-allauth", "django-pgtrigger", "procrastinate")


def current_shape(directories: Iterable[Path] = (Path(__file__).parents[2],)) -> str:
    """Return a digest that changes whenever a migration or SQL file below the directories changes, or a package's."""
    digest = hashlib.sha256(" ".join(version(name) for name in _FOREIGN_MIGRATIONS).encode())
    for directory in directories:
        for path in sorted([*directory.rglob("migrations/*.py"), *directory.rglob("*.sql")]):
            digest.update(str(path.relative_to(directory)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def shape_of(owner: Login) -> str | None:
    """Return the shape the database was last brought to, or None when it never was."""
    with psycopg.connect(owner.conninfo(), connect_timeout=10) as connection:
        row = connection.execute("SELECT obj_description(to_regclass('django_migrations'), 'pg_class')").fetchone()
    return str(row[0]) if row and row[0] else None


@contextmanager
def reshaping(owner: Login, *, application: str, shape: str) -> Iterator[None]:
    """Let the caller migrate: one at a time on this database, with the rights on tables to come given before.

    Writes the shape down only when the caller came through.
    """
    with psycopg.connect(owner.conninfo(), connect_timeout=10, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('kanjo schema'))")
        ensure_rights(connection, application=application)
        yield
        comment = sql.SQL("COMMENT ON TABLE django_migrations IS {}").format(shape)
        connection.execute(comment)

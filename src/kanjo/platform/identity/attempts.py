"""Django's cache in one table, for what all processes have to agree on: attempts at a sign-in, codes that were used.

Of many that `add` the same key at once, one is told that it was first: the lock of the counters rests on it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_PUT = """
INSERT INTO identity_attempt AS kept (key, value, until) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until
"""
_IF_OVER = " WHERE kept.until <= clock_timestamp()"


class SharedAttempts(BaseCache):
    """A cache of JSON values that every process of the installation sees."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless there is one; return whether it was kept."""
        return self._put(_PUT + _IF_OVER, key, value, timeout, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value."""
        self._put(_PUT, key, value, timeout, version)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or *default* where there is none any more."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT value::text FROM identity_attempt"
                " WHERE key = %s AND (until IS NULL OR until > clock_timestamp())",
                [self.make_key(key, version)],
            )
            found = cursor.fetchone()
        return default if found is None else json.loads(found[0])

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let a value live until another moment; return whether it was there."""
        return self._run(
            "UPDATE identity_attempt SET until = %s WHERE key = %s",
            [self._until(timeout), self.make_key(key, version)],
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; return whether it was there."""
        return self._run("DELETE FROM identity_attempt WHERE key = %s", [self.make_key(key, version)])

    def clear(self) -> None:
        """Forget everything."""
        self._run("DELETE FROM identity_attempt", [])

    def forget_what_is_over(self) -> None:
        """Remove what nobody asks for any more."""
        self._run("DELETE FROM identity_attempt WHERE until <= clock_timestamp()", [])

    def _put(self, statement: str, key: str, value: Any, timeout: Any, version: int | None) -> bool:
        return self._run(statement, [self.make_key(key, version), json.dumps(value), self._until(timeout)])

    def _until(self, timeout: Any) -> datetime | None:
        ends = self.get_backend_timeout(timeout)
        return None if ends is None else datetime.fromtimestamp(ends, UTC)

    @staticmethod
    def _run(statement: str, values: list[Any]) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return bool(cursor.rowcount > 0)

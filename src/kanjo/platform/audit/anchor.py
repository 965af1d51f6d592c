"""Anchors: what the append-only rows were at a moment, written into a file outside the database.

The chain shows an edit inside it. Who rewrites it whole, cuts its tail, puts an old backup back or edits rows that are
their own history is found against the last anchor. `docs/trust.md` says what an anchor does not protect from.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.database.schema import current_shape
from kanjo.platform.privacy.ways import SHORTEST_DAYS

# Who looked at personal data is forgotten after a while: by months, so that what is left is compared.
_BY_MONTH: Final = "tableoid::regclass::text || to_char(recorded_at, ' YYYY-MM')"

# Rows of transactions before the horizon are all there and stay as they are. The text of a row must not depend on who
# asks. Digests are sorted, so that the order of reading is of no matter.
_PLAIN: Final = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL TimeZone = 'UTC';"
    " SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'"
)
_HORIZON: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_ROWS: Final = """
SELECT part, count(*), encode(sha256(string_agg(digest, ''::bytea ORDER BY digest)), 'hex') FROM (
    SELECT {part} AS part, sha256(convert_to(t::text, 'UTF8')) AS digest
    FROM {table} t WHERE xmin::text::bigint < %s) rows GROUP BY part ORDER BY part
"""
_GUARDS: Final = """
SELECT name, encode(sha256(convert_to(string_agg(words, E'\\n' ORDER BY words), 'UTF8')), 'hex') FROM (
    SELECT tgrelid::regclass::text AS name, tgenabled::text || pg_get_triggerdef(t.oid) AS words
    FROM pg_trigger t WHERE NOT tgisinternal AND tgparentid = 0
    UNION ALL
    SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid
    WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND conparentid = 0 AND relname !~ '^stage_'
        AND (NOT relispartition OR (contype = 'f' AND relname ~ '_hand$'))
        AND c.connamespace = 'public'::regnamespace
    UNION ALL
    SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')) guards
GROUP BY name ORDER BY name
"""


class NotAsAnchored(Refusal):
    """Something that is never changed is not what it was."""

    rule = "audit.not-as-anchored"
    kind = RefusalKind.CONFLICT
    says = Text(en="The house is not as it was anchored: {what}.", ja="記録した時点の状態と異なります: {what}。")
    remedy = Text(
        en="Compare it with a backup and find out who had the owner's password. When it is explained, put {file} away.",
        ja="バックアップと照合し、所有者のパスワードを使った人を確認してください。判明したら {file} を退避します。",
    )

    @classmethod
    def told(cls, differences: Sequence[Text], file: Path) -> Self:
        """Return the refusal of *differences* in both languages."""
        en, ja = ("; ".join(getattr(one, language) for one in differences) for language in ("en", "ja"))
        return cls(what=Text(en=en, ja=ja), file=file)


class AnchorUnreadable(Refusal):
    """A line of the file that is no anchor: cut short, or written by another hand."""

    rule = "audit.anchor-unreadable"
    kind = RefusalKind.CONFLICT
    says = Text(en="Line {line} of {file} is no anchor.", ja="{file} の {line} 行目をアンカーとして読めません。")
    remedy = Text(
        en="Find out what happened to the file. Then take a copy of it away and remove the line, or put an earlier copy"
        " of the whole file back: kanjo verify compares with the anchors that are left.",
        ja="ファイルに何が起きたかを確認してください。控えを別に保存したうえでその行を削除するか、以前の控えに戻します。"
        "残ったアンカーとの照合: kanjo verify",
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """The house at a moment: the chain's last place and digest; rows and their digest per table; guards per name."""

    taken_at: str
    shape: str
    horizon: int
    position: int
    digest: str
    tables: dict[str, list[Any]]
    guards: dict[str, str]


def anchor_file(home: Path, database: str) -> Path:
    """Return where the anchors of a database are kept."""
    return home / "anchors" / f"{database}.jsonl"


def anchors_here() -> Path:
    """Return where the anchors of this house are kept."""
    return anchor_file(settings.ENVIRONMENT.home, connection.settings_dict["NAME"])


def anchor(path: Path, *, at: datetime, whole: bool = True) -> list[Text]:
    """Compare the house with its anchors; where nothing differs and it is *whole*, write down what it is now.

    Returns the differences. They stay until somebody puts the file away: what has been seen is not overwritten.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PLAIN)
        written = _read(path)
        found = [*_lost_places(written), *_changed(written, at)]
        if not found and whole:
            _append(path, _now(at))
    return found


def last_anchor(path: Path) -> datetime | None:
    """Return when the last anchor was written, or None when there is none."""
    written = _read(path)
    return datetime.fromisoformat(written[-1].taken_at) if written else None


def _now(at: datetime) -> Anchor:
    [(horizon,)] = _asked(_HORIZON)
    [(position, digest)] = _asked(
        "SELECT position, encode(digest, 'hex') FROM audit_link ORDER BY position DESC LIMIT 1"
    ) or [(0, "")]
    return Anchor(at.isoformat(), current_shape(), horizon, position, digest, _tables(horizon), _guards())


def _lost_places(written: Sequence[Anchor]) -> Iterator[Text]:
    """Tell the first anchor whose place in the chain is gone or another: the tail was cut, or the chain rewritten."""
    standing = dict(
        _asked(
            "SELECT position, string_agg(encode(digest, 'hex'), ' ') FROM audit_link"
            " WHERE position = ANY(%s) GROUP BY position",
            [[one.position for one in written]],
        )
    )
    for one in written:
        if one.position and standing.get(one.position) != one.digest:
            yield Text(
                en=f"audit_link: position {one.position} is {'another' if one.position in standing else 'gone'};"
                f" it was anchored at {one.taken_at}",
                ja=f"audit_link: {one.taken_at} に記録した位置 {one.position} が"
                f"{'書き換えられています' if one.position in standing else '失われています'}",
            )
            return


def _changed(written: Sequence[Anchor], at: datetime) -> Iterator[Text]:
    """Tell the tables whose anchored rows, and the guards, that are not as they were; an upgrade may change both."""
    last = written[-1] if written else None
    if last is None or last.shape != current_shape():
        return
    tables, guards = _tables(last.horizon), _guards()
    for name, (rows, digest) in last.tables.items():
        if (now := tables.get(name, [0, ""])) != [rows, digest] and not _may_be_forgotten(name, at):
            yield Text(
                en=f"{name}: of {rows} rows anchored at {last.taken_at}, {now[0]} are there, not all as they were",
                ja=f"{name}: {last.taken_at} に記録した {rows} 行が当時のままではありません（現在 {now[0]} 行）",
            )
    for name in sorted({*last.guards, *guards}):
        if last.guards.get(name) != guards.get(name):
            yield Text(
                en=f"{name}: its triggers, constraints or code are not those of {last.taken_at}",
                ja=f"{name}: トリガー・制約・関数が {last.taken_at} の時点と異なります",
            )


def _tables(horizon: int) -> dict[str, list[Any]]:
    """Return number and digest of the rows of every append-only table, of each of its parts and months by itself."""
    parts = {
        one._meta.db_table: "tableoid::regclass::text" if guard.name == "append_only" else _BY_MONTH
        for one in apps.get_models()
        for guard in getattr(one._meta, "triggers", ())
        if guard.name in {"append_only", "kept_for_long"}
    }
    return {
        part: [rows, digest]
        for table, of in sorted(parts.items())
        for part, rows, digest in _asked(_ROWS.format(table=connection.ops.quote_name(table), part=of), [horizon])
    }


def _may_be_forgotten(name: str, at: datetime) -> bool:
    """Return whether the part is a month of which looks may have been forgotten by now."""
    _table, _, month = name.partition(" ")
    before = at.astimezone(UTC) - timedelta(days=SHORTEST_DAYS)
    return bool(month) and month <= before.strftime("%Y-%m")


def _guards() -> dict[str, str]:
    return dict(_asked(_GUARDS))


def _asked(query: str, parameters: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(parameters) or None)
        return list(cursor.fetchall())


def _read(path: Path) -> list[Anchor]:
    if not path.exists():
        return []
    return [_read_line(path, number, line) for number, line in enumerate(path.read_bytes().splitlines(), start=1)]


def _read_line(path: Path, number: int, line: bytes) -> Anchor:
    try:
        one = Anchor(**json.loads(line))
        datetime.fromisoformat(one.taken_at)
    except (ValueError, TypeError) as error:
        raise AnchorUnreadable(line=number, file=path) from error
    return one


def _append(path: Path, one: Anchor) -> None:
    """Write the file anew with one line more: a crash or a full disk leaves the old file, never half a line."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(path.parent) as directory:
        before = path.read_bytes() if path.exists() else b""
        handle, partial = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(before + json.dumps(asdict(one)).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink()
            raise
        os.fsync(directory)


@contextmanager
def _alone_in(directory: Path) -> Iterator[int]:
    """Let no other process write an anchor meanwhile: the later one would lose the line of the earlier."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)

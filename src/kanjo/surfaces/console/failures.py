"""Failures of the world around the command that a person can mend: no database, no tables, a file out of reach."""

from __future__ import annotations

from typing import Final

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

NOT_OUR_TABLES: Final = ("42P01", "42703", "42883")
"""PostgreSQL's codes for a table, column or function that is not there."""

NO_ROOM: Final = "53100"
"""PostgreSQL's code for a disk without space."""
ADVICE: Final = "Check free disk space."
"""What PostgreSQL says besides whenever a file cannot grow, as on a disk with quotas."""
GOING_DOWN: Final = ("FATAL", "PANIC")
"""How severe an error is with which PostgreSQL ends the connection, or itself."""


class DatabaseSilent(Refusal):
    """Nobody answers where the database should be."""

    rule = "console.database-silent"
    kind = RefusalKind.MISSING
    says = Text(en="The database does not answer ({words}).", ja="データベースが応答しません（{words}）。")
    remedy = Text(en="Start it: kanjo up", ja="起動してください: kanjo up")


class OtherTables(Refusal):
    """The tables are missing, or those of another version."""

    rule = "console.other-tables"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The database has not the tables of this version ({words}).",
        ja="データベースにこのバージョンのテーブルがありません（{words}）。",
    )
    remedy = Text(en="Run: kanjo up", ja="実行してください: kanjo up")


class DiskFull(Refusal):
    """PostgreSQL has no room to write."""

    rule = "console.disk-full"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The disk of the database is full ({words}). What was under way is undone; what was done before is kept.",
        ja="データベースのディスクに空きがありません（{words}）。途中の処理は取り消され、完了した処理は残っています。",
    )
    remedy = Text(
        en="Free some space, then give the same command again.",
        ja="空きを増やしてから、同じコマンドを再度実行してください。",
    )


class OutOfReach(Refusal):
    """A file or directory cannot be read or written."""

    rule = "console.out-of-reach"
    says = Text(en="{path} cannot be used: {words}.", ja="{path} を使用できません: {words}")
    remedy = Text(en="Correct the path or its rights.", ja="パスまたは権限を確認してください。")


def stood_for(error: BaseException) -> Refusal | None:
    """Return what to tell a person about *error*, or None when the fault is ours."""
    from psycopg import Error, OperationalError

    cause = error.__cause__ if isinstance(error.__cause__, Error) else error
    if isinstance(cause, Error):
        words = str(cause).strip().split("\n")[0]
        if cause.sqlstate in NOT_OUR_TABLES:
            return OtherTables(words=words)
        if cause.sqlstate == NO_ROOM or cause.diag.message_hint == ADVICE:
            return DiskFull(words=words)
        lost = isinstance(cause, OperationalError) and not cause.sqlstate
        return DatabaseSilent(words=words) if lost or cause.diag.severity_nonlocalized in GOING_DOWN else None
    if isinstance(error, OSError) and error.filename is not None:
        return OutOfReach(path=error.filename, words=error.strerror)
    return None

"""The checks of `kanjo doctor`. Each looks at one thing and never repairs it."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import psycopg
from django.conf import settings

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.audit.anchor import AnchorUnreadable, anchor_file, last_anchor
from kanjo.platform.database.embedded import FLOOR_MB
from kanjo.platform.database.roles import DatabaseRole
from kanjo.platform.database.schema import current_shape, shape_of
from kanjo.surfaces.console.serving import House, answers

State = Literal["ok", "warn", "fail"]
Connection = psycopg.Connection[Any]

MB_TO_WARN: Final = 2000
OLDEST_BACKUP: Final = timedelta(hours=26)
LONGEST_ACT: Final = timedelta(hours=1)
SECONDS_OF_SKEW: Final = 2.0
OLDEST_PYTHON: Final = (3, 11)
NEWEST_PYTHON: Final = (3, 14)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; where it is not ok, the sentence tells the way out."""

    check: str
    state: State
    says: Text


def examine() -> list[Finding]:
    """Make every check in order; those that ask the database need it to answer."""
    findings = [python(), disk(), *guards()]
    try:
        with psycopg.connect(settings.LOGINS[DatabaseRole.APPLICATION].conninfo(), connect_timeout=10) as connection:
            findings += [check(connection) for check in IN_DATABASE]
    except psycopg.OperationalError as error:
        says = Text(
            en=f"The database does not answer ({_first_line(error)}). Start it: kanjo up",
            ja=f"データベースが応答しません（{_first_line(error)}）。起動してください: kanjo up",
        )
        findings.append(Finding("database", "fail", says))
    return [*findings, pages(), backup_age()]


def python() -> Finding:
    """Whether this Python is one that Kanjo was tried with."""
    version = ".".join(map(str, sys.version_info[:3]))
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return Finding("python", "ok", Text(en=f"Python {version}", ja=f"Python {version}"))
    says = Text(
        en=f"Kanjo was not tried with Python {version}. Use 3.11 to 3.14.",
        ja=f"Python {version} では動作確認していません。3.11〜3.14 を使用してください。",
    )
    return Finding("python", "warn", says)


def disk() -> Finding:
    """Whether there is room where the data lies: PostgreSQL stops when it cannot write."""
    home = settings.ENVIRONMENT.home
    free = shutil.disk_usage(home if home.exists() else home.anchor).free // 2**20
    state: State = "fail" if free < FLOOR_MB else "warn" if free < MB_TO_WARN else "ok"
    way_out = Text(en="", ja="")
    if state != "ok":
        way_out = Text(en=" Free some space, or move KANJO_HOME.", ja=" 空きを増やすか KANJO_HOME を移してください。")
    return Finding(
        "disk",
        state,
        Text(en=f"{free:,} MB free at {home}.{way_out.en}", ja=f"{home} の空き容量 {free:,} MB。{way_out.ja}"),
    )


def guards() -> Iterator[Finding]:
    """Whether socket, passwords and client authentication of the embedded server are as closed as we left them."""
    server = settings.EMBEDDED_SERVER
    if server is None or not server.data.exists():
        return
    try:
        server.refuse_if_loosened()
    except Refusal as refusal:
        yield Finding("guards", "fail", refusal.sentence)
    else:
        yield Finding(
            "guards",
            "ok",
            Text(
                en="Socket and passwords are closed to others",
                ja="ソケットとパスワードは他のアカウントから保護されています",
            ),
        )


def server_version(connection: Connection) -> Finding:
    """Whether the server is one that Kanjo is made for."""
    found = connection.info.server_version // 10000
    if found >= 15:
        return Finding("server", "ok", Text(en=f"PostgreSQL {found}", ja=f"PostgreSQL {found}"))
    says = Text(
        en=f"PostgreSQL {found} is too old. Use 15 or newer.",
        ja=f"PostgreSQL {found} は古すぎます。15 以降が必要です。",
    )
    return Finding("server", "fail", says)


def rights(connection: Connection) -> Finding:
    """Whether the application can do no more than its work: it owns nothing, truncates nothing, is no superuser."""
    row = connection.execute(
        "SELECT current_user::text, rolsuper,"
        " (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid),"
        " (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        "  AND has_table_privilege(oid, 'TRUNCATE'))"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row
    role, is_super, owned, truncatable = row
    if not is_super and not owned and not truncatable:
        return Finding("rights", "ok", Text(en=f"{role} owns nothing", ja=f"{role} は何も所有していません"))
    says = Text(
        en=f"The application works as {role}, which is more than it needs (superuser: {is_super}, owns {owned},"
        f" may truncate {truncatable}). Let the administrator make the role kanjo_app and unset KANJO_DATABASE_ROLE.",
        ja=f"アプリケーションのロール {role} の権限が過大です（superuser: {is_super}、所有 {owned}、"
        f"TRUNCATE 可 {truncatable}）。"
        "管理者にロール kanjo_app を作成してもらい、KANJO_DATABASE_ROLE の指定を外してください。",
    )
    chosen = not settings.ENVIRONMENT.database_role
    return Finding("rights", "warn" if chosen else "fail", says)


def tables(connection: Connection) -> Finding:
    """Whether the tables have the shape this version needs."""
    if shape_of(settings.LOGINS[DatabaseRole.OWNER]) == current_shape():
        return Finding("tables", "ok", Text(en="All migrations are applied", ja="マイグレーションは適用済みです"))
    says = Text(
        en="The tables are of another version. Run: kanjo up",
        ja="テーブルが別のバージョンのものです。実行してください: kanjo up",
    )
    return Finding("tables", "fail", says)


def clock(connection: Connection) -> Finding:
    """Whether this machine and the database agree on the time: dates of acts and of rows would not fit together."""
    before = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    assert row
    skew = max(0.0, before - row[0], row[0] - time.time())
    if skew <= SECONDS_OF_SKEW:
        return Finding("clock", "ok", Text(en="The clocks agree", ja="時計は一致しています"))
    says = Text(
        en=f"The clock differs from the database's by {skew:.1f} s. Set up time synchronisation (NTP).",
        ja=f"データベースとの時計のずれが {skew:.1f} 秒あります。時刻同期（NTP）を設定してください。",
    )
    return Finding("clock", "warn" if skew < 60 else "fail", says)


def jobs(connection: Connection) -> Finding:
    """Whether jobs were given up in the last week."""
    if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() != (None,):
        row = connection.execute(
            "SELECT count(DISTINCT job.id) FROM procrastinate_jobs job JOIN procrastinate_events event"
            " ON event.job_id = job.id AND event.type = 'failed'"
            " WHERE job.status = 'failed' AND event.at > now() - interval '7 days'"
        ).fetchone()
        if row and row[0]:
            log = House(settings.ENVIRONMENT.home).log
            says = Text(
                en=f"{row[0]} jobs failed in the last 7 days. Their causes are in {log}.",
                ja=f"直近 7 日間に {row[0]} 件のジョブが失敗しました。原因は {log} を確認してください。",
            )
            return Finding("jobs", "warn", says)
    return Finding("jobs", "ok", Text(en="No failed jobs", ja="失敗したジョブはありません"))


def trail(connection: Connection) -> Finding:
    """Whether time goes on along the chain: its order is that of commit, and a moment far back was set by somebody."""
    if connection.execute("SELECT to_regclass('audit_link')").fetchone() == (None,):
        return Finding("trail", "ok", Text(en="No audit trail yet", ja="監査証跡はまだありません"))
    row = connection.execute(
        "SELECT position, latest - recorded_at FROM (SELECT l.position, c.recorded_at,"
        "  max(c.recorded_at) OVER (ORDER BY l.position) AS latest"
        "  FROM audit_link l JOIN audit_change c ON c.id = l.change_id) walked"
        " WHERE recorded_at < latest - %s ORDER BY position LIMIT 1",
        [LONGEST_ACT],
    ).fetchone()
    if row is None:
        return Finding("trail", "ok", Text(en="Time goes on along the trail", ja="監査証跡の時刻は順に進んでいます"))
    says = Text(
        en=f"Position {row[0]} of the audit trail was recorded {row[1]} before one that precedes it. Find out whether"
        " the clock was put back, or the moment written by hand.",
        ja=f"監査証跡の位置 {row[0]} の時刻が、先行する位置より {row[1]} 前です。"
        "時計が戻されたのか、時刻が直接書き込まれたのかを確認してください。",
    )
    return Finding("trail", "warn", says)


def anchored(connection: Connection) -> Finding:
    """Whether the append-only rows were written down outside the database in the last day (`platform.audit.anchor`)."""
    try:
        last = last_anchor(anchor_file(settings.ENVIRONMENT.home, connection.info.dbname))
    except AnchorUnreadable as refusal:
        return Finding("anchor", "fail", refusal.sentence)
    if last and (age := datetime.now(UTC) - last) <= OLDEST_BACKUP:
        hours = int(age.total_seconds() // 3600)
        return Finding("anchor", "ok", Text(en=f"Last anchor {hours} h ago", ja=f"前回のアンカー: {hours} 時間前"))
    says = Text(
        en="There is no anchor of the last 26 h. Write one, and see whether anything differs: kanjo verify",
        ja="直近 26 時間のアンカーがありません。作成と照合: kanjo verify",
    )
    return Finding("anchor", "warn", says)


IN_DATABASE: Final[list[Callable[[Connection], Finding]]] = [
    server_version, rights, tables, clock, jobs, trail, anchored
]  # fmt: skip


def pages() -> Finding:
    """Whether the pages answer."""
    running = House(settings.ENVIRONMENT.home).running()
    if running and answers(running.address, running.port):
        return Finding("pages", "ok", Text(en="The pages answer", ja="画面は応答しています"))
    says = Text(en="The pages do not answer. Start them: kanjo up", ja="画面が応答しません。起動してください: kanjo up")
    return Finding("pages", "fail" if running else "warn", says)


def backup_age() -> Finding:
    """Whether there is a backup of the last day."""
    record = settings.ENVIRONMENT.home / "last-backup.json"
    way_out = Text(en="Write one: kanjo backup FILE", ja="作成してください: kanjo backup FILE")
    if not record.exists():
        says = Text(en=f"There is no backup. {way_out.en}", ja=f"バックアップがありません。{way_out.ja}")
        return Finding("backup", "warn", says)
    age = datetime.now(UTC) - datetime.fromisoformat(json.loads(record.read_text("utf-8"))["taken_at"])
    hours = int(age.total_seconds() // 3600)
    if age <= OLDEST_BACKUP:
        return Finding("backup", "ok", Text(en=f"Last backup {hours} h ago", ja=f"前回のバックアップ: {hours} 時間前"))
    says = Text(
        en=f"The last backup is {hours} h old. {way_out.en}",
        ja=f"前回のバックアップから {hours} 時間経過。{way_out.ja}",
    )
    return Finding("backup", "warn", says)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]

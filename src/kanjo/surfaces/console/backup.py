"""`kanjo backup FILE` and `kanjo restore FILE`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.speaking import AsJson, Report, print_json, progress, said, say

BackupFile = Annotated[Path, typer.Argument(help=said("The backup file.", "バックアップファイル。"))]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command(
        help=said("Write a backup: database, files and keys.", "データベース・ファイル・鍵をバックアップします。")
    )(backup)
    cli.command(
        help=said(
            "Restore a backup into an empty home and compare everything.",
            "空のホームにバックアップを復元し、すべて照合します。",
        )
    )(restore)


def backup(file: BackupFile, as_json: AsJson = False) -> None:
    """Write a backup, and when, for `kanjo doctor`; then an anchor, unless the house is not as it was anchored."""
    import django
    from django.conf import settings

    django.setup()
    from kanjo.platform.audit.anchor import NotAsAnchored, anchor, anchors_here
    from kanjo.platform.database.backup import write_backup
    from kanjo.platform.database.roles import DatabaseRole
    from kanjo.surfaces.console.steps import start_database

    environment, path = settings.ENVIRONMENT, file.absolute()
    with progress(Text(en="Backup", ja="バックアップ")) as report:
        start_database(report)
        manifest = write_backup(
            path,
            owner=settings.LOGINS[DatabaseRole.OWNER],
            home=environment.home,
            programs=environment.postgres_bin,
            progress=_counting(report),
        )
    taken_at = datetime.now(UTC)
    (environment.home / "last-backup.json").write_text(json.dumps({"taken_at": taken_at, "file": path}, default=str))
    _tell(
        Text(
            en=f"{path}: {manifest.rows:,} rows in {len(manifest.tables)} tables, {len(manifest.files)} files.",
            ja=f"{path}: {len(manifest.tables)} テーブル {manifest.rows:,} 行、ファイル {len(manifest.files)} 件。",
        ),
        path,
        manifest.rows,
        len(manifest.files),
        as_json=as_json,
    )
    if changed := anchor(anchors_here(), at=taken_at):
        raise NotAsAnchored.told(changed, anchors_here())


def restore(file: BackupFile, as_json: AsJson = False) -> None:
    """Restore a backup; says yes only when rows, sequences and files are equal to those of the day of the backup."""
    from django.conf import settings

    from kanjo.platform.database.backup import read_backup
    from kanjo.platform.database.roles import DatabaseRole
    from kanjo.surfaces.console.steps import start_database

    environment, path = settings.ENVIRONMENT, file.absolute()
    with progress(Text(en="Restore", ja="復元")) as report:
        start_database(report)
        manifest = read_backup(
            path,
            owner=settings.LOGINS[DatabaseRole.OWNER],
            home=environment.home,
            programs=environment.postgres_bin,
            application=environment.database_role,
            progress=_counting(report),
        )
    _tell(
        Text(
            en=f"Restored and equal: {manifest.rows:,} rows, {len(manifest.files)} files. Start with: kanjo up",
            ja=f"復元し、一致を確認しました: {manifest.rows:,} 行、ファイル {len(manifest.files)} 件。起動: kanjo up",
        ),
        path,
        manifest.rows,
        len(manifest.files),
        as_json=as_json,
    )


def _counting(report: Report) -> Callable[[int, int], None]:
    return lambda done, total: report(done, total, Text(en=f"Table {done} of {total}", ja=f"テーブル {done} / {total}"))


def _tell(sentence: Text, path: Path, rows: int, files: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(path), "rows": rows, "files": files})
    else:
        say(sentence, style="green")

"""`kanjo down` stops everything; `kanjo reset` also wipes the data of the installation."""

from __future__ import annotations

import shutil

import typer

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.speaking import Yes, said, say


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command(help=said("Stop Kanjo.", "Kanjo を停止します。"))(down)
    cli.command(help=said("Stop Kanjo and wipe its data.", "Kanjo を停止し、データをすべて消去します。"))(reset)


def down() -> None:
    """Stop the web server, the worker and the embedded database."""
    if _stop_all():
        say(Text(en="Kanjo is stopped.", ja="Kanjo を停止しました。"))
    else:
        say(Text(en="Kanjo was not running.", ja="Kanjo は起動していませんでした。"))


def reset(yes: Yes = False) -> None:
    """Wipe the database, files and settings in KANJO_HOME. A database behind a URL is left alone."""
    from django.conf import settings

    from kanjo.surfaces.console.refusals import NotConfirmed

    home = settings.ENVIRONMENT.home
    question = said(
        f"Everything in {home} is deleted: database, files, mail, keys. Go ahead?",
        f"{home} のデータ（データベース、ファイル、メール、鍵）をすべて削除します。よろしいですか？",
    )
    if not yes and not typer.confirm(question):
        raise NotConfirmed
    _stop_all()
    for path in [path for name in MADE_BY_US for path in home.glob(name)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    say(Text(en=f"{home} is empty.", ja=f"{home} を空にしました。"))


# Only what we made: a home that is set to a directory with other things in it keeps them.
MADE_BY_US = (
    "database", "files", "mail", "static", "database-passwords.json", "database.lock", "secret-key", "server.json",
    "server.lock", "server.log", "server.log.1", "up.lock", "last-backup.json", "demonstration-password",
    "anchors", "postgresql-*", "pace-*",
)  # fmt: skip


def _stop_all() -> bool:
    from django.conf import settings

    from kanjo.surfaces.console.serving import House

    served = House(settings.ENVIRONMENT.home).stop()
    server = settings.EMBEDDED_SERVER
    return bool(server is not None and server.stop()) or served

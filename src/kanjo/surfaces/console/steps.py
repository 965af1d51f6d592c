"""What `kanjo up` does, one step after the other; each step finds out itself whether there is anything to do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from kanjo.foundation.texts import Text
from kanjo.platform.database.roles import DatabaseRole
from kanjo.platform.database.schema import current_shape, reshaping, shape_of
from kanjo.surfaces.console.refusals import BooksBroken
from kanjo.surfaces.console.serving import House, answers
from kanjo.surfaces.console.speaking import Report


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, and the act, which returns whether it changed anything."""

    name: Text
    act: Callable[[Report], bool]


def start_database(report: Report) -> bool:
    """Start the embedded server; behind KANJO_DATABASE_URL somebody else does."""
    server = settings.EMBEDDED_SERVER
    if server is None:
        return False
    ran = server.answers()
    server.start()  # looks after its guards even when it runs
    return not ran


def migrate(report: Report) -> bool:
    """Bring the tables to the shape of this version. A server of another version is stopped first."""
    owner, shape = settings.LOGINS[DatabaseRole.OWNER], current_shape()
    if shape_of(owner) == shape:
        return False
    House(settings.ENVIRONMENT.home).stop()
    django.setup()
    with reshaping(owner, application=settings.ENVIRONMENT.database_role, shape=shape):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    return True


def collect_static_files(report: Report) -> bool:
    """Lay out the static files under names that hold their digest."""
    root = Path(settings.STATIC_ROOT)
    stamp, digest = root / ".digest", _static_digest(settings.STATICFILES_DIRS)
    if stamp.exists() and stamp.read_text("ascii") == digest:
        return False
    django.setup()
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest, "ascii")
    return True


def _static_digest(directories: Iterable[Path]) -> str:
    digest = hashlib.sha256(" ".join(version(name) for name in ("django", "django-allauth", "whitenoise")).encode())
    for path in sorted(path for directory in directories for path in Path(directory).rglob("*") if path.is_file()):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def play_history(report: Report) -> bool:
    """Play the history of the example's made-up company, unless that was done or the data is somebody's own.

    Then the books must hold: refuses `BooksBroken`. Where it was done, only the books of a new year are opened.
    """
    django.setup()
    from kanjo.processes import history
    from kanjo.surfaces.console.sign_ins import password

    at, changed = datetime.now(UTC), False
    for folder in _examples(made_up=True):
        script = history.read_script(folder)
        if history.is_played(script):
            changed |= history.open_books(script, at=at)
            continue
        history.play(script=script, password=password(), at=at, report=report)
        _refuse_broken(report, script.charter.code)
        changed = True
    return changed


def play_demonstration(report: Report) -> bool:
    """Take the example's year of deals through the stream, unless that was done or the data is somebody's own.

    Then the books must hold: refuses `BooksBroken`. Where it was done, only the books of a new year are opened.
    """
    django.setup()
    from kanjo.processes import demonstration
    from kanjo.surfaces.console.sign_ins import password

    at, changed = datetime.now(UTC), False
    for folder in _examples(made_up=False):
        if demonstration.is_played():
            changed |= demonstration.open_books(at=at)
            continue
        export = demonstration.read(folder)
        demonstration.refuse_elsewhere(export)
        company_id = demonstration.prepare_company(password=password(), at=at)
        demonstration.take_in(export=export, at=at, report=report)
        demonstration.play(company_id=company_id, at=at, report=report)
        _refuse_broken(report, demonstration.MAVEN.code)
        changed = True
    return changed


def _examples(*, made_up: bool) -> list[Path]:
    """Return the examples that are a made-up company, or those that are an export of a CRM."""
    from kanjo.processes.history import CHARTER

    return [folder for folder in settings.ENVIRONMENT.examples if (folder / CHARTER).exists() is made_up]


def _refuse_broken(report: Report, code: str) -> None:
    from kanjo.processes.verify_books import verify_books

    found = verify_books(company_code=code, report=report)
    if broken := [one.name for checks in found.values() for one in checks if not one.holds]:
        raise BooksBroken(names=", ".join(broken))


def serve(report: Report) -> bool:
    """Start the web server and the worker unless they run for this very version, and wait until they answer."""
    environment, house = settings.ENVIRONMENT, House(settings.ENVIRONMENT.home)
    running, shape = house.running(), _version_served()
    wanted = (environment.address, environment.port, shape)
    if running and (running.address, running.port, running.shape) == wanted and answers(*wanted[:2]):
        return False
    house.start(address=environment.address, port=environment.port, shape=shape)
    return True


def _version_served() -> str:
    """Return a digest of the program as it stands, so that a server of other code is not left running."""
    digest = hashlib.sha256(current_shape().encode())
    package = Path(__file__).parents[2]
    for path in sorted(path for path in package.rglob("*") if path.suffix in {".py", ".html", ".mo", ".typ"}):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


STEPS = [
    Step(Text(en="Database", ja="データベース"), start_database),
    Step(Text(en="Tables", ja="テーブル"), migrate),
    Step(Text(en="Static files", ja="静的ファイル"), collect_static_files),
    Step(Text(en="Web server and worker", ja="Web サーバーとワーカー"), serve),
    Step(Text(en="A made-up Japanese company", ja="架空の日本企業"), play_history),
    Step(Text(en="A year of deals", ja="1年分の商談"), play_demonstration),
]

"""The house with the made-up company, as `./kanjo up` makes it: one that is there, or one made for the measurement."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def demonstration(home: Path | None) -> Iterator[None]:
    """Let Django work on the house that runs in *home*, or on a new one that goes afterwards."""
    made = home is None
    home = home or Path(tempfile.mkdtemp(prefix="kanjo-bench-"))
    os.environ |= {"KANJO_HOME": str(home), "KANJO_DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "kanjo.config.settings"}
    if made:
        home.chmod(0o755)  # the server's account must come through
        os.environ |= {"KANJO_PORT": str(_free_port()), "KANJO_EXAMPLE": str(ROOT / "examples" / "suginamiki")}
    try:
        if made:
            subprocess.run([ROOT / "kanjo", "up"], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        yield
    finally:
        if made:
            subprocess.run([ROOT / "kanjo", "down"], check=False, stdout=subprocess.DEVNULL)
            shutil.rmtree(home)


def port() -> int:
    """Return where the house answers."""
    from django.conf import settings

    from kanjo.surfaces.console.serving import House

    running = House(settings.ENVIRONMENT.home).running()
    assert running is not None, "the house runs"
    return running.port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

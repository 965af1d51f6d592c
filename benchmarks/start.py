"""`./kanjo up`: seconds from a clean clone to the first page and to the end of the demonstration; then once more, warm.

The clean clone makes its Python environment too, so its figures hold the download of the packages. The limit is what
a Python process needs that only sets Django up.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from benchmarks.kit.figures import Figure, tell

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure and tell."""
    scratch = Path(tempfile.mkdtemp(prefix="kanjo-bench-"))
    scratch.chmod(0o755)  # the server's account must come through
    clone, variables = scratch / "kanjo", {"KANJO_HOME": str(scratch / "home"), "KANJO_PORT": str(_free_port())}
    up = [str(clone / "kanjo"), "up"]
    try:
        subprocess.run([shutil.which("git") or "git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first_page, whole = _cold(up, variables)
        warm = _timed(up, variables)
        bare = _timed([sys.executable, "-c", "import django; django.setup()"], variables)
    finally:
        subprocess.run([str(clone / "kanjo"), "down"], check=False, env={**os.environ, **variables})
        shutil.rmtree(scratch)
    tell(
        [
            Figure("up-clean-clone-first-page", first_page, "s", bare, bare / first_page),
            Figure("up-clean-clone-whole", whole, "s"),
            Figure("up-warm", warm, "s", bare, bare / warm),
        ]
    )


def _cold(up: list[str], variables: Mapping[str, str]) -> tuple[float, float]:
    """Return the seconds until the first page answers, and until everything is done."""
    began = time.perf_counter()
    process = subprocess.Popen(up, env={**os.environ, **variables}, stdout=subprocess.DEVNULL)
    while not _page(f"http://127.0.0.1:{variables['KANJO_PORT']}/accounts/login/"):
        assert process.poll() is None, "kanjo up ended before its first page"
        time.sleep(0.1)
    first_page = time.perf_counter() - began
    assert process.wait() == 0, "kanjo up failed"
    return first_page, time.perf_counter() - began


def _page(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _timed(command: list[str], variables: Mapping[str, str]) -> float:
    settings = {"DJANGO_SETTINGS_MODULE": "kanjo.config.settings"}
    began = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, **settings, **variables}, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

"""The `./kanjo` script: prepares the environment once, bears being killed, and needs nothing when it is ready.

It is tried on a small project of its own, whose command prints its arguments and ends with 7.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DOOR = Path(__file__).parents[2] / "kanjo"
PROJECT = """
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"
[project]
name = "kanjo"
version = "1"
[project.scripts]
kanjo = "kanjo_stub:main"
[tool.hatch.build.targets.wheel]
packages = ["kanjo_stub.py"]
"""
STUB = "import sys\ndef main():\n    print(*sys.argv[1:])\n    sys.exit(7)\n"
NO_PIP = {"PIP_NO_INDEX": "1"}  # where pip is called all the same, it fails


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project behind the door, prepared once."""
    project = _project(tmp_path_factory.mktemp("ready"))
    assert _open(project, "hello", "you there").returncode == 7
    return project


def _project(directory: Path) -> Path:
    shutil.copy(DOOR, directory)
    (directory / "pyproject.toml").write_text(PROJECT)
    (directory / "kanjo_stub.py").write_text(STUB)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (directory / lock).write_text("# nothing\n")
    return directory


def _start(project: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "KANJO_PYTHON": sys.executable, "KANJO_LANGUAGE": "en", **variables}
    return subprocess.Popen(
        [str(project / "kanjo"), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True,
    )  # fmt: skip


def _open(project: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    process = _start(project, *words, **variables)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


class TestReadyDoor:
    def test_hands_over(self, project: Path) -> None:
        """A ready door hands over words and exit code without calling pip."""
        told = _open(project, "hello", "you there", **NO_PIP)
        assert (told.returncode, told.stdout, told.stderr) == (7, "hello you there\n", "")

    def test_changed_lock_is_installed(self, project: Path) -> None:
        """After a change of the lock its packages are installed first; a failure is said, and repaired next time."""
        (project / "requirements.lock").write_text("# something else\n")
        told = _open(project, "hello", **NO_PIP)
        assert told.returncode == 1
        assert "could not be installed" in told.stderr
        assert _open(project, "hello").returncode == 7
        assert _open(project, "hello", **NO_PIP).returncode == 7

    def test_moved_project(self, project: Path, tmp_path: Path) -> None:
        """A project that was copied elsewhere is not run with the environment of the old place."""
        moved = tmp_path / "moved"
        shutil.copytree(project, moved, symlinks=True)
        assert "could not be installed" in _open(moved, "hello", **NO_PIP).stderr


class TestFirstTime:
    def test_killed_and_twice_at_once(self, tmp_path: Path) -> None:
        """After a preparation was killed half way, two at once find it, one prepares anew, and both run."""
        project = _project(tmp_path)
        first = _start(project, "first")
        deadline = time.monotonic() + 60
        while not (project / ".venv" / "unfinished").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
        both = [_start(project, "one"), _start(project, "two")]
        told = [process.communicate(timeout=300) for process in both]
        assert [process.returncode for process in both] == [7, 7]
        assert [out for out, _ in told] == ["one\n", "two\n"]
        assert sum("Preparing" in err for _, err in told) == 1


class TestPython:
    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("en", "needs Python 3.11 or newer; found: python3 (Python 3.9.2)"),
            ("ja_JP.UTF-8", "Python 3.11 以降が必要"),
        ],
    )
    def test_too_old(self, tmp_path: Path, language: str, sentence: str) -> None:
        """With an old Python only, the door says which it found and the way out, and leaves nothing behind."""
        project, programs = _project(tmp_path), tmp_path / "programs"
        programs.mkdir()
        for name in ("sh", "dirname", "cat", "printf", "ln", "ps", "sleep", "cmp", "rm", "mv", "readlink"):
            found = shutil.which(name)
            assert found
            (programs / name).symlink_to(found)
        old = programs / "python3"
        old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" || exit 1\n')
        old.chmod(0o755)
        told = _open(project, "up", PATH=str(programs), KANJO_PYTHON="", KANJO_LANGUAGE=language)
        assert told.returncode == 1
        assert sentence in told.stderr
        assert not {".venv", ".venv-lock"} & {path.name for path in project.iterdir()}

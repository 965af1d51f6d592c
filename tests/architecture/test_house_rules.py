"""What holds for the whole tree and no linter knows."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

SOURCES = Path(__file__).parents[2]
PACKAGE = SOURCES / "src" / "kanjo"
LOCKS = ["requirements.lock", "requirements-dev.lock"]


class TestApps:
    def test_none_is_left_out(self) -> None:
        """Every package with tables is listed in the settings, so that its migrations run."""
        found = {".".join(path.parent.relative_to(PACKAGE.parent).parts) for path in PACKAGE.glob("*/*/models.py")}
        assert found - set(settings.INSTALLED_APPS) == set()

    def test_label_is_the_last_word(self) -> None:
        """An app is labelled by the last word of its package."""
        ours = [config for config in apps.get_app_configs() if config.name.startswith("kanjo.")]
        assert [config.label for config in ours] == [config.name.rpartition(".")[2] for config in ours]

    @pytest.mark.django_db(databases=["default", "owner"])
    def test_no_migration_is_missing(self) -> None:
        """The migrations are those of the tables as they are declared."""
        told = StringIO()
        call_command("makemigrations", dry_run=True, skip_checks=True, stdout=told)
        assert told.getvalue().strip() == "No changes detected"


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_names_no_host(self, lock: str) -> None:
        """A lock holds versions and digests, and names no place to fetch from."""
        assert "://" not in (SOURCES / lock).read_text()

    @pytest.mark.parametrize("lock", LOCKS)
    def test_every_package_has_a_digest(self, lock: str) -> None:
        """Each pinned package is held by at least one SHA-256."""
        packages = re.split(r"\n(?=\S)", (SOURCES / lock).read_text().strip())
        assert [package for package in packages if "--hash=sha256:" not in package] == []

    def test_holds_what_the_project_asks_for(self) -> None:
        """The versions in pyproject.toml are those of the locks."""
        asked = set(
            re.findall(
                r'^    "([a-z-]+)(?:\[[a-z,]+\])?==([^"]+)",$', (SOURCES / "pyproject.toml").read_text(), re.MULTILINE
            )
        )
        locked = set(re.findall(r"^([a-z0-9-]+)==(\S+)", (SOURCES / "requirements-dev.lock").read_text(), re.MULTILINE))
        assert len(asked) > 20
        assert asked - locked == set()


class TestContracts:
    def test_an_import_upwards_is_found(self, tmp_path: Path) -> None:
        """The import contracts really look: with one import up the stairs they are broken."""
        shape = (SOURCES / ".importlinter").read_text()
        floors = shape[: shape.index("[importlinter:contract:stages]")].replace("include_external_packages = true", "")
        (tmp_path / ".importlinter").write_text(floors)
        names = ("config", "surfaces", "processes", "reports", "connectors", "domains", "platform", "foundation")
        for name in names:
            (tmp_path / "kanjo" / name).mkdir(parents=True)
            (tmp_path / "kanjo" / name / "__init__.py").write_text("")
        (tmp_path / "kanjo" / "__init__.py").write_text("")
        assert _lint(tmp_path).returncode == 0
        (tmp_path / "kanjo" / "foundation" / "__init__.py").write_text("import kanjo.platform")
        told = _lint(tmp_path)
        assert told.returncode == 1
        assert "kanjo.foundation is not allowed to import kanjo.platform" in told.stdout


def _lint(directory: Path) -> subprocess.CompletedProcess[str]:

    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-c", program, "--no-cache"]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=directory)

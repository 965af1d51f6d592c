"""What never opens what came from outside: no archive, no XML, no text that is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "kanjo"
ARCHIVES = {"zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib", "shutil.unpack_archive"}
XML = {"xml", "lxml", "defusedxml", "openpyxl", "xlrd", "docx", "pandas"}
CODE = {"pickle", "marshal", "shelve", "yaml", "dill", "code", "runpy"}
RUN = {"eval", "exec", "compile", "__import__"}
KNOWN = {
    ("platform/database/backup.py", "tarfile"): "the house's own backup, whose manifest is checked before it is read",
    ("surfaces/web/chosen.py", "zipfile"): "packs our own papers, and unpacks nothing",
    ("surfaces/web/forms.py", "zlib"): "a checksum",
    ("platform/paging.py", "zlib"): "a checksum",
    ("surfaces/api/paging.py", "zlib"): "a checksum",
    ("connectors/peppol/writing.py", "xml"): "writes, and reads nothing",
    (
        "connectors/peppol/reading.py",
        "xml",
    ): "refuses a document type, where entities come from, and what is deep or large",
}
"""Uses that read nothing from outside, each with the reason."""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = str(path.relative_to(PACKAGE))
        if "/tests/" not in place:
            yield place, ast.parse(path.read_text())


def _imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize(
    "modules",
    [
        pytest.param(ARCHIVES, marks=pytest.mark.row("X2"), id="archives"),
        pytest.param(XML, marks=pytest.mark.row("X3"), id="xml"),
        pytest.param(CODE, marks=pytest.mark.row("X5"), id="code"),
    ],
)
def test_nothing_imports_what_would_open_it(modules: set[str]) -> None:
    """No module of ours can unpack an archive, parse XML or load code; a door that will must say so here first."""
    used = {(place, name) for place, tree in _trees() for name in _imports(tree) & modules}
    assert used - set(KNOWN) == set()


@pytest.mark.row("X5")
def test_nothing_runs_text() -> None:
    """Conditions of matrices and what people type are compared by our own code; no text is ever run."""
    found = {
        (place, node.func.id)
        for place, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUN
    }
    assert found == set()


def test_it_looks() -> None:
    """The search finds what it is for, and every exception is still used."""
    assert _imports(ast.parse("import zipfile\nfrom lxml import etree")) == {"zipfile", "lxml"}
    used = {(place, name) for place, tree in _trees() for name in _imports(tree)}
    assert set(KNOWN) <= used

"""An export of a CRM is read, with its cures and mended rows, and gets the digest that names it. No database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kanjo.connectors.crm.cures import read_cures
from kanjo.connectors.crm.mapping import Source, read_mapping
from kanjo.connectors.crm.quarantine import read_mended
from kanjo.connectors.crm.reading import Reading, read_export
from kanjo.connectors.crm.rows import Entity


@dataclass(frozen=True, slots=True)
class CrmExport:
    """An export as read. `files` holds the SHA-256 of every file that went in, `digest` that of them all.

    `mended` names (file, line) of the rows that a person mended.
    """

    reading: Reading
    sources: Mapping[Entity, Source]
    files: Mapping[str, str]
    digest: str
    mended: frozenset[tuple[str, int]]


def read_crm(
    folder: Path,
    *,
    mapping: Path | None = None,
    cures: Path | None = None,
    mended: Path | None = None,
    encoding: str | None = None,
) -> CrmExport:
    """Return the export in *folder*, read as `connectors.crm.reading.read_export` reads it, or refuse it whole."""
    mapping = mapping or folder / "mapping.toml"
    mended_rows = read_mended(mended) if mended else ()
    reading = read_export(
        folder,
        mapping=mapping,
        cures=read_cures(cures) if cures else (),
        mended=mended_rows,
        encoding=encoding,
    )
    sources = read_mapping(mapping).sources
    paths = [mapping, *(folder / source.file for source in sources.values())]
    paths += [cures] if cures else []
    files = {path.name: _sha256(path) for path in paths}
    files |= {f"mended/{path.name}": _sha256(path) for path in (sorted(mended.glob("*.csv")) if mended else [])}
    named = "".join(f"{name} {print_}\n" for name, print_ in sorted(files.items())) + (encoding or "")
    return CrmExport(
        reading=reading,
        sources=sources,
        files=files,
        digest=hashlib.sha256(named.encode()).hexdigest(),
        mended=frozenset((row.file, row.line) for row in mended_rows),
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

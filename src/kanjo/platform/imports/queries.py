"""Reads of imports and of the quarantine."""

from __future__ import annotations

from django.db.models import QuerySet

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.imports.models import Import, QuarantinedRow
from kanjo.platform.imports.rows import HeldFault, HeldRow, ImportId, ImportRow, QuarantinedShown
from kanjo.platform.names import called
from kanjo.platform.tables import NotFound


def find_import(company_id: CompanyId, source: str, digest: str) -> ImportRow | None:
    """Return the import that already took exactly this in, if there is one."""
    rows = _imports(Import.objects.filter(company_id=company_id, source=source, digest=digest))
    return rows[0] if rows else None


def has_imported(company_id: CompanyId, source: str) -> bool:
    """Return whether anything was ever taken in from the source."""
    return Import.objects.filter(company_id=company_id, source=source).exists()


def get_import(import_id: ImportId, actor: Actor) -> ImportRow:
    """Return an import of the actor's companies; refuses `NotFound`."""
    rows = _imports(Import.objects.visible_to(actor).filter(pk=import_id))
    if not rows:
        raise NotFound(what=called(Import), key=import_id)
    return rows[0]


def list_imports(actor: Actor, *, limit: int = 100, offset: int = 0) -> list[ImportRow]:
    """Return the imports of the actor's companies, the newest first."""
    return _imports(Import.objects.visible_to(actor).order_by("-id")[offset : offset + limit])


def count_imports(actor: Actor) -> int:
    """Return how many imports `list_imports` has."""
    return Import.objects.visible_to(actor).count()


def list_quarantine(
    actor: Actor, *, mended: bool = False, rule: str = "", limit: int = 100, offset: int = 0
) -> list[QuarantinedShown]:
    """Return the rows that wait (or were mended) by company, file and line, those with the fault *rule* where given."""
    found = _quarantine(actor, mended, rule).select_related("company")
    return [_shown(row) for row in found.order_by("company", "file", "line", "id")[offset : offset + limit]]


def count_quarantine(actor: Actor, *, mended: bool = False, rule: str = "") -> int:
    """Return how many rows `list_quarantine` has."""
    return _quarantine(actor, mended, rule).count()


def count_waiting(company_id: CompanyId, source: str) -> int:
    """Return how many rows of one source wait in a company."""
    return QuarantinedRow.objects.filter(
        company_id=company_id, source=source, state=QuarantinedRow.State.WAITING
    ).count()


def _quarantine(actor: Actor, mended: bool, rule: str) -> QuerySet[QuarantinedRow]:
    state = QuarantinedRow.State.MENDED if mended else QuarantinedRow.State.WAITING
    found = QuarantinedRow.objects.visible_to(actor).filter(state=state)
    return found.filter(faults__contains=[{"rule": rule}]) if rule else found


def _imports(imports: QuerySet[Import]) -> list[ImportRow]:
    return [
        ImportRow(
            id=ImportId(row.pk),
            company=row.company.code,
            source=row.source,
            digest=row.digest,
            counts=row.counts,
            effective_on=row.effective_on,
            made_by=row.made_by.name,
            recorded_at=row.recorded_at,
        )
        for row in imports.select_related("company", "made_by")
    ]


def _shown(row: QuarantinedRow) -> QuarantinedShown:
    faults = tuple(
        HeldFault(fault["rule"], fault["field"], fault["value"], Text(en=fault["en"], ja=fault["ja"]))
        for fault in row.faults
    )
    return QuarantinedShown(
        id=row.pk,
        company=row.company.code,
        source=row.source,
        row=HeldRow(row.entity, row.key, row.file, row.line, row.cells, faults),
        mended=row.state == QuarantinedRow.State.MENDED,
        found_in=ImportId(row.found_in_id),
        mended_in=None if row.mended_in_id is None else ImportId(row.mended_in_id),
    )

"""Writing an import down, and keeping the rows it could not take until a later one takes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.imports.models import Import, QuarantinedRow
from kanjo.platform.imports.rows import HeldFault, HeldRow, ImportId, Kept

_CONTENT = ("file", "line", "cells", "faults")


def one_at_a_time(company_id: CompanyId, source: str) -> None:
    """Wait until no other transaction imports from *source* into the company; ours holds it until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [f"import {source}", company_id])


@verb("imports.note", Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
def note_import(
    *,
    company_id: CompanyId,
    source: str,
    digest: str,
    counts: Mapping[str, Any],
    held: Sequence[HeldRow],
    taken: Collection[tuple[str, str]],
    on: date,
    by: Actor,
    at: datetime,
) -> Kept:
    """Write down an import with what it left behind; waiting rows among *taken* (entity, key) are mended by it.

    A row that already waits is kept as one, with what is wrong with it now. The same digest is imported once.
    """
    company = SellingCompany.objects.visible_to(by).get(pk=company_id)
    made = Import.objects.create(
        company=company, source=source, digest=digest, counts=dict(counts), effective_on=on, made_by_id=by.id
    )
    waiting = {
        (row.entity, row.key): row
        for row in QuarantinedRow.objects.filter(
            company=company, source=source, state=QuarantinedRow.State.WAITING
        ).select_for_update()
    }
    added = _add([row for row in held if (row.entity, row.key) not in waiting], made)
    _update({(row.entity, row.key): row for row in held}, waiting)
    mended = _mend([row for key, row in waiting.items() if key in taken], made)
    return Kept(ImportId(made.pk), added=added, mended=mended)


def _add(held: Sequence[HeldRow], made: Import) -> int:
    rows = (
        QuarantinedRow(
            company_id=made.company_id,
            source=made.source,
            entity=row.entity,
            key=row.key,
            found_in=made,
            **_content(row),
        )
        for row in held
    )
    return len(QuarantinedRow.objects.bulk_create(rows))


def _update(held: Mapping[tuple[str, str], HeldRow], waiting: Mapping[tuple[str, str], QuarantinedRow]) -> None:
    changed = []
    for key in held.keys() & waiting.keys():
        row, content = waiting[key], _content(held[key])
        if any(getattr(row, name) != content[name] for name in _CONTENT):
            for name in _CONTENT:
                setattr(row, name, content[name])
            changed.append(row)
    if changed:
        QuarantinedRow.objects.bulk_update(changed, _CONTENT, batch_size=500)


def _mend(rows: Sequence[QuarantinedRow], made: Import) -> int:
    ids = [row.pk for row in rows]
    waiting = QuarantinedRow.objects.filter(pk__in=ids, state=QuarantinedRow.State.WAITING)
    return waiting.update(state=QuarantinedRow.State.MENDED, mended_in=made)


def _content(row: HeldRow) -> dict[str, Any]:
    return {"file": row.file, "line": row.line, "cells": dict(row.cells), "faults": [_fault(one) for one in row.faults]}


def _fault(fault: HeldFault) -> dict[str, str]:
    said = fault.sentence
    return {"rule": fault.rule, "field": fault.field, "value": fault.value, "en": said.en, "ja": said.ja}

"""A report page: tables as known on a day at a moment, which the address names, so that it can be made again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.surfaces.readers import exports
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Section
from kanjo.surfaces.web.exports import EXPORTS, exported
from kanjo.surfaces.web.known import KNOWN_AT, ON, moment_shown
from kanjo.surfaces.web.shown import day_shown, said

AS = "as"
"""What the address names beside the day and the moment: the kind of file."""


def report(
    request: DeskRequest,
    title: Text,
    known: AsKnown,
    sections: Sequence[Section],
    note: Text | None = None,
    *,
    file: tuple[Sequence[Column[Any]], Sequence[Any]] = ((), ()),
) -> HttpResponse:
    """Answer with the tables, what they were made as of, and the fields to ask for another day or moment.

    *file* is what the report is as a file: columns and rows.
    """
    columns, rows = file
    if columns and request.GET.get(AS, "") in EXPORTS:
        exports()
        name = f"{said(title)}-{known.effective_on.isoformat()}"
        heads = [said(column.label) for column in columns]
        return exported(request.GET[AS], name, heads, [[column.of(row) for column in columns] for row in rows])
    given = {name: value for name, value in request.GET.items() if name != AS}
    context = {
        "title": title,
        "note": note,
        "sections": sections,
        "charts": any(section.chart for section in sections),
        "known": known.shown,
        "on_name": ON,
        "on": day_shown(known.effective_on),
        "known_at_name": KNOWN_AT,
        "known_at": moment_shown(known.known_at) if known.known_at else "",
        "kept": {name: value for name, value in given.items() if name not in {ON, KNOWN_AT}},
        "exports": [(kind, f"?{urlencode(given | {AS: kind})}") for kind in EXPORTS if rows],
    }
    return render(request, "report.html", context)

"""A report page: tables as known on a day at a moment, which the address names, so that it can be made again."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render

from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Section
from kanjo.surfaces.web.known import KNOWN_AT, ON, moment_shown
from kanjo.surfaces.web.shown import day_shown


def report(
    request: DeskRequest, title: Text, known: AsKnown, sections: Sequence[Section], note: Text | None = None
) -> HttpResponse:
    """Answer with the tables, what they were made as of, and the fields to ask for another day or moment."""
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
        "kept": {name: value for name, value in request.GET.items() if name not in {ON, KNOWN_AT}},
    }
    return render(request, "report.html", context)

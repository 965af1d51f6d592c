"""Stored files go out as they were taken in."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from kanjo.foundation.ids import FileId
from kanjo.platform.files.operations import read
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import SIGNED_IN, door


@door(SIGNED_IN)
def file(request: DeskRequest, key: int) -> HttpResponse:
    """Return a stored file of the company at hand."""
    row, content = read(FileId(key), by=request.desk.actor)
    return as_download(content, row.name, row.media_type)


def as_download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Return bytes to be saved: nothing that people uploaded is ever run or drawn by the browser as ours."""
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    return HttpResponse(content, content_type=media_type, headers=headers)

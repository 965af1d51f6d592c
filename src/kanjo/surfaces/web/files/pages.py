"""Stored files go out as they were taken in, to whoever may see the page that they belong to.

Here are those of pages that everybody reads; a file of a page behind a door of its own goes out next to that page.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from kanjo.domains.billing.queries import is_sent_invoice
from kanjo.domains.contracts.queries import is_signed_paper
from kanjo.domains.quotes.queries import is_quotation
from kanjo.domains.receivables.queries import is_paper
from kanjo.foundation.ids import FileId
from kanjo.foundation.personal import Kind
from kanjo.platform.files.operations import read
from kanjo.platform.tables import NotFound
from kanjo.surfaces.readers import showed
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import door, paper


@door(paper(Kind.ADDRESS))
def file(request: DeskRequest, key: int) -> HttpResponse:
    """Return a quotation, a signed paper, a sent invoice or a paper about payments; any other file is not there."""
    actor, file_id = request.desk.actor, FileId(key)
    if not any(belongs(actor, file_id) for belongs in (is_quotation, is_signed_paper, is_sent_invoice, is_paper)):
        raise NotFound(what=labels.FILE, key=key)
    showed(Kind.ADDRESS, ("files_storedfile", file_id))
    return as_stored(request, file_id)


def as_stored(request: DeskRequest, file_id: FileId) -> HttpResponse:
    """Return a stored file of the company at hand; whether the person may have it, the caller has asked."""
    row, content = read(file_id, by=request.desk.actor)
    return as_download(content, row.name, row.media_type)


def as_download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Return bytes to be saved: nothing that people uploaded is ever run or drawn by the browser as ours."""
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    return HttpResponse(content, content_type=media_type, headers=headers)

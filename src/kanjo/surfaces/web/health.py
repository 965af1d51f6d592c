"""The address that says whether this process serves and reaches the database. It tells nothing else to anybody."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse

from kanjo.surfaces.web.doors import PUBLIC, door


@door(PUBLIC)
def health(request: HttpRequest) -> HttpResponse:
    """Answer "kanjo" when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("kanjo", content_type="text/plain")

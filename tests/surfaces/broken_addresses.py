"""The addresses of the house, and one behind which everything breaks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kanjo.config.urls import urlpatterns as house
from kanjo.surfaces.web.doors import PUBLIC, door


@door(PUBLIC)
def broken(request: HttpRequest) -> HttpResponse:
    """Break, with secrets in reach."""
    password = request.POST.get("password", "")
    assert request.session is not None
    raise RuntimeError(f"broken on purpose ({len(password)})")


urlpatterns = [path("broken", broken), *house]

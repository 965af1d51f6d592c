"""What every template may use: the desk and the menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from kanjo.foundation.actors import ROLE_NAMES
from kanjo.platform.worklist.queries import count_queue
from kanjo.surfaces.web.desk import Desk
from kanjo.surfaces.web.menu import menu_for
from kanjo.surfaces.web.shown import said


def house(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows; nothing before the sign-in."""
    desk: Desk | None = getattr(request, "desk", None)
    if desk is None:
        return {}
    return {
        "desk": desk,
        "menu": menu_for(desk.actor, request.path),
        "waiting": count_queue(desk.actor),
        "roles": [said(ROLE_NAMES[role]) for role in sorted(desk.actor.roles)],
    }

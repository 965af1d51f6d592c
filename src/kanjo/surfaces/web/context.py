"""What every template may use: how it looks, the desk and the menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from kanjo.foundation.actors import ROLE_NAMES
from kanjo.platform.worklist.queries import count_queue_by_subject
from kanjo.surfaces.web.desk import Desk
from kanjo.surfaces.web.look import look_of
from kanjo.surfaces.web.menu import menu_for
from kanjo.surfaces.web.shown import said
from kanjo.surfaces.web.subjects import by_list


def house(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows; before the sign-in that is its look only."""
    desk: Desk | None = getattr(request, "desk", None)
    if desk is None:
        return {"look": look_of(request)}
    queue = count_queue_by_subject(desk.actor)
    return {
        "look": look_of(request),
        "desk": desk,
        "menu": menu_for(desk.actor, request.path, by_list(queue)),
        "waiting": sum(queue.values()),
        "roles": [said(ROLE_NAMES[role]) for role in sorted(desk.actor.roles)],
    }

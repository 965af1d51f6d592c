"""What every template may use: how it looks, the desk and the menu."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.texts import Text
from kanjo.platform.notices.queries import count_unread
from kanjo.platform.worklist.queries import count_queue_by_subject
from kanjo.surfaces.web.days import calendar
from kanjo.surfaces.web.desk import Desk
from kanjo.surfaces.web.look import look_of
from kanjo.surfaces.web.menu import menu_for
from kanjo.surfaces.web.runs.progress import under_way
from kanjo.surfaces.web.shown import said
from kanjo.surfaces.web.subjects import by_list

ALL_WORK = Text(en="All open work", ja="未完了の作業すべて")
"""What an auditor looks at, who does none of it."""


def house(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows; before the sign-in that is its look only."""
    desk: Desk | None = getattr(request, "desk", None)
    if desk is None or getattr(request, "unproven", True):
        return {
            "look": look_of(request),
            "layout": "entrance.html",
            "unproven": desk is not None,
            "passkeys": _takes_passkeys(request),
            "company_sign_in": settings.COMPANY_SIGN_IN.name if settings.COMPANY_SIGN_IN else "",
        }
    queue = count_queue_by_subject(desk.actor)
    return {
        "look": look_of(request),
        "layout": "page.html",
        "calendar": calendar(),
        "passkeys": _takes_passkeys(request),
        "company_sign_in": settings.COMPANY_SIGN_IN.name if settings.COMPANY_SIGN_IN else "",
        "desk": desk,
        "menu": menu_for(desk.actor, request.path, by_list(queue)),
        "under_way": under_way(request),
        "waiting": sum(queue.values()),
        "all_work": ALL_WORK if desk.actor.holds(Role.AUDITOR) else None,
        "unread": count_unread(desk.own),
        "roles": [said(ROLE_NAMES[role]) for role in sorted(desk.actor.roles)],
    }


def _takes_passkeys(request: HttpRequest) -> bool:
    """Return whether browsers keep passkeys for this address: it needs a name, and https but on the machine itself."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    with suppress(ValueError):
        ipaddress.ip_address(host.strip("[]"))
        return False
    return request.is_secure() or host == "localhost"

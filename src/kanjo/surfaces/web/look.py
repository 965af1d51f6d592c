"""How the pages look in one browser: light or dark, dense or roomy."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

THEME, DENSITY = "theme", "density"
CHOICES = {THEME: ("light", "dark", "follow"), DENSITY: ("dense", "roomy")}
"""What may be chosen; the first is what a browser begins with. "follow" does as the device does."""


@dataclass(frozen=True, slots=True)
class Look:
    """The theme and the density that a page is drawn in; `follows` leaves the theme to the device."""

    theme: str
    density: str
    follows: bool


def look_of(request: HttpRequest) -> Look:
    """Return the look that this browser chose."""
    theme, density = (_chosen(request, name) for name in CHOICES)
    return Look("light" if theme == "follow" else theme, density, follows=theme == "follow")


def cookie(name: str) -> str:
    """Return the name of the cookie that keeps a choice."""
    return f"kanjo-{name}"


def _chosen(request: HttpRequest, name: str) -> str:
    given = request.COOKIES.get(cookie(name), "")
    return given if given in CHOICES[name] else CHOICES[name][0]

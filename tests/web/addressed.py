"""Every address of the house, found in Django's own table of routes."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from kanjo.surfaces.web.doors import Door, door_of

FILLED = {"int": "1", "str": "x", "slug": "x", "uuid": "0" * 8}


def every_address() -> Iterator[tuple[str, Door]]:
    """Return each open route as an address somebody might type, with its door."""
    for prefix, route in _routes(get_resolver(), ""):
        who = door_of(ResolverMatch(route.callback, (), {}, route.name))
        if who is not None:
            yield f"/{prefix}{_typed(route.pattern)}", who


def _routes(of: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for one in of.url_patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one, prefix + _typed(one.pattern))
        else:
            yield prefix, one


def _typed(pattern: object) -> str:
    if isinstance(pattern, RegexPattern):
        return "password/reset/key/1-set-password/" if "uidb36" in str(pattern) else "x/"
    assert isinstance(pattern, RoutePattern)
    typed = str(pattern)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").replace("String", "Str").lower()
        typed = typed.replace(f"<{kind}:{name}>", FILLED[kind]).replace(f"<{name}>", "x")
    return typed

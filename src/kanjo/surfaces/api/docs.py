"""The page of the API: every address with what it takes and whose it is, drawn by us from the same description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.api.addresses import openapi
from kanjo.surfaces.doors import SIGNED_IN, door, named

_TITLE = Text(en="API", ja="API")
_SAYS = Text(
    en="Programs call these addresses with a token of yours; they may do what your roles may. Every act needs a key,"
    " under which it is done once:",
    ja="プログラムは利用者のトークンで次のアドレスを呼び出します。操作できる範囲は利用者の役割に従います。"
    "操作の呼び出しには、二重実行を防ぐキーを付けます:",
)
_HEADS = (
    Text(en="Address", ja="アドレス"),
    Text(en="What it does", ja="内容"),
    Text(en="Takes", ja="項目"),
    Text(en="Who may", ja="実行できる役割"),
)
_EVERYBODY = Text(en="everybody", ja="全員")
_DESCRIPTION = Text(en="Description (OpenAPI)", ja="API定義ファイル")


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as it is drawn; `takes` holds (name, kind, whether it must be there)."""

    method: str
    path: str
    summary: str
    takes: tuple[tuple[str, str, bool], ...]
    roles: str


@door(SIGNED_IN)
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation, grouped by its resource."""
    language = Language.JAPANESE if (get_language() or "ja").startswith("ja") else Language.ENGLISH
    groups: dict[str, list[Described]] = {}
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_described(method, path, operation, language))
    context = {
        "title": _TITLE,
        "says": _SAYS,
        "heads": _HEADS,
        "description": _DESCRIPTION,
        "groups": sorted(groups.items()),
    }
    return render(request, "api.html", context)


def _described(method: str, path: str, operation: dict[str, Any], language: Language) -> Described:
    roles = [Role(role) for role in operation["x-roles"]]
    return Described(
        method=method.upper(),
        path=path,
        summary=operation["summary"] if language is Language.ENGLISH else operation["x-summary-ja"],
        takes=tuple(_takes(operation)),
        roles=(named(roles) if roles else _EVERYBODY).said_in(language),
    )


def _takes(operation: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for asked in operation.get("parameters", ()):
        if asked["in"] == "query":
            yield asked["name"], _kind(asked["schema"]), asked["required"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = _resolved(body)
    for name, field in schema.get("properties", {}).items():
        yield name, _kind(field), name in schema.get("required", ())


def _kind(schema: dict[str, Any]) -> str:
    schema = _resolved(schema)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}"
    return str(schema.get("format") or schema.get("type") or "")


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = openapi()["components"]["schemas"][name] if name else schema
    return found

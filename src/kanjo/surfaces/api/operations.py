"""Declarations turned into typed operations: one GET per list, detail and report, one POST per act."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Query
from ninja.params.models import Header as NamedHeader
from pydantic import BaseModel, Field, StringConstraints, create_model

from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Text
from kanjo.platform.access.scopes import Scope
from kanjo.platform.tables import NotFound
from kanjo.surfaces.api.acts import Act, perform, tag_of
from kanjo.surfaces.api.callers import Caller, Token
from kanjo.surfaces.api.fields import Asked
from kanjo.surfaces.api.paging import LONGEST, MOST, USUAL, cursor_at, place_at
from kanjo.surfaces.api.problems import Invalid
from kanjo.surfaces.api.reasons import reason
from kanjo.surfaces.api.resources import Report, Resource
from kanjo.surfaces.api.shapes import Problem, shape_of, told
from kanjo.surfaces.doors import doing

READING = (400, 401, 403, 404, 405, 422, 429, 500, 503)
ACTING = (400, 401, 403, 404, 405, 409, 412, 413, 422, 429, 500, 503)

IdempotencyKey = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$"), NamedHeader(..., alias="Idempotency-Key")
]
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of what was seen: nothing is done to what has changed since.",
}
_ETAG = {200: {"headers": {"ETag": {"required": True, "schema": {"type": "string"}}}}}
_LOCATION = {202: {"headers": {"Location": {"required": True, "schema": {"type": "string"}}}}}


class Done(BaseModel):
    """What came of an act: where to look."""

    resource: str
    id: int | None
    href: str


class Begun(Done):
    """What was begun and is done by the worker: where to look for it, and how it stands now."""

    state: str


class DoneAndTold(Done):
    """What came of an act that makes a secret: it is told in the first answer alone, and null in any later one."""

    secret: str | None


def add_list(api: NinjaAPI, resource: Resource) -> None:
    """Add the list of a resource."""
    companies = {} if resource.shared else {"company_id": Asked}
    filters: dict[str, Any] = {name: (kind, None) for name, kind in {**companies, **resource.filters}.items()}
    paging: dict[str, Any] = {
        "limit": (int, Field(USUAL, ge=1, le=MOST, description="Rows of a page.")),
        "cursor": (str, Field("", max_length=LONGEST, description="`next` of the page before.")),
    }
    asked_for = create_model(f"{_camel(resource.name)}Asked", **filters, **paging)
    fields: dict[str, Any] = {
        "items": (list[shape_of(resource.row)], ...),  # type: ignore[misc]  # made from the row
        "next": (str | None, ...),
    }
    page = create_model(f"{resource.row.__name__}Page", **fields)

    def view(request: HttpRequest, asked: Query[asked_for]) -> HttpResponse:  # type: ignore[valid-type]  # made above
        wanted = _given(request, asked)
        limit, cursor = wanted.pop("limit"), wanted.pop("cursor", "")
        place = place_at(cursor, resource.name, wanted)
        caller = _caller(request).within(wanted.get("company_id"))
        given = {name: value for name, value in wanted.items() if name != "company_id"}
        rows = resource.rows(caller, limit=limit, at=place, **given)
        return _answer(caller, {"items": list(rows), "next": cursor_at(rows.after, resource.name, wanted) or None})

    _add_get(api, resource, view, path=resource.name, shape=page, name=f"list-{resource.name}")


def add_detail(api: NinjaAPI, resource: Resource) -> None:
    """Add the detail of a resource, where it has one."""
    if resource.one is None or resource.whole is None:
        return
    one = resource.one

    def view(request: HttpRequest, key: int) -> HttpResponse:
        _given(request)
        caller = _caller(request)
        seen = one(caller, _bounded(key))
        response = _answer(caller, seen)
        if resource.table:
            response.headers["ETag"] = tag_of(seen)
        return response

    path, whole = f"{resource.name}/{{int:key}}", shape_of(resource.whole)
    tagged = _ETAG if resource.table else {}
    _add_get(api, resource, view, path=path, shape=whole, name=f"get-{resource.name}", responses=tagged)


def add_report(api: NinjaAPI, report: Report) -> None:
    """Add a report."""
    filters: dict[str, Any] = {name: (kind, ... if name == "code" else None) for name, kind in report.filters.items()}
    asked_for = create_model(f"{_camel(report.name)}Asked", **filters)

    def made(request: HttpRequest, key: int, asked: BaseModel | None) -> HttpResponse:
        caller = _caller(request)
        return _answer(caller, report.make(caller, _bounded(key), **_given(request, asked)))

    if filters:

        def view(request: HttpRequest, key: int, asked: Query[asked_for]) -> HttpResponse:  # type: ignore[valid-type]  # made above
            return made(request, key, asked)
    else:

        def view(request: HttpRequest, key: int) -> HttpResponse:  # type: ignore[misc]  # the same without filters
            return made(request, key, None)

    path = f"{report.of}/{{int:key}}/{report.name}"
    _add_get(api, report, view, path=path, shape=shape_of(report.whole), name=report.name)


def add_act(api: NinjaAPI, act: Act, resources: Mapping[str, Resource]) -> None:
    """Add an act."""
    resource, takes = resources.get(act.of), act.takes

    def done(request: HttpRequest, key: int, given: Any) -> HttpResponse:
        _given(request)
        body, again = perform(request, act, resource, _bounded(key) if key else 0, given)
        response = JsonResponse(body, json_dumps_params={"sort_keys": True}, status=202 if act.later else 200)
        if act.later:
            response.headers["Location"] = body["href"]
        if again:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    if "{int:key}" in act.path:

        def view(
            request: HttpRequest,
            key: int,
            given: takes,  # type: ignore[valid-type]  # the schema of this act
            idempotency_key: IdempotencyKey,
        ) -> HttpResponse:
            if not key:
                raise _nothing(key)
            return done(request, key, given)
    else:

        def view(  # type: ignore[misc]  # the same without an id in the address
            request: HttpRequest,
            given: takes,  # type: ignore[valid-type]  # the schema of this act
            idempotency_key: IdempotencyKey,
        ) -> HttpResponse:
            return done(request, 0, given)

    who = doing(act.verbs[0])
    api.default_router.add_api_operation(
        act.path,
        ["POST"],
        view,
        auth=Token(who, Scope.ACT),
        response={**_answers(act), **dict.fromkeys(ACTING, Problem)},
        operation_id=f"do-{act.path.replace('/{int:key}', '').replace('/', '-')}",
        summary=act.title.en,
        tags=[act.path.partition("/")[0]],
        openapi_extra={
            "x-summary-ja": act.title.ja,
            "x-verbs": list(act.verbs),
            "x-roles": [role.value for role in who.roles],
            "parameters": [_IF_MATCH] if resource is not None and resource.table else [],
            "responses": _LOCATION if act.later else {},
        },
    )


def _answers(act: Act) -> dict[int, type[BaseModel]]:
    if act.later:
        return {202: Begun}
    return {200: DoneAndTold if act.tells else Done}


def _add_get(
    api: NinjaAPI,
    of: Resource | Report,
    view: Any,
    *,
    path: str,
    shape: Any,
    name: str,
    responses: Mapping[int, Any] | None = None,
) -> None:
    api.default_router.add_api_operation(
        path,
        ["GET"],
        view,
        auth=Token(of.door, Scope.READ),
        response={200: shape, **dict.fromkeys(READING, Problem)},
        operation_id=name,
        summary=of.title.en,
        tags=[path.partition("/")[0]],
        openapi_extra={
            "x-summary-ja": of.title.ja,
            "x-roles": [role.value for role in of.door.roles],
            "responses": {**(responses or {})},
        },
    )


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by the token
    return caller


def _given(request: HttpRequest, asked: BaseModel | None = None) -> dict[str, Any]:
    """Return what the address asks for; refuses `Invalid` for a name that is not on the list."""
    known = set(type(asked).model_fields) if asked else set()
    unknown = [{"type": "extra_forbidden", "loc": ("query", name)} for name in request.GET if name not in known]
    if unknown:
        raise Invalid([reason(one, _caller(request).language) for one in unknown])
    return {name: value for name, value in (asked.model_dump() if asked else {}).items() if value is not None}


def _bounded(key: int) -> int:
    """Return the id; what no column holds is nowhere."""
    if not 0 < key <= MINOR_MAX:
        raise _nothing(key)
    return key


def _nothing(key: int) -> NotFound:
    return NotFound(what=Text(en="thing", ja="対象"), key=quoted(str(key)))


def _answer(caller: Caller, value: Any) -> HttpResponse:
    response = JsonResponse(told(value, caller.language), json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Language"] = caller.language.value
    return response


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("-"))

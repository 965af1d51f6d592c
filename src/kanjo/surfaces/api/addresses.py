"""Every address of the API, put together from what is declared."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from kanjo.surfaces.api.acts import Act
from kanjo.surfaces.api.operations import add_act, add_detail, add_list, add_report
from kanjo.surfaces.api.problems import MEDIA_TYPE, NoAddress, answer_to, problem
from kanjo.surfaces.api.reads import batches, deals, house, money, webhooks
from kanjo.surfaces.api.reads import holds as holding
from kanjo.surfaces.api.reads import usage as metering
from kanjo.surfaces.api.resources import Resource
from kanjo.surfaces.api.verbs import (
    approvals,
    companies,
    contracts,
    customers,
    holds,
    invoicing,
    papers,
    policies,
    quotes,
    usage,
)
from kanjo.surfaces.api.verbs import money as billing
from kanjo.surfaces.api.verbs import webhooks as telling
from kanjo.surfaces.api.verbs.batches import batch_acts
from kanjo.surfaces.doors import BY_TOKEN, door

EVERY = (
    *deals.RESOURCES,
    *money.RESOURCES,
    *holding.RESOURCES,
    *metering.RESOURCES,
    *house.RESOURCES,
    *batches.RESOURCES,
    *webhooks.RESOURCES,
)
RESOURCES: dict[str, Resource] = {one.name: one for one in EVERY}
REPORTS = (*deals.REPORTS, *house.REPORTS, *money.REPORTS, *holding.REPORTS)
SINGLE: tuple[Act, ...] = (
    *customers.ACTS,
    *quotes.ACTS,
    *approvals.ACTS,
    *contracts.ACTS,
    *billing.ACTS,
    *policies.ACTS,
    *holds.ACTS,
    *usage.ACTS,
    *companies.ACTS,
    *papers.ACTS,
    *invoicing.ACTS,
    *telling.ACTS,
)
ACTS = (*SINGLE, *batch_acts(SINGLE))
COME_AGAIN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_AGAIN = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}}


class Api(NinjaAPI):
    """Our API: every error is a problem document, in the schema as in the answers."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Answer an error."""
        return answer_to(request, exc)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the schema."""
        schema = super().get_openapi_schema(**kwargs)
        problems: dict[str, Any] = {}
        for operations in schema["paths"].values():
            for operation in operations.values():
                for asked in operation.get("parameters", ()):
                    if asked["schema"].get("default", ...) is None:
                        del asked["schema"]["default"]
                for status, answer in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST:
                        content = {MEDIA_TYPE: answer["content"]["application/json"]}
                        again = {"headers": _AGAIN} if int(status) in COME_AGAIN else {}
                        problems[str(status)] = {**answer, "content": content, **again}
                        operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
        schema["components"]["responses"] = problems
        return schema


API = Api(
    title="Kanjo",
    version="1",
    description="From quote to cash and revenue. Every act is done once for each Idempotency-Key.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
for resource in RESOURCES.values():
    add_list(API, resource)
    add_detail(API, resource)
for report in REPORTS:
    add_report(API, report)
for act in ACTS:
    add_act(API, act, RESOURCES)


@cache
def openapi() -> dict[str, Any]:
    """Return the description of the API."""
    described: dict[str, Any] = json.loads(json.dumps(API.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    return described


@csrf_exempt
@door(BY_TOKEN)
def openapi_json(request: HttpRequest) -> HttpResponse:
    """Give the description of the API to anybody: it holds nothing of the house."""
    text = json.dumps(openapi(), ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/json")


@csrf_exempt
@door(BY_TOKEN)
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer that nothing is here."""
    return problem(request, NoAddress())


def _patterns() -> list[URLPattern]:
    every = (pattern for pattern in API.urls[0] if isinstance(pattern, URLPattern))
    patterns = [pattern for pattern in every if pattern.name != "api-root"]
    for pattern in patterns:
        assert pattern.callback is not None, "an operation is a view"
        door(BY_TOKEN)(pattern.callback)
    return patterns


urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi_json, name="openapi"),
    *_patterns(),
    re_path("", nothing, name="api-nothing"),
]

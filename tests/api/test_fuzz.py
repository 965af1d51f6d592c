"""What a machine thinks up from the description: never an error of ours, never an answer that is not described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.generation import GenerationMode

from kanjo.config.wsgi import application
from tests.api.programs import Program
from tests.api.world import OPERATIONS, Operation, ids_of, named
from tests.web.story import Told

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
FEWEST_DONE = 0.25
"""The share of what fits the schema that must be answered with 2xx: what is thought up has to reach the house."""


@pytest.fixture(scope="module")
def described(story: Told) -> Any:
    """The API as it describes itself, without a network."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture(scope="module")
def ids(everybody: Program) -> Mapping[str, int]:
    """One thing of every kind."""
    return ids_of(everybody)


@pytest.fixture(scope="module")
def answered() -> Counter[int]:
    """How often each status was answered to what fits the schema."""
    return Counter()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_no_operation_breaks(
    described: Any,
    everybody: Program,
    ids: Mapping[str, int],
    answered: Counter[int],
    operation: Operation,
    mode: GenerationMode,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever is sent, it is answered as described, and never with an error of ours."""
    fits = mode is GenerationMode.POSITIVE

    @given(case=described[operation.path][operation.method.upper()].as_strategy(generation_mode=mode))
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def tried(case: Any) -> None:
        if operation.keyed and fits:
            case.path_parameters["key"] = ids[operation.of]
        response = case.call(headers=everybody.headers)
        if fits:
            answered[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    tried()
    assert [one for one in caplog.records if one.name.startswith("kanjo.surfaces.api")] == []


def test_enough_was_done(answered: Counter[int]) -> None:
    """What was thought up reached the house: so many of the calls that fit the schema were answered with success."""
    done = sum(number for status, number in answered.items() if status < 300)
    assert done >= FEWEST_DONE * sum(answered.values()), answered

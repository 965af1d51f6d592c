"""What a machine thinks up from the description: never an error of ours, never an answer that is not described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Machine:
    """What thinks up calls: the API as it describes itself, who calls, real ids, and what was answered."""

    described: Any
    caller: Program
    ids: Mapping[str, int]
    answered: Counter[int]


@pytest.fixture(scope="module")
def machine(story: Told, everybody: Program) -> Machine:
    """The machine, for a house in which every kind of thing is there."""
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    return Machine(described, everybody, ids_of(everybody), Counter())


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
@pytest.mark.row("X12")
def test_no_operation_breaks(
    machine: Machine, operation: Operation, mode: GenerationMode, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is sent, it is answered as described, and never with an error of ours."""
    fits = mode is GenerationMode.POSITIVE

    @given(case=machine.described[operation.path][operation.method.upper()].as_strategy(generation_mode=mode))
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def tried(case: Any) -> None:
        if operation.keyed and fits:
            case.path_parameters["key"] = machine.ids[operation.of]
        response = case.call(headers=machine.caller.headers)
        if fits:
            machine.answered[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    tried()
    assert [one for one in caplog.records if one.name.startswith("kanjo.surfaces.api")] == []


def test_enough_was_done(machine: Machine) -> None:
    """What was thought up reached the house: so many of the calls that fit the schema were answered with success."""
    done = sum(number for status, number in machine.answered.items() if status < 300)
    assert done >= FEWEST_DONE * sum(machine.answered.values()), machine.answered

"""The worker's side of a batch: each item by the same door, duties and rules as if it had been sent alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from pydantic import ValidationError

from kanjo.foundation.actors import Actor
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Language, Text
from kanjo.platform.runs.batches import act_of
from kanjo.platform.runs.operations import Failed, ShardResult, ShardTask, execute_run
from kanjo.platform.runs.queries import Started
from kanjo.platform.tables import apart
from kanjo.surfaces.api.acts import Act, Made, done_once
from kanjo.surfaces.api.addresses import RESOURCES, SINGLE
from kanjo.surfaces.api.callers import Caller, NotForYourRole
from kanjo.surfaces.api.problems import ApiRefusal, AtOnce, Invalid, status_of, title_of
from kanjo.surfaces.api.reasons import reason
from kanjo.surfaces.api.verbs.batches import named_as
from kanjo.surfaces.doors import doing, named


def one_by_one(started: Started, by: Actor, at: datetime) -> object:
    """Do the items of a batch, each in a transaction of its own; owns its transactions."""
    name = act_of(started.id)
    act = next(one for one in SINGLE if named_as(one) == name)
    caller = Caller(by, at, by.language)
    return execute_run(run_id=started.id, work=lambda task: _done(act, caller, task), by=by, at=at)


def _done(act: Act, caller: Caller, task: ShardTask) -> ShardResult:
    """Do one item; what is refused takes back the item alone."""
    item = task.scope
    try:
        with apart():
            made = _made(act, caller, item)
    except ValidationError as error:
        return _refused(task, Invalid([_told_in(caller.language, one) for one in error.errors()]), error.errors())
    except Refusal as refusal:
        return _refused(task, refusal)
    except IntegrityError:
        return _refused(task, AtOnce())
    return ShardResult({"acts": 1}, told={"resource": made.resource, "id": made.id})


def _made(act: Act, caller: Caller, item: dict[str, Any]) -> Made:
    who = doing(act.verbs[0])
    if not caller.actor.holds(*who.roles):
        raise NotForYourRole(roles=named(who.roles))
    key = item["key"] or 0
    if bool(key) is not ("{int:key}" in act.path):
        fault = {"type": "extra_forbidden" if key else "missing", "loc": ("body", "given", "key")}
        raise Invalid([reason(fault, caller.language)])
    given = act.takes.model_validate(item["given"])
    return done_once(act, RESOURCES.get(act.of), caller, key, given, if_match=item["if_match"])


def _told_in(language: Language, error: Any) -> dict[str, str]:
    return reason({**error, "loc": ("body", "given", *error["loc"])}, language)


def _refused(task: ShardTask, refusal: Refusal, errors: Any = ()) -> ShardResult:
    """Return the problem of an item in both languages: who reads it says in which."""
    status = status_of(refusal)
    told = {
        "type": f"urn:kanjo:{refusal.rule}",
        "rule": refusal.rule,
        "title": _both(title_of(status)),
        "status": status,
        "detail": _both(refusal.says.filled(**refusal.facts)),
        "remedy": _both(refusal.remedy.filled(**refusal.facts)),
        "at": refusal.at,
        "errors": [_fault(error) for error in errors] or _given_errors(refusal),
    }
    return ShardResult({}, (Failed(("runs_run", task.run_id), refusal),), {"problem": told})


def _fault(error: Any) -> dict[str, Any]:
    ja, en = (_told_in(language, error) for language in (Language.JAPANESE, Language.ENGLISH))
    return {**en, "detail": {"en": en["detail"], "ja": ja["detail"]}}


def _given_errors(refusal: Refusal) -> list[dict[str, Any]]:
    errors = refusal.errors if isinstance(refusal, ApiRefusal) else ()
    return [{**one, "detail": {"en": one["detail"], "ja": one["detail"]}} for one in errors]


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}

"""Many acts of one kind, sent together and done one by one by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, create_model

from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.texts import Text
from kanjo.platform.runs.batches import begin_batch, get_batch, resume_batch
from kanjo.processes.execute_run import put_batch
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller, NotForYourRole
from kanjo.surfaces.api.fields import LINE, Asked, Given, Nothing
from kanjo.surfaces.doors import doing, named

MOST = 10_000
"""Items of one batch."""


class Item(Given):
    """One act: the id in its address where it has one, its body, and the ETag of what was seen, if only on that."""

    key: Asked | None = None
    given: dict[str, Any] = {}
    if_match: Annotated[str, StringConstraints(max_length=200, pattern=LINE)] = ""


def batch_acts(single: Sequence[Act]) -> tuple[Act, ...]:
    """Return the acts on batches of the single acts: all but those that tell a secret or are long work themselves."""
    among = {named_as(act): act for act in single if not (act.tells or act.later)}

    def begin(caller: Caller, _key: int, given: Any) -> Made:
        who = doing(among[given.act].verbs[0])
        if not caller.actor.holds(*who.roles):
            raise NotForYourRole(roles=named(who.roles))
        company = caller.company(given.company_id)
        items = [item.model_dump(mode="json") for item in given.items]
        batch_id = begin_batch(
            company_id=CompanyId(company.id),
            act=given.act,
            items=items,
            on=company.today(caller.now),
            by=caller.within(company.id).actor,
            at=caller.now,
        )
        return _put(caller, batch_id)

    sent: dict[str, Any] = {
        "company_id": (Asked, ...),
        "act": (Literal[tuple(sorted(among))], ...),
        "items": (Annotated[list[Item], Field(min_length=1, max_length=MOST)], ...),
    }
    takes = create_model("Batch", __base__=Given, __doc__="Acts of one kind, for one selling company.", **sent)
    return (
        Act(
            path="batches",
            verbs=("runs.begin-batch",),
            title=Text(en="Send many acts of one kind", ja="同じ操作を一括で送信"),
            takes=takes,
            do=begin,
            later=True,
        ),
        Act(
            path="batches/{int:key}/resume",
            verbs=("runs.resume-batch",),
            title=Text(en="Let a batch that stopped go on", ja="中断した一括操作を再開"),
            takes=Nothing,
            do=_resume,
            of="batches",
            later=True,
        ),
    )


def named_as(act: Act) -> str:
    """Return the address of an act as the description has it."""
    return act.path.replace("{int:key}", "{key}")


def _resume(caller: Caller, key: int, _given: Nothing) -> Made:
    resume_batch(batch_id=RunId(key), by=caller.actor, at=caller.now)
    return _put(caller, RunId(key))


def _put(caller: Caller, batch_id: RunId) -> Made:
    put_batch(batch_id)
    return Made("batches", batch_id, state=get_batch(caller.actor, batch_id).state)

"""Segregation of duties: declared pairs of acts that one person may not both do to the same subject."""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.foundation.actors import Actor
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.audit.queries import who_did


class DutiesConflict(Refusal):
    """The same person already did the other half of a pair that needs two people."""

    rule = "duties.apart"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="{name} already did “{other}” here, so “{verb}” needs another person.",
        ja="{name} さんはこの対象で「{other}」を行ったため、「{verb}」は別の人が行う必要があります。",
    )
    remedy = Text(en="Ask a colleague with the role.", ja="同じ役割を持つ別の担当者に依頼してください。")


APART: dict[str, tuple[str, ...]] = {}
"""For each verb, the acts its doer must not have done to the same subject; filled by `platform.acts.verb`."""


def keep_apart(verb: str, *, subjects: Sequence[tuple[str, int]], by: Actor) -> None:
    """Refuse `DutiesConflict` when *by* did to one of *subjects* (table, id) what *verb* must be kept apart from.

    A deputy is held to what it did itself and to what the absent person did, themselves or through any deputy.
    """
    for person, name in ((by.id, by.name), (by.for_id, by.for_name)):
        done = who_did(verbs=APART[verb], subjects=subjects, persons=[person]) if person is not None else None
        if done:
            raise DutiesConflict(name=name, verb=verb, other=done)


def pairs() -> list[tuple[str, str]]:
    """Return every declared pair (verb, other verb), in order."""
    return sorted((verb, other) for verb, others in APART.items() for other in others)

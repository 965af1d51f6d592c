"""Who holds both halves of a pair of duties that are kept apart, by roles and by what the trail says was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.platform import duties
from kanjo.platform.acts import VERBS


@dataclass(frozen=True, slots=True)
class HeldPair:
    """A pair in one hand: the roles by which its person may do each half, and on how many things it did.

    `both` counts the things to which it did both, itself or through a deputy: the acts themselves refuse that.
    """

    person_id: PersonId
    person: str
    act: str
    other: str
    by_roles: tuple[Role, ...]
    other_by_roles: tuple[Role, ...]
    done: int
    other_done: int
    both: int


def list_held_pairs(actor: Actor) -> list[HeldPair]:
    """Return who may do, or did in the companies of the actor, both halves of a pair; what is wrong stands first."""
    done, both, rows = _done(actor), _both(actor), list[HeldPair]()
    for key, name, active, held in _people():
        for act, other in duties.pairs():
            roles = [_by(held, verb) if active else () for verb in (act, other)]
            counts = [done.get((key, verb), 0) for verb in (act, other)]
            if all(roles) or all(counts):
                twice = both.get((key, act, other), 0)
                rows.append(HeldPair(PersonId(key), name, act, other, roles[0], roles[1], counts[0], counts[1], twice))
    return sorted(rows, key=lambda row: (-row.both, row.act, row.other, row.person, row.person_id))


def _by(held: Sequence[str], verb: str) -> tuple[Role, ...]:
    return tuple(role for role in Role if role in held and role in VERBS[verb].roles)


def _people() -> list[tuple[int, str, bool, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE)
        return list(cursor.fetchall())


def _done(actor: Actor) -> dict[tuple[int, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(_ACTS + _COUNTED, _asked(actor))
        return {(person, verb): count for person, verb, count in cursor.fetchall()}


def _both(actor: Actor) -> dict[tuple[int, str, str], int]:
    pairs = duties.pairs()
    with connection.cursor() as cursor:
        halves = {"acts": [act for act, _ in pairs], "others": [other for _, other in pairs]}
        cursor.execute(_ACTS + _BOTH, _asked(actor) | halves)
        return {(person, act, other): count for person, act, other, count in cursor.fetchall()}


def _asked(actor: Actor) -> dict[str, Any]:
    verbs = sorted({verb for pair in duties.pairs() for verb in pair})
    return {"verbs": verbs, "companies": sorted(actor.companies)}


_PEOPLE = """
SELECT p.id, p.name, p.is_active, array(SELECT role FROM identity_rolegrant g WHERE g.person_id = p.id AND g.active)
FROM identity_person p WHERE NOT p.is_system ORDER BY p.id
"""

# An answer to an item, and a condition that was met, are acts on what the request is about; what waits for others
# because of an act is no thing that it was done to.
_ACTS = """
WITH acts AS MATERIALIZED (
    SELECT DISTINCT who.person, c.verb, coalesce(r.subject, c.subject) AS of, coalesce(r.subject_id, c.subject_id) AS id
    FROM audit_change c
    LEFT JOIN approvals_approvalcondition d ON c.subject = 'approvals_approvalcondition' AND d.id = c.subject_id
    LEFT JOIN approvals_approvalitem i
        ON i.id = CASE WHEN c.subject = 'approvals_approvalitem' THEN c.subject_id ELSE d.item_id END
    LEFT JOIN approvals_approvalrequest r
        ON r.id = CASE WHEN c.subject = 'approvals_approvalrequest' THEN c.subject_id ELSE i.request_id END
    CROSS JOIN LATERAL (VALUES (c.actor_id), (c.for_id)) who (person)
    WHERE c.verb = ANY(%(verbs)s) AND (c.company_id = ANY(%(companies)s) OR c.company_id IS NULL)
        AND who.person IS NOT NULL AND c.subject <> ALL('{outbox_delivery,worklist_workitem}')
)
"""
_COUNTED = "SELECT person, verb, count(*) FROM acts GROUP BY 1, 2"
_BOTH = """
SELECT a.person, a.verb, o.verb, count(*)
FROM unnest(%(acts)s::text[], %(others)s::text[]) AS pair (act, other)
JOIN acts a ON a.verb = pair.act
JOIN acts o ON o.verb = pair.other AND (o.person, o.of, o.id) = (a.person, a.of, a.id)
GROUP BY 1, 2, 3
"""

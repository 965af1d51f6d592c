"""The verbs that no address does, each with the reason; a test holds this list against all verbs of the house."""

from __future__ import annotations

from collections.abc import Mapping

_EXPORT = "Part of taking in an export of another system as a whole: `kanjo import`."
_LEAVING = "Part of letting a person go, which an administrator or HR does at the page that shows what is handed over."

LEFT_OUT: Mapping[str, str] = {
    "access.": "A token is made and revoked by its person, signed in: no token begets another.",
    "bookmarks.": "A person's own arrangement of its pages.",
    "companies.found": "Founding a selling company is done once, at the console, before there is anybody to call.",
    "customers.take-in": _EXPORT,
    "deputies.": "A token never gives or takes rights: the person or an administrator does, signed in.",
    "identity.": "A token never gives or takes rights: an administrator does, signed in or at the console.",
    "identity.dismiss-person": _LEAVING,
    "imports.": _EXPORT,
    "ledger.complete-chart": "Done after an upgrade by whoever runs the installation, at the console.",
    "contracts.hand-over": _LEAVING,
    "opportunities.hand-over": _LEAVING,
    "renewals.hand-over": _LEAVING,
    "worklist.hand-over": _LEAVING,
    "notices.": "A person's own arrangement of what it is told and how.",
    "opportunities.take-in": _EXPORT,
    "runs.note-stop": "Written down by the worker whose run it is.",
    "runs.take-turn": "Taken by the schedule alone, when its time has come.",
    "privacy.": "A reason is given by a person, for one page, at that moment; programs read by role alone.",
    "outbox.deliver-again": "An administrator mends the cause first, at the page that shows it.",
}
"""By the name of the verb, or by its family."""


def why_left_out(verb: str) -> str:
    """Return why no address does a verb, empty for one that is not left out."""
    family = verb.partition(".")[0] + "."
    return LEFT_OUT.get(verb) or LEFT_OUT.get(family, "")

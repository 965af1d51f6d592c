"""The verbs that no address does, each with the reason; a test compares this list with all verbs of the house."""

from __future__ import annotations

from collections.abc import Mapping

_RIGHTS = "A token never gives or takes rights: an administrator does, signed in or at the console."
_EXPORT = "Part of taking in an export of another system as a whole: `kanjo import`."
_MINE = "A token is made and revoked by its person, signed in: no token begets another."

_PAGES = "A person's own arrangement of its pages."

LEFT_OUT: Mapping[str, str] = {
    "access.make-token": _MINE,
    "access.revoke-token": _MINE,
    "bookmarks.drop": _PAGES,
    "bookmarks.keep": _PAGES,
    "companies.found": "Founding a selling company is done once, at the console, before there is anybody to call.",
    "customers.take-in": _EXPORT,
    "identity.admit-person": _RIGHTS,
    "identity.assign-company": _RIGHTS,
    "identity.choose-language": "A call chooses by Accept-Language; the pages are the person's own.",
    "identity.dismiss-person": _RIGHTS,
    "identity.grant-role": _RIGHTS,
    "identity.set-password": _RIGHTS,
    "identity.unassign-company": _RIGHTS,
    "identity.withdraw-role": _RIGHTS,
    "imports.note": _EXPORT,
    "opportunities.take-in": _EXPORT,
    "outbox.deliver-again": "An administrator mends the cause first, at the page that shows it.",
}

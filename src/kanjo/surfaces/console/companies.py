"""The selling company that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kanjo.foundation.texts import Text
from kanjo.surfaces.console.refusals import UnknownName

if TYPE_CHECKING:
    from kanjo.platform.companies.queries import CompanyView


def company_named(code: str) -> CompanyView:
    """Return the selling company of that code; refuses `UnknownName`."""
    from kanjo.platform.companies.queries import list_companies
    from kanjo.platform.identity.queries import house

    known = {company.code: company for company in list_companies(house())}
    if code not in known:
        what = Text(en="selling company", ja="販売会社")
        raise UnknownName(what=what, name=code, known=", ".join(known) or "-")
    return known[code]

"""A customer as a page meets it: shared by all companies, and shown to whoever works in one."""

from __future__ import annotations

from kanjo.domains.customers.facts import CustomerRow
from kanjo.domains.customers.queries import get_customer
from kanjo.foundation.ids import CustomerId
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound
from kanjo.surfaces.web.desk import Desk


def the_customer(desk: Desk, key: int) -> CustomerRow:
    """Return the customer; refuses `NotFound`, to whoever belongs to no company too."""
    if desk.chosen is None:
        raise NotFound(what=ROW_NAMES["customers_customer"], key=key)
    return get_customer(CustomerId(key))

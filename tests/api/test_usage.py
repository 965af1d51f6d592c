"""Usage by API: many events at once, each taken once, what is refused told with its rule."""

from __future__ import annotations

from typing import Any

import pytest

from kanjo.foundation.actors import Role
from tests.api.programs import Program, ordered, program_of
from tests.web.office import Office

pytestmark = pytest.mark.row("BIL-6")

TERMS = {
    "effective_on": "2026-04-01",
    "model": "volume",
    "unit": {"en": "calls", "ja": "呼出し"},
    "tiers": [{"from_units": 0, "price_minor": 10}, {"from_units": 100, "price_minor": 8}],
    "because": "注文書",
}


def an_event(line: int, event_id: str, quantity: int = 70, **also: Any) -> dict[str, Any]:
    return {"order_line_id": line, "event_id": event_id, "used_on": "2026-04-20", "quantity": quantity, **also}


@pytest.fixture
def line(office: Office) -> int:
    """An order line whose usage has a price by volume."""
    operator = program_of(office, Role.SALES_OPERATIONS)
    key: int = operator.asks(f"orders/{ordered(office).order}")["lines"][0]["line"]["order_line_id"]
    assert operator.does(f"order-lines/{key}/usage-price", **TERMS) == key
    return key


@pytest.fixture
def clerk(office: Office) -> Program:
    return program_of(office, Role.RECEIVABLES)


class TestUsage:
    def test_events_are_taken_once_and_told(self, office: Office, line: int, clerk: Program) -> None:
        """The delivery tells how many were taken and known, and each refusal with its place and rule."""
        clerk.does("usage", company_id=office.company_id, events=[an_event(line, "a")])
        events = [an_event(line, "a"), an_event(line, "b", 80), an_event(line, "c", -1), an_event(line, "b", 81)]
        told = clerk.asks(f"usage/{clerk.does('usage', company_id=office.company_id, events=events)}")
        assert (told["accepted"], told["known"], told["source"]) == (1, 1, "api")
        assert [(one["place"], one["event_id"], one["rule"]) for one in told["refused"]] == [
            ("events[2]", "c", "usage.quantity"),
            ("events[3]", "b", "usage.other-content"),
        ]

    def test_a_product_brings_its_price_to_the_order(self, office: Office, clerk: Program) -> None:
        """Set on the product, it stands there, on the quote, and on the line of the order that nobody priced."""
        operator = program_of(office, Role.SALES_OPERATIONS)
        terms = {name: value for name, value in TERMS.items() if name != "because"}
        assert operator.does(f"products/{office.cloud}/usage-price", currency="JPY", **terms) == office.cloud
        (price,) = operator.asks(f"products/{office.cloud}")["usage_prices"]
        assert (price["terms"]["model"], len(price["terms"]["tiers"])) == ("volume", 2)
        deal = ordered(office)
        line, box = operator.asks(f"quotes/{deal.quote}")["offer"]["lines"]
        assert (line["usage"], box["usage"]) == (price["terms"], None)
        key = operator.asks(f"orders/{deal.order}")["lines"][0]["line"]["order_line_id"]
        clerk.does("usage", company_id=office.company_id, events=[an_event(key, "a", 150)])
        assert clerk.asks(f"metered-lines/{key}")["periods"][0]["net"]["minor"] == 1_200

    def test_a_line_tells_what_each_period_costs(self, office: Office, line: int, clerk: Program) -> None:
        """150 calls by volume: all of them at eight yen; corrected to ten, at ten."""
        clerk.does("usage", company_id=office.company_id, events=[an_event(line, "a"), an_event(line, "b", 80)])
        april = clerk.asks(f"metered-lines/{line}")["periods"][0]
        assert (april["quantity"], april["net"]) == (150, {"minor": 1_200, "currency": "JPY"})
        assert [(step["units"], step["price"]["minor"]) for step in april["steps"]] == [(150, 8)]
        for corrects, quantity in (("a", 10), ("b", 0)):
            clerk.does(
                "usage/correct",
                company_id=office.company_id,
                corrects=corrects,
                event_id=f"{corrects}-2",
                used_on="2026-04-20",
                quantity=quantity,
                because="計測誤り",
            )
        assert clerk.asks(f"metered-lines/{line}")["periods"][0]["net"]["minor"] == 100

"""The whole way through the API alone: from the first word to the revenue."""

from __future__ import annotations

from kanjo.foundation.actors import Role
from tests.api.programs import paid, program_of
from tests.plumbing import FreshDatabase
from tests.web.office import an_office


def test_from_quote_to_revenue(fresh_database: FreshDatabase) -> None:
    """A quote is approved, accepted, delivered, billed, paid and recognised by programs, each with its own person."""
    office = an_office()
    deal = paid(office)
    auditor = program_of(office, Role.AUDITOR)
    assert auditor.asks(f"quotes/{deal.quote}")["state"] == "accepted"
    shown = auditor.asks(f"quotes/{deal.quote}/invoices-to-come")
    told = [(one["issued_on"], one["due_on"], one["net"]["minor"], one["tax"]["minor"]) for one in shown["invoices"]]
    assert (shown["joined"], shown["stopped"], len(told)) == (False, None, 12)
    assert told[0] == ("2026-04-01", "2026-05-31", 59_000, 5_900)
    assert auditor.asks(f"opportunities/{deal.opportunity}")["stage"] == "won"
    (contract,) = auditor.asks("contracts")["items"]
    assert (contract["total_minor"], contract["until"]) == (158_000, "2027-04-01")
    (invoice,) = auditor.asks("invoices", order_id=deal.order)["items"]
    lines = auditor.asks(f"invoices/{invoice['id']}")["lines"]
    assert [line["net"]["minor"] for line in lines] == [9_000, 50_000]
    assert all(line["derivation"]["holds"] for line in lines)
    assert lines[0]["derivation"]["sentence"] == "The whole price: no day is left out."
    item = auditor.asks(f"open-items/{invoice['id']}")
    assert (item["amount_minor"], item["open_minor"]) == (64_900, 0)
    assert [one["kind"] for one in item["settled_by"]] == ["payment"]
    months = auditor.asks(f"companies/{office.company_id}/waterfall", on="2026-05-31")["months"]
    # 108,000 yen over 365 days: 295 a day, the first 325 days one more.
    assert (months[0]["month"], months[0]["recognised_minor"], months[0]["to_come_minor"]) == ("2026-04-01", 58_880, 0)
    balances = auditor.asks(f"companies/{office.company_id}/trial-balance", on="2026-05-31")["balances"]
    assert sum(one["amount_minor"] for one in balances) == 0

from __future__ import annotations

from datetime import date

from kanjo.domains.receivables import queries
from kanjo.domains.receivables.tests.desk import DAY, Desk
from kanjo.foundation.times import AsKnown
from tests.builders import NOW


class TestAgeing:
    def test_a_debt_is_shown_as_it_was_known_on_the_day(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100), due_on=date(2026, 4, 10))
        desk.invoices((2, acme, 50), due_on=date(2026, 5, 31))
        desk.allocate(desk.receive(40), 1, 40)
        [before] = queries.ageing(desk.company_id, AsKnown(date(2026, 4, 29))).to_dicts()
        assert (before["open_minor"], before["not_due"], before["days_1_30"]) == (150, 50, 100)
        [after] = queries.ageing(desk.company_id, AsKnown(DAY)).to_dicts()
        assert (after["open_minor"], after["not_due"], after["days_1_30"]) == (110, 50, 60)
        assert queries.ageing(desk.company_id, AsKnown(DAY, NOW)).is_empty(), "nothing was recorded by then"

    def test_a_credit_note_not_used_yet_lessens_no_debt_of_any_age(self, desk: Desk) -> None:
        """It stands in a column of its own; buckets and credits are what is open, as the items and the books say."""
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100), (2, acme, -70), due_on=date(2026, 4, 10))
        desk.invoices((3, acme, 50), due_on=date(2026, 5, 31))
        [row] = queries.ageing(desk.company_id, AsKnown(DAY)).to_dicts()
        assert (row["days_1_30"], row["not_due"], row["credits"]) == (100, 50, -70)
        assert row["open_minor"] == sum(desk.open(item) for item in (1, 2, 3)) == 80
        desk.allocate(desk.receive(100), 1, 100)
        [row] = queries.ageing(desk.company_id, AsKnown(DAY)).to_dicts()
        assert (row["days_1_30"], row["not_due"], row["credits"], row["open_minor"]) == (0, 50, -70, -20)

    def test_late_payers_are_listed_with_amount_and_days_the_longest_overdue_first(self, desk: Desk) -> None:
        acme, beta = desk.customer("Acme"), desk.customer("Beta")
        desk.invoices((1, acme, 100), (2, acme, 30), due_on=date(2026, 4, 20))
        desk.invoices((3, beta, 50), due_on=date(2026, 4, 10))
        desk.invoices((4, beta, 70), due_on=date(2026, 5, 10))
        late = [(p.customer, p.overdue_minor, p.days_late, p.items) for p in queries.late_payers(desk.by, on=DAY)]
        assert late == [("Beta", 50, 20, 1), ("Acme", 130, 10, 2)]

"""Tells a story from quote to revenue and prints what became of it, for `test_time_zones`."""

from __future__ import annotations

import json
from datetime import date

import conftest  # noqa: F401  # sets Django up, in the zone of this process
from kanjo.foundation.periods import Period
from tests.builders import A_YEAR
from tests.harness.beginning import an_office_at_work
from tests.processes.end_state import end_state

if __name__ == "__main__":
    office, customers = an_office_at_work()
    at_month_end = Period(date(2026, 5, 31), A_YEAR.until)
    office.sell(customers[1], [office.users(3, service=at_month_end)], on=at_month_end.start)
    office.bill(date(2026, 6, 30))
    office.recognise(date(2026, 7, 1))
    print(json.dumps(end_state(), default=str, ensure_ascii=False))  # noqa: T201  # what it prints is its result

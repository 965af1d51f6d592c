"""Forms on how things are invoiced: the limit of runs, what stands together, instalments and milestones."""

from __future__ import annotations

import re

from kanjo.foundation.actors import Role
from tests.builders import TODAY, a_company, an_actor
from tests.web.office import Desk, Office, faults, ordered

ON = {"on": TODAY.isoformat()}


class TestLimit:
    def test_above_it_only_the_cfo_approves(self, office: Office) -> None:
        """The CFO finds the act on the list of runs; a run above the amount waits for the CFO."""
        cfo = office.desk(Role.CFO)
        assert 'href="/runs/limit"' in cfo.see("runs")
        cfo.do("set-run-limit", amount="￥１，０００", **ON)
        ordered(office)
        run = office.desk(Role.RECEIVABLES).do("preview-billing", on="2026-04-30")
        assert "¥1,000" in cfo.see("run", run)
        status, page = office.desk(Role.SALES_OPERATIONS).refused("approve-run", run)
        assert (status, "runs.above-limit" in faults(page)) == (403, True)
        cfo.do("approve-run", run)

    def test_it_holds_from_its_day(self, office: Office) -> None:
        """A run for a day before is not above it."""
        office.desk(Role.CFO).do("set-run-limit", amount="1,000", on="2026-05-01")
        ordered(office)
        run = office.desk(Role.RECEIVABLES).do("preview-billing", on="2026-04-30")
        office.desk(Role.SALES_OPERATIONS).do("approve-run", run)


class TestGrouping:
    def test_what_is_ticked_keeps_lines_apart(self, office: Office) -> None:
        """Two contracts stand on one invoice once nothing keeps them apart; the form shows what holds."""
        desk, customer = office.desk(Role.RECEIVABLES), office.customer_id
        assert f'href="/customers/{customer}/grouping"' in desk.see("customer", customer)
        assert ticked(desk.see("choose-grouping", customer)) == ["contract"]
        for _ in range(2):
            ordered(office)
        before = desk.see("run", desk.do("preview-billing", on="2026-04-30"))
        desk.do("choose-grouping", customer, **ON)
        assert ticked(desk.see("choose-grouping", customer)) == []
        after = desk.see("run", desk.do("preview-billing", on="2026-04-29"))
        assert [invoices_in(page) for page in (before, after)] == [2, 1]
        desk.do("choose-grouping", customer, keys=["tag", "line"], on="2099-01-01")
        assert ticked(desk.see("choose-grouping", customer)) == []

    def test_it_is_for_the_company_at_hand(self, office: Office) -> None:
        """What one company chose for a payer changes nothing in another."""
        office.desk(Role.RECEIVABLES).do("choose-grouping", office.customer_id, keys=["line"], **ON)
        other = Desk.of(an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")], name="隣社 花子"))
        assert ticked(other.see("choose-grouping", office.customer_id)) == ["contract"]


def ticked(page: str) -> list[str]:
    """Return the codes of the boxes that are ticked."""
    return re.findall(r'value="(\w+)" checked', page)


def invoices_in(page: str) -> int:
    """Return how many invoices a run would issue, by its preview."""
    found = re.search(r"請求書件数.*?>(\d+)<", page, re.DOTALL)
    assert found
    return int(found[1])

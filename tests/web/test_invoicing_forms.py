"""Forms on how things are invoiced: the limit of runs, what stands together, instalments and milestones."""

from __future__ import annotations

from kanjo.foundation.actors import Role
from tests.builders import TODAY
from tests.web.office import Office, faults, ordered

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

"""The books are opened a year at a time, by whom it is for."""

from __future__ import annotations

from datetime import date

import pytest

from kanjo.foundation.actors import Role
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import PeriodMissing, post
from tests.builders import BOOKS
from tests.web.office import Office, billed, faults
from tests.web.test_forms import everything

NEXT = {"year": BOOKS.until.isoformat()}


def entry(office: Office) -> JournalEntry:
    """Return an entry in the first month after the books."""
    return JournalEntry(
        company_id=office.company_id,
        effective_on=BOOKS.until.replace(day=10),
        currency="JPY",
        source="billing_invoice",
        source_id=7,
        sides=(Side(AccountCode.RECEIVABLE, 1100), Side(AccountCode.CONTRACT_LIABILITY, -1100)),
    )


class TestOpenTheNextYear:
    @pytest.mark.parametrize("role", [Role.REV_REC, Role.CFO, Role.ADMINISTRATOR])
    def test_what_was_refused_is_then_accepted(self, office: Office, role: Role) -> None:
        """Rev/Rec or the CFO opens the twelve months after the last period, and an entry dated there is taken."""
        with pytest.raises(PeriodMissing):
            post([entry(office)])
        desk, before = office.desk(role), Period.objects.count()
        assert "次年度の会計期間を開始" in desk.see("periods")
        assert "2030-04-01 から 2031-03-31" in desk.see("open-year")
        desk.do("open-year", **NEXT)
        assert Period.objects.count() == before + 12
        assert len(post([entry(office)])) == 1
        assert Period.objects.latest("start").until == date(2031, 4, 1)

    def test_a_form_out_of_date_opens_nothing(self, office: Office) -> None:
        """Two who open the same year open it once."""
        office.desk(Role.REV_REC).do("open-year", **NEXT)
        before = Period.objects.count()
        status, page = office.desk(Role.CFO).refused("open-year", **NEXT)
        assert status == 400
        assert "form.not-a-choice" in faults(page)
        assert Period.objects.count() == before

    @pytest.mark.parametrize("role", [Role.RECEIVABLES, Role.SALES_REP, Role.AUDITOR])
    def test_is_not_for_others(self, office: Office, role: Role) -> None:
        """Who neither recognises revenue nor answers for the books opens none."""
        before = Period.objects.count()
        status, page = office.desk(role).refused("open-year", **NEXT)
        assert status == 403
        assert "access.not-your-page" in faults(page)
        assert Period.objects.count() == before


class TestLockedMeanwhile:
    @pytest.mark.row("T3", "T4")
    def test_a_page_opened_before_the_lock_does_nothing_after_it(self, office: Office) -> None:
        """The form stands open with a day of April; the CFO locks April; what is sent then is refused."""
        deal, clerk = billed(office), office.desk(Role.RECEIVABLES)
        invoice = clerk.key("invoice", "order", deal.order)
        typed = {"on": "2026-04-30", "because": "誤請求"}
        assert "2026" in clerk.see("credit-invoice", invoice)
        april = Period.objects.get(company_id=office.company_id, start=date(2026, 4, 1))
        office.desk(Role.CFO).do("lock-period", april.pk)
        before = everything()
        status, page = clerk.refused("credit-invoice", invoice, **typed)
        assert (status, "<code>ledger.period-locked" in faults(page)) == (409, True), faults(page)
        assert everything() == before
        assert clerk.do("credit-invoice", invoice, **{**typed, "on": "2026-05-01"}) > 0

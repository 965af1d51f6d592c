"""An order is billed by hand: what would be invoiced stands there first, and is what is then invoiced."""

from __future__ import annotations

import re

import pytest

from kanjo.domains.billing.models import Invoice
from kanjo.domains.billing.queries import list_invoices
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from tests.web.office import Desk, Office, faults, ordered

APRIL = {"on": "2026-04-30", "because": "個別の依頼"}


@pytest.fixture
def order(office: Office) -> int:
    """A year of cloud for ten users at 9,000 yen a month, and an appliance that nobody accepted yet."""
    return ordered(office).order


def accepted(office: Office, order: int) -> None:
    desk = office.desk(Role.DEAL_MANAGEMENT)
    [line] = re.findall(r'<option value="(\d+)"[^>]*>専用機器', desk.see("accept-delivery", order))
    desk.do("accept-delivery", order, line=line, on="2026-04-10", evidence="検収書")


def looked(desk: Desk, order: int, on: str) -> str:
    """Return what the form says would come of a day."""
    return desk.client.post(f"/orders/{order}/invoices", {"on": on, "look": "1"}).content.decode()


class TestIssue:
    @pytest.mark.row("SFS-5")
    @pytest.mark.parametrize("role", [Role.RECEIVABLES, Role.SALES_OPERATIONS])
    def test_the_order_leads_to_its_billing(self, office: Office, order: int, role: Role) -> None:
        """Whoever bills finds the act on the order; its form says what is due today, and leads to the invoice."""
        desk = office.desk(role)
        assert f'href="/orders/{order}/invoices"' in desk.see("order", order)
        assert "発行される請求書" in desk.see("issue-invoice", order)
        invoice = desk.do("issue-invoice", order, **APRIL)
        [row] = list_invoices(house())
        assert (row.id, row.issued_on.isoformat()) == (invoice, APRIL["on"])
        assert f'href="/invoices/{invoice}"' in desk.see("order", order)
        assert f'href="/orders/{order}"' not in desk.see("home")

    @pytest.mark.parametrize("language", list(Language))
    def test_what_is_shown_is_what_is_issued(self, office: Office, order: int, language: Language) -> None:
        """To the yen, with tax and total; to look issues nothing, tells nobody and costs no number."""
        accepted(office, order)
        desk, facts = office.desk(Role.RECEIVABLES, language), FactRow.objects.count()
        page = looked(desk, order, APRIL["on"])
        assert (Invoice.objects.count(), FactRow.objects.count()) == (0, facts)
        desk.do("issue-invoice", order, **APRIL)
        [row] = list_invoices(house())
        assert row.number.endswith("000001")
        for amount in (row.net, row.tax, row.total):
            assert amount.shown(language) in page

    @pytest.mark.row("BIL-4")
    def test_a_person_says_why(self, office: Office, order: int) -> None:
        """What would be issued is shown without a reason; nothing is issued without one; it stays with the invoice."""
        desk = office.desk(Role.RECEIVABLES)
        label = desk.see("issue-invoice", order).partition('<label for="because">')[2].partition("</label>")[0]
        assert 'class="must"' in label
        assert "クラウド利用料" in looked(desk, order, APRIL["on"])
        assert "form.missing" not in looked(desk, order, APRIL["on"])
        _, checked = desk.refused("issue-invoice", order, on=APRIL["on"], because="", check="1")
        assert ("クラウド利用料" in checked, "form.missing" in checked) == (True, False)
        status, page = desk.refused("issue-invoice", order, on=APRIL["on"], because=" ")
        assert (status, "form.missing" in faults(page), Invoice.objects.count()) == (400, True, 0)
        page = desk.see("invoice", desk.do("issue-invoice", order, **APRIL))
        assert (page.count("個別の依頼") > 0, "手動発行者" in page, desk.actor.name in page) == (True, True, True)

    def test_later_days_bring_more(self, office: Office, order: int) -> None:
        """Two months are due by the end of May, one line each."""
        page = looked(office.desk(Role.RECEIVABLES), order, "2026-05-31")
        assert len(re.findall(r"クラウド利用料", page)) == 2

    def test_nothing_due_is_told_beside_the_day(self, office: Office, order: int) -> None:
        """Before the first day, and again after it was issued: refused with the way out, nothing more is issued."""
        desk = office.desk(Role.RECEIVABLES)
        for on, issued in (("2026-03-31", 0), (APRIL["on"], 1)):
            if issued:
                desk.do("issue-invoice", order, **APRIL)
            status, page = desk.refused("issue-invoice", order, on=on, because="個別の依頼")
            assert status == 409
            assert "billing.nothing-due" in page.split('id="on-said"')[1].split("</form>")[0]
            assert "billing.nothing-due" in looked(desk, order, on)
            assert Invoice.objects.count() == issued

    def test_a_locked_day_is_told_beside_it_too(self, office: Office, order: int) -> None:
        """No invoice is issued into books that are closed or not open."""
        status, page = office.desk(Role.RECEIVABLES).refused(
            "issue-invoice", order, on="2190-04-30", because="個別の依頼"
        )
        assert status in {400, 409}
        assert 'class="fault"' in page.split('id="on-said"')[1].split("</form>")[0], faults(page)
        assert not Invoice.objects.exists()

    def test_when_all_is_billed_the_order_says_so(self, office: Office, order: int) -> None:
        """The whole year and the appliance are invoiced: no form leads on."""
        accepted(office, order)
        desk = office.desk(Role.RECEIVABLES)
        desk.do("issue-invoice", order, on="2027-03-31", because="個別の依頼")
        page = desk.see("order", order)
        assert "すべて請求済みです" in page
        assert f'href="/orders/{order}/invoices"' not in page

    def test_who_sells_is_told_whose_act_it_is(self, office: Office, order: int) -> None:
        """The seller sees the act among those of others, and its form is refused."""
        desk = office.desk(Role.SALES_REP)
        assert f'href="/orders/{order}/invoices"' not in desk.see("order", order)
        assert desk.refused("issue-invoice", order, **APRIL)[0] == 403
        assert not Invoice.objects.exists()

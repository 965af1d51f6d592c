"""The page of what lacks for the coming invoices leads to where each is mended."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.foundation.actors import Role
from kanjo.platform.companies.models import SellingCompany
from tests.api.programs import program_of
from tests.builders import TODAY
from tests.web.office import Office, ordered
from tests.web.story import contract_of

pytestmark = pytest.mark.row("AR-1")


class TestPage:
    @pytest.mark.parametrize("role", [Role.RECEIVABLES, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT])
    def test_it_leads_to_where_each_is_mended(self, office: Office, role: Role) -> None:
        """From the menu to the page, and from there to the form; what is mended is gone."""
        contract = contract_of(office.desk(Role.RECEIVABLES), ordered(office).order)
        SellingCompany.objects.filter(pk=office.company_id).update(bank_account="")
        desk = office.desk(role)
        assert 'href="/billing-gaps"' in desk.see("invoices")
        with CaptureQueriesContext(connection) as asked:
            page = desk.see("billing-gaps")
        assert len(asked) <= 25
        assert 'href="/billing-gaps/list?lack=bill_to"' in page
        with CaptureQueriesContext(connection) as asked:
            listed = desk.client.get("/billing-gaps/list?lack=bill_to").content.decode()
        assert (len(asked) <= 25, f'href="/customers/{office.customer_id}/bill-to"' in listed) == (True, True)
        for way in (f"/customers/{office.customer_id}/bill-to", "/company"):
            assert f'href="{way}"' in page
        assert f'href="/customers/{office.customer_id}/bill-to"' in desk.see("what-next", contract)
        SellingCompany.objects.filter(pk=office.company_id).update(bank_account="みずほ銀行 東京営業部 普通 1234567")
        desk.do("bill-to-account", office.customer_id, channel="folder", on=TODAY.isoformat(), because="依頼")
        assert "不足している情報はありません" in desk.see("billing-gaps")
        assert f'href="/customers/{office.customer_id}/bill-to"' not in desk.see("what-next", contract)

    def test_a_program_reads_it(self, office: Office) -> None:
        """Of the company, or of one contract."""
        contract = contract_of(office.desk(Role.RECEIVABLES), ordered(office).order)
        clerk, company = program_of(office, Role.RECEIVABLES), f"companies/{office.company_id}/billing-gaps"
        for path in (company, f"{company}?contract_id={contract}"):
            told = clerk.asks(path)["lacking"]
            assert [(one["lack"], one["count"], one["gaps"][0]["payer_id"]) for one in told] == [
                ("bill_to", 1, office.customer_id)
            ]

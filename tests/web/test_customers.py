"""Where a customer stands, as its page and the list tell it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kanjo.domains.contracts.models import Contract
from kanjo.foundation.actors import Role
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from tests.builders import a_customer, a_line
from tests.deals import a_deal
from tests.web.office import Office


def contracted(office: Office) -> Contract:
    """Let the customer's contract have begun ten days ago."""
    began = timezone.localdate() - timedelta(days=10)
    term = Period(began, began + timedelta(days=365))
    a_deal(office.company_id, office.customer_id, [a_line(office.cloud, service=term)], term=term)
    return Contract.objects.get()


class TestStage:
    @pytest.mark.row("CIR-1")
    def test_a_new_customer(self, office: Office) -> None:
        """The page of a customer without a contract says that it is new, and why."""
        desk = office.desk(Role.SALES_REP)
        page = desk.see("customer", office.customer_id)
        assert "新規顧客" in page
        assert "有効な契約も過去の契約もありません。" in page
        assert "New customer" in office.desk(Role.SALES_REP, Language.ENGLISH).see("customer", office.customer_id)

    @pytest.mark.row("CIR-1", "CIR-2")
    def test_an_existing_customer(self, office: Office) -> None:
        """Once its contract is active the page says existing, since which day, and leads to the contract."""
        contract = contracted(office)
        desk = office.desk(Role.SALES_REP)
        page = desk.see("customer", office.customer_id)
        assert "既存顧客" in page
        assert f"契約{contract.number}が{contract.starts_on}に有効になりました。" in page
        facts = page[: page.index("<table")]
        assert re.search(rf'href="/contracts/{contract.pk}"[^>]*>{contract.number}<', facts)
        assert "新規顧客" not in facts

    @pytest.mark.row("CIR-2")
    def test_the_list(self, office: Office) -> None:
        """The list tells the stage of each customer and shows those of one stage, together with a search."""
        contracted(office)
        newcomer = a_customer(name="新芽商会")
        desk = office.desk(Role.SALES_REP)
        assert {"既存顧客", "新規顧客"} <= set(re.findall(r"[新既]\w顧客", desk.see("customers")))
        new, existing = desk.see("customers", stage="new"), desk.see("customers", stage="existing")
        here, there = f'href="/customers/{office.customer_id}"', f'href="/customers/{newcomer}"'
        assert (here in existing, there in existing) == (True, False)
        assert (here in new, there in new) == (False, True)
        assert there not in desk.see("customers", stage="new", q="見当たらない名前")
        assert there in desk.see("customers", stage="new", q="新芽")

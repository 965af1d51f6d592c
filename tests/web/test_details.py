"""Details that change: of customers, products and deals."""

from __future__ import annotations

from datetime import date

import pytest

from kanjo.domains.catalog.queries import get_product, list_prices
from kanjo.domains.customers.models import Customer
from kanjo.domains.customers.queries import details_of, get_customer, list_departments
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import OpportunityId
from kanjo.platform.identity.queries import house
from tests.builders import TODAY, a_customer
from tests.web.office import Office, faults, offer_of, opened
from tests.web.pages import Page
from tests.web.test_forms import CUSTOMER


class TestAmendCustomer:
    def test_the_form_starts_from_what_is_known(self, office: Office) -> None:
        """Sent as it came, with a reason, the form changes nothing; what it does not show stays."""
        Customer.objects.filter(pk=office.customer_id).update(
            established_year=1950, employees=120, annual_revenue_minor=9_000, revenue_currency="JPY"
        )
        desk, before = office.desk(Role.RECEIVABLES), details_of(office.customer_id)
        fields = Page(desk.see("amend-customer", office.customer_id)).fields
        typed = {one["name"]: one.get("value", "") for one in fields if one["type"] == "text"}
        typed |= {"address": before.address, "payment_terms": before.payment_terms, "language": before.language}
        desk.do("amend-customer", office.customer_id, **{**typed, "because": "確認"})
        assert details_of(office.customer_id) == before

    def test_new_details_with_their_reason(self, office: Office) -> None:
        """The new address stands on the page, the old one and the reason in its history."""
        desk, old = office.desk(Role.SALES_REP), get_customer(office.customer_id).address
        typed = {**CUSTOMER, "address": "大阪府大阪市北区梅田1-1", "because": "本社移転"}
        desk.do("amend-customer", office.customer_id, **typed)
        assert get_customer(office.customer_id).name == CUSTOMER["name"]
        page = desk.see("customer", office.customer_id)
        assert "大阪府大阪市北区梅田1-1" in page
        assert "本社移転" in page
        assert f"{old.whole}</del>" in page

    def test_whose_number_it_is(self, office: Office) -> None:
        """A corporate number of another customer is refused beside its field, and nothing has changed."""
        desk, number = office.desk(Role.SALES_REP), "7000012050002"
        desk.do("register-customer", **CUSTOMER, corporate_number=number)
        typed = {**CUSTOMER, "name": "株式会社青葉", "corporate_number": number, "because": "訂正"}
        status, page = desk.refused("amend-customer", office.customer_id, **typed)
        assert status == 409
        assert "customers.already-known" in faults(page)
        assert get_customer(office.customer_id).corporate_number == ""


class TestParent:
    def test_by_its_name_and_away_again(self, office: Office) -> None:
        """A customer is placed under the one of that name; a blank takes it away again."""
        desk, parent = office.desk(Role.SALES_REP), a_customer("若葉ホールディングス株式会社")
        desk.do("place-under", office.customer_id, parent="若葉ホールディングス株式会社")
        assert get_customer(office.customer_id).parent_id == parent
        assert f'href="/customers/{parent}"' in desk.see("customer", office.customer_id)
        assert "若葉ホールディングス株式会社" in desk.see("place-under", office.customer_id)
        desk.do("place-under", office.customer_id, parent="")
        assert get_customer(office.customer_id).parent_id is None

    def test_not_under_itself(self, office: Office) -> None:
        """A customer does not belong to itself, not even by way of another."""
        desk, child = office.desk(Role.SALES_REP), a_customer("若葉株式会社")
        desk.do("place-under", child, parent=get_customer(office.customer_id).name)
        status, page = desk.refused("place-under", office.customer_id, parent="若葉株式会社")
        assert status == 409
        assert "customers.parent-circle" in faults(page)
        assert get_customer(office.customer_id).parent_id is None

    def test_one_of_two(self, office: Office) -> None:
        """Two customers of one name cannot be told apart by it."""
        desk = office.desk(Role.SALES_REP)
        for _ in range(2):
            a_customer("双子商事")
        status, page = desk.refused("place-under", office.customer_id, parent="双子商事")
        assert status == 400
        assert "customers.not-one" in faults(page)


class TestDepartments:
    def test_stand_on_the_page_of_the_customer(self, office: Office) -> None:
        """A department is added once, however often it is typed."""
        desk = office.desk(Role.SALES_REP)
        for _ in range(2):
            desk.do("add-department", office.customer_id, name="情報システム部")
        assert [name for _, name in list_departments(office.customer_id)] == ["情報システム部"]
        assert "情報システム部" in desk.see("customer", office.customer_id)


class TestSetListPrice:
    def test_from_a_day_on(self, office: Office) -> None:
        """The new price stands beside the old one, each from its day; the one of another currency, too."""
        desk = office.desk(Role.SALES_OPERATIONS)
        desk.do("set-list-price", office.cloud, amount="１，２００", currency="JPY", effective_on="R8.5.1")
        desk.do("set-list-price", office.cloud, amount="9.50", currency="USD", effective_on="2026-05-01")
        prices = [(row.effective_on, str(row.amount.minor), row.amount.currency) for row in list_prices(office.cloud)]
        assert prices == [
            (date(2026, 5, 1), "1200", "JPY"),
            (date(2025, 4, 1), "1000", "JPY"),
            (date(2026, 5, 1), "950", "USD"),
        ]
        assert "¥1,200" in desk.see("product", office.cloud)


class TestWithdrawProduct:
    @pytest.mark.parametrize("form", ["draft-quote", "revise-quote"])
    def test_is_quoted_no_more(self, office: Office, form: str) -> None:
        """The day after its last a product is refused by its code; on its last day it still is quoted."""
        rep, operations = office.desk(Role.SALES_REP), office.desk(Role.SALES_OPERATIONS)
        key = deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        if form == "revise-quote":
            key = rep.do("draft-quote", deal, **offer_of(office))
        operations.do("withdraw-product", office.cloud, last_on="2026-03-31")
        assert "2026-03-31" in operations.see("product", office.cloud)
        status, page = rep.refused(form, key, **offer_of(office))
        assert status == 409
        assert "catalog.not-on-sale" in faults(page)
        assert "CLOUD-M" in faults(page)
        operations.do("withdraw-product", office.cloud, last_on=TODAY.isoformat())
        assert get_product(office.cloud, house(), on=TODAY).sold_until == date(2026, 4, 2)
        rep.do(form, key, **offer_of(office))


class TestExpectClose:
    def test_day_and_amount(self, office: Office) -> None:
        """What is expected of a deal stands on its page; a day before it began is refused beside its field."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        rep.do("expect-close", deal, close_on="R8.12.31", value="１，０００，０００")
        row = get_opportunity(OpportunityId(deal), house())
        assert (row.expected_close_on, row.expected_minor) == (date(2026, 12, 31), 1_000_000)
        assert "¥1,000,000" in rep.see("opportunity", deal)
        status, page = rep.refused("expect-close", deal, close_on="2026-03-31", value="1")
        assert status == 400
        at = [one["name"] for one in Page(page).fields if "aria-invalid" in one]
        assert at == ["close_on"]

    def test_not_of_a_lost_deal(self, office: Office) -> None:
        """Nothing is expected of what is lost: no button leads there, and the form is refused."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        rep.do("lose-opportunity", deal, because="予算なし", on=TODAY)
        assert f'href="/opportunities/{deal}/expect"' not in rep.see("opportunity", deal)
        status, _ = rep.refused("expect-close", deal, close_on="2026-12-31", value="1")
        assert status == 409

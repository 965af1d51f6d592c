"""A contract is amended at its page: what it costs stands there first, and its history afterwards."""

from __future__ import annotations

import re

import pytest

from kanjo.domains.billing.queries import list_invoices
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.queries import AmendmentRow, list_amendments
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from tests.web.office import Desk, Office, billed, faults, ordered
from tests.worker import let_work

SWAPPED = {
    Language.JAPANESE: ["−¥4,500", "¥108,000", "¥103,500"],
    Language.ENGLISH: ["−JPY 4,500", "JPY 108,000", "JPY 103,500"],
}
AGREED = {"concluded_on": "2026-04-01", "because": "利用者の増減"}


@pytest.fixture
def contract_id(office: Office) -> ContractId:
    """Ten users and two boxes for a year from April."""
    return ContractId(office.desk(Role.RECEIVABLES).key("contract", "order", ordered(office).order))


@pytest.fixture
def desk(office: Office) -> Desk:
    return office.desk(Role.DEAL_MANAGEMENT)


def last(contract_id: ContractId) -> AmendmentRow:
    return list_amendments(house(), contract_id)[-1]


def line_of(desk: Desk, contract_id: ContractId, form: str = "change-line") -> str:
    return str(re.findall(r'name="line".*?<option value="(\d+)"', desk.see(form, contract_id))[0])


def costs(page: str) -> list[str]:
    """Return credit, charge and net as they stand under the form."""
    section = re.split("<h2>(?:What it costs|金額への影響)</h2>", page)[1].partition("</section>")[0]
    return re.findall(r'class="num[^"]*">([^<]*\d)<', section)


def bill(office: Office, on: str) -> None:
    """Preview, approve and execute a billing run."""
    run = office.desk(Role.RECEIVABLES).do("preview-billing", because="月次請求", on=on)
    office.desk(Role.SALES_OPERATIONS).do("approve-run", run)
    office.desk(Role.RECEIVABLES).do("execute-run", run)
    let_work()


class TestAmending:
    @pytest.mark.row("BIL-7", "BIL-13")
    def test_more_users_from_a_day_on(self, desk: Desk, contract_id: ContractId) -> None:
        """The page says what it costs before it is agreed; then the contract tells both days and its new value."""
        line, more = line_of(desk, contract_id), {"quantity": "15", "net": "", "effective_on": "2026-07-01", **AGREED}
        status, page = desk.refused("change-line", contract_id, line=line, look="1", **more)
        assert (status, "¥40,500" in page, list_amendments(house(), contract_id)) == (200, True, [])
        desk.do("change-line", contract_id, line=line, **more)
        row = last(contract_id)
        assert (row.kind, row.total_minor) == (AmendmentKind.CHANGE, 40_500)
        page = desk.see("contract", contract_id)
        changed = desk.see("order", max(int(key) for key in re.findall(r'href="/orders/(\d+)"', page)))
        assert all(words in changed for words in (row.number, "¥40,500"))
        assert all(words in page for words in (row.number, "2026-07-01", "¥40,500", "変更後の契約金額（税抜）"))

    @pytest.mark.row("SCL-6")
    def test_a_product_more_ends_with_the_contract(self, office: Office, desk: Desk, contract_id: ContractId) -> None:
        """Three users more from October cost six months at list price."""
        desk.do(
            "add-line", contract_id, product=office.cloud, quantity="3", net="", effective_on="2026-10-01", **AGREED
        )
        assert (last(contract_id).kind, last(contract_id).total_minor) == (AmendmentKind.ADD_ON, 18_000)

    @pytest.mark.row("BIL-7", "SCL-6")
    @pytest.mark.parametrize("language", list(Language))
    def test_a_swap_is_one_net_invoice(self, office: Office, language: Language) -> None:
        """Of April half was invoiced in vain; credit, charge and net stand there before the click, then on one bill."""
        deal, desk = billed(office), office.desk(Role.DEAL_MANAGEMENT, language)
        contract_id = ContractId(office.desk(Role.RECEIVABLES).key("contract", "order", deal.order))
        swapped = {
            "line": line_of(desk, contract_id, "swap-line"),
            "product": office.cloud,
            "quantity": "4",
            "net": "18,000",
            "effective_on": "2026-04-16",
            **AGREED,
        }
        status, page = desk.refused("swap-line", contract_id, look="1", **swapped)
        assert (status, costs(page)) == (200, SWAPPED[language])
        desk.do("swap-line", contract_id, **swapped)
        row = last(contract_id)
        assert (row.kind, row.total_minor) == (AmendmentKind.SWAP, 103_500)
        before = {one.id for one in list_invoices(house())}
        bill(office, "2026-04-30")
        (invoice,) = [one for one in list_invoices(house()) if one.id not in before]
        assert invoice.net.minor == 9_000 - 4_500

    @pytest.mark.row("BIL-7")
    @pytest.mark.parametrize("language", list(Language))
    def test_a_split_costs_nothing(self, office: Office, contract_id: ContractId, language: Language) -> None:
        """Four of ten users get an order of their own: nothing is dearer, which the page says first."""
        desk = office.desk(Role.DEAL_MANAGEMENT, language)
        split = {
            "line": line_of(desk, contract_id, "split-line"),
            "quantity": "4",
            "effective_on": "2026-07-01",
            **AGREED,
        }
        status, page = desk.refused("split-line", contract_id, look="1", **split)
        assert (status, [re.sub(r"[^0-9]", "", cost) for cost in costs(page)]) == (200, ["0", "0", "0"])
        for few in ("10", "0"):
            status, page = desk.refused("split-line", contract_id, **{**split, "quantity": few})
            assert (status, list_amendments(house(), contract_id)) == (400, [])
        desk.do("split-line", contract_id, **split)
        assert (last(contract_id).kind, last(contract_id).total_minor) == (AmendmentKind.SPLIT, 0)

    @pytest.mark.row("BIL-9")
    def test_another_billing_day(self, office: Office, desk: Desk, contract_id: ContractId) -> None:
        """From 15 May on: 14 of 30 days and 17 of 31, not a month: worth ¥135 more, which the page says first."""
        moved = {"anchor_on": "2026-05-15", "effective_on": "2026-05-01", **AGREED}
        status, page = desk.refused("change-billing-day", contract_id, look="1", **moved)
        assert (status, costs(page)[-1]) == (200, "¥135")
        desk.do("change-billing-day", contract_id, **moved)
        assert (last(contract_id).kind, last(contract_id).total_minor) == (AmendmentKind.BILLING_DAY, 135)
        days = re.findall(r'value="(2026-[\d-]+)"', office.desk(Role.RECEIVABLES).see("move-billing-day", contract_id))
        assert days[:4] == ["2026-04-01", "2026-05-01", "2026-05-15", "2026-06-15"]

    def test_suspended_resumed_and_withdrawn(self, desk: Desk, contract_id: ContractId) -> None:
        """Each step leads to the next, and all of it withdrawn the contract is worth what it was."""
        assert "休止中ではありません" in desk.see("resume-contract", contract_id)
        desk.do("suspend-contract", contract_id, until="", effective_on="2026-10-01", **AGREED)
        suspended = last(contract_id)
        desk.do("resume-contract", contract_id, amendment=suspended.id, effective_on="2026-11-01", **AGREED)
        resumed = last(contract_id)
        assert (suspended.total_minor, resumed.total_minor) == (-54_000, 45_000)
        desk.do("withdraw-amendment", contract_id, amendment=resumed.id, **AGREED)
        assert sum(one.total_minor for one in list_amendments(house(), contract_id)) == 0

    def test_a_line_ends(self, desk: Desk, contract_id: ContractId) -> None:
        """A line that ended is no longer there to be changed."""
        line = line_of(desk, contract_id)
        desk.do("end-line", contract_id, line=line, effective_on="2026-10-01", **AGREED)
        more = {"line": line, "quantity": "3", "net": "", "effective_on": "2026-11-01", **AGREED}
        status, page = desk.refused("change-line", contract_id, **more)
        assert (status, "orders.changed-outside-service" in faults(page)) == (400, True)

    @pytest.mark.parametrize("language", list(Language))
    @pytest.mark.parametrize("form", ["suspend-contract", "swap-line", "change-billing-day"])
    def test_what_is_refused_stands_beside_its_field(
        self, office: Office, contract_id: ContractId, form: str, language: Language
    ) -> None:
        """A day outside the term is refused at the day, in the reader's language, and nothing is kept."""
        desk = office.desk(Role.DEAL_MANAGEMENT, language)
        line = line_of(desk, contract_id) if form == "swap-line" else ""
        typed = {"line": line, "product": office.cloud, "quantity": "1", "until": "", "anchor_on": "2026-05-15"}
        status, page = desk.refused(form, contract_id, **{**typed, "effective_on": "2027-04-01", **AGREED})
        assert (status, list_amendments(house(), contract_id)) == (400, [])
        assert "2027-04-01" in page.partition('id="effective_on-said">')[2].partition("</div>")[0]

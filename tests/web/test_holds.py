"""Billing held, moved and explained at the desks: what stands on the pages is what the runs then do."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.utils import timezone

from kanjo.domains.billing.models import Invoice, InvoiceLine
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from tests.web.office import Desk, Office, billed, ordered
from tests.web.story import contract_of

HOLD = {"condition": "po_number", "because": "注文番号の確認待ち", "on": "2026-04-01"}
NEXT = {Language.JAPANESE: "2027-01-01", Language.ENGLISH: "2027-01-01"}


@pytest.fixture
def clerk(office: Office) -> Desk:
    return office.desk(Role.RECEIVABLES)


@pytest.fixture
def contract(office: Office, clerk: Desk) -> int:
    """A year of cloud for ten users at ¥9,000 a month from 1 April, and an appliance that waits for acceptance."""
    return contract_of(clerk, ordered(office).order)


def place(desk: Desk, contract: int, **typed: object) -> int:
    return desk.do(
        "place-hold", contract, **{"what": f"contract_id:{contract}", "owner": desk.actor.id, **HOLD, **typed}
    )


def rows(page: str) -> list[str]:
    """Return the rows of all tables of a page as text."""
    found = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in found]


@pytest.mark.row("BIL-10")
class TestHold:
    def test_from_the_contract_to_the_release(self, office: Office, clerk: Desk, contract: int) -> None:
        """Placed with its reason and owner it stands on the contract's page and in the list with its money; released,
        the same page says that the next run bills it."""
        assert f'href="/contracts/{contract}/next"' in clerk.see("contract", contract)
        key = place(clerk, contract)
        page = clerk.see("what-next", contract)
        assert f'href="/holds/{key}"' in page
        assert "注文番号の確認待ち" in page
        money = next(row for row in rows(page) if "請求保留" in row and "注文番号" in row and "¥" in row)
        listed = clerk.see("holds", state="open", condition="po_number", owner="mine")
        assert f'href="/holds/{key}"' in listed
        (total,) = [row for row in rows(listed) if row.startswith("注文番号待ち") and "¥" in row]
        amount = re.findall(r"¥[\d,]+", total)[0]
        assert amount in money
        assert amount in clerk.see("hold", key)
        assert f'href="/holds/{key}"' not in clerk.see("holds", state="released")
        clerk.do("release-hold", key, because="注文書を受領", on="2026-04-02")
        assert "注文書を受領" in clerk.see("hold", key)
        assert f'href="/holds/{key}"' in clerk.see("holds", state="released")
        assert "次の請求処理で請求します" in clerk.see("what-next", contract)

    @pytest.mark.parametrize("scope", ["payer_id", "contract_id", "order_id", "order_line_id"])
    def test_each_of_the_four_may_be_held(self, clerk: Desk, contract: int, scope: str) -> None:
        """The form offers the payer, the contract, its order and each line."""
        options = re.findall(rf'value="({scope}:\d+)"', clerk.see("place-hold", contract))
        assert len(options) == (2 if scope == "order_line_id" else 1)
        key = place(clerk, contract, what=options[0])
        assert f'href="/holds/{key}"' in clerk.see("what-next", contract)

    @pytest.mark.parametrize(("language", "words"), [(Language.JAPANESE, "従量課金"), (Language.ENGLISH, "usage")])
    def test_only_one_kind_of_charge(self, office: Office, contract: int, language: Language, words: str) -> None:
        """Chosen on the form it stands on the hold; what is charged every month is billed all the same."""
        desk = office.desk(Role.RECEIVABLES, language)
        key = place(desk, contract, charge="usage")
        assert words in re.sub(r"<option.*?</option>", "", desk.see("hold", key))
        told = re.findall(r"<tr>(.*?)</tr>", desk.see("what-next", contract), re.DOTALL)
        assert not [row for row in told if f'href="/holds/{key}"' in row and "¥" in row]

    @pytest.mark.parametrize("language", list(Language))
    def test_the_purchase_order_number_releases_it(
        self, office: Office, clerk: Desk, contract: int, language: Language
    ) -> None:
        """The rep types the number on the order's page; it stands there, and the hold that waited for it is over."""
        key, rep = place(clerk, contract), office.desk(Role.SALES_REP, language)
        order = clerk.key("order", "contract", contract)
        assert 'value="PO-1"' in rep.see("note-po-number", order)
        status, page = rep.refused("note-po-number", order, po_number="PO-1", on="2026-04-02")
        assert (status, "orders.same-po-number" in page.partition('id="po_number-said">')[2][:900]) == (409, True)
        rep.do("note-po-number", order, po_number="PO-2026-7", on="2026-04-02")
        deliver(by=house(), at=timezone.now())
        assert "PO-2026-7" in rep.see("order", order)
        assert "PO-2026-7" in clerk.see("hold", key)
        assert f'href="/holds/{key}"' in clerk.see("holds", state="released")

    def test_an_order_on_hold_is_not_billed_by_hand(self, office: Office, clerk: Desk, contract: int) -> None:
        """Whoever tries is told why, by the words of the hold."""
        place(clerk, contract)
        order = clerk.key("order", "contract", contract)
        status, page = clerk.refused("issue-invoice", order, on="2026-04-30", because="依頼")
        assert (status, "billing.on-hold" in page, "注文番号の確認待ち" in page) == (409, True, True)

    def test_it_cannot_be_released_twice(self, clerk: Desk, contract: int) -> None:
        """The second time there is nothing left to do."""
        key = place(clerk, contract)
        clerk.do("release-hold", key, because="済", on="2026-04-02")
        status, page = clerk.refused("release-hold", key, because="済", on="2026-04-02")
        assert (status, "billing.already-released" in page) == (409, True)


@pytest.mark.row("BIL-9")
class TestMoveDay:
    def test_the_day_moves_and_the_reason_stands(self, clerk: Desk, contract: int) -> None:
        """A day to come is chosen; then it is gone from the choice, and the line says from when to when and why."""
        days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', clerk.see("move-billing-day", contract))
        last = days[-1]
        clerk.do("move-billing-day", contract, bill_on=last, moved_to="2027-03-25", because="顧客の依頼")
        page = clerk.see("what-next", contract)
        assert f"{last} の請求を 2027-03-25 に変更: 顧客の依頼" in page
        assert f'value="{last}"' not in clerk.see("move-billing-day", contract)


@pytest.mark.row("AR-1")
@pytest.mark.row("BIL-15")
class TestInvoiceLine:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                Language.JAPANESE,
                ("1期間の金額", "正確な割合", "実日数（期間の実日数で日割り）", "再計算して一致", "収益認識期間"),
            ),
            (
                Language.ENGLISH,
                ("Price of the whole period", "Exact share", "Actual days", "equal", "Recognition period"),
            ),
        ],
    )
    def test_it_explains_its_amount(self, office: Office, language: Language, words: tuple[str, ...]) -> None:
        """From the invoice to the line: price, share, policy in words, four dates, and the chain to the approval."""
        deal = billed(office)
        desk = office.desk(Role.RECEIVABLES, language)
        invoice = desk.key("invoice", "order", deal.order)
        page = desk.see("invoice-line", desk.key("invoice-line", "invoice", invoice))
        assert [word for word in words if word not in page] == []
        assert re.findall(r'href="/(approvals|quotes|contracts|orders|invoices)/\d+"', page)
        issued = Invoice.objects.get(pk=invoice)
        assert (issued.issued_on.isoformat() in page, issued.due_on.isoformat() in page) == (True, True)

    def test_charge_and_credit_lead_to_each_other(self, office: Office, clerk: Desk) -> None:
        """After a credit note of the whole the charge shows it, and that nothing is left; the credit its charge."""
        deal = billed(office)
        invoice = clerk.key("invoice", "order", deal.order)
        note = clerk.do("credit-invoice", invoice, because="取引の取消", on="2026-05-01")
        with transaction.atomic():
            charge, back = (InvoiceLine.objects.filter(invoice_id=key).earliest("id").pk for key in (invoice, note))
        assert f'href="/invoices/lines/{back}"' in clerk.see("invoice-line", charge)
        page = clerk.see("invoice-line", back)
        assert f'href="/invoices/lines/{charge}"' in page
        assert [row for row in rows(page) if row.startswith("返還後の残額") and "¥0" in row]

    def test_a_stranger_is_told_that_there_is_none(self, office: Office, clerk: Desk) -> None:
        """A line that is not there answers like one of another company."""
        assert "billing.line-missing" in clerk.see("invoice-line", 999_999, status=404)

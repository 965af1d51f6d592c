"""Papers about payments: an acknowledgement of what arrived, and the statement of a month."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from kanjo.domains.receivables.models import Acknowledgement, MonthlyStatement
from kanjo.foundation.actors import Role
from kanjo.platform.numbering.models import Issued
from tests.api.programs import program_of
from tests.builders import a_company, a_customer, an_actor
from tests.web.office import Deal, Desk, Office, a_bank_file, billed, faults, paid


def shown(desk: Desk, page: str, key: int) -> str:
    """Return the words of a paper that a page leads to, without the spaces between them."""
    content = desk.client.get(reverse("file", args=[desk.key("file", page, key)])).content
    return re.sub(r"[\s\u200b]", "", "".join(one.extract_text() for one in PdfReader(BytesIO(content)).pages))


def receipt_of(desk: Desk, deal: Deal) -> int:
    return desk.key("receipt", "bank-file", deal.bank_file)


@pytest.fixture
def clerk(office: Office) -> Desk:
    """Accounts Receivable at her desk."""
    return office.desk(Role.RECEIVABLES)


class TestAcknowledgements:
    def test_say_what_arrived_by_rate(self, office: Office, clerk: Desk) -> None:
        """It tells number, addressee, amount, invoice, registration number, the rate, and that no stamp is due."""
        receipt = receipt_of(clerk, paid(office))
        made = clerk.do("acknowledge", receipt, on="2026-06-01")
        row = Acknowledgement.objects.get(pk=made)
        assert (row.number, row.amount_minor, row.rates) == (
            "RCP-2026-000001",
            64_900,
            [{"percent": "10", "reduced": False, "net_minor": 59_000, "tax_minor": 5_900}],
        )
        told = shown(clerk, "acknowledgement", made)
        for words in (
            *("領収書", "株式会社青葉商事御中", "RCP-2026-000001", "¥64,900", "登録番号T1234567890123"),
            *(
                "INV-2026-000001の代金として",
                "受領日2026年5月29日",
                "10%対象¥59,000¥5,900",
                "収入印紙の貼付はありません",
            ),
        ):
            assert words in told, (words, told)
        assert "再発行" not in told
        assert clerk.key("acknowledgement", "receipt", receipt) == made

    def test_are_issued_again_with_the_link_to_the_first(self, office: Office, clerk: Desk) -> None:
        """A second first one is refused; issued again it says 再発行, names the first, and takes the next number."""
        receipt = receipt_of(clerk, paid(office))
        first = clerk.do("acknowledge", receipt, on="2026-06-01")
        status, page = clerk.refused("acknowledge", receipt, on="2026-06-02")
        assert (status, "RCP-2026-000001" in faults(page)) == (409, True)
        again = clerk.do("acknowledge-again", first, because="紛失", on="2026-06-10")
        third = clerk.do("acknowledge-again", again, because="再度紛失", on="2026-06-11")
        rows = Acknowledgement.objects.order_by("id").values_list("number", "first_id", "because")
        assert list(rows) == [
            ("RCP-2026-000001", None, ""),
            ("RCP-2026-000002", first, "紛失"),
            ("RCP-2026-000003", first, "再度紛失"),
        ]
        told = shown(clerk, "acknowledgement", third)
        assert "領収書（再発行）" in told
        assert "初回発行RCP-2026-000001（2026年6月1日）" in told
        assert clerk.key("acknowledgement", "acknowledgement", third) == first
        assert set(Issued.objects.filter(series__kind="acknowledgement").values_list("number", flat=True)) == {1, 2, 3}

    def test_of_a_part_carry_no_rates(self, office: Office, clerk: Desk) -> None:
        """Where an invoice was paid in part nobody knows which rate was paid: the paper says the sum alone."""
        deal = billed(office)
        number = re.findall(r"INV[-\w]+", clerk.see("open-items"))[0]
        deal.bank_file = clerk.do("take-bank-file", statement=a_bank_file("不明", 10_000), on="2026-05-29")
        receipt = receipt_of(clerk, deal)
        status, page = clerk.refused("acknowledge", receipt, on="2026-06-01")
        assert (status, "receivables.acknowledge-unallocated" in page) == (409, True)
        clerk.do("allocate", receipt, number=number, amount="10000", on="2026-05-30", because="")
        made = clerk.do("acknowledge", receipt, on="2026-06-01")
        assert Acknowledgement.objects.get(pk=made).rates == []
        assert "税率別内訳" not in shown(clerk, "acknowledgement", made)

    def test_stay_and_go_to_nobody_else(self, office: Office, clerk: Desk) -> None:
        """The row is changed by nobody; another company finds neither it nor its paper."""
        made = clerk.do("acknowledge", receipt_of(clerk, paid(office)), on="2026-06-01")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE receivables_acknowledgement SET amount_minor = 1")
        stranger = Desk.of(an_actor(*Role, companies=[a_company("kanjo-us")], name="他社 太郎"))
        assert stranger.client.get(reverse("acknowledgement", args=[made])).status_code == 404
        paper = clerk.key("file", "acknowledgement", made)
        assert stranger.client.get(reverse("file", args=[paper])).status_code == 404
        office.desk(Role.SALES_REP).see("acknowledge-again", made, status=403)

    def test_come_by_the_api(self, office: Office, clerk: Desk) -> None:
        """A program acknowledges, reads it and issues it again."""
        receipt = receipt_of(clerk, paid(office))
        program = program_of(office, Role.RECEIVABLES)
        first = program.does(f"receipts/{receipt}/acknowledge", on="2026-06-01")
        again = program.does(f"acknowledgements/{first}/again", because="紛失", on="2026-06-02")
        told = program.asks("acknowledgements", receipt_id=receipt)["items"]
        assert [(one["id"], one["first_id"]) for one in told] == [(again, first), (first, None)]
        assert told[0]["amount"]["minor"] == 64_900


class TestStatements:
    def test_tell_how_one_balance_became_the_next(self, office: Office, clerk: Desk) -> None:
        """Due before, paid, carried, invoiced, tax, due now; the next month begins with what this one asked for."""
        paid(office)
        april = clerk.do("state-month", office.customer_id, month="2026-04-10", on="2026-05-31")
        row = MonthlyStatement.objects.get(pk=april)
        invoiced = (row.net_minor, row.tax_minor)
        assert (row.number, row.previous_minor, row.paid_minor, invoiced, row.total_minor) == (
            "ST-2026-000001", 0, 0, (59_000, 5_900), 64_900,
        )  # fmt: skip
        may = clerk.do("state-month", office.customer_id, month="2026-05-01", on="2026-06-01")
        row = MonthlyStatement.objects.get(pk=may)
        assert (row.previous_minor, row.paid_minor, row.previous_minor - row.paid_minor) == (64_900, 64_900, 0)
        assert row.total_minor == row.net_minor + row.tax_minor
        told = shown(clerk, "statement", april)
        for words in ("請求書（月締め）", "前回請求額", "繰越額", "INV-2026-000001", "¥59,000¥5,900¥64,900"):
            assert words in told, (words, told)

    def test_are_of_a_month_that_is_over_once(self, office: Office, clerk: Desk) -> None:
        """A month that is not over, one that was stated, and one without anything are refused, with the way out."""
        paid(office)
        tried = {"month": "2026-04-10"}
        assert (
            "receivables.statement-month"
            in clerk.refused("state-month", office.customer_id, **tried, on="2026-04-30")[1]
        )
        clerk.do("state-month", office.customer_id, **tried, on="2026-05-01")
        status, page = clerk.refused("state-month", office.customer_id, **tried, on="2026-05-02")
        assert (status, "ST-2026-000001" in faults(page)) == (409, True)
        nobody = a_customer("株式会社無取引", name_kana="")
        status, page = clerk.refused("state-month", nobody, **tried, on="2026-05-01")
        assert (status, "receivables.nothing-to-state" in page) == (409, True)

    def test_take_what_came_later_into_the_next(self, office: Office, clerk: Desk) -> None:
        """A credit note dated back into a stated month stands on the next statement, and no yen is lost."""
        deal = billed(office)
        invoice = clerk.key("invoice", "order", deal.order)
        first = clerk.do("state-month", office.customer_id, month="2026-04-10", on="2026-05-01")
        clerk.do("credit-invoice", invoice, because="誤請求", on="2026-04-30")
        second = clerk.do("state-month", office.customer_id, month="2026-05-10", on="2026-06-01")
        one, two = (MonthlyStatement.objects.get(pk=key) for key in (first, second))
        assert two.previous_minor == one.total_minor
        assert two.net_minor == -one.net_minor
        assert two.total_minor == 0
        assert [number[:2] for number, *_ in two.invoices] == ["CN"]

    def test_come_by_the_api(self, office: Office, clerk: Desk) -> None:
        """A program states a month and reads it."""
        paid(office)
        program = program_of(office, Role.RECEIVABLES)
        given = {"customer_id": office.customer_id, "month": "2026-04-30", "on": "2026-05-31"}
        made = program.does(f"companies/{office.company_id}/statements", **given)
        told = program.asks(f"statements/{made}")
        assert (told["total"]["minor"], told["carried"]["minor"] if "carried" in told else 0) == (64_900, 0)
        assert [one["number"] for one in told["invoices"]] == ["INV-2026-000001"]

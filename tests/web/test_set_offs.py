"""What cancels each other out, and revenue that is taken back."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.domains.receivables.queries import get_open_item, list_open_items, list_receipts
from kanjo.domains.revenue.queries import list_obligations
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.worklist.queries import count_queue
from kanjo.surfaces.web.receivables import set_offs
from tests.api.programs import program_of
from tests.builders import a_customer
from tests.web.office import PAYER, Office, billed, faults, paid
from tests.worker import let_work

DAY = date(2026, 5, 29)
ON = {"on": DAY.isoformat()}


def credited(office: Office) -> tuple[InvoiceId, InvoiceId]:
    """Issue a credit note over the first invoice; return invoice and credit note."""
    deal, clerk = billed(office), office.desk(Role.RECEIVABLES)
    invoice = InvoiceId(clerk.key("invoice", "order", deal.order))
    clerk.do("credit-invoice", invoice, because="誤請求", **ON)
    return invoice, next(row.id for row in list_open_items(house()) if row.open_minor < 0)


def left(item_id: InvoiceId) -> int:
    return get_open_item(house(), item_id).open_minor


class TestSetOff:
    def test_from_either_side(self, office: Office) -> None:
        """A part is set off on the page of the invoice, the rest on that of the credit note."""
        (invoice, credit), clerk = credited(office), office.desk(Role.RECEIVABLES)
        all_of_it = left(invoice)
        assert left(credit) == -all_of_it
        clerk.do("set-off", invoice, other=credit, amount="900", **ON)
        assert (left(invoice), left(credit)) == (all_of_it - 900, 900 - all_of_it)
        clerk.do("set-off", credit, other=invoice, amount=f"{all_of_it - 900:,}", because="誤請求の取消", **ON)
        assert (left(invoice), left(credit)) == (0, 0)
        page = clerk.see("open-item", invoice)
        assert "相殺" in page
        assert "誤請求の取消" in page
        assert f'href="/receivables/{invoice}/set-off"' not in page

    def test_before_it_the_ageing_shows_the_credit_by_itself(self, office: Office) -> None:
        """What is overdue is the whole invoice, the credit stands beside it; page and API say the same."""
        (invoice, credit), clerk = credited(office), office.desk(Role.RECEIVABLES, Language.ENGLISH)
        owed = Money(sum(row.open_minor for row in list_open_items(house()) if row.open_minor > 0), "JPY")
        given = Money(-left(credit), "JPY")
        page, shown = clerk.see("ageing"), (owed.shown(Language.ENGLISH), given.shown(Language.ENGLISH))
        assert "Unapplied credits" in page
        assert "Of {0} owed, {0} is past its due day; credits of {1} are not used yet.".format(*shown) in page
        assert "未相殺の返還額" in office.desk(Role.RECEIVABLES).see("ageing")
        [row] = program_of(office, Role.AUDITOR).asks(f"companies/{office.company_id}/ageing")["customers"]
        buckets = sum(row[name] for name in row if name.startswith(("days_", "not_due")))
        assert (buckets, row["credits"], row["open_minor"]) == (owed.minor, -given.minor, owed.minor - given.minor)
        clerk.do("set-off", invoice, other=credit, amount=str(given.minor), **ON)
        assert "are not used yet" not in clerk.see("ageing")

    def test_not_more_than_there_is(self, office: Office) -> None:
        """One yen above the credit is refused, and nothing is set off."""
        (invoice, credit), clerk = credited(office), office.desk(Role.RECEIVABLES)
        before = left(credit)
        status, page = clerk.refused("set-off", invoice, other=credit, amount=str(1 - before), **ON)
        assert status in {400, 409}
        assert "receivables.above-item" in faults(page)
        assert left(credit) == before

    def test_only_of_one_customer(self, office: Office) -> None:
        """The credit note of one customer is not offered to the invoice of another."""
        other = Office(office.company_id, a_customer("株式会社若葉"), office.cloud, office.box, office.people)
        deal, clerk = billed(other), office.desk(Role.RECEIVABLES)
        foreign = clerk.key("invoice", "order", deal.order)
        _, credit = credited(office)
        status, page = clerk.refused("set-off", foreign, other=credit, amount="1", **ON)
        assert status == 400
        assert "form.not-a-choice" in faults(page)

    def test_only_what_cancels_it_out_counts(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many invoices are nearer due, the credit note is offered; what is left out is told."""
        invoice, credit = credited(office)
        clerk = office.desk(Role.RECEIVABLES, Language.ENGLISH)
        monkeypatch.setattr(set_offs, "OFFERED", 1)
        for one, other in ((invoice, credit), (credit, invoice)):
            page = clerk.see("set-off", one)
            assert f'<option value="{other}"' in page
            assert "There are more" not in page
        monkeypatch.setattr(set_offs, "OFFERED", 0)
        assert "There are more" in clerk.see("set-off", invoice)


def returned_file(amount: int) -> SimpleUploadedFile:
    """Return a statement with a transfer and, a day later, its return by the bank."""
    lines = tuple(
        BankLine(
            line=0,
            bank_reference=f"00000{number}",
            booked_on=DAY,
            value_on=DAY,
            amount=Money(amount, "JPY"),
            payer_name=PAYER,
            text="",
            cancels=cancels,
        )
        for number, cancels in enumerate((False, True), 1)
    )
    statement = BankStatement(
        account="0001-123-1-1234567", holder="カ）カンジョウ", currency="JPY", from_on=DAY, to_on=DAY, lines=lines
    )
    return SimpleUploadedFile("bank.csv", BytesIO(write_statement(statement)).getvalue())


class TestReturnTransfer:
    def test_neither_waits_any_more(self, office: Office) -> None:
        """A transfer that the bank took back is noted on the page of its return; both leave the queue."""
        clerk = office.desk(Role.RECEIVABLES)
        clerk.do("take-bank-file", statement=returned_file(777), **ON)
        assert count_queue(clerk.actor) == 2
        receipts = {row.amount_minor: row.id for row in list_receipts(house())}
        clerk.do("return-transfer", receipts[-777], other=receipts[777], **ON)
        assert [row.left_minor for row in list_receipts(house())] == [0, 0]
        assert count_queue(clerk.actor) == 0
        assert f'href="/receipts/{receipts[777]}/return"' not in clerk.see("receipt", receipts[777])

    def test_only_its_own_return(self, office: Office) -> None:
        """A return of another amount is not offered."""
        clerk = office.desk(Role.RECEIVABLES)
        clerk.do("take-bank-file", statement=returned_file(777), **ON)
        clerk.do("take-bank-file", statement=returned_file(888), **ON)
        receipts = {row.amount_minor: row.id for row in list_receipts(house())}
        status, page = clerk.refused("return-transfer", receipts[777], other=receipts[-888], **ON)
        assert status == 400
        assert "form.not-a-choice" in faults(page)
        assert f'value="{receipts[-777]}"' in clerk.see("return-transfer", receipts[777])


class TestReverseRecognition:
    def test_all_of_a_run_is_taken_back_and_posted_anew(self, office: Office) -> None:
        """After it nothing is recognised; the next run posts the same again."""
        deal, accountant = paid(office), office.desk(Role.REV_REC)

        def recognised() -> int:
            return sum(row.recognised_minor for row in list_obligations(house()))

        before = recognised()
        assert before == 58_880
        accountant.do("reverse-recognition", deal.revenue_run, because="引渡日の誤り")
        assert recognised() == 0
        page = accountant.see("run", deal.revenue_run)
        assert "引渡日の誤り" in page
        assert f'href="/runs/{deal.revenue_run}/take-back"' not in page
        again = accountant.do("recognise", last_on="2026-04-30")
        office.desk(Role.RECEIVABLES).do("approve-run", again)
        accountant.do("execute-run", again)
        let_work()
        assert recognised() == before

    def test_once(self, office: Office) -> None:
        """A run that was taken back is not taken back again."""
        deal, accountant = paid(office), office.desk(Role.REV_REC)
        accountant.do("reverse-recognition", deal.revenue_run, because="引渡日の誤り")
        status, page = accountant.refused("reverse-recognition", deal.revenue_run, because="再度")
        assert status == 409
        assert "runs." in faults(page)

"""The printed invoice: the six items of a qualified invoice, both languages, and sums that agree."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from kanjo.domains.billing.papers.qualified_invoice import (
    BankAccount,
    InvoiceLine,
    InvoicePaper,
    Original,
    RateTotal,
    TotalsDoNotAddUp,
)
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.documents.letter import Addressee, Sender

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def yen(amount: int) -> Money:
    return Money(amount, "JPY")


INVOICE = InvoicePaper(
    language=Language.JAPANESE,
    number="INV-2026-00456",
    issued_on=date(2026, 11, 30),
    supplied=NOVEMBER,
    addressee=Addressee("株式会社東亜製作所", "経理部", postal_code="100-0005", address=("東京都千代田区丸の内1-2-3",)),
    sender=Sender("カンジョウ株式会社", "T8700110005901", "105-0001", ("東京都港区虎ノ門4-5-6",), "03-1234-5678"),
    lines=(
        InvoiceLine("クラウド利用料", Decimal(3), "ID", yen(105), yen(315), Decimal(10), supplied=NOVEMBER),
        InvoiceLine("研修用のお茶", Decimal("1.5"), "箱", yen(2_000), yen(3_000), Decimal(8), reduced=True),
    ),
    rates=(RateTotal(Decimal(10), yen(315), yen(31)), RateTotal(Decimal(8), yen(3_000), yen(240), reduced=True)),
    total=yen(3_586),
    due_on=date(2026, 12, 31),
    bank=BankAccount("みずほ銀行", "虎ノ門支店", "普通", "1234567", "カンジョウ（カ"),
)


def pages(paper: InvoicePaper) -> list[str]:
    """Return what each page shows, without blanks."""
    return [re.sub(r"\s+", "", page.extract_text()) for page in PdfReader(io.BytesIO(paper.as_pdf())).pages]


class TestQualifiedInvoice:
    @pytest.mark.parametrize(
        "item",
        [
            "カンジョウ株式会社登録番号T8700110005901",  # 1 issuer and registration number
            "取引年月日2026年11月1日～2026年11月30日",  # 2 date of supply
            "研修用のお茶※",  # 3 content, the reduced rate marked
            "※は軽減税率対象",
            "10%対象¥315¥31",  # 4 and 5 amount, rate and tax per rate
            "※8%対象（軽減税率）¥3,000¥240",
            "株式会社東亜製作所経理部御中",  # 6 recipient
        ],
    )
    def test_it_shows_every_item_of_the_law(self, item: str) -> None:
        """Consumption Tax Act art. 57-4(1), items 1 to 6."""
        assert item in pages(INVOICE)[0]

    @pytest.mark.parametrize(
        "shown",
        [
            "請求書",
            "ご請求金額¥3,586",
            "お支払期日2026年12月31日",
            "みずほ銀行虎ノ門支店普通1234567カンジョウ（カ",
            "お振込手数料は貴社にてご負担ください",
            "1/1",
        ],
    )
    def test_it_says_how_much_when_and_where_to(self, shown: str) -> None:
        """Total, due date, bank account, fee note and page number stand on it."""
        assert shown in pages(INVOICE)[0]

    @pytest.mark.parametrize(
        "shown",
        [
            "TaxInvoice",
            "RegistrationNo.T8700110005901",
            "Supplyperiod1November2026–30November2026",
            "Taxableat10%JPY315JPY31",
            "※Taxableat8%(reducedrate)JPY3,000JPY240",
            "AmountdueJPY3,586",
            "Duedate31December2026",
        ],
    )
    def test_it_speaks_english(self, shown: str) -> None:
        """The same invoice in English carries the same items."""
        assert shown in pages(replace(INVOICE, language=Language.ENGLISH))[0]

    def test_long_invoices_repeat_their_head(self) -> None:
        """Forty-five lines fill pages that each repeat the head of the table and say which page they are."""
        line = INVOICE.lines[0]
        rate = RateTotal(Decimal(10), yen(315 * 45), yen(1_417))
        shown = pages(replace(INVOICE, lines=(line,) * 45, rates=(rate,), total=yen(315 * 45 + 1_417)))
        assert len(shown) == 3
        for number, page in enumerate(shown, start=1):
            assert "No.品名・内容数量単価税率金額（税抜）" in page
            assert f"{number}/3" in page

    def test_without_a_registration_number_it_claims_none(self) -> None:
        """A company outside Japan sends a plain invoice."""
        paper = replace(INVOICE, language=Language.ENGLISH, sender=Sender("Maven Hardware"))
        assert "TaxInvoice" not in pages(paper)[0]
        assert "Registration" not in pages(paper)[0]

    def test_a_draft_is_marked(self) -> None:
        """A draft carries its mark on every page, the issued one does not."""
        assert "下書き" in pages(replace(INVOICE, draft=True))[0]
        assert "下書き" not in pages(INVOICE)[0]

    def test_the_same_invoice_is_the_same_file(self) -> None:
        """Printing twice gives the same bytes."""
        assert INVOICE.as_pdf() == INVOICE.as_pdf()

    @pytest.mark.parametrize(
        "spoilt",
        [
            replace(INVOICE, total=yen(3_587)),
            replace(INVOICE, lines=INVOICE.lines[:1]),
            replace(INVOICE, rates=INVOICE.rates[:1]),
        ],
    )
    def test_sums_that_differ_are_not_printed(self, spoilt: InvoicePaper) -> None:
        """Lines, rates and total must tell the same sum."""
        with pytest.raises(TotalsDoNotAddUp, match="INV-2026-00456"):
            spoilt.as_pdf()


class TestCreditNote:
    def test_it_names_what_it_gives_back(self) -> None:
        """Consumption Tax Act art. 57-4(3): the original supply, amount and tax per rate, and no account to pay to."""
        returned = Period(date(2026, 12, 5), date(2026, 12, 6))
        original = Original("INV-2026-00400", NOVEMBER)
        note = replace(INVOICE, supplied=returned, original=original, bank=None, due_on=None)
        shown = pages(note)[0]
        assert "適格返還請求書" in shown
        assert "返還年月日2026年12月5日" in shown
        assert "元の請求書番号INV-2026-00400" in shown
        assert "元の取引年月日2026年11月1日～2026年11月30日" in shown
        assert "ご返還金額¥3,586" in shown
        assert "お振込先" not in shown

"""The printed quotation, in both languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from kanjo.domains.quotes.papers.quotation import EstimatedTax, PlannedInvoice, QuotationLine, QuotationPaper
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.documents.letter import Addressee, Sender

YEAR = Period(date(2026, 12, 1), date(2027, 12, 1))


def yen(amount: int) -> Money:
    return Money(amount, "JPY")


QUOTATION = QuotationPaper(
    language=Language.JAPANESE,
    number="Q-2026-00123",
    version=2,
    issued_on=date(2026, 11, 20),
    valid_until_on=date(2026, 12, 20),
    addressee=Addressee("株式会社東亜製作所", "情報システム部", "部長 山田 太郎"),
    sender=Sender("カンジョウ株式会社", "T8700110005901"),
    subject="クラウド1,200 ID 年間利用",
    lines=(
        QuotationLine(
            "クラウド利用料", Decimal(1_200), "ID", yen(9_600), yen(11_520_000), yen(12_000), Decimal(20), YEAR
        ),
        QuotationLine("導入支援", Decimal(1), "式", yen(1_500_000), yen(1_500_000)),
    ),
    net=yen(13_020_000),
    total=yen(14_322_000),
    taxes=(EstimatedTax(Decimal(10), yen(1_302_000)),),
    term=YEAR,
    payment_terms="月末締め翌月末払い",
    delivery="ご契約後5営業日以内",
    schedule=(PlannedInvoice(date(2026, 12, 1), yen(13_020_000), YEAR),),
    remarks="#panic() 本見積書は一般の価格表によります。",
)


def shown(paper: QuotationPaper) -> str:
    """Return what the paper shows, without blanks."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.as_pdf())).pages))


class TestQuotation:
    @pytest.mark.parametrize(
        "part",
        [
            "御見積書",
            "株式会社東亜製作所情報システム部部長山田太郎様",
            "見積番号Q-2026-00123（第2版）発行日2026年11月20日有効期限2026年12月20日",
            "御見積金額¥14,322,000（税込）",
            "契約期間2026年12月1日～2027年11月30日納期・納品場所ご契約後5営業日以内お支払条件月末締め翌月末払い",
            "1,200ID¥12,00020%¥9,600¥11,520,000",
            "小計（税抜）¥13,020,000消費税（10%・参考）¥1,302,000合計（税込）¥14,322,000",
            "請求予定（税抜）請求日対象期間金額（税抜）2026年12月1日2026年12月1日～2027年11月30日¥13,020,000",
            "#panic()本見積書は",
        ],
    )
    def test_it_shows_what_the_trade_expects(self, part: str) -> None:
        """Parties, number, validity, terms, lines, totals with tax for reference, planned invoices and remarks."""
        assert part in shown(QUOTATION)

    def test_it_speaks_english(self) -> None:
        """Without tax the total says so; an English paper carries no Japanese words of its own."""
        paper = replace(
            QUOTATION,
            language=Language.ENGLISH,
            addressee=Addressee("Acme Corporation", "IT", "Jane Roe"),
            sender=Sender("Maven Hardware"),
            subject="Cloud",
            lines=(QuotationLine("Cloud", Decimal(2), "users", Money(5_000, "USD"), Money(10_000, "USD")),),
            net=Money(10_000, "USD"),
            total=Money(10_000, "USD"),
            taxes=(),
            payment_terms="Net 30",
            delivery="",
            schedule=(),
            remarks="",
        )
        text = shown(paper)
        assert "TotalquotedUSD100.00excl.tax" in text
        assert "QuotationNo.Q-2026-00123(version2)" in text
        assert "Attn:JaneRoe" in text
        assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text)

    def test_list_prices_are_shown_only_where_given(self) -> None:
        """Without list prices the columns of list price and discount are left out."""
        assert "標準価格" in shown(QUOTATION)
        assert "標準価格" not in shown(replace(QUOTATION, lines=QUOTATION.lines[1:]))

    def test_a_draft_is_marked(self) -> None:
        """A quotation that is not approved yet says so across the page."""
        assert "下書き" in shown(replace(QUOTATION, draft=True))
        assert "下書き" not in shown(QUOTATION)

    def test_the_same_quotation_is_the_same_file(self) -> None:
        """Printing twice gives the same bytes."""
        assert QUOTATION.as_pdf() == QUOTATION.as_pdf()

"""御見積書 / Quotation: the offer as the customer reads it. It is no qualified invoice; its tax is for reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language, Text
from kanjo.platform.documents.letter import Addressee, Sender, quantity_in, words_in
from kanjo.platform.documents.typesetting import render

TEMPLATE = Path(__file__).parent / "quotation.typ"

TITLE = Text(en="Quotation", ja="御見積書")
WORDS = {
    "greeting": Text(
        en="Thank you for your enquiry. We are pleased to quote as follows.",
        ja="平素は格別のお引き立てを賜り、厚く御礼申し上げます。下記のとおりお見積り申し上げます。",
    ),
    "total": Text(en="Total quoted", ja="御見積金額"),
    "tax_included": Text(en="incl. tax", ja="（税込）"),
    "tax_excluded": Text(en="excl. tax", ja="（税抜）"),
    "subject": Text(en="Subject", ja="件名"),
    "position": Text(en="No.", ja="No."),
    "description": Text(en="Description", ja="品名・内容"),
    "quantity": Text(en="Quantity", ja="数量"),
    "list_price": Text(en="List price", ja="標準価格"),
    "discount": Text(en="Discount", ja="値引率"),
    "unit_price": Text(en="Unit price", ja="単価"),
    "amount": Text(en="Amount (excl. tax)", ja="金額（税抜）"),
    "subtotal": Text(en="Subtotal (excl. tax)", ja="小計（税抜）"),
    "gross": Text(en="Total (incl. tax)", ja="合計（税込）"),
    "net_total": Text(en="Total (excl. tax)", ja="合計（税抜）"),
    "schedule": Text(en="Planned invoices (excl. tax)", ja="請求予定（税抜）"),
    "billing_on": Text(en="Invoice date", ja="請求日"),
    "covers": Text(en="Covers", ja="対象期間"),
    "remarks": Text(en="Remarks", ja="備考"),
}
EXPECTED = Text(en="(usage, expecting {units} per period)", ja="（従量分、期間ごとに{units}を想定）")
LEAST = Text(en="(usage, whatever is used)", ja="（従量分の最低利用額）")
NUMBER = Text(en="Quotation No.", ja="見積番号")
ISSUED_ON = Text(en="Date", ja="発行日")
VALID_UNTIL = Text(en="Valid until", ja="有効期限")
TERM = Text(en="Contract term", ja="契約期間")
DELIVERY = Text(en="Delivery", ja="納期・納品場所")
PAYMENT_TERMS = Text(en="Payment terms", ja="お支払条件")
VERSION = Text(en="{number} (version {version})", ja="{number}（第{version}版）")
TAX = Text(en="Consumption tax ({percent}%, for reference)", ja="消費税（{percent}%・参考）")
REDUCED_TAX = Text(
    en="Consumption tax (reduced rate {percent}%, for reference)", ja="消費税（軽減税率{percent}%・参考）"
)


@dataclass(frozen=True, slots=True)
class QuotationLine:
    """One offered line: *discount_percent* is what the list price was lowered by to reach the unit price."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Money
    amount: Money
    list_price: Money | None = None
    discount_percent: Decimal | None = None
    period: Period | None = None
    usage: str = ""
    """How what is used is priced."""


@dataclass(frozen=True, slots=True)
class EstimatedTax:
    """Tax of one rate as it would stand today."""

    rate_percent: Decimal
    tax: Money
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class PlannedInvoice:
    """One invoice the offer would lead to, before tax.

    Of *usage* it is what is owed whatever is used, or of *expected_units* in each period.
    """

    billing_on: date
    amount: Money
    period: Period | None = None
    usage: bool = False
    expected_units: int = 0


@dataclass(frozen=True, slots=True)
class QuotationPaper:
    """Everything a quotation shows; amounts are taken as computed, nothing is computed here.

    *valid_until_on* is the last day of validity. With no *taxes* the totals are shown excluding tax only.
    """

    language: Language
    number: str
    version: int
    issued_on: date
    valid_until_on: date
    addressee: Addressee
    sender: Sender
    subject: str
    lines: tuple[QuotationLine, ...]
    net: Money
    total: Money
    taxes: tuple[EstimatedTax, ...] = ()
    term: Period | None = None
    payment_terms: str = ""
    delivery: str = ""
    schedule: tuple[PlannedInvoice, ...] = ()
    remarks: str = ""
    draft: bool = False
    seal_box: bool = False

    def as_pdf(self) -> bytes:
        """Return the quotation as PDF/A; the same paper gives the same bytes."""
        return render(TEMPLATE, self._on_paper(), dated_on=self.issued_on)

    def _on_paper(self) -> dict[str, object]:
        language = self.language
        return {
            "language": language.value,
            "words": words_in(WORDS, language),
            "title": TITLE.said_in(language),
            "number": self.number,
            "draft": self.draft,
            "seal": self.seal_box,
            "addressee": self.addressee.on_paper(language),
            "sender": self.sender.on_paper(language),
            "references": self._references(),
            "subject": self.subject,
            "terms": self._terms(),
            "lines": [self._line(line) for line in self.lines],
            "net": self.net.shown(language),
            "taxes": [self._tax(tax) for tax in self.taxes],
            "total": self.total.shown(language),
            "schedule": [
                [
                    self.sender.day_in(planned.billing_on, language),
                    self._covers(planned),
                    planned.amount.shown(language),
                ]
                for planned in self.schedule
            ],
            "remarks": self.remarks,
        }

    def _covers(self, planned: PlannedInvoice) -> str:
        period = self.sender.period_in(planned.period, self.language)
        expected = EXPECTED.filled(units=f"{planned.expected_units:,}")
        words = expected if planned.expected_units else LEAST
        return f"{period} {words.said_in(self.language)}" if planned.usage else period

    def _references(self) -> list[list[str]]:
        language = self.language
        number = VERSION.filled(number=self.number, version=self.version).said_in(language)
        return [
            [NUMBER.said_in(language), number],
            [ISSUED_ON.said_in(language), self.sender.day_in(self.issued_on, language)],
            [VALID_UNTIL.said_in(language), self.sender.day_in(self.valid_until_on, language)],
        ]

    def _terms(self) -> list[list[str]]:
        language = self.language
        terms = [
            (TERM, self.sender.period_in(self.term, language)),
            (DELIVERY, self.delivery),
            (PAYMENT_TERMS, self.payment_terms),
        ]
        return [[label.said_in(language), shown] for label, shown in terms if shown]

    def _line(self, line: QuotationLine) -> dict[str, str]:
        language = self.language
        return {
            "description": line.description,
            "period": self.sender.period_in(line.period, language),
            "usage": line.usage,
            "quantity": quantity_in(line.quantity, line.unit),
            "list_price": line.list_price.shown(language) if line.list_price else "",
            "discount": f"{line.discount_percent.normalize():f}%" if line.discount_percent else "",
            "unit_price": line.unit_price.shown(language),
            "amount": line.amount.shown(language),
        }

    def _tax(self, tax: EstimatedTax) -> list[str]:
        label = REDUCED_TAX if tax.reduced else TAX
        percent = f"{tax.rate_percent.normalize():f}"
        return [label.filled(percent=percent).said_in(self.language), tax.tax.shown(self.language)]

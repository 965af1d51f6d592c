"""The words of the acknowledgement and the monthly statement, in both languages."""

from __future__ import annotations

from kanjo.foundation.texts import Text

ACKNOWLEDGEMENT = Text(en="Receipt", ja="領収書")
AGAIN = Text(en="Receipt (reissued)", ja="領収書（再発行）")
NUMBER = Text(en="No.", ja="番号")
ISSUED_ON = Text(en="Date of issue", ja="発行日")
FIRST = Text(en="First issued as", ja="初回発行")
FIRST_SHOWN = Text(en="{number}, {day}", ja="{number}（{day}）")
RECEIVED_ON = Text(en="Received on", ja="受領日")
MEANS = Text(en="By", ja="受領方法")
TRANSFER = Text(en="Bank transfer", ja="銀行振込")
PURPOSE = Text(en="For", ja="但し書き")
PURPOSE_SHOWN = Text(en="Payment of invoice {numbers}", ja="請求書 {numbers} の代金として")
PURPOSE_MORE = Text(en="Payment of invoice {number} and {count} more", ja="請求書 {number} ほか{count}件の代金として")

STATEMENT = Text(en="Monthly Statement", ja="請求書（月締め）")
DAYS = Text(en="Days", ja="取引期間")
RATE = Text(en="Taxable at {percent}%", ja="{percent}%対象")
REDUCED_RATE = Text(en="※ Taxable at {percent}% (reduced rate)", ja="※{percent}%対象（軽減税率）")
NO_TAX = Text(en="Not taxable", ja="対象外")

RATES = {
    "rates": Text(en="By tax rate", ja="税率別内訳"),
    "rate": Text(en="Tax rate", ja="税率"),
    "net": Text(en="Amount (excl. tax)", ja="対象金額（税抜）"),
    "consumption_tax": Text(en="Consumption tax", ja="消費税額等"),
    "invoice": Text(en="Invoice", ja="請求書番号"),
    "position": Text(en="No.", ja="No."),
    "reduced_note": Text(en="※ marks items taxed at the reduced rate.", ja="※は軽減税率対象"),
}
ACKNOWLEDGEMENT_WORDS = {
    **RATES,
    "greeting": Text(en="We received the following amount with thanks.", ja="下記の金額を正に領収いたしました。"),
    "total": Text(en="Amount received", ja="領収金額"),
    "tax_included": Text(en="incl. tax", ja="（税込）"),
    "paid": Text(en="Paid", ja="充当額"),
    "no_stamp": Text(
        en="Delivered electronically: no revenue stamp is due.",
        ja="電子データで交付しているため、収入印紙の貼付はありません。",
    ),
}
STATEMENT_WORDS = {
    **RATES,
    "greeting": Text(
        en="Please find below what was invoiced and paid in these days.",
        ja="平素は格別のお引き立てを賜り、厚く御礼申し上げます。下記のとおりご請求申し上げます。",
    ),
    "total": Text(en="Amount due now", ja="今回ご請求額"),
    "tax_included": Text(en="incl. tax", ja="（税込）"),
    "previous": Text(en="Previously due", ja="前回請求額"),
    "paid": Text(en="Paid and settled", ja="入金額"),
    "carried": Text(en="Carried over", ja="繰越額"),
    "net_now": Text(en="Invoiced (excl. tax)", ja="今回取引額"),
    "tax_now": Text(en="Consumption tax", ja="消費税"),
    "due": Text(en="Due now", ja="今回請求額"),
    "issued_on": Text(en="Issued on", ja="発行日"),
    "gross": Text(en="Total (incl. tax)", ja="税込金額"),
    "added": Text(
        en="The tax is that of the invoices listed, each rounded once by rate; it is added up, not computed again.",
        ja="消費税額は各請求書の税率ごとの税額（端数処理は請求書・税率ごとに1回）の合計です。",
    ),
}

"""The words of the invoice and the credit note, in both languages."""

from __future__ import annotations

from kanjo.foundation.texts import Text

REDUCED_MARK = "※"

QUALIFIED_INVOICE = Text(en="Tax Invoice", ja="請求書")
INVOICE = Text(en="Invoice", ja="請求書")
QUALIFIED_CREDIT_NOTE = Text(en="Tax Credit Note", ja="適格返還請求書")
CREDIT_NOTE = Text(en="Credit Note", ja="返還請求書")
QUALIFIED_CORRECTED = Text(en="Corrected Tax Invoice", ja="修正請求書")
CORRECTED = Text(en="Corrected Invoice", ja="修正請求書")

NUMBER = Text(en="Invoice No.", ja="請求書番号")
CREDIT_NUMBER = Text(en="Credit note No.", ja="返還請求書番号")
ISSUED_ON = Text(en="Date of issue", ja="発行日")
SUBJECT = Text(en="Subject", ja="件名")
SUPPLIED = Text(en="Supply period", ja="取引年月日")
RETURNED = Text(en="Date of return", ja="返還年月日")
ORIGINAL_NUMBER = Text(en="Original invoice", ja="元の請求書番号")
ORIGINAL_SUPPLIED = Text(en="Original supply", ja="元の取引年月日")
DUE_ON = Text(en="Due date", ja="お支払期日")
RATE = Text(en="Taxable at {percent}", ja="{percent}対象")
REDUCED_RATE = Text(en="※ Taxable at {percent} (reduced rate)", ja="※{percent}対象（軽減税率）")
NO_TAX = Text(en="Not taxable", ja="対象外")
ACCOUNT = Text(en="{kind} account {number}", ja="{kind} {number}")
ELECTRONIC = Text(en="This invoice as JP PINT", ja="この請求書のデジタルインボイス（JP PINT）")
OWN_NUMBER = Text(en="Corrected invoice No.", ja="修正請求書番号")
CORRECTED_NUMBER = Text(en="Corrects invoice No.", ja="修正対象の請求書番号")
CORRECTED_ISSUED_ON = Text(en="Which was issued on", ja="修正対象の発行日")
CORRECTED_ON = Text(en="Corrected on", ja="修正日")
CORRECTED_BY = Text(en="Corrected by", ja="修正に係る書類")
CORRECTED_BY_SHOWN = Text(en="{number} of {day}", ja="{number} {day}")
ALL_RATES = Text(en="Total", ja="合計")

INVOICE_WORDS = {
    "greeting": Text(
        en="Thank you for your business. Please find our invoice below.",
        ja="平素は格別のお引き立てを賜り、厚く御礼申し上げます。下記のとおりご請求申し上げます。",
    ),
    "total": Text(en="Amount due", ja="ご請求金額"),
    "supply": Text(en="Description", ja="品名・内容"),
}
CREDIT_WORDS = {
    "greeting": Text(
        en="We give back the following part of an earlier invoice.",
        ja="平素は格別のお引き立てを賜り、厚く御礼申し上げます。下記のとおり対価の返還を行います。",
    ),
    "total": Text(en="Amount given back", ja="ご返還金額"),
    "supply": Text(en="What is given back", ja="返還の内容"),
}
CORRECTED_NOTE = Text(
    en="This paper takes the place of the invoice it corrects. What the documents named above say of it is contained"
    " here and is not owed again. Tax is rounded once per rate on this paper.",
    ja="本書は修正対象の請求書に代わるものです。上記「修正に係る書類」に記載の返還・再請求は本書に含まれており、重ねてご請求する"
    "ものではありません。消費税額は本書の税率ごとに1回端数処理しています。",
)
CORRECTED_WORDS = {
    "greeting": Text(
        en="We correct an earlier invoice as follows.",
        ja="平素は格別のお引き立てを賜り、厚く御礼申し上げます。先にお送りした請求書の内容を、下記のとおり修正いたします。",
    ),
    "total": Text(en="Amount after correction", ja="修正後のご請求金額"),
    "supply": Text(en="Description", ja="品名・内容"),
}
WORDS = {
    "tax_included": Text(en="incl. tax", ja="（税込）"),
    "position": Text(en="No.", ja="No."),
    "quantity": Text(en="Quantity", ja="数量"),
    "unit_price": Text(en="Unit price", ja="単価"),
    "rate": Text(en="Tax rate", ja="税率"),
    "amount": Text(en="Amount (excl. tax)", ja="金額（税抜）"),
    "subtotal": Text(en="Subtotal (excl. tax)", ja="小計（税抜）"),
    "consumption_tax": Text(en="Consumption tax", ja="消費税額等"),
    "gross": Text(en="Total (incl. tax)", ja="合計（税込）"),
    "rates": Text(en="By tax rate", ja="税率別内訳"),
    "net": Text(en="Amount (excl. tax)", ja="対象金額（税抜）"),
    "reduced_note": Text(en="※ marks items taxed at the reduced rate.", ja="※は軽減税率対象"),
    "bank": Text(en="Please pay to", ja="お振込先"),
    "fee_note": Text(
        en="Please bear the bank transfer fee.",
        ja="恐れ入りますが、お振込手数料は貴社にてご負担くださいますようお願い申し上げます。",
    ),
    "change": Text(en="What changed", ja="修正の内容"),
    "before_net": Text(en="Before (excl. tax)", ja="修正前（税抜）"),
    "before_tax": Text(en="Tax", ja="消費税額等"),
    "after_net": Text(en="After (excl. tax)", ja="修正後（税抜）"),
    "after_tax": Text(en="Tax", ja="消費税額等"),
    "difference": Text(en="Difference (incl. tax)", ja="差額（税込）"),
    "remarks": Text(en="Remarks", ja="備考"),
}

"""Why a bank's file is refused, always whole: money is never taken from a file that is not true to its own totals."""

from __future__ import annotations

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

AGAIN = Text(
    en="Fetch the file from the bank again; nothing was taken.",
    ja="銀行からファイルを取得し直してください。何も取り込んでいません。",
)


class BankFileRefused(Refusal):
    """A bank's file that cannot be taken; `at` names file, line and field."""

    remedy = AGAIN


class FileEmpty(BankFileRefused):
    """A file without content."""

    rule = "bank.file-empty"
    says = Text(en="The file is empty.", ja="ファイルが空です。")


class FormUnknown(BankFileRefused):
    """A file in none of the forms we read."""

    rule = "bank.form-unknown"
    says = Text(
        en="The file is neither a plain receipts file nor a Zengin notice of incoming transfers (type 01).",
        ja="入金データ（CSV）でも、全銀の振込入金通知（種別コード01）でもありません。",
    )
    remedy = Text(
        en="Export the notice of incoming transfers from the bank; nothing was taken.",
        ja="銀行から振込入金通知を出力してください。何も取り込んでいません。",
    )


class EncodingUnreadable(BankFileRefused):
    """Bytes that are not text in the encoding of the form."""

    rule = "bank.encoding"
    says = Text(en="The bytes are not {encoding}.", ja="文字コードが{encoding}ではありません。")


class RecordBroken(BankFileRefused):
    """A line with the wrong length, number of fields, or kind at its place."""

    rule = "bank.record"
    says = Text(en="The line is {found} where {expected} was expected.", ja="{expected}のはずの行が{found}です。")


class FileCut(BankFileRefused):
    """A file without the totals that end it."""

    rule = "bank.file-cut"
    says = Text(
        en="The file ends without its totals: it was cut after this line.",
        ja="合計行がないままファイルが終わっています。この行の後で途切れています。",
    )


class FieldUnreadable(BankFileRefused):
    """A field that does not hold what it must."""

    rule = "bank.field"
    says = Text(en="“{value}” is not {expected}.", ja="「{value}」は{expected}ではありません。")


class DayOutside(BankFileRefused):
    """A line dated outside the days the file says it covers."""

    rule = "bank.day-outside"
    says = Text(
        en="{day} lies outside the days of the file, {from_on} to {to_on}.",
        ja="{day}は、ファイルの対象期間（{from_on}～{to_on}）の外です。",
    )


class TotalDiffers(BankFileRefused):
    """Totals that the lines do not add up to."""

    rule = "bank.total"
    says = Text(
        en="{what}: the lines give {found}, the totals say {declared}.",
        ja="{what}：明細からは{found}ですが、合計行は{declared}です。",
    )


class ReferenceTwice(BankFileRefused):
    """One receipt, by reference, day, amount and payer, on two lines."""

    rule = "bank.reference-twice"
    says = Text(
        en="The receipt {reference} already stands on line {first}, with the same day, amount and payer.",
        ja="照会番号{reference}の入金は、同じ日付・金額・依頼人名で{first}行目にすでにあります。",
    )


class SeveralAccounts(BankFileRefused):
    """A file that holds more than one account."""

    rule = "bank.several-accounts"
    says = Text(en="The file holds more than one account.", ja="複数の口座が含まれています。")
    remedy = Text(
        en="Export one file per account; nothing was taken.",
        ja="口座ごとにファイルを出力してください。何も取り込んでいません。",
    )

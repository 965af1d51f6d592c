"""Guards of the catalog."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, NewProduct, TaxClass
from kanjo.foundation.intervals import LONGEST_DAYS, LONGEST_MONTHS
from kanjo.foundation.money import MINOR_MAX, Rate, currency
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

LENGTHS = {"code": 64, "family": 80, "license_metric": 32, "external_key": 255}
UNTAXED = (TaxClass.EXPORT, TaxClass.EXEMPT, TaxClass.OUT_OF_SCOPE)


class CodeMissing(Refusal):
    """A product without a code or name."""

    rule = "catalog.code-missing"
    says = Text(en="The code or the name is blank.", ja="製品コードまたは製品名が空欄です。")
    remedy = Text(en="Give both; the name in both languages.", ja="両方を入力してください（製品名は日英とも）。")


class TooLong(Refusal):
    """More text than the field takes."""

    rule = "catalog.too-long"
    says = Text(
        en="The text has {length:,} characters; the field takes at most {most:,}.",
        ja="文字数が{length:,}文字あり、上限の{most:,}文字を超えています。",
    )
    remedy = Text(en="Shorten it.", ja="短くしてください。")


class NotOnSale(Refusal):
    """A product that is sold no more."""

    rule = "catalog.not-on-sale"
    kind = RefusalKind.CONFLICT
    says = Text(en="{code} is not sold any more on {day}.", ja="{code} は {day} の時点で販売を終了しています。")
    remedy = Text(
        en="Choose another product, or ask sales operations to put it on sale again.",
        ja="別の製品を選ぶか、営業オペレーションに販売の再開を依頼してください。",
    )


class IntervalWrong(Refusal):
    """A billing interval that does not go with how the product is charged."""

    rule = "catalog.interval"
    says = Text(
        en="A billing interval of {length} does not go with a {charge} charge.",
        ja="請求間隔（{length}）は、課金方式「{charge}」と組み合わせられません。",
    )
    remedy = Text(
        en="A one-time charge has none; a recurring one takes 1 to {most_months} months, or 1 to {most_days:,} days.",
        ja="一括は指定なし、継続課金は1〜{most_months}か月または1〜{most_days:,}日としてください。",
    )


class AcceptanceRecurring(Refusal):
    """A recurring charge billed on acceptance: there is one acceptance and many periods."""

    rule = "catalog.acceptance-recurring"
    says = Text(
        en="A recurring charge cannot be billed on acceptance.",
        ja="継続課金の製品は検収時の請求にできません。",
    )
    remedy = Text(en="Bill it in advance or in arrears.", ja="前払いまたは後払いを選んでください。")


class CodeTaken(Refusal):
    """Another product of the company carries the code or key."""

    rule = "catalog.code-taken"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{key} is already a product with other terms.", ja="{key} は別の条件の製品としてすでに登録されています。"
    )
    remedy = Text(en="Use that product, or another code.", ja="その製品を使うか、別のコードにしてください。")


class PriceMissing(Refusal):
    """No list price is in force."""

    rule = "catalog.price-missing"
    kind = RefusalKind.MISSING
    says = Text(
        en="{code} has no list price in {currency} on {day}.",
        ja="{day} 時点で {code} の標準価格（{currency}）が登録されていません。",
    )
    remedy = Text(
        en="Set one in the catalog that counts from that day or earlier.",
        ja="その日以前から有効な標準価格をカタログに登録してください。",
    )


class PriceNegative(Refusal):
    """A list price below zero, or beyond what an amount can be."""

    rule = "catalog.price-range"
    says = Text(en="{amount} is no list price.", ja="{amount} は標準価格にできません。")
    remedy = Text(
        en="Give zero or more; a reduction is a discount.", ja="0以上で入力してください（減額は値引きで扱います）。"
    )


class RateMissing(Refusal):
    """No rate is in force for a taxed class."""

    rule = "catalog.tax-rate-missing"
    kind = RefusalKind.MISSING
    says = Text(
        en="No {tax_class} tax rate is in force on {day}.", ja="{day} 時点で有効な税率（{tax_class}）がありません。"
    )
    remedy = Text(en="Set the rate with the day it counts from.", ja="適用開始日とともに税率を登録してください。")


class RateOfUntaxed(Refusal):
    """A rate for a class that is not taxed, or one that is not a share below 1."""

    rule = "catalog.tax-rate"
    says = Text(
        en="{rate} is no tax rate of the class {tax_class}.", ja="{rate} は区分「{tax_class}」の税率にできません。"
    )
    remedy = Text(
        en="Standard and reduced supplies take 0 % to below 100 %, as a share of at most six decimals; the others are"
        " not taxed.",
        ja="標準・軽減の区分に0%以上100%未満（比率で小数6桁まで）を指定してください。その他の区分は課税されません。",
    )


def checked(given: NewProduct) -> NewProduct:
    """Return the product trimmed; refuses what does not go together."""
    trimmed = replace(given, **{name: getattr(given, name).strip() for name in LENGTHS})
    if not (trimmed.code and given.name.en.strip() and given.name.ja.strip()):
        raise CodeMissing(at="code")
    for name, most in LENGTHS.items():
        if len(getattr(trimmed, name)) > most:
            raise TooLong(at=name, length=len(getattr(trimmed, name)), most=most)
    for name in (given.name.en, given.name.ja):
        if len(name) > 200:
            raise TooLong(at="name", length=len(name), most=200)
    recurring = given.charge is ChargeKind.RECURRING
    if not (given.interval.recurs if recurring else given.interval.once):
        raise IntervalWrong(
            at="interval_days" if given.interval_days else "interval_months",
            length=given.interval.length,
            charge=given.charge.shown,
            most_months=LONGEST_MONTHS,
            most_days=LONGEST_DAYS,
        )
    if recurring and given.timing is BillingTiming.ON_ACCEPTANCE:
        raise AcceptanceRecurring(at="timing")
    return trimmed


def checked_price(code: str, amount_minor: int) -> str:
    """Return the currency's code; refuses an unknown currency and an amount out of range."""
    known = currency(code, at="currency").code
    if not 0 <= amount_minor <= MINOR_MAX:
        raise PriceNegative(at="amount_minor", amount=amount_minor)
    return known


def checked_rate(tax_class: TaxClass, text: str) -> Decimal:
    """Return the share that *text* ("10%", "0.1") writes, exactly; refuses one that is no rate of the class."""
    share = Rate.parse(text, at="rate").fraction
    exact = share * 10**6
    if tax_class in UNTAXED or not 0 <= share < 1 or exact.denominator != 1:
        raise RateOfUntaxed(at="rate", rate=quoted(text), tax_class=tax_class.shown)
    return Decimal(exact.numerator) / 10**6

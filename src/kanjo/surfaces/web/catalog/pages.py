"""Products and their list prices."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.catalog.facts import PriceRow, ProductRow, UsagePriceRow
from kanjo.domains.catalog.operations import set_list_price, set_usage_price, withdraw_product
from kanjo.domains.catalog.queries import (
    count_products,
    get_product,
    list_prices,
    list_products,
    list_usage_prices,
)
from kanjo.foundation.ids import ProductId
from kanjo.foundation.money import Money, currency
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import ONE_DAY, last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import Field, day, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.licenses.columns import metric_shown
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.shown import Link, language
from kanjo.surfaces.web.usage.terms import beside, terms_fields, terms_given

TITLE = Text(en="Products", ja="製品")
FAMILY = Text(en="Family", ja="製品群")
INTERVAL = Text(en="Billing interval", ja="請求間隔")
METRIC = Text(en="License counts", ja="ライセンス単位")
LAST_SOLD_ON = Text(en="Last day of sale", ja="販売終了日")
SET_PRICE = Text(en="Set the list price", ja="標準価格を設定")
SET_USAGE_PRICE = Text(en="Set the usage price", ja="従量単価を設定")
USAGE_PRICE = Text(en="Usage price", ja="従量単価")
WITHDRAW = Text(en="Withdraw from sale", ja="販売終了を登録")
FROM = Text(en="In force from", ja="適用開始日")


def prices(row: ProductRow) -> str | None:
    """Return the list prices in force, one per currency."""
    return " / ".join(price.shown(language()) for price in row.prices) or None


PRODUCTS = ListPage[ProductRow](
    title=TITLE,
    search=Text(en="Code, name or family", ja="コード・製品名・製品群"),
    columns=(
        Column(labels.CODE, lambda row: Link(row.terms.code, "product", row.terms.product_id), order="code"),
        Column(labels.NAME, lambda row: row.terms.name),
        Column(FAMILY, lambda row: row.family, order="family"),
        Column(labels.CHARGE, lambda row: row.terms.charge.shown, order="charge"),
        Column(labels.BILLED, lambda row: row.terms.timing.shown),
        Column(labels.RECOGNITION, lambda row: row.terms.recognition.shown),
        Column(labels.TAX_CLASS, lambda row: row.terms.tax_class.shown),
        Column(labels.LIST_PRICE, prices, number=True),
    ),
    rows=lambda asked: list_products(
        asked.desk.actor,
        on=asked.desk.today,
        search=asked.text,
        most=asked.most,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_products(asked.desk.actor, search=asked.text),
)

_PRICES: tuple[Column[PriceRow], ...] = (
    Column(FROM, lambda row: row.effective_on),
    amount(labels.LIST_PRICE, lambda row: row.amount),
    Column(labels.RECORDED, lambda row: row.recorded_at),
)

_USAGE_PRICES: tuple[Column[UsagePriceRow], ...] = (
    Column(FROM, lambda row: row.effective_on),
    Column(labels.CURRENCY, lambda row: row.currency),
    Column(USAGE_PRICE, lambda row: row.terms.said(row.currency)),
    Column(labels.RECORDED, lambda row: row.recorded_at),
)


@door(SIGNED_IN)
def product(request: DeskRequest, key: int) -> HttpResponse:
    """Show a product with every list price it was given."""
    row = get_product(ProductId(key), request.desk.actor, on=request.desk.today)
    terms = row.terms
    detail = Detail(
        kind=labels.PRODUCT,
        title=terms.name.said_in(language()),
        back=Link(TITLE, "products"),
        facts=(
            (labels.CODE, terms.code),
            (FAMILY, row.family),
            (labels.CHARGE, terms.charge.shown),
            (INTERVAL, None if terms.interval.once else terms.interval.shown),
            (labels.BILLED, terms.timing.shown),
            (labels.RECOGNITION, terms.recognition.shown),
            (labels.TAX_CLASS, terms.tax_class.shown),
            (METRIC, metric_shown(terms.license_metric)),
            (LAST_SOLD_ON, last_day(row.sold_until)),
        ),
        sections=(
            Section(Text(en="List prices", ja="標準価格"), Table.of(_PRICES, list_prices(ProductId(key)))),
            *_usage_prices(row),
        ),
        acts=(
            Act(SET_PRICE, Link("", "set-list-price", key), "catalog.set-list-price"),
            *_priced_by_use(row),
            Act(WITHDRAW, Link("", "withdraw-product", key), "catalog.withdraw-product"),
        ),
        trail=(("catalog_product", key),),
    )
    return show(request, detail)


def _priced_by_use(row: ProductRow) -> tuple[Act, ...]:
    if row.terms.interval.once:
        return ()
    key = row.terms.product_id
    return (Act(SET_USAGE_PRICE, Link("", "set-usage-price", key), "catalog.set-usage-price"),)


def _usage_prices(row: ProductRow) -> tuple[Section, ...]:
    """Return how the usage of a product that recurs is priced."""
    if row.terms.interval.once:
        return ()
    return (Section(USAGE_PRICE, Table.of(_USAGE_PRICES, list_usage_prices(row.terms.product_id))),)


@door(doing("catalog.set-usage-price"))
def set_price_of_usage(request: DeskRequest, key: int) -> HttpResponse:
    """Set how the usage of a product is priced from a day on, in the currency of the company."""
    desk = request.desk
    row = get_product(ProductId(key), desk.actor, on=desk.today)
    currency = desk.company.currency

    def do(given: Given) -> Link:
        set_usage_price(
            product_id=ProductId(key),
            currency=currency,
            terms=terms_given(given),
            effective_on=given["effective_on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "product", key)

    says = Text(
        en="Quotes drafted from that day on take it over, and their contracts bill by it. What was quoted before stays."
        " A tier holds the units after its number: leave the first blank, and one row where every unit or package"
        " costs the same.",
        ja="適用開始日以降に作成する見積に引き継がれ、その契約の請求に使用します。作成済みの見積は変わりません。"
        "段階の単価は、超過開始数量を超えた分に適用します（1行目は空欄）。単一単価とパッケージは1行だけ入力してください。",
    )
    return perform(
        request,
        Deed(
            of=("catalog_product", key),
            title=SET_USAGE_PRICE,
            back=Link(row.terms.name, "product", key),
            button=SET_USAGE_PRICE,
            do=do,
            fields=(day("effective_on", FROM, desk.today, hint=labels.BUSINESS_DAY), *terms_fields(currency)),
            says=says,
            beside=beside,
        ),
    )


@door(doing("catalog.set-list-price"))
def set_price(request: DeskRequest, key: int) -> HttpResponse:
    """Set what one unit costs from a day on, in the currency of the company or another."""
    desk = request.desk
    row = get_product(ProductId(key), desk.actor, on=desk.today)

    def do(given: Given) -> Link:
        price = Money.parse(given["amount"], given["currency"], at="amount")
        set_list_price(
            product_id=ProductId(key),
            currency=price.currency,
            amount_minor=price.minor,
            effective_on=given["effective_on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "product", key)

    says = Text(
        en="Quotes drafted from that day on start from it. Quotes already drafted keep their price.",
        ja="適用開始日以降に作成する見積に使用します。作成済みの見積の価格は変わりません。",
    )
    fields = (
        words("amount", labels.LIST_PRICE, most=40),
        Field(
            "currency",
            labels.CURRENCY,
            lambda text, at: currency(text.upper(), at=at).code,
            initial=desk.company.currency,
        ),
        day("effective_on", FROM, desk.today, hint=labels.BUSINESS_DAY),
    )
    back = Link(row.terms.name, "product", key)
    return perform(
        request,
        Deed(
            of=("catalog_product", key), title=SET_PRICE, back=back, button=SET_PRICE, do=do, fields=fields, says=says
        ),
    )


@door(doing("catalog.withdraw-product"))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Stop selling a product after a day, or move that day."""
    desk = request.desk
    row = get_product(ProductId(key), desk.actor, on=desk.today)

    def do(given: Given) -> Link:
        until = given["last_on"] + ONE_DAY
        withdraw_product(product_id=ProductId(key), until=until, by=desk.actor, at=desk.now)
        return Link("", "product", key)

    says = Text(
        en="After that day no quote offers it. Quotes already drafted, contracts and invoices go on."
        " A later day puts it on sale again.",
        ja="終了日の翌日から見積に追加できません。作成済みの見積、契約、請求は継続します。"
        "終了日を後の日付に変更すると、販売を再開できます。",
    )
    fields = (day("last_on", LAST_SOLD_ON, last_day(row.sold_until) or desk.today, hint=labels.BUSINESS_DAY),)
    back = Link(row.terms.name, "product", key)
    return perform(
        request,
        Deed(of=("catalog_product", key), title=WITHDRAW, back=back, button=WITHDRAW, do=do, fields=fields, says=says),
    )

"""Arranging how things are invoiced: what stands together, and how tax is rounded."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.billing.facts import GroupKey
from kanjo.domains.billing.operations import choose_grouping
from kanjo.domains.billing.queries import keys_of_payer
from kanjo.domains.customers.operations import choose_tax_rounding
from kanjo.domains.customers.queries import tax_roundings
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.money import Rounding
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import choice, day, many
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

GROUP = Text(en="Choose what stands together on invoices", ja="請求書のまとめ方を設定")
SHARE = Text(en="Share invoices between payers", ja="請求先の負担割合を設定")
APART = Text(en="Separate invoices", ja="請求書を分ける単位")
GROUP_SAYS = Text(
    en="Lines that this customer pays for stand on separate invoices by what is ticked. Nothing ticked: one invoice for"
    " all that has the same customer, currency and payment terms. What is issued stays.",
    ja="この顧客を請求先とする明細を、選択した単位で別々の請求書に分けます。何も選択しなければ、顧客・通貨・支払条件が"
    "同じ明細を1通にまとめます。発行済みの請求書は変わりません。",
)
ROUND_TAX = Text(en="Choose the rounding of tax", ja="消費税の端数処理を設定")
ROUNDING = Text(en="Rounding of tax", ja="消費税の端数処理")
AS_COMPANY = Text(en="As the company: {rounding}", ja="自社の設定に従う（{rounding}）")
ROUND_SAYS = Text(
    en="Once per invoice and rate, on what is issued to this payer from that day on. What is issued stays; what is"
    " given back of it is rounded as it was.",
    ja="適用開始日以降にこの請求先へ発行する請求書に、請求書・税率ごとに1回適用します。発行済みの請求書は変わりません。"
    "返還請求書には元の請求書と同じ端数処理を使います。",
)


@door(doing("billing.choose-grouping"))
def group(request: DeskRequest, key: int) -> HttpResponse:
    """Choose what keeps the lines of a payer on different invoices from a day on."""
    desk = request.desk
    row = the_customer(desk, key)

    def do(given: Given) -> Link:
        choose_grouping(
            company_id=desk.company_id,
            payer_id=row.id,
            keys=[GroupKey(code) for code in given["keys"] or ()],
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "customer", key)

    now = keys_of_payer(desk.company_id, CustomerId(key), desk.today)
    options = [(one.value, one.shown) for one in GroupKey]
    deed = Deed(
        title=GROUP,
        back=Link(row.name, "customer", key),
        button=GROUP,
        do=do,
        fields=(many("keys", APART, options, needed=False, initial=now), day("on", labels.FROM_DAY, desk.today)),
        says=GROUP_SAYS,
    )
    return perform(request, deed)


@door(doing("customers.choose-tax-rounding"))
def round_tax(request: DeskRequest, key: int) -> HttpResponse:
    """Choose how the tax of what is issued to a payer is rounded from a day on."""
    desk = request.desk
    row = the_customer(desk, key)

    def do(given: Given) -> Link:
        choose_tax_rounding(
            company_id=desk.company_id,
            customer_id=row.id,
            rounding=Rounding(given["rounding"]) if given["rounding"] else None,
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "customer", key)

    now = tax_roundings(desk.company_id, desk.today, customer_id=row.id).get(row.id)
    own = AS_COMPANY.filled(rounding=Rounding(desk.company.tax_rounding).shown)
    options = [("", own), *((one.value, one.shown) for one in Rounding)]
    deed = Deed(
        title=ROUND_TAX,
        back=Link(row.name, "customer", key),
        button=ROUND_TAX,
        do=do,
        fields=(
            choice("rounding", ROUNDING, options, needed=False, initial=now or ""),
            day("on", labels.FROM_DAY, desk.today),
        ),
        says=ROUND_SAYS,
    )
    return perform(request, deed)

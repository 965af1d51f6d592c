"""Arranging how things are invoiced: what stands together."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.billing.facts import GroupKey
from kanjo.domains.billing.operations import choose_grouping
from kanjo.domains.billing.queries import keys_of_payer
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import day, many
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

GROUP = Text(en="Choose what stands together on invoices", ja="請求書のまとめ方を設定")
APART = Text(en="Separate invoices", ja="請求書を分ける単位")
GROUP_SAYS = Text(
    en="Lines that this customer pays for stand on separate invoices by what is ticked. Nothing ticked: one invoice for"
    " all that has the same customer, currency and payment terms. What is issued stays.",
    ja="この顧客を請求先とする明細を、選択した単位で別々の請求書に分けます。何も選択しなければ、顧客・通貨・支払条件が"
    "同じ明細を1通にまとめます。発行済みの請求書は変わりません。",
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

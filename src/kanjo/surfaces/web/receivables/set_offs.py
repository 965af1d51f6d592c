"""Setting off what cancels each other out: a credit note and an invoice, a transfer and its return."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse

from kanjo.domains.receivables.operations import return_transfer, set_off
from kanjo.domains.receivables.queries import (
    OpenItemRow,
    ReceiptRow,
    get_open_item,
    get_receipt,
    list_opposites,
    list_set_off_against,
)
from kanjo.foundation.ids import InvoiceId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import choice, day, money, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.receivables import pages
from kanjo.surfaces.web.shown import Link, said

OFFERED = 200
AGAINST = Text(en="Set off against", ja="相殺する相手")
OTHER_HALF = Text(en="The transfer or its return", ja="対応する振込または組戻し")
MORE = Text(
    en="There are more: these are due first. The others are set off from their own pages.",
    ja="期日の早いものから表示しています。ほかの項目は、それぞれの画面から相殺してください。",
)
FOR_GOOD = Text(
    en="A set-off is not taken back, and the books do not move.",
    ja="相殺は取り消せません。帳簿の残高は変わりません。",
)


@door(doing("receivables.set-off"))
def offset(request: DeskRequest, key: int) -> HttpResponse:
    """Set a credit note off against an invoice of the same customer, whichever of the two is open here."""
    desk = request.desk
    row = get_open_item(desk.actor, InvoiceId(key))
    others = list_set_off_against(desk.actor, row, limit=OFFERED + 1)

    def do(given: Given) -> Link:
        other = InvoiceId(int(given["other"]))
        credit_id, item_id = (row.id, other) if row.open_minor < 0 else (other, row.id)
        set_off(
            credit_id=credit_id,
            item_id=item_id,
            amount_minor=given["amount"].minor,
            on=given["on"],
            because=given["because"] or "",
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "open-item", key)

    left = Money(abs(row.open_minor), row.currency)
    fields = (
        replace(
            choice("other", AGAINST, tuple((str(one.id), _open(one)) for one in others[:OFFERED])),
            hint=MORE if len(others) > OFFERED else None,
        ),
        money(
            "amount",
            labels.AMOUNT,
            row.currency,
            hint=Text(en=f"At most {left.shown('en')}", ja=f"上限 {left.shown('ja')}"),
        ),
        prose("because", labels.REASON, needed=False),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="A credit note settles an invoice of the same customer and currency, without money. {for_good}",
        ja="適格返還請求書と、同じ顧客・通貨の請求書を相殺します。入金はありません。{for_good}",
    ).filled(for_good=FOR_GOOD)
    deed = Deed(
        title=pages.SET_OFF,
        back=Link(row.number, "open-item", key),
        button=pages.SET_OFF,
        do=do,
        fields=fields,
        says=says,
        beside=lambda at, _given: "amount" if at == "amount_minor" else at,
    )
    return perform(request, deed)


def _open(row: OpenItemRow) -> Text:
    left = Money(row.open_minor, row.currency)
    return Text(en=f"{row.number}, {left.shown('en')}", ja=f"{row.number}　{left.shown('ja')}")


@door(doing("receivables.return-transfer"))
def give_back(request: DeskRequest, key: int) -> HttpResponse:
    """Let a transfer and its return by the bank cancel each other out, whichever of the two is open here."""
    desk = request.desk
    row = get_receipt(desk.actor, ReceiptId(key))
    others = list_opposites(desk.actor, row.id)

    def do(given: Given) -> Link:
        other = ReceiptId(int(given["other"]))
        transfer, returned = (other, row.id) if row.amount_minor < 0 else (row.id, other)
        return_transfer(receipt_id=transfer, return_id=returned, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "receipt", key)

    fields = (
        choice("other", OTHER_HALF, tuple((str(one.id), _moved(one)) for one in others)),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="The transfer and its return cancel each other out, and neither waits any more. {for_good}",
        ja="振込とその組戻しを相殺し、どちらも消込の対象から外します。{for_good}",
    ).filled(for_good=FOR_GOOD)
    back = Link(row.reference, "receipt", key)
    deed = Deed(title=pages.RETURNED, back=back, button=pages.RETURNED, do=do, fields=fields, says=says)
    return perform(request, deed)


def _moved(row: ReceiptRow) -> Text:
    amount = Money(row.amount_minor, row.currency)
    words_of = f"{row.value_on} {said(row.payer_name)} {row.reference}"
    return Text(en=f"{words_of} {amount.shown('en')}", ja=f"{words_of} {amount.shown('ja')}")

"""Links that were mailed: how each stands, and taking one back."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.billing.operations import withdraw_link
from kanjo.domains.billing.queries import SendingRow, get_invoice, list_sendings
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import choice, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, cell, said

WITHDRAW = Text(en="Withdraw a download link", ja="ダウンロードリンクを取消")
WHICH = Text(en="Link sent", ja="対象のリンク")
NONE_OPEN = Text(en="It has no link that is good.", ja="有効なダウンロードリンクはありません。")
SAYS = Text(
    en="From now on the link leads to no paper. The sending and its downloads stay on record; sent again, the invoice"
    " has a new link.",
    ja="取り消すと、リンクから書類を取得できなくなります。送付とダウンロードの記録は残ります。再送すると新しいリンクが"
    "発行されます。",
)
UNTIL = Text(en="Not downloaded yet; good until {until}", ja="まだダウンロードされていません（有効期限 {until}）")
FETCHED = Text(
    en="Downloaded first {first}, {times} in all; good until {until}",
    ja="初回ダウンロード {first}、計{times}回（有効期限 {until}）",
)
WITHDRAWN = Text(
    en="Withdrawn {at} by {name}: {because}; downloaded {times} times before",
    ja="{at} に {name} さんが取消（{because}）。取消前のダウンロード {times}回",
)
SENT_TO = Text(en="{day}, to {recipient}", ja="{day} 送付（{recipient}）")


def link_shown(row: SendingRow) -> Text | None:
    """Return how the link of a sending stands, None for one by another way."""
    link = row.link
    if link is None:
        return None
    facts = {"times": link.downloads, "until": _told(link.until)}
    if link.withdrawn_at is not None:
        facts |= {"at": _told(link.withdrawn_at), "name": link.withdrawn_by, "because": link.withdrawn_because}
        return WITHDRAWN.filled(**facts)
    return FETCHED.filled(**facts, first=_told(link.first_at)) if link.downloads else UNTIL.filled(**facts)


def withdraw_act(rows: list[SendingRow], key: int, desk: Desk) -> Act:
    """Return the act that takes a link back, held where none is good."""
    held = None if _open(rows, desk) else NONE_OPEN
    return Act(WITHDRAW, Link("", "withdraw-link", key), "billing.withdraw-link", held)


@door(doing("billing.withdraw-link"))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Let a link of an invoice lead nowhere any more."""
    desk = request.desk
    row = get_invoice(InvoiceId(key), desk.actor).row
    links = _open(list_sendings(row.id, desk.actor), desk)

    def do(given: Given) -> Link:
        withdraw_link(
            invoice_id=row.id,
            sending_id=int(given["sending"]),
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "invoice", key)

    options = tuple(
        (str(one.id), SENT_TO.filled(day=one.sent_on, recipient=said(cell(one.recipient).text))) for one in links
    )
    fields = (
        choice("sending", WHICH, options, initial=options[0][0] if options else ""),
        prose("because", labels.REASON),
    )
    back = Link(row.number, "invoice", key)
    return perform(request, Deed(title=WITHDRAW, back=back, button=WITHDRAW, do=do, fields=fields, says=SAYS))


def _open(rows: list[SendingRow], desk: Desk) -> list[SendingRow]:
    return [row for row in rows if row.link is not None and row.link.is_open(desk.now)]


def _told(moment: object) -> str:
    return cell(moment).text

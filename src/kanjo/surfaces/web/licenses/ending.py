"""The end of use under a contract: what is known of it, and confirming it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from kanjo.domains.contracts.queries import ContractRow, get_contract
from kanjo.domains.licenses.facts import HowConfirmed
from kanjo.domains.licenses.queries import EndOfUseRow, GrantRow, list_grants, why_use_goes_on
from kanjo.foundation.ids import ContractId
from kanjo.foundation.texts import Text
from kanjo.processes.watch_rights import CONTRACT, confirm_end_of_use, rights_of
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Section, Table
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import choice, day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.licenses.columns import GRANTS
from kanjo.surfaces.web.shown import Link

CONFIRM = Text(en="Confirm the end of use", ja="利用終了を確認")
CONFIRMED_ON = Text(en="End of use confirmed on", ja="利用終了の確認日")
HOW = Text(en="How it was confirmed", ja="確認方法")
NOTE = Text(en="Note", ja="備考")
GRANTED = Text(en="Granted licenses", ja="付与したライセンス")
CONFIRMED = Text(en="The end of use was confirmed on {day}.", ja="利用終了は {day} に確認済みです。")
NO_LICENSE = Text(en="The contract grants no license.", ja="この契約で付与したライセンスはありません。")
SAYS = Text(
    en="Write down that {customer} no longer uses what this contract granted. It stands for good, and takes the"
    " work off the queue.",
    ja="{customer}がこの契約のライセンスを利用していないことを記録します。記録は取り消せません。受付箱の作業は完了となります。",
)


def facts_of(ended: EndOfUseRow | None) -> tuple[tuple[Text, object], ...]:
    """Return what a contract tells of the end of use, once it is confirmed."""
    if ended is None:
        return ()
    how = ((CONFIRMED_ON, ended.confirmed_on), (HOW, ended.how.shown), (labels.BY, ended.confirmed_by))
    return (*how, (NOTE, ended.note)) if ended.note else how


def confirm_act(row: ContractRow, grants: Sequence[GrantRow], ended: EndOfUseRow | None, desk: Desk) -> Act:
    """Return the act by which the end of use is confirmed; it stands first once the rights have run out."""
    held = NO_LICENSE if not grants else CONFIRMED.filled(day=ended.confirmed_on) if ended else None
    if held is None:
        why = why_use_goes_on(rights_of(desk.actor, row), on=desk.today)
        held = why.sentence if why else None
    link = Link("", "confirm-end-of-use", row.id)
    return Act(CONFIRM, link, "licenses.confirm-end-of-use", held, main=held is None)


@door(doing("licenses.confirm-end-of-use"))
def confirm(request: DeskRequest, key: int) -> HttpResponse:
    """Note that a customer no longer uses what a contract had granted."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def do(given: Given) -> Link:
        confirm_end_of_use(
            contract_id=row.id,
            on=given["on"],
            how=HowConfirmed(given["how"]),
            note=given["note"] or "",
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "contract", key)

    fields = (
        day("on", CONFIRMED_ON, desk.today, hint=labels.BUSINESS_DAY),
        choice("how", HOW, tuple((way.value, way.shown) for way in HowConfirmed)),
        prose("note", NOTE, needed=False),
    )
    deed = Deed(
        of=(CONTRACT, key),
        title=CONFIRM,
        back=Link(row.number, "contract", key),
        button=CONFIRM,
        do=do,
        fields=fields,
        says=SAYS.filled(customer=row.customer),
        sections=(Section(GRANTED, Table.of(GRANTS, list_grants(desk.actor, contract_id=row.id))),),
    )
    return perform(request, deed)

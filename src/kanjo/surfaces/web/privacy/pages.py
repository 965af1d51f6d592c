"""The log of who looked at personal data, and the form that asks why."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import resolve, reverse

from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.paging import Page
from kanjo.platform.privacy.operations import reveal
from kanjo.platform.privacy.queries import LookRow, count_looks, list_looks
from kanjo.platform.privacy.ways import Way
from kanjo.platform.tables import NotFound
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door, door_of
from kanjo.surfaces.web.fields import prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Asked, Filter, ListPage
from kanjo.surfaces.web.privacy.columns import LOOKS, REVEALED, WATCH, WAY, WHOSE
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Looks at personal data", ja="個人情報の閲覧記録")
SHOW = Text(en="Show personal data", ja="個人情報を表示")
KIND = Text(en="personal data of", ja="個人情報の対象")
_SUBJECTS = (
    *("customers_customer", "receivables_receipt", "receivables_bankfile", "billing_invoice", "files_storedfile"),
    "identity_person",
)


def _rows(asked: Asked) -> Page[LookRow]:
    return list_looks(
        asked.desk.actor,
        text=asked.text,
        table=asked.choices["of"] or "",
        way=asked.choices["way"],
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    )


LOOKED = ListPage[LookRow](
    title=TITLE,
    door=WATCH,
    search=Text(en="Name of a person", ja="閲覧者の氏名"),
    filters=(
        Filter("of", WHOSE, _SUBJECTS, ROW_NAMES.__getitem__),
        Filter("way", WAY, tuple(Way)),
    ),
    columns=LOOKS,
    rows=_rows,
    count=lambda asked: count_looks(
        asked.desk.actor, text=asked.text, table=asked.choices["of"] or "", way=asked.choices["way"]
    ),
    note=Text(
        en="Written whenever personal data is shown unmasked. Nothing here can be changed.",
        ja="個人情報を表示するたびに記録されます。記録は変更できません。",
    ),
    empty=Text(en="Nobody looked at personal data yet.", ja="個人情報はまだ閲覧されていません。"),
)


@door(doing("privacy.reveal"))
def reveal_one(request: DeskRequest, of: str) -> HttpResponse:
    """Ask why somebody wants to see what a page masks, and open the page for a while."""
    desk = request.desk
    page, _, number = of.partition(".")
    key = int(number) if number.isascii() and number.isdigit() and len(number) < 20 else 0
    if page not in REVEALED or not 0 < key <= MINOR_MAX:
        raise NotFound(what=KIND, key=quoted(of))
    _refuse_unseen(request, page, key, of)

    def do(given: Given) -> Link:
        reveal(page=page, key=key, table=REVEALED[page], because=given["because"], by=desk.actor, at=desk.now)
        return Link("", page, key)

    deed = Deed(
        title=SHOW,
        back=Link(ROW_NAMES[REVEALED[page]], page, key),
        button=SHOW,
        do=do,
        fields=(prose("because", labels.REASON),),
        says=Text(
            en="You do not need this data for your role. Your name, the time and the reason are written down; the page"
            " stays open to you for 15 minutes.",
            ja="役割上、通常は表示されない情報です。氏名・日時・理由が記録され、15分間表示できます。",
        ),
    )
    return perform(request, deed)


def _refuse_unseen(request: DeskRequest, page: str, key: int, of: str) -> None:
    """Refuse `NotFound` for what the person could not even see masked."""
    match = resolve(reverse(page, args=[key]))
    who = door_of(match)
    if who is None or (who.roles and not request.desk.actor.holds(*who.roles)):
        raise NotFound(what=KIND, key=quoted(of))
    try:
        match.func(request, key=key)
    except Refusal as refusal:
        if refusal.kind is not RefusalKind.MISSING:
            raise
        raise NotFound(what=KIND, key=quoted(of)) from None

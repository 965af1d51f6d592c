"""What the papers of the company at hand say of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from django.http import HttpResponse

from kanjo.foundation.eras import Calendar
from kanjo.foundation.texts import Text
from kanjo.platform.companies.operations import Letterhead, amend_company
from kanjo.platform.companies.seals import set_seal
from kanjo.platform.documents.seals import LARGEST, LEAST_SIDE, MOST_SIDE
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.companies.pages import AMEND, CALENDAR, CALENDARS, COMPANY, CORPORATE_NUMBER, NO_SEAL, SEAL
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, choice, day, file, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

SAYS = Text(
    en="Papers and electronic invoices made from now on say this. What was issued keeps what it says.",
    ja="今後作成する帳票と電子請求書に反映されます。発行済みの帳票の記載は変わりません。",
)
NUMBER = Text(en="T and 13 digits, of a qualified invoice issuer", ja="「T」と13桁（適格請求書発行事業者）")
DIGITS = Text(
    en="13 digits; by it electronic invoices know the company", ja="13桁。電子請求書の宛先・差出人の識別に使います"
)
ACCOUNT = Text(en="Bank, branch, kind and number, apart by spaces", ja="銀行・支店・種別・口座番号（空白区切り）")
SEAL_SAYS = Text(
    en="Invoices, credit notes, corrected invoices, statements and receipts issued from that day on bear it over the"
    " right end of the issuer's block. Papers issued before stay as they are.",
    ja="適用開始日以降に発行する請求書・返還請求書・修正請求書・月締め請求書・領収書の、発行者欄の右端に印字されます。"
    "それより前に発行した帳票は変わりません。",
)
NO_SEAL_SAYS = Text(
    en="Papers issued from that day on bear no seal. Papers issued before stay as they are.",
    ja="適用開始日以降に発行する帳票には角印を印字しません。それより前に発行した帳票は変わりません。",
)
PICTURE = Text(en="Picture of the seal", ja="角印の画像")
PICTURE_HINT = Text(
    en="PNG, best with a transparent ground; at most {largest:,} bytes, {least} to {most} pixels on each side",
    ja="PNG（背景は透明を推奨）。{largest:,} バイト以下、縦横それぞれ {least}〜{most} ピクセル",
).filled(largest=LARGEST, least=LEAST_SIDE, most=MOST_SIDE)


@door(doing("companies.set-seal"))
def seal(request: DeskRequest) -> HttpResponse:
    """Let the papers of the company at hand bear a seal from a day on."""
    return _seal(request, SEAL, SEAL_SAYS, (file("content", PICTURE, hint=PICTURE_HINT),))


@door(doing("companies.set-seal"))
def no_seal(request: DeskRequest) -> HttpResponse:
    """Let the papers of the company at hand bear no seal from a day on."""
    return _seal(request, NO_SEAL, NO_SEAL_SAYS, ())


def _seal(request: DeskRequest, title: Text, says: Text, pictures: tuple[Field, ...]) -> HttpResponse:
    desk = request.desk
    company = desk.company

    def do(given: Given) -> Link:
        set_seal(
            company_id=company.id,
            content=given["content"].read(LARGEST + 1) if pictures else b"",
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "company")

    fields = (*pictures, day("on", labels.FROM_DAY, desk.today), prose("because", labels.REASON))
    back = Link(COMPANY, "company")
    return perform(request, Deed(title=title, back=back, button=title, do=do, fields=fields, says=says))


@door(doing("companies.amend"))
def amend(request: DeskRequest) -> HttpResponse:
    """Amend the letterhead of the company at hand."""
    desk = request.desk
    company = desk.company
    now = Letterhead(**{one.name: getattr(company, one.name) for one in fields(Letterhead)})

    def do(given: Given) -> Link:
        written: dict[str, Any] = {one.name: given[one.name] or "" for one in fields(Letterhead)}
        amend_company(
            company_id=company.id,
            given=Letterhead(**written | {"calendar": Calendar(given["calendar"])}),
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "company")

    deed = Deed(
        of=("companies_sellingcompany", company.id),
        title=AMEND,
        back=Link(COMPANY, "company"),
        button=AMEND,
        do=do,
        fields=(*_fields(now), prose("because", labels.REASON)),
        says=SAYS,
    )
    return perform(request, deed)


def _fields(now: Letterhead) -> tuple[Field, ...]:
    return (
        replace(words("name", labels.NAME), initial=now.name),
        replace(words("name_en", Text(en="English name", ja="英文名")), initial=now.name_en),
        replace(prose("address", Text(en="Address", ja="住所"), needed=False), initial=now.address),
        replace(
            words("registration_number", Text(en="Registration number", ja="登録番号"), needed=False, hint=NUMBER),
            initial=now.registration_number,
        ),
        replace(words("corporate_number", CORPORATE_NUMBER, needed=False, hint=DIGITS), initial=now.corporate_number),
        replace(
            words("bank_account", Text(en="Bank account", ja="振込先口座"), needed=False, hint=ACCOUNT),
            initial=now.bank_account,
        ),
        choice("calendar", CALENDAR, tuple(CALENDARS.items()), initial=now.calendar),
    )

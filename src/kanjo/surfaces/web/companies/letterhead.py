"""What the papers of the company at hand say of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from django.http import HttpResponse

from kanjo.foundation.eras import Calendar
from kanjo.foundation.texts import Text
from kanjo.platform.companies.operations import Letterhead, amend_company
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.companies.pages import AMEND, CALENDAR, CALENDARS, COMPANY, CORPORATE_NUMBER
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, choice, prose, words
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

"""What lacks before the coming invoices can go out right, each with the way to where it is mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.http import HttpResponse

from kanjo.domains.billing.queries import Gap, Lack, Lacking, count_gaps, list_gaps, page_of_gaps
from kanjo.foundation.texts import Text
from kanjo.surfaces.doors import GAPS
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import door
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Missing for invoices", ja="請求情報の不足")
INVOICES = Text(en="Invoices", ja="請求書")
ALL_THERE = Text(en="Nothing lacks for the coming invoices.", ja="今後の請求に不足している情報はありません。")
WHERE = Text(en="Where", ja="対象")
MEND = Text(en="Mended at", ja="登録する画面")
ALL = Text(en="All that is missing", ja="不足の一覧")
FIRST = Text(
    en="The first {most} of {count} are shown; the number above leads to all.",
    ja="全{count}件のうち、先頭の{most}件を表示しています。全件は上の件数から表示できます。",
)
OWN = Text(en="The company itself", ja="自社")
CONTRACT_OF = Text(en="Contract {number}: {tax_class}", ja="契約 {number}（{tax_class}）")
_MENDED = {
    Lack.REGISTRATION_NUMBER: Text(en="Letterhead of the company", ja="会社情報の変更"),
    Lack.BANK_ACCOUNT: Text(en="Letterhead of the company", ja="会社情報の変更"),
    Lack.ADDRESS: Text(en="Details of the customer", ja="顧客情報の変更"),
    Lack.ENGLISH_NAME: Text(en="Details of the customer", ja="顧客情報の変更"),
    Lack.BILL_TO: Text(en="To whom invoices go", ja="請求書の宛先・送付方法"),
    Lack.PO_NUMBER: Text(en="The hold", ja="請求保留"),
    Lack.TAX_RATE: Text(en="An administrator sets the rate, by the API", ja="システム管理者がAPIで税率を設定"),
}
_COMPANY = {Lack.REGISTRATION_NUMBER, Lack.BANK_ACCOUNT}


def _where(row: Gap) -> object:
    if row.payer_id and row.payer_name:
        return Link(row.payer_name, "customer", row.payer_id)
    if row.contract_id and row.tax_class:
        named = CONTRACT_OF.filled(number=row.contract, tax_class=row.tax_class.shown)
        return Link(named, "contract", row.contract_id)
    return row.held or OWN


def _mended(row: Gap) -> object:
    said = _MENDED[row.lack]
    if row.lack in _COMPANY:
        return Link(said, "company")
    if row.hold_id:
        return Link(said, "hold", row.hold_id)
    if row.payer_id:
        return Link(said, "bill-to-account" if row.lack is Lack.BILL_TO else "amend-customer", row.payer_id)
    return said


_COLUMNS: tuple[Column[Gap], ...] = (
    Column(WHERE, _where),
    Column(MEND, _mended),
)
_MIXED: tuple[Column[Gap], ...] = (Column(TITLE, lambda row: row.lack.shown), *_COLUMNS)


GAP_LIST = ListPage[Gap](
    title=ALL,
    door=GAPS,
    filters=(Filter("lack", TITLE, tuple(Lack)),),
    columns=_MIXED,
    rows=lambda asked: page_of_gaps(
        asked.desk.company_id, on=asked.desk.today, lack=asked.choices["lack"], limit=asked.limit, at=asked.at
    ),
    count=lambda asked: count_gaps(asked.desk.company_id, on=asked.desk.today, lack=asked.choices["lack"]),
    empty=ALL_THERE,
)
"""Every place where something lacks, page by page."""


@door(GAPS)
def gaps(request: DeskRequest) -> HttpResponse:
    """Show what lacks for the coming invoices of the company at hand."""
    desk = request.desk
    lacking = list_gaps(desk.company_id, on=desk.today)
    detail = Detail(
        kind=TITLE,
        title=desk.company.name,
        back=Link(INVOICES, "invoices"),
        facts=tuple((one.lack.shown, _listed(one)) for one in lacking),
        sections=tuple(_sections(lacking)) or (Section(TITLE, Table.of(_COLUMNS, ()), empty=ALL_THERE),),
    )
    return show(request, detail)


def _listed(one: Lacking) -> Link:
    return Link(f"{one.count:,}", "gap-list", query=urlencode({"lack": one.lack}))


def _sections(lacking: Sequence[Lacking]) -> Iterator[Section]:
    for one in lacking:
        most = len(one.gaps)
        note = FIRST.filled(most=most, count=one.count) if most < one.count else None
        yield Section(one.lack.shown, Table.of(_COLUMNS, one.gaps), note)


def gaps_of_contract(lacking: Sequence[Lacking]) -> tuple[Section, ...]:
    """Return what lacks for one contract as a section, none where all is there."""
    rows = [gap for one in lacking for gap in one.gaps]
    return (Section(TITLE, Table.of(_MIXED, rows)),) if rows else ()

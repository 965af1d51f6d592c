"""Reads of what lacks before the coming invoices can go out right: in sets, however many plans there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection

from kanjo.domains.billing.facts import PlanCharge
from kanjo.domains.billing.queries.due import known_now
from kanjo.domains.billing.queries.holds import HoldRow, held_for_numbers
from kanjo.domains.billing.queries.usage import STANDS
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.catalog.queries import tax_rate_table
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, HoldId
from kanjo.foundation.texts import Name, Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.paging import LAST, NotAPlace, Page
from kanjo.platform.tallies import Tally

YEN = "JPY"
MOST = 100
"""So many rows are told of each thing that lacks; of the others only the number."""


class Lack(StrEnum):
    """Something that a right invoice needs and that is not there."""

    REGISTRATION_NUMBER = "registration_number"
    """Asked only of who sells in yen: elsewhere the law knows none."""
    BANK_ACCOUNT = "bank_account"
    ADDRESS = "address"
    ENGLISH_NAME = "english_name"
    """Of a payer that is not invoiced in Japanese."""
    BILL_TO = "bill_to"
    """Nobody chose to which department and by what way."""
    PO_NUMBER = "po_number"
    """It is on hold until the customer gives its number."""
    TAX_RATE = "tax_rate"
    """The tax class of what is billed next has none on its day: today, or earlier where nothing was billed yet."""

    @property
    def shown(self) -> Text:
        """What lacks, as people read it."""
        return _LACKS[self]


_LACKS = {
    Lack.REGISTRATION_NUMBER: Text(en="Own registration number", ja="自社の登録番号"),
    Lack.BANK_ACCOUNT: Text(en="Own bank account", ja="自社の振込先口座"),
    Lack.ADDRESS: Text(en="Address of the payer", ja="請求先の住所"),
    Lack.ENGLISH_NAME: Text(en="English name of the payer", ja="請求先の英語名"),
    Lack.BILL_TO: Text(en="To whom and by what way", ja="請求書の宛先・送付方法"),
    Lack.PO_NUMBER: Text(en="Customer's order number", ja="顧客の注文番号"),
    Lack.TAX_RATE: Text(en="Tax rate of what is billed next", ja="次回請求分の税率"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One place where something lacks: a payer, a contract (of a tax class), or a hold; the company itself has none."""

    lack: Lack
    payer_id: CustomerId | None = None
    payer_name: str = ""
    contract_id: ContractId | None = None
    contract: str = ""
    tax_class: TaxClass | None = None
    hold_id: HoldId | None = None
    held: Text | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing that lacks: in how many places, and the first `MOST` of them."""

    lack: Lack
    count: int
    gaps: tuple[Gap, ...]


# A plan of which something may still be billed: to its end, or again what of the end was given back; of one that ended
# early by its end only what was told of it.
_COMING = f"""
SELECT p.id, p.account_id, p.contract_id, p.tax_class, p.due_from FROM billing_plan p
WHERE p.company_id = %(company_id)s AND (%(contract_id)s::bigint IS NULL OR p.contract_id = %(contract_id)s)
AND (p.service_until > %(on)s OR NOT EXISTS (
    SELECT FROM billing_charge c WHERE c.plan_id = p.id AND c.credited_line_id IS NULL
    AND (p.service_until IS NULL OR c.service_until >= p.service_until)
    AND NOT EXISTS (SELECT FROM billing_charge b WHERE b.plan_id = p.id AND b.credited_line_id = c.invoice_line_id
        AND b.service_until = c.service_until)))
AND NOT EXISTS (SELECT FROM billing_away h WHERE h.plan_id = p.id AND h.for_good AND h.start <= %(on)s AND {STANDS})
AND NOT (p.charge = '{PlanCharge.ONE_TIME}' AND p.part = 0 AND EXISTS (
    SELECT FROM billing_plan i WHERE i.order_line_id = p.order_line_id AND i.part > 0))
"""  # noqa: S608 our own text
# Who is billed is whoever shares, that of the contract before that of the account, or else who pays.
_GAPS = f"""
WITH coming AS MATERIALIZED ({_COMING}),
sharing AS (
    SELECT DISTINCT ON (contract_id, account_id) id, contract_id, account_id FROM billing_sharing
    WHERE company_id = %(company_id)s AND effective_on <= %(on)s
    ORDER BY contract_id, account_id, effective_on DESC, id DESC),
billed AS MATERIALIZED (
    SELECT DISTINCT c.contract_id, coalesce(s.account_id, c.account_id) AS account_id
    FROM (SELECT DISTINCT contract_id, account_id FROM coming) c
    LEFT JOIN sharing o ON o.contract_id = c.contract_id LEFT JOIN sharing a ON a.account_id = c.account_id
    LEFT JOIN billing_payershare s ON s.sharing_id = coalesce(o.id, a.id)),
chosen AS (
    SELECT account_id, contract_id FROM (
        SELECT DISTINCT ON (account_id, contract_id) account_id, contract_id, channel FROM billing_billto
        WHERE company_id = %(company_id)s AND effective_on <= %(on)s
        ORDER BY account_id, contract_id, effective_on DESC, id DESC) latest
    WHERE channel <> ''),
unchosen AS (
    SELECT DISTINCT b.account_id FROM billed b
    WHERE NOT EXISTS (SELECT FROM chosen h WHERE h.account_id = b.account_id
        AND (h.contract_id IS NULL OR h.contract_id = b.contract_id))),
payer AS (
    SELECT c.id, c.name, c.name_en, c.address, c.language, a.id IN (SELECT account_id FROM unchosen) AS is_unchosen
    FROM billing_account a JOIN customers_customer c ON c.id = a.payer_id
    WHERE a.id IN (SELECT account_id FROM billed)),
gap AS (
    SELECT 'address' AS lack, id AS payer_id, name, name_en, NULL::bigint AS contract_id, '' AS number, '' AS tax_class
    FROM payer WHERE address !~ '\\S'
    UNION ALL SELECT 'english_name', id, name, name_en, NULL, '', '' FROM payer WHERE language <> 'ja' AND name_en = ''
    UNION ALL SELECT 'bill_to', id, name, name_en, NULL, '', '' FROM payer WHERE is_unchosen
    UNION ALL SELECT 'tax_rate', NULL, '', '', t.contract_id, k.number, t.tax_class FROM (
        SELECT DISTINCT c.contract_id, c.tax_class FROM coming c
        LEFT JOIN unnest(%(classes)s::text[], %(since)s::date[]) AS r (tax_class, since) ON r.tax_class = c.tax_class
        WHERE c.due_from < coalesce(r.since, 'infinity') AND (%(on)s < coalesce(r.since, 'infinity')
            OR NOT EXISTS (SELECT FROM billing_charge b WHERE b.plan_id = c.id))) t
    JOIN contracts_contract k ON k.id = t.contract_id)
"""  # noqa: S608 our own text
_FIRST = f"""{_GAPS}
SELECT lack, of_all, payer_id, name, name_en, contract_id, number, tax_class FROM (
    SELECT gap.*, count(*) OVER (PARTITION BY lack) AS of_all,
        row_number() OVER (PARTITION BY lack ORDER BY name, payer_id, contract_id, tax_class) AS nth FROM gap) g
WHERE nth <= {MOST} ORDER BY lack, nth
"""  # noqa: S608 our own text
_SOME = f"""{_GAPS}
SELECT lack, payer_id, name, name_en, contract_id, number, tax_class FROM gap WHERE lack = ANY(%(lacks)s)
ORDER BY array_position(%(lacks)s, lack), name, payer_id, contract_id, tax_class LIMIT %(limit)s OFFSET %(skip)s
"""  # noqa: S608 our own text
_COUNT = f"""{_GAPS}
SELECT count(*) FROM gap WHERE lack = ANY(%(lacks)s)
"""  # noqa: S608 our own text
_OF_COMPANY = (Lack.REGISTRATION_NUMBER, Lack.BANK_ACCOUNT)
_OF_PLANS = (Lack.ADDRESS, Lack.ENGLISH_NAME, Lack.BILL_TO, Lack.TAX_RATE)
_PLACE = re.compile(r"from\.(\d{1,9})", re.ASCII)


def list_gaps(company_id: CompanyId, *, on: date, contract_id: ContractId | None = None) -> list[Lacking]:
    """Return what lacks on a day for the coming invoices of a company, or of one contract; nothing where all is there.

    Looked at is whoever is billed of plans of which something may still be: who pays, or shares.
    """
    found = _of_company(company_id) + _of_plans(company_id, on, contract_id) + _of_holds(company_id, on, contract_id)
    return sorted(found, key=lambda one: list(Lack).index(one.lack))


def count_gaps(company_id: CompanyId, *, on: date, lack: Lack | None = None) -> Tally:
    """Return how many places `page_of_gaps` has."""
    return Tally(sum(part.count() for part in _parts(company_id, on, lack)))


def page_of_gaps(
    company_id: CompanyId, *, on: date, lack: Lack | None = None, limit: int = 100, at: str = ""
) -> Page[Gap]:
    """Return one page of every place where something lacks on a day, or one thing. Refuses `NotAPlace`.

    Of the company first, then of payers and contracts, then the holds. What is mended meanwhile moves the others up.
    """
    parts = _parts(company_id, on, lack)
    begin = _begin(at, parts, limit)
    rows, skip = list[Gap](), begin
    for part in parts:
        if skip and skip >= (count := part.count()):
            skip -= count
            continue
        rows += part.some(skip, limit + 1 - len(rows))
        skip = 0
        if len(rows) > limit:
            break
    return Page(
        rows[:limit],
        before=f"from.{max(begin - limit, 0)}" if begin else "",
        after=f"from.{begin + limit}" if len(rows) > limit else "",
        number=begin + 1,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the list: how many places it has, and those after so many, at most so many."""

    count: Callable[[], int]
    some: Callable[[int, int], Sequence[Gap]]


def _begin(at: str, parts: Sequence[_Part], limit: int) -> int:
    if not at:
        return 0
    if at.partition(".")[0] == LAST:
        return max(sum(part.count() for part in parts) - limit, 0)
    found = _PLACE.fullmatch(at)
    if found is None:
        raise NotAPlace
    return int(found[1])


def _parts(company_id: CompanyId, on: date, lack: Lack | None) -> list[_Part]:
    asked = {lack} if lack else set(Lack)
    own = [gap for one in _of_company(company_id) for gap in one.gaps if one.lack in asked]
    lacks = [one for one in _OF_PLANS if one in asked]
    parts = [_Part(lambda: len(own), lambda skip, most: own[skip : skip + most])]
    if lacks:
        given = {**_asked(company_id, on, None), "lacks": lacks}
        parts.append(
            _Part(
                lambda: int(_read(_COUNT, given)[0]["count"]),
                lambda skip, most: [_gap(row) for row in _read(_SOME, {**given, "skip": skip, "limit": most})],
            )
        )
    if Lack.PO_NUMBER in asked:
        parts.append(
            _Part(
                lambda: held_for_numbers(company_id, on, most=0)[0],
                lambda skip, most: _waiting(held_for_numbers(company_id, on, most=most, skip=skip)[1]),
            )
        )
    return parts


def _of_company(company_id: CompanyId) -> list[Lacking]:
    company = SellingCompany.objects.get(pk=company_id)
    lacks = {
        Lack.REGISTRATION_NUMBER: company.currency == YEN and not company.registration_number,
        Lack.BANK_ACCOUNT: not company.bank_account.strip(),
    }
    return [Lacking(lack, 1, (Gap(lack),)) for lack, is_so in lacks.items() if is_so]


def _of_plans(company_id: CompanyId, on: date, contract_id: ContractId | None) -> list[Lacking]:
    rows = _read(_FIRST, _asked(company_id, on, contract_id))
    counts = {row["lack"]: row["of_all"] for row in rows}
    return [
        Lacking(Lack(lack), count, tuple(_gap(row) for row in rows if row["lack"] == lack))
        for lack, count in counts.items()
    ]


def _asked(company_id: CompanyId, on: date, contract_id: ContractId | None) -> dict[str, Any]:
    since: dict[str, date] = {}
    for tax_class, day in tax_rate_table().select("tax_class", "effective_on").iter_rows():
        since[tax_class] = min(day, since.get(tax_class, day))
    return {
        "company_id": company_id,
        "contract_id": contract_id,
        "on": on,
        "known_at": known_now(),
        "left_out": [],
        "without": 0,
        "classes": list(since),
        "since": list(since.values()),
    }


def _read(query: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, dict(asked))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _gap(row: Mapping[str, Any]) -> Gap:
    return Gap(
        Lack(row["lack"]),
        payer_id=CustomerId(row["payer_id"]) if row["payer_id"] else None,
        payer_name=Name(row["name"], row["name_en"]),
        contract_id=ContractId(row["contract_id"]) if row["contract_id"] else None,
        contract=row["number"],
        tax_class=TaxClass(row["tax_class"]) if row["tax_class"] else None,
    )


def _of_holds(company_id: CompanyId, on: date, contract_id: ContractId | None) -> list[Lacking]:
    count, holds = held_for_numbers(company_id, on, contract_id=contract_id, most=MOST)
    return [Lacking(Lack.PO_NUMBER, count, tuple(_waiting(holds)))] if holds else []


def _waiting(holds: Sequence[HoldRow]) -> list[Gap]:
    return [
        Gap(Lack.PO_NUMBER, payer_id=one.payer_id, contract_id=one.contract_id, hold_id=one.id, held=one.what)
        for one in holds
    ]

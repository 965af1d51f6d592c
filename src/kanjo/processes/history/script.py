"""What a made-up company is and does, as its files tell it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from kanjo.domains.catalog.facts import UsageModel, UsageTerms, UsageTier
from kanjo.foundation.actors import Role
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language, Text
from kanjo.processes.found_company import Charter

CHARTER = "company.toml"
"""The file by which a folder is known to hold a made-up company."""

Row = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month counted from the one in which the history is played: -17:05 is the fifth, 17 months ago."""

    month: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInPlay:
    """One of the company's people."""

    key: str
    name: str
    name_en: str
    role: Role
    team: str
    manager: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInPlay:
    """A product; `raised_price` is what it costs after the price was raised, None where it was not."""

    code: str
    name: Text
    family: str
    charge: str
    timing: str
    interval_months: int
    recognition: str
    license_metric: str
    price: int
    raised_price: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInPlay:
    """A customer; `payer` is how the bank writes its name, `pays` its manner of paying."""

    key: str
    name: str
    name_kana: str
    name_en: str
    corporate_number: str
    sector: str
    employees: int
    address: str
    payment_terms: str
    pays: str
    payer: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInPlay:
    """A line of a deal: the discount in percent, and when it is accepted, None where that is awaited."""

    product: str
    quantity: int
    discount: int
    accepted: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealInPlay:
    """A deal, how far it gets (`outcome`) and how its approvers answer (`decision`)."""

    key: str
    customer: str
    name: str
    owner: str
    renews: str
    opened: Day
    quoted: Day | None
    closed: Day | None
    starts: Day | None
    months: int
    payment_terms: str
    outcome: str
    decision: str
    comment: str
    because: Text
    po_number: str
    lines: tuple[LineInPlay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Money that arrives for no invoice, or with `cancels` goes again (組戻し)."""

    on: Day
    payer: str
    amount: int
    text: str
    cancels: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The last invoice of a deal is given back, and with `set_off` the two cancel each other out."""

    deal: str
    on: Day
    because: str
    set_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a won deal later: `amend` sets its first line to a `quantity`, `pause` stops it up to `until`.

    `hold` keeps it off invoices up to `until`; `group` puts all that its customer pays for on one invoice.
    """

    deal: str
    act: str
    on: Day
    effective: Day
    until: Day | None
    quantity: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageInPlay:
    """What is used of the first line of a won deal, sent on a day; with `corrects` in the place of another event."""

    deal: str
    on: Day
    event: str
    used_on: Day
    quantity: int
    corrects: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """The account as the bank's notices name it, and the fees that payers are known to deduct."""

    account: str
    holder: str
    fees: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything of a made-up company. The books of its charter are opened for the months of the play."""

    charter: Charter
    months: int
    bank: Bank
    people: tuple[PersonInPlay, ...]
    products: tuple[ProductInPlay, ...]
    customers: tuple[CustomerInPlay, ...]
    deals: tuple[DealInPlay, ...]
    strays: tuple[Stray, ...]
    credits: tuple[Credit, ...]
    told: tuple[Told, ...]
    usage_prices: Mapping[str, UsageTerms]
    """How the usage of products is priced, by their codes."""
    usage: tuple[UsageInPlay, ...]


def read_script(folder: Path) -> Script:
    """Read the files of a made-up company."""
    told = tomllib.loads((folder / CHARTER).read_text("utf-8"))
    departments = _gathered(_rows(folder, "departments.csv"), "customer", lambda row: row["department"])
    lines = _gathered(_rows(folder, "lines.csv"), "deal", _line)
    return Script(
        charter=_charter(told),
        months=told["months"],
        bank=Bank(account=told["bank"]["account"], holder=told["bank"]["holder"], fees=tuple(told["bank"]["fees"])),
        people=tuple(_person(row) for row in _rows(folder, "people.csv")),
        products=tuple(_product(row) for row in _rows(folder, "products.csv")),
        customers=tuple(_customer(row, departments) for row in _rows(folder, "customers.csv")),
        deals=tuple(_deal(row, lines) for row in _rows(folder, "deals.csv")),
        strays=tuple(_stray(row) for row in _rows(folder, "strays.csv")),
        credits=tuple(_credit(row) for row in _rows(folder, "credits.csv")),
        told=tuple(_told(row) for row in _rows(folder, "told.csv")),
        usage_prices={row["product"]: _usage_price(row) for row in _rows(folder, "usage_prices.csv")},
        usage=tuple(_usage(row) for row in _rows(folder, "usage.csv")),
    )


def _charter(told: dict[str, Any]) -> Charter:
    return Charter(
        code=told["code"],
        name=told["name"],
        name_en=told["name_en"],
        currency=told["currency"],
        language=Language(told["language"]),
        books=Period(date.min, date.min),
        address=told["address"],
        fiscal_first_month=told["fiscal_first_month"],
        time_zone=told["time_zone"],
        registration_number=f"T{told['corporate_number']}",
        bank_account=told["bank_account"],
    )


def _rows(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _gathered(rows: Sequence[Row], key: str, read: Callable[[Row], T]) -> dict[str, tuple[T, ...]]:
    found: dict[str, tuple[T, ...]] = {}
    for row in rows:
        found[row[key]] = (*found.get(row[key], ()), read(row))
    return found


def _person(row: Row) -> PersonInPlay:
    return PersonInPlay(**{**row, "role": Role(row["role"])})  # type: ignore[arg-type]  # the role is read


def _product(row: Row) -> ProductInPlay:
    return ProductInPlay(
        code=row["code"],
        name=Text(en=row["name_en"], ja=row["name"]),
        family=row["family"],
        charge=row["charge"],
        timing=row["timing"],
        interval_months=int(row["interval_months"]),
        recognition=row["recognition"],
        license_metric=row["license_metric"],
        price=int(row["price"]),
        raised_price=int(row["raised_price"]) if row["raised_price"] else None,
    )


def _customer(row: Row, departments: dict[str, tuple[str, ...]]) -> CustomerInPlay:
    given: dict[str, Any] = {**row, "employees": int(row["employees"])}
    return CustomerInPlay(**given, departments=departments.get(row["key"], ()))


def _line(row: Row) -> LineInPlay:
    return LineInPlay(
        product=row["product"],
        quantity=int(row["quantity"]),
        discount=int(row["discount"]),
        accepted=_day(row["accepted"]),
    )


def _deal(row: Row, lines: dict[str, tuple[LineInPlay, ...]]) -> DealInPlay:
    days = {name: _day(row[name]) for name in ("opened", "quoted", "closed", "starts")}
    because = Text(en=row.pop("because_en"), ja=row["because"])
    given: dict[str, Any] = {**row, **days, "because": because, "months": int(row["months"])}
    return DealInPlay(**given, lines=lines[row["key"]])


def _stray(row: Row) -> Stray:
    given: dict[str, Any] = {
        **row,
        "on": _day(row["on"]),
        "amount": int(row["amount"]),
        "cancels": bool(row["cancels"]),
    }
    return Stray(**given)


def _credit(row: Row) -> Credit:
    given: dict[str, Any] = {**row, "on": _day(row["on"]), "set_off": bool(row["set_off"])}
    return Credit(**given)


def _told(row: Row) -> Told:
    days = {name: _day(row[name]) for name in ("on", "effective", "until")}
    given: dict[str, Any] = {**row, **days, "quantity": int(row["quantity"] or 0)}
    return Told(**given)


def _usage_price(row: Row) -> UsageTerms:
    """Read terms whose tiers are written as after:price/per."""
    tiers = (one.replace(":", "/").split("/") for one in row["tiers"].split())
    return UsageTerms(
        model=UsageModel(row["model"]),
        unit=Text(en=row["unit_en"], ja=row["unit"]),
        tiers=tuple(UsageTier(int(after), int(price), int(per)) for after, price, per in tiers),
        included_units=int(row["included"]),
        minimum_minor=int(row["minimum"]),
    )


def _usage(row: Row) -> UsageInPlay:
    days = {name: _day(row[name]) for name in ("on", "used_on")}
    given: dict[str, Any] = {**row, **days, "quantity": int(row["quantity"])}
    return UsageInPlay(**given)


def _day(text: str) -> Day | None:
    if not text:
        return None
    month, day = text.split(":")
    return Day(int(month), int(day))

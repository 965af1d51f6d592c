"""Holds of billing, what is billed next and why not, and what each line of an invoice follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kanjo.domains.billing.facts import HoldCondition
from kanjo.domains.billing.queries import (
    HeldMoney,
    HoldRow,
    HoldState,
    Lacking,
    Outlook,
    get_hold,
    list_gaps,
    list_holds,
    money_on_hold,
    what_comes_next,
)
from kanjo.foundation.ids import ContractId, HoldId, InvoiceLineId
from kanjo.foundation.texts import Text
from kanjo.reports.explained_lines import LineOfDeal, explain_line_of_deal
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Asked, Blank, Day, one_of
from kanjo.surfaces.api.resources import Report, Resource
from kanjo.surfaces.doors import GAPS


@dataclass(frozen=True, slots=True)
class MoneyOnHold:
    """What is due by a day and kept back, by condition and currency."""

    on: date
    rows: tuple[HeldMoney, ...]


def _money(caller: Caller, key: int, on: date | None = None) -> MoneyOnHold:
    company = caller.company(key)
    day = on or company.today(caller.now)
    return MoneyOnHold(day, tuple(money_on_hold(company.id, day)))


def _next(caller: Caller, key: int, on: date | None = None) -> Outlook:
    return what_comes_next(ContractId(key), caller.actor, on=on or caller.today)


def _line(caller: Caller, key: int) -> LineOfDeal:
    return explain_line_of_deal(InvoiceLineId(key), caller.actor)


@dataclass(frozen=True, slots=True)
class Gaps:
    """What lacks on a day for the coming invoices: of each thing how often, and the first places."""

    on: date
    lacking: tuple[Lacking, ...]


def _gaps(caller: Caller, key: int, on: date | None = None, contract_id: int | None = None) -> Gaps:
    company = caller.company(key)
    day, contract = on or company.today(caller.now), None if contract_id is None else ContractId(contract_id)
    return Gaps(day, tuple(list_gaps(company.id, on=day, contract_id=contract)))


RESOURCES = (
    Resource(
        name="holds",
        title=Text(en="Billing holds and what they keep back today", ja="請求保留と保留中の金額"),
        row=HoldRow,
        rows=lambda caller, **asked: list_holds(caller.actor, on=caller.today, **asked),
        filters={
            "search": Blank,
            "state": one_of(HoldState),
            "condition": one_of(HoldCondition),
            "owner_id": Asked,
            "contract_id": Asked,
        },
        whole=HoldRow,
        one=lambda caller, key: get_hold(caller.actor, HoldId(key), on=caller.today),
    ),
)
REPORTS = (
    Report(
        name="derivation",
        title=Text(en="What the amount of an invoice line follows from", ja="請求明細の計算根拠"),
        whole=LineOfDeal,
        make=_line,
        of="invoice-lines",
    ),
    Report(
        name="what-next",
        title=Text(en="What is billed next of a contract, and why not", ja="契約の今後の請求と請求しない理由"),
        whole=Outlook,
        make=_next,
        filters={"on": Day},
        of="contracts",
    ),
    Report(
        name="billing-gaps",
        title=Text(en="What lacks for the coming invoices", ja="今後の請求に不足している情報"),
        whole=Gaps,
        make=_gaps,
        filters={"on": Day, "contract_id": Asked},
        door=GAPS,
    ),
    Report(
        name="money-on-hold",
        title=Text(en="Money on hold by condition", ja="条件別の保留金額"),
        whole=MoneyOnHold,
        make=_money,
        filters={"on": Day},
    ),
)

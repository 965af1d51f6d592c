"""Reads of orders, their lines and acceptances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, ProductTerms, Recognition, TaxClass
from kanjo.domains.customers.queries import customers_found, named
from kanjo.domains.orders.facts import BookedLine, BookedOrder, LineNow
from kanjo.domains.orders.models import Acceptance, Order, OrderLine
from kanjo.domains.orders.rules.amending import Change, NoLineToChange, Standing, as_amended
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import (
    AmendmentId,
    CompanyId,
    ContractId,
    CustomerId,
    OrderId,
    OrderLineId,
    ProductId,
    QuoteVersionId,
)
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, has_number, is_numbered, is_one_of
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, added_up

ORDERS: Orders = {
    "number": "number",
    "customer": "customer__name",
    "contract": "contract__number",
    "ordered_on": "effective_on",
    "po_number": "po_number",
    "total": "total_minor",
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as it is shown: of a version of a quote, or of an amendment of its contract."""

    id: OrderId
    number: str
    company_id: CompanyId
    contract_id: ContractId
    contract_number: str
    customer_id: CustomerId
    customer: str
    payer_id: CustomerId
    payer: str
    quote_version_id: QuoteVersionId | None
    amendment_id: AmendmentId | None
    amendment_number: str | None
    currency: str
    total_minor: int
    payment_terms: str
    po_number: str
    ordered_on: date


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """A line as it is shown, with what was accepted of it."""

    order_id: OrderId
    contract_id: ContractId
    line: BookedLine
    currency: str
    accepted_on: date | None
    evidence: str


def list_orders(
    actor: Actor,
    *,
    order: str = "",
    limit: int = 200,
    at: str = "",
    customer_id: CustomerId | None = None,
    contract_id: ContractId | None = None,
    search: str = "",
    most: int | None = None,
) -> Page[OrderRow]:
    """Return the orders the actor may see, last ordered first."""
    orders = _found(_chosen(actor, customer_id=customer_id, contract_id=contract_id), search, most)
    return paged(orders, sorted_by(Order, order, ORDERS, "-effective_on", "-id"), at, limit, _rows)


def count_orders(
    actor: Actor, *, customer_id: CustomerId | None = None, contract_id: ContractId | None = None, search: str = ""
) -> Tally:
    """Return how many orders `list_orders` would show without a limit."""
    return added_up(_found(_chosen(actor, customer_id=customer_id, contract_id=contract_id), search), ORDERS, "total")


def get_order(actor: Actor, order_id: OrderId) -> OrderRow:
    """Return the order. Refuses `NotFound`."""
    found = _rows(Order.objects.visible_to(actor).filter(pk=order_id))
    if not found:
        raise NotFound(what=called(Order), key=order_id)
    return found[0]


def all_numbered(contract_id: ContractId) -> bool:
    """Return whether every order of a contract has its customer's number."""
    return not Order.objects.filter(contract_id=contract_id, po_number="").exists()


def find_order(actor: Actor, number: str) -> OrderId | None:
    """Return an order of the actor's companies by its number in full, in any case, or None."""
    found = Order.objects.visible_to(actor).filter(has_number(number))
    key = found.order_by("id").values_list("pk", flat=True).first()
    return None if key is None else OrderId(key)


def list_lines(actor: Actor, order_id: OrderId) -> list[OrderLineRow]:
    """Return the lines of an order in their order."""
    lines = OrderLine.objects.visible_to(actor).filter(order_id=order_id)
    return [_line_row(line) for line in lines.select_related("order", "acceptance").order_by("position")]


def list_awaiting_acceptance(actor: Actor, *, limit: int = 200) -> list[OrderLineRow]:
    """Return the lines billed on acceptance (検収) that nobody accepted yet, oldest order first."""
    ordered = OrderLine.objects.visible_to(actor).filter(changes=None)
    open_lines = ordered.filter(timing=BillingTiming.ON_ACCEPTANCE, acceptance=None)
    oldest = open_lines.select_related("order", "acceptance").order_by("order__effective_on", "order_id", "position")
    return [_line_row(line) for line in oldest[:limit]]


def list_unaccepted(actor: Actor, order_id: OrderId, on: date) -> list[OrderLineRow]:
    """Return the lines of an order that are billed or earned only when the customer has them, and nobody accepted.

    What ended by the day, or was taken back, waits no longer.
    """
    lines = OrderLine.objects.visible_to(actor).filter(_UNACCEPTED, ~_over(on), order_id=order_id)
    return [_line_row(line) for line in lines.select_related("order", "acceptance").order_by("position")]


def all_accepted(
    company_id: CompanyId,
    on: date,
    *,
    order_id: OrderId | None = None,
    contract_id: ContractId | None = None,
    payer_id: CustomerId | None = None,
) -> bool:
    """Return whether no line of an order, of a contract or of what a payer pays a company waits for its acceptance.

    What ended by the day, or was taken back, waits no longer.
    """
    asked = {"order_id": order_id, "order__contract_id": contract_id, "order__payer_id": payer_id}
    given = {name: value for name, value in asked.items() if value is not None}
    return not OrderLine.objects.filter(_UNACCEPTED, ~_over(on), company_id=company_id, **given).exists()


_UNACCEPTED = (Q(timing=BillingTiming.ON_ACCEPTANCE) | Q(recognition=Recognition.AT_A_POINT)) & Q(
    changes=None, acceptance=None
)


def ended_on(order_line_id: OrderLineId) -> date | None:
    """Return from which day on a line is over by an amendment that stands, None while it is not."""
    brought = OrderLine.objects.filter(pk=order_line_id, order__amendment__withdrawn_by__isnull=False)
    days = [*brought.values_list("order__amendment__effective_on", flat=True)]
    ends = OrderLine.objects.filter(_ENDS, changes_id=order_line_id)
    return min([*days, *ends.values_list("order__amendment__effective_on", flat=True)], default=None)


_ENDS = Q(ends=True, order__amendment__withdrawn_by=None)


def _over(on: date) -> Q:
    """Return what is true of lines that ended by a day, or whose amendment was taken back."""
    ended = OrderLine.objects.filter(_ENDS, changes=OuterRef("pk"), order__amendment__effective_on__lte=on)
    return Q(Exists(ended)) | Q(order__amendment__withdrawn_by__isnull=False)


def lines_of_contracts(contract_ids: Sequence[ContractId]) -> dict[ContractId, tuple[BookedLine, ...]]:
    """Return what was booked under each contract, in one query; a contract without order has no lines.

    A line is as its amendments have left it on its last day: quantity and price then, and all it comes to. What was
    ended is left out.
    """
    found: dict[ContractId, tuple[BookedLine, ...]] = dict.fromkeys(contract_ids, ())
    lines = OrderLine.objects.filter(order__contract_id__in=contract_ids).select_related("order")
    for line in lines.order_by("order_id", "position"):
        found[ContractId(line.order.contract_id)] += (booked_line(line),)
    return {contract_id: as_amended(booked) for contract_id, booked in found.items()}


def lines_of_contract(actor: Actor, contract_id: ContractId) -> list[BookedLine]:
    """Return every line booked under a contract as it was booked, changes of lines among them, oldest order first."""
    lines = OrderLine.objects.visible_to(actor).filter(order__contract_id=contract_id)
    return [booked_line(line) for line in lines.order_by("order_id", "position")]


def lines_now(actor: Actor, contract_id: ContractId, on: date) -> list[LineNow]:
    """Return every line first ordered under a contract as it stands on a day, oldest order first."""
    lines = OrderLine.objects.visible_to(actor).filter(order__contract_id=contract_id)
    return [_now(standing, on) for standing in _standing(lines).values()]


def lines_to_change(
    actor: Actor, contract_id: ContractId, keys: Sequence[OrderLineId], on: date
) -> dict[OrderLineId, LineNow]:
    """Return lines of a contract as they stand on a day. Refuses `NoLineToChange` for any that is no such line."""
    lines = {now.line.order_line_id: now for now in lines_now(actor, contract_id, on)}
    for key in keys:
        if key not in lines:
            raise NoLineToChange(line=key)
    return {key: lines[key] for key in keys}


def lines_of_amendment(actor: Actor, amendment_id: AmendmentId) -> list[BookedLine]:
    """Return the lines of the order of an amendment in their order."""
    lines = OrderLine.objects.visible_to(actor).filter(order__amendment_id=amendment_id)
    return [booked_line(line) for line in lines.order_by("position")]


def accepted_lines(contract_id: ContractId) -> dict[OrderLineId, date]:
    """Return which lines of a contract the customer has accepted, and when."""
    accepted = Acceptance.objects.filter(order_line__order__contract_id=contract_id)
    return {OrderLineId(key): day for key, day in accepted.values_list("order_line_id", "effective_on")}


def changes_of(order_line_id: OrderLineId) -> list[BookedLine]:
    """Return what was booked to change a line, oldest first."""
    return [booked_line(line) for line in OrderLine.objects.filter(changes_id=order_line_id).order_by("id")]


def standing_lines(
    contract_id: ContractId, keys: Sequence[OrderLineId], *, without: AmendmentId | None = None
) -> dict[OrderLineId, Standing]:
    """Return how lines of a contract stand: as first ordered, with what changes them; other lines are left out.

    What an amendment changes is in force unless it was taken back; what *without* took back counts as in force.
    """
    either = Q(pk__in=keys) | Q(changes_id__in=keys)
    return _standing(OrderLine.objects.filter(either, order__contract_id=contract_id), without)


def _standing(lines: QuerySet[OrderLine], without: AmendmentId | None = None) -> dict[OrderLineId, Standing]:
    """Return how those of *lines* stand that were first ordered, oldest order first; the others change them."""
    booked = defaultdict[int | None, list[Any]](list)
    for line in lines.annotate(**_AMENDMENT).order_by("order_id", "position"):
        booked[line.changes_id].append(line)
    return {OrderLineId(root.pk): _changed(root, booked[root.pk], without) for root in booked.pop(None, [])}


_AMENDMENT = {
    "amended_by": F("order__amendment__kind"),
    "amended_on": F("order__amendment__effective_on"),
    "amended_until": F("order__amendment__until"),
    "withdraws_from": F("order__amendment__withdraws__effective_on"),
    "withdrawn_by": F("order__amendment__withdrawn_by"),
}
"""What a line says of the amendment that brought it; what that takes back is true from *withdraws_from* on."""


def _changed(root: Any, changes: Sequence[Any], without: AmendmentId | None) -> Standing:
    first = {line.order_id: line for line in reversed(changes) if not _is_withdrawn(line, without)}
    return Standing(
        line=booked_line(root),
        in_force=tuple(
            Change(line.service_start or date.min, line.quantity, line.net_minor, line.ends)
            for line in first.values()
            if line.withdraws_from is None
        ),
        booked=tuple(booked_line(line).as_agreed for line in changes),
        withdrawn=_is_withdrawn(root, without),
        away=tuple(away for line in first.values() if (away := _away(line))),
    )


def _is_withdrawn(line: Any, without: AmendmentId | None) -> bool:
    """Return whether the amendment that brought a line was taken back, by another than *without*."""
    return line.withdrawn_by is not None and line.withdrawn_by != without


def _away(line: Any) -> Period | None:
    """Return the days of a suspension, and of one that was resumed."""
    if line.amended_by == "resumption":
        return Period(line.withdraws_from, line.amended_on) or None
    return Period(line.amended_on, line.amended_until or date.max) if line.amended_by == "suspension" else None


def _now(standing: Standing, on: date) -> LineNow:
    service = standing.line.service
    quantity, net_minor = (0, 0) if service and not service.contains(on) else standing.stands(on)
    return LineNow(standing.line, quantity, net_minor, standing.served)


def booked_order(order: Order) -> BookedOrder:
    """Return the order with its lines as they were booked."""
    lines = OrderLine.objects.filter(order=order).order_by("position")
    return BookedOrder(OrderId(order.pk), order.number, tuple(booked_line(line) for line in lines))


def booked_line(line: OrderLine) -> BookedLine:
    """Return the line as it was agreed and booked."""
    terms = ProductTerms(
        product_id=ProductId(line.product_id),
        code=line.code,
        name=Text(en=line.name_en, ja=line.name_ja),
        charge=ChargeKind(line.charge),
        timing=BillingTiming(line.timing),
        interval_months=line.interval_months,
        recognition=Recognition(line.recognition),
        tax_class=TaxClass(line.tax_class),
        license_metric=line.license_metric,
        interval_days=line.interval_days,
    )
    service = Period(line.service_start, line.service_until) if line.service_start and line.service_until else None
    return BookedLine(
        order_line_id=OrderLineId(line.pk),
        position=line.position,
        terms=terms,
        quantity=line.quantity,
        list_minor=line.list_minor,
        net_minor=line.net_minor,
        total_minor=line.total_minor,
        service=service,
        changes=OrderLineId(line.changes_id) if line.changes_id else None,
        ends=line.ends,
        part_of=OrderLineId(line.part_of_id) if line.part_of_id else None,
    )


def _chosen(actor: Actor, *, customer_id: CustomerId | None, contract_id: ContractId | None) -> QuerySet[Order]:
    asked = {"customer_id": customer_id, "contract_id": contract_id}
    return Order.objects.visible_to(actor).filter(**{name: value for name, value in asked.items() if value})


def _found(orders: QuerySet[Order], search: str, most: int | None = None) -> QuerySet[Order]:
    if not search.strip():
        return orders
    conditions = (
        is_numbered(search, "number", within=most is None),
        is_one_of("customer_id", customers_found(search, most)),
    )
    return any_of(orders, conditions, most)


_PATHS: dict[str, Any] = {
    "contract_number": "contract__number",
    "amendment_number": "amendment__number",
    "customer": named(),
    "payer": named("payer"),
    "ordered_on": "effective_on",
}
_COLUMNS = [_PATHS.get(field.name, field.name) for field in fields(OrderRow)]


def _rows(orders: QuerySet[Order]) -> list[OrderRow]:
    return [OrderRow(*values) for values in orders.values_list(*_COLUMNS)]


def _line_row(line: OrderLine) -> OrderLineRow:
    acceptance = getattr(line, "acceptance", None)
    return OrderLineRow(
        order_id=OrderId(line.order_id),
        contract_id=ContractId(line.order.contract_id),
        line=booked_line(line),
        currency=line.order.currency,
        accepted_on=acceptance.effective_on if acceptance else None,
        evidence=acceptance.evidence if acceptance else "",
    )

"""Verbs on orders: book, book an amendment, note the customer's number, accept a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kanjo.domains.orders.facts import (
    BookedOrder,
    DeliveryAccepted,
    LineToBook,
    LineToChange,
    OrderBooked,
    PoNumberNoted,
)
from kanjo.domains.orders.models import Acceptance, Order, OrderLine, PoNumber
from kanjo.domains.orders.queries import booked_line, booked_order, ended_on, standing_lines
from kanjo.domains.orders.rules.amending import AmendmentBooked, NoLineToChange, NothingChanged, differences
from kanjo.domains.orders.rules.booking import (
    AcceptedAfterEnd,
    AnothersDeal,
    OtherwiseAccepted,
    OtherwiseBooked,
    refuse_acceptance,
    refuse_po_number,
    refuse_unsound,
    refuse_unsound_line,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    AmendmentId,
    CompanyId,
    ContractId,
    CustomerId,
    OrderId,
    OrderLineId,
    PersonId,
    QuoteVersionId,
)
from kanjo.platform.acts import verb
from kanjo.platform.numbering.models import Issued
from kanjo.platform.numbering.operations import take_block
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import alone, refuse_unseen


@verb("orders.book", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS)
def book(
    *,
    company_id: CompanyId,
    contract_id: ContractId,
    customer_id: CustomerId,
    payer_id: CustomerId,
    quote_version_id: QuoteVersionId,
    currency: str,
    payment_terms: str,
    lines: Sequence[LineToBook],
    ordered_on: date,
    po_number: str = "",
    prorated: bool = False,
    by: Actor,
    at: datetime,
) -> BookedOrder:
    """Take up the order of a concluded contract: a number, and a copy of every line as it was agreed.

    One quote version is booked once under a contract: booking it again with the same contents returns the same order,
    with other contents it is refused (`OtherwiseBooked`). Refuses lines that do not stand, each by its position.
    *Prorated* lines break periods of a common anchor: what they come to, billing knows.
    """
    refuse_unseen(company_id, by)
    refuse_unsound(currency, payment_terms, lines, prorated=prorated)
    order = Order(
        company_id=company_id,
        contract_id=contract_id,
        customer_id=customer_id,
        payer_id=payer_id,
        quote_version_id=quote_version_id,
        currency=currency,
        total_minor=sum(line.total_minor for line in lines),
        payment_terms=payment_terms,
        po_number=po_number,
        effective_on=ordered_on,
    )
    alone("orders.book", contract_id)
    before = Order.objects.filter(contract_id=contract_id, quote_version_id=quote_version_id).first()
    if before:
        return _booked_before(before, order, lines)
    return _written(order, lines, by=by, at=at)


@verb("orders.book-amendment", Role.DEAL_MANAGEMENT)
def book_amendment(
    *,
    company_id: CompanyId,
    contract_id: ContractId,
    amendment_id: AmendmentId,
    customer_id: CustomerId,
    payer_id: CustomerId,
    currency: str,
    payment_terms: str,
    lines: Sequence[LineToBook] = (),
    changes: Sequence[LineToChange] = (),
    ordered_on: date,
    by: Actor,
    at: datetime,
) -> BookedOrder:
    """Take up what an amendment adds to a contract, and the difference it makes to lines booked before.

    Once per amendment. A line that ends while later changes wait is booked in several differences. Refuses
    `NothingChanged`, `AmendmentBooked`, new lines that do not stand, and changes of what is not there.
    """
    refuse_unseen(company_id, by)
    if not (lines or changes):
        raise NothingChanged(at="lines")
    for position, line in enumerate(lines, start=1):
        refuse_unsound_line(line, at=f"lines[{position}]", prorated=True)
    alone("orders.book", contract_id)
    before = Order.objects.filter(amendment_id=amendment_id).first()
    if before:
        raise AmendmentBooked(number=before.number)
    booked = [*lines, *_differences(contract_id, amendment_id, changes)]
    order = Order(
        company_id=company_id,
        contract_id=contract_id,
        customer_id=customer_id,
        payer_id=payer_id,
        amendment_id=amendment_id,
        currency=currency,
        total_minor=sum(line.total_minor for line in booked),
        payment_terms=payment_terms,
        effective_on=ordered_on,
    )
    written = _written(order, booked, by=by, at=at)
    _accept_parts(written)
    return written


def _accept_parts(order: BookedOrder) -> None:
    """Let a line that was a part of an accepted one stand as accepted with it."""
    parts = {line.part_of: line.order_line_id for line in order.lines if line.part_of}
    for before in Acceptance.objects.filter(order_line_id__in=parts):
        Acceptance.objects.create(
            company_id=before.company_id,
            order_line_id=parts[OrderLineId(before.order_line_id)],
            evidence=before.evidence,
            accepted_by_id=before.accepted_by_id,
            effective_on=before.effective_on,
        )


OF_ANY_DEAL = (Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS, Role.RECEIVABLES)
"""Who notes the customer's number of any order; a seller does of the own deals."""


@verb("orders.note-po-number", *OF_ANY_DEAL, Role.SALES_REP)
def note_po_number(
    *, order_id: OrderId, po_number: str, on: date, owner_id: PersonId | None = None, by: Actor, at: datetime
) -> PoNumberNoted:
    """Note the customer's number of an order that came later, or another one than before; invoices to come carry it.

    Each change is kept. A seller notes it where *owner_id*, whose deal it is, is the own id (`AnothersDeal`). Refuses
    `NoPoNumber` and `SamePoNumber`.
    """
    order = Order.objects.locked(order_id, by)
    if not by.holds(*OF_ANY_DEAL) and owner_id not in by.persons:
        raise AnothersDeal(number=order.number)
    before, po_number = order.po_number, po_number.strip()
    refuse_po_number(order.number, before, po_number)
    PoNumber.objects.create(
        company_id=order.company_id,
        order=order,
        before=before,
        po_number=po_number,
        noted_by_id=by.id,
        effective_on=on,
    )
    order.po_number = po_number
    order.save(update_fields=["po_number"])
    noted = PoNumberNoted(
        company_id=CompanyId(order.company_id),
        effective_on=on,
        order_id=order_id,
        contract_id=ContractId(order.contract_id),
        number=order.number,
        before=before,
        po_number=po_number,
    )
    return record(noted, by=by, at=at)


@verb("orders.accept-delivery", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS)
def accept_delivery(
    *, order_line_id: OrderLineId, accepted_on: date, evidence: str = "", by: Actor, at: datetime
) -> DeliveryAccepted:
    """Note that the customer accepted what the line delivered (検収), on which day and by which evidence.

    Noted again for the same day it changes nothing; for another day it is refused (`OtherwiseAccepted`). Refuses a
    day before the order, one that has not come yet in the company's time zone, and one on which the line has ended
    (`AcceptedAfterEnd`).
    """
    line = OrderLine.objects.select_related("company").seen(order_line_id, by)
    order = Order.objects.locked(line.order_id, by)
    today = at.astimezone(ZoneInfo(line.company.time_zone)).date()
    refuse_acceptance(order.number, ordered_on=order.effective_on, accepted_on=accepted_on, today=today)
    ended = ended_on(order_line_id)
    if ended is not None and accepted_on >= ended:
        raise AcceptedAfterEnd(number=order.number, position=line.position, ended_on=ended, at="accepted_on")
    accepted = DeliveryAccepted(
        company_id=CompanyId(line.company_id),
        effective_on=accepted_on,
        order_line_id=order_line_id,
        order_id=OrderId(order.pk),
        accepted_on=accepted_on,
    )
    before = Acceptance.objects.filter(order_line=line).first()
    if before is None:
        Acceptance.objects.create(
            company_id=line.company_id,
            order_line=line,
            evidence=evidence,
            accepted_by_id=by.id,
            effective_on=accepted_on,
        )
        return record(accepted, by=by, at=at)
    if before.effective_on != accepted_on:
        raise OtherwiseAccepted(number=order.number, position=line.position, accepted_on=before.effective_on)
    return accepted


SAME_ORDER = ["company_id", "customer_id", "payer_id", "currency", "payment_terms", "po_number", "effective_on"]
"""What two bookings of one version must have in common besides their lines."""


def _differences(
    contract_id: ContractId, amendment_id: AmendmentId, changes: Sequence[LineToChange]
) -> list[LineToBook]:
    keys = [change.order_line_id for change in changes]
    before, after = standing_lines(contract_id, keys, without=amendment_id), standing_lines(contract_id, keys)
    found = []
    for change in changes:
        key = change.order_line_id
        if key not in before:
            raise NoLineToChange(line=key)
        found += differences(before[key], after[key], change)
    return found


def _booked_before(before: Order, now: Order, lines: Sequence[LineToBook]) -> BookedOrder:
    booked = booked_order(before)
    same_head = all(getattr(before, name) == getattr(now, name) for name in SAME_ORDER)
    same_lines = [line.as_agreed for line in booked.lines] == list(lines)
    if not (same_head and same_lines):
        raise OtherwiseBooked(number=before.number)
    return booked


def _written(order: Order, lines: Sequence[LineToBook], *, by: Actor, at: datetime) -> BookedOrder:
    block = take_block(company_id=CompanyId(order.company_id), kind="order", prefix="O", on=order.effective_on, count=1)
    order.number = block.shown(block.first)
    order.save(force_insert=True)
    Issued.objects.create(series_id=block.series_id, number=block.first, subject_id=order.pk)
    rows = OrderLine.objects.bulk_create(_line(order, position, line) for position, line in enumerate(lines, start=1))
    record(
        OrderBooked(
            company_id=CompanyId(order.company_id),
            effective_on=order.effective_on,
            order_id=OrderId(order.pk),
            number=order.number,
            contract_id=ContractId(order.contract_id),
            customer_id=CustomerId(order.customer_id),
            payer_id=CustomerId(order.payer_id),
            quote_version_id=QuoteVersionId(order.quote_version_id) if order.quote_version_id else None,
            currency=order.currency,
            total_minor=order.total_minor,
            amendment_id=AmendmentId(order.amendment_id) if order.amendment_id else None,
        ),
        by=by,
        at=at,
    )
    return BookedOrder(OrderId(order.pk), order.number, tuple(booked_line(row) for row in rows))


def _line(order: Order, position: int, line: LineToBook) -> OrderLine:
    terms, service = line.terms, line.service
    return OrderLine(
        company_id=order.company_id,
        order=order,
        position=position,
        product_id=terms.product_id,
        code=terms.code,
        name_en=terms.name.en,
        name_ja=terms.name.ja,
        charge=terms.charge,
        timing=terms.timing,
        interval_months=terms.interval_months,
        interval_days=terms.interval_days,
        recognition=terms.recognition,
        tax_class=terms.tax_class,
        license_metric=terms.license_metric,
        quantity=line.quantity,
        list_minor=line.list_minor,
        net_minor=line.net_minor,
        total_minor=line.total_minor,
        service_start=service.start if service else None,
        service_until=service.until if service else None,
        changes_id=line.changes,
        ends=line.ends,
        part_of_id=line.part_of,
    )

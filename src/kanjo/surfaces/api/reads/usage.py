"""What was used: deliveries with what became of them, and order lines with what each period costs."""

from __future__ import annotations

from kanjo.foundation.ids import OrderLineId, UsageDeliveryId
from kanjo.foundation.texts import Text
from kanjo.reports.usage import (
    MeteredLineView,
    MeteredRow,
    UsageDeliveryRow,
    get_delivery,
    get_metered,
    list_deliveries,
    list_metered,
)
from kanjo.surfaces.api.fields import Asked
from kanjo.surfaces.api.resources import Resource

RESOURCES = (
    Resource(
        name="usage",
        title=Text(en="Deliveries of usage: what was taken, known and refused", ja="利用実績の受付結果"),
        row=UsageDeliveryRow,
        rows=lambda caller, **asked: list_deliveries(caller.actor, **asked),
        whole=UsageDeliveryRow,
        one=lambda caller, key: get_delivery(caller.actor, UsageDeliveryId(key)),
    ),
    Resource(
        name="metered-lines",
        title=Text(
            en="Order lines with a price of usage, and what each period costs", ja="従量課金の注文明細と期間別料金"
        ),
        row=MeteredRow,
        rows=lambda caller, **asked: list_metered(caller.actor, **asked),
        filters={"order_id": Asked, "contract_id": Asked},
        whole=MeteredLineView,
        one=lambda caller, key: get_metered(caller.actor, OrderLineId(key)),
    ),
)

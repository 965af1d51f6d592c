"""The columns of grants."""

from __future__ import annotations

from collections.abc import Mapping

from kanjo.domains.licenses.queries import GrantRow
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link

METRIC = Text(en="Counts", ja="単位")
NAME = Text(en="Name", ja="製品名")
METRICS: Mapping[str, Text] = {
    "core": Text(en="Core", ja="コア"),
    "device": Text(en="Device", ja="端末"),
    "instance": Text(en="Instance", ja="インスタンス"),
    "server": Text(en="Server", ja="サーバー"),
    "site": Text(en="Site", ja="拠点"),
    "terabyte": Text(en="Terabyte", ja="テラバイト"),
    "user": Text(en="User", ja="ユーザー"),
}
"""What licenses usually count, by its code; a product may count something else, which stands as it was written."""


def metric_shown(metric: str) -> object:
    """Return what a license counts as people read it."""
    return METRICS.get(metric, metric)


GRANTS: tuple[Column[GrantRow], ...] = (
    Column(labels.PRODUCT, lambda row: Link(row.product_code, "product", row.product_id), order="product"),
    Column(NAME, lambda row: Text(en=row.product_en, ja=row.product_ja), extra=True),
    Column(labels.CONTRACT, lambda row: Link(row.contract_number, "contract", row.contract_id), order="contract"),
    Column(METRIC, lambda row: metric_shown(row.metric), order="metric"),
    amount(labels.QUANTITY, lambda row: row.quantity, "quantity"),
    Column(labels.STARTS_ON, lambda row: row.effective_on, order="starts_on"),
    Column(labels.UNTIL, lambda row: last_day(row.until), order="until", extra=True),
)

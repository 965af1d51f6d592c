"""In which order a list stands: by one of the names that the list knows, never by what an address writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

M = TypeVar("M", bound=Model)

Orders = Mapping[str, str]
"""Names of orders with the column that each sorts by; "-" before a name turns it round."""


class UnknownOrder(Refusal):
    """The list cannot be sorted by that."""

    rule = "lists.unknown-order"
    says = Text(en="The list cannot be sorted by “{order}”.", ja="この一覧は「{order}」では並べ替えられません。")
    remedy = Text(en="Sort it by a heading.", ja="列の見出しから並べ替えてください。")


def ordered(rows: QuerySet[M], asked: str, orders: Orders, *otherwise: str) -> QuerySet[M]:
    """Return the rows sorted as asked, blanks last and equal ones by id; as *otherwise* says when nothing is asked.

    Refuses `UnknownOrder`.
    """
    if not asked:
        return rows.order_by(*otherwise)
    turned = asked.startswith("-")
    column = orders.get(asked.removeprefix("-"))
    if column is None:
        raise UnknownOrder(order=quoted(asked))
    by = OrderBy(F(column), descending=turned, nulls_last=True if _may_be_blank(rows.model, column) else None)
    return rows.order_by(by, "-id" if turned else "id")


def _may_be_blank(model: type[Model], column: str) -> bool:
    """Return whether a column can be NULL. Where it cannot, an index that stands the other way round still serves."""
    blank = False
    for name in column.split("__"):
        field = model._meta.get_field(name)
        blank = blank or bool(field.null)
        model = field.related_model or model
    return blank

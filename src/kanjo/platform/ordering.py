"""In which order a list stands: by one of the names that the list knows, never by what an address writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Field, Model
from django.db.models.expressions import OrderBy

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

Orders = Mapping[str, str]
"""Names of orders with the column that each sorts by; "-" before a name turns it round."""


class UnknownOrder(Refusal):
    """The list cannot be sorted by that."""

    rule = "lists.unknown-order"
    says = Text(en="The list cannot be sorted by “{order}”.", ja="この一覧は「{order}」では並べ替えられません。")
    remedy = Text(en="Sort it by a heading.", ja="列の見出しから並べ替えてください。")


@dataclass(frozen=True, slots=True)
class Key:
    """A column that a list is sorted by; what `may_be_blank` has its blanks last, turned round or not."""

    column: str
    turned: bool
    may_be_blank: bool
    field: Field[Any, Any]

    def sorting(self, *, backwards: bool) -> OrderBy:
        """Return the order by this column. Without blanks, an index that stands the other way round serves, too."""
        blanks = {"nulls_first" if backwards else "nulls_last": True} if self.may_be_blank else {}
        return OrderBy(F(self.column), descending=self.turned != backwards, **blanks)


def sorted_by(model: type[Model], asked: str, orders: Orders, *otherwise: str) -> Sequence[Key]:
    """Return the keys of the order asked for, the last of them the id; those of *otherwise* when nothing is asked.

    Refuses `UnknownOrder`.
    """
    if not asked:
        names = otherwise if otherwise[-1].removeprefix("-") in {"id", "pk"} else (*otherwise, "id")
        return [_key(model, name) for name in names]
    turned = "-" if asked.startswith("-") else ""
    column = orders.get(asked.removeprefix("-"))
    if column is None:
        raise UnknownOrder(order=quoted(asked))
    return [_key(model, f"{turned}{name}") for name in dict.fromkeys((column, "id"))]


def _key(model: type[Model], name: str) -> Key:
    column = name.removeprefix("-")
    *path, last = column.split("__")
    blank, at = False, model
    for step in path:
        link: Any = at._meta.get_field(step)
        blank, at = blank or bool(link.null), link.related_model
    field: Any = at._meta.get_field(last)
    return Key(column, name.startswith("-"), blank or bool(field.null), getattr(field, "target_field", field))

"""Amounts at the edge of what a number holds (M8): kept to the yen, or refused beside their field; never wrapped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models, transaction

from kanjo.foundation.actors import Role
from tests.web.office import faults
from tests.web.story import Told
from tests.web.test_forms import Bad, everything, rightly

EDGES = (2**53 - 1, 2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64, 2**127, -(2**63), -(2**63) - 1)
BEYOND = 2**63
FIELDS = [
    ("draft-quote", Role.SALES_REP, "lines-0-net"),
    ("expect-close", Role.SALES_REP, "value"),
    ("allocate", Role.RECEIVABLES, "amount"),
    ("write-off-fee", Role.RECEIVABLES, "amount"),
    ("set-off", Role.RECEIVABLES, "amount"),
    ("set-list-price", Role.SALES_OPERATIONS, "amount"),
]


def amounts() -> Iterator[models.Field[object, object]]:
    """Yield every column of money."""
    for model in apps.get_models():
        yield from (field for field in model._meta.concrete_fields if str(field.name).endswith("_minor"))


def is_kept(amount: int) -> bool:
    """Whether some column of money holds exactly this amount."""
    return any(field.model._base_manager.filter(**{field.name: amount}).exists() for field in amounts())


@pytest.mark.row("M8")
class TestAmounts:
    @pytest.mark.parametrize("edge", EDGES)
    @pytest.mark.parametrize(("form", "role", "field"), FIELDS, ids=[f"{form}-{field}" for form, _, field in FIELDS])
    def test_an_amount_at_the_edge_is_kept_or_named(
        self, story: Told, form: str, role: Role, field: str, edge: int
    ) -> None:
        """What is taken stands in the tables to the yen; what no column holds is refused as such beside its field."""
        desk, before = story.office.desk(role), everything()
        typed = {**rightly(Bad(form, role, "", field), story), field: str(edge)}
        with transaction.atomic():
            answer = desk.client.post(story.address(form), typed)
            taken = answer.status_code == 302
            assert not taken or is_kept(edge)
            assert taken or form != "expect-close" or not 0 <= edge < BEYOND, "a forecast may be any amount"
            transaction.set_rollback(taken)
        if not taken:
            page = answer.content.decode()
            assert answer.status_code in {400, 409}, page
            assert "<code>" in faults(page)
            assert everything() == before
        if not -BEYOND <= edge < BEYOND:
            assert "<code>money.out-of-range" in faults(answer.content.decode())

    def test_every_column_of_money_is_a_whole_number_of_64_bits(self) -> None:
        """No float, no decimal: what is read is what was written."""
        kinds = {field.get_internal_type() for field in amounts()}
        assert (kinds, len(list(amounts())) >= 37) == ({"BigIntegerField"}, True)
        assert not [
            one for model in apps.get_models() for one in model._meta.fields if isinstance(one, models.FloatField)
        ]

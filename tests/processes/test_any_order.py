"""Facts that arrive in another order than they happened: what waits, and what people were told, is the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import permutations

import pytest
from django.db import transaction

from kanjo.domains.contracts.facts import ContractConcluded, ContractTerminated
from kanjo.domains.contracts.operations import terminate_contract
from kanjo.domains.orders.facts import OrderBooked
from kanjo.domains.renewals.facts import RenewalLapsed
from kanjo.domains.renewals.operations import let_lapse
from kanjo.foundation.ids import FactId
from kanjo.platform.identity.queries import house
from kanjo.platform.notices.models import Notice
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.models import WorkItem
from kanjo.processes.find_renewals import find_renewals
from tests.builders import a_customer
from tests.harness.office import Office, an_office, morning

IN_WINDOW, LAPSED, STOPPED = date(2027, 1, 15), date(2027, 2, 1), date(2027, 3, 1)
OF_A_CONTRACT = (ContractConcluded, OrderBooked, RenewalLapsed, ContractTerminated)

Ending = tuple[Sequence[tuple[object, ...]], Sequence[tuple[object, ...]]]


def happened(office: Office, *, terminated: bool) -> list[FactId]:
    """Sell, let the renewal lapse, and maybe terminate the contract; return the facts of it that nobody answered."""
    deal = office.sell(a_customer(), [office.users(10), office.boxes(2)])
    with transaction.atomic():
        (renewal,) = find_renewals(company_id=office.company_id, on=IN_WINDOW, by=house(), at=morning(IN_WINDOW))
        let_lapse(renewal_id=renewal, because="他社製品へ移行", on=LAPSED, by=house(), at=morning(LAPSED))
        if terminated:
            terminate_contract(
                contract_id=deal.contract_id, stops_on=STOPPED, because="解約", by=house(), at=morning(LAPSED)
            )
    kinds = [one.kind for one in OF_A_CONTRACT]
    waiting = Delivery.objects.filter(state="waiting", fact__kind__in=kinds).order_by("fact_id")
    return [FactId(fact) for fact in waiting.values_list("fact_id", flat=True).distinct()]


def arrived(facts: tuple[FactId, ...]) -> Ending:
    """Deliver them in that order; return what waits and what was told, and take it all back."""
    with transaction.atomic():
        for fact in facts:
            deliver(by=house(), at=morning(STOPPED), only=fact)
        assert not Delivery.objects.filter(fact_id__in=facts).exclude(state="delivered").exists()
        # What was asked anew counts as it is asked last.
        work = WorkItem.objects.order_by("kind", "subject_id", "-id").distinct("kind", "subject_id")
        told = Notice.objects.order_by("person_id", "key")
        ending = (
            list(work.values_list("kind", "subject_id", "state", "owner_role", "why_ja", "due_on")),
            list(told.values_list("person_id", "key", "says_ja")),
        )
        transaction.set_rollback(True)
    return ending


@pytest.mark.row("O3")
@pytest.mark.django_db
@pytest.mark.parametrize("terminated", [True, False], ids=["terminated", "lapsed"])
def test_every_order_ends_alike(terminated: bool) -> None:
    """A contract is concluded, ordered, not renewed, and maybe terminated: told in each order it ends the same way."""
    facts = happened(an_office(), terminated=terminated)
    assert len(facts) == 3 + terminated
    in_order = arrived(tuple(facts))
    assert in_order[0]
    assert bool(in_order[1]) == terminated, "who owns what was terminated is told"
    assert [order for order in permutations(facts) if arrived(order) != in_order] == []

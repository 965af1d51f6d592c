"""Holds as they are read: who keeps back what, and how much money that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Held, HoldCondition, Instalment, PlanCharge
from kanjo.domains.billing.models import Hold, InvoiceLine
from kanjo.domains.billing.queries import (
    HoldState,
    count_holds,
    get_hold,
    held_until_accepted,
    list_expiring,
    list_hold_owners,
    list_holds,
    money_on_hold,
    what_comes_next,
)
from kanjo.domains.billing.rules.changing import HoldMissing
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.catalog.facts import ChargeKind, Recognition
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, HoldId, ProductId
from kanjo.foundation.money import Money
from kanjo.platform.identity.queries import house
from kanjo.platform.runs.models import Run
from tests.builders import NOW, TODAY, a_company, a_line, a_product, an_actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-10")]

MAY = date(2026, 5, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Two lines of ten users at ¥1,000 a month for a year from 1 April."""
    return an_order(company, customer, [a_line(a_product(company)), a_line(a_product(company, "X"))])


def hold(
    company: CompanyId,
    held: Held,
    by: Actor,
    condition: HoldCondition = HoldCondition.OTHER,
    *,
    on: date = TODAY,
    expires_on: date | None = None,
    charge: PlanCharge | None = None,
) -> HoldId:
    return billing.hold_billing(
        company_id=company,
        held=held,
        condition=condition,
        because="確認中",
        owner_id=by.id,
        on=on,
        expires_on=expires_on,
        charge=charge,
        by=by,
        at=NOW,
    )


Kept = tuple[PlanCharge | None, int, list[int]]
"""A kind of charge, what a hold of it keeps back, and what is billed all the same."""


class TestKindOfCharge:
    @pytest.mark.parametrize("scope", ["payer_id", "contract_id", "order_id"])
    @pytest.mark.parametrize(
        "kind",
        [(PlanCharge.ONE_TIME, 50_000, [10_000]), (PlanCharge.RECURRING, 10_000, [50_000]), (None, 60_000, [])],
    )
    def test_only_that_kind_is_kept_back(
        self, company: CompanyId, customer: CustomerId, accountant: Actor, scope: str, kind: Kept
    ) -> None:
        """Of ¥10,000 a month and ¥50,000 once the hold keeps back its kind; the run and the outlook say the same."""
        planned = an_order(company, customer, [a_line(a_product(company)), a_line(_once(company), quantity=50)])
        charge, held, billed = kind
        of = {
            "payer_id": Held(payer_id=planned.customer_id),
            "contract_id": Held(contract_id=planned.contract_id),
            "order_id": Held(order_id=planned.order_id),
        }
        key = hold(company, of[scope], accountant, charge=charge)
        row = get_hold(accountant, key, on=TODAY)
        assert (row.charge, row.held) == (charge, (Money(held, "JPY"),))
        assert what_comes_next(planned.contract_id, accountant, on=TODAY).held == Money(held, "JPY")
        run_billing(company, TODAY)
        assert list(InvoiceLine.objects.values_list("net_minor", flat=True)) == billed

    def test_what_is_not_charged_that_way_is_free(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A hold of usage keeps nothing back of what is charged every month."""
        key = hold(company, Held(order_line_id=planned.lines[0]), accountant, charge=PlanCharge.USAGE)
        run_billing(company, TODAY)
        assert get_hold(accountant, key, on=TODAY).held == ()
        assert InvoiceLine.objects.count() == 2


class TestLineInParts:
    @pytest.mark.parametrize("charge", [None, PlanCharge.ONE_TIME])
    def test_its_instalments_are_held_with_it(
        self, company: CompanyId, customer: CustomerId, accountant: Actor, charge: PlanCharge | None
    ) -> None:
        """Of ¥50,000 in two parts ¥20,000 is due: the hold, the money on hold and the outlook tell it as kept back."""
        planned = an_order(company, customer, [a_line(_once(company), quantity=50)])
        parts = (Instalment(20_000, bill_on=TODAY), Instalment(30_000, bill_on=MAY))
        billing.plan_instalments(
            order_line_id=planned.lines[0], instalments=parts, because="分割払い", on=TODAY, by=house(), at=NOW
        )
        key = hold(company, Held(order_line_id=planned.lines[0]), accountant, charge=charge)
        due = Money(20_000, "JPY")
        assert get_hold(accountant, key, on=TODAY).held == (due,)
        assert [row.net for row in money_on_hold(company, TODAY)] == [due]
        outlook = what_comes_next(planned.contract_id, accountant, on=TODAY)
        assert (outlook.held, outlook.invoices) == (due, ())


def _once(company: CompanyId) -> ProductId:
    return a_product(
        company,
        "SETUP",
        charge=ChargeKind.ONE_TIME,
        interval_months=0,
        recognition=Recognition.AT_A_POINT,
        license_metric="",
    )


class TestListHolds:
    def test_each_says_what_it_is_of_and_what_it_keeps_back(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A payer, a contract, an order, a line: what is due of each by the day, two months on 1 May."""
        scopes = (
            Held(payer_id=planned.customer_id),
            Held(contract_id=planned.contract_id),
            Held(order_id=planned.order_id),
            Held(order_line_id=planned.lines[1]),
        )
        for held in scopes:
            hold(company, held, accountant)
        rows = list_holds(accountant, on=MAY)
        assert [(bool(row.payer_id), bool(row.contract_id), row.order_line_id) for row in reversed(rows)] == [
            (True, False, None),
            (False, True, None),
            (False, False, None),
            (False, False, planned.lines[1]),
        ]
        assert [row.held for row in reversed(rows)] == [(Money(40_000, "JPY"),)] * 3 + [(Money(20_000, "JPY"),)]
        assert list_holds(accountant, on=TODAY)[0].held == (Money(10_000, "JPY"),)
        assert rows[0].what.ja.startswith("注文明細")

    def test_the_filters(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Open, expired and released are told apart; condition and owner narrow; only open ones keep money back."""
        other = an_actor(Role.REV_REC, companies=[company])
        open_one = hold(company, Held(contract_id=planned.contract_id), accountant, HoldCondition.PO_NUMBER)
        expired = hold(company, Held(order_id=planned.order_id), other, expires_on=MAY)
        released = hold(company, Held(order_id=planned.order_id), other, HoldCondition.OTHER)
        billing.release_billing(hold_id=released, on=MAY, because="承認済み", by=accountant, at=NOW)

        def ids(state: HoldState | None = None, condition: HoldCondition | None = None) -> list[HoldId]:
            return [row.id for row in list_holds(accountant, on=MAY, state=state, condition=condition)]

        assert [ids(state) for state in HoldState] == [[open_one], [expired], [released]]
        assert ids(condition=HoldCondition.PO_NUMBER) == [open_one]
        assert [row.id for row in list_holds(accountant, on=MAY, owner_id=other.id)] == [released, expired]
        assert [row.held for row in list_holds(accountant, on=MAY, owner_id=other.id)] == [(), ()]
        assert count_holds(accountant, on=MAY, state=HoldState.OPEN) == 1
        assert {key for key, _ in list_hold_owners(accountant)} == {accountant.id, other.id}
        assert [row.id for row in list_holds(accountant, on=MAY, contract_id=planned.contract_id)] == ids()

    def test_a_stranger_sees_none(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Holds belong to their company."""
        key = hold(company, Held(contract_id=planned.contract_id), accountant)
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
        assert list_holds(stranger, on=TODAY) == []
        with pytest.raises(HoldMissing):
            get_hold(stranger, key, on=TODAY)

    def test_the_same_questions_for_ten_as_for_a_thousand(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A page of a thousand holds asks as often as one of ten."""
        asked = []
        for rows in (10, 1_000):
            _crowd(company, planned, accountant, rows - Hold.objects.count())
            with CaptureQueriesContext(connection) as queries:
                assert len(list_holds(accountant, on=TODAY, limit=rows)) == rows
                assert money_on_hold(company, TODAY)[0].net == Money(20_000, "JPY")
            asked.append(len(queries))
        assert asked[0] == asked[1]


def _crowd(company: CompanyId, planned: Planned, owner: Actor, rows: int) -> None:
    targets: Sequence[dict[str, int]] = ({"contract_id": planned.contract_id}, {"plan_id": planned.plans[0]})
    Hold.objects.bulk_create(
        Hold(
            company_id=company,
            condition=HoldCondition.OTHER,
            because="確認中",
            owner_id=owner.id,
            effective_on=TODAY,
            **targets[at % 2],
        )
        for at in range(rows)
    )


class TestMoneyOnHold:
    def test_it_is_what_the_preview_of_a_run_tells(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """By condition; what two holds keep back counts once; together what the run leaves out."""
        hold(company, Held(order_line_id=planned.lines[0]), accountant, HoldCondition.PO_NUMBER)
        hold(company, Held(contract_id=planned.contract_id), accountant, HoldCondition.OTHER)
        rows = money_on_hold(company, MAY)
        assert [(row.condition, row.holds, row.charges, row.net.minor) for row in rows] == [
            (HoldCondition.OTHER, 1, 2, 20_000),
            (HoldCondition.PO_NUMBER, 1, 2, 20_000),
        ]
        run_id = billing.preview_run(company_id=company, on=MAY, by=house(), at=NOW)
        held = Run.objects.get(pk=run_id).preview["held"]
        assert held == {"lines": sum(row.charges for row in rows), "net_JPY": sum(row.net.minor for row in rows)}

    def test_nothing_held_is_no_row(self, planned: Planned, company: CompanyId) -> None:
        """Without holds there is nothing to tell."""
        assert money_on_hold(company, MAY) == []
        run_billing(company, TODAY)


class TestExpiring:
    def test_what_is_over_soon_or_was_and_is_not_released(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Soonest first; without an end, later or released: not among them."""
        held = Held(contract_id=planned.contract_id)
        second = hold(company, held, accountant, expires_on=date(2026, 4, 20))
        first = hold(company, held, accountant, expires_on=date(2026, 4, 5))
        hold(company, held, accountant, expires_on=MAY)
        hold(company, held, accountant)
        gone = hold(company, held, accountant, expires_on=date(2026, 4, 6))
        billing.release_billing(hold_id=gone, on=TODAY, because="済", by=accountant, at=NOW)
        assert [row.id for row in list_expiring(company, until=date(2026, 4, 21))] == [first, second]

    def test_what_waits_for_the_acceptance_of_a_line(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Those of that line, and of what it is a part of; with that condition only, and not of another company."""
        line = Held(order_line_id=planned.lines[0])
        waits = hold(company, line, accountant, HoldCondition.ACCEPTANCE)
        hold(company, line, accountant, HoldCondition.OTHER)
        hold(company, Held(order_line_id=planned.lines[1]), accountant, HoldCondition.ACCEPTANCE)
        wide = hold(company, Held(payer_id=planned.customer_id), accountant, HoldCondition.ACCEPTANCE)
        other = a_company("OTHER")
        theirs = an_order(other, planned.customer_id, [a_line(a_product(other))])
        by = an_actor(Role.RECEIVABLES, companies=[other])
        hold(other, Held(payer_id=theirs.customer_id), by, HoldCondition.ACCEPTANCE)
        of = (planned.lines[0], planned.order_id, planned.contract_id, planned.customer_id)
        assert [row.id for row in held_until_accepted(*of, TODAY)] == [waits, wide]

"""What stands together on an invoice is chosen by company and payer; amounts and days do not move."""

from __future__ import annotations

from datetime import date

import pytest

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import GroupKey
from kanjo.domains.billing.models import Charge, Invoice
from kanjo.domains.billing.queries import keys_of_payer, preview_changes
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_changes import more
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId
from tests.builders import NOW, TODAY, a_company, a_line, a_product, an_actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-14")]


@pytest.fixture
def two(company: CompanyId, customer: CustomerId) -> tuple[Planned, Planned]:
    """Two contracts of one payer, of two lines each."""
    products = [a_product(company, code) for code in ("A", "B", "C", "D")]
    return (
        an_order(company, customer, [a_line(product) for product in products[:2]]),
        an_order(company, customer, [a_line(product) for product in products[2:]]),
    )


def choose(company: CompanyId, payer: CustomerId | None, keys: list[GroupKey], by: Actor, on: date = TODAY) -> None:
    billing.choose_grouping(company_id=company, payer_id=payer, keys=keys, on=on, by=by, at=NOW)


@pytest.fixture
def orders(company: CompanyId, customer: CustomerId, accountant: Actor) -> tuple[Planned, ...]:
    """Five lines of one payer, each double the one before, so that a sum says which of them it is of.

    1 and 2 are of one order, 4 of another of the same contract, 8 of a second contract with the order number of 4 and
    the tag of the first, 16 of a third without either.
    """
    product = a_product(company)
    one, two, four, eight, sixteen = (a_line(product, quantity=1, unit_minor=2**n) for n in range(5))
    first = an_order(company, customer, [one, two], po_number="PO-1")
    again = an_order(company, customer, [four], po_number="PO-2", under=first.contract_id)
    second = an_order(company, customer, [eight], po_number="PO-2")
    third = an_order(company, customer, [sixteen])
    for planned in (first, second):
        billing.tag_contract(contract_id=planned.contract_id, tag="東京", by=accountant, at=NOW)
    return first, again, second, third


class TestChooseGrouping:
    @pytest.mark.parametrize(
        "case",
        [
            ([], [31]),
            ([GroupKey.CONTRACT], [7, 8, 16]),
            ([GroupKey.ORDER], [3, 4, 8, 16]),
            ([GroupKey.PO_NUMBER], [3, 12, 16]),
            ([GroupKey.TAG], [15, 16]),
            ([GroupKey.LINE], [1, 2, 4, 8, 16]),
            ([GroupKey.CONTRACT, GroupKey.PO_NUMBER], [3, 4, 8, 16]),
        ],
    )
    @pytest.mark.parametrize("for_payer", [True, False])
    def test_the_keys_say_what_stands_apart(
        self,
        orders: tuple[Planned, ...],
        company: CompanyId,
        accountant: Actor,
        case: tuple[list[GroupKey], list[int]],
        for_payer: bool,
    ) -> None:
        """The same five charges on as many invoices as the keys keep apart; each is for the same days and amount."""
        keys, invoices = case
        choose(company, orders[0].customer_id if for_payer else None, keys, accountant)
        run_billing(company, TODAY)
        assert sorted(Invoice.objects.values_list("net_minor", flat=True)) == invoices
        assert sorted(Charge.objects.values_list("service_start", "service_until", "amount_minor")) == [
            (TODAY, date(2026, 5, 1), 2**number) for number in range(5)
        ]

    def test_a_tag_that_was_taken_off_is_none(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """A contract that had a tag stands with those that never had one."""
        choose(company, None, [GroupKey.TAG], accountant)
        for tag in ("東京", ""):
            billing.tag_contract(contract_id=two[0].contract_id, tag=tag, by=accountant, at=NOW)
        run_billing(company, TODAY)
        assert Invoice.objects.get().net_minor == 40_000

    def test_a_preview_groups_each_day_as_is_chosen_from_then(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """By contract in April and May, by line from June on: the planned invoices of an amendment say so."""
        choose(company, two[0].customer_id, [GroupKey.LINE], accountant, on=date(2026, 6, 1))
        shown = preview_changes(two[0].contract_id, more(two[0], TODAY, 100), accountant)
        assert [one.issued_on.month for one in shown.invoices[:6]] == [4, 5, 6, 6, 7, 7]

    def test_the_payer_overrules_the_company_and_the_latest_word_counts(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """Everybody per line, this payer all together; from May on per contract."""
        choose(company, None, [GroupKey.LINE], accountant)
        choose(company, two[0].customer_id, [GroupKey.ORDER], accountant)
        choose(company, two[0].customer_id, [], accountant)
        choose(company, two[0].customer_id, [GroupKey.CONTRACT], accountant, on=date(2026, 5, 1))
        run_billing(company, TODAY)
        run_billing(company, date(2026, 5, 1))
        assert list(Invoice.objects.order_by("id").values_list("net_minor", flat=True)) == [40_000, 20_000, 20_000]

    def test_what_holds_for_a_payer_is_read_as_it_is_billed(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """Per contract until somebody chooses; then as chosen for everybody, and for the payer before that."""
        payer = two[0].customer_id
        read = [keys_of_payer(company, payer, TODAY)]
        choose(company, None, [GroupKey.LINE], accountant)
        read.append(keys_of_payer(company, payer, TODAY))
        choose(company, payer, [], accountant)
        choose(company, payer, [GroupKey.TAG], accountant, on=date(2026, 5, 1))
        read += [keys_of_payer(company, payer, on) for on in (TODAY, date(2026, 5, 1))]
        assert read == [[GroupKey.CONTRACT], [GroupKey.LINE], [], [GroupKey.TAG]]

    def test_contracts_with_one_tag_stand_together(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """Tagged alike they share an invoice; tagged apart they do not."""
        choose(company, None, [GroupKey.TAG], accountant)
        for planned, tag in zip(two, ("東京", "大阪"), strict=True):
            billing.tag_contract(contract_id=planned.contract_id, tag=tag, by=accountant, at=NOW)
        run_billing(company, TODAY)
        billing.tag_contract(contract_id=two[1].contract_id, tag="東京", by=accountant, at=NOW)
        run_billing(company, date(2026, 5, 1))
        assert list(Invoice.objects.order_by("id").values_list("net_minor", flat=True)) == [20_000, 20_000, 40_000]

    def test_a_stranger_tags_nothing(self, two: tuple[Planned, Planned]) -> None:
        """Whoever is not of the company does not see the contract."""
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
        with pytest.raises(PlanMissing):
            billing.tag_contract(contract_id=two[0].contract_id, tag="x", by=stranger, at=NOW)

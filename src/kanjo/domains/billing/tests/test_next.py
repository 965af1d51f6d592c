"""What will be billed next of a contract, and why not: it is what the runs then do."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import ContractChange, Held, HoldCondition, LineAway, LineChange
from kanjo.domains.billing.models import Account, Invoice
from kanjo.domains.billing.queries import Outlook, Why, what_comes_next
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_holds_read import hold
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import AmendmentId, CompanyId, CustomerId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from kanjo.platform.worklist import operations as worklist
from tests.builders import NOW, TODAY, a_box, a_company, a_line, a_product, an_actor
from tests.deals import AmendmentKind, an_amendment

pytestmark = pytest.mark.django_db

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Ten users at ¥1,000 a month for a year from 1 April, and a box that is billed on its acceptance."""
    box = a_line(a_box(company), quantity=1, unit_minor=500_000)
    return an_order(company, customer, [a_line(a_product(company)), box])


def amend(planned: Planned, change: ContractChange, kind: AmendmentKind = AmendmentKind.CHANGE) -> AmendmentId:
    withdraws = change.withdraws[0] if change.withdraws else None
    amendment_id = an_amendment(planned.contract_id, kind, effective_on=TODAY, withdraws=withdraws)
    billing.change_plans(
        contract_id=planned.contract_id, amendment_id=amendment_id, change=change, on=TODAY, by=house(), at=NOW
    )
    return amendment_id


def whys(outlook: Outlook, place: int = 0) -> list[Why]:
    return [one.why for one in outlook.lines[place].reasons]


@pytest.mark.row("BIL-9")
class TestWhatComesNext:
    def test_it_equals_the_invoices_that_follow(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """April billed, May moved to 20 May, June held until 10 June: days, net and tax as the runs issue them."""
        run_billing(company, TODAY)
        billing.move_billing_day(
            contract_id=planned.contract_id,
            bill_on=MAY,
            moved_to=date(2026, 5, 20),
            because="顧客の依頼",
            by=accountant,
            at=NOW,
        )
        hold(company, Held(contract_id=planned.contract_id), accountant, on=JUNE, expires_on=date(2026, 6, 10))
        shown = what_comes_next(planned.contract_id, accountant, on=date(2026, 4, 10))
        assert (shown.held.minor, shown.awaited) == (0, Money(500_000, "JPY"))
        assert [one.issued_on for one in shown.invoices][:3] == [date(2026, 5, 20), JUNE, date(2026, 7, 1)]
        assert whys(shown) == [Why.MOVED, Why.NOT_DUE, Why.BILLED]
        assert whys(shown, 1) == [Why.ACCEPTANCE]
        on_hold = what_comes_next(planned.contract_id, accountant, on=JUNE)
        assert on_hold.held == Money(20_000, "JPY")
        assert [one.issued_on for one in on_hold.invoices][:2] == [date(2026, 6, 10), date(2026, 7, 1)]
        assert whys(on_hold) == [Why.HELD, Why.BILLED]
        for invoice in on_hold.invoices:
            run_billing(company, invoice.issued_on)
        issued = Invoice.objects.order_by("id").values_list("issued_on", "net_minor", "tax_minor", "due_on")
        told = [(one.issued_on, one.net.minor, one.tax.minor, one.due_on) for one in on_hold.invoices]
        assert [*issued][1:] == told

    def test_every_state_is_told(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Due, on hold, suspended, withdrawn, ended, refused by the last run: each as it comes."""
        on = date(2026, 4, 10)
        assert whys(what_comes_next(planned.contract_id, accountant, on=on)) == [Why.DUE]
        key = hold(company, Held(order_line_id=planned.lines[0]), accountant, HoldCondition.PO_NUMBER)
        held = what_comes_next(planned.contract_id, accountant, on=on)
        assert (held.held, held.lines[0].reasons[0].hold_id) == (Money(10_000, "JPY"), key)
        assert held.invoices == ()
        billing.release_billing(hold_id=key, on=on, because="受領", by=accountant, at=NOW)
        mistaken = amend(planned, ContractChange(changes=(LineChange(planned.lines[0], MAY, 1_000, 1),)))
        amend(planned, ContractChange(withdraws=(mistaken,)), AmendmentKind.WITHDRAWAL)
        pause = LineAway(planned.lines[0], date(2026, 4, 5), None, for_good=False)
        amend(planned, ContractChange(away=(pause,)), AmendmentKind.SUSPENSION)
        assert set(whys(what_comes_next(planned.contract_id, accountant, on=on))) == {
            Why.SUSPENDED,
            Why.WITHDRAWN,
            Why.DUE,
        }
        end = LineAway(planned.lines[0], date(2026, 4, 3), None, for_good=True)
        amend(planned, ContractChange(away=(end,)), AmendmentKind.END_OF_LINES)
        assert Why.ENDED in whys(what_comes_next(planned.contract_id, accountant, on=on))
        account = Account.objects.get(payer_id=planned.customer_id)
        worklist.put(
            kind="billing.failed",
            subject=("billing_account", account.pk),
            company_id=company,
            role=Role.RECEIVABLES,
            why=Text(en="No rate.", ja="税率がありません。"),
        )
        failed = what_comes_next(planned.contract_id, accountant, on=on).lines[0].reasons[0]
        assert (failed.why, failed.says.ja.endswith("税率がありません。")) == (Why.FAILED, True)

    def test_what_ended_before_it_was_accepted_is_never_billed(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A box that is taken out of the contract before its acceptance: nothing of it comes, and no run bills it."""
        end = LineAway(planned.lines[1], date(2026, 4, 3), None, for_good=True)
        amend(planned, ContractChange(away=(end,)), AmendmentKind.END_OF_LINES)
        billing.note_acceptance(order_line_id=planned.lines[1], accepted_on=date(2026, 4, 9), by=house(), at=NOW)
        assert whys(what_comes_next(planned.contract_id, accountant, on=date(2026, 4, 10)), 1) == [Why.ENDED]
        run_billing(company, date(2026, 4, 10))
        assert [one.net_minor for one in Invoice.objects.all()] == [10_000]

    @pytest.mark.parametrize("terms", ["close:31:1:31:preceding", "net:30:following"])
    def test_due_days_that_move_with_holidays(
        self, company: CompanyId, customer: CustomerId, accountant: Actor, terms: str
    ) -> None:
        """Invoices to come say their due days, on business days, as those that are issued do."""
        planned = an_order(company, customer, [a_line(a_product(company))], terms)
        shown = what_comes_next(planned.contract_id, accountant, on=TODAY)
        run_billing(company, TODAY)
        assert [one.due_on for one in shown.invoices][:1] == list(Invoice.objects.values_list("due_on", flat=True))

    def test_the_next_year_is_all_billed(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """When everything is billed nothing comes, and the line says until when it is billed and that it is over."""
        run_billing(company, date(2027, 4, 1))
        shown = what_comes_next(planned.contract_id, accountant, on=date(2027, 4, 1))
        assert (shown.invoices, whys(shown)) == ((), [Why.ENDED, Why.BILLED])

    def test_more_lines_ask_no_more(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """Thirty lines on hold ask as often as two."""
        asked = []
        for lines in (2, 30):
            many = an_order(company, customer, [a_line(a_product(company, f"P{lines}-{at}")) for at in range(lines)])
            hold(company, Held(contract_id=many.contract_id), accountant)
            with CaptureQueriesContext(connection) as queries:
                assert len(what_comes_next(many.contract_id, accountant, on=MAY).lines) == lines
            asked.append(len(queries))
        assert asked[0] == asked[1]

    def test_a_stranger_sees_nothing(self, planned: Planned) -> None:
        """Who is not assigned to the company learns nothing of its contracts."""
        with pytest.raises(PlanMissing):
            stranger = an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")])
            what_comes_next(planned.contract_id, stranger, on=MAY)

"""The verbs on renewals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from kanjo.domains.renewals.facts import EndingContract, EndingLine, PricePolicy, RenewalState
from kanjo.domains.renewals.models import Outcome, Renewal
from kanjo.domains.renewals.operations import find_due, let_lapse, quote_renewal, renew
from kanjo.domains.renewals.queries import count_renewals, get_renewal, list_renewals
from kanjo.domains.renewals.rules import AlreadySettled, NoCause, NotQuoted, OtherwiseQuoted, OutsideNotice
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RenewalId
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.queries import list_queue
from tests.builders import A_YEAR, NOW, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import BookedLine, Deal, a_contract, a_deal, an_approved_version

pytestmark = pytest.mark.django_db

IN_WINDOW = date(2027, 1, 15)


@pytest.fixture
def company_id() -> CompanyId:
    return a_company()


@pytest.fixture
def rep(company_id: CompanyId) -> Actor:
    return an_actor(Role.RENEWAL_REP, companies=[company_id], name="高橋 健")


@pytest.fixture
def owner(company_id: CompanyId) -> Actor:
    return an_actor(Role.SALES_REP, companies=[company_id], name="鈴木 一郎")


@pytest.fixture
def deal(company_id: CompanyId, owner: Actor) -> Deal:
    return a_deal(company_id, a_customer(), [a_line(a_product(company_id))], owner=owner)


@pytest.fixture
def ending(deal: Deal, owner: Actor) -> EndingContract:
    renewal_of = deal.order.lines
    return EndingContract(
        contract_id=deal.contract_id,
        number="C-2026-000001",
        customer_id=deal.customer_id,
        owner_id=owner.id,
        currency="JPY",
        total_minor=120_000,
        payment_terms="close:31:1:31:none",
        starts_on=A_YEAR.start,
        until=A_YEAR.until,
        notice_opens_on=date(2027, 1, 1),
        lines=tuple(ending_line(line) for line in renewal_of),
    )


def ending_line(line: BookedLine) -> EndingLine:
    return EndingLine(
        line.terms.product_id,
        line.terms.code,
        line.terms.name,
        line.quantity,
        line.net_minor,
        line.terms.interval_months,
        line.total_minor,
        line.service,
    )


@pytest.fixture
def renewal_id(company_id: CompanyId, ending: EndingContract, rep: Actor) -> RenewalId:
    return find_due(company_id=company_id, contracts=[ending], on=IN_WINDOW, by=rep, at=NOW)[0]


class TestFindDue:
    @pytest.mark.row("CIR-3")
    def test_a_contract_in_its_window_appears_with_owner_old_terms_and_price(
        self, ending: EndingContract, owner: Actor, rep: Actor, renewal_id: RenewalId
    ) -> None:
        """The renewal names who owns it, what was agreed and what to offer, and waits on the renewal reps' queue."""
        renewal = get_renewal(rep, renewal_id)
        assert (renewal.owner, renewal.state, renewal.appeared_on) == (owner.name, RenewalState.APPEARED, IN_WINDOW)
        assert (renewal.proposed_minor, renewal.currency) == (120_000, "JPY")
        assert renewal.price_policy is PricePolicy.SAME_NET
        assert renewal.old_terms["lines"][0] == {
            "product_id": ending.lines[0].product_id,
            "code": "CLOUD-M",
            "name_en": "Cloud, monthly",
            "name_ja": "クラウド利用料（月額）",
            "quantity": 10,
            "net_minor": 10_000,
            "interval_months": 1,
            "interval_days": 0,
            "total_minor": 120_000,
            "service_start": "2026-04-01",
            "service_until": "2027-04-01",
        }
        waiting = list_queue(rep)
        assert [(item.kind, item.subject_id, item.due_on) for item in waiting] == [
            ("renewals.prepare", renewal_id, date(2027, 3, 31))
        ]

    def test_a_second_call_changes_nothing(
        self, company_id: CompanyId, ending: EndingContract, rep: Actor, renewal_id: RenewalId
    ) -> None:
        """The same contract on the next day appears no second time, and nobody is told again."""
        assert find_due(company_id=company_id, contracts=[ending], on=date(2027, 1, 16), by=rep, at=NOW) == ()
        assert Renewal.objects.get().effective_on == IN_WINDOW
        assert FactRow.objects.filter(kind="renewals.appeared").count() == len(list_queue(rep)) == 1

    def test_outside_the_window_nothing_appears(
        self, company_id: CompanyId, ending: EndingContract, rep: Actor
    ) -> None:
        """One contract outside its window refuses the call, and the others in it are not stored either."""
        late = replace(ending, notice_opens_on=date(2027, 3, 1))
        with pytest.raises(OutsideNotice):
            find_due(company_id=company_id, contracts=[ending, late], on=IN_WINDOW, by=rep, at=NOW)
        assert not Renewal.objects.exists()

    def test_a_seller_does_not_run_it(self, company_id: CompanyId, owner: Actor) -> None:
        """Renewals are found by the house, the renewal reps and Sales Operations."""
        with pytest.raises(NotYourRole):
            find_due(company_id=company_id, contracts=[], on=IN_WINDOW, by=owner, at=NOW)

    def test_how_it_appeared_is_frozen(self, renewal_id: RenewalId) -> None:
        """The database itself refuses to rewrite the price that was proposed."""
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Renewal.objects.filter(pk=renewal_id).update(proposed_minor=1)


class TestQuoteRenewal:
    def test_the_quote_is_noted(self, deal: Deal, company_id: CompanyId, rep: Actor, renewal_id: RenewalId) -> None:
        """A renewal that was offered points to its quote, once, however often it is noted."""
        quote_id = an_approved_version(company_id, deal.customer_id).quote_id
        for _ in range(2):
            quote_renewal(renewal_id=renewal_id, quote_id=quote_id, on=IN_WINDOW, by=rep, at=NOW)
        renewal = get_renewal(rep, renewal_id)
        assert (renewal.state, renewal.quote_id) == (RenewalState.QUOTED, quote_id)
        assert FactRow.objects.filter(kind="renewals.quoted").count() == 1

    def test_a_second_quote_is_refused(
        self, deal: Deal, company_id: CompanyId, rep: Actor, renewal_id: RenewalId
    ) -> None:
        """A renewal is offered by one quote, which is then revised."""
        first, second = (an_approved_version(company_id, deal.customer_id).quote_id for _ in range(2))
        quote_renewal(renewal_id=renewal_id, quote_id=first, on=IN_WINDOW, by=rep, at=NOW)
        with pytest.raises(OtherwiseQuoted):
            quote_renewal(renewal_id=renewal_id, quote_id=second, on=IN_WINDOW, by=rep, at=NOW)
        assert get_renewal(rep, renewal_id).quote_id == first


class TestRenew:
    def test_a_renewal_ends_in_a_new_contract(
        self, deal: Deal, company_id: CompanyId, rep: Actor, renewal_id: RenewalId
    ) -> None:
        """The next term points back to the old one, and the work leaves the queue."""
        version = an_approved_version(company_id, deal.customer_id)
        quote_renewal(renewal_id=renewal_id, quote_id=version.quote_id, on=IN_WINDOW, by=rep, at=NOW)
        contract_id = a_contract(version)
        renew(renewal_id=renewal_id, contract_id=contract_id, on=date(2027, 3, 1), by=house(), at=NOW)
        renewal = get_renewal(rep, renewal_id)
        assert (renewal.state, renewal.renewed_contract_id) == (RenewalState.RENEWED, contract_id)
        assert list_queue(rep) == []

    def test_it_is_quoted_first(self, deal: Deal, company_id: CompanyId, renewal_id: RenewalId) -> None:
        """What was never offered is not renewed."""
        contract_id = a_contract(an_approved_version(company_id, deal.customer_id))
        with pytest.raises(NotQuoted):
            renew(renewal_id=renewal_id, contract_id=contract_id, on=IN_WINDOW, by=house(), at=NOW)
        assert not Outcome.objects.exists()


class TestLetLapse:
    def test_a_lost_renewal_says_why(self, rep: Actor, renewal_id: RenewalId) -> None:
        """The customer's reason is kept, and the work leaves the queue."""
        let_lapse(renewal_id=renewal_id, because="他社製品へ移行", on=date(2027, 2, 1), by=rep, at=NOW)
        assert get_renewal(rep, renewal_id).state is RenewalState.LAPSED
        assert Outcome.objects.get().because == "他社製品へ移行"
        assert list_queue(rep) == []

    def test_without_a_reason_it_stays(self, rep: Actor, renewal_id: RenewalId) -> None:
        """Nobody drops a renewal without saying why."""
        with pytest.raises(NoCause):
            let_lapse(renewal_id=renewal_id, because="", on=IN_WINDOW, by=rep, at=NOW)
        assert len(list_queue(rep)) == 1

    def test_what_is_settled_stays(self, rep: Actor, renewal_id: RenewalId) -> None:
        """A renewal lapses once."""
        let_lapse(renewal_id=renewal_id, because="他社製品へ移行", on=IN_WINDOW, by=rep, at=NOW)
        with pytest.raises(AlreadySettled):
            let_lapse(renewal_id=renewal_id, because="やはり継続しない", on=IN_WINDOW, by=rep, at=NOW)
        assert Outcome.objects.count() == 1


class TestListRenewals:
    def test_each_state_has_its_own_list(self, rep: Actor, owner: Actor, renewal_id: RenewalId) -> None:
        """The queue of a state, and of an owner, shows what is in it and nothing else."""
        assert [row.id for row in list_renewals(rep, state=RenewalState.APPEARED, owner_id=owner.id)] == [renewal_id]
        assert list_renewals(rep, state=RenewalState.LAPSED) == []
        assert count_renewals(rep) == 1

    def test_another_company_sees_nothing(self, renewal_id: RenewalId) -> None:
        """A renewal shows only to those assigned to its company."""
        stranger = an_actor(Role.RENEWAL_REP, companies=[a_company("kanjo-us", currency="USD")])
        assert list_renewals(stranger) == []
        with pytest.raises(NotFound):
            get_renewal(stranger, renewal_id)

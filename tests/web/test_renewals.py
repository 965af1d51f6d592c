"""A contract that comes to its end goes on, or does not."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from kanjo.domains.contracts.queries import find_contract_of_quote
from kanjo.domains.renewals.facts import RenewalState
from kanjo.domains.renewals.queries import RenewalRow, list_renewals
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import QuoteId
from kanjo.platform.identity.queries import house
from kanjo.platform.worklist.queries import count_queue
from kanjo.processes.find_renewals import find_renewals
from tests.builders import NOW, TODAY, a_customer, a_line
from tests.deals import a_deal
from tests.web.office import SIGNED, Deal, Office, faults, quoted

ON = {"on": TODAY.isoformat()}


@pytest.fixture
def due(office: Office) -> Office:
    """An office with a contract inside its notice window, which waits for the renewal reps."""
    a_deal(office.company_id, office.customer_id, [a_line(office.cloud)])
    with transaction.atomic():
        find_renewals(company_id=office.company_id, on=date(2027, 1, 15), by=house(), at=NOW)
    return office


def renewal() -> RenewalRow:
    return list_renewals(house())[0]


def waiting(office: Office) -> int:
    return count_queue(office.people[Role.RENEWAL_REP])


def sent(office: Office) -> Deal:
    """Draft a quote at list price and send it."""
    deal, rep = quoted(office), office.desk(Role.SALES_REP)
    rep.do("submit-quote", deal.quote, **ON)
    rep.do("send-quote", deal.quote, **ON)
    return deal


def accepted(office: Office, deal: Deal) -> None:
    signed = SimpleUploadedFile("契約書.pdf", SIGNED, "application/pdf")
    office.desk(Role.DEAL_MANAGEMENT).do("accept-quote", deal.quote, signed=signed, **ON)


class TestGoesOn:
    def test_a_contract_from_its_quote_renews_it(self, due: Office) -> None:
        """The rep notes the quote; when the customer accepts it, the renewal is done and leaves the queue by itself."""
        deal, rep = sent(due), due.desk(Role.RENEWAL_REP)
        rep.do("quote-renewal", renewal().id, quote=deal.quote, **ON)
        assert (renewal().state, renewal().quote_id) == (RenewalState.QUOTED, deal.quote)
        assert waiting(due) == 1
        accepted(due, deal)
        contract = find_contract_of_quote(house(), QuoteId(deal.quote))
        assert contract is not None
        assert (renewal().state, renewal().renewed_contract_id) == (RenewalState.RENEWED, contract.id)
        assert waiting(due) == 0
        assert f'href="/contracts/{contract.id}"' in rep.see("renewal", renewal().id)

    def test_a_quote_noted_after_its_acceptance(self, due: Office) -> None:
        """Who noted the quote too late has Deal Management note the contract by hand."""
        deal, management = sent(due), due.desk(Role.DEAL_MANAGEMENT)
        accepted(due, deal)
        due.desk(Role.RENEWAL_REP).do("quote-renewal", renewal().id, quote=deal.quote, **ON)
        management.do("renew", renewal().id, **ON)
        assert renewal().state is RenewalState.RENEWED
        assert waiting(due) == 0

    def test_only_of_the_same_customer(self, due: Office) -> None:
        """Neither the quote of another customer nor the one the old contract came from can offer it."""
        rep, old = (
            due.desk(Role.RENEWAL_REP),
            due.desk(Role.RENEWAL_REP).key("quote", "contract", renewal().contract_id),
        )
        other = quoted(Office(due.company_id, a_customer("株式会社若葉"), due.cloud, due.box, due.people))
        for quote in (other.quote, old):
            status, page = rep.refused("quote-renewal", renewal().id, quote=quote, **ON)
            assert status == 400
            assert "form.not-a-choice" in faults(page)
        assert renewal().state is RenewalState.APPEARED

    def test_one_quote(self, due: Office) -> None:
        """A second quote is refused: the first one is revised instead."""
        first, second, rep = quoted(due), quoted(due), due.desk(Role.RENEWAL_REP)
        rep.do("quote-renewal", renewal().id, quote=first.quote, **ON)
        status, page = rep.refused("quote-renewal", renewal().id, quote=second.quote, **ON)
        assert status == 409
        assert "renewals.otherwise-quoted" in faults(page)
        assert renewal().quote_id == first.quote

    def test_another_in_the_place_of_a_withdrawn_one(self, due: Office) -> None:
        """Where the quote was withdrawn, another is noted in its place, and the customer may go on."""
        first, rep = quoted(due), due.desk(Role.RENEWAL_REP)
        rep.do("quote-renewal", renewal().id, quote=first.quote, **ON)
        rep.do("withdraw-quote", first.quote, because="条件の見直し", **ON)
        assert f'href="/renewals/{renewal().id}/quote"' in rep.see("renewal", renewal().id)
        second = sent(due)
        rep.do("quote-renewal", renewal().id, quote=second.quote, **ON)
        assert (renewal().state, renewal().quote_id) == (RenewalState.QUOTED, second.quote)
        accepted(due, second)
        assert renewal().state is RenewalState.RENEWED


class TestLapses:
    def test_with_a_reason(self, due: Office) -> None:
        """The customer does not go on: the reason stands in the history, and nobody is asked any more."""
        rep = due.desk(Role.RENEWAL_REP)
        rep.do("let-lapse", renewal().id, because="他社へ切替", **ON)
        assert renewal().state is RenewalState.LAPSED
        assert waiting(due) == 0
        page = rep.see("renewal", renewal().id)
        assert "他社へ切替" in page
        assert f'href="/renewals/{renewal().id}/lapse"' not in page

    def test_once(self, due: Office) -> None:
        """What has lapsed neither lapses again nor is quoted any more."""
        rep, deal = due.desk(Role.RENEWAL_REP), quoted(due)
        rep.do("let-lapse", renewal().id, because="他社へ切替", **ON)
        again: dict[str, dict[str, object]] = {"let-lapse": {"because": "再度"}, "quote-renewal": {"quote": deal.quote}}
        for name, typed in again.items():
            status, page = rep.refused(name, renewal().id, **typed, **ON)
            assert status == 409
            assert "renewals.settled" in faults(page)

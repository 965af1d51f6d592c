"""What lacks before the coming invoices can go out right is found before they are issued."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Channel, Held, HoldCondition, ShareOfPayer
from kanjo.domains.billing.models import Invoice
from kanjo.domains.billing.queries import Gap, Lack, count_gaps, list_gaps, page_of_gaps
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_changes import amend, away
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.customers.operations import register_customer
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.queries import house
from kanjo.platform.paging import NotAPlace
from tests.builders import A_YEAR, NOW, TODAY, a_company, a_customer, a_line, a_product

pytestmark = [pytest.mark.django_db, pytest.mark.row("AR-1")]

MAY = date(2026, 5, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    return an_order(company, customer, [a_line(a_product(company))])


def choose(company: CompanyId, payer: CustomerId, by: Actor, channel: Channel | None = Channel.BY_HAND) -> None:
    billing.choose_bill_to(company_id=company, payer_id=payer, channel=channel, on=TODAY, because="依頼", by=by, at=NOW)


def found(company: CompanyId, *, planned: Planned | None = None, on: date = TODAY) -> dict[Lack, int]:
    """How much of what lacks, without what the company of the tests lacks itself."""
    gaps = list_gaps(company, on=on, contract_id=planned.contract_id if planned else None)
    return {one.lack: one.count for one in gaps if one.lack not in OWN}


OWN = (Lack.REGISTRATION_NUMBER, Lack.BANK_ACCOUNT)


def named_otherwise(address: str = "東京都", language: Language = Language.JAPANESE) -> CustomerId:
    return register_customer(
        name="ACME", name_kana="", name_en="", country="JP", language=language, address=address,
        payment_terms="net:30:none", by=house(), at=NOW,
    )  # fmt: skip


class TestGaps:
    def test_the_company_lacks_what_its_papers_need(self, company: CompanyId) -> None:
        """A number is asked only of who sells in yen; an account of everybody."""
        SellingCompany.objects.filter(pk=company).update(registration_number="", bank_account="")
        abroad = a_company("ABROAD")
        SellingCompany.objects.filter(pk=abroad).update(registration_number="", bank_account=" ", currency="USD")
        lacks = [[one.lack for one in list_gaps(of, on=TODAY)] for of in (company, abroad)]
        assert lacks == [[Lack.REGISTRATION_NUMBER, Lack.BANK_ACCOUNT], [Lack.BANK_ACCOUNT]]

    def test_nobody_chose_to_whom(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Until it is chosen for the payer or the contract, and again when it ended; another payer's says nothing."""
        choose(company, a_customer("株式会社北部"), accountant)
        before = found(company)
        choose(company, planned.customer_id, accountant)
        chosen = found(company)
        choose(company, planned.customer_id, accountant, channel=None)
        ended = found(company)
        billing.choose_bill_to(
            company_id=company, payer_id=planned.customer_id, contract_id=planned.contract_id, channel=Channel.FOLDER,
            on=TODAY, because="依頼", by=accountant, at=NOW,
        )  # fmt: skip
        assert (before, chosen, ended, found(company)) == ({Lack.BILL_TO: 1}, {}, {Lack.BILL_TO: 1}, {})

    def test_a_payer_lacks_its_address_and_its_english_name(self, company: CompanyId, accountant: Actor) -> None:
        """The name only where it is not invoiced in Japanese."""
        nowhere, english = named_otherwise(address=" "), named_otherwise(language=Language.ENGLISH)
        product = a_product(company)
        for payer in (nowhere, english):
            an_order(company, payer, [a_line(product)])
            choose(company, payer, accountant)
        gaps = {one.lack: [gap.payer_id for gap in one.gaps] for one in list_gaps(company, on=TODAY)}
        assert {lack: payers for lack, payers in gaps.items() if lack not in OWN} == {
            Lack.ADDRESS: [nowhere], Lack.ENGLISH_NAME: [english],
        }  # fmt: skip

    def test_who_shares_is_looked_at_instead(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Who bears nothing of what is to come lacks nothing."""
        nowhere = named_otherwise(address="")
        billing.share_contract(
            contract_id=planned.contract_id, shares=[ShareOfPayer(nowhere, 1)], on=TODAY, because="依頼",
            by=accountant, at=NOW,
        )  # fmt: skip
        choose(company, nowhere, accountant)
        assert found(company) == {Lack.ADDRESS: 1}

    def test_an_order_number_is_waited_for(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """As long as its hold stands, and on its own contract alone."""
        choose(company, planned.customer_id, accountant)
        other = an_order(company, planned.customer_id, [a_line(a_product(company, "B"))])
        hold_id = billing.hold_billing(
            company_id=company, held=Held(order_id=planned.order_id), condition=HoldCondition.PO_NUMBER, because="待ち",
            owner_id=accountant.id, on=TODAY, by=accountant, at=NOW,
        )  # fmt: skip
        held = [found(company), found(company, planned=planned), found(company, planned=other)]
        billing.release_billing(hold_id=hold_id, because="受領", on=TODAY, by=accountant, at=NOW)
        assert [*held, found(company)] == [{Lack.PO_NUMBER: 1}, {Lack.PO_NUMBER: 1}, {}, {}]

    def test_a_class_has_no_rate_on_its_next_billing_day(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """One that is there from a later day on does not help what is billed of before; untaxed classes need none."""
        year = Period(date(2018, 4, 1), date(2019, 4, 1))
        choose(company, customer, accountant)
        asked = [("A", TaxClass.EXEMPT, year), ("B", TaxClass.REDUCED, year), ("C", TaxClass.REDUCED, A_YEAR)]
        planned = [
            an_order(company, customer, [a_line(a_product(company, code, tax_class=of), service=term)], term=term)
            for code, of, term in asked
        ]
        assert [found(company, planned=one) for one in planned] == [{}, {Lack.TAX_RATE: 1}, {}]

    def test_what_is_over_lacks_nothing(self, company: CompanyId, accountant: Actor) -> None:
        """What is billed to its end is not to come; another company's plans are not either."""
        nowhere = named_otherwise(address="")
        planned = an_order(company, nowhere, [a_line(a_product(company))])
        end = TODAY + timedelta(days=400)
        assert found(a_company("OTHER")) == {}
        assert found(company, on=end) == {Lack.ADDRESS: 1, Lack.BILL_TO: 1}
        run_billing(company, end)
        assert (found(company, on=end), planned.customer_id) == ({}, nowhere)

    def test_it_is_read_in_sets(self, planned: Planned, company: CompanyId) -> None:
        """However many payers there are, it takes as many questions."""
        asked = []
        for many in (0, 5):
            for number in range(many):
                an_order(company, a_customer(f"株式会社{number}"), [a_line(a_product(company, f"P{number}"))])
            with CaptureQueriesContext(connection) as queries:
                list_gaps(company, on=TODAY)
            asked.append(len(queries))
        assert asked[0] == asked[1] <= 10

    def test_every_place_is_reached(self, company: CompanyId, accountant: Actor) -> None:
        """Page by page, on and back and from the end: of one thing, or of everything in a row."""
        SellingCompany.objects.filter(pk=company).update(registration_number="", bank_account="")
        product = a_product(company)
        planned = [an_order(company, named_otherwise(address=""), [a_line(product)]) for _ in range(5)]
        for one in planned[:2]:
            billing.hold_billing(
                company_id=company, held=Held(order_id=one.order_id), condition=HoldCondition.PO_NUMBER, because="待ち",
                owner_id=accountant.id, on=TODAY, by=accountant, at=NOW,
            )  # fmt: skip
        payers = [one.customer_id for one in planned]
        assert [gap.payer_id for gap in walked(company, Lack.BILL_TO)] == payers
        every = walked(company, None)
        assert [gap.lack for gap in every] == [*OWN, *[Lack.ADDRESS] * 5, *[Lack.BILL_TO] * 5, *[Lack.PO_NUMBER] * 2]
        assert (count_gaps(company, on=TODAY), count_gaps(company, on=TODAY, lack=Lack.ADDRESS)) == (14, 5)
        last = page_of_gaps(company, on=TODAY, limit=3, at="last")
        assert (list(last), last.after) == (every[-3:], "")
        assert list(page_of_gaps(company, on=TODAY, limit=3, at=last.before)) == every[-6:-3]
        with pytest.raises(NotAPlace):
            page_of_gaps(company, on=TODAY, at="from.x")

    def test_what_was_given_back_lacks_again(self, company: CompanyId, accountant: Actor) -> None:
        """Its end was billed and given back: the next run bills it; billed anew it lacks nothing."""
        nowhere, end = named_otherwise(address=""), TODAY + timedelta(days=400)
        choose(company, nowhere, accountant)
        an_order(company, nowhere, [a_line(a_product(company, interval_months=12))])
        seen = []
        for _ in range(2):
            run_billing(company, end)
            seen.append(found(company, on=end))
            last = InvoiceId(Invoice.objects.filter(original=None).latest("id").pk)
            billing.credit_invoice(invoice_id=last, on=end, because="誤り", by=accountant, at=NOW)
            seen.append(found(company, on=end))
        assert seen == [{}, {Lack.ADDRESS: 1}] * 2

    def test_what_ended_early_lacks_nothing(self, company: CompanyId, accountant: Actor) -> None:
        """From the day of its end on."""
        nowhere = named_otherwise(address="")
        choose(company, nowhere, accountant)
        planned = an_order(company, nowhere, [a_line(a_product(company))])
        end = TODAY + timedelta(days=30)
        amend(planned, away(planned, end, None, for_good=True))
        assert [found(company, on=on) for on in (end - timedelta(days=1), end)] == [{Lack.ADDRESS: 1}, {}]

    def test_the_last_word_of_who_shares_counts_and_the_contracts_goes_first(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """That of the payer is for its other contracts."""
        payers = [named_otherwise(address="") for _ in range(3)]
        told: dict[str, Any] = {"on": TODAY, "because": "依頼", "by": accountant, "at": NOW}
        billing.share_account(
            company_id=company, payer_id=planned.customer_id, shares=[ShareOfPayer(payers[0], 1)], **told
        )
        for payer in payers[1:]:
            billing.share_contract(contract_id=planned.contract_id, shares=[ShareOfPayer(payer, 1)], **told)
        gaps = [one for one in list_gaps(company, on=TODAY) if one.lack is Lack.ADDRESS]
        assert [gap.payer_id for one in gaps for gap in one.gaps] == [payers[2]]

    def test_what_is_chosen_later_or_for_another_contract_is_not_chosen(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """One contract of two has its own; and a way from tomorrow on is none today."""
        an_order(company, planned.customer_id, [a_line(a_product(company, "B"))])
        told: dict[str, Any] = {
            "company_id": company,
            "payer_id": planned.customer_id,
            "channel": Channel.FOLDER,
            "because": "依頼",
        }
        billing.choose_bill_to(**told, contract_id=planned.contract_id, on=TODAY, by=accountant, at=NOW)
        billing.choose_bill_to(**told, on=TODAY + timedelta(days=1), by=accountant, at=NOW)
        assert [found(company, on=TODAY + timedelta(days=days)) for days in (0, 1)] == [{Lack.BILL_TO: 1}, {}]


def walked(company: CompanyId, lack: Lack | None) -> list[Gap]:
    """Go through all pages and back again; what is seen on the way is the same."""
    rows, at, on, back = list[Gap](), "", list[str](), list[str]()
    while True:
        page = page_of_gaps(company, on=TODAY, lack=lack, limit=2, at=at)
        assert page.number == len(rows) + 1
        rows += page
        on.append(at)
        back.append(page.before)
        if not page.after:
            break
        at = page.after
    seen = [list(page_of_gaps(company, on=TODAY, lack=lack, limit=2, at=one)) for one in back[:0:-1]]
    assert seen == [rows[begin : begin + 2] for begin in range(0, 2 * len(seen), 2)][::-1]
    return rows

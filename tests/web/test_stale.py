"""A form that was opened before a colleague changed what it is about: the change is shown, nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from kanjo.domains.customers.queries import get_customer
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.audit.queries import list_history
from tests.builders import TODAY, an_actor
from tests.web.office import APPROVAL, Desk, Office, faults, offer_of, quoted
from tests.web.story import KEYED, Told
from tests.web.test_doors import ACTS

UNMARKED = {
    "draft-quote": "writes a quote of its own",
    "open-opportunity": "opens an opportunity of its own",
    "add-department": "adds to the customer",
    "execute-run": "goes on where it was, however often it is started",
    "deliver-again": "a step is tried or is not",
    "drop-view": "a view is there or is not",
    "send-again": "what was sent is never changed",
    "send-again-since": "sends what was recorded, as often as asked",
    "ping-webhook": "tries the address as it is",
    "reveal": "writes down who saw it, and changes nothing",
    "release-hold": "a hold is released or is not",
    "acknowledge": "what was paid never changes",
    "acknowledge-again": "a paper is never changed",
    "choose-tax-rounding": "chooses from a day on; what was chosen before stays in the trail",
    "bill-to-account": "chooses from a day on; what was chosen before stays",
    "bill-to-contract": "chooses from a day on; what was chosen before stays",
    "share-account": "agrees from a day on; what was agreed before stays",
    "share-contract": "agrees from a day on; what was agreed before stays",
    "split-invoice": "an invoice is never changed, and split once",
    "choose-grouping": "chooses from a day on; what was chosen before stays in the trail",
    "state-month": "a month that is over never changes",
    "send-invoice": "an invoice is never changed",
    "send-run": "what was sent is left out, however often it is asked",
    "withdraw-link": "a link is never changed, and withdrawn once",
    "credit-invoice": "an invoice is never changed",
    "write-off-fee": "the balance is guarded by the rule",
    "set-off": "the balance is guarded by the rule",
    "allocate": "the balance is guarded by the rule",
    "return-transfer": "the balance is guarded by the rule",
    "reverse-allocation": "an allocation is never changed",
}
"""Forms about something by its key that need not know what it was when they were opened, and why."""


def opened(desk: Desk, name: str, key: int) -> dict[str, str]:
    """Open a form; return its mark as the browser would send it back."""
    found = re.search(r'name="opened" value="(\d+)"', desk.see(name, key))
    assert found, name
    return {"opened": found[1]}


def amended(office: Office, **changed: str) -> Mapping[str, str]:
    """Return the details of the customer as they are typed, with a reason."""
    row = get_customer(office.customer_id)
    as_it_is = {"name": row.name, "country": "JP", "payment_terms": row.payment_terms, "language": row.language}
    return {**as_it_is, "address": row.address.whole, "because": "変更届", **changed}


class TestAmending:
    def test_what_a_colleague_changed_is_not_overwritten(self, office: Office) -> None:
        """The second of two forms opened at once is refused and shows the change; looked at, it is sent again."""
        rep, clerk = office.desk(Role.SALES_REP), office.desk(Role.RECEIVABLES)
        mine = opened(rep, "amend-customer", office.customer_id)
        clerk.do("amend-customer", office.customer_id, **amended(office, address="札幌市中央区1-1"))
        typed = amended(office, name="株式会社東亜製作所ホールディングス", address="")
        status, page = rep.refused("amend-customer", office.customer_id, **typed, **mine)
        assert status == 409
        assert "<code>form.changed-meanwhile" in faults(page)
        assert f"{Role.RECEIVABLES.value} 太郎" in faults(page)
        assert re.search(r"<del[^>]*></del>|<ins[^>]*>札幌市中央区1-1</ins>", page)
        assert "株式会社東亜製作所ホールディングス" in page
        assert get_customer(office.customer_id).address.whole == "札幌市中央区1-1"
        seen = re.search(r'name="opened" value="(\d+)"', page)
        assert seen is not None
        rep.do("amend-customer", office.customer_id, **typed, opened=seen[1])
        assert get_customer(office.customer_id).name == "株式会社東亜製作所ホールディングス"

    @pytest.mark.parametrize("mark", ["", "abc", "９９", "9" * 40, "-1"])
    def test_a_form_without_its_mark_is_taken_as_it_is(self, office: Office, mark: str) -> None:
        """A mark that is none refuses nothing and breaks nothing."""
        typed = amended(office, address="仙台市青葉区2-2")
        office.desk(Role.SALES_REP).do("amend-customer", office.customer_id, **typed, opened=mark)
        assert get_customer(office.customer_id).address.whole == "仙台市青葉区2-2"

    def test_another_refusal_leaves_the_mark(self, office: Office) -> None:
        """A form that was refused for a blank field still knows what it was opened on."""
        rep, clerk = office.desk(Role.SALES_REP), office.desk(Role.RECEIVABLES)
        mine = opened(rep, "amend-customer", office.customer_id)
        clerk.do("amend-customer", office.customer_id, **amended(office, address="札幌市中央区1-1"))
        _, page = rep.refused("amend-customer", office.customer_id, **amended(office, because=""), **mine)
        assert f'name="opened" value="{mine["opened"]}"' in page

    def test_the_same_form_twice_is_no_change_of_a_colleague(self, office: Office) -> None:
        """A double click changes once and leads both times to the customer."""
        rep = office.desk(Role.SALES_REP)
        mine, subject = opened(rep, "amend-customer", office.customer_id), ("customers_customer", office.customer_id)
        before = len(list_history([subject]))
        typed = amended(office, address="札幌市")
        led = [rep.do("amend-customer", office.customer_id, **typed, **mine, once="x" * 22) for _ in range(2)]
        assert led == [office.customer_id, office.customer_id]
        assert len(list_history([subject])) == before + 1
        assert get_customer(office.customer_id).address.whole == "札幌市"


class TestActs:
    def test_a_quote_revised_meanwhile_is_not_submitted_unseen(self, office: Office) -> None:
        """Who opened version 1 does not ask for the approval of version 2 without having seen it."""
        deal, rep = quoted(office), office.desk(Role.SALES_REP)
        mine = opened(rep, "submit-quote", deal.quote)
        office.desk(Role.SALES_OPERATIONS).do("revise-quote", deal.quote, **offer_of(office, net="1,000"))
        status, page = rep.refused("submit-quote", deal.quote, on=TODAY.isoformat(), **mine)
        assert (status, "form.changed-meanwhile" in faults(page)) == (409, True)

    def test_a_decision_taken_meanwhile_is_shown(self, office: Office) -> None:
        """Who decides after a colleague did is shown the colleague's decision."""
        deal, cxo = quoted(office, net="9,000"), office.desk(Role.CXO)
        deal.request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
        item = cxo.key("decide-item", "approval", deal.request)
        mine = opened(cxo, "decide-item", item)
        cxo.do("decide-item", item, on=TODAY.isoformat(), **APPROVAL)
        status, page = cxo.refused(
            "decide-item", item, on=TODAY.isoformat(), **{**APPROVAL, "decision": "reject"}, **mine
        )
        assert (status, "form.changed-meanwhile" in faults(page)) == (409, True)
        assert re.search(r"<ins[^>]*>approved</ins>", page)

    def test_back_at_the_form_after_the_decision_one_reads_it_and_can_press_nothing(self, office: Office) -> None:
        """The back button leads to what was decided, by whom and when."""
        deal, cxo = quoted(office, net="9,000"), office.desk(Role.CXO, Language.ENGLISH)
        request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
        item = cxo.key("decide-item", "approval", request)
        assert 'class="btn btn-primary"' in cxo.see("decide-item", item)
        cxo.do("decide-item", item, on=TODAY.isoformat(), **APPROVAL)
        page = cxo.see("decide-item", item)
        assert f"It was decided: Approved, by {cxo.actor.name} on {TODAY}." in page
        assert 'class="btn btn-primary"' not in page


@pytest.mark.parametrize("language", list(Language))
class TestEveryForm:
    def test_carries_what_it_was_opened_on(self, story: Told, language: Language) -> None:
        """Every form about something by its key knows what that was when it was opened, or has a reason not to."""
        everybody = Desk.of(an_actor(*Role, companies=[story.office.company_id], name="万能 花子"), language)
        unmarked = {
            name
            for name in ACTS
            if name in KEYED and 'name="opened"' not in everybody.client.get(story.address(name)).content.decode()
        }
        assert unmarked == set(UNMARKED)

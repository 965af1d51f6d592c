"""What an approver reads: the deal that is asked about, who asks since when, and whose turn it is."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.builders import TODAY
from tests.web.office import APPROVAL, Deal, Office, quoted
from tests.web.story import Told

CUSTOMER = "株式会社青葉商事"


def asked(office: Office) -> Deal:
    """Submit a quote with ten percent off the cloud."""
    deal = quoted(office, net="9,000")
    deal.request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY)
    return deal


class TestWhatIsAsked:
    def test_a_row_names_the_deal(self, office: Office) -> None:
        """A row of the list holds the number of the quote, the customer, discount, amount, asker, day and step."""
        deal = asked(office)
        page = office.desk(Role.CXO).see("approvals")
        row = page[page.index("<tbody>") : page.index("</tbody>")]
        number = re.search(r"<h1>(Q-[\d-]+)", office.desk(Role.CXO).see("quote", deal.quote))
        assert number is not None
        told = re.sub(r"<[^>]+>", " ", row)
        assert [
            said for said in (number[1], CUSTOMER, "¥", "%", "sales_rep 太郎", f"{TODAY}", "1/1") if said not in told
        ] == []

    def test_a_phone_draws_them_below(self, office: Office) -> None:
        """What does not fit in the two lines of a card stands below them with its heading."""
        asked(office)
        page = office.desk(Role.CXO).see("approvals")
        below = re.findall(r'<td class="[^"]*\bk5" data-label="([^"]+)"', page)
        assert below == ["値引率", "承認段階", "申請者", "申請日"]
        assert re.search(r'<td class="k1"><a [^>]*>' + CUSTOMER, page)

    def test_the_form_says_it_too(self, office: Office) -> None:
        """Who decides reads above the form what is decided, in its language."""
        deal = asked(office)
        cxo = office.desk(Role.CXO, Language.ENGLISH)
        page = cxo.see("decide-item", cxo.key("decide-item", "approval", deal.request))
        about = page[page.index('class="pane about"') : page.index('id="deed"')]
        assert [said for said in (CUSTOMER, "Discount", "Asked by", f"{TODAY}") if said not in about] == []

    def test_nobody_is_asked_any_more(self, office: Office) -> None:
        """An answered request asks nobody: it shows no step."""
        deal = asked(office)
        cxo = office.desk(Role.CXO)
        cxo.do("decide-item", cxo.key("decide-item", "approval", deal.request), on=TODAY, **APPROVAL)
        assert "1/1" not in cxo.see("approvals")


class TestAnswering:
    @pytest.mark.parametrize(
        ("language", "answer", "said", "digest"),
        [
            (Language.JAPANESE, "承認・否認：", "否認しました：", "条件のハッシュ値："),
            (Language.ENGLISH, "Approve or reject: ", "Rejected: ", "Digest of the terms: "),
        ],
    )
    def test_the_first_button_answers(
        self, office: Office, language: Language, answer: str, said: str, digest: str
    ) -> None:
        """Who is asked finds the answer as the first button of the request, and reads afterwards what was decided."""
        deal = asked(office)
        cxo = office.desk(Role.CXO, language)
        item, page = cxo.key("decide-item", "approval", deal.request), cxo.see("approval", deal.request)
        door = f'<a class="btn btn-primary" href="{reverse("decide-item", args=[item])}">{answer}'
        assert f'<div class="kj-acts">{door}' in page
        assert page.index("</table>") < page.index(digest)
        cxo.do("decide-item", item, on=TODAY, **APPROVAL | {"decision": "reject", "comment": "x"})
        after = cxo.see("approval", deal.request)
        assert said in after
        assert answer not in after

    def test_who_is_not_asked_has_no_such_button(self, office: Office) -> None:
        """What others do is folded below the record; what one could do at another time stays with its reason."""
        deal = asked(office)
        page = office.desk(Role.AUDITOR).see("approval", deal.request)
        assert 'class="kj-acts"' not in page
        folded = page[page.index('<details class="pane who">') :]
        assert "申請を取下げ" in folded
        assert "実行できる役割" in folded
        assert "承認・否認：" not in page


def test_the_queue_leads_to_the_answer(office: Office) -> None:
    """Who is asked comes from the queue to the form that answers; who only looks on, to the request."""
    deal = asked(office)
    cxo, auditor = office.desk(Role.CXO), office.desk(Role.AUDITOR)
    item = cxo.key("decide-item", "approval", deal.request)
    form, row = (f'href="{reverse(name, args=[item])}"' for name in ("decide-item", "approval-item"))
    assert (cxo.see("home").count(form), row in cxo.see("home")) == (2, False)
    assert (auditor.see("home").count(row), form in auditor.see("home")) == (2, False)


def test_an_auditor_looks_at_the_work_of_others(office: Office) -> None:
    """The work of others is no turn of the auditor and rings no alarm."""
    asked(office)
    page, own = office.desk(Role.AUDITOR).see("home"), office.desk(Role.CXO).see("home")
    assert '<h2 id="mine">未完了の作業すべて</h2>' in page
    assert '<span class="n hot">' not in page
    assert '<span class="n hot">' in own
    assert "未完了の作業すべて" not in own


class TestLocks:
    def test_the_request_is_locked_before_its_items(self, office: Office) -> None:
        """Two who answer items of one request never wait in a ring: both lock the request first."""
        deal = asked(office)
        cxo = office.desk(Role.CXO)
        item = cxo.key("decide-item", "approval", deal.request)
        mark = re.search(r'name="opened" value="(\d+)"', cxo.see("decide-item", item))
        assert mark is not None
        with CaptureQueriesContext(connection) as asked_for:
            cxo.do("decide-item", item, on=TODAY, opened=mark[1], **APPROVAL)
        locked = [
            one["sql"] for one in asked_for.captured_queries if " FOR " in one["sql"] and "approvals_" in one["sql"]
        ]
        assert "approvals_approvalrequest" in locked[0]
        assert any("approvals_approvalitem" in sql for sql in locked)


class TestObligations:
    def test_one_is_called_by_its_order_line(self, story: Told) -> None:
        """An obligation goes by its order and line and says what is promised."""
        desk = story.office.desk(Role.REV_REC)
        page, key = desk.see("obligations"), story.keys["obligation"]
        found = re.search(rf'href="/obligations/{key}">(O-[\d-]+-\d+)</a>', page)
        assert found is not None
        one = desk.see("obligation", key)
        assert f"<h1>{found[1]}" in one
        assert "クラウド" in one or "専用機器" in one


class TestReceipts:
    def test_a_phone_leads_with_what_came_in(self, story: Told) -> None:
        """An allocated receipt shows what was received and that it is allocated, not that nothing is left."""
        page = story.office.desk(Role.RECEIVABLES).see("receipts")
        rows = page[page.index("<tbody>") : page.index("</tbody>")].split("</tr>")
        allocated = next(row for row in rows if "消込済み" in row)
        amount = re.search(r'<td class="num k2">¥([\d,]+)', allocated)
        assert amount is not None
        assert amount[1] != "0"

    def test_a_bank_file_goes_by_its_name(self, story: Told) -> None:
        """On a phone a bank file leads with its name and when it was taken in; the account stands below."""
        page = story.office.desk(Role.RECEIVABLES).see("bank-files")
        assert re.search(r'<td class="k1"><a href="/bank-files/\d+">bank\.csv', page)
        assert re.search(r'<td class="day k3">\d{4}-', page)
        assert 'data-label="口座"' in page


def test_a_quote_is_read_once(story: Told) -> None:
    """The page of a quote asks the database nothing twice."""
    desk = story.office.desk(Role.AUDITOR)
    desk.see("quote", story.keys["quote"])  # the first request of a session notes that it is there
    with CaptureQueriesContext(connection) as asked_for:
        desk.see("quote", story.keys["quote"])
    twice = Counter(one["sql"] for one in asked_for.captured_queries)
    assert [sql for sql, times in twice.items() if times > 1] == []


def test_the_queue_names_the_customer(office: Office) -> None:
    """What waits on the queue says whom it is about."""
    deal = asked(office)
    cxo = office.desk(Role.CXO)
    cxo.do("decide-item", cxo.key("decide-item", "approval", deal.request), on=TODAY, **APPROVAL)
    page = office.desk(Role.SALES_REP).see("home")
    assert f'<span class="q-c">{CUSTOMER}</span>' in page

"""What is done to chosen rows: shown with count and sum, done one by one, each told; what is refused harms no other."""

from __future__ import annotations

import csv
import html
import re
from io import BytesIO, StringIO
from urllib.parse import parse_qs
from zipfile import ZipFile

import pytest
from django.urls import reverse

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.approvals.queries import list_requests
from kanjo.domains.billing.queries import list_invoices, list_sendings
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.surfaces.web.chosen import AT_ONCE, ids_of
from tests.builders import TODAY
from tests.web.crowd import crowd
from tests.web.office import Desk, Office, billed, quoted
from tests.web.story import Told


def outcome(desk: Desk, name: str, query: str, **typed: object) -> str:
    """Do it to the rows that the address names, and return the page that tells what became of each."""
    answer = desk.client.post(f"{reverse(name)}?{query}", typed)
    assert answer.status_code == 302, answer.content.decode()
    return desk.client.get(answer.headers["Location"]).content.decode()


class TestEach:
    def test_invoices_are_noted_as_sent_together(self, office: Office) -> None:
        """What is chosen is shown with its sum; done, every invoice has its paper and the page says so row by row."""
        billed(office)
        clerk = office.desk(Role.RECEIVABLES)
        rows = list_invoices(clerk.actor)
        query = "each=send&" + "&".join(f"chosen={row.id}" for row in rows)
        shown = clerk.client.get(f"/invoices?{query}").content.decode()
        total = sum(row.total.minor for row in rows)
        assert f"{len(rows)}件を選択" in shown
        assert f"{total:,}" in shown
        assert not any(row.sent for row in list_invoices(clerk.actor))
        page = outcome(clerk, "invoices", query, on=TODAY)
        assert f"完了 {len(rows)}件、不可 0件" in page
        assert all(list_sendings(row.id, clerk.actor) for row in rows)

    def test_what_is_refused_is_refused_alone(self, office: Office) -> None:
        """A request with a discount, and one that asks nothing of the person, say why; the others are approved."""
        rep, cxo = office.desk(Role.SALES_REP), office.desk(Role.CXO)
        discounted = quoted(office, net="9,000")
        rep.do("submit-quote", discounted.quote, on=TODAY)
        before = {row.id: row.state for row in list_requests(house())}
        query = "each=approve&chosen=all"
        led = cxo.client.get(f"/approvals?{query}").headers["Location"]
        assert set(ids_of(parse_qs(led.removeprefix("?"))["chosen"])) == set(before), "all are named one by one"
        page = outcome(cxo, "approvals", led.removeprefix("?"), on=TODAY, comment="")
        assert "approvals.discount-alone" in page
        assert {row.id: row.state for row in list_requests(house())} == before
        assert before
        assert set(before.values()) == {RequestState.OPEN}

    def test_a_row_that_is_gone_is_told(self, office: Office) -> None:
        """Ids that the list does not have are named by the rule, and the rest is done."""
        billed(office)
        clerk = office.desk(Role.RECEIVABLES)
        row = list_invoices(clerk.actor)[0]
        page = outcome(clerk, "invoices", f"each=send&chosen={row.id},999999", on=TODAY)
        assert "完了 1件、不可 1件" in page
        assert "lists.no-longer-there" in page

    def test_failed_steps_are_tried_again(self, story: Told) -> None:
        """Steps that were given up leave the list together."""
        admin = story.office.desk(Role.ADMINISTRATOR)
        address = reverse("failed-deliveries")
        led = admin.client.get(f"{address}?each=again&chosen=all").headers["Location"]
        page = outcome(admin, "failed-deliveries", led.removeprefix("?"))
        assert "不可 0件" in page
        assert "lists.nothing-chosen" in admin.client.get(address + led).content.decode()


class TestWhoMay:
    def test_the_button_says_who(self, story: Told) -> None:
        """Whoever may not do it reads below the list who may; an address typed by hand is refused."""
        desk = story.office.desk(Role.AUDITOR, Language.ENGLISH)
        page = desk.see("invoices")
        assert 'value="send"' not in page
        head, folded = page.split('<details class="pane who">')
        assert "Preview a billing run" not in head
        told = re.findall(r"<dt>([^<]+)</dt><dd>Done by: ([^<]+)</dd>", folded)
        assert [act for act, _who in told] == ["Preview a billing run", "Send or note as sent"]
        assert all("Accounts Receivable" in who for _act, who in told)
        assert '<details class="pane who">' not in story.office.desk(Role.RECEIVABLES).see("invoices")
        key = list_invoices(desk.actor)[0].id
        for answer in (
            desk.client.get(f"/invoices?each=send&chosen={key}"),
            desk.client.post(f"/invoices?each=send&chosen={key}", {"on": TODAY}),
        ):
            assert answer.status_code == 403
            assert "access.not-your-page" in answer.content.decode()

    @pytest.mark.parametrize(
        ("query", "rule"),
        [
            ("each=send", "lists.nothing-chosen"),
            ("each=send&chosen=x", "lists.nothing-chosen"),
            ("each=send&chosen=99999999999999999999999", "lists.nothing-chosen"),
            ("each=nothing&chosen=", "lists.nothing-chosen"),
            ("each=send&chosen=" + ",".join(map(str, range(1, AT_ONCE + 2))), "lists.too-many-chosen"),
        ],
    )
    def test_nothing_and_too_much(self, story: Told, query: str, rule: str) -> None:
        """An act on no row, or on more than a page waits for, is refused."""
        answer = story.office.desk(Role.RECEIVABLES).client.get(f"/invoices?{query}")
        assert (answer.status_code, rule in answer.content.decode()) == (400, True)

    def test_no_such_act(self, story: Told) -> None:
        """An act that the list does not have is none."""
        desk = story.office.desk(Role.RECEIVABLES)
        key = list_invoices(desk.actor)[0].id
        assert "lists.no-such-act" in desk.client.get(f"/invoices?each=x&chosen={key}").content.decode()

    def test_all_of_many(self, story: Told) -> None:
        """All that match are too many where they are more than a page waits for."""
        crowd(0, AT_ONCE + 1)
        answer = story.office.desk(Role.RECEIVABLES).client.get("/invoices?each=send&chosen=all")
        assert "lists.too-many-chosen" in answer.content.decode()


class TestFiles:
    def test_papers_in_one_archive(self, story: Told) -> None:
        """The archive holds the paper of each chosen invoice, the same bytes as its own page gives."""
        desk = story.office.desk(Role.RECEIVABLES)
        row = list_invoices(desk.actor)[0]
        answer = desk.client.get(f"/invoices?each=papers&chosen={row.id}")
        with ZipFile(BytesIO(answer.content)) as archive:
            assert archive.namelist() == [f"{row.number}.pdf"]
            paper = desk.client.get(reverse("invoice-pdf", args=[row.id])).content
            assert archive.read(f"{row.number}.pdf") == paper

    def test_chosen_rows_go_out(self, story: Told) -> None:
        """A file of chosen rows holds those and no others."""
        desk = story.office.desk(Role.RECEIVABLES)
        row = list_invoices(desk.actor)[0]
        content = desk.client.get(f"/invoices?as=csv&chosen={row.id}").content.decode("utf-8-sig")
        _head, *lines = csv.reader(StringIO(content))
        assert [line[0] for line in lines] == [row.number]

    def test_a_row_says_what_its_box_chooses(self, story: Told) -> None:
        """Each box has the name of its row, and belongs to the bar above the list."""
        desk = story.office.desk(Role.RECEIVABLES)
        row = list_invoices(desk.actor)[0]
        page = html.unescape(desk.see("invoices"))
        assert f'name="chosen" value="{row.id}" form="chosen" aria-label="{row.number}を選択"' in page

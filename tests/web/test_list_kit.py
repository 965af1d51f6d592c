"""What every list can do: sort, leave out columns, keep a view, open a row beside it, and go out as a file."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from itertools import groupby

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.actors import Role
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.surfaces.web.exports import exported, harmless
from kanjo.surfaces.web.shown import said
from tests.builders import a_customer
from tests.web.crowd import crowd
from tests.web.office import Desk, Office, billed
from tests.web.story import Told
from tests.web.test_lists import PAGES

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "＝1+1", "＋1", "－1", "＠x")
SORTED = [(name, column.order) for name, page in PAGES.items() for column in page.columns if column.order]


@pytest.fixture(scope="module")
def crowded(story: Told) -> None:
    """Some more rows in every list."""
    crowd(0, 10)


def auditor(story: Told, language: Language = Language.JAPANESE) -> Desk:
    """Seat somebody who reads every list."""
    return story.office.desk(Role.AUDITOR, language)


class TestSorting:
    @pytest.mark.parametrize(("name", "order"), SORTED)
    def test_every_heading_sorts_and_turns(self, story: Told, name: str, order: str) -> None:
        """A heading leads to its order; there it says so, and leads to the order turned round."""
        desk = auditor(story)
        assert f"order={order}" in desk.see(name)
        up = desk.see(name, order=order)
        assert 'aria-sort="ascending"' in up
        assert f"order=-{order}" in up
        down = desk.see(name, order=f"-{order}")
        assert 'aria-sort="descending"' in down

    def test_the_rows_stand_in_the_order(self, story: Told) -> None:
        """Invoices by total: each is at least as large as the one before; turned round, at most."""
        totals = [_totals(auditor(story), order) for order in ("total", "-total")]
        assert len(totals[0]) > 1
        assert totals[0] == sorted(totals[0])
        assert totals[1] == sorted(totals[0], reverse=True)

    @pytest.mark.parametrize(("name", "order"), SORTED)
    def test_a_heading_sorts_its_own_column(self, story: Told, crowded: None, name: str, order: str) -> None:
        """Equal values stand together, and turned round they stand the other way; blanks come last either way."""
        desk = auditor(story)  # signs in once: that is a fact in the list of people
        up, down = (_column(desk, name, order, turned) for turned in ("", "-"))
        assert len(set(up)) == len(up), "equal values stand apart"
        assert list(reversed(down)) == up

    @pytest.mark.parametrize("order", ["password", "payer__password", "--total", "-", "total;drop", "あ" * 500])
    @pytest.mark.row("X6")
    def test_nothing_else_sorts(self, story: Told, order: str) -> None:
        """What is no heading is refused, by a rule and with the way out."""
        page = auditor(story).see("invoices", status=400, order=order)
        assert "lists.unknown-order" in page


class TestColumns:
    def test_a_column_is_left_out(self, story: Told) -> None:
        """What the address leaves out is in neither heading nor rows; the first column stays."""
        desk = auditor(story)
        assert ">支払期日<" in re.sub(r"<a[^>]*order[^>]*>", ">", desk.see("invoices"))
        without = _table(desk.see("invoices", without="due-on"))
        assert "支払期日" not in without
        assert "請求先" in without
        assert ">番号<" in _table(desk.see("invoices", without="number"))


class TestViews:
    def test_a_view_is_kept_and_found_again(self, story: Told) -> None:
        """Kept under a name it is a tab over the list, for its owner only, until it is dropped."""
        rep, other = story.office.desk(Role.SALES_MANAGER), story.office.desk(Role.HR)
        address = f"of=invoices&query={'order%3D-total'}"
        kept = rep.client.post(f"/views/keep?{address}", {"name": "大きい順", "for": "me"})
        assert (kept.status_code, kept.headers["Location"]) == (302, "/invoices?order=-total")
        page = rep.see("invoices", order="-total")
        assert re.search(r'<a href="/invoices\?order=-total" aria-current="page">大きい順</a>', page)
        assert "大きい順" not in other.see("invoices")
        key = int(re.search(r"/views/(\d+)/drop", page)[1])  # type: ignore[index]
        assert other.client.get(f"/views/{key}/drop").status_code == 404
        rep.do("drop-view", key)
        assert "大きい順" not in rep.see("invoices")

    def test_a_shared_one_is_dropped_by_its_owner_only(self, story: Told) -> None:
        """Colleagues see it and cannot drop it."""
        hr = story.office.desk(Role.HR)
        assert "2026-11</a>" in hr.see("customers")
        status, page = hr.refused("drop-view", story.keys["drop-view"])
        assert (status, "bookmarks.not-yours" in page) == (403, True)

    def test_the_same_name_takes_its_place(self, story: Told) -> None:
        """A view kept twice under a name is one, as kept last."""
        desk = story.office.desk(Role.LEGAL)
        for order in ("number", "-number"):
            desk.client.post(f"/views/keep?of=quotes&query=order%3D{order}", {"name": "番号順", "for": "me"})
        assert re.findall(r'href="([^"]+)"[^>]*>番号順<', desk.see("quotes")) == ["/quotes?order=-number"]

    @pytest.mark.parametrize(
        ("address", "typed", "rule"),
        [
            ("of=company&query=", {"name": "x", "for": "me"}, "bookmarks.no-such-list"),
            ("of=users&query=", {"name": "x", "for": "me"}, "bookmarks.no-such-list"),
            ("of=quotes&query=" + "a" * 3_000, {"name": "x", "for": "me"}, "bookmarks.too-long"),
            ("of=quotes", {"name": "", "for": "me"}, "form.missing"),
            ("of=quotes", {"name": "x" * 61, "for": "me"}, "form.too-long"),
            ("of=quotes", {"name": "x", "for": "everybody"}, "form.not-a-choice"),
        ],
    )
    def test_what_cannot_be_kept(self, story: Told, address: str, typed: dict[str, str], rule: str) -> None:
        """A view of no list, one that is too long, one without a name: refused with the rule."""
        answer = story.office.desk(Role.CLO).client.post(f"/views/keep?{address}", typed)
        assert (answer.status_code, rule in answer.content.decode()) == (400, True)


class TestPanel:
    def test_a_row_opens_beside_the_list(self, story: Told) -> None:
        """Asked by a list, the page of a thing comes as a panel: no frame, what it is, what may be done."""
        desk = story.office.desk(Role.RECEIVABLES)
        address = story.address("invoice")
        panel = desk.client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in panel
        assert 'class="side"' in panel
        assert f'href="{address}"' in panel
        assert story.address("send-invoice") in panel
        assert "<html" in desk.client.get(address).content.decode()


class TestFiles:
    @pytest.mark.parametrize("name", PAGES)
    def test_csv(self, story: Told, name: str) -> None:
        """Every list comes as CSV that Excel reads: with a byte order mark, its headings, and a line for each row."""
        answer = auditor(story).client.get(story.address(name), {"as": "csv"})
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert len(lines) > 1
        assert {len(line) for line in lines} == {len(lines[0])}

    def test_excel_holds_numbers_and_days(self, story: Told) -> None:
        """In Excel an amount is a number with its currency beside it, a day is a day, and nothing is a formula."""
        answer = auditor(story).client.get(story.address("invoices"), {"as": "xlsx", "order": "total"})
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        total = head.index("合計")
        assert [row[total] for row in rows] == _totals(auditor(story), "total")
        assert {row[total + 1] for row in rows} == {"JPY"}
        assert all(hasattr(row[head.index("発行日")], "year") for row in rows)

    def test_the_file_is_as_the_list(self, story: Told) -> None:
        """Filters and columns left out hold for the file, too."""
        answer = auditor(story).client.get(
            story.address("quotes"), {"as": "csv", "state": "drafted", "without": "customer"}
        )
        head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
        assert "顧客" not in head
        assert {row[head.index("状態")] for row in rows} == {"作成中"}

    @pytest.mark.parametrize("name", ["ageing", "waterfall", "trial-balance"])
    def test_a_report_is_a_file_as_it_is_asked_for(self, story: Told, name: str) -> None:
        """A report comes as both files, of the day that the page was asked for, and the page leads to them."""
        client, day = auditor(story).client, {"on": "2026-05-31"}
        page = client.get(story.address(name), day).content.decode()
        assert f'href="?on={day["on"]}&amp;as=xlsx"' in page
        answer = client.get(story.address(name), day | {"as": "csv"})
        assert answer.headers["Content-Disposition"].endswith(f"-{day['on']}.csv")
        head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
        assert {len(row) for row in rows} == {len(head)}
        assert len(rows) == page[page.index("<tbody") : page.index("</tbody")].count("<tr")
        book = openpyxl.load_workbook(BytesIO(client.get(story.address(name), day | {"as": "xlsx"}).content))
        assert [cell.value for cell in next(book.active.iter_rows())] == head

    @pytest.mark.row("X1")
    def test_a_customer_in_the_ageing_is_no_formula(self, office: Office) -> None:
        """Who calls itself like a formula is a text in the file of the ageing."""
        customer = a_customer("=1+1")
        billed(Office(office.company_id, customer, office.cloud, office.box, office.people))
        file = office.desk(Role.AUDITOR).client.get("/ageing", {"as": "csv"}).content.decode("utf-8-sig")
        assert [row[0] for row in csv.reader(StringIO(file))][1:] == ["'=1+1"]

    @pytest.mark.parametrize("typed", FORMULAS)
    @pytest.mark.row("X1")
    def test_nothing_typed_becomes_a_formula(self, typed: str) -> None:
        """Text that a spreadsheet would take for a formula stays text in both kinds."""
        in_csv = next(csv.reader(StringIO(exported("csv", "x", [typed], []).content.decode("utf-8-sig"))))
        assert in_csv[0] == f"'{typed}" or in_csv[0].replace("\r", "\n") == f"'{typed}".replace("\r", "\n")
        book = openpyxl.load_workbook(BytesIO(exported("xlsx", "x", ["a"], [[typed]]).content))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}

    @given(st.text(max_size=40))
    @pytest.mark.row("X1")
    def test_harmless_text(self, text: str) -> None:
        """Only an apostrophe is ever added, and what stands first is no sign that starts a formula."""
        safe = harmless(text)
        assert safe in {text, f"'{text}"}
        assert not safe.strip("\ufeff \u3000").startswith(("=", "+", "-", "@"))

    @pytest.mark.row("X1")
    def test_negative_amounts_stay_numbers(self) -> None:
        """A credit is a number, not a text."""
        made = exported("csv", "x", ["amount"], [[Money(-1_234, "JPY")], [Money(-150, "USD")]]).content
        assert made.decode("utf-8-sig").splitlines()[1:] == ["-1234,JPY", "-1.50,USD"]


SORTED_AS_WRITTEN = {"corporate_number"}
"""Texts that may be empty: the empty ones sort before all others."""


def _column(desk: Desk, name: str, order: str, turned: str) -> list[str]:
    """Return the values of the column that an order is named for as they stand, without repeats and blanks."""
    place = [column.order for column in PAGES[name].columns].index(order)
    label = said(PAGES[name].columns[place].label)
    answer = desk.client.get(reverse(name), {"as": "csv", "order": f"{turned}{order}"})
    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    values = [row[head.index(label)] for row in rows]
    filled = [value for value in values if value not in {"", "—"}]
    blanks_first = order in SORTED_AS_WRITTEN and not turned
    placed = values[len(values) - len(filled) :] if blanks_first else values[: len(filled)]
    assert placed == filled, "a blank stands before a value"
    return [value for value, _ in groupby(filled)]


def _table(page: str) -> str:
    return page[page.index("<table") : page.index("</table>")]


def _totals(desk: Desk, order: str) -> list[int]:
    answer = desk.client.get("/invoices", {"as": "csv", "order": order})
    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    return [int(row[head.index("合計")]) for row in rows]


def test_a_phone_names_who_paid(story: Told) -> None:
    """Beside its number a row on a phone has the first words that are no day: the payer of a receipt."""
    page = story.office.desk(Role.RECEIVABLES).see("receipts")
    assert set(re.findall(r'<td class="k1">(.*?)</td>', page)) == {"カ）アオバショウジ"}

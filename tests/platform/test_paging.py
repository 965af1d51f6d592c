"""Walking a list page by page shows the whole of it, each row once, in any order, whatever is added meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjo.foundation.ids import CompanyId
from kanjo.platform.ordering import Key, Orders, UnknownOrder, sorted_by
from kanjo.platform.paging import NotAPlace, Page, last_page, paged
from kanjo.platform.tallies import added_up, counted
from kanjo.platform.worklist.models import WorkItem
from tests.platform.conftest import make_company

ORDERS: Orders = {
    "kind": "kind",
    "subject": "subject_id",
    "due": "due_on",
    "owner": "owner__name",
    "since": "opened_at",
    "company": "company__currency",
}
SORTED = [f"{turn}{name}" for name in ORDERS for turn in ("", "-")]
OTHERWISE = ("-kind", "due_on", "-id")
TODAY = date(2026, 4, 10)
on_the_database = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Waits:
    """What a row is sorted by: few different values, some of them blank."""

    kind: str
    subject_id: int
    due: int | None


WAITS = st.builds(
    Waits,
    kind=st.sampled_from(["a", "B", "あ", "ア", "a b", ""]),
    subject_id=st.integers(0, 3),
    due=st.none() | st.integers(-2, 2),
)


@pytest.fixture
def company_id(db: None) -> CompanyId:
    """A company whose work is listed."""
    return make_company()


class TestWalking:
    @on_the_database
    @given(st.lists(WAITS, max_size=14), st.sampled_from([*SORTED, ""]), st.integers(1, 5))
    def test_pages_are_the_list(self, company_id: CompanyId, rows: list[Waits], order: str, size: int) -> None:
        """On from the first page, or back from the last, the pages are the sorted list, every row once."""
        keys, found = _keys(order), _written(company_id, rows)
        whole = _in_order(found, keys)
        on = _walk(found, keys, size)
        assert _joined(on) == whole
        back = _walk(found, keys, size, back=True)
        assert _joined(reversed(back)) == whole
        assert [page.number for page in on] == list(range(1, max(len(whole), 1) + 1, size))
        assert [len(page) for page in on[:-1]] == [size] * (len(on) - 1)

    @on_the_database
    @given(st.lists(WAITS, min_size=1, max_size=14), st.sampled_from([*SORTED, ""]), st.integers(1, 5))
    def test_back_is_where_one_came_from(self, company_id: CompanyId, rows: list[Waits], order: str, size: int) -> None:
        """Previous shows the page before, with its number; the first has none before it."""
        keys, found = _keys(order), _written(company_id, rows)
        pages = _walk(found, keys, size)
        for page, before in zip(pages[1:], pages, strict=False):
            seen = _page(found, keys, page.before, size)
            assert (list(seen), seen.number, seen.before == "") == (list(before), before.number, before is pages[0])
        assert pages[0].before == ""

    @on_the_database
    @given(
        st.lists(WAITS, min_size=1, max_size=10),
        st.lists(WAITS, min_size=1, max_size=6),
        st.sampled_from([*SORTED, ""]),
        st.integers(1, 4),
    )
    def test_what_is_added_meanwhile_moves_nothing(
        self, company_id: CompanyId, rows: list[Waits], more: list[Waits], order: str, size: int
    ) -> None:
        """Rows added between two pages push no row onto a second page and hide none that was there."""
        keys, found = _keys(order), _written(company_id, rows)
        there = _in_order(found, keys)
        seen: list[int] = []
        at = ""
        while True:
            page = _page(found, keys, at, size)
            seen += page
            if more:
                _add(company_id, [more.pop()])
            if not page.after:
                break
            at = page.after
        assert len(seen) == len(set(seen))
        assert [one for one in seen if one in there] == there
        whole = _in_order(found, keys)
        assert seen == [one for one in whole if one in seen]

    def test_a_row_that_changes_its_place_is_not_shown_twice_around_it(self, company_id: CompanyId) -> None:
        """What is closed while it is read leaves the list; the next page goes on from where it stood."""
        keys, found = _keys("due"), _written(company_id, [Waits("a", n, n) for n in range(6)])
        first = _page(found, keys, "", 2)
        WorkItem.objects.filter(pk=first[1]).update(due_on=None)
        second = _page(found, keys, first.after, 2)
        assert list(second) == _in_order(found, keys)[1:3]

    def test_before_the_first_and_after_the_last(self, company_id: CompanyId) -> None:
        """When the rows around a place have gone, there is the first page, or the last one."""
        keys, found = _keys("subject"), _written(company_id, [Waits("a", n, n) for n in range(6)])
        first = _page(found, keys, "", 2)
        second = _page(found, keys, first.after, 2)
        rest = found.exclude(pk__in=first)
        assert list(_page(rest, keys, second.before, 2)) == list(second)
        gone = found.filter(pk__in=first)
        assert list(_page(gone, keys, second.after, 2)) == list(first)


class TestCursors:
    @given(st.text(max_size=60))
    def test_nonsense_is_refused(self, text: str) -> None:
        """Text that no list gave is refused, never an error."""
        for order in ("", "due", "-kind", "since"):
            if text not in {"", "last"}:
                with pytest.raises(NotAPlace):
                    _page(WorkItem.objects.none(), _keys(order), text, 5)

    @given(
        st.lists(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=8)
            | st.sampled_from(["\0", "\ud800", "2026-02-30", "9999-12-31T23:59:59-23:59", "1", {}, []]),
            max_size=3,
        )
    )
    @on_the_database
    def test_a_forged_place_is_a_place_or_refused(self, company_id: CompanyId, values: list[object]) -> None:
        """Values that a column cannot hold are refused before the database is asked."""
        for order in ("due", "-kind", "since", "subject"):
            seal = json.loads(_decoded(_forged(order, ["x"])))[0]
            try:
                _page(WorkItem.objects.all(), _keys(order), _encoded([seal, ">", 1, *values]), 5)
            except NotAPlace:
                continue
            assert len(values) == len(_keys(order))
            assert {type(value) for value in values} <= {str, int, type(None)}

    @pytest.mark.parametrize("order", ["", "due", "-kind", "since", "subject"])
    def test_a_true_place_with_one_false_value_is_refused(self, company_id: CompanyId, order: str) -> None:
        """A place that a list gave is taken; with any one of its values spoilt, missing or doubled it is refused."""
        found, keys = _written(company_id, [Waits("a", n, n) for n in range(4)]), _keys(order)
        true = _page(found, keys, "", 2).after
        seal, way, number, *values = json.loads(_decoded(true))
        assert list(_page(found, keys, _encoded([seal, way, number, *values]), 2)) == _in_order(found, keys)[2:]
        spoilt = ["\0", "\ud800", 1.5, True, [], {}]
        forged = [
            *([*values[:place], odd, *values[place + 1 :]] for place in range(len(values)) for odd in spoilt),
            *([values[:-1], [*values, values[-1]], []]),
        ]
        for one in forged:
            with pytest.raises(NotAPlace):
                _page(found, keys, _encoded([seal, way, number, *one]), 2)
        assert len(forged) == 6 * len(keys) + 3

    def test_a_place_belongs_to_its_order(self, company_id: CompanyId) -> None:
        """A place in one order is none in another, turned round it is none either."""
        found = _written(company_id, [Waits("a", n, n) for n in range(4)])
        after = _page(found, _keys("due"), "", 2).after
        for other in ("-due", "subject", ""):
            with pytest.raises(NotAPlace) as refused:
                _page(found, _keys(other), after, 2)
            assert refused.value.rule == "lists.not-a-place"

    def test_a_place_is_short(self, company_id: CompanyId) -> None:
        """What the address holds is one short word."""
        found = _written(company_id, [Waits("a", n, n) for n in range(4)])
        assert len(_page(found, _keys("-due"), "", 2).after) < 60

    def test_no_other_order(self) -> None:
        """A list is sorted by what it names, by nothing else."""
        with pytest.raises(UnknownOrder):
            _keys("owner__password")


class TestTallies:
    def test_counting_stops(self, company_id: CompanyId) -> None:
        """Beyond the bound a list says that there are more; up to it the number is exact."""
        found = _written(company_id, [Waits("a", n, n) for n in range(5)])
        assert [(counted(found, most), counted(found, most).more) for most in (4, 5, 6)] == [
            (4, True),
            (5, False),
            (5, False),
        ]

    def test_sums_by_currency(self, company_id: CompanyId) -> None:
        """Every currency has its own sum over all rows; where there are too many to add up there is none."""
        other = make_company("kanjo-us", "USD")
        _add(company_id, [Waits("a", n, n) for n in (1, 2, 3)])
        _add(other, [Waits("a", 20, None)])
        found, orders = WorkItem.objects.all(), {"subject": "subject_id"}
        tally = added_up(found, orders, "subject", currency="company__currency")
        assert (tally, tally.more) == (4, False)
        assert [(one.minor, one.currency) for one in tally.sums["subject"]] == [(6, "JPY"), (20, "USD")]
        tally = added_up(found, orders, "subject", currency="company__currency", most=3)
        assert (tally, tally.more, dict(tally.sums)) == (3, True, {})
        assert added_up(found.none(), orders, "subject", currency="company__currency") == 0


def _keys(order: str) -> Sequence[Key]:
    return sorted_by(WorkItem, order, ORDERS, *OTHERWISE)


def _written(company_id: CompanyId, rows: Sequence[Waits]) -> QuerySet[WorkItem]:
    """Return the work of a company that has these rows and no others."""
    WorkItem.objects.filter(state=WorkItem.State.OPEN).update(state=WorkItem.State.DROPPED)
    _add(company_id, rows)
    return WorkItem.objects.filter(state=WorkItem.State.OPEN)


def _add(company_id: CompanyId, rows: Sequence[Waits]) -> None:
    already = WorkItem.objects.count()
    WorkItem.objects.bulk_create(
        WorkItem(
            company_id=company_id,
            kind=row.kind,
            subject=f"table {already + number}",
            subject_id=row.subject_id,
            owner_role="legal",
            due_on=None if row.due is None else TODAY + timedelta(days=row.due),
        )
        for number, row in enumerate(rows)
    )


def _in_order(found: QuerySet[WorkItem], keys: Sequence[Key]) -> list[int]:
    sorting = [key.sorting(backwards=False) for key in keys]
    return list(found.order_by(*sorting).values_list("pk", flat=True))


def _page(found: QuerySet[WorkItem], keys: Sequence[Key], at: str, size: int) -> Page[int]:
    return paged(found, keys, at, size, lambda rows: [row.pk for row in rows])


def _walk(found: QuerySet[WorkItem], keys: Sequence[Key], size: int, *, back: bool = False) -> list[Page[int]]:
    pages = [_page(found, keys, last_page() if back else "", size)]
    while at := pages[-1].before if back else pages[-1].after:
        pages.append(_page(found, keys, at, size))
    return pages


def _joined(pages: object) -> list[int]:
    return [row for page in pages for row in page]  # type: ignore[attr-defined]  # pages, turned round or not


def _forged(order: str, values: list[object]) -> str:
    from kanjo.platform import paging

    return _encoded([paging._seal(_keys(order)), ">", 1, *values])


def _encoded(parts: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _decoded(at: str) -> bytes:
    return base64.urlsafe_b64decode(at + "=" * (-len(at) % 4))

"""The approval matrix changes hands: written by one person, put in force by another."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kanjo.domains.approvals.facts import MatrixState
from kanjo.domains.approvals.queries import check_matrix, get_matrix
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import MatrixId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from tests.web.office import Office, faults

TOMORROW = {"effective_from": (timezone.localdate() + timedelta(days=1)).isoformat()}
ANY = {
    "item": "discount",
    "name_ja": "値引き",
    "name_en": "Discount",
    "stage": "1",
    "role": "cfo",
    "reason_ja": "すべてCFOが承認します。",
    "reason_en": "The CFO approves all.",
}
ABOVE = {**ANY, "when-count": "1", "when-0-input": "discount", "when-0-sign": "above", "when-0-value": "0%"}
UP_TO = {**ABOVE, "when-0-sign": "up_to", "role": "nobody"}


def drafted(office: Office, **typed: str) -> MatrixId:
    return MatrixId(office.desk(Role.APPROVER).do("draft-matrix", **{"base": "standard", **typed}))


def state_of(matrix_id: MatrixId) -> MatrixState:
    return get_matrix(house(), matrix_id)[0].state


class TestDraft:
    def test_one_item_is_written_anew(self, office: Office) -> None:
        """From the standard rows without the discount, two rows about it are added, and the draft is sound."""
        matrix, desk = drafted(office, without="discount"), office.desk(Role.APPROVER)
        standing = len(get_matrix(house(), matrix)[1])
        desk.do("add-matrix-row", matrix, **ABOVE)
        page = desk.see("matrix", matrix)
        assert "有効化を妨げる問題があります" in page
        assert check_matrix(matrix, house())
        desk.do("add-matrix-row", matrix, **UP_TO)
        assert check_matrix(matrix, house()) == []
        rows = get_matrix(house(), matrix)[1]
        assert len(rows) == standing + 2
        assert [(row.draft.when, row.draft.role) for row in rows[-2:]] == [
            ({"discount": {"above": "0%"}}, Role.CFO),
            ({"discount": {"up_to": "0%"}}, None),
        ]
        assert "問題はありません" in desk.see("matrix", matrix)

    def test_numbers_and_lists(self, office: Office) -> None:
        """Whole numbers are read as such, and currencies as a list."""
        matrix, desk = drafted(office, base="empty"), office.desk(Role.APPROVER)
        typed = {
            "when-count": "2",
            "when-0-input": "net_total_minor",
            "when-0-sign": "from",
            "when-0-value": "1,000,000",
        }
        typed |= {"when-1-input": "currency", "when-1-sign": "in", "when-1-value": "JPY、USD"}
        desk.do("add-matrix-row", matrix, **{**ANY, **typed})
        [row] = get_matrix(house(), matrix)[1]
        assert row.draft.when == {"net_total_minor": {"from": 1_000_000}, "currency": {"in": ["JPY", "USD"]}}

    def test_what_it_cannot_read(self, office: Office) -> None:
        """A share where days are asked is refused with the place, and no row is written."""
        matrix, desk = drafted(office, base="empty"), office.desk(Role.APPROVER)
        status, page = desk.refused("add-matrix-row", matrix, **{**ABOVE, "when-0-input": "payment_days"})
        assert status == 400
        assert "approvals.wrong-kind" in faults(page)
        assert get_matrix(house(), matrix)[1] == []

    def test_nothing_is_said_twice(self, office: Office) -> None:
        """A second limit of the same kind is refused beside its row, in both languages; the first stays."""
        matrix = drafted(office, base="empty")
        typed = {**ABOVE, "when-count": "2"}
        typed |= {"when-1-input": "discount", "when-1-sign": "above", "when-1-value": "10%"}
        for language, says in ((Language.JAPANESE, "条件が重複しています"), (Language.ENGLISH, "is said twice")):
            status, page = office.desk(Role.APPROVER, language).refused("add-matrix-row", matrix, **typed)
            assert status == 400
            beside = page[page.index('name="when-1-sign"') : page.index('name="when-1-value"')]
            assert says in beside
            assert "approvals.said-twice" in beside
        assert get_matrix(house(), matrix)[1] == []


class TestActivate:
    def test_by_another_than_who_wrote_it(self, office: Office) -> None:
        """The writer is refused; a colleague puts it in force, and the one before ends that day."""
        matrix = drafted(office)
        status, page = office.desk(Role.APPROVER).refused("activate-matrix", matrix, **TOMORROW)
        assert status == 403
        assert "duties.apart" in faults(page)
        cxo = office.desk(Role.CXO)
        cxo.do("activate-matrix", matrix, **TOMORROW)
        assert state_of(matrix) is MatrixState.ACTIVE
        assert TOMORROW["effective_from"] in cxo.see("matrix", matrix)

    def test_not_an_unsound_one(self, office: Office) -> None:
        """A draft with a gap is not put in force, and no button leads there."""
        matrix, cxo = drafted(office, base="empty"), office.desk(Role.CXO)
        office.desk(Role.APPROVER).do("add-matrix-row", matrix, **ABOVE)
        status, page = cxo.refused("activate-matrix", matrix, **TOMORROW)
        assert status in {400, 409}
        assert "approvals." in faults(page)
        assert f'href="/company/matrices/{matrix}/activate"' not in cxo.see("matrix", matrix)
        assert state_of(matrix) is MatrixState.DRAFTED


class TestWithdraw:
    def test_for_good_with_a_reason(self, office: Office) -> None:
        """A withdrawn draft takes no row and is not put in force."""
        matrix, desk = drafted(office), office.desk(Role.APPROVER)
        desk.do("withdraw-matrix", matrix, because="方針の変更")
        assert state_of(matrix) is MatrixState.WITHDRAWN
        assert "方針の変更" in desk.see("matrix", matrix)
        status, page = desk.refused("add-matrix-row", matrix, **ANY)
        assert status == 409
        assert "approvals.matrix-not-drafted" in faults(page)

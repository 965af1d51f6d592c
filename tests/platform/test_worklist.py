"""Each person sees what waits for it, once."""

from __future__ import annotations

from datetime import date

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.worklist.operations import close, put
from kanjo.platform.worklist.queries import count_queue, list_queue
from tests.platform.conftest import AT, make_actor

WHY = Text(en="A receipt has no invoice.", ja="入金に対応する請求書がありません。")


def wait(
    company_id: CompanyId, key: int, *, role: Role = Role.RECEIVABLES, due: date | None = None, owner: int | None = None
) -> None:
    put(
        kind="receivables.unmatched",
        subject=("receivables_receipt", key),
        company_id=company_id,
        role=role,
        why=WHY,
        due_on=due,
        owner_id=PersonId(owner) if owner else None,
    )


class TestQueue:
    def test_what_waits_for_my_role_is_mine_nearest_first(self, company_id: CompanyId, clerk: Actor) -> None:
        wait(company_id, 1, due=date(2026, 5, 2))
        wait(company_id, 2, due=date(2026, 5, 1))
        wait(company_id, 3)
        wait(company_id, 4, role=Role.LEGAL)
        assert [row.subject_id for row in list_queue(clerk)] == [2, 1, 3]
        assert list_queue(clerk)[0].why == WHY

    def test_what_waits_for_one_person_is_only_that_person_s(self, company_id: CompanyId, clerk: Actor) -> None:
        other = make_actor(company_id, Role.RECEIVABLES, email="second@example.com")
        wait(company_id, 1, owner=other.id)
        assert (count_queue(clerk), count_queue(other)) == (0, 1)

    def test_the_auditor_sees_every_queue(self, company_id: CompanyId) -> None:
        auditor = make_actor(company_id, Role.AUDITOR)
        wait(company_id, 1, role=Role.LEGAL)
        assert count_queue(auditor) == 1

    def test_another_company_s_work_is_not_seen(self, company_id: CompanyId, stranger: Actor) -> None:
        wait(company_id, 1)
        assert count_queue(stranger) == 0


class TestPut:
    def test_the_same_work_waits_once(self, company_id: CompanyId, clerk: Actor) -> None:
        wait(company_id, 1)
        wait(company_id, 1)
        assert count_queue(clerk) == 1

    def test_closed_work_may_come_again(self, company_id: CompanyId, clerk: Actor) -> None:
        wait(company_id, 1)
        assert close(kind="receivables.unmatched", subject=("receivables_receipt", 1), by=clerk, at=AT) == 1
        assert count_queue(clerk) == 0
        wait(company_id, 1)
        assert count_queue(clerk) == 1

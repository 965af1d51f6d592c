"""Files go out to whoever may see the page that they belong to, and to nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.files.models import StoredFile
from kanjo.platform.files.operations import store
from kanjo.platform.identity.queries import house
from tests.builders import TODAY, a_company, an_actor
from tests.web.office import SIGNED, Desk, Office, a_bank_file, billed

STATEMENT = b"".join(a_bank_file("INV-1", 100).chunks())


def given(desk: Desk, name: str, key: int) -> tuple[int, bytes]:
    """Return the status and the bytes of a file."""
    answer = desk.client.get(reverse(name, args=[key]))
    return answer.status_code, answer.content


@pytest.fixture
def stranger(office: Office) -> Desk:
    """Somebody with every role in another company."""
    other: CompanyId = a_company("kanjo-us", name="他社", name_en="Other")
    return Desk.of(an_actor(*Role, companies=[other], name="他社 太郎"))


class TestBankFiles:
    @pytest.mark.row("A1")
    def test_go_to_those_who_read_the_books(self, office: Office, stranger: Desk) -> None:
        """The statement goes to Accounts Receivable; neither a rep nor HR gets it, by whatever address."""
        clerk = office.desk(Role.RECEIVABLES)
        key = clerk.do("take-bank-file", statement=a_bank_file("INV-1", 100), on=TODAY.isoformat())
        assert clerk.key("bank-file-original", "bank-file", key) == key
        assert given(clerk, "bank-file-original", key) == (200, STATEMENT)
        for role in (Role.HR, Role.SALES_REP):
            assert given(office.desk(role), "bank-file-original", key)[0] == 403
        stored = StoredFile.objects.get().pk
        for desk in (clerk, office.desk(Role.SALES_REP), stranger):
            assert given(desk, "file", stored)[0] == 404
        assert given(office.desk(Role.HR), "file", stored)[0] == 403
        assert given(stranger, "bank-file-original", key)[0] == 404


class TestPapers:
    @pytest.mark.row("A1")
    def test_go_to_those_who_read_their_page(self, office: Office, stranger: Desk) -> None:
        """A sent quotation, a signed contract and a sent invoice go to all who read their pages, in their company."""
        deal, rep = billed(office), office.desk(Role.SALES_REP)
        clerk = office.desk(Role.RECEIVABLES)
        invoice = clerk.key("invoice", "order", deal.order)
        clerk.do("send-invoice", invoice, on="2026-05-01")
        contract = rep.key("contract", "order", deal.order)
        sent = StoredFile.objects.latest("id").pk
        papers = [rep.key("file", "quote", deal.quote), rep.key("file", "contract", contract), sent]
        assert len(set(papers)) == len(papers)
        assert [given(rep, "file", paper)[0] for paper in papers] == [200, 200, 200]
        assert given(rep, "file", papers[1])[1] == SIGNED
        assert [given(stranger, "file", paper)[0] for paper in papers] == [404, 404, 404]

    def test_a_file_of_nothing_is_refused(self, office: Office) -> None:
        """What no page refers to is not there."""
        key = store(content=b"x", name="x", media_type="text/plain", company_id=office.company_id, by=house())
        assert given(office.desk(Role.ADMINISTRATOR), "file", key)[0] == 404

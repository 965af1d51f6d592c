"""Each person is told once a day what waits, in its own language."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from kanjo.connectors.email.sending import Letter, send
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.identity.models import Person
from kanjo.platform.worklist.operations import put
from kanjo.processes.mail_digest import mail_digest
from tests.platform.conftest import make_actor, make_company


@pytest.fixture
def company_id(db: None) -> CompanyId:
    return make_company()


def wait(company_id: CompanyId, number: int, role: Role = Role.RECEIVABLES) -> None:
    why = Text(en=f"Order {number} waits.", ja=f"注文 {number} が対応待ちです。")
    put(kind="test", subject=("orders_order", number), company_id=company_id, role=role, why=why)


class TestMailDigest:
    @pytest.mark.row("O4")
    def test_who_has_something_waiting_gets_one_message(self, company_id: CompanyId) -> None:
        clerk = make_actor(company_id, Role.RECEIVABLES)
        make_actor(company_id, Role.LEGAL, email="legal@example.com")
        Person.objects.update(password="x")
        for number in range(25):
            wait(company_id, number)
        assert mail_digest(address="https://kanjo.example") == 1
        (message,) = mail.outbox
        assert message.to == ["person@example.com"]
        assert message.subject == "Kanjo: 対応待ち 25 件"
        assert "注文 0 が対応待ちです。" in message.body and "…ほか 5 件" in message.body
        assert clerk.language == "ja"

    def test_who_cannot_sign_in_gets_none(self, company_id: CompanyId) -> None:
        make_actor(company_id, Role.RECEIVABLES)
        wait(company_id, 1)
        Person.objects.update(password="!")
        assert mail_digest(address="https://kanjo.example") == 0


@pytest.mark.parametrize("address", ["a@example.com, b@example.com", "a@example.com\nbcc: b@example.com", "nobody"])
@pytest.mark.row("O4")
@pytest.mark.row("X10")
def test_a_message_goes_to_exactly_one_address(address: str) -> None:
    with pytest.raises(ValidationError):
        send(Letter(address, "subject", "body"))
    assert mail.outbox == []

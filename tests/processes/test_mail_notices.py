"""Who chose to be told by mail gets each thing once: at once or in its digest, and never while it is quiet."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kanjo.connectors.email.sending import Letter, send
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.personal import HIDDEN
from kanjo.foundation.texts import Text
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import house
from kanjo.platform.notices.kinds import Kind, Way
from kanjo.platform.notices.letters import note_sent, quiet_hours, take_letter, write_letters
from kanjo.platform.notices.models import Letter as Written
from kanjo.platform.notices.models import Notice
from kanjo.platform.notices.operations import choose
from kanjo.platform.notices.queries import choices_of
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.operations import close, put
from kanjo.processes.mail_notices import mail_notices
from tests.platform.conftest import make_actor, make_company

ADDRESS = "https://kanjo.example"
MONDAY = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
"""Nine in the morning in Tokyo."""
ALL_MAIL = dict.fromkeys(Kind, Way.MAIL)


@pytest.fixture
def company_id(db: None) -> CompanyId:
    return make_company()


@pytest.fixture
def clerk(company_id: CompanyId) -> Actor:
    actor = make_actor(company_id, Role.RECEIVABLES)
    Person.objects.update(password="x")
    return actor


def wait(
    company_id: CompanyId, number: int, role: Role = Role.RECEIVABLES, at: datetime = MONDAY, owner: Actor | None = None
) -> None:
    """Put work on a queue as if it had come at that moment."""
    why = Text(en=f"Order {number} waits.", ja=f"注文 {number} が対応待ちです。")
    WorkItem.objects.create(
        company_id=company_id,
        kind="test",
        subject="orders_order",
        subject_id=number,
        owner_role=role,
        owner_id=owner.id if owner else None,
        why_en=why.en,
        why_ja=why.ja,
        opened_at=at,
    )


def news(actor: Actor, number: int, at: datetime = MONDAY, kind: Kind = Kind.ANSWER) -> None:
    """Tell a person something as if it had been at that moment."""
    Notice.objects.create(
        person_id=actor.id,
        kind=kind,
        subject="quotes_quote",
        subject_id=number,
        says_en=f"News {number}.",
        says_ja=f"お知らせ {number}。",
        key=f"news-{number}",
        recorded_at=at,
    )


def chooses(actor: Actor, **given: object) -> None:
    usual: dict[str, object] = {
        "ways": {},
        "digest_hour": 8,
        "quiet_from": None,
        "quiet_until": None,
        "closed_days_quiet": True,
        "time_zone": "",
    }
    with transaction.atomic():
        choose(by=actor, at=MONDAY, **(usual | given))  # type: ignore[arg-type]  # by name


def run(at: datetime) -> int:
    return mail_notices(address=ADDRESS, at=at)


def bodies() -> str:
    return "\n".join(str(message.body) for message in mail.outbox)


class TestDigest:
    @pytest.mark.row("O4")
    def test_who_has_something_waiting_gets_one_letter_a_day(self, company_id: CompanyId, clerk: Actor) -> None:
        """At its hour, in its language, with what waits by the nearest due date; nobody else gets any."""
        make_actor(company_id, Role.LEGAL, email="legal@example.com")
        Person.objects.update(password="x")
        for number in range(25):
            wait(company_id, number)
        assert [run(MONDAY - timedelta(hours=2)), run(MONDAY), run(MONDAY + timedelta(hours=1))] == [0, 1, 0]
        (message,) = mail.outbox
        assert message.to == ["person@example.com"]
        assert message.subject == "Kanjo: 対応待ち 25 件"
        assert "注文 0 が対応待ちです。" in message.body
        assert "…ほか 5 件" in message.body
        assert ADDRESS in message.body
        assert run(MONDAY + timedelta(days=1)) == 1

    def test_at_the_hour_and_in_the_zone_of_the_person(self, company_id: CompanyId, clerk: Actor) -> None:
        """Six in the evening in Berlin, an hour of its own choice."""
        chooses(clerk, digest_hour=18, time_zone="Europe/Berlin")
        wait(company_id, 1)
        evening = datetime(2026, 4, 7, 16, 0, tzinfo=UTC)
        assert [run(evening - timedelta(minutes=1)), run(evening)] == [0, 1]

    def test_who_cannot_sign_in_gets_none(self, company_id: CompanyId, clerk: Actor) -> None:
        wait(company_id, 1)
        Person.objects.update(password="!")
        assert run(MONDAY) == 0

    def test_in_english_for_who_reads_english(self, company_id: CompanyId, clerk: Actor) -> None:
        Person.objects.update(language="en")
        wait(company_id, 1)
        run(MONDAY)
        assert mail.outbox[0].subject == "Kanjo: 1 waiting for you"
        assert "- Order 1 waits." in mail.outbox[0].body


class TestAtOnce:
    def test_ones_own_work_and_answers(self, company_id: CompanyId, clerk: Actor) -> None:
        """What waits for the person itself and what answers it is mailed at once, once, all of it in one letter."""
        chooses(clerk, digest_hour=23)
        wait(company_id, 1, owner=clerk)
        wait(company_id, 2)
        news(clerk, 3)
        assert [run(MONDAY + timedelta(minutes=minutes)) for minutes in (1, 2, 3)] == [1, 0, 0]
        assert mail.outbox[0].subject == "Kanjo: お知らせ 2 件"
        assert "注文 1" in mail.outbox[0].body
        assert "お知らせ 3。" in mail.outbox[0].body
        assert "注文 2" not in mail.outbox[0].body

    def test_what_is_done_meanwhile_is_no_news(self, company_id: CompanyId, clerk: Actor) -> None:
        chooses(clerk, digest_hour=23)
        wait(company_id, 1, owner=clerk)
        close(kind="test", subject=("orders_order", 1), by=house(), at=MONDAY)
        assert run(MONDAY + timedelta(minutes=1)) == 0

    def test_not_at_all(self, company_id: CompanyId, clerk: Actor) -> None:
        """What a person wants to be told of in the product or not at all never reaches its mail, also not later."""
        chooses(clerk, ways=dict.fromkeys(Kind, Way.PRODUCT))
        wait(company_id, 1, owner=clerk)
        news(clerk, 2)
        assert run(MONDAY + timedelta(minutes=1)) == 0
        chooses(clerk, ways=ALL_MAIL)
        assert run(MONDAY + timedelta(minutes=2)) == 0

    @pytest.mark.parametrize("kind", [Kind.DEPUTY, Kind.SIGN_IN])
    def test_of_what_is_done_in_ones_name_one_is_told_whatever_one_chose(
        self, company_id: CompanyId, clerk: Actor, kind: Kind
    ) -> None:
        chooses(clerk, ways=dict.fromkeys(Kind, Way.NOTHING))
        news(clerk, 1, kind=kind)
        assert run(MONDAY + timedelta(minutes=1)) == 1

    def test_of_a_company_one_no_longer_sees(self, company_id: CompanyId, clerk: Actor) -> None:
        """What belongs to a company of others is not told."""
        other = make_company("second")
        news(clerk, 1)
        Notice.objects.filter(pk=Notice.objects.get().pk).update(read_at=None)
        Notice.objects.create(
            person_id=clerk.id,
            company_id=other,
            kind=Kind.ANSWER,
            subject="quotes_quote",
            subject_id=9,
            says_en="Secret.",
            says_ja="秘密。",
            key="secret",
            recorded_at=MONDAY,
        )
        run(MONDAY + timedelta(minutes=1))
        assert "秘密" not in bodies()


@pytest.mark.row("SFQ-4")
def test_who_needs_no_name_of_a_payer_is_mailed_none(company_id: CompanyId, clerk: Actor) -> None:
    """Work about a receipt names its payer in the letter of Accounts Receivable, and in no other."""
    lawyer = make_actor(company_id, Role.LEGAL, email="legal@example.com")
    Person.objects.update(password="x")
    for owner in (clerk, lawyer):
        wait(company_id, int(owner.id), owner=owner)
    WorkItem.objects.update(subject="receivables_receipt", why_ja="カナガワ タロウ に確認")
    assert run(MONDAY + timedelta(minutes=1)) >= 2
    told = {address: str(one.body) for one in mail.outbox for address in one.to}
    assert "カナガワ" in told["person@example.com"]
    assert "カナガワ" not in told["legal@example.com"]
    assert HIDDEN in told["legal@example.com"]


class TestQuiet:
    def test_over_night_and_over_the_weekend_it_is_gathered(self, company_id: CompanyId, clerk: Actor) -> None:
        """Quiet from seven to eight: what came on Friday night and on Sunday comes on Monday, in one letter."""
        chooses(clerk, quiet_from=time(19), quiet_until=time(8), digest_hour=23)
        friday = datetime(2026, 4, 10, 10, 30, tzinfo=UTC)
        for number, after in enumerate((timedelta(0), timedelta(hours=5), timedelta(days=2))):
            news(clerk, number, friday + after)
        monday = datetime(2026, 4, 12, 23, 0, tzinfo=UTC)
        assert [run(friday + timedelta(hours=hours)) for hours in range(1, 60, 6)] == [0] * 10
        assert [run(monday - timedelta(minutes=1)), run(monday), run(monday + timedelta(minutes=1))] == [0, 1, 0]
        assert mail.outbox[0].subject == "Kanjo: お知らせ 3 件"

    def test_a_change_of_mind_neither_loses_nor_repeats(self, company_id: CompanyId, clerk: Actor) -> None:
        """What waited for the end of the quiet, and is to be in the digest now, is in the digest, and only there."""
        chooses(clerk, ways=ALL_MAIL, quiet_from=time(0), quiet_until=time(12))
        news(clerk, 1)
        assert run(MONDAY + timedelta(hours=1)) == 0
        chooses(clerk, ways=dict.fromkeys(Kind, Way.DIGEST))
        assert [run(MONDAY + timedelta(hours=hours)) for hours in (2, 3, 30)] == [1, 0, 0]
        chooses(clerk, ways=ALL_MAIL)
        assert run(MONDAY + timedelta(hours=31)) == 0
        assert bodies().count("お知らせ 1。") == 1

    @pytest.mark.django_db
    @settings(max_examples=5)
    @given(
        begins=st.builds(time, st.integers(0, 23)),
        ends=st.builds(time, st.integers(0, 23)),
        came=st.lists(st.integers(0, 2 * 24 * 4), min_size=1, max_size=8),
        ways=st.sampled_from((Way.MAIL, Way.DIGEST)),
        zone=st.sampled_from(("Asia/Tokyo", "America/New_York")),
        digest_hour=st.integers(0, 23),
    )
    # Only from midnight to one is it not quiet.
    @example(begins=time(1), ends=time(0), came=[0], ways=Way.MAIL, zone="Asia/Tokyo", digest_hour=8)
    @example(begins=time(1), ends=time(0), came=[0], ways=Way.DIGEST, zone="Asia/Tokyo", digest_hour=8)
    def test_each_thing_once_and_never_in_the_quiet(
        self, *, begins: time, ends: time, came: list[int], ways: Way, zone: str, digest_hour: int
    ) -> None:
        """Whatever comes when: after six days all of it was mailed, each in one letter, none while it was quiet."""
        told = dict.fromkeys(Kind, ways)
        with transaction.atomic():
            person = make_actor(make_company(), Role.RECEIVABLES)
            Person.objects.update(password="x")
            chooses(person, ways=told, quiet_from=begins, quiet_until=ends, time_zone=zone, digest_hour=digest_hour)
            hours = quiet_hours(choices_of(person.id), person)
            mail.outbox.clear()
            for number, quarter in enumerate(came):
                news(person, number, MONDAY + timedelta(minutes=15 * quarter))
            for hour in range(6 * 24):
                at = MONDAY + timedelta(hours=hour, minutes=7)
                before = len(mail.outbox)
                run(at)
                assert not hours.at(at) or len(mail.outbox) == before
            assert [bodies().count(f"お知らせ {number}。") for number in range(len(came))] == [1] * len(came)
            transaction.set_rollback(True)


class TestSending:
    @pytest.mark.row("O4")
    def test_a_letter_that_fails_goes_later_under_the_same_name(
        self, company_id: CompanyId, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server refuses; the letter waits two minutes, and goes as the same letter."""
        chooses(clerk, digest_hour=23)
        news(clerk, 1)
        with monkeypatch.context() as down:
            down.setattr(EmailBackend, "send_messages", _down)
            assert run(MONDAY + timedelta(minutes=1)) == 0
        assert "SMTPException" in Written.objects.get().error
        assert [run(MONDAY + timedelta(minutes=minutes)) for minutes in (2, 3, 4)] == [0, 1, 0]
        assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<letter-{Written.objects.get().pk}@")

    def test_who_dies_while_sending_is_followed(self, company_id: CompanyId, clerk: Actor) -> None:
        """A letter that was taken and never noted as sent goes again after a while, under the same name."""
        news(clerk, 1)
        write_letters(clerk, MONDAY + timedelta(minutes=1))
        taken = take_letter(MONDAY + timedelta(minutes=1))
        assert taken is not None
        assert take_letter(MONDAY + timedelta(minutes=15)) is None
        again = take_letter(MONDAY + timedelta(minutes=17))
        assert again is not None and again.name == taken.name
        note_sent(again.id, MONDAY)
        assert take_letter(MONDAY + timedelta(days=1)) is None

    @pytest.mark.row("O4")
    def test_what_is_rolled_back_is_never_mailed(self, company_id: CompanyId, clerk: Actor) -> None:
        chooses(clerk, digest_hour=23)
        with transaction.atomic():
            news(clerk, 1)
            transaction.set_rollback(True)
        assert run(MONDAY + timedelta(minutes=1)) == 0


def _down(*_: object) -> int:
    raise SMTPException("down")


def test_put_stands_in_one_letter_of_each_person(company_id: CompanyId, clerk: Actor) -> None:
    """One row on the queue of a role, told to everybody who holds it, is one row still."""
    make_actor(company_id, Role.RECEIVABLES, email="other@example.com")
    Person.objects.update(password="x")
    put(
        kind="test",
        subject=("orders_order", 1),
        company_id=company_id,
        role=Role.RECEIVABLES,
        why=Text(en="Wait.", ja="待"),
    )
    assert run(MONDAY) == 2
    assert (WorkItem.objects.count(), Notice.objects.count()) == (1, 0)


@pytest.mark.parametrize("address", ["a@example.com, b@example.com", "a@example.com\nbcc: b@example.com", "nobody"])
@pytest.mark.row("O4")
@pytest.mark.row("X10")
def test_a_message_goes_to_exactly_one_address(address: str) -> None:
    with pytest.raises(ValidationError):
        send(Letter(address, "subject", "body"))
    assert mail.outbox == []

"""What happens is told outside: signed, once under one id, again when it fails, given up in sight, replayed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.audit.models import Change
from kanjo.platform.calling import NotPublic
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import NotFound
from kanjo.platform.webhooks import sending
from kanjo.platform.webhooks.models import Endpoint, Sending
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.operations import (
    LEASE,
    MOST,
    StillWaiting,
    TooManyEndpoints,
    UnknownKind,
    WrongEndpointState,
    amend_endpoint,
    end_endpoint,
    pause_endpoint,
    ping,
    register_endpoint,
    resume_endpoint,
    rotate_secret,
    send_again,
    send_again_since,
)
from kanjo.platform.webhooks.queries import get_endpoint, get_sending, list_endpoints, list_sendings
from kanjo.platform.webhooks.rules import BOTH_FOR, MOST_ATTEMPTS, PAUSES, written
from kanjo.platform.webhooks.sending import send_next
from kanjo.platform.worklist.models import WorkItem
from tests.platform.conftest import AT, make_actor
from tests.receiver import Receiver, cut, drip, status


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung(Fact):
    """A bell was rung."""

    kind: ClassVar[str] = "test.bell-rung"
    bell: int
    amount_minor: int = 0
    because: str = ""

    @property
    def subject_id(self) -> int:
        return self.bell


KINDS = [BellRung.kind]


@pytest.fixture(autouse=True)
def offered() -> Iterator[None]:
    """Bells may be told outside; why they were rung may not."""
    names, fields = dict(OFFER._names), OFFER.fields
    OFFER.connect({**names, BellRung.kind: Text(en="A bell was rung", ja="鐘")}, {*fields, "bell"})
    yield
    OFFER.connect(names, fields)


@pytest.fixture
def administrator(company_id: CompanyId) -> Actor:
    return make_actor(company_id, Role.ADMINISTRATOR, email="administrator@example.com")


@dataclass
class Told:
    """An endpoint, its secret, and a clock that the test moves."""

    id: int
    secret: str
    company_id: CompanyId
    now: datetime

    def ring(self, bell: int = 1, because: str = "", **more: Any) -> Sending:
        fact = BellRung(company_id=self.company_id, effective_on=date(2026, 4, 1), bell=bell, because=because, **more)
        record(fact, by=house(), at=AT)
        return self.sendings()[-1]

    def sends(self, after: timedelta = timedelta(0)) -> bool | None:
        self.now += after
        return send_next(endpoint_id=self.id, by=house(), now=lambda: self.now)

    def fails_for_good(self) -> None:
        for pause in (timedelta(0), *PAUSES):
            assert self.sends(pause) is False

    def sendings(self) -> list[Sending]:
        return list(Sending.objects.filter(endpoint_id=self.id).order_by("id"))

    def states(self) -> list[str]:
        return [one.state for one in self.sendings()]

    @property
    def row(self) -> Endpoint:
        return Endpoint.objects.get(pk=self.id)


@pytest.fixture
def told(company_id: CompanyId, administrator: Actor, receiver: Receiver) -> Told:
    key, secret = register_endpoint(
        company_id=company_id, name="基幹連携", url=receiver.url, kinds=KINDS, by=administrator, at=AT
    )
    return Told(key, secret, company_id, datetime.now(UTC) + timedelta(seconds=1))


class TestSend:
    @pytest.mark.row("O2")
    def test_the_library_of_the_convention_takes_it(self, told: Told, receiver: Receiver) -> None:
        """What arrives is signed as the convention says, and tells what the fact may tell."""
        told.ring(7, amount_minor=1_200)
        assert told.sends() is True
        got = receiver.got[0]
        said = Webhook(told.secret).verify(got.body, got.headers)
        assert said["type"] == "test.bell-rung"
        assert said["data"] == {
            "company_id": told.company_id,
            "effective_on": "2026-04-01",
            "bell": 7,
            "amount_minor": 1_200,
        }
        assert datetime.fromisoformat(said["timestamp"]).tzinfo is not None
        sending = told.sendings()[0]
        assert (sending.state, sending.attempts, sending.last_status) == ("received", 1, 204)
        assert told.sends() is None

    @pytest.mark.row("O2")
    def test_twelve_forgeries_are_not_taken(self, told: Told, receiver: Receiver) -> None:
        """Whoever changes the body, the id, the moment or the signature, or sends it later, is found out."""
        told.ring()
        told.sends()
        body, headers = receiver.got[0].body, receiver.got[0].headers
        old, new = (str(int(told.now.timestamp()) + shift) for shift in (-301, 301))
        forged: list[tuple[bytes, dict[str, str]]] = [
            (body + b" ", headers),
            (body.replace(b'"bell":1', b'"bell":2'), headers),
            (json.dumps(json.loads(body)).encode(), headers),
            (b"", headers),
            (body, {**headers, "webhook-id": "msg_other"}),
            (body, {**headers, "webhook-timestamp": old}),
            (body, {**headers, "webhook-timestamp": new}),
            (body, {**headers, "webhook-timestamp": "soon"}),
            (body, {**headers, "webhook-signature": "v1," + "A" * 43 + "="}),
            (body, {**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")}),
            (body, {**headers, "webhook-signature": ""}),
            (body, {name: value for name, value in headers.items() if name != "webhook-signature"}),
        ]
        Webhook(told.secret).verify(body, headers)
        for changed, sent in forged:
            with pytest.raises(WebhookVerificationError):
                Webhook(told.secret).verify(changed, sent)
        with pytest.raises(WebhookVerificationError):
            Webhook(written(b"x" * 32)).verify(body, headers)

    def test_what_somebody_wrote_stays_inside(self, told: Told, receiver: Receiver) -> None:
        """A field that is not on the list does not go out."""
        told.ring(because="山田さんの都合")
        told.sends()
        assert "because" not in json.loads(receiver.got[0].body)["data"]
        assert "山田" not in receiver.got[0].body.decode()

    @pytest.mark.row("O1")
    def test_of_a_withdrawn_act_nothing_goes_out(self, told: Told, receiver: Receiver) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            told.ring()
            raise RuntimeError
        assert (told.sendings(), told.sends(), receiver.got) == ([], None, [])

    def test_only_what_the_endpoint_hears(self, told: Told, administrator: Actor, stranger: Actor) -> None:
        """Neither another kind nor another company."""
        (theirs,) = stranger.companies
        record(BellRung(company_id=theirs, effective_on=date(2026, 4, 1), bell=1), by=house(), at=AT)
        amend_endpoint(
            endpoint_id=told.id, name="x", url=told.row.url, kinds=["orders.booked"], by=administrator, at=AT
        )
        record(BellRung(company_id=told.company_id, effective_on=date(2026, 4, 1), bell=1), by=house(), at=AT)
        assert told.sendings() == []


class TestTryAgain:
    @pytest.mark.row("J2")
    def test_later_and_later_then_given_up_in_sight(self, told: Told, receiver: Receiver) -> None:
        """Each pause is longer than the one before; all attempts carry one id; at the end a person has work."""
        receiver.answers = [status(500, "内部エラー")]
        told.ring()
        pauses = []
        for attempt in range(1, MOST_ATTEMPTS):
            assert told.sends() is False
            sending = told.sendings()[0]
            assert (sending.state, sending.attempts, sending.last_status) == ("waiting", attempt, 500)
            pauses.append(sending.due_at - told.now)
            told.now = sending.due_at - timedelta(milliseconds=1)
            assert told.sends() is None, "it waits"
            told.now = sending.due_at
        assert tuple(pauses) == PAUSES == tuple(sorted(set(PAUSES)))
        assert told.sends() is False
        assert (told.states(), told.row.state) == (["given_up"], "failing")
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 1 < len(receiver.got) == MOST_ATTEMPTS
        work = WorkItem.objects.get(subject="webhooks_endpoint", subject_id=told.id, state="open")
        assert work.owner_role == Role.ADMINISTRATOR
        assert "基幹連携" in work.why_ja and "受信側がエラーを返した" in work.why_ja
        assert [one.verb for one in Change.objects.filter(subject="webhooks_sending")] == ["webhooks.send"]
        assert told.sends(timedelta(days=9)) is None

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [(cut, "cut_off"), (status(302, Location="http://127.0.0.1/"), "redirected"), (status(410), "not_taken")],
    )
    def test_whatever_went_wrong(self, told: Told, receiver: Receiver, answer: Any, failure: str) -> None:
        """It is kept why, and what was answered second is enough."""
        receiver.answers = [answer, status(200, "ok")]
        told.ring()
        assert told.sends() is False
        assert (told.sendings()[0].last_failure, told.row.failures) == (failure, 1)
        assert told.sends(PAUSES[0]) is True
        sending = told.sendings()[0]
        assert (sending.state, sending.attempts, sending.last_failure, sending.last_answer) == ("received", 2, "", "ok")
        assert told.row.failures == 0

    def test_too_late(self, told: Told, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sending, "SECONDS", 0.4)
        receiver.answers = [drip]
        told.ring()
        assert told.sends() is False
        assert told.sendings()[0].last_failure == "too_late"

    def test_while_it_fails_the_others_wait(self, told: Told, receiver: Receiver) -> None:
        """An endpoint that does not answer is not asked for each of a thousand messages."""
        receiver.answers = [status(503)]
        for bell in range(3):
            told.ring(bell)
        assert [told.sends(), told.sends(), told.sends()] == [False, None, None]
        receiver.answers = [status(200)]
        assert [told.sends(PAUSES[0]), told.sends(), told.sends()] == [True, True, True]

    def test_one_that_is_never_taken_does_not_stop_the_others(self, told: Told, receiver: Receiver) -> None:
        """A message that the receiver cannot digest is given up alone; the endpoint goes on."""
        receiver.answers = [lambda handler: status(422 if b'"bell":13' in handler.body else 200)(handler)]
        told.ring(13)
        for bell, pause in enumerate((timedelta(0), *PAUSES)):
            told.ring(bell)
            told.now += pause
            while told.sends() is not None:
                pass
        told.now += PAUSES[0]
        while told.sends() is not None:
            pass
        assert told.states() == ["given_up", *["received"] * (len(PAUSES) + 1)]
        assert told.row.state == "hearing"
        assert WorkItem.objects.get(subject="webhooks_endpoint").state == "open"

    def test_a_worker_that_is_gone(self, told: Told, receiver: Receiver) -> None:
        """What somebody took and never noted is taken again after a while, under its id."""
        told.ring()
        Sending.objects.update(due_at=told.now + LEASE)
        assert told.sends() is None
        assert told.sends(LEASE) is True


class TestAgain:
    def test_one(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        """Sent again it carries the id it had; the trail tells who asked."""
        told.ring()
        told.sends()
        send_again(sending_id=told.sendings()[0].pk, by=administrator, at=told.now)
        with pytest.raises(StillWaiting):
            send_again(sending_id=told.sendings()[0].pk, by=administrator, at=told.now)
        told.sends()
        first, second = receiver.got
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
        change = Change.objects.filter(subject="webhooks_endpoint", subject_id=told.id).latest("id")
        assert (change.verb, change.actor_id) == ("webhooks.send-again", administrator.id)

    def test_everything_since_a_moment(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        """What was received, what was given up and what was never sent goes out; what was sent before keeps its id."""
        told.ring(1)
        told.sends()
        record(BellRung(company_id=told.company_id, effective_on=date(2026, 4, 1), bell=2), by=house(), at=AT)
        key, _secret = register_endpoint(
            company_id=told.company_id, name="new", url=receiver.url, kinds=KINDS, by=administrator, at=AT
        )
        new = Told(key, "", told.company_id, told.now)
        since = datetime.now(UTC) - timedelta(hours=1)
        assert send_again_since(endpoint_id=new.id, since=since, by=administrator, at=told.now) == 2
        assert send_again_since(endpoint_id=told.id, since=since, by=administrator, at=told.now) == 1
        later = datetime.now(UTC) + timedelta(hours=1)
        assert send_again_since(endpoint_id=new.id, since=later, by=administrator, at=told.now) == 0
        while told.sends():
            pass
        ids = [got.headers["webhook-id"] for got in receiver.got]
        assert (len(ids), ids.count(ids[0]), len(set(ids))) == (3, 2, 2)
        assert told.states() == ["received", "received"] and new.states() == ["waiting", "waiting"]

    def test_of_other_companies_nothing(self, told: Told, stranger: Actor, administrator: Actor) -> None:
        (theirs,) = stranger.companies
        record(BellRung(company_id=theirs, effective_on=date(2026, 4, 1), bell=1), by=house(), at=AT)
        since = datetime(2020, 1, 1, tzinfo=UTC)
        assert send_again_since(endpoint_id=told.id, since=since, by=administrator, at=told.now) == 0


class TestEndpoint:
    def test_resumed_it_gets_what_waited(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        """A failing endpoint that was mended is off the queue, and nothing that happened meanwhile is lost."""
        receiver.answers = [cut]
        told.ring(1)
        told.fails_for_good()
        told.ring(2)
        assert told.sends(timedelta(days=1)) is None
        resume_endpoint(endpoint_id=told.id, by=administrator, at=told.now)
        assert not WorkItem.objects.filter(subject="webhooks_endpoint", state="open").exists()
        receiver.answers = [status(200)]
        assert [told.sends(), told.sends()] == [True, None]
        send_again(sending_id=told.sendings()[0].pk, by=administrator, at=told.now)
        assert told.sends() is True
        assert told.states() == ["received", "received"]

    def test_paused_it_keeps_what_waits(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        pause_endpoint(endpoint_id=told.id, by=administrator, at=AT)
        told.ring()
        assert told.sends() is None
        resume_endpoint(endpoint_id=told.id, by=administrator, at=AT)
        assert told.sends() is True

    def test_ended_it_hears_nothing_more(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        told.ring()
        end_endpoint(endpoint_id=told.id, by=administrator, at=AT)
        record(BellRung(company_id=told.company_id, effective_on=date(2026, 4, 1), bell=2), by=house(), at=AT)
        assert (told.sends(), told.states(), receiver.got) == (None, ["dropped"], [])
        for act in (resume_endpoint, pause_endpoint, end_endpoint, rotate_secret, ping):
            with pytest.raises(WrongEndpointState):
                act(endpoint_id=told.id, by=administrator, at=AT)
        with pytest.raises(DatabaseError, match="cannot go from ended"), transaction.atomic():
            Endpoint.objects.filter(pk=told.id).update(state="hearing")

    def test_a_ping(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        """It goes out at once, also while the endpoint is paused, and is not tried again."""
        pause_endpoint(endpoint_id=told.id, by=administrator, at=AT)
        for answer, state in ((status(200), "received"), (status(500), "given_up")):
            receiver.answers = [answer]
            key = ping(endpoint_id=told.id, by=administrator, at=told.now)
            told.sends()
            assert get_sending(administrator, key).state == state
        said = Webhook(told.secret).verify(receiver.got[0].body, receiver.got[0].headers)
        assert (said["type"], said["data"]) == ("webhooks.ping", {})
        assert (told.row.state, WorkItem.objects.filter(subject="webhooks_endpoint").count()) == ("paused", 0)

    @pytest.mark.row("X9")
    def test_none_inside_a_network(self, company_id: CompanyId, administrator: Actor) -> None:
        for url in ("https://169.254.169.254/latest", "https://2130706433/", "https://localhost/"):
            with pytest.raises(NotPublic):
                register_endpoint(company_id=company_id, name="x", url=url, kinds=KINDS, by=administrator, at=AT)
        assert not Endpoint.objects.exists()

    @pytest.mark.parametrize("kinds", [[], ["no.such"], ["orders.booked", "no.such"]])
    def test_only_kinds_that_are_offered(self, company_id: CompanyId, administrator: Actor, kinds: list[str]) -> None:
        with pytest.raises(UnknownKind) as refused:
            register_endpoint(
                company_id=company_id, name="x", url="https://a.example.com/", kinds=kinds, by=administrator, at=AT
            )
        assert refused.value.at == "kinds"

    def test_not_more_than_may_hear(self, company_id: CompanyId, administrator: Actor) -> None:
        given: dict[str, Any] = {"company_id": company_id, "name": "x", "url": "https://a.example.com/", "kinds": KINDS}
        keys = [register_endpoint(**given, by=administrator, at=AT)[0] for _ in range(MOST)]
        with pytest.raises(TooManyEndpoints):
            register_endpoint(**given, by=administrator, at=AT)
        end_endpoint(endpoint_id=keys[0], by=administrator, at=AT)
        register_endpoint(**given, by=administrator, at=AT)


class TestSecrets:
    @pytest.mark.row("O2")
    def test_two_while_one_follows_the_other(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        """For a day both secrets verify what is sent; then only the new one does."""
        new = rotate_secret(endpoint_id=told.id, by=administrator, at=told.now)
        told.ring(1)
        told.sends()
        got = receiver.got[0]
        assert len(got.headers["webhook-signature"].split()) == 2
        for secret in (told.secret, new):
            Webhook(secret).verify(got.body, got.headers)
        Endpoint.objects.filter(pk=told.id).update(both_until=told.now)
        told.ring(2)
        told.sends()
        got = receiver.got[1]
        Webhook(new).verify(got.body, got.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(told.secret).verify(got.body, got.headers)
        assert timedelta(days=1) == BOTH_FOR

    @pytest.mark.row("O2")
    def test_told_once_and_kept_nowhere(
        self, told: Told, receiver: Receiver, administrator: Actor, caplog: pytest.LogCaptureFixture
    ) -> None:
        """No row of any table, no log and no reading holds a secret."""
        with caplog.at_level(logging.DEBUG):
            new = rotate_secret(endpoint_id=told.id, by=administrator, at=AT)
            receiver.answers = [status(500)]
            told.ring()
            told.fails_for_good()
        rows = f"{get_endpoint(administrator, told.id)}{list_sendings(administrator)}{caplog.text}"
        rows += str([list(model.objects.values_list()) for model in (Endpoint, Sending, Change, WorkItem)])
        for secret in (told.secret, new):
            bare = secret.removeprefix("whsec_")
            assert len(bare) == 44 and bare not in rows
        salts = {told.row.salt, told.row.salt_before}
        assert len(salts) == 2 and not any(salt in str(list(Change.objects.values_list())) for salt in salts)

    def test_each_has_its_own(self, told: Told, receiver: Receiver, administrator: Actor) -> None:
        _key, other = register_endpoint(
            company_id=told.company_id, name="other", url=receiver.url, kinds=KINDS, by=administrator, at=AT
        )
        assert other != told.secret


class TestWho:
    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
    def test_administrators_only(self, told: Told, company_id: CompanyId, role: Role) -> None:
        """No other role does any of the acts, and nothing changes."""
        somebody = make_actor(company_id, role)
        told.ring()
        before = (told.row, told.sendings())
        for act in _acts(told, company_id):
            with pytest.raises(NotYourRole):
                act(by=somebody, at=AT)
        assert (told.row, told.sendings()) == before

    def test_of_the_company_only(self, told: Told, company_id: CompanyId, stranger: Actor) -> None:
        """Somebody of another company with every role finds nothing, to act on or to see."""
        told.ring()
        for act in _acts(told, company_id):
            with pytest.raises(NotFound):
                act(by=stranger, at=AT)
        assert (list_endpoints(stranger), list_sendings(stranger)) == ([], [])
        for read, key in ((get_endpoint, told.id), (get_sending, told.sendings()[0].pk)):
            with pytest.raises(NotFound):
                read(stranger, key)


def _acts(told: Told, company_id: CompanyId) -> list[Any]:
    from functools import partial

    given: dict[str, Any] = {"name": "x", "url": "https://a.example.com/", "kinds": KINDS}
    since = datetime(2020, 1, 1, tzinfo=UTC)
    return [
        partial(register_endpoint, company_id=company_id, **given),
        partial(amend_endpoint, endpoint_id=told.id, **given),
        *(partial(act, endpoint_id=told.id) for act in (rotate_secret, pause_endpoint, resume_endpoint, end_endpoint)),
        partial(ping, endpoint_id=told.id),
        partial(send_again, sending_id=told.sendings()[0].pk),
        partial(send_again_since, endpoint_id=told.id, since=since),
    ]

"""An administrator lets somebody outside hear: the secret is shown once, deliveries are seen, and are sent again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.webhooks.models import Endpoint, Sending
from kanjo.platform.webhooks.sending import send_next
from tests.receiver import Receiver, status
from tests.web.office import Desk, Office, faults, ordered

KINDS = ["orders.booked", "contracts.concluded"]


@pytest.fixture
def desk(office: Office) -> Desk:
    """The administrator's."""
    return office.desk(Role.ADMINISTRATOR)


def registered(desk: Desk, receiver: Receiver) -> tuple[int, str]:
    """Register the receiver; return the webhook and the secret as they are shown."""
    answered, page = desk.refused("register-webhook", name="基幹連携", url=receiver.url, kinds=KINDS)
    assert answered == 200
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", page)
    assert found
    return desk.key("webhook", "webhooks"), found[0]


def sent(key: int, after: timedelta = timedelta(0)) -> bool | None:
    """Send what is due, as the job does."""
    now = datetime.now(UTC) + timedelta(seconds=1) + after
    return send_next(endpoint_id=key, by=house(), now=lambda: now)


class TestWebhook:
    def test_from_the_form_to_the_receiver(self, office: Office, desk: Desk, receiver: Receiver) -> None:
        """Registered by a form, told of an order that was booked at the pages, and verified with what was shown."""
        key, secret = registered(desk, receiver)
        deal = ordered(office)
        assert (sent(key), sent(key), sent(key)) == (True, True, None)
        said = [Webhook(secret).verify(got.body, got.headers) for got in receiver.got]
        assert {one["type"] for one in said} == set(KINDS)
        booked = next(one["data"] for one in said if one["type"] == "orders.booked")
        assert (booked["order_id"], booked["company_id"]) == (deal.order, office.company_id)
        page = desk.see("webhook", key)
        assert "注文の登録" in page and "204" in page and "送信済み" in page
        assert "An order was booked" in office.desk(Role.ADMINISTRATOR, Language.ENGLISH).see("webhook", key)

    @pytest.mark.row("O2")
    def test_the_secret_is_shown_once(self, office: Office, desk: Desk, receiver: Receiver) -> None:
        """The same form again is told so, and no page shows it any more."""
        typed = {"name": "x", "url": receiver.url, "kinds": KINDS, "once": "x" * 22}
        (_, first), (_, second) = (desk.refused("register-webhook", **typed) for _ in range(2))
        assert "whsec_" in first and "whsec_" not in second and "2回送信されました" in second
        assert Endpoint.objects.count() == 1
        key = desk.key("webhook", "webhooks")
        for name, keys in (("webhook", [key]), ("webhooks", []), ("amend-webhook", [key]), ("rotate-secret", [key])):
            assert "whsec_" not in desk.see(name, *keys)
        _, rotated = desk.refused("rotate-secret", key)
        assert "whsec_" in rotated and "旧署名キーの併用期限" in desk.see("webhook", key)

    def test_what_failed_is_in_sight_and_sent_again(self, office: Office, desk: Desk, receiver: Receiver) -> None:
        """The page tells what was answered and when it is tried next; a button sends what was given up."""
        receiver.answers = [status(500, "<b>データベース停止中</b>")]
        key, _secret = registered(desk, receiver)
        desk.do("ping-webhook", key)
        assert sent(key) is False
        delivery = desk.key("webhook-delivery", "webhook", key)
        page = desk.see("webhook-delivery", delivery)
        assert "&lt;b&gt;データベース停止中" in page and "受信側がエラーを返した" in page and "500" in page
        receiver.answers = [status(200)]
        desk.do("send-again", delivery)
        assert desk.refused("send-again", delivery)[0] == 409
        assert sent(key) is True
        assert reverse("send-again", args=[delivery]) in desk.see("webhook-delivery", delivery)
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 1

    def test_the_queue_leads_to_it(self, office: Office, desk: Desk, receiver: Receiver) -> None:
        """A webhook that failed for good waits at the administrator's queue, and is off it once it is resumed."""
        receiver.answers = [status(503)]
        key, _secret = registered(desk, receiver)
        ordered(office)
        for days in range(16):
            sent(key, timedelta(days=days))
        assert Endpoint.objects.get(pk=key).state == "failing"
        assert desk.key("webhook", "home") == key
        desk.do("resume-webhook", key)
        assert f'href="{reverse("webhook", args=[key])}"' not in desk.see("home")
        since = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
        desk.do("send-again-since", key, since=since)
        assert set(Sending.objects.values_list("state", flat=True)) == {"waiting"}

    def test_paused_changed_ended(self, office: Office, desk: Desk, receiver: Receiver) -> None:
        key, _secret = registered(desk, receiver)
        desk.do("pause-webhook", key)
        assert "一時停止" in desk.see("webhook", key)
        desk.do("resume-webhook", key)
        desk.do("amend-webhook", key, name="会計連携", url=receiver.url, kinds=["billing.invoice-issued"])
        assert "会計連携" in desk.see("webhooks")
        assert re.search(r'value="billing.invoice-issued" checked', desk.see("amend-webhook", key))
        desk.do("end-webhook", key)
        assert desk.refused("ping-webhook", key)[0] == 409
        assert "このWebhookは終了しています。" in desk.see("webhook", key)


class TestRefused:
    @pytest.mark.parametrize(
        ("typed", "rule"),
        [
            ({"url": "https://169.254.169.254/"}, "calling.not-public"),
            ({"url": "https://0x7f.1/"}, "calling.not-public"),
            ({"url": "http://hooks.example.com/"}, "calling.not-an-address"),
            ({"url": "javascript:alert(1)"}, "calling.not-an-address"),
            ({"kinds": []}, "form.missing"),
            ({"kinds": ["no.such"]}, "form.not-a-choice"),
            ({"name": "長" * 81}, "form.too-long"),
        ],
    )
    def test_beside_its_field(self, desk: Desk, typed: dict[str, object], rule: str) -> None:
        """What was ticked and typed stays, and nothing is registered."""
        good = {"name": "x", "url": "https://hooks.example.com/", "kinds": KINDS}
        answered, page = desk.refused("register-webhook", **{**good, **typed})
        assert answered == 400 and rule in faults(page)
        assert ("kinds" in typed) or page.count(" checked") == len(KINDS)
        assert not Endpoint.objects.exists()

    def test_a_moment_that_is_none(self, desk: Desk, receiver: Receiver) -> None:
        key, _secret = registered(desk, receiver)
        answered, page = desk.refused("send-again-since", key, since="昨日")
        assert answered == 400 and "pages.not-a-moment" in faults(page)

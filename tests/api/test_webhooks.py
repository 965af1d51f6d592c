"""Webhooks through the API: the secret comes with the first answer alone, and the page about them tells the truth."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from kanjo.foundation.actors import Role
from kanjo.platform.access.models import Answer
from kanjo.platform.identity.queries import house
from kanjo.platform.webhooks.models import Endpoint
from kanjo.platform.webhooks.sending import send_next
from tests.api.programs import Program, program_of
from tests.receiver import Receiver, status
from tests.web.office import Office

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
GIVEN: dict[str, Any] = {"name": "ERP", "url": "https://hooks.example.com/kanjo", "kinds": ["orders.booked"]}


@pytest.fixture
def administrator(office: Office) -> Program:
    return program_of(office, Role.ADMINISTRATOR)


def registered(office: Office, administrator: Program, url: str) -> tuple[int, str]:
    response = administrator.sends(f"companies/{office.company_id}/webhooks", {**GIVEN, "url": url})
    assert response.status_code == 200, response.content
    told = json.loads(response.content)
    return told["id"], told["secret"]


class TestSecret:
    @pytest.mark.row("O2")
    def test_a_repeat_is_not_told(self, office: Office, administrator: Program) -> None:
        """The answer that is kept for a key holds no secret: who asks again gets the webhook and null."""
        path = f"companies/{office.company_id}/webhooks"
        first, again = (json.loads(administrator.sends(path, GIVEN, key="a").content) for _ in range(2))
        assert first["secret"].startswith("whsec_") and again == {**first, "secret": None}
        assert "whsec_" not in str(list(Answer.objects.values_list("body")))
        assert Endpoint.objects.count() == 1

    def test_a_new_one(self, office: Office, administrator: Program) -> None:
        key, secret = registered(office, administrator, GIVEN["url"])
        new = json.loads(administrator.sends(f"webhooks/{key}/rotate-secret", {}).content)["secret"]
        assert new.startswith("whsec_") and new != secret
        seen = administrator.asks(f"webhooks/{key}")
        assert seen["both_until"] is not None
        assert not {"secret", "salt", "salt_before"} & set(seen)


class TestLife:
    def test_from_registering_to_the_end(self, office: Office, administrator: Program, receiver: Receiver) -> None:
        """All that the pages do, a program does."""
        key, secret = registered(office, administrator, receiver.url)
        delivery = administrator.does(f"webhooks/{key}/ping")
        moment = datetime.now(UTC) + timedelta(seconds=1)
        assert send_next(endpoint_id=key, by=house(), now=lambda: moment) is True
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
        seen = administrator.asks(f"webhook-deliveries/{delivery}")
        assert (seen["state"], seen["last_status"], seen["message"]) == (
            "received", 204, receiver.got[0].headers["webhook-id"],
        )  # fmt: skip
        assert administrator.does(f"webhook-deliveries/{delivery}/send-again") == delivery
        assert administrator.refused(f"webhook-deliveries/{delivery}/send-again", 409)["rule"] == (
            "webhooks.still-waiting"
        )
        administrator.does(f"webhooks/{key}/pause")
        administrator.does(f"webhooks/{key}/resume")
        administrator.does(f"webhooks/{key}/amend", **{**GIVEN, "name": "other"})
        administrator.does(f"webhooks/{key}/send-again", since="2026-04-01T00:00:00Z")
        administrator.does(f"webhooks/{key}/end")
        assert administrator.refused(f"webhooks/{key}/ping", 409)["rule"] == "webhooks.wrong-state"
        assert administrator.asks("webhooks", state="ended")["items"][0]["name"] == "other"
        assert administrator.asks("webhook-deliveries", webhook_id=key, state="dropped")["items"]

    @pytest.mark.row("X9")
    @pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://2130706433/"])
    def test_none_inside_a_network(self, office: Office, administrator: Program, url: str) -> None:
        path = f"companies/{office.company_id}/webhooks"
        told = administrator.refused(path, 422, **{**GIVEN, "url": url})
        assert (told["rule"], told["at"]) == ("calling.not-public", "url")


@pytest.mark.row("O2")
def test_the_sample_of_the_page_verifies(
    office: Office, administrator: Program, receiver: Receiver, tmp_path: Path
) -> None:
    """Whoever copies the lines of docs/api.md takes what we send, and nothing else."""
    key, secret = registered(office, administrator, receiver.url)
    receiver.answers = [status(200)]
    administrator.does(f"webhooks/{key}/rotate-secret")
    administrator.does(f"webhooks/{key}/ping")
    moment = datetime.now(UTC) + timedelta(seconds=1)
    send_next(endpoint_id=key, by=house(), now=lambda: moment)
    got = receiver.got[0]
    sample = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    (tmp_path / "sample.py").write_text(
        sample + "\nimport json, sys\nasked = json.load(sys.stdin)\n"
        "print([verified(asked['secret'], headers, body.encode()) for headers, body in asked['tried']])\n"
    )
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers, body = {name: got.headers[name] for name in names}, got.body.decode()
    tried = [
        (headers, body),
        (headers, body + " "),
        ({**headers, "webhook-id": "msg_0"}, body),
        ({**headers, "webhook-timestamp": "1700000000"}, body),
        ({**headers, "webhook-signature": "v1,AAAA"}, body),
    ]
    told = subprocess.run(
        [sys.executable, str(tmp_path / "sample.py")],
        input=json.dumps({"secret": secret, "tried": tried}),
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.strip() == "[True, False, False, False, False]", told.stderr

"""Programs that call the API, each with the token of a person."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.access.operations import make_token
from kanjo.platform.access.scopes import Scope
from tests.builders import TODAY
from tests.web.office import SIGNED, Deal, Office, statement_of
from tests.worker import let_work

_KEYS = count(1)
ON = {"on": TODAY.isoformat()}


@dataclass(frozen=True)
class Program:
    """A program that holds a token."""

    secret: str
    language: str = "en"
    client: Client = field(default_factory=Client)

    @property
    def headers(self) -> dict[str, str]:
        """What it sends with every call."""
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": self.language}

    def asks(self, path: str, /, status: int = 200, **asked: Any) -> Any:
        """Return what a GET answers."""
        response = self.client.get(f"/api/v1/{path}", asked, headers=self.headers)
        assert response.status_code == status, response.content.decode()
        return response.json()

    def sends(self, path: str, body: object, *, key: str = "", headers: Mapping[str, str] | None = None) -> Any:
        """POST the body under a key of its own or the one given."""
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        sent = {**self.headers, "Idempotency-Key": key or f"key-{next(_KEYS)}", **(headers or {})}
        return self.client.post(f"/api/v1/{path}", text, content_type="application/json", headers=sent)

    def does(self, path: str, /, **body: object) -> int:
        """Do an act and return the id of what it made or changed, 0 for many."""
        response = self.sends(path, body)
        assert response.status_code in {200, 202}, response.content.decode()
        return int(json.loads(response.content)["id"] or 0)

    def refused(self, path: str, /, status: int, **body: object) -> dict[str, Any]:
        """Return the problem that an act meets."""
        response = self.sends(path, body)
        assert response.status_code == status, response.content.decode()
        assert response.headers["Content-Type"] == "application/problem+json"
        told: dict[str, Any] = json.loads(response.content)
        return told


def a_program(actor: Actor, scope: Scope = Scope.ACT, language: str = "en") -> Program:
    """Give a program a token of the person that lives for a month."""
    now = timezone.now()
    with transaction.atomic():
        secret = make_token(
            name="test", scope=scope, last_on=now.date() + timedelta(days=30), zone=UTC, by=actor, at=now
        )
    return Program(secret, language)


def program_of(office: Office, role: Role, scope: Scope = Scope.ACT, language: str = "en") -> Program:
    """Give a program a token of the person of a role."""
    return a_program(office.people[role], scope, language)


def a_batch(company_id: int, *given: dict[str, object], act: str = "customers") -> dict[str, object]:
    """Return acts of one kind without an id as they are sent together."""
    return {"company_id": company_id, "act": act, "items": [{"given": one} for one in given]}


def sent_a_batch(program: Program, company_id: int) -> None:
    """Send two customers, one of whom has no name, and let the worker do it."""
    program.does("batches", **a_batch(company_id, {"name": "株式会社一括"}, {}))
    let_work()


def offer_given(office: Office, net: int | None = 9_000) -> dict[str, object]:
    """Return an offer as it is sent: a year of cloud for ten users, and one appliance."""
    return {
        "lines": [
            {
                "product_id": office.cloud,
                "quantity": 10,
                "net_minor": net,
                "service": {"start": "2026-04-01", "until": "2027-04-01"},
            },
            {"product_id": office.box, "quantity": 1},
        ],
        "payment_terms": "close:31:1:31:none",
        "starts_on": "2026-04-01",
        "until": "2027-04-01",
        "valid_until": "2026-05-01",
        **ON,
    }


def opened_given(office: Office, **other: object) -> dict[str, object]:
    """Return an opportunity as it is sent."""
    return {
        "company_id": office.company_id,
        "customer_id": office.customer_id,
        "product_id": office.cloud,
        "name": "クラウド導入",
        "currency": "JPY",
        "engaged_on": TODAY.isoformat(),
        **ON,
        **other,
    }


def quoted(office: Office, net: int | None = 9_000) -> Deal:
    """Open an opportunity and draft a quote."""
    rep, deal = program_of(office, Role.SALES_REP), Deal()
    deal.opportunity = rep.does("opportunities", **opened_given(office))
    deal.quote = rep.does(f"opportunities/{deal.opportunity}/quotes", **offer_given(office, net))
    return deal


def ordered(office: Office) -> Deal:
    """Take a deal through approval, sending and acceptance to its order."""
    deal, rep, cxo = quoted(office), program_of(office, Role.SALES_REP), program_of(office, Role.CXO)
    deal.request = rep.does(f"quotes/{deal.quote}/submit", **ON)
    for item in cxo.asks(f"approvals/{deal.request}")["items"]:
        cxo.does(f"approvals/items/{item['id']}/decide", decision="approve", **ON)
    rep.does(f"quotes/{deal.quote}/send", recipient="購買部 山田 太郎", **ON)
    deal.order = program_of(office, Role.DEAL_MANAGEMENT).does(
        f"quotes/{deal.quote}/accept", name="契約書.pdf", content=b64encode(SIGNED).decode(), po_number="PO-1", **ON
    )
    return deal


def billed(office: Office) -> Deal:
    """Deliver the appliance on 10 April and execute the billing run of 30 April."""
    deal, management = ordered(office), program_of(office, Role.DEAL_MANAGEMENT)
    box = management.asks(f"orders/{deal.order}")["lines"][1]["line"]["order_line_id"]
    management.does(f"order-lines/{box}/accept", accepted_on="2026-04-10", evidence="検収書")
    clerk = program_of(office, Role.RECEIVABLES)
    deal.billing_run = clerk.does(f"companies/{office.company_id}/billing-runs", because="月次請求", on="2026-04-30")
    program_of(office, Role.SALES_OPERATIONS).does(f"runs/{deal.billing_run}/approve")
    clerk.does(f"runs/{deal.billing_run}/execute")
    let_work()
    return deal


def paid(office: Office) -> Deal:
    """Take in a bank file in which the customer pays; then recognise the revenue of April."""
    deal, clerk = billed(office), program_of(office, Role.RECEIVABLES)
    item = clerk.asks("open-items")["items"][0]
    content = b64encode(statement_of(item["number"], item["amount_minor"])).decode()
    deal.bank_file = clerk.does(
        f"companies/{office.company_id}/bank-files", name="入金.csv", content=content, on="2026-05-29"
    )
    earner = program_of(office, Role.REV_REC)
    deal.revenue_run = earner.does(f"companies/{office.company_id}/revenue-runs", until="2026-05-01")
    clerk.does(f"runs/{deal.revenue_run}/approve")
    earner.does(f"runs/{deal.revenue_run}/execute")
    let_work()
    return deal

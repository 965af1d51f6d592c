"""Acts through the API: once for each key, on what was seen, with nothing in them that the schema does not name."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from kanjo.domains.billing.models import Invoice, Sharing, Split
from kanjo.domains.opportunities.queries import count_opportunities
from kanjo.domains.orders.models import Order
from kanjo.domains.quotes.queries import count_quotes
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.access.models import Answer
from kanjo.platform.identity.queries import house
from tests.api.programs import ON, Program, billed, offer_given, opened_given, program_of, quoted
from tests.api.world import DEEDS, Operation, named
from tests.plumbing import FreshDatabase
from tests.web.office import Office, an_office
from tests.web.test_forms import everything
from tests.worker import let_work


@pytest.mark.row("M7")
@pytest.mark.row("M7")
class TestKeys:
    def test_the_same_request_again_is_answered_alike(self, office: Office) -> None:
        """A retry after a lost answer gets the first answer, and nothing is done again."""
        rep, given = program_of(office, Role.SALES_REP), opened_given(office)
        first, again = (rep.sends("opportunities", given, key="a") for _ in range(2))
        assert first.content == again.content
        assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
        assert count_opportunities(house()) == 1

    @pytest.mark.parametrize("other", [{"name": "別の商談"}, {"engaged_on": None}])
    def test_a_key_stands_for_one_request(self, office: Office, other: dict[str, object]) -> None:
        """The same key with another body is refused, and nothing is done."""
        rep = program_of(office, Role.SALES_REP)
        rep.sends("opportunities", opened_given(office), key="a")
        response = rep.sends("opportunities", opened_given(office, **other), key="a")
        assert (response.status_code, json.loads(response.content)["rule"]) == (422, "api.key-reused")
        assert count_opportunities(house()) == 1

    def test_a_key_stands_for_one_address(self, office: Office) -> None:
        """The same key and body at another address is refused."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        rep.sends(f"quotes/{deal.quote}/submit", ON, key="a")
        assert rep.sends(f"quotes/{deal.quote}/send", ON, key="a").status_code == 422

    def test_a_key_is_of_one_person(self, office: Office) -> None:
        """Somebody else with the same key does the act itself."""
        for role in (Role.SALES_REP, Role.SALES_MANAGER):
            assert program_of(office, role).sends("opportunities", opened_given(office), key="a").status_code == 200
        assert count_opportunities(house()) == 2

    def test_what_is_refused_leaves_the_key_free(self, office: Office) -> None:
        """A refused act changes nothing and keeps no answer: the same key may be tried again."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        before = everything()
        assert rep.sends(f"quotes/{deal.quote}/send", ON, key="a").status_code == 409
        assert everything() == before
        rep.does(f"quotes/{deal.quote}/withdraw", because="入力の誤り", **ON)
        assert not Answer.objects.filter(key="a").exists()

    @pytest.mark.parametrize("operation", DEEDS, ids=named)
    def test_every_act_needs_one(self, everybody: Program, operation: Operation) -> None:
        """No POST goes without a key: the refusal names the header."""
        response = everybody.client.post(
            operation.path.replace("{key}", "1"), "{}", content_type="application/json", headers=everybody.headers
        )
        assert response.status_code == 422
        assert {"at": "Idempotency-Key", "rule": "api.missing", "detail": "It is missing."} in response.json()["errors"]

    def test_eight_at_once(self, fresh_database: FreshDatabase) -> None:
        """Eight requests with one key that arrive together make one opportunity, and all are answered alike."""
        office = an_office()
        rep, together = program_of(office, Role.SALES_REP), Barrier(8)
        given = opened_given(office)

        def send(_: int) -> bytes:
            together.wait(timeout=30)
            try:
                response = Program(rep.secret, client=Client()).sends("opportunities", given, key="a")
                assert response.status_code == 200, response.content
                return bytes(response.content)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as senders:
            assert len(set(senders.map(send, range(8)))) == 1
        assert count_opportunities(house()) == 1
        assert Answer.objects.count() == 1

    def test_a_run_is_executed_once(self, fresh_database: FreshDatabase) -> None:
        """An act that cuts its work into transactions is answered from its key, too."""
        office = an_office()
        deal = billed(office)
        clerk, path = program_of(office, Role.RECEIVABLES), f"runs/{deal.billing_run}/execute"
        invoices = clerk.asks("invoices")["items"]
        first, again = (clerk.sends(path, {}, key="again") for _ in range(2))
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert let_work() == 0
        assert clerk.asks("invoices")["items"] == invoices


class TestSeen:
    def test_only_what_was_seen_is_acted_on(self, office: Office) -> None:
        """With the ETag of before a change the act is refused and told the new one; with that it is done."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        seen = self._tag(rep, deal.quote)
        rep.does(f"quotes/{deal.quote}/revise", **offer_given(office, net=8_000))
        refused = rep.sends(f"quotes/{deal.quote}/submit", ON, headers={"If-Match": seen})
        told = json.loads(refused.content)
        assert (refused.status_code, told["rule"]) == (412, "api.stale")
        assert rep.asks(f"quotes/{deal.quote}")["state"] == "drafted"
        assert self._tag(rep, deal.quote) in told["detail"]
        sent = {"If-Match": f'"x", {self._tag(rep, deal.quote)}'}
        assert rep.sends(f"quotes/{deal.quote}/submit", ON, headers=sent).status_code == 200

    def test_a_retry_is_not_stale(self, office: Office) -> None:
        """The answer to a request that was done is said again, though the thing has changed by it."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        sent = {"If-Match": self._tag(rep, deal.quote)}
        answers = [rep.sends(f"quotes/{deal.quote}/submit", ON, key="a", headers=sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]

    def test_where_nothing_has_a_tag_none_is_taken(self, office: Office) -> None:
        """An If-Match that nobody would look at is refused, not passed over."""
        rep = program_of(office, Role.SALES_REP)
        response = rep.sends("opportunities", opened_given(office), headers={"If-Match": '"x"'})
        assert (response.status_code, json.loads(response.content)["rule"]) == (422, "api.no-etag")
        assert count_opportunities(house()) == 0

    @staticmethod
    def _tag(program: Program, quote: int) -> str:
        response = program.client.get(f"/api/v1/quotes/{quote}", headers=program.headers)
        return str(response.headers["ETag"])


class TestUnnamedFields:
    @pytest.mark.parametrize("operation", DEEDS, ids=named)
    @pytest.mark.row("A2")
    def test_no_column_is_taken_by_its_name(self, everybody: Program, operation: Operation) -> None:
        """Every column of every table that the body does not name is refused by its name, and nothing changes."""
        columns = {field.attname for model in apps.get_models() for field in model._meta.concrete_fields}
        unnamed = sorted(columns - set(operation.body["properties"]))
        before = everything()
        address = operation.path.removeprefix("/api/v1/").replace("{key}", "1")
        response = everybody.sends(address, dict.fromkeys(unnamed, "marked"))
        assert response.status_code == 422
        told = {one["at"] for one in json.loads(response.content)["errors"] if one["rule"] == "api.extra-forbidden"}
        assert told == set(unnamed)
        assert everything() == before

    @pytest.mark.row("A2")
    def test_nor_one_level_below(self, office: Office) -> None:
        """A line of an offer takes no total and no name, either."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        offer = offer_given(office)
        line = {"product_id": office.box, "quantity": 1, "total_minor": 1, "list_minor": 1}
        told = rep.refused(f"quotes/{deal.quote}/revise", 422, **{**offer, "lines": [line]})
        assert {one["at"] for one in told["errors"]} == {"lines[1].total_minor", "lines[1].list_minor"}
        assert count_quotes(house()) == 1


class TestProblems:
    def test_a_refusal_is_told_whole(self, office: Office) -> None:
        """Rule, place, facts and way out of a refusal arrive, with the status of its kind, in the language asked."""
        deal = quoted(office)
        rep = program_of(office, Role.SALES_REP)
        told = rep.refused(f"quotes/{deal.quote}/send", 409, **ON)
        assert (told["type"], told["rule"], told["status"]) == (
            "urn:kanjo:quotes.wrong-state",
            "quotes.wrong-state",
            409,
        )
        assert told["title"] == "Not possible as things stand"
        assert told["detail"]
        assert told["remedy"]
        japanese = Program(rep.secret, "ja-JP,ja;q=0.9,en;q=0.1").refused(f"quotes/{deal.quote}/send", 409, **ON)
        assert japanese["title"] == "現在の状態では実行できません"
        assert japanese["remedy"].endswith("。")

    @pytest.mark.parametrize("language", list(Language))
    def test_without_a_wish_it_is_the_persons_language(self, office: Office, language: Language) -> None:
        """Who asks for no language gets that of the person, and a stranger Japanese."""
        office.desk(Role.SALES_REP, language)
        rep = program_of(office, Role.SALES_REP, language="")
        told = rep.asks("quotes/999", status=404)
        assert told["title"] == {"ja": "見つかりません", "en": "Not found"}[language]
        for path in ("quotes", "quotes/999"):
            headers = rep.client.get(f"/api/v1/{path}", headers=rep.headers).headers
            assert (headers["Content-Language"], type(headers["Content-Language"])) == (language, str)

    def test_a_place_in_the_body_is_named(self, office: Office) -> None:
        """A rule names the place as the body has it."""
        rep = program_of(office, Role.SALES_REP)
        told = rep.refused("opportunities", 422, **opened_given(office, currency="XXZ"))
        assert (told["rule"], told["at"]) == ("money.currency-unknown", "currency")

    @pytest.mark.row("BIL-14")
    def test_a_payer_that_is_not_there_is_named_at_its_place(self, office: Office) -> None:
        """Among those who share, or as who pays, and nothing is agreed or split."""
        deal, clerk = billed(office), program_of(office, Role.RECEIVABLES)
        shares = [{"payer_id": int(office.customer_id), "weight": 1}, {"payer_id": 999_999, "weight": 1}]
        asked = {"shares": shares, "on": "2026-04-30", "because": "部門ごとに負担"}
        company, invoice = f"companies/{office.company_id}", f"invoices/{Invoice.objects.latest('id').pk}"
        (contract,) = Order.objects.filter(pk=deal.order).values_list("contract_id", flat=True)
        for path, more in (
            (f"contracts/{contract}/shares", {}),
            (f"{company}/shares", {"payer_id": int(office.customer_id)}),
            (f"{invoice}/split", {}),
        ):
            told = clerk.refused(path, 404, **asked, **more)
            assert (told["rule"], told["at"], "999999" in told["detail"]) == ("access.not-found", "shares[2]", True)
        told = clerk.refused(f"{company}/shares", 404, **{**asked, "shares": shares[:1]}, payer_id=999_999)
        assert (told["rule"], told["at"]) == ("access.not-found", "payer_id")
        told = clerk.refused(f"{company}/grouping", 404, payer_id=999_999, keys=[], on="2026-04-30")
        assert told["rule"] == "access.not-found"
        assert not Sharing.objects.exists()
        assert not Split.objects.exists()

    @pytest.mark.parametrize(
        ("body", "status", "rule"),
        [
            ("", 422, "api.invalid"),
            ("{", 400, "api.not-json"),
            (b"\xff\xfe", 400, "api.not-json"),
            ("[" * 100_000, 400, "api.not-json"),
            ("[]", 422, "api.invalid"),
            ("null", 422, "api.invalid"),
            ('{"name": "\\ud800"}', 422, "api.invalid"),
            ('{"name": "a\\u0000b"}', 422, "api.invalid"),
            ('{"name": ' + "9" * 5_000 + "}", 400, "api.not-json"),
            ("x" * (17 << 20), 413, "api.too-large"),
        ],
    )
    def test_what_can_not_be_read_is_told(self, office: Office, body: str | bytes, status: int, rule: str) -> None:
        """A body that is no JSON, no object, no text or too large is refused as what it is."""
        response = program_of(office, Role.SALES_REP).sends("customers", body)
        assert (response.status_code, json.loads(response.content)["rule"]) == (status, rule)

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("get", "nothing", 404),
            ("get", "", 404),
            ("get", "quotes/", 404),
            ("get", "quotes/abc", 404),
            ("get", "quotes/a%0Ab", 404),
            ("get", "quotes/-1", 404),
            ("get", f"quotes/{10**30}", 404),
            ("get", "quotes/0", 404),
            ("delete", "quotes", 405),
            ("put", "quotes/1", 405),
            ("get", "quotes/1/send", 405),
        ],
    )
    def test_what_is_not_there_is_no_page(self, office: Office, method: str, path: str, status: int) -> None:
        """An address or a method that there is not is a problem document like any other."""
        rep = program_of(office, Role.SALES_REP)
        response = getattr(rep.client, method)(f"/api/v1/{path}", headers=rep.headers)
        assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
        assert response.json()["status"] == status

"""Forms with bad input: the field, the rule and the way out, in the reader's language; what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from kanjo.domains.billing.facts import BillingPolicy
from kanjo.domains.customers.queries import list_customers
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.files.models import StoredFile
from kanjo.platform.identity.models import Session
from kanjo.platform.identity.queries import house
from kanjo.platform.privacy.models import Look
from tests.builders import TODAY
from tests.web.office import (
    CONDITION,
    PRICED,
    SIGNED,
    Office,
    a_bank_file,
    a_usage_file,
    faults,
    offer_of,
    opened,
    quoted,
)
from tests.web.pages import Page
from tests.web.story import Told, a_hold
from tests.web.test_every_page import look_at, story_data

LONG = "長" * 10_000
SCRIPT = "<script>alert('x')</script>"
ON = {"on": TODAY.isoformat()}
CUSTOMER = {"name": "株式会社若葉", "country": "日本", "payment_terms": "net:30:none", "language": "ja"}


@dataclass(frozen=True)
class Bad:
    """A form sent wrong: who sends it, what differs from a good one, and which rule refuses it beside which field."""

    form: str
    role: Role
    rule: str
    at: str
    typed: Mapping[str, object] = field(default_factory=dict)
    status: int = 400

    def __str__(self) -> str:
        return f"{self.form}: {self.rule} {dict(list(self.typed.items())[:1])}"[:70]


def _offer(rule: str, at: str, **typed: str) -> Bad:
    return Bad("draft-quote", Role.SALES_REP, rule, at, {_dashed(name): value for name, value in typed.items()})


def _dashed(name: str) -> str:
    return re.sub(r"_(\d)_", r"-\1-", name)


def _customer(rule: str, at: str, **typed: str) -> Bad:
    return Bad("register-customer", Role.SALES_REP, rule, at, typed)


NO_LINE = {
    f"lines_{number}_{name}": "" for number in (0, 1) for name in ("product", "quantity", "net", "first_on", "last_on")
}
OFFERS = [
    _offer("form.missing", "lines-0-product", **NO_LINE),
    _offer("form.not-whole", "lines-0-quantity", lines_0_quantity="-1"),
    _offer("form.not-whole", "lines-0-quantity", lines_0_quantity="0"),
    _offer("form.not-whole", "lines-0-quantity", lines_0_quantity="1.5"),
    _offer("form.not-whole", "lines-1-quantity", lines_1_quantity="十個"),
    _offer("form.not-whole", "lines-0-quantity", lines_0_quantity="9" * 30),
    _offer("money.too-many-decimals", "lines-0-net", lines_0_net="9,000.50"),
    _offer("money.not-a-number", "lines-0-net", lines_0_net="九千円くらい"),
    _offer("money.out-of-range", "lines-0-net", lines_0_net="9" * 40),
    _offer("quotes.amount", "lines-0-net", lines_0_net="-5"),
    _offer("days.no-such-day", "lines-0-first_on", lines_0_first_on="2026-02-30"),
    _offer("days.no-such-day", "starts_on", starts_on="R8.2.30"),
    _offer("days.unreadable", "valid_on", valid_on="来月末"),
    *(_offer("periods.last-day", name, **{name: "9999-12-31"}) for name in ("valid_on", "last_on")),
    _offer("periods.last-day", "lines-0-last_on", lines_0_last_on="9999-12-31"),
    _offer("form.service-half", "lines-0-first_on", lines_0_last_on=""),
    _offer("form.service-reversed", "lines-0-last_on", lines_0_last_on="2026-03-31"),
    _offer("form.missing", "starts_on", starts_on=""),
    _offer("quotes.term-reversed", "last_on", last_on="2026-03-30"),
    _offer("quotes.validity-past", "valid_on", valid_on="2026-03-31"),
    _offer("quotes.service-outside-term", "lines-0-first_on", lines_0_first_on="2026-03-01"),
    _offer("form.not-a-choice", "lines-0-product", lines_0_product="999999"),
    _offer("form.not-a-choice", "payment_terms", payment_terms="net:1000:none"),
    _offer("form.too-long", "lines-0-net", lines_0_net="1" * 10_000),
]
CUSTOMERS = [
    _customer("form.missing", "name", name="  "),
    _customer("form.too-long", "name", name=LONG),
    _customer("form.too-long", "address", address=LONG),
    _customer("form.too-long", "sector", sector="業" * 51),
    _customer("customers.country-unknown", "country", country="アトランティス"),
    _customer("companies.corporate-number", "corporate_number", corporate_number="123"),
    _customer("form.not-a-choice", "language", language="fr"),
    Bad("amend-customer", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad(
        "amend-customer", Role.RECEIVABLES, "companies.corporate-number", "corporate_number", {"corporate_number": "1"}
    ),
    Bad("place-under", Role.SALES_REP, "customers.not-one", "parent", {"parent": "どこにもない会社"}),
    Bad("add-department", Role.SALES_REP, "form.missing", "name", {"name": " "}),
    Bad("set-list-price", Role.SALES_OPERATIONS, "money.too-many-decimals", "amount", {"amount": "1.5"}),
    Bad("set-list-price", Role.SALES_OPERATIONS, "money.currency-unknown", "currency", {"currency": "ZZZ"}),
    Bad("set-usage-price", Role.SALES_OPERATIONS, "usage.tiers", "", {"tiers-1-from_units": "0"}),
    Bad("set-usage-price", Role.SALES_OPERATIONS, "usage.amount", "minimum", {"minimum": "-1"}),
    Bad("withdraw-product", Role.SALES_OPERATIONS, "days.unreadable", "last_on", {"last_on": "月末"}),
    Bad("withdraw-product", Role.SALES_OPERATIONS, "periods.last-day", "last_on", {"last_on": "9999-12-31"}),
]
DEALS = [
    Bad("open-opportunity", Role.SALES_REP, "money.currency-unknown", "currency", {"currency": "ZZZ"}),
    Bad("open-opportunity", Role.SALES_REP, "form.too-long", "name", {"name": LONG}),
    Bad("open-opportunity", Role.SALES_REP, "form.not-a-choice", "product", {"product": "1' OR 1=1"}),
    Bad("open-opportunity", Role.SALES_REP, "days.outside-era", "engaged_on", {"engaged_on": "H40.1.1"}),
    Bad("expect-close", Role.SALES_REP, "money.not-a-number", "value", {"value": "たくさん"}),
    Bad("expect-close", Role.SALES_REP, "opportunities.value", "value", {"value": "-1"}),
    Bad("lose-opportunity", Role.SALES_REP, "form.missing", "because", {"because": " "}),
    Bad("submit-quote", Role.SALES_REP, "days.unreadable", "on", {"on": "x" * 200}),
    Bad("send-quote", Role.SALES_REP, "form.too-long", "recipient", {"recipient": LONG}),
    Bad("send-quote", Role.SALES_REP, "quotes.wrong-state", "", status=409),
    Bad("withdraw-quote", Role.SALES_REP, "form.missing", "because", {"because": ""}),
    Bad("recall-request", Role.SALES_REP, "form.too-long", "because", {"because": LONG}),
    Bad("decide-item", Role.CXO, "form.not-a-choice", "decision", {"decision": "maybe"}),
    Bad("decide-item", Role.CXO, "form.missing", "conditions-0-text", {"conditions-0-text": ""}),
    Bad("decide-item", Role.CXO, "form.not-a-choice", "conditions-0-kind", {"conditions-0-kind": "gift"}),
    Bad("decide-item", Role.CXO, "days.no-such-day", "conditions-0-due_on", {"conditions-0-due_on": "2026-13-01"}),
    Bad("meet-condition", Role.DEAL_MANAGEMENT, "form.missing", "proof", {"proof": ""}),
    Bad("accept-quote", Role.DEAL_MANAGEMENT, "form.missing", "signed", {"signed": ""}),
    Bad("accept-quote", Role.DEAL_MANAGEMENT, "form.missing", "signed", {"signed": "契約書.pdf"}),
    Bad("accept-quote", Role.DEAL_MANAGEMENT, "form.empty-file", "signed", {"signed": b""}),
    Bad("accept-quote", Role.DEAL_MANAGEMENT, "form.too-long", "po_number", {"po_number": LONG}),
    Bad("accept-quote", Role.DEAL_MANAGEMENT, "quotes.wrong-state", "", status=409),
    Bad("accept-delivery", Role.DEAL_MANAGEMENT, "form.not-a-choice", "line", {"line": "999999"}),
    Bad("quote-renewal", Role.RENEWAL_REP, "form.not-a-choice", "quote", {"quote": "999999"}),
    Bad("renew", Role.DEAL_MANAGEMENT, "renewals.not-concluded", "", status=409),
    Bad("draft-matrix", Role.APPROVER, "form.not-a-choice", "base", {"base": "999999"}),
    Bad("add-matrix-row", Role.APPROVER, "form.missing", "item", {"item": ""}),
    Bad("withdraw-matrix", Role.APPROVER, "form.missing", "because", {"because": ""}),
    Bad("let-lapse", Role.RENEWAL_REP, "form.missing", "because", {"because": ""}),
    Bad("terminate-contract", Role.LEGAL, "form.missing", "because", {"because": ""}),
    Bad("terminate-contract", Role.LEGAL, "contracts.outside-term", "stops_on", {"stops_on": "2026-03-31"}),
]
LATER = {"commitment": "1", "effective_on": "2026-08-01"}
USED = b"event_id,order_line,used_on,quantity\n"
MONEY = [
    Bad("define-policy", Role.SALES_OPERATIONS, "billing.policy-code", "code", {"code": "Thirty days"}),
    Bad("define-policy", Role.SALES_OPERATIONS, "billing.policy-month-days", "month_days", {"month_days": "32"}),
    Bad("define-policy", Role.ADMINISTRATOR, "form.not-a-choice", "anchor", {"anchor": "moon"}),
    Bad("choose-policy", Role.RECEIVABLES, "customers.not-one", "customer", {"customer": "どこにもない会社"}),
    Bad("choose-policy", Role.RECEIVABLES, "form.not-a-choice", "policy", {"policy": "99"}),
    Bad("preview-billing", Role.RECEIVABLES, "days.unreadable", "on", {"on": "<script>"}),
    Bad("preview-billing", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("credit-invoice", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("take-bank-file", Role.RECEIVABLES, "form.missing", "statement", {"statement": ""}),
    Bad("take-bank-file", Role.RECEIVABLES, "form.empty-file", "statement", {"statement": b""}),
    Bad("take-bank-file", Role.RECEIVABLES, "bank.", "", {"statement": b"\xff\xfe no bank wrote this"}),
    Bad("take-usage", Role.RECEIVABLES, "form.empty-file", "usage", {"usage": b""}),
    Bad("take-usage", Role.RECEIVABLES, "usage.file-encoding", "", {"usage": "注文".encode("cp932")}),
    Bad("take-usage", Role.RECEIVABLES, "usage.file-heading", "", {"usage": b"day,number"}),
    Bad(
        "take-usage",
        Role.RECEIVABLES,
        "usage.number-unknown",
        "",
        {"usage": USED + b"e,ORD-2026-9-1,2026-04-01,5"},
        404,
    ),
    Bad("correct-usage", Role.RECEIVABLES, "usage.corrects-nothing", "corrects", {"corrects": "m-9"}, 404),
    Bad("correct-usage", Role.RECEIVABLES, "usage.outside-service", "", {"used_on": "2026-03-31"}),
    Bad("correct-usage", Role.RECEIVABLES, "usage.quantity", "", {"quantity": "-1"}),
    Bad("correct-usage", Role.RECEIVABLES, "form.not-whole", "quantity", {"quantity": "少し"}),
    Bad("rate-usage", Role.SALES_OPERATIONS, "usage.tiers", "", {"tiers-1-from_units": "0"}),
    Bad("rate-usage", Role.SALES_OPERATIONS, "usage.amount", "minimum", {"minimum": "-1"}),
    Bad("rate-usage", Role.SALES_OPERATIONS, "usage.term-agreed", "commitment", LATER, 409),
    Bad("rate-usage", Role.SALES_OPERATIONS, "usage.rated-otherwise", "effective_on", {"included": "1"}, 409),
    Bad("place-hold", Role.REV_REC, "form.missing", "because", {"because": " "}),
    Bad("place-hold", Role.SALES_OPERATIONS, "form.not-a-choice", "what", {"what": "contract_id:999999"}),
    Bad("place-hold", Role.DEAL_MANAGEMENT, "form.not-a-choice", "owner", {"owner": "999999"}),
    Bad("place-hold", Role.RECEIVABLES, "billing.hold-expired", "expires_on", {"expires_on": TODAY.isoformat()}),
    Bad("release-hold", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("move-billing-day", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("move-billing-day", Role.RECEIVABLES, "form.not-a-choice", "bill_on", {"bill_on": "2026-06-02"}),
    Bad("move-billing-day", Role.RECEIVABLES, "billing.moves-nowhere", "moved_to", {"moved_to": "2026-06-01"}),
    Bad("move-billing-day", Role.SALES_OPERATIONS, "days.unreadable", "moved_to", {"moved_to": "月末"}),
    Bad("allocate", Role.RECEIVABLES, "receivables.no-such-item", "number", {"number": "INV-0000"}),
    Bad("allocate", Role.RECEIVABLES, "money.not-a-number", "amount", {"amount": "全額"}),
    Bad("allocate", Role.RECEIVABLES, "money.too-many-decimals", "amount", {"amount": "1.5"}),
    Bad("allocate", Role.RECEIVABLES, "receivables.", "", {"amount": "0"}),
    Bad("allocate", Role.RECEIVABLES, "receivables.", "", {"amount": "-7"}),
    Bad("allocate", Role.RECEIVABLES, "receivables.", "", {"amount": "778"}),
    Bad("write-off-fee", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("write-off-fee", Role.RECEIVABLES, "receivables.", "", {"amount": "99999999"}),
    Bad("reverse-allocation", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("set-off", Role.RECEIVABLES, "form.not-a-choice", "other", {"other": "999999"}),
    Bad("return-transfer", Role.RECEIVABLES, "form.not-a-choice", "other", {"other": "999999"}),
    Bad("reverse-recognition", Role.REV_REC, "form.missing", "because", {"because": ""}),
    Bad("recognise", Role.REV_REC, "days.unreadable", "last_on", {"last_on": "月末"}),
    Bad("recognise", Role.REV_REC, "periods.last-day", "last_on", {"last_on": "9999-12-31"}),
    Bad("recognise", Role.REV_REC, "revenue.nothing-earned", "last_on", {"last_on": "2025-04-01"}, status=409),
    Bad("withdraw-run", Role.RECEIVABLES, "form.missing", "because", {"because": ""}),
    Bad("choose-grouping", Role.RECEIVABLES, "form.not-a-choice", "keys", {"keys": "moon"}),
    Bad("bill-to-account", Role.RECEIVABLES, "billing.no-recipient", "recipient", {"channel": "mail", "because": "x"}),
    Bad("bill-to-contract", Role.DEAL_MANAGEMENT, "form.missing", "because", {"because": ""}),
    Bad("choose-tax-rounding", Role.RECEIVABLES, "form.not-a-choice", "rounding", {"rounding": "moon"}),
    Bad("choose-tax-rounding", Role.RECEIVABLES, "days.no-such-day", "on", {"on": "2026-02-30"}),
    Bad("choose-grouping", Role.SALES_OPERATIONS, "days.no-such-day", "on", {"on": "2026-02-30"}),
    Bad("set-run-limit", Role.CFO, "runs.limit-not-positive", "amount", {"amount": "0"}),
    Bad("set-run-limit", Role.CFO, "money.too-many-decimals", "amount", {"amount": "1.5"}),
    Bad("set-run-limit", Role.CFO, "days.unreadable", "on", {"on": "月末"}),
    Bad("set-billing-schedule", Role.CFO, "schedules.no-days", "month_days", {"rhythm": "monthly"}),
    Bad(
        "set-billing-schedule",
        Role.CFO,
        "schedules.not-such-a-day",
        "month_days",
        {"rhythm": "monthly", "month_days": "32日"},
    ),
    Bad("set-billing-schedule", Role.CFO, "schedules.in-past", "on", {"on": "2026-03-31"}),
    Bad("set-billing-schedule", Role.CFO, "form.not-a-clock", "at_time", {"at_time": "24:00"}),
    Bad("pause-billing-schedule", Role.RECEIVABLES, "schedules.nothing-scheduled", "on", {"on": "2099-01-01"}, 409),
    Bad("approve-run", Role.RECEIVABLES, "duties.apart", "", status=403),
]


def rightly(bad: Bad, story: Told) -> dict[str, object]:
    """Return the form as it would be sent rightly."""
    office = story.office
    known: dict[str, dict[str, object]] = {
        "draft-quote": {**offer_of(office)},
        "register-customer": {**CUSTOMER},
        "amend-customer": {**CUSTOMER, "because": "住所変更"},
        "draft-matrix": {"base": "empty"},
        "add-matrix-row": {
            "item": "a",
            "name_ja": "項目",
            "name_en": "Item",
            "role": "cxo",
            "reason_ja": "理由",
            "reason_en": "Reason",
            "stage": "1",
        },
        "set-list-price": {"amount": "1,200", "currency": "JPY", "effective_on": "2026-05-01"},
        "set-usage-price": {**PRICED},
        "expect-close": {"close_on": "2026-12-31", "value": "1,000,000"},
        "open-opportunity": {**opened(office)},
        "decide-item": {**ON, **CONDITION},
        "meet-condition": {**ON, "proof": "注文書 PO-7"},
        "accept-quote": {**ON, "signed": SimpleUploadedFile("契約書.pdf", SIGNED)},
        "accept-delivery": {**ON},
        "note-po-number": {**ON, "po_number": "PO-7"},
        "take-bank-file": {**ON, "statement": a_bank_file("X", 1)},
        "define-policy": {"code": "thirty", "name_ja": "30日計算", "name_en": "Months", **asdict(BillingPolicy())},
        "choose-policy": {"policy": "1", "effective_on": "2026-05-01"},
        "take-usage": {"usage": a_usage_file("X-1")},
        "correct-usage": {
            "corrects": "m-0001",
            "event_id": "m-0002",
            "used_on": "2026-04-20",
            "quantity": "10",
            "because": "計測誤り",
        },
        "rate-usage": {**PRICED, "line": str(story.keys["metered-line"])},
        "place-hold": {**ON, **a_hold(office), "owner": str(office.people[Role.RECEIVABLES].id)},
        "move-billing-day": {"bill_on": "2026-06-01", "moved_to": "2026-06-20", "because": "顧客の依頼"},
        "allocate": {**ON, "number": _invoice(office), "amount": "1"},
        "set-off": {**ON, "amount": "1"},
        "write-off-fee": {**ON, "amount": "1", "because": "手数料"},
        "terminate-contract": {"stops_on": "2026-10-01", "because": "都合により"},
        "recognise": {"last_on": "2026-05-31"},
        "set-billing-schedule": {"on": "2099-01-01", "rhythm": "daily", "at_time": "06:00", "because": "自動化"},
        "set-run-limit": {**ON, "amount": "1,000,000"},
    }
    return known.get(bad.form, {**ON, "because": "都合により"})


def _invoice(office: Office) -> str:
    return str(re.findall(r"INV-\d+-\d+", office.desk(Role.AUDITOR).see("open-items"))[0])


class TestBadInput:
    @pytest.mark.parametrize("language", list(Language))
    @pytest.mark.parametrize("bad", [*OFFERS, *CUSTOMERS, *DEALS, *MONEY], ids=str)
    def test_is_refused_beside_its_field(self, story: Told, bad: Bad, language: Language) -> None:
        """The refusal stands beside the field it is about; what was typed is still there; nothing is stored."""
        desk, before = story.office.desk(bad.role, language), everything()
        typed = {**rightly(bad, story), **bad.typed}
        files = {name: SimpleUploadedFile("x.csv", sent) for name, sent in typed.items() if isinstance(sent, bytes)}
        answer = desk.client.post(story.address(bad.form), {**typed, **files})
        assert answer.status_code == bad.status, answer.content.decode()
        words = {name: text for name, text in typed.items() if isinstance(text, str)}
        data = {"x.csv", *story_data(), *words.values(), *(text[:40] for text in words.values())}
        page, html = look_at(answer, language, data), answer.content.decode()
        assert f"<code>{bad.rule}" in faults(html)
        fields = {one.get("name", ""): one for one in page.fields}
        assert [name for name, one in fields.items() if "aria-invalid" in one] == ([bad.at] if bad.at else [])
        kept = {name: text for name, text in words.items() if name in fields and fields[name]["type"] == "text"}
        assert [name for name, text in kept.items() if fields[name]["value"] != text] == []
        assert everything() == before

    def test_a_second_row_keeps_its_place(self, story: Told) -> None:
        """A refusal of the second row stands at the second row, though the first is blank."""
        desk = story.office.desk(Role.SALES_REP)
        typed = {**offer_of(story.office), **{_dashed(name): "" for name in NO_LINE}}
        typed |= {"lines-1-product": str(story.office.cloud), "lines-1-quantity": "3"}
        status, html = desk.refused("draft-quote", story.keys["draft-quote"], **typed)
        assert status == 400
        assert "quotes.service-missing" in html
        assert [one["name"] for one in Page(html).fields if "aria-invalid" in one] == ["lines-1-first_on"]

    @pytest.mark.row("X12")
    def test_a_hundred_rows_are_enough(self, story: Told) -> None:
        """A form that claims thousands of rows is read as far as a form goes, and answers."""
        desk = story.office.desk(Role.SALES_REP)
        for count in ("999", "-1", "abc", "１０", "9" * 5000):
            status, _ = desk.refused("draft-quote", story.keys["draft-quote"], **{"lines-count": count, **ON})
            assert status == 400

    def test_without_its_token(self, story: Told) -> None:
        """A form that another site sent in a person's name does nothing."""
        before = everything()
        client = Client(enforce_csrf_checks=True)
        client.cookies = story.office.desk(Role.SALES_REP).client.cookies
        assert client.post(reverse("register-customer"), CUSTOMER).status_code == 403
        assert everything() == before


class TestStrangeInput:
    @pytest.mark.row("X7")
    def test_a_script_in_a_name_is_shown_as_text(self, office: Office) -> None:
        """Names hold what was typed; a page shows it and runs none of it."""
        rep = office.desk(Role.SALES_REP)
        key = rep.do("register-customer", **{**CUSTOMER, "name": SCRIPT, "address": SCRIPT, "name_kana": ""})
        deal = rep.do("open-opportunity", key, **{**opened(office), "name": SCRIPT})
        for page in (
            rep.see("customer", key),
            rep.see("customers"),
            rep.see("opportunity", deal),
            rep.see("opportunities"),
        ):
            assert escape(SCRIPT) in page
            assert SCRIPT not in page
            assert Page(page).faults == []

    @pytest.mark.row("X7")
    def test_a_script_in_a_refusal_is_shown_as_text(self, office: Office) -> None:
        """A refusal repeats what was typed as text."""
        _, page = office.desk(Role.SALES_REP).refused("register-customer", **{**CUSTOMER, "country": SCRIPT})
        assert escape(SCRIPT) in faults(page)
        assert SCRIPT not in page

    def test_a_name_that_grows_when_it_is_compared(self, office: Office) -> None:
        """Two hundred signs that each stand for a word are a name like any other."""
        name = "㍿" * 200
        key = office.desk(Role.SALES_REP).do("register-customer", **{**CUSTOMER, "name": name})
        assert [row.id for row in list_customers(house(), search=name)] == [key]

    @pytest.mark.row("X11")
    def test_a_file_with_a_strange_name(self, office: Office) -> None:
        """A file keeps its name without the folders, and is given out to be saved, never to be run."""
        rep, deal = office.desk(Role.SALES_REP), quoted(office)
        rep.do("submit-quote", deal.quote, **ON)
        rep.do("send-quote", deal.quote, **ON)
        signed = SimpleUploadedFile("../../" + "契" * 300 + ".html", b"<script>", "text/" + "x" * 120)
        order = office.desk(Role.DEAL_MANAGEMENT).do("accept-quote", deal.quote, signed=signed, **ON)
        contract = rep.key("contract", "order", order)
        answer = rep.client.get(reverse("file", args=[rep.key("file", "contract", contract)]))
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert StoredFile.objects.get(digest=StoredFile.objects.latest("id").digest).name.startswith("契")

    def test_amounts_as_people_write_them(self, office: Office) -> None:
        """Full-width digits, commas, the yen sign and eras are read as what they mean."""
        deal = quoted(office, net="￥９，０００")
        assert "¥158,000" in office.desk(Role.SALES_REP).see("quote", deal.quote)

    @pytest.mark.row("M8")
    def test_an_amount_beyond_all_amounts(self, office: Office) -> None:
        """A quantity times a price that no column holds is refused, not broken."""
        typed = {**offer_of(office), "lines-0-quantity": "9000000000000000000"}
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        status, page = rep.refused("draft-quote", deal, **typed)
        assert status == 400
        assert "<code>" in faults(page)


class TestLookFirst:
    def test_what_would_come_of_it(self, office: Office) -> None:
        """Before drafting, the form shows the total, whom it would ask and the invoices to come, and stores nothing."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        before = everything()
        assert 'name="look"' in rep.see("draft-quote", deal)
        answer = rep.client.post(reverse("draft-quote", args=[deal]), {**offer_of(office, net="9,000"), "look": "1"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "¥158,000" in page
        assert "CxO（役員）" in page
        assert "2026-04-30" in page
        assert everything() == before

    def test_one_more_row(self, office: Office) -> None:
        """A row is added below those already typed, which stay."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        answer = rep.client.post(reverse("draft-quote", args=[deal]), {**offer_of(office), "more": "1"})
        names = [one.get("name") for one in Page(answer.content.decode()).fields]
        assert "lines-2-product" in names
        assert "lines-3-product" not in names
        assert 'value="１０"' in answer.content.decode()


def everything() -> dict[str, int]:
    """Return how many rows every table of ours has, but for who is signed in and who saw what."""
    models = chain.from_iterable(app.get_models() for app in apps.get_app_configs() if app.name.startswith("kanjo."))
    return {model.__name__: model._base_manager.count() for model in models if model not in {Session, Look}}

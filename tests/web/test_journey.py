"""A deal in a browser: from the opportunity to the revenue, each step by the person it belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.plumbing import FreshDatabase
from tests.web.browsing import PASSWORD, Window, served
from tests.web.office import SIGNED, Office, an_office, statement_of
from tests.worker import let_work

PEOPLE = (
    Role.SALES_REP,
    Role.CXO,
    Role.DEAL_MANAGEMENT,
    Role.RECEIVABLES,
    Role.SALES_OPERATIONS,
    Role.REV_REC,
    Role.AUDITOR,
)
SAYS: Mapping[Language, Mapping[str, str]] = {
    Language.JAPANESE: {
        "open": "商談を登録",
        "draft": "見積を作成",
        "look": "結果を試算する",
        "submit": "承認を申請",
        "decide item": "承認項目を決裁する",
        "decide": "決裁する",
        "approve": "承認",
        "approved": "承認済み",
        "answered": "承認結果の出た見積を進める",
        "send": "顧客に提示",
        "accept": "承諾を登録",
        "deliver": "検収を登録",
        "preview": "請求処理を試算",
        "execute": "実行",
        "executed": "実行済み",
        "take": "入金データを取込",
        "match": "自動消込を実行",
        "recognise": "収益を認識",
        "cloud": "クラウド利用料（月額）",
        "box": "専用機器",
        "paid": "入金済み",
        "offer": "¥158,000",
        "invoice": "¥64,900",
        "earned": "¥58,880",
    },
    Language.ENGLISH: {
        "open": "New opportunity",
        "draft": "Draft a quote",
        "look": "Show what would happen",
        "submit": "Submit for approval",
        "decide item": "Decide an approval item",
        "decide": "Decide",
        "approve": "Approve",
        "approved": "Approved",
        "answered": "Go on with an answered quote",
        "send": "Send to the customer",
        "accept": "Note the acceptance",
        "deliver": "Note an acceptance",
        "preview": "Preview a billing run",
        "execute": "Execute",
        "executed": "Finished.",
        "take": "Take in a bank file",
        "match": "Match by rule",
        "recognise": "Recognise revenue",
        "cloud": "Cloud, monthly",
        "box": "Appliance",
        "paid": "Paid",
        "offer": "JPY 158,000",
        "invoice": "JPY 64,900",
        "earned": "JPY 58,880",
    },
}
AT_A_DESK, ON_A_PHONE = 1440, 390


@pytest.mark.row("SFA-5")
@pytest.mark.parametrize(("language", "width"), [(Language.JAPANESE, AT_A_DESK), (Language.ENGLISH, ON_A_PHONE)])
def test_from_the_opportunity_to_the_revenue(
    fresh_database: FreshDatabase, browser: Browser, language: Language, width: int
) -> None:
    """Seven people bring one deal to its revenue, in Japanese at a desk and in English on a phone.

    The browser finds nothing wrong on the way: no message in its console, no request that fails, no page too wide.
    """
    says, office = SAYS[language], an_office()
    emails = _with_passwords(office, language)
    with served() as home:
        people = {role: Window.opened(browser, home, emails[role], width) for role in PEOPLE}
        quote = _quoted(people, office, says)
        order = _ordered(people, quote, says)
        _billed(people, order, says)
        _paid(people, says)
        _earned(people, says)
        auditor = people[Role.AUDITOR]
        auditor.goes("/waterfall?on=2026-04-30")
        assert says["earned"] in auditor.reads()
        assert [complaint for one in people.values() for complaint in one.complaints] == []
        for one in people.values():
            one.page.context.close()


def _with_passwords(office: Office, language: Language) -> dict[Role, str]:
    emails = {}
    for role in PEOPLE:
        person = Person.objects.get(pk=office.people[role].id)
        person.language = language
        person.set_password(PASSWORD)
        person.save()
        emails[role] = person.email
    return emails


def _quoted(people: Mapping[Role, Window], office: Office, says: Mapping[str, str]) -> str:
    rep, cxo = people[Role.SALES_REP], people[Role.CXO]
    rep.goes(f"/customers/{office.customer_id}", says["open"])
    rep.types(name="クラウド導入", engaged_on="2026-04-01")
    rep.chooses(product=says["cloud"])
    rep.presses(says["open"], says["draft"])
    rep.chooses(lines__0__product=says["cloud"], lines__1__product=says["box"])
    rep.types(lines__0__quantity="１０", lines__0__net="9,000", lines__1__quantity="1")
    rep.types(lines__0__first_on="2026-04-01", lines__0__last_on="R9.3.31")
    rep.types(starts_on="2026-04-01", last_on="2027-03-31", valid_on="2026-04-30", on="2026-04-01")
    rep.presses(says["look"])
    assert says["offer"] in rep.reads()
    rep.presses(says["draft"])
    quote = rep.path()
    rep.presses(says["submit"])
    rep.types(on="2026-04-01")
    rep.presses(says["submit"])
    cxo.goes("/", says["decide item"])
    cxo.chooses(decision=says["approve"])
    cxo.types(on="2026-04-01")
    cxo.presses(says["decide"])
    assert says["approved"] in cxo.reads()
    return quote


def _ordered(people: Mapping[Role, Window], quote: str, says: Mapping[str, str]) -> str:
    rep, management = people[Role.SALES_REP], people[Role.DEAL_MANAGEMENT]
    rep.goes("/", says["answered"], says["send"])
    assert quote in rep.path()
    rep.types(on="2026-04-01")
    rep.presses(says["send"])
    management.goes(quote, says["accept"])
    management.brings("signed", SIGNED, "契約書.pdf")
    management.types(on="2026-04-01", po_number="PO-1")
    management.presses(says["accept"])
    order = management.path()
    management.presses(says["deliver"])
    management.chooses(line=says["box"])
    management.types(on="2026-04-10")
    management.presses(says["deliver"])
    return order


def _billed(people: Mapping[Role, Window], order: str, says: Mapping[str, str]) -> None:
    clerk = people[Role.RECEIVABLES]
    clerk.goes("/invoices", says["preview"])
    clerk.types(on="2026-04-30", because="月次請求")
    clerk.presses(says["preview"])
    run = clerk.path()
    people[Role.SALES_OPERATIONS].goes(run, says["approve"], says["approve"])
    clerk.goes(run, says["execute"], says["execute"])
    let_work()
    clerk.waits_for(says["executed"])
    people[Role.AUDITOR].goes(order)
    assert says["invoice"] in people[Role.AUDITOR].reads()


def _paid(people: Mapping[Role, Window], says: Mapping[str, str]) -> None:
    clerk = people[Role.RECEIVABLES]
    clerk.goes("/receivables")
    number = re.findall(r"INV-\d+-\d+", clerk.reads())[0]
    clerk.goes("/bank-files", says["take"])
    clerk.brings("statement", statement_of(number, 64_900), "入金.csv")
    clerk.types(on="2026-05-29")
    clerk.presses(says["take"], says["match"])
    clerk.types(on="2026-05-29")
    clerk.presses(says["match"])
    clerk.goes("/receivables?settled=all")
    assert says["paid"] in clerk.reads()


def _earned(people: Mapping[Role, Window], says: Mapping[str, str]) -> None:
    accountant = people[Role.REV_REC]
    accountant.goes("/obligations", says["recognise"])
    accountant.types(last_on="2026-04-30")
    accountant.presses(says["recognise"])
    run = accountant.path()
    people[Role.RECEIVABLES].goes(run, says["approve"], says["approve"])
    accountant.goes(run, says["execute"], says["execute"])
    let_work()
    accountant.waits_for(says["executed"])

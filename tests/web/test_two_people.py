"""One deal, two people: a representative at a desk does what is to be done, an approver on a phone lets it pass.

Nobody types an address: every page is reached by the menu, a link or a button.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.plumbing import FreshDatabase
from tests.web.browsing import PASSWORD, Window, served
from tests.web.office import SIGNED, Office, an_office
from tests.worker import let_work

DESK_ROLES = (Role.SALES_REP, Role.DEAL_MANAGEMENT, Role.RECEIVABLES, Role.REV_REC)
PHONE_ROLES = (Role.CXO, Role.SALES_OPERATIONS)
AT_A_DESK, ON_A_PHONE = 1440, 390
DEAL, CUSTOMER = "クラウド導入", "株式会社青葉商事"
STAGES = 8


@dataclass(frozen=True)
class Words:
    """What the two press and read, in one language."""

    customers: str
    opportunities: str
    invoices: str
    bank_files: str
    obligations: str
    runs: str
    waterfall: str
    queue: str
    open: str
    draft: str
    look: str
    submit: str
    to_decide: str
    decide: str
    approve: str
    approved: str
    to_go_on: str
    send: str
    accept: str
    deliver: str
    preview: str
    execute: str
    executed: str
    take: str
    match: str
    recognise: str
    report: str
    cloud: str
    box: str
    done: str
    offer: str
    earned: str


SAYS: Mapping[Language, Words] = {
    Language.JAPANESE: Words(
        customers="顧客",
        opportunities="商談",
        invoices="請求書",
        bank_files="入金データ",
        obligations="履行義務",
        runs="一括処理",
        waterfall="収益認識の推移",
        queue="受付箱",
        open="商談を登録",
        draft="見積を作成",
        look="結果を試算する",
        submit="承認を申請",
        to_decide="承認項目を決裁する",
        decide="決裁する",
        approve="承認",
        approved="承認済み",
        to_go_on="承認結果の出た見積を進める",
        send="顧客に提示",
        accept="承諾を登録",
        deliver="検収を登録",
        preview="請求処理を試算",
        execute="実行",
        executed="実行済み",
        take="入金データを取込",
        match="自動消込を実行",
        recognise="収益を認識",
        report="表示する",
        cloud="クラウド利用料（月額）",
        box="専用機器",
        done="完了",
        offer="¥59,000",
        earned="¥59,000",
    ),
    Language.ENGLISH: Words(
        customers="Customers",
        opportunities="Opportunities",
        invoices="Invoices",
        bank_files="Bank files",
        obligations="Obligations",
        runs="Runs",
        waterfall="Revenue waterfall",
        queue="My queue",
        open="New opportunity",
        draft="Draft a quote",
        look="Show what would happen",
        submit="Submit for approval",
        to_decide="Decide an approval item",
        decide="Decide",
        approve="Approve",
        approved="Approved",
        to_go_on="Go on with an answered quote",
        send="Send to the customer",
        accept="Note the acceptance",
        deliver="Note an acceptance",
        preview="Preview a billing run",
        execute="Execute",
        executed="Finished.",
        take="Take in a bank file",
        match="Match by rule",
        recognise="Recognise revenue",
        report="Make the report",
        cloud="Cloud, monthly",
        box="Appliance",
        done="done",
        offer="JPY 59,000",
        earned="JPY 59,000",
    ),
}


@pytest.mark.row("SFA-5")
@pytest.mark.parametrize("language", list(Language))
def test_from_the_opportunity_to_the_revenue(
    fresh_database: FreshDatabase, browser: Browser, language: Language
) -> None:
    """Two people bring a deal to its revenue: by clicks and typing alone, with a transfer notice of the bank."""
    says, office = SAYS[language], an_office()
    with served() as home:
        rep = Window.opened(browser, home, _let_in(office, language, *DESK_ROLES), AT_A_DESK)
        approver = Window.opened(browser, home, _let_in(office, language, *PHONE_ROLES), ON_A_PHONE, touch=True)
        _quoted(rep, says)
        _approved(approver, says)
        _ordered(rep, says)
        _billed(rep, approver, says)
        _paid(rep, says)
        _earned(rep, approver, says)
        _seen(rep, says)
        _seen(approver, says)
        assert rep.complaints + approver.complaints == []
        for one in (rep, approver):
            one.page.context.close()


def _let_in(office: Office, language: Language, *roles: Role) -> str:
    person = Person.objects.get(pk=an_actor(*roles, companies=[office.company_id]).id)
    person.language = language
    person.set_password(PASSWORD)
    person.save()
    return person.email


def _quoted(rep: Window, says: Words) -> None:
    """Open the opportunity, draft the quote with ten percent off, look at what comes of it, ask for approval."""
    rep.turns_to(says.customers)
    rep.presses(CUSTOMER, says.open)
    rep.types(name=DEAL, engaged_on="2026-04-01")
    rep.chooses(product=says.cloud)
    rep.presses(says.open, says.draft)
    rep.chooses(lines__0__product=says.cloud, lines__1__product=says.box)
    rep.types(lines__0__quantity="１０", lines__0__net="9,000", lines__1__quantity="1")
    rep.types(lines__0__first_on="2026-04-01", lines__0__last_on="R8.4.30")
    rep.types(starts_on="2026-04-01", last_on="2026-04-30", valid_on="2026-04-30", on="2026-04-01")
    rep.presses(says.look)
    assert says.offer in rep.reads()
    rep.presses(says.draft, says.submit)
    rep.types(on="2026-04-01")
    rep.presses(says.submit)


def _approved(approver: Window, says: Words) -> None:
    """Come from the queue of the phone to the answer and let the quote pass."""
    approver.turns_to(says.queue)
    approver.presses(says.to_decide)
    approver.chooses(decision=says.approve)
    approver.types(on="2026-04-01")
    approver.presses(says.decide)
    assert says.approved in approver.reads()


def _ordered(rep: Window, says: Words) -> None:
    """Send the quote, conclude with the signed paper, and note that the appliance was accepted."""
    rep.turns_to(says.queue)
    rep.presses(says.to_go_on, says.send)
    rep.types(on="2026-04-01")
    rep.presses(says.send, says.accept)
    rep.brings("signed", SIGNED, "契約書.pdf")
    rep.types(on="2026-04-01", po_number="PO-1")
    rep.presses(says.accept, says.deliver)
    rep.chooses(line=says.box)
    rep.types(on="2026-04-10")
    rep.presses(says.deliver)


def _billed(rep: Window, approver: Window, says: Words) -> None:
    rep.turns_to(says.invoices)
    rep.presses(says.preview)
    rep.types(on="2026-04-30", because="月次請求")
    rep.presses(says.preview)
    _let_pass(approver, says)
    rep.turns_to(says.runs)
    rep.opens_the_first()
    rep.presses(says.execute, says.execute)
    let_work()
    rep.waits_for(says.executed)


def _let_pass(approver: Window, says: Words) -> None:
    """Approve the latest run on the phone."""
    approver.turns_to(says.runs)
    approver.opens_the_first()
    approver.presses(says.approve, says.approve)


def _paid(rep: Window, says: Words) -> None:
    rep.turns_to(says.invoices)
    number = rep.opens_the_first()
    rep.turns_to(says.bank_files)
    rep.presses(says.take)
    rep.brings("statement", transfer_notice(number, 64_900), "furikomi.txt")
    rep.types(on="2026-05-29")
    rep.presses(says.take, says.match)
    rep.types(on="2026-05-29")
    rep.presses(says.match)


def _earned(rep: Window, approver: Window, says: Words) -> None:
    rep.turns_to(says.obligations)
    rep.presses(says.recognise)
    rep.types(last_on="2026-04-30")
    rep.presses(says.recognise)
    _let_pass(approver, says)
    rep.turns_to(says.runs)
    rep.opens_the_first()
    rep.presses(says.execute, says.execute)
    let_work()
    rep.waits_for(says.executed)


def _seen(window: Window, says: Words) -> None:
    """See the revenue in its report, and on the page of the deal that every stage is done."""
    window.turns_to(says.waterfall)
    window.types(on="2026-04-30")
    window.presses(says.report)
    assert says.earned in window.reads()
    window.turns_to(says.opportunities)
    window.presses(DEAL)
    standings = window.page.locator(".stp > li .vh").all_inner_texts()
    assert [one.rstrip(": ") for one in standings] == [says.done] * STAGES


def transfer_notice(number: str, yen: int) -> bytes:
    """Return a transfer notice (全銀 振込入金通知) as a bank sends it: records of 200 bytes in single-byte kana."""
    header = f"1010{'080529' * 3}0001{'ﾐﾄﾞﾘ':15}123{'ﾎﾝﾃﾝ':15}1{'1234567'}{'ｶ)ｶﾝｼﾞﾖｳ':40}"
    payment = f"2000001{'080529' * 2}{yen:010}{0:010}{'':10}{'ｶ)ｱｵﾊﾞｼﾖｳｼﾞ':48}{'ﾐﾄﾞﾘ':15}{'ﾎﾝﾃﾝ':15}0{number:20}"
    totals = f"8{1:06}{yen:012}{0:06}{0:012}"
    return "".join(f"{record:200}\r\n" for record in (header, payment, totals, "9")).encode("cp932")

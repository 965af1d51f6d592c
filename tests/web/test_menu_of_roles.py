"""What each role finds in its menu, in a browser: its own doors, all of them open, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.web.browsing import PASSWORD, Window, served
from tests.web.story import Told

AT_A_DESK = 1440
LANGUAGES = tuple(Language)
SAID = {Language.JAPANESE: "日本語", Language.ENGLISH: "English"}
FOR_ALL: Mapping[Language, tuple[str, ...]] = {
    Language.JAPANESE: (
        *("受付箱", "顧客", "製品", "商談", "見積", "承認", "契約", "注文", "請求書", "利用実績", "売掛金"),
        *("請求保留", "月締め請求書", "領収書"),
        *("ライセンス", "契約更新", "販売会社", "業務プロセス"),
    ),
    Language.ENGLISH: (
        *("My queue", "Customers", "Products", "Opportunities", "Quotes", "Approvals", "Contracts", "Orders"),
        *("Invoices", "Billing holds", "Usage", "Receivables", "Monthly statements", "Acknowledgements"),
        *("Licenses", "Renewals", "Selling company", "Process map"),
    ),
}
FOR_THE_BOOKS: Mapping[Language, tuple[str, ...]] = {
    Language.JAPANESE: (
        *("入金", "入金データ", "売掛金年齢表", "履行義務", "収益認識の推移", "一括処理", "残高試算表", "会計期間"),
        "請求ポリシー",
    ),
    Language.ENGLISH: (
        *("Receipts", "Bank files", "Ageing", "Obligations", "Revenue waterfall", "Runs", "Trial balance", "Periods"),
        "Billing policies",
    ),
}
FOR_THE_PEOPLE = {Language.JAPANESE: ("利用者",), Language.ENGLISH: ("People",)}
FOR_THE_LOG = {
    Language.JAPANESE: ("職務分掌", "個人情報の閲覧記録", "Webhook"),
    Language.ENGLISH: ("Duties kept apart", "Looks at personal data", "Webhooks"),
}
FOR_WHO_BILLS = {Language.JAPANESE: ("請求情報の不足",), Language.ENGLISH: ("Missing for invoices",)}
BOOK_READERS = frozenset(
    {
        *(Role.RECEIVABLES, Role.REV_REC, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT, Role.CXO, Role.CFO),
        *(Role.MANAGEMENT, Role.AUDITOR, Role.ADMINISTRATOR),
    }
)


@pytest.fixture(scope="module")
def home(story: Told) -> Iterator[str]:
    """The address of the pages, with something on every list."""
    with served() as address:
        yield address


@pytest.mark.parametrize("role", list(Role))
def test_menu(story: Told, browser: Browser, home: str, role: Role) -> None:
    """A person of one role signs in and finds the entries of that role and no other, each open, in both languages."""
    first, second = LANGUAGES if list(Role).index(role) % 2 else reversed(LANGUAGES)
    window = Window.opened(browser, home, _let_in(story, role, first), AT_A_DESK)
    assert sorted(window.menu()) == _entries(role, first)
    window.page.get_by_role("button", name=SAID[second], exact=True).filter(visible=True).click()
    assert sorted(window.menu()) == _entries(role, second)
    for entry in window.menu():
        window.turns_to(entry)
        assert window.here() == entry
    assert window.complaints == []
    window.page.context.close()


def _let_in(story: Told, role: Role, language: Language) -> str:
    person = Person.objects.get(pk=an_actor(role, companies=[story.office.company_id]).id)
    person.language = language
    person.set_password(PASSWORD)
    person.save()
    return person.email


def _entries(role: Role, language: Language) -> list[str]:
    books = FOR_THE_BOOKS[language] if role in BOOK_READERS else ()
    bills = FOR_WHO_BILLS[language] if role in {Role.RECEIVABLES, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT} else ()
    people = FOR_THE_PEOPLE[language] if role in {Role.ADMINISTRATOR, Role.AUDITOR, Role.HR} else ()
    log = FOR_THE_LOG[language] if role in {Role.ADMINISTRATOR, Role.AUDITOR} else ()
    return sorted([*FOR_ALL[language], *books, *bills, *people, *log])

"""Usage on real pages: priced, taken in by file after a look, corrected, and every figure told step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import timezone

from kanjo.domains.billing.facts import PlanCharge
from kanjo.domains.billing.models import InvoiceLine
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import OrderId
from kanjo.foundation.texts import Language
from kanjo.processes import bill
from kanjo.reports.usage import list_deliveries
from tests.web.office import PRICED, Office, a_usage_file, offer_of, opened, ordered, priced
from tests.web.story import number_of
from tests.web.test_forms import everything

pytestmark = pytest.mark.row("BIL-6")


@dataclass(frozen=True)
class Metered:
    """An order line whose usage has a price."""

    office: Office
    key: int
    order: int
    number: str

    def page(self, language: Language = Language.JAPANESE) -> str:
        """Return the page of the line."""
        return self.office.desk(Role.AUDITOR, language).see("metered-line", self.key)


@pytest.fixture
def metered(office: Office) -> Metered:
    order = ordered(office).order
    key = priced(office, order)
    return Metered(office, key, order, number_of(office.desk(Role.AUDITOR).see("metered-line", key)))


class TestOffered:
    @pytest.mark.parametrize(
        ("language", "words", "least"),
        [
            (
                Language.JAPANESE,
                "従量単価（呼出し・段階別単価（超過分ごと））: ¥10・100超は¥8、期間ごとの最低利用額¥2,000",
                "従量分の最低利用額",
            ),
            (
                Language.ENGLISH,
                "Usage per calls, graduated tiers: JPY 10, above 100 JPY 8; at least JPY 2,000 per period",
                "usage, whatever is used",
            ),
        ],
    )
    def test_a_product_is_priced_by_use_and_so_is_its_quote(
        self, office: Office, language: Language, words: str, least: str
    ) -> None:
        """The sentence stands on product and quote, the minimum among the planned invoices and in their sum."""
        operations = office.desk(Role.SALES_OPERATIONS, language)
        operations.do("set-usage-price", office.cloud, **{**PRICED, "minimum": "2,000"})
        assert words in operations.see("product", office.cloud)
        rep = office.desk(Role.SALES_REP, language)
        page = rep.see(
            "quote",
            rep.do("draft-quote", rep.do("open-opportunity", office.customer_id, **opened(office)), **offer_of(office)),
        )
        assert (words in page, page.count(least)) == (True, 12)
        sums = {Language.JAPANESE: "¥194,000", Language.ENGLISH: "JPY 194,000"}
        assert sums[language] in page, "120,000 for users, 50,000 for the box, 24,000 for the calls at least"

    def test_a_box_offers_no_such_act(self, office: Office) -> None:
        """What is charged once has no periods: neither the section nor the act is there, and the form refuses."""
        operations = office.desk(Role.SALES_OPERATIONS)
        assert "従量単価" not in operations.see("product", office.box)
        status, page = operations.refused("set-usage-price", office.box, **PRICED)
        assert (status, "usage.not-by-period" in page) == (400, True)


class TestUsage:
    def test_a_file_is_seen_before_it_is_taken(self, metered: Metered) -> None:
        """The preview tells what would be taken and changes nothing; the same file taken twice counts once."""
        clerk, before = metered.office.desk(Role.RECEIVABLES), everything()
        status, page = clerk.refused("take-usage", usage=a_usage_file(metered.number), look="1")
        assert (status, "登録される利用実績" in page, "m-0001" in page) == (200, True, True)
        assert everything() == before
        first = clerk.do("take-usage", usage=a_usage_file(metered.number))
        again = clerk.do("take-usage", usage=a_usage_file(metered.number))
        told = {row.id: (row.accepted, row.known) for row in list_deliveries(clerk.actor)}
        assert told == {first: (1, 0), again: (0, 1)}
        auditor = metered.office.desk(Role.AUDITOR)
        contract = auditor.key("contract", "order", metered.order)
        assert metered.number in auditor.see("order", metered.order)
        assert metered.number in auditor.see("contract", contract)

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (Language.ENGLISH, ("How the price of the usage came about", "as invoiced (IFRS 15.B16)", "2026-04")),
            (Language.JAPANESE, ("従量分の計算内訳", "請求額で認識", "2026-04")),
        ],
    )
    def test_its_invoice_line_explains_it(self, metered: Metered, language: Language, words: tuple[str, ...]) -> None:
        """Step by step, with the month it is earned in; before, the page of what comes next names it."""
        office, clerk = metered.office, metered.office.desk(Role.RECEIVABLES, language)
        clerk.do("take-usage", usage=a_usage_file(metered.number))
        contract = clerk.key("contract", "order", metered.order)
        assert {"usage (", "従量分（"} & {
            word for word in ("usage (", "従量分（") if word in clerk.see("what-next", contract)
        }
        bill.issue_invoice(
            company_id=office.company_id,
            order_id=OrderId(metered.order),
            on=date(2026, 5, 31),
            because="個別発行",
            by=clerk.actor,
            at=timezone.now(),
        )
        line = InvoiceLine.objects.get(plan__charge=PlanCharge.USAGE)
        page = clerk.see("invoice-line", line.pk)
        assert [word for word in words if word not in page] == []

    def test_the_preview_tells_every_wrong_line(self, metered: Metered) -> None:
        """Each with its place in the file, its rule and the way out; taking the file is refused whole."""
        clerk, before = metered.office.desk(Role.RECEIVABLES, Language.ENGLISH), everything()
        wrong = a_usage_file(metered.number, "-5\nm-2,X-1,2026-04-20,7\nm-3,,tomorrow,7")
        status, page = clerk.refused("take-usage", usage=wrong, look="1")
        assert status == 200
        for place, rule in (
            ("2", "usage.quantity"),
            ("3", "usage.number-unknown"),
            ("4 order_line", "usage.file-cell"),
        ):
            assert f"usage.csv:{place}" in page
            assert rule in page
        wrong.seek(0)
        status, page = clerk.refused("take-usage", usage=wrong)
        assert (status, "nothing was taken" in page) == (400, True)
        assert everything() == before

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (Language.JAPANESE, ("段階別単価", "2026-04-01 から 2026-04-30 の計算内訳", "従量料金", "呼出し")),
            (Language.ENGLISH, ("graduated tiers", "How 2026-04-01 to 2026-04-30 comes about", "priced", "calls")),
        ],
    )
    def test_each_period_tells_how_it_comes_about(
        self, metered: Metered, language: Language, words: tuple[str, ...]
    ) -> None:
        """150 calls in April: a hundred at ten yen, fifty at eight, fourteen hundred together."""
        metered.office.desk(Role.RECEIVABLES).do("take-usage", usage=a_usage_file(metered.number))
        page = metered.page(language)
        assert [word for word in (*words, "1,000", "400", "1,400") if word not in page] == []

    def test_a_correction_counts_instead(self, metered: Metered) -> None:
        """Corrected to ten calls, April costs a hundred yen, and both events stand there."""
        clerk = metered.office.desk(Role.RECEIVABLES)
        clerk.do("take-usage", usage=a_usage_file(metered.number))
        clerk.do(
            "correct-usage",
            metered.key,
            corrects="m-0001",
            event_id="m-0002",
            used_on="2026-04-20",
            quantity="10",
            because="計測誤り",
        )
        page = metered.page()
        assert "1,400" not in page
        assert ("¥100" in page, "m-0001" in page, "m-0002" in page) == (True, True, True)

    def test_japanese_headings_are_read(self, metered: Metered) -> None:
        """A file may name its columns in Japanese."""
        file = a_usage_file(metered.number)
        english = file.read().decode()
        heading = "イベントID,注文明細,利用日,数量"
        file = type(file)("利用.csv", "\n".join([heading, *english.splitlines()[1:]]).encode("utf-8-sig"))
        key = metered.office.desk(Role.RECEIVABLES).do("take-usage", usage=file)
        assert "利用.csv" in metered.office.desk(Role.AUDITOR).see("usage-delivery", key)

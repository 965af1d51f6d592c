"""An invoice goes to the department and person that its payer named, and by the way that it asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Channel, ShareOfPayer
from kanjo.domains.billing.models import BillTo, Invoice, Sending
from kanjo.domains.billing.operations.send import paper_of
from kanjo.domains.billing.queries import bill_to_of, get_invoice, list_bill_tos, what_comes_next
from kanjo.domains.billing.rules.guards import NoRecipient, PlanMissing, Unexplained
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.queries import house
from kanjo.platform.runs import operations as runs
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("AR-1", "BIL-14")]

MAY = date(2026, 5, 1)
BUYING = Text(en="Purchasing", ja="購買部")
IT = Text(en="", ja="情報システム部")


@pytest.fixture
def two(company: CompanyId, customer: CustomerId, accountant: Actor) -> tuple[Planned, Planned]:
    """Two contracts of one payer, which stand on one invoice."""
    billing.choose_grouping(company_id=company, payer_id=customer, keys=[], on=TODAY, by=accountant, at=NOW)
    products = [a_product(company, code) for code in ("A", "B")]
    first, second = (an_order(company, customer, [a_line(product)]) for product in products)
    return first, second


def choose(planned: Planned, by: Actor, company: CompanyId, **asked: Any) -> None:
    given = {"payer_id": planned.customer_id, "channel": Channel.BY_HAND, "on": TODAY, "because": "依頼による", **asked}
    billing.choose_bill_to(company_id=company, by=by, at=NOW, **given)


def printed() -> list[tuple[str, str, int]]:
    """To which department and person how much was invoiced."""
    return list(Invoice.objects.order_by("id").values_list("department", "attention", "net_minor"))


class TestChooseBillTo:
    def test_the_invoice_copies_what_is_in_force(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """Department and person of the day of issue; what is issued stays as it is."""
        choose(two[0], accountant, company, department=BUYING, attention="佐藤 花子")
        choose(two[0], accountant, company, department=IT, on=MAY)
        run_billing(company, TODAY)
        run_billing(company, MAY)
        assert printed() == [("購買部", "佐藤 花子", 20_000), ("情報システム部", "", 20_000)]

    def test_a_contract_goes_before_its_payer(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """What is chosen for one contract holds for it alone, until it ends; then that of the payer does again."""
        choose(two[0], accountant, company, department=BUYING)
        choose(two[0], accountant, company, contract_id=two[1].contract_id, department=IT)
        choose(two[0], accountant, company, contract_id=two[1].contract_id, channel=None, department=IT, on=MAY)
        run_billing(company, TODAY)
        run_billing(company, MAY)
        assert sorted(printed()[:2]) == [("情報システム部", "", 10_000), ("購買部", "", 10_000)]
        assert printed()[2:] == [("購買部", "", 20_000)]

    def test_it_is_the_companys_and_the_payers_own(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """What another company chose for the same payer, or this one for another payer, is not printed or followed."""
        abroad = a_company("ABROAD")
        stranger = an_actor(Role.RECEIVABLES, companies=[abroad])
        choose(two[0], stranger, abroad, department=IT, channel=Channel.FOLDER)
        choose(two[0], accountant, company, payer_id=a_customer("株式会社北部"), department=BUYING)
        run_billing(company, TODAY)
        assert printed() == [("", "", 20_000)]
        assert bill_to_of(company, two[0].customer_id, TODAY) is None

    def test_of_two_words_of_one_day_the_later_counts(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """For the invoice that is issued and for the one that is sent."""
        for department in (IT, BUYING):
            choose(two[0], accountant, company, department=department, attention=" 佐藤 花子 ")
        run_billing(company, TODAY)
        read = bill_to_of(company, two[0].customer_id, TODAY)
        assert (printed(), read and read.department) == ([("購買部", "佐藤 花子", 20_000)], BUYING)

    def test_what_is_chosen_after_the_preview_is_not_issued_by_it(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """A run issues what was previewed and approved."""
        run_id = billing.preview_run(company_id=company, on=TODAY, because="月次請求", by=accountant, at=NOW)
        choose(two[0], accountant, company, department=BUYING)
        runs.approve_run(run_id=run_id, by=house(), at=NOW)
        billing.execute(run_id=run_id, by=house(), at=NOW)
        assert printed() == [("", "", 20_000)]

    @pytest.mark.parametrize(
        "differs",
        [
            {"department": IT},
            {"attention": "鈴木 一郎"},
            {"channel": Channel.FOLDER},
            {"channel": Channel.MAIL, "recipient": "b@example.jp"},
        ],
    )
    def test_an_invoice_has_one_addressee(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor, differs: dict[str, Any]
    ) -> None:
        """Contracts that would stand together are apart where anything of their addressees differs."""
        same = {"department": BUYING, "attention": "佐藤 花子", "channel": Channel.MAIL, "recipient": "a@example.jp"}
        for planned in two:
            choose(planned, accountant, company, contract_id=planned.contract_id, **same)
        choose(two[1], accountant, company, contract_id=two[1].contract_id, on=MAY, **{**same, **differs})
        run_billing(company, TODAY)
        run_billing(company, MAY)
        assert [net for *_, net in printed()] == [20_000, 10_000, 10_000]

    def test_what_comes_next_is_told_as_it_will_be_issued(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """Each invoice to come names whoever is chosen from its day on."""
        choose(two[0], accountant, company, department=BUYING, attention="佐藤 花子", on=MAY)
        coming = what_comes_next(two[0].contract_id, accountant, on=TODAY).invoices
        told = [(one.issued_on, one.department, one.attention.whole) for one in coming[:2]]
        assert told == [(TODAY, "", ""), (MAY, "購買部", "佐藤 花子")]

    def test_the_department_is_told_in_the_language_of_the_payer(self, company: CompanyId, accountant: Actor) -> None:
        """In the other one where it has no name in that."""
        english = a_customer("Acme", name_en="Acme", language=Language.ENGLISH)
        planned = an_order(company, english, [a_line(a_product(company))])
        choose(planned, accountant, company, department=BUYING)
        run_billing(company, TODAY)
        choose(planned, accountant, company, department=IT)
        run_billing(company, MAY)
        assert [department for department, *_ in printed()] == ["Purchasing", "情報システム部"]

    def test_it_is_read_as_chosen(self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor) -> None:
        """Of a contract its own before that of all; what ended is none."""
        payer, contract = two[0].customer_id, two[1].contract_id
        choose(two[0], accountant, company, department=BUYING)
        choose(two[0], accountant, company, contract_id=contract, department=IT)
        choose(two[0], accountant, company, channel=None, on=MAY)
        read = [
            bill_to_of(company, payer, on, contract_id=of)
            for on in (TODAY, MAY)
            for of in (None, two[0].contract_id, contract)
        ]
        assert [one and one.department for one in read] == [BUYING, BUYING, IT, None, None, IT]
        assert [one.channel for one in list_bill_tos(company, payer)] == [None, Channel.BY_HAND]

    def test_what_it_refuses_changes_nothing(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """No reason, mail to no address, a contract of another company, a payer and a company that are not there."""
        other = a_company("OTHER")
        stranger = an_actor(Role.RECEIVABLES, companies=[other])
        elsewhere = an_order(other, two[0].customer_id, [a_line(a_product(other, "C"))])
        refused: list[tuple[type[Exception], Actor, dict[str, Any]]] = [
            (Unexplained, accountant, {"because": " "}),
            (NoRecipient, accountant, {"channel": Channel.MAIL, "recipient": "keiri"}),
            (PlanMissing, accountant, {"contract_id": 999_999}),
            (PlanMissing, accountant, {"contract_id": elsewhere.contract_id}),
            (NotFound, accountant, {"payer_id": 999_999}),
            (NotFound, stranger, {}),
        ]
        for refusal, by, asked in refused:
            with pytest.raises(refusal):
                choose(two[0], by, company, **asked)
        assert not BillTo.objects.exists()

    def test_the_table_defends_itself(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """What was chosen is never changed; mail has an address, and what ended names nobody."""
        choose(two[0], accountant, company, department=BUYING)
        row = BillTo.objects.get()
        with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
            BillTo.objects.update(attention="x")
        for wrong in ({"channel": "mail"}, {"channel": ""}, {"because": " "}):
            given = {"company_id": company, "account_id": row.account_id, "department_ja": "x", "channel": "by_hand"}
            with pytest.raises(DatabaseError, match="bill_to"), transaction.atomic():
                BillTo.objects.create(**{**given, "effective_on": TODAY, "because": "x", **wrong})


class TestCopies:
    def test_a_credit_note_copies_its_original(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """It goes to whom the invoice went, whoever is chosen since."""
        choose(two[0], accountant, company, department=BUYING, attention="佐藤 花子")
        run_billing(company, TODAY)
        choose(two[0], accountant, company, department=IT)
        billing.credit_invoice(
            invoice_id=InvoiceId(Invoice.objects.get().pk), on=TODAY, because="誤り", by=accountant, at=NOW
        )
        assert printed() == [("購買部", "佐藤 花子", 20_000), ("購買部", "佐藤 花子", -20_000)]

    def test_each_part_of_a_split_goes_to_its_payers_own(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """The department of one payer is none of another."""
        choose(two[0], accountant, company, department=BUYING)
        other = a_customer("株式会社北部")
        choose(two[0], accountant, company, payer_id=other, department=IT)
        run_billing(company, TODAY)
        billing.split_invoice(
            invoice_id=InvoiceId(Invoice.objects.get().pk),
            shares=[ShareOfPayer(two[0].customer_id, 1), ShareOfPayer(other, 1)],
            on=TODAY,
            because="折半",
            by=accountant,
            at=NOW,
        )
        assert printed()[2:] == [("購買部", "", 10_000), ("情報システム部", "", 10_000)]

    def test_who_shares_has_an_addressee_of_its_own(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor
    ) -> None:
        """What is chosen for the contract's payer is not printed for another one."""
        other = a_customer("株式会社北部")
        choose(two[0], accountant, company, contract_id=two[0].contract_id, department=BUYING)
        choose(two[0], accountant, company, payer_id=other, department=IT)
        billing.share_contract(
            contract_id=two[0].contract_id,
            shares=[ShareOfPayer(two[0].customer_id, 1), ShareOfPayer(other, 1)],
            on=TODAY,
            because="折半",
            by=accountant,
            at=NOW,
        )
        run_billing(company, TODAY)
        assert sorted(printed()) == [("", "", 10_000), ("情報システム部", "", 5_000), ("購買部", "", 5_000)]


@pytest.mark.row("AR-3")
class TestSending:
    @pytest.fixture
    def invoice(self, two: tuple[Planned, Planned], company: CompanyId) -> InvoiceId:
        run_billing(company, TODAY)
        return InvoiceId(Invoice.objects.get().pk)

    def sent(self) -> list[tuple[str, str]]:
        return list(Sending.objects.order_by("id").values_list("channel", "recipient"))

    def test_it_goes_the_way_that_the_payer_asked_for(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor, invoice: InvoiceId
    ) -> None:
        """By hand until a way is chosen; then by that and to its recipient, from its day on."""
        choose(two[0], accountant, company, channel=Channel.MAIL, recipient="keiri@example.jp", on=MAY)
        for on in (TODAY, MAY):
            billing.send_invoice(invoice_id=invoice, on=on, by=accountant, at=NOW)
        assert self.sent() == [("by_hand", ""), ("mail", "keiri@example.jp")]

    def test_a_way_that_is_given_goes_before(
        self, two: tuple[Planned, Planned], company: CompanyId, accountant: Actor, invoice: InvoiceId
    ) -> None:
        """Also to another recipient by the same way; mail without one is refused as ever."""
        choose(two[0], accountant, company, channel=Channel.MAIL, recipient="keiri@example.jp")
        asked: dict[str, Any] = {"invoice_id": invoice, "on": TODAY, "by": accountant, "at": NOW}
        billing.send_invoice(channel=Channel.FOLDER, **asked)
        billing.send_invoice(recipient="buchou@example.jp", **asked)
        with pytest.raises(NoRecipient):
            billing.send_invoice(channel=Channel.MAIL, **asked)
        assert self.sent() == [("folder", ""), ("mail", "buchou@example.jp")]


def test_the_invoice_tells_whom_it_goes_to(two: tuple[Planned, Planned], company: CompanyId, accountant: Actor) -> None:
    """The name of the person is personal data; the department is not."""
    choose(two[0], accountant, company, department=BUYING, attention="佐藤 花子")
    run_billing(company, TODAY)
    view = get_invoice(InvoiceId(Invoice.objects.get().pk), accountant)
    assert paper_of(view).addressee.names_in(view.language) == ["株式会社青葉商事", "購買部", "佐藤 花子 様"]
    assert (view.department, view.attention.whole, "佐藤" in str(view.attention)) == ("購買部", "佐藤 花子", False)

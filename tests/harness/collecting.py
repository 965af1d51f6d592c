"""From the order to the money: billing runs and their reversal, bank files, matching, allocation by hand."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from kanjo.connectors.bank.statements import BankLine
from kanjo.domains.receivables import operations as receivables
from kanjo.domains.receivables.models import ItemBalance, OpenItem, Receipt, ReceiptBalance
from kanjo.domains.receivables.operations import (
    allocate,
    return_transfer,
    reverse_allocation,
    set_off,
    write_off_fee,
)
from kanjo.foundation.ids import RunId
from kanjo.platform.files.operations import read
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import WIRING, deliver
from kanjo.platform.runs.models import Run
from kanjo.processes import bill
from kanjo.processes.paper_of_invoice import send_invoice
from tests.harness.office import FEE
from tests.harness.story import PICK, Story, waits, whole

PAID = st.sampled_from(["full", "part", "less the fee", "too much", "unknown payer", "taken back"])


class Collecting(Story):
    """What Accounts Receivable does, with a second person where the house wants one."""

    @waits("orders")
    @rule()
    def bill(self) -> None:
        self.do("bill", lambda: self.office.bill(self.today))

    @waits("orders")
    @rule()
    def preview(self) -> None:
        given = {"company_id": self.office.company_id, "on": self.today, "at": self.at}
        self.do("preview", whole(bill.preview, because="月次請求", by=self.office.receivables, **given))

    @waits("previewed runs")
    @rule(pick=PICK)
    def approve_own_run(self, pick: int) -> None:
        given = {"run_id": self.one("previewed runs", pick), "by": self.office.receivables, "at": self.at}
        self.refuse("approve one's own run", whole(bill.approve, **given))

    @waits("previewed runs")
    @rule(pick=PICK)
    def approve_run(self, pick: int) -> None:
        given = {"run_id": self.one("previewed runs", pick), "by": self.office.rev_rec, "at": self.at}
        self.do("approve a run", whole(bill.approve, **given))

    @waits("approved runs")
    @rule(pick=PICK)
    def execute(self, pick: int) -> None:
        run_id = self.one("approved runs", pick)
        kind = Run.objects.get(pk=run_id).kind
        self.do(f"execute {kind}", lambda: self.execution(run_id))

    @waits("executed runs")
    @rule(pick=PICK)
    def execute_again(self, pick: int) -> None:
        run_id = self.one("executed runs", pick)
        self.same_again("execute", lambda: self.execution(run_id))

    def execution(self, run_id: RunId) -> object:
        """Execute a run today."""
        office = self.office
        return bill.execute(company_id=office.company_id, run_id=run_id, by=office.receivables, at=self.at)

    @waits("orders")
    @rule(pick=PICK)
    def issue(self, pick: int) -> None:
        given = {"order_id": self.one("orders", pick), "on": self.today, "because": "至急", "at": self.at}
        by_hand = whole(bill.issue_invoice, company_id=self.office.company_id, by=self.office.receivables, **given)
        self.do("issue by hand", by_hand)

    @waits("invoices")
    @rule(pick=PICK)
    def send_invoice(self, pick: int) -> None:
        given = {"invoice_id": self.one("invoices", pick), "on": self.today, "at": self.at}
        self.do("send an invoice", whole(send_invoice, by=self.office.receivables, **given))

    @waits("invoices")
    @rule(pick=PICK)
    def credit(self, pick: int) -> None:
        invoice_id = self.one("invoices", pick)
        self.do("credit", lambda: self.office.credit(invoice_id, on=self.today))

    @waits("credited invoices")
    @rule(pick=PICK)
    def credit_twice(self, pick: int) -> None:
        invoice_id = self.one("credited invoices", pick)
        self.refuse("credit twice", lambda: self.office.credit(invoice_id, on=self.today))

    @waits("billed runs")
    @rule(pick=PICK)
    def preview_reversal(self, pick: int) -> None:
        given = {"run_id": self.one("billed runs", pick), "because": "誤請求", "on": self.today, "at": self.at}
        self.do("preview a reversal", whole(bill.preview_reversal, by=self.office.receivables, **given))

    @waits("waiting facts")
    @rule()
    def deliver_facts(self) -> None:
        """Facts are delivered, and the same ones a second time before anything else happens."""
        due = Delivery.objects.filter(pk__in=self.waiting("waiting facts"), due_at__lte=self.at)
        waited = list(due.select_related("fact"))
        self.do("deliver facts", lambda: deliver(by=house(), at=self.at))
        self.same_again("deliver facts", lambda: deliver(by=house(), at=self.at))
        self.same_again("react", lambda: [self.reaction(one) for one in waited])

    @transaction.atomic
    def reaction(self, delivery: Delivery) -> None:
        """Answer a fact once more."""
        WIRING.reaction(delivery.reaction)(WIRING.fact(delivery.fact), house(), self.at)

    @waits("open invoices")
    @rule(pick=PICK, paid=PAID, named=st.booleans(), also=st.booleans())
    def money_arrives(self, pick: int, paid: str, named: bool, also: bool) -> None:
        balance = ItemBalance.objects.select_related("item__customer").get(pk=self.one("open invoices", pick))
        amounts = {"part": balance.open_minor // 2 or 1, "less the fee": max(1, balance.open_minor - FEE)}
        amount = {**amounts, "too much": balance.open_minor + 1_000}.get(paid, balance.open_minor)
        payer = "シラナイカイシャ" if paid == "unknown payer" else balance.item.customer.name_kana
        text = balance.item.number if named and paid != "unknown payer" else ""
        lines = [self.office.line(amount, on=self.today, payer=payer, text=text)]
        if paid == "taken back":
            lines.append(self.office.line(amount, on=self.today, payer=payer, cancels=True))
        if also:
            lines.append(self.office.line(777, on=self.today, payer="ベツノカイシャ"))
        self.take(f"bank file: {paid}", lines)

    def take(self, verb: str, lines: list[BankLine]) -> None:
        """Take in a file of these lines."""
        self.do(verb, lambda: self.office.bank(lines, on=self.today))

    @waits("bank files")
    @rule(pick=PICK)
    def same_file_again(self, pick: int) -> None:
        _, content = read(self.one("bank files", pick), by=self.office.receivables)
        self.do("bank file again", lambda: self.office.bank_again(content, on=self.today))

    @waits("receipts left")
    @rule()
    def match(self) -> None:
        given = {"company_id": self.office.company_id, "on": self.today, "at": self.at}
        self.do("match", whole(receivables.match_receipts, by=self.office.receivables, **given))

    @waits("receipts left", "open invoices")
    @rule(receipt=PICK, invoice=PICK, share=st.sampled_from([1, 2, 3]))
    def allocate(self, receipt: int, invoice: int, share: int) -> None:
        self.do("allocate", self.allocation(receipt, invoice, lambda most: max(1, most // share)))

    @waits("receipts left", "open invoices")
    @rule(receipt=PICK, invoice=PICK, above=st.integers(1, 1_000))
    def allocate_too_much(self, receipt: int, invoice: int, above: int) -> None:
        self.refuse("allocate too much", self.allocation(receipt, invoice, lambda most: most + above))

    def allocation(self, receipt: int, invoice: int, amount: Callable[[int], int]) -> Callable[[], object]:
        """Return the allocation of what *amount* makes of the most that could be allocated."""
        left = ReceiptBalance.objects.get(pk=self.one("receipts left", receipt))
        item = ItemBalance.objects.get(pk=self.one("open invoices", invoice))
        most = min(left.left_minor, item.open_minor)
        given = {"amount_minor": amount(most), "on": self.today, "at": self.at}
        return whole(allocate, receipt_id=left.pk, item_id=item.pk, by=self.office.receivables, **given)

    @waits("allocations")
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        given = {"allocation_id": self.one("allocations", pick), "because": "誤消込", "on": self.today, "at": self.at}
        self.do("reverse an allocation", whole(reverse_allocation, by=self.office.receivables, **given))

    @waits("returned transfers")
    @rule(pick=PICK)
    def return_transfer(self, pick: int) -> None:
        returned = Receipt.objects.get(pk=self.one("returned transfers", pick))
        sent = Receipt.objects.filter(amount_minor=-returned.amount_minor, account=returned.account).order_by("-id")[0]
        given = {"receipt_id": sent.pk, "return_id": returned.pk, "on": self.today, "at": self.at}
        self.do("return a transfer", whole(return_transfer, by=self.office.receivables, **given))

    @waits("open invoices")
    @rule(pick=PICK, fee=st.sampled_from([1, FEE]))
    def bear_fee(self, pick: int, fee: int) -> None:
        given = {"item_id": self.one("open invoices", pick), "amount_minor": fee, "because": "振込手数料"}
        self.do("bear a fee", whole(write_off_fee, on=self.today, by=self.office.receivables, at=self.at, **given))

    @waits("open credits")
    @rule(pick=PICK)
    def set_off(self, pick: int) -> None:
        credit = OpenItem.objects.select_related("balance").get(pk=self.one("open credits", pick))
        debts = OpenItem.objects.filter(customer_id=credit.customer_id, balance__open_minor__gt=0)
        debt = debts.select_related("balance").order_by("id")[0]
        amount = min(-credit.balance.open_minor, debt.balance.open_minor)
        given = {"amount_minor": amount, "because": "相殺", "on": self.today, "at": self.at}
        self.do("set off", whole(set_off, credit_id=credit.pk, item_id=debt.pk, by=self.office.receivables, **given))

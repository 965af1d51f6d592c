"""Where the stories of the simulator begin: in the middle of May, with something on every desk of the office."""

from __future__ import annotations

from kanjo.domains.approvals.facts import Decision
from kanjo.foundation.ids import CustomerId
from kanjo.platform.runs.models import Run
from kanjo.processes import bill
from kanjo.processes.ask_approval import decide_item
from tests.builders import a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.harness.selling import CONDITION
from tests.harness.story import whole

PAYER = "カブシキガイシャアオバショウジ"


def an_office_at_work() -> tuple[Office, list[CustomerId]]:
    """Return an office that has sold, billed and been paid, and its two customers."""
    office = an_office()
    aoba = a_customer("株式会社青葉商事", name_kana=PAYER)
    midori = a_customer("みどり工業株式会社", name_kana="ミドリコウギョウカブシキガイシャ")
    office.sell(aoba, [office.users(10), office.boxes(1)])
    office.bill(APRIL)
    office.recognise(MAY)
    _offer(office, midori)
    _take_money(office)
    _run(office)
    return office, [aoba, midori]


def _offer(office: Office, customer_id: CustomerId) -> None:
    """One offer is with its customer, one has a condition to meet, and two ask for a discount."""
    sent = office.quote(customer_id, [office.users(5)])
    office.submit(sent)
    office.send(sent)
    office.submit(office.quote(customer_id, [office.users(5, 4_000)], by=office.founder), by=office.founder)
    office.submit(office.quote(customer_id, [office.users(6, 4_800)]))
    asked = office.submit(office.quote(customer_id, [office.users(7, 5_600)]))
    decide = whole(
        decide_item,
        item_id=office.open_items(asked)[0],
        decision=Decision.CONDITION,
        conditions=[CONDITION],
        on=APRIL,
        by=office.cxo,
        at=morning(APRIL),
    )
    decide()


def _take_money(office: Office) -> None:
    """An invoice is paid in part; nobody knows who sent more, and one transfer was taken back by the bank."""
    part = office.line(5_000, on=MAY, payer=PAYER, text="INV-2026-000001")
    unknown = office.line(7_000, on=MAY, payer="シラナイカイシャ")
    back = office.line(9_000, on=MAY, payer="マチガイカイシャ"), office.line(9_000, on=MAY, cancels=True)
    office.bank([part, unknown, *back], on=MAY)


def _run(office: Office) -> None:
    """The run of May waits for its approval; the reversal of the run of April is approved."""
    april = Run.objects.get(kind="billing")
    given = {"by": office.receivables, "at": morning(MAY)}
    whole(bill.preview_reversal, run_id=april.pk, on=MAY, because="誤請求", **given)()
    reversal = Run.objects.get(kind="billing.reversal")
    whole(bill.approve, run_id=reversal.pk, by=office.rev_rec, at=morning(MAY))()
    whole(bill.preview, company_id=office.company_id, on=MAY, because="月次請求", **given)()

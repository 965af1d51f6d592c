"""A small complete story in yen: what every identity needs to have something on both of its sides."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from django.db import transaction

from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.opportunities.queries import list_won_elsewhere
from kanjo.domains.receivables import operations as receivables
from kanjo.domains.receivables import queries
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import get_actor, house
from kanjo.platform.outbox.operations import deliver
from kanjo.processes import bill
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.agreed import Agreed, LineMore
from kanjo.processes.amend_contract import amend_contract
from kanjo.processes.import_crm import import_crm
from kanjo.processes.read_crm import read_crm
from kanjo.processes.replay import Cast
from kanjo.processes.replay.deal import replay_deal
from tests.builders import A_YEAR, a_customer
from tests.harness.office import APRIL, FEE, MAY, Office, an_office, morning

MAPPING = """
company = "株式会社カンジョウ"
currency = "JPY"
dates = "year-month-day"
[products]
file = "products.csv"
key = "name"
[products.columns]
product = { field = "name", type = "text", required = true }
price = { field = "list_price", type = "money", required = true }
[agents]
file = "agents.csv"
key = "name"
[agents.columns]
agent = { field = "name", type = "text", required = true }
manager = { field = "manager", type = "text" }
office = { field = "regional_office", type = "text" }
[accounts]
file = "accounts.csv"
key = "name"
[accounts.columns]
account = { field = "name", type = "text", required = true }
country = { field = "country", type = "text" }
[opportunities]
file = "deals.csv"
key = "key"
[opportunities.columns]
id = { field = "key", type = "text", required = true }
agent = { field = "agent", type = "text", required = true, refers_to = "agents" }
product = { field = "product", type = "text", required = true, refers_to = "products" }
account = { field = "account", type = "text", required = true, refers_to = "accounts" }
stage = { field = "stage", type = "stage", required = true }
engaged = { field = "engaged_on", type = "day" }
closed = { field = "closed_on", type = "day" }
value = { field = "value", type = "money", least = 0 }
[opportunities.stages]
Open = { means = "engaging", requires = ["engaged"] }
Won = { means = "won", requires = ["engaged", "closed", "value"] }
Lost = { means = "lost", requires = ["engaged", "closed"] }
"""
FILES = {
    "mapping.toml": MAPPING,
    "products.csv": "product,price\n複合機,50000\n",
    "agents.csv": "agent,manager,office\n田中 一郎,,東京\n",
    "accounts.csv": "account,country\n株式会社若葉,Japan\n株式会社双葉,Japan\n",
    "deals.csv": (
        "id,agent,product,account,stage,engaged,closed,value\n"
        "D1,田中 一郎,複合機,株式会社若葉,Won,2026-04-02,2026-04-10,45000\n"
        "D2,田中 一郎,複合機,株式会社双葉,Won,2026-04-02,2026-04-20,52000\n"
        "D3,田中 一郎,複合機,株式会社双葉,Lost,2026-04-02,2026-04-20,0\n"
        "D4,田中 一郎,複合機,株式会社若葉,Open,2026-04-02,,\n"
    ),
}


def a_story(folder: Path) -> Office:
    """Live through April and May 2026.

    Two deals come from a CRM; one is sold with 10 % off, ten users for a year and two boxes, one box is given back.
    Five users more are agreed for July. A payer deducts the bank's fee, one pays in part, one is a stranger. April's
    books are locked at last.
    """
    office = an_office()
    _replay_what_the_crm_won(office, folder)
    sold = office.sell(a_customer(), [office.users(10, 9_000), office.boxes(2)])
    returned = office.sell(a_customer("株式会社返品", name_kana="カ)ヘンピン"), [office.boxes(1)])
    office.deliver(sold.lines[1].order_line_id, on=date(2026, 4, 15))
    office.deliver(returned.lines[0].order_line_id, on=date(2026, 4, 16))
    for day in (APRIL, date(2026, 4, 30), MAY):
        office.bill(day)
    _give_back(office, "株式会社返品")
    _amend(office, sold)
    _receive(office)
    office.recognise(MAY)
    office.recognise(date(2026, 6, 1))
    office.lock(APRIL)
    deliver(by=house(), at=datetime(2027, 4, 1, tzinfo=UTC))
    return office


def _replay_what_the_crm_won(office: Office, folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    with transaction.atomic():
        import_crm(
            export=read_crm(folder), company_code="kanjo-jp", by=house(), at=morning(APRIL), report=_told_to_nobody
        )
    cast = Cast(office.cxo, office.deal_management, office.receivables, office.rev_rec, office.rev_rec)
    for deal in list_won_elsewhere(office.company_id):
        with transaction.atomic():
            replay_deal(deal, seller=get_actor(deal.owner_id), cast=cast, at=morning(A_YEAR.until))


def _told_to_nobody(done: int, total: int, what: Text) -> None: ...


@transaction.atomic
def _amend(office: Office, sold: ConcludedDeal) -> None:
    day = date(2026, 5, 20)
    more = LineMore(sold.lines[0].order_line_id, 5, 4_500)
    agreed = Agreed(
        kind=AmendmentKind.CHANGE,
        effective_on=date(2026, 7, 1),
        concluded_on=day,
        because="利用者の増加",
        more=(more,),
    )
    amend_contract(contract_id=sold.contract_id, agreed=agreed, by=office.deal_management, at=morning(day))


@transaction.atomic
def _give_back(office: Office, payer: str) -> None:
    item = next(item for item in queries.list_open_items(office.receivables) if item.customer == payer)
    credit = bill.credit_invoice(
        company_id=office.company_id,
        invoice_id=item.id,
        on=date(2026, 5, 7),
        because="返品",
        by=office.receivables,
        at=morning(date(2026, 5, 7)),
    )
    receivables.set_off(
        credit_id=credit,
        item_id=item.id,
        amount_minor=30_000,
        on=date(2026, 5, 8),
        because="返品",
        by=office.receivables,
        at=morning(date(2026, 5, 8)),
    )


def _receive(office: Office) -> None:
    """Full with the fee deducted, in part, from a stranger; then by hand, and taken back again."""
    day = date(2026, 5, 31)
    items = [item for item in queries.list_open_items(office.receivables) if item.customer != "株式会社返品"]
    whole, in_part, other = items[:3]
    lines = [
        office.line(whole.amount_minor - FEE, on=day, payer="ドコカノダレカ", text=f"{whole.number} オシハライ"),
        office.line(in_part.amount_minor // 3, on=day, payer="ナマエ", text=in_part.number),
        office.line(12_345, on=day, payer="ナゾノカイシャ"),
    ]
    office.bank(lines, on=day)
    stranger = next(
        row for row in queries.list_receipts(office.receivables) if row.payer_name.whole == "ナゾノカイシャ"
    )
    with transaction.atomic():
        by_hand = receivables.allocate(
            receipt_id=stranger.id, item_id=other.id, amount_minor=2_000, on=day, by=office.receivables, at=morning(day)
        )
        receivables.reverse_allocation(
            allocation_id=by_hand, on=day, because="別の顧客", by=office.receivables, at=morning(day)
        )
        receivables.allocate(
            receipt_id=stranger.id, item_id=other.id, amount_minor=1_000, on=day, by=office.receivables, at=morning(day)
        )

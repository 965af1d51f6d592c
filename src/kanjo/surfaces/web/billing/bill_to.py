"""Forms on to whom within a payer invoices go, and by what way: of all it pays, or of one contract."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse

from kanjo.domains.billing.facts import Channel, ChosenBillTo
from kanjo.domains.billing.operations import choose_bill_to
from kanjo.domains.billing.queries import bill_to_of, list_bill_tos, payer_of
from kanjo.domains.contracts.queries import get_contract
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId
from kanjo.foundation.texts import Text
from kanjo.surfaces.readers import told as told_to_reader
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Section, Table
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, choice, day, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

BILL_TO = Text(en="Choose to whom invoices go", ja="請求書の宛先・送付方法を設定")
DEPARTMENT = Text(en="Department", ja="部署")
IN_JAPANESE = Text(en="Department, in Japanese", ja="部署（日本語）")
IN_ENGLISH = Text(en="Department, in English", ja="部署（英語）")
ATTENTION = Text(en="Attention", ja="ご担当者")
CHANNEL = Text(en="By", ja="送付方法")
RECIPIENT = Text(en="To", ja="送付先")
RECIPIENT_HINT = Text(en="For e-mail and links, its address", ja="メール・リンクの場合はメールアドレス")
OF_ALL = Text(en="All that the customer pays", ja="請求先全体")
OF_ONE = Text(en="This contract", ja="この契約")
WHAT = Text(en="Of", ja="対象")
NONE_OWN = Text(en="Nothing of its own", ja="設定しない")
CHOSEN = Text(en="What was chosen", ja="これまでの設定")
NEVER = Text(en="Nothing was chosen.", ja="設定はありません。")
SAYS = Text(
    en="What is issued from that day on names this department and person, and is sent by this way unless another is"
    " chosen on sending. Contracts that go to others never share an invoice. What is issued stays.",
    ja="適用開始日以降に発行する請求書に部署・ご担当者を記載し、送付時に変更しない限りこの方法で送付します。宛先が異なる"
    "契約は同じ請求書にまとめません。発行済みの請求書は変わりません。",
)
ACCOUNT_SAYS = Text(
    en="It holds for all that this customer pays, but for contracts with a choice of their own.",
    ja="この顧客を請求先とするすべての請求書に適用します。個別に設定した契約は、その設定を優先します。",
)


@door(doing("billing.choose-bill-to"))
def of_account(request: DeskRequest, key: int) -> HttpResponse:
    """Choose to whom all that a customer pays is invoiced."""
    row = the_customer(request.desk, key)
    says = Text(en=f"{ACCOUNT_SAYS.en} {SAYS.en}", ja=f"{ACCOUNT_SAYS.ja}{SAYS.ja}")
    return _form(
        request,
        company_id=request.desk.company_id,
        payer_id=row.id,
        contract_id=None,
        back=Link(row.name, "customer", key),
        says=says,
    )


@door(doing("billing.choose-bill-to"))
def of_contract(request: DeskRequest, key: int) -> HttpResponse:
    """Choose to whom a contract is invoiced."""
    contract = get_contract(request.desk.actor, ContractId(key))
    return _form(
        request,
        company_id=contract.company_id,
        payer_id=payer_of(contract.id, request.desk.actor),
        contract_id=contract.id,
        back=Link(contract.number, "contract", key),
        says=SAYS,
    )


def _form(
    request: DeskRequest,
    *,
    company_id: CompanyId,
    payer_id: CustomerId,
    contract_id: ContractId | None,
    back: Link,
    says: Text,
) -> HttpResponse:
    desk = request.desk

    def do(given: Given) -> Link:
        choose_bill_to(
            company_id=company_id,
            payer_id=payer_id,
            contract_id=contract_id,
            department=Text(en=given["department_en"] or "", ja=given["department_ja"] or ""),
            attention=given["attention"] or "",
            channel=Channel(given["channel"]) if given["channel"] else None,
            recipient=given["recipient"] or "",
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return back

    now = bill_to_of(company_id, payer_id, desk.today, contract_id=contract_id)
    chosen = list_bill_tos(company_id, payer_id, contract_id=contract_id)
    deed = Deed(
        title=BILL_TO,
        back=back,
        button=BILL_TO,
        do=do,
        fields=(*_fields(now), day("on", labels.FROM_DAY, desk.today), prose("because", labels.REASON)),
        says=says,
        sections=(Section(CHOSEN, Table.of(_CHOSEN, chosen), empty=NEVER),),
    )
    return perform(request, deed)


def _fields(now: ChosenBillTo | None) -> tuple[Field, ...]:
    channels = (("", NONE_OWN), *((one.value, one.shown) for one in Channel))
    initial = (
        {
            "department_ja": now.department.ja,
            "department_en": now.department.en,
            "attention": told_to_reader(now.attention),
            "recipient": told_to_reader(now.recipient),
        }
        if now
        else {}
    )
    typed = (
        words("department_ja", IN_JAPANESE, needed=False),
        words("department_en", IN_ENGLISH, needed=False),
        words("attention", ATTENTION, needed=False),
        words("recipient", RECIPIENT, needed=False, hint=RECIPIENT_HINT, most=254),
    )
    *named, recipient = (replace(one, initial=initial.get(one.name, "")) for one in typed)
    way = choice("channel", CHANNEL, channels, needed=False, initial=(now and now.channel) or "")
    return (*named, way, recipient)


_CHOSEN: tuple[Column[ChosenBillTo], ...] = (
    Column(labels.FROM_DAY, lambda row: row.effective_on),
    Column(WHAT, lambda row: OF_ONE if row.contract_id else OF_ALL),
    Column(DEPARTMENT, lambda row: row.department),
    Column(ATTENTION, lambda row: row.attention),
    Column(CHANNEL, lambda row: row.channel.shown if row.channel else NONE_OWN),
    Column(RECIPIENT, lambda row: row.recipient),
    Column(labels.REASON, lambda row: row.because),
)

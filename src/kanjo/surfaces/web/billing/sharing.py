"""Forms on who bears what is billed: shares agreed for a contract or a payer, and an issued invoice that is split."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from kanjo.domains.billing.facts import AgreedSharing, ShareOfPayer
from kanjo.domains.billing.operations import share_account, share_contract
from kanjo.domains.billing.queries import get_invoice, list_sharings, sharing_of
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.customers.queries import get_customers
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ContractId, CustomerId, InvoiceId
from kanjo.foundation.texts import Text
from kanjo.processes.bill import split_invoice
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.arranging import SHARE
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.customers.registering import one_customer
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Section, Table
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, Lines, day, prose, whole, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

SPLIT = Text(en="Split between payers", ja="請求先別に分割")
SHARES = Text(en="Shares of payers", ja="請求先の負担割合")
PAYS = Text(en="Payer", ja="請求先")
NAMED = Text(
    en="Shares of payers, by name as registered or corporate number", ja="請求先（商号または法人番号）と負担割合"
)
WEIGHT = Text(en="Share", ja="割合")
SHARES_SAY = Text(
    en="What is invoiced from that day on goes to these payers by their shares, as 30 and 70 or 1, 1 and 1; the last"
    " one takes what is left of a yen. No payer: the payer of the contract bears all again. What is issued stays, and"
    " is given back as it was shared.",
    ja="適用開始日以降に発行する請求書を、30と70、1と1と1などの割合で各請求先に分けます。端数は最後の請求先で調整します。"
    "請求先を入力しなければ、契約の請求先が全額を負担します。発行済みの請求書は変わらず、返還も当時の割合によります。",
)
ACCOUNT_SAYS = Text(
    en="It holds for all that this customer pays, but for contracts with shares of their own.",
    ja="この顧客を請求先とするすべての明細に適用します。負担割合を設定した契約は、その設定を優先します。",
)
SPLIT_SAYS = Text(
    en="Invoice {number} to {payer} of {total} is given back in full by a credit note and issued anew to these payers"
    " by their shares. Before tax all stays to the yen; each invoice rounds its own tax. It cannot be taken back.",
    ja="請求書 {number}（{payer} 宛、{total}）の全額を適格返還請求書で返還し、割合に応じて各請求先へ発行し直します。"
    "税抜金額の合計は変わりません。消費税の端数は請求書ごとに処理します。発行後は元に戻せません。",
)
AGREED = Text(en="What was agreed", ja="これまでの設定")
NEVER = Text(en="Nothing was agreed: the payer bears all.", ja="設定はありません。請求先が全額を負担します。")
ALONE = Text(en="The payer alone", ja="請求先のみ")
ONE_SHARE = "{name} {weight}"


@door(doing("billing.share-contract"))
def of_contract(request: DeskRequest, key: int) -> HttpResponse:
    """Agree who bears what is billed of a contract."""
    desk = request.desk
    contract = get_contract(desk.actor, ContractId(key))

    def do(given: Given) -> Link:
        share_contract(
            contract_id=contract.id,
            shares=_shares(desk.actor, given),
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "contract", key)

    now = sharing_of(contract.company_id, desk.today, contract_id=contract.id)
    agreed = list_sharings(contract.company_id, contract_id=contract.id)
    fields = (_payers(_typed(now)), day("on", labels.FROM_DAY, desk.today), prose("because", labels.REASON))
    deed = Deed(
        title=SHARE,
        back=Link(contract.number, "contract", key),
        button=SHARE,
        do=do,
        fields=fields,
        says=SHARES_SAY,
        sections=(Section(AGREED, Table.of(_AGREED, agreed), empty=NEVER),),
        beside=_beside,
    )
    return perform(request, deed)


@door(doing("billing.share-account"))
def of_account(request: DeskRequest, key: int) -> HttpResponse:
    """Agree who bears all that a customer pays."""
    desk = request.desk
    row = the_customer(desk, key)

    def do(given: Given) -> Link:
        share_account(
            company_id=desk.company_id,
            payer_id=row.id,
            shares=_shares(desk.actor, given),
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "customer", key)

    now = sharing_of(desk.company_id, desk.today, payer_id=row.id)
    agreed = list_sharings(desk.company_id, payer_id=row.id)
    fields = (_payers(_typed(now)), day("on", labels.FROM_DAY, desk.today), prose("because", labels.REASON))
    deed = Deed(
        title=SHARE,
        back=Link(row.name, "customer", key),
        button=SHARE,
        do=do,
        fields=fields,
        says=Text(en=f"{ACCOUNT_SAYS.en} {SHARES_SAY.en}", ja=f"{ACCOUNT_SAYS.ja}{SHARES_SAY.ja}"),
        sections=(Section(AGREED, Table.of(_AGREED, agreed), empty=NEVER),),
        beside=_beside,
    )
    return perform(request, deed)


@door(doing("billing.split-invoice"))
def split(request: DeskRequest, key: int) -> HttpResponse:
    """Split an issued invoice of which nothing is paid between payers."""
    desk = request.desk
    row = get_invoice(InvoiceId(key), desk.actor).row

    def do(given: Given) -> Link:
        parts = split_invoice(
            company_id=row.company_id,
            invoice_id=row.id,
            shares=_shares(desk.actor, given),
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "invoice", parts[0])

    deed = Deed(
        tried=False,
        title=SPLIT,
        back=Link(row.number, "invoice", key),
        button=SPLIT,
        do=do,
        fields=(
            _payers(({"payer": row.payer_name, "weight": "1"}, {})),
            day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
            prose("because", labels.REASON),
        ),
        says=SPLIT_SAYS.filled(number=row.number, payer=row.payer_name, total=told(row.total)),
        beside=_beside,
    )
    return perform(request, deed)


def shares_shown(agreed: AgreedSharing | None) -> str | Text | None:
    """Return who bears what in one line; None where nothing was ever agreed."""
    if agreed is None:
        return None
    names = get_customers(share.payer_id for share in agreed.shares)
    said = [ONE_SHARE.format(name=names[share.payer_id].name, weight=share.weight) for share in agreed.shares]
    return ", ".join(said) or ALONE


def _typed(now: AgreedSharing | None) -> Sequence[dict[str, str]]:
    """Return the shares as a person would have typed them, with room for two."""
    shares = now.shares if now else ()
    names = get_customers(share.payer_id for share in shares)
    typed = [{"payer": names[one.payer_id].name, "weight": str(one.weight)} for one in shares]
    return [*typed, *({} for _ in range(2 - len(typed)))]


_AGREED: tuple[Column[AgreedSharing], ...] = (
    Column(labels.FROM_DAY, lambda row: row.effective_on),
    Column(SHARES, shares_shown),
    Column(labels.REASON, lambda row: row.because),
)


def _payers(initial: Sequence[dict[str, str]]) -> Lines:
    fields: tuple[Field, ...] = (words("payer", PAYS), whole("weight", WEIGHT))
    return Lines("shares", NAMED, fields, tuple(initial))


def _shares(actor: Actor, given: Given) -> list[ShareOfPayer]:
    return [
        ShareOfPayer(CustomerId(one_customer(actor, line["payer"], at=f"{line['at']}-payer").id), line["weight"])
        for line in given["shares"]
    ]


def _beside(at: str, given: Given) -> str:
    """Return the field of a place as the rules name it: `shares[2]` is the share of the second payer."""
    rows = given["shares"]
    if at.startswith("shares["):
        return f"{rows[int(at[7:-1]) - 1]['at']}-weight"
    return f"{rows[0]['at'] if rows else 'shares-0'}-payer" if at == "shares" else at

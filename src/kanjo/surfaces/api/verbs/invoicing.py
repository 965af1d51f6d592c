"""Acts on how things are invoiced: instalments and milestones, and what stands together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from kanjo.domains.billing.facts import LARGEST_SHARE, MOST_PAYERS, Channel, GroupKey, Instalment, ShareOfPayer
from kanjo.domains.billing.operations import (
    choose_bill_to,
    choose_grouping,
    share_account,
    share_contract,
    tag_contract,
)
from kanjo.domains.billing.queries import get_invoice, payer_of
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.customers.operations import choose_tax_rounding
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, InvoiceId, OrderLineId
from kanjo.foundation.money import Rounding
from kanjo.foundation.texts import Text
from kanjo.processes.bill import split_invoice
from kanjo.processes.bill_in_instalments import plan_instalments, reach_milestone
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import LINE, Blank, BothLanguages, CustomerKey, Day, Given, Minor, Prose, one_of

MOST = 120
_GroupKey = one_of(GroupKey)


class OnePart(Given):
    """A part of a one-time charge: billed on a day, or when a milestone is reached; exactly one of the two."""

    net_minor: Minor
    bill_on: Day | None = None
    milestone: BothLanguages | None = None


class Parts(Given):
    """The instalments of a line, in their order, and why; they add up to it."""

    instalments: list[OnePart] = Field(min_length=1, max_length=MOST)
    because: Prose
    on: Day


class Reached(Given):
    """The instalment, counted from 1, whose milestone was reached, and when."""

    part: Annotated[int, Field(ge=1, le=MOST, strict=True)]
    reached_on: Day


class Grouped(Given):
    """What keeps lines on different invoices, of one payer or of all who chose nothing, from a day on."""

    payer_id: CustomerKey | None = None
    keys: list[_GroupKey] = Field(max_length=len(GroupKey))  # type: ignore[valid-type]  # made at import
    on: Day


class OneShare(Given):
    """A payer and its share, a whole number beside those of the others."""

    payer_id: CustomerKey
    weight: Annotated[int, Field(ge=1, le=LARGEST_SHARE, strict=True)]


class Shared(Given):
    """Who bears what is invoiced from a day on, in their order, and why; nobody ends it."""

    shares: list[OneShare] = Field(max_length=MOST_PAYERS)
    on: Day
    because: Prose


class SharedByPayer(Shared):
    """The same of all that one payer pays."""

    payer_id: CustomerKey


class Rounded(Given):
    """How the tax of what is issued to a payer is rounded from a day on; null as the company does."""

    payer_id: CustomerKey
    rounding: one_of(Rounding) | None  # type: ignore[valid-type]  # made from the enumeration
    on: Day


class BilledTo(Given):
    """To which department and person invoices go from a day on, by what way and to whom; no channel ends the choice."""

    department_ja: Blank = ""
    department_en: Blank = ""
    attention: Blank = ""
    channel: one_of(Channel) | None  # type: ignore[valid-type]  # made from the enumeration
    recipient: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=LINE)] = ""
    on: Day
    because: Prose


class BilledToByPayer(BilledTo):
    """The same of all that one payer pays."""

    payer_id: CustomerKey


class Tagged(Given):
    """A word by which the lines of a contract may be grouped; empty takes it off."""

    tag: Annotated[Blank, Field(max_length=40)]


def _cut(caller: Caller, key: int, given: Parts) -> Made:
    instalments = [
        Instalment(
            one.net_minor,
            bill_on=one.bill_on,
            milestone=Text(en=one.milestone.en, ja=one.milestone.ja) if one.milestone else None,
        )
        for one in given.instalments
    ]
    plan_instalments(
        order_line_id=OrderLineId(key),
        instalments=instalments,
        because=given.because,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("order-lines", key)


def _reach(caller: Caller, key: int, given: Reached) -> Made:
    reach_milestone(order_line_id=OrderLineId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("order-lines", key)


def _group(caller: Caller, key: int, given: Grouped) -> Made:
    company_id = caller.company(key).id
    keys = [GroupKey(one) for one in given.keys]
    choose_grouping(
        company_id=company_id, payer_id=given.payer_id, keys=keys, on=given.on, by=caller.actor, at=caller.now
    )
    return Made("companies", key)


def _shares(given: Shared) -> list[ShareOfPayer]:
    return [ShareOfPayer(one.payer_id, one.weight) for one in given.shares]


def _share_contract(caller: Caller, key: int, given: Shared) -> Made:
    share_contract(
        contract_id=ContractId(key),
        shares=_shares(given),
        on=given.on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("contracts", key)


def _share_account(caller: Caller, key: int, given: SharedByPayer) -> Made:
    share_account(
        company_id=caller.company(key).id,
        payer_id=given.payer_id,
        shares=_shares(given),
        on=given.on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("companies", key)


def _split(caller: Caller, key: int, given: Shared) -> Made:
    row = get_invoice(InvoiceId(key), caller.actor).row
    parts = split_invoice(
        company_id=row.company_id,
        invoice_id=row.id,
        shares=_shares(given),
        on=given.on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("invoices", parts[0])


def _round(caller: Caller, key: int, given: Rounded) -> Made:
    choose_tax_rounding(
        company_id=caller.company(key).id,
        customer_id=given.payer_id,
        rounding=given.rounding,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("companies", key)


def _bill_to(
    caller: Caller, given: BilledTo, company_id: CompanyId, payer_id: CustomerId, contract_id: ContractId | None = None
) -> None:
    choose_bill_to(
        company_id=company_id,
        payer_id=payer_id,
        contract_id=contract_id,
        department=Text(en=given.department_en, ja=given.department_ja),
        attention=given.attention,
        channel=Channel(given.channel) if given.channel else None,
        recipient=given.recipient,
        on=given.on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )


def _bill_contract_to(caller: Caller, key: int, given: BilledTo) -> Made:
    contract = get_contract(caller.actor, ContractId(key))
    _bill_to(caller, given, contract.company_id, payer_of(contract.id, caller.actor), contract.id)
    return Made("contracts", key)


def _bill_account_to(caller: Caller, key: int, given: BilledToByPayer) -> Made:
    _bill_to(caller, given, caller.company(key).id, given.payer_id)
    return Made("companies", key)


def _tag(caller: Caller, key: int, given: Tagged) -> Made:
    tag_contract(contract_id=ContractId(key), tag=given.tag, by=caller.actor, at=caller.now)
    return Made("contracts", key)


ACTS: tuple[Act, ...] = (
    Act(
        path="order-lines/{int:key}/instalments",
        verbs=("billing.plan-instalments",),
        title=Text(en="Bill a one-time line in instalments", ja="一時課金を分割して請求"),
        takes=Parts,
        do=_cut,
    ),
    Act(
        path="order-lines/{int:key}/milestone",
        verbs=("billing.reach-milestone",),
        title=Text(en="Note that a milestone was reached", ja="マイルストーンの達成を登録"),
        takes=Reached,
        do=_reach,
    ),
    Act(
        path="companies/{int:key}/grouping",
        verbs=("billing.choose-grouping",),
        title=Text(en="Choose what stands together on invoices", ja="請求書のまとめ方を設定"),
        takes=Grouped,
        do=_group,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/tax-rounding",
        verbs=("customers.choose-tax-rounding",),
        title=Text(en="Choose how tax is rounded for a payer", ja="請求先ごとの消費税の端数処理を設定"),
        takes=Rounded,
        do=_round,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/bill-to",
        verbs=("billing.choose-bill-to",),
        title=Text(en="Choose to whom what a payer pays is invoiced", ja="請求先ごとに請求書の宛先・送付方法を設定"),
        takes=BilledToByPayer,
        do=_bill_account_to,
        of="companies",
    ),
    Act(
        path="contracts/{int:key}/bill-to",
        verbs=("billing.choose-bill-to",),
        title=Text(en="Choose to whom a contract is invoiced", ja="契約ごとに請求書の宛先・送付方法を設定"),
        takes=BilledTo,
        do=_bill_contract_to,
        of="contracts",
    ),
    Act(
        path="companies/{int:key}/shares",
        verbs=("billing.share-account",),
        title=Text(en="Share what a payer pays between payers", ja="請求先の負担割合を設定"),
        takes=SharedByPayer,
        do=_share_account,
        of="companies",
    ),
    Act(
        path="contracts/{int:key}/shares",
        verbs=("billing.share-contract",),
        title=Text(en="Share the invoices of a contract between payers", ja="契約の請求先の負担割合を設定"),
        takes=Shared,
        do=_share_contract,
        of="contracts",
    ),
    Act(
        path="invoices/{int:key}/split",
        verbs=("billing.split-invoice", "receivables.close-by-note"),
        title=Text(en="Split an invoice between payers", ja="請求書を請求先別に分割"),
        takes=Shared,
        do=_split,
        of="invoices",
    ),
    Act(
        path="contracts/{int:key}/tag",
        verbs=("billing.tag-contract",),
        title=Text(en="Tag a contract for grouping", ja="請求用のタグを設定"),
        takes=Tagged,
        do=_tag,
        of="contracts",
    ),
)

"""Billing policies: what there is, what the company at hand chose, and the two acts that two people do."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.http import HttpResponse

from kanjo.domains.billing.facts import BillingPolicy
from kanjo.domains.billing.operations import choose_policy, define_policy
from kanjo.domains.billing.queries import list_choices, list_policies
from kanjo.foundation.ids import PolicyId
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.customers.registering import one_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, show
from kanjo.surfaces.web.doors import BOOKS, doing, door
from kanjo.surfaces.web.fields import Field, choice, day, whole, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.policies.columns import CHOICES, CHOSEN, MONTH_DAYS, POLICY, VERSIONS, policy_shown
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Billing policies", ja="請求ポリシー")
DEFINE = Text(en="Define a policy", ja="請求ポリシーを定義")
CHOOSE = Text(en="Choose a policy", ja="請求ポリシーを選択")
MOST = 1_000
BACK = Link(TITLE, "policies")


@door(BOOKS)
def policies(request: DeskRequest) -> HttpResponse:
    """Show every version of every policy, and which of them the company at hand chose."""
    desk = request.desk
    detail = Detail(
        kind=TITLE,
        title=desk.company.name if desk.actor.language == "ja" else desk.company.name_en,
        back=BACK,
        facts=(),
        note=Text(
            en="A quote takes the policy chosen for its customer on that day, else the one for all customers, else the"
            " standard one, and keeps it through contract and invoices.",
            ja="見積には、その日にその顧客に選ばれているポリシー、なければ全顧客向け、どちらもなければ標準のポリシーが"
            "適用され、契約・請求まで引き継がれます。",
        ),
        sections=(
            Section(
                Text(en="Chosen", ja="選択の履歴"),
                Table.of(CHOSEN, list_choices(desk.company_id, desk.actor, limit=MOST)),
                empty=Text(
                    en="Nothing was chosen: all are billed by the standard policy.",
                    ja="選択はありません。すべて標準のポリシーで請求します。",
                ),
            ),
            Section(Text(en="All versions", ja="すべての版"), Table.of(VERSIONS, list_policies(limit=MOST))),
        ),
        acts=(
            Act(CHOOSE, Link("", "choose-policy"), "billing.choose-policy", main=True),
            Act(DEFINE, Link("", "define-policy"), "billing.define-policy", main=True),
        ),
    )
    return show(request, detail)


@door(doing("billing.define-policy"))
def define(request: DeskRequest) -> HttpResponse:
    """Write the next version of a policy."""
    desk = request.desk

    def do(given: Given) -> Link:
        choices: dict[str, Any] = {name: kind(given[name]) for name, kind, _ in CHOICES}
        define_policy(
            code=given["code"],
            name=Text(en=given["name_en"], ja=given["name_ja"]),
            choices=BillingPolicy(**choices, month_days=given["month_days"]),
            by=desk.actor,
            at=desk.now,
        )
        return BACK

    says = Text(
        en="The same code again makes its next version. Whoever is billed by an earlier version keeps it. Another"
        " person chooses the policy for customers.",
        ja="同じコードでは次の版になります。以前の版で請求中の契約は変わりません。顧客への適用は、別の担当者が選択します。",
    )
    return perform(request, Deed(title=DEFINE, back=BACK, button=DEFINE, do=do, fields=_fields(), says=says))


def _fields() -> tuple[Field, ...]:
    standard = BillingPolicy()

    def of(name: str, kind: type[StrEnum], label: Text) -> Field:
        values: list[Any] = list(kind)
        options = tuple((one.value, one.shown) for one in values)
        return choice(name, label, options, initial=str(getattr(standard, name)))

    return (
        words(
            "code",
            labels.CODE,
            most=40,
            hint=Text(en="Small letters, digits and hyphens", ja="半角の小文字・数字・ハイフン"),
        ),
        words("name_ja", Text(en="Japanese name", ja="名称（日本語）"), most=120),
        words("name_en", Text(en="English name", ja="名称（英語）"), most=120),
        *(of(*one) for one in CHOICES),
        whole("month_days", MONTH_DAYS, initial=str(standard.month_days)),
    )


@door(doing("billing.choose-policy"))
def choose(request: DeskRequest) -> HttpResponse:
    """Bill the company's customers, or one of them, by a policy from a day on."""
    desk = request.desk
    company_id = desk.company_id

    def do(given: Given) -> Link:
        customer = one_customer(desk.actor, given["customer"], at="customer") if given["customer"] else None
        choose_policy(
            company_id=company_id,
            policy_id=PolicyId(int(given["policy"])),
            customer_id=customer.id if customer else None,
            effective_on=given["effective_on"],
            by=desk.actor,
            at=desk.now,
        )
        return BACK

    says = Text(
        en="What is quoted from that day on is billed by it. Contracts that stand keep their policy. Who defined the"
        " version does not choose it.",
        ja="指定日以降の見積に適用されます。締結済みの契約は変わりません。版を定義した担当者は選択できません。",
    )
    fields = (
        choice("policy", POLICY, tuple((str(row.id), policy_shown(row)) for row in list_policies(limit=MOST))),
        words(
            "customer",
            labels.CUSTOMER,
            needed=False,
            hint=Text(
                en="Name as registered, or corporate number; blank for all customers",
                ja="商号または法人番号。すべての顧客に適用する場合は空欄",
            ),
        ),
        day("effective_on", labels.STARTS_ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    return perform(request, Deed(title=CHOOSE, back=BACK, button=CHOOSE, do=do, fields=fields, says=says))

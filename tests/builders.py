"""What tests stand on, made through the real verbs: a company with open books, people, customers, products.

Every builder needs an open transaction or opens one; every argument has an everyday default.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from django.db import transaction

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, ProductTerms, Recognition, TaxClass
from kanjo.domains.catalog.operations import add_product, set_list_price
from kanjo.domains.catalog.queries import get_terms
from kanjo.domains.customers.operations import register_customer
from kanjo.domains.orders.facts import LineToBook
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    CompanyId,
    CustomerId,
    ProductId,
)
from kanjo.foundation.periods import Period, month_of
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.operations import admit_person
from kanjo.platform.identity.queries import get_actor, house
from kanjo.platform.ledger.models import Period as BooksPeriod
from kanjo.platform.ledger.operations import lock_period
from kanjo.processes.found_company import Charter, found_company

TODAY = date(2026, 4, 1)
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
"""The first morning of the fiscal year in which the tests' stories begin."""
BOOKS = Period(date(2025, 4, 1), date(2030, 4, 1))
A_YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
CLOUD = Text(en="Cloud, monthly", ja="クラウド利用料（月額）")

_numbers = count(1)


@transaction.atomic
def a_company(
    code: str = "kanjo-jp",
    *,
    currency: str = "JPY",
    name: str = "株式会社カンジョウ",
    name_en: str = "Kanjo K.K.",
    language: Language = Language.JAPANESE,
    books: Period = BOOKS,
) -> CompanyId:
    """Found a selling company, with its chart of accounts and a monthly accounting period for *books*."""
    charter = Charter(
        code=code,
        name=name,
        name_en=name_en,
        currency=currency,
        language=language,
        books=books,
        address="東京都千代田区丸の内1-1-1",
        registration_number="T1234567890123",
        bank_account="みずほ銀行 東京営業部 普通 1234567",
    )
    return found_company(charter=charter, by=house(), at=NOW)


@transaction.atomic
def lock_books(company_id: CompanyId, *, through: date, by: Actor) -> None:
    """Lock the month of *through* and those before it, in order, on the morning after."""
    until = month_of(through).until
    months = BooksPeriod.objects.filter(company_id=company_id, until__lte=until, state=BooksPeriod.State.OPEN)
    for period_id in months.order_by("start").values_list("pk", flat=True):
        lock_period(period_id=period_id, by=by, at=datetime(until.year, until.month, 1, 9, tzinfo=NOW.tzinfo))


@transaction.atomic
def an_actor(
    *roles: Role,
    companies: Sequence[CompanyId] = (),
    name: str = "佐藤 花子",
    language: Language = Language.JAPANESE,
) -> Actor:
    """Let a new person in who holds *roles* in *companies*, and return it as an actor."""
    person_id = admit_person(
        email=f"person-{next(_numbers)}@kanjo.example",
        name=name,
        roles=roles,
        companies=companies,
        language=language,
        by=house(),
        at=NOW,
    )
    return get_actor(person_id)


@transaction.atomic
def a_customer(
    name: str = "株式会社青葉商事",
    *,
    name_kana: str = "カブシキガイシャアオバショウジ",
    name_en: str = "",
    country: str = "JP",
    language: Language = Language.JAPANESE,
    payment_terms: str = "close:31:1:31:none",
    external_key: str = "",
) -> CustomerId:
    """Register a customer who pays at the end of the month after the closing day (月末締め翌月末払い)."""
    return register_customer(
        name=name,
        name_kana=name_kana,
        name_en=name_en,
        country=country,
        language=language,
        address="神奈川県横浜市西区みなとみらい2-3-1",
        payment_terms=payment_terms,
        external_key=external_key,
        by=house(),
        at=NOW,
    )


@transaction.atomic
def a_product(
    company_id: CompanyId,
    code: str = "CLOUD-M",
    *,
    name: Text = CLOUD,
    charge: ChargeKind = ChargeKind.RECURRING,
    timing: BillingTiming = BillingTiming.IN_ADVANCE,
    interval_months: int = 1,
    recognition: Recognition = Recognition.OVER_TIME,
    tax_class: TaxClass = TaxClass.STANDARD,
    license_metric: str = "user",
    list_minor: int = 1_000,
    currency: str = "JPY",
    interval_days: int = 0,
) -> ProductId:
    """Put a product on sale, by default 1,000 yen per user and month, with its list price from the first day on."""
    product_id = add_product(
        company_id=company_id,
        code=code,
        name=name,
        family="",
        charge=charge,
        timing=timing,
        interval_months=interval_months,
        interval_days=interval_days,
        recognition=recognition,
        tax_class=tax_class,
        license_metric=license_metric,
        by=house(),
        at=NOW,
    )
    set_list_price(
        product_id=product_id, currency=currency, amount_minor=list_minor, effective_on=BOOKS.start, by=house(), at=NOW
    )
    return product_id


def a_box(company_id: CompanyId, code: str = "BOX", *, list_minor: int = 50_000) -> ProductId:
    """Put something on sale that is delivered once, billed on acceptance (検収), and grants no license."""
    return a_product(
        company_id,
        code,
        name=Text(en="Appliance", ja="専用機器"),
        charge=ChargeKind.ONE_TIME,
        timing=BillingTiming.ON_ACCEPTANCE,
        interval_months=0,
        recognition=Recognition.AT_A_POINT,
        license_metric="",
        list_minor=list_minor,
    )


def terms_of(product_id: ProductId) -> ProductTerms:
    """Return the product as it is sold today."""
    return get_terms(product_id)


def a_line(
    product_id: ProductId, *, quantity: int = 10, unit_minor: int = 1_000, service: Period = A_YEAR
) -> LineToBook:
    """Return an agreed line without discount; a recurring one runs for *service*, whole intervals of it."""
    terms, net = get_terms(product_id), unit_minor * quantity
    if terms.charge is ChargeKind.ONE_TIME:
        return LineToBook(terms, quantity, unit_minor, net, net, None)
    intervals, _ = terms.interval.counted_in(service)
    return LineToBook(terms, quantity, unit_minor, net, net * intervals, service)

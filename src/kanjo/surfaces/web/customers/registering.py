"""Customers: registered, amended, placed under their parent, with their departments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpResponse

from kanjo.domains.customers.facts import CustomerRow, NewCustomer
from kanjo.domains.customers.operations import add_department, amend_customer, place_under, register_customer
from kanjo.domains.customers.queries import country_code, country_shown, details_of, get_customer, list_customers
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.personal import Kind
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.readers import showed
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.customers import pages
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Section, difference
from kanjo.surfaces.web.differences import changes_of
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, Options, choice, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.terms_of_payment import TERMS

MOST = 50
WOULD_CHANGE = Text(en="What would change", ja="変更される内容")


class NotOneCustomer(Refusal):
    """A name or number that is not that of exactly one customer."""

    rule = "customers.not-one"
    says = Text(en="“{text}” is not one customer.", ja="「{text}」に該当する顧客を1社に特定できません。")
    remedy = Text(
        en="Write the whole name as registered, or the corporate number.",
        ja="登録された商号を正確に入力するか、法人番号を入力してください。",
    )


@door(doing("customers.register"))
def register(request: DeskRequest) -> HttpResponse:
    """Register a customer."""
    desk = request.desk

    def do(given: Given) -> Link:
        key = register_customer(**_details(given), by=desk.actor, at=desk.now)
        return Link("", "customer", key)

    back = Link(pages.TITLE, "customers")
    deed = Deed(title=pages.REGISTER, back=back, button=pages.REGISTER, do=do, fields=_fields())
    return perform(request, deed)


@door(doing("customers.amend"))
def amend(request: DeskRequest, key: int) -> HttpResponse:
    """Write the details of a customer anew."""
    desk = request.desk
    before = details_of(the_customer(desk, key).id)
    showed(Kind.ADDRESS, ("customers_customer", key))

    def do(given: Given) -> Link:
        amended = replace(before, **_details(given))
        amend_customer(customer_id=CustomerId(key), given=amended, because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "customer", key)

    def look(given: Given) -> Sequence[Section]:
        return [difference(WOULD_CHANGE, changes_of(_shown(before), _shown(replace(before, **_details(given)))))]

    says = Text(
        en="Later documents carry the new details; what was issued keeps the old ones.",
        ja="今後の書類に反映されます。発行済みの書類は変わりません。",
    )
    deed = Deed(
        of=(pages.CUSTOMER_TABLE, key),
        title=pages.AMEND,
        back=Link(before.name, "customer", key),
        button=pages.AMEND,
        do=do,
        fields=(*_fields(before), prose("because", labels.REASON)),
        says=says,
        look=look,
    )
    return perform(request, deed)


@door(doing("customers.place-under"))
def place(request: DeskRequest, key: int) -> HttpResponse:
    """Say which customer a customer belongs to, or that it belongs to none."""
    desk = request.desk
    row = the_customer(desk, key)

    def do(given: Given) -> Link:
        parent = one_customer(desk.actor, given["parent"], at="parent") if given["parent"] else None
        place_under(customer_id=row.id, parent_id=parent.id if parent else None, by=desk.actor, at=desk.now)
        return Link("", "customer", key)

    hint = Text(en="Name as registered, or corporate number; blank for none", ja="商号または法人番号。ない場合は空欄")
    name = get_customer(row.parent_id).name if row.parent_id else ""
    fields = (replace(words("parent", pages.PARENT, needed=False, hint=hint), initial=name),)
    back = Link(row.name, "customer", key)
    deed = Deed(
        of=(pages.CUSTOMER_TABLE, key),
        title=pages.PLACE,
        back=back,
        button=pages.PLACE,
        do=do,
        fields=fields,
        beside=lambda at, _given: at or "parent",
    )
    return perform(request, deed)


@door(doing("customers.add-department"))
def department(request: DeskRequest, key: int) -> HttpResponse:
    """Add a department that orders for itself."""
    desk = request.desk
    row = the_customer(desk, key)

    def do(given: Given) -> Link:
        add_department(customer_id=row.id, name=given["name"], by=desk.actor, at=desk.now)
        return Link("", "customer", key)

    deed = Deed(
        title=pages.ADD_DEPARTMENT,
        back=Link(row.name, "customer", key),
        button=pages.ADD_DEPARTMENT,
        do=do,
        fields=(words("name", labels.NAME),),
    )
    return perform(request, deed)


def one_customer(actor: Actor, text: str, *, at: str) -> CustomerRow:
    """Return the customer of this name or corporate number; refuses `NotOneCustomer`."""
    found = [row for row in list_customers(actor, search=text, limit=MOST) if text in {row.name, row.corporate_number}]
    if len(found) != 1:
        raise NotOneCustomer(at=at, text=quoted(text))
    return found[0]


def _fields(before: NewCustomer | None = None) -> list[Field]:
    """Return the fields of the details, filled with those *before*."""
    fields = [
        words("name", Text(en="Name as registered", ja="商号（登記上の名称）")),
        words("name_kana", pages.READING, needed=False),
        words("name_en", pages.ENGLISH_NAME, needed=False),
        Field(
            "country",
            pages.COUNTRY,
            lambda text, at: country_code(text, at=at),
            hint=Text(en="Code or name", ja="国コードまたは国名"),
            initial="JP",
        ),
        words("corporate_number", pages.CORPORATE_NUMBER, needed=False),
        prose("address", pages.ADDRESS, needed=False),
        words("sector", pages.SECTOR, needed=False, most=50),
        choice("payment_terms", labels.PAYMENT_TERMS, _terms(before), initial=TERMS[0][0]),
        choice("language", pages.LANGUAGE, pages.LANGUAGES, initial=Language.JAPANESE),
    ]
    return [replace(one, initial=str(getattr(before, one.name))) for one in fields] if before else fields


def _shown(details: NewCustomer) -> list[tuple[object, object]]:
    """Return the details as they are read on the page."""
    shown = {
        "country": country_shown(details.country),
        "payment_terms": payment_terms(details.payment_terms).shown,
        "language": dict(pages.LANGUAGES)[details.language],
    }
    return [(field.label, shown.get(field.name, getattr(details, field.name))) for field in _fields()]


def _terms(before: NewCustomer | None) -> Options:
    """Return the usual payment terms, and those of the customer where they are none of them."""
    own = before.payment_terms if before else TERMS[0][0]
    return TERMS if own in dict(TERMS) else (*TERMS, (own, payment_terms(own).shown))


def _details(given: Given) -> Given:
    """Return the details as they were given."""
    names = [field.name for field in _fields()]
    return {**{name: given[name] or "" for name in names}, "language": Language(given["language"])}

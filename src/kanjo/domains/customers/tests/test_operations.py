from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from kanjo.domains.customers.facts import NewCustomer
from kanjo.domains.customers.models import Customer, Department
from kanjo.domains.customers.operations import (
    add_department,
    amend_customer,
    place_under,
    register_customer,
    take_in_customers,
)
from kanjo.domains.customers.queries import (
    count_customers,
    get_customer,
    list_candidates,
    list_customers,
    list_departments,
    list_doubts,
)
from kanjo.domains.customers.rules.countries import CountryUnknown
from kanjo.domains.customers.rules.registering import AlreadyKnown, ParentCircle, ParentUnknown
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.money import Money
from kanjo.platform.acts import NotYourRole
from kanjo.platform.audit.queries import list_history
from kanjo.platform.tables import NotFound
from tests.builders import NOW, an_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep() -> Actor:
    return an_actor(Role.SALES_REP)


class TestRegisterCustomer:
    def test_a_customer_is_registered_with_what_documents_need(self, rep: Actor) -> None:
        """A registered customer is read back as documents will copy it."""
        key = register_customer(
            name="株式会社アクメ",
            country="Japan",
            name_kana="カブシキガイシャアクメ",
            corporate_number="7000012050002",
            address="東京都千代田区霞が関3-1-1",
            payment_terms="close:31:1:31:preceding",
            by=rep,
            at=NOW,
        )
        row = get_customer(key)
        assert (row.name, row.country, row.language, row.honorific) == ("株式会社アクメ", "JP", "ja", "onchu")
        assert (row.corporate_number, row.payment_terms) == ("7000012050002", "close:31:1:31:preceding")

    def test_the_same_customer_again_is_the_same(self, rep: Actor) -> None:
        """Registering one external key twice makes one customer."""
        first = register_customer(name="Acme", country="US", external_key="m:Acme", by=rep, at=NOW)
        again = register_customer(name=" Acme ", country="US", external_key="m:Acme", by=rep, at=NOW)
        assert first == again
        assert Customer.objects.count() == 1

    def test_another_name_under_a_known_number_is_refused(self, rep: Actor) -> None:
        """One corporate number is one customer."""
        register_customer(name="アクメ", country="JP", corporate_number="7000012050002", by=rep, at=NOW)
        with pytest.raises(AlreadyKnown):
            register_customer(name="別会社", country="JP", corporate_number="7000012050002", by=rep, at=NOW)
        assert Customer.objects.count() == 1

    def test_an_unknown_country_stores_nothing(self, rep: Actor) -> None:
        """A refused registration leaves nothing behind."""
        with pytest.raises(CountryUnknown):
            register_customer(name="Acme", country="Atlantis", by=rep, at=NOW)
        assert not Customer.objects.exists()

    def test_a_license_auditor_registers_nobody(self) -> None:
        """Registering belongs to sales."""
        with pytest.raises(NotYourRole):
            register_customer(name="Acme", country="US", by=an_actor(Role.LICENSE_MANAGEMENT), at=NOW)
        assert not Customer.objects.exists()


class TestCandidates:
    def test_other_ways_to_write_a_name_are_shown_as_candidates(self, rep: Actor) -> None:
        """（株）ｱｸﾒ may be 株式会社アクメ; the clerk is asked, not refused."""
        known = register_customer(name="株式会社アクメ", country="JP", by=rep, at=NOW)
        assert [row.id for row in list_candidates("(株)ｱｸﾒ")] == [known]
        assert list_candidates("アクメ商事") == []
        assert list_candidates("アクメ㈱", apart_from=known) == []
        assert [text.ja for text in list_doubts("アクメ㈱")] == ["株式会社アクメ と同じ会社の可能性があります。"]


class TestTakeIn:
    def test_parents_may_stand_anywhere_in_the_list(self, rep: Actor) -> None:
        """A daughter listed before its mother is placed under it."""
        daughter = NewCustomer(name="Bluth", country="US", external_key="Bluth", parent_key="Sonron")
        mother = NewCustomer(
            name="Sonron", country="US", external_key="Sonron", annual_revenue=Money(169_927_000_00, "USD")
        )
        taken = take_in_customers(customers=[daughter, mother], by=rep, at=NOW)
        assert taken.new == 2
        assert get_customer(CustomerId(taken.ids["Bluth"])).parent_id == taken.ids["Sonron"]
        assert Customer.objects.get(name="Sonron").annual_revenue_minor == 169_927_000_00

    def test_who_is_known_stays_as_it_is(self, rep: Actor) -> None:
        """Taking in again changes no customer, even when the other system writes it differently now."""
        given = NewCustomer(name="Acme", country="US", external_key="Acme")
        first = take_in_customers(customers=[given], by=rep, at=NOW)
        again = take_in_customers(customers=[replace(given, name="ACME!")], by=rep, at=NOW)
        assert (again.new, again.ids) == (0, first.ids)
        assert Customer.objects.get().name == "Acme"

    def test_a_circle_or_an_unknown_parent_takes_nobody(self, rep: Actor) -> None:
        """One wrong parent refuses the whole list."""
        fine = NewCustomer(name="Fine", country="US", external_key="Fine")
        left = NewCustomer(name="L", country="US", external_key="L", parent_key="R")
        right = NewCustomer(name="R", country="US", external_key="R", parent_key="L")
        with pytest.raises(ParentCircle):
            take_in_customers(customers=[fine, left, right], by=rep, at=NOW)
        with pytest.raises(ParentUnknown), transaction.atomic():
            take_in_customers(customers=[fine, left], by=rep, at=NOW)
        assert not Customer.objects.exists()


class TestAmend:
    def test_a_change_leaves_its_reason_in_the_trail(self, rep: Actor) -> None:
        """Who moved the customer, and why, can be read afterwards."""
        key = register_customer(name="Acme", country="US", external_key="k", by=rep, at=NOW)
        amend_customer(
            customer_id=key,
            given=NewCustomer(name="Acme", country="US", address="1 Main St"),
            because="moved",
            by=rep,
            at=NOW,
        )
        last = list_history([("customers_customer", key)])[0]
        assert (last.verb, last.because, last.actor) == ("customers.amend", "moved", rep.name)
        assert last.after == {"address": "1 Main St"}
        assert get_customer(key).external_key == "k"

    def test_the_number_of_another_customer_is_refused(self, rep: Actor) -> None:
        """Nobody can take over another's corporate number."""
        register_customer(name="アクメ", country="JP", corporate_number="7000012050002", by=rep, at=NOW)
        other = register_customer(name="ベータ", country="JP", by=rep, at=NOW)
        given = NewCustomer(name="ベータ", country="JP", corporate_number="7000012050002")
        with pytest.raises(AlreadyKnown):
            amend_customer(customer_id=other, given=given, because="typo", by=rep, at=NOW)
        assert get_customer(other).corporate_number == ""


class TestEntity:
    def test_a_group_never_closes_on_itself(self, rep: Actor) -> None:
        """A mother cannot be placed under its daughter."""
        mother = register_customer(name="Mother", country="US", by=rep, at=NOW)
        daughter = register_customer(name="Daughter", country="US", by=rep, at=NOW)
        place_under(customer_id=daughter, parent_id=mother, by=rep, at=NOW)
        with pytest.raises(ParentCircle):
            place_under(customer_id=mother, parent_id=daughter, by=rep, at=NOW)
        assert (get_customer(daughter).parent_id, get_customer(mother).parent_id) == (mother, None)

    def test_departments_order_for_one_entity(self, rep: Actor) -> None:
        """Three departments of one legal entity are three ordering points; one added twice is one."""
        key = register_customer(name="アクメ", country="JP", by=rep, at=NOW)
        for name in ("営業部", "総務部", "開発部", " 開発部 "):
            add_department(customer_id=key, name=name, by=rep, at=NOW)
        assert [name for _, name in list_departments(key)] == ["営業部", "総務部", "開発部"]
        assert Department.objects.count() == 3

    def test_a_customer_is_never_removed(self, rep: Actor) -> None:
        """Who once was a customer stays on record."""
        key = register_customer(name="Acme", country="US", by=rep, at=NOW)
        with pytest.raises(DatabaseError, match="are kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM customers_customer WHERE id = %s", [key])


class TestReads:
    def test_search_finds_by_name_reading_and_number(self, rep: Actor) -> None:
        """A clerk finds a customer by any way to write it."""
        key = register_customer(
            name="株式会社アクメ", name_kana="アクメ", name_en="Acme", country="JP", corporate_number="7000012050002",
            by=rep, at=NOW,
        )  # fmt: skip
        register_customer(name="Betatech", country="KE", by=rep, at=NOW)
        for words in ("アクメ", "(株)ｱｸﾒ", "acme", "7000012050002"):
            assert [row.id for row in list_customers(rep, search=words)] == [key]
            assert count_customers(rep, search=words) == 1
        assert count_customers(rep) == 2

    def test_who_is_not_there_is_refused(self, rep: Actor) -> None:
        """An unknown id is told as such."""
        with pytest.raises(NotFound):
            get_customer(CustomerId(999_999_999))

    @pytest.mark.parametrize("count", [10, 1_000])
    def test_a_list_costs_two_queries_whatever_its_length(
        self, rep: Actor, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Ten customers or a thousand: two queries."""
        new = [NewCustomer(name=f"Customer {n:04}", country="JP", external_key=f"k{n}") for n in range(count)]
        take_in_customers(customers=new, by=rep, at=NOW)
        with django_assert_num_queries(2):
            assert len(list_customers(rep, limit=count)) == count

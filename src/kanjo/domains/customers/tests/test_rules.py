from __future__ import annotations

import pytest

from kanjo.domains.customers.facts import NewCustomer
from kanjo.domains.customers.rules.countries import CountryUnknown, country, country_names
from kanjo.domains.customers.rules.registering import (
    NameMissing,
    ParentCircle,
    TooLong,
    checked,
    doubts_about_number,
    refuse_circle,
)
from kanjo.foundation.corporate_numbers import NotACorporateNumber
from kanjo.foundation.terms import payment_terms


class TestCountry:
    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("JP", "JP"),
            ("jp", "JP"),
            ("Japan", "JP"),
            ("日本", "JP"),
            ("ＪＰ", "JP"),
            ("United States", "US"),
            ("USA", "US"),
            ("アメリカ合衆国", "US"),
            ("Korea", "KR"),
            (" Philippines ", "PH"),
        ],
    )
    def test_is_known_by_its_code_and_its_names(self, written: str, code: str) -> None:
        """A country is written by code or name, English or Japanese, in either width."""
        assert country(written) == code

    @pytest.mark.parametrize("written", ["", "Philipines", "XX", "日本国内"])
    def test_what_nobody_knows_is_refused(self, written: str) -> None:
        """A misspelt country is asked about, never guessed."""
        with pytest.raises(CountryUnknown) as refused:
            country(written, at="accounts.csv:5")
        assert refused.value.said_in("en").startswith("accounts.csv:5: ")

    def test_every_country_has_both_names(self) -> None:
        """Each of the 249 countries, and the code for an unknown one, is named in both languages."""
        names = country_names()
        assert len(names) == 250
        assert all(name.en and name.ja for name in names.values())


class TestChecked:
    def test_blanks_go_and_codes_take_their_one_form(self) -> None:
        """What was typed with blanks and full width is stored once, in one form."""
        given = NewCustomer(name="  株式会社アクメ ", country="日本", corporate_number="１２３４５６７８９０１２３")
        sound = checked(given)
        assert (sound.name, sound.country, sound.corporate_number) == ("株式会社アクメ", "JP", "1234567890123")
        assert sound.payment_terms == payment_terms("net:30:none").code

    def test_a_blank_name_is_refused(self) -> None:
        """No customer without a name."""
        with pytest.raises(NameMissing):
            checked(NewCustomer(name="　 ", country="JP"))

    def test_a_name_of_two_hundred_and_one_characters_is_refused(self) -> None:
        """A name must fit the documents it stands on."""
        assert checked(NewCustomer(name="あ" * 200, country="JP")).name == "あ" * 200
        with pytest.raises(TooLong):
            checked(NewCustomer(name="あ" * 201, country="JP"))

    def test_a_corporate_number_of_twelve_digits_is_refused(self) -> None:
        """A corporate number has thirteen digits."""
        with pytest.raises(NotACorporateNumber):
            checked(NewCustomer(name="アクメ", country="JP", corporate_number="123456789012"))


class TestDoubts:
    def test_a_false_check_digit_is_a_question_not_a_refusal(self) -> None:
        """The tax agency's own number holds; with another first digit it is doubted."""
        assert doubts_about_number("7000012050002") == ()
        assert [text.en for text in doubts_about_number("8000012050002")] == [
            "The check digit of 8000012050002 does not hold; compare it with the public register."
        ]


class TestParents:
    def test_a_chain_is_lawful(self) -> None:
        """A daughter of a daughter is no circle."""
        refuse_circle({"c": "b", "b": "a"}, start="c")

    def test_a_company_never_belongs_to_itself(self) -> None:
        """Directly or over others, nobody is their own parent."""
        for parents in ({"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "a"}):
            with pytest.raises(ParentCircle):
                refuse_circle(parents, start="a")

    def test_a_circle_above_is_not_ones_own(self) -> None:
        """Looking up from below a circle ends, and refuses only who is in it."""
        refuse_circle({"a": "b", "b": "c", "c": "b"}, start="a")

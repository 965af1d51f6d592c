"""Corporate and registration numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.corporate_numbers import (
    NotACorporateNumber,
    NotARegistrationNumber,
    check_digit,
    corporate_number,
    has_true_check_digit,
    registration_number,
)

_BASES = st.from_regex(r"[0-9]{12}", fullmatch=True)


class TestCorporateNumber:
    @pytest.mark.parametrize(
        "number",
        [
            "8700110005901",
            "7000012050002",
            "8000012010038",
            "1180301018771",
            "5010401067252",
            "7010001065142",
            "5835678256246",
        ],
    )
    def test_public_numbers_hold(self, number: str) -> None:
        """The check digits of published numbers hold."""
        assert has_true_check_digit(number)
        assert has_true_check_digit(f"T{number}")

    @pytest.mark.parametrize("number", ["1234567890123", "3210987654321"])
    def test_numbers_of_sample_documents_do_not_hold(self, number: str) -> None:
        """Made-up numbers have the shape but not the digit: a reason to ask, not to refuse."""
        assert corporate_number(number) == number
        assert not has_true_check_digit(number)

    def test_the_digit_of_the_worked_example(self) -> None:
        """The base 700110005901 weighs 37, which leaves 8."""
        assert check_digit("700110005901") == 8

    @pytest.mark.parametrize("base", ["", "70011000590", "7001100059010", "70011000590x"])
    def test_a_base_has_twelve_digits(self, base: str) -> None:
        """There is no check digit of eleven digits or of letters."""
        with pytest.raises(NotACorporateNumber):
            check_digit(base)

    @given(_BASES, st.integers(0, 11), st.integers(1, 9))
    def test_one_wrong_digit_is_noticed(self, base: str, place: int, change: int) -> None:
        """One mistyped digit changes the check digit, unless it takes a 0 for a 9."""
        digit = int(base[place])
        typed = base[:place] + str((digit + change) % 10) + base[place + 1 :]
        assert 1 <= check_digit(base) <= 9
        assert (check_digit(typed) == check_digit(base)) == ({digit, int(typed[place])} == {0, 9})

    @pytest.mark.parametrize(
        "text", ["8700110005901", "８７００１１０００５９０１", "8-7001-1000-5901", " 8 7001 1000 5901 "]
    )
    def test_it_reads_what_people_write(self, text: str) -> None:
        """Full width, hyphens and spaces are taken off."""
        assert corporate_number(text) == "8700110005901"

    @pytest.mark.parametrize(
        "text", ["", "0123456789012", "870011000590", "87001100059011", "87001100059O1", "٨700110005901"]
    )
    def test_a_wrong_shape_is_refused(self, text: str) -> None:
        """Twelve digits, fourteen, or a leading zero are no corporate number."""
        with pytest.raises(NotACorporateNumber, match=r"^accounts\.csv:4: "):
            corporate_number(text, at="accounts.csv:4")


class TestRegistrationNumber:
    @pytest.mark.parametrize(
        "text",
        ["T8700110005901", "t8700110005901", "Ｔ８７００１１０００５９０１", "T8-7001-1000-5901", "T 8700110005901"],
    )
    def test_it_is_kept_in_one_form(self, text: str) -> None:
        """However it is written, T and 13 half-width digits are kept."""
        assert registration_number(text) == "T8700110005901"

    def test_a_person_has_a_number_of_another_kind(self) -> None:
        """A sole proprietor's number may start with 0 and bear no check digit."""
        assert registration_number("T0123456789012") == "T0123456789012"

    @pytest.mark.parametrize("text", ["", "8700110005901", "T870011000590", "TT8700110005901", "T870011000590X"])
    def test_a_wrong_shape_is_refused(self, text: str) -> None:
        """Without T or without 13 digits it is no registration number."""
        with pytest.raises(NotARegistrationNumber, match="Give T and 13 digits"):
            registration_number(text)

"""Rounding by name."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.money import DivisionByZero, Rounding, divide

_DECIMAL_NAMES = {
    Rounding.FLOOR: ROUND_DOWN,
    Rounding.CEILING: ROUND_UP,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
}
_AMOUNTS = st.integers(-(10**15), 10**15)


class TestDivide:
    @pytest.mark.parametrize(
        ("numerator", "denominator", "rounded"),
        [
            (315 * 10, 100, (31, 32, 32, 32)),  # 31.5: three lines of 105 yen at 10 %
            (5, 2, (2, 3, 3, 2)),
            (7, 2, (3, 4, 4, 4)),
            (-5, 2, (-2, -3, -3, -2)),
            (5, -2, (-2, -3, -3, -2)),
            (-7, -2, (3, 4, 4, 4)),
            (1, 3, (0, 1, 0, 0)),
            (2, 3, (0, 1, 1, 1)),
            (6, 3, (2, 2, 2, 2)),
            (0, -3, (0, 0, 0, 0)),
        ],
    )
    def test_each_name_rounds_its_own_way(self, numerator: int, denominator: int, rounded: tuple[int, ...]) -> None:
        """Down goes toward zero, up away from it, a half away from zero or to the even neighbour."""
        roundings = (Rounding.FLOOR, Rounding.CEILING, Rounding.HALF_UP, Rounding.HALF_EVEN)
        assert tuple(divide(numerator, denominator, rounding) for rounding in roundings) == rounded

    @given(_AMOUNTS, st.integers(0, 15), st.sampled_from(Rounding))
    def test_it_is_what_exact_decimals_say(self, numerator: int, places: int, rounding: Rounding) -> None:
        """Divided by a power of ten, the result is the decimal one."""
        exact = Decimal(numerator).scaleb(-places, Context(prec=60))
        assert divide(numerator, 10**places, rounding) == int(exact.to_integral_value(_DECIMAL_NAMES[rounding]))

    @given(_AMOUNTS, _AMOUNTS.filter(bool), st.sampled_from(Rounding))
    def test_a_reversal_rounds_to_the_same_size(self, numerator: int, denominator: int, rounding: Rounding) -> None:
        """What is taken back is rounded as what was given."""
        assert divide(-numerator, denominator, rounding) == -divide(numerator, denominator, rounding)

    @given(_AMOUNTS, _AMOUNTS.filter(bool))
    def test_every_rounding_is_a_neighbour(self, numerator: int, denominator: int) -> None:
        """No rounding leaves the two whole numbers around the exact quotient."""
        below, rest = divmod(numerator, denominator)
        for rounding in Rounding:
            assert divide(numerator, denominator, rounding) in {below, below + (rest != 0)}

    def test_zero_divides_nothing(self) -> None:
        """Dividing by zero is refused with the amount named."""
        with pytest.raises(DivisionByZero, match=r"^500 cannot be divided by zero"):
            divide(500, 0, Rounding.FLOOR)


def test_round_down_is_not_the_floor_of_mathematics() -> None:
    """切捨て of −31.5 is −31: the size of a credit equals the size of its charge."""
    assert divide(-315, 10, Rounding.FLOOR) == -31
    assert int(Decimal("-31.5").to_integral_value(ROUND_FLOOR)) == -32
    assert divide(-315, 10, Rounding.CEILING) == -32
    assert int(Decimal("-31.5").to_integral_value(ROUND_CEILING)) == -31

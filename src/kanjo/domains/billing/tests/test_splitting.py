"""Shares of payers: columns equal a naive oracle, parts add up, nobody is given back more than was charged."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.billing.rules.splitting import CARRIERS, NAMED, PAYERS, SHARINGS, Sharing, amounts, parts, shared
from tests.foundation.tables import worked_rows

BEGIN = date(2026, 4, 1)
weights = st.lists(st.integers(1, 10_000), min_size=1, max_size=6)
minor = st.integers(-(10**12), 10**12)


def naive(amount: int, shares: list[int]) -> list[int]:
    """Return the parts one at a time: what is through each payer, less what was through the one before."""
    through = [abs(amount) * sum(shares[: at + 1]) // sum(shares) for at in range(len(shares))]
    size = [last - first for first, last in zip([0, *through], through, strict=False)]
    return [part if amount >= 0 else -part for part in size]


def cut(amount: int, shares: list[int]) -> list[int]:
    """Cut one amount by the columns."""
    rows = [(0, at, weight, amount) for at, weight in enumerate(shares)]
    frame = pl.DataFrame(rows, ["shared_row", "position", "weight", "net_minor"], orient="row")
    return parts(frame)["net_minor"].to_list()


class TestParts:
    @given(minor, weights)
    def test_columns_equal_one_at_a_time(self, amount: int, shares: list[int]) -> None:
        """The columns cut as the naive rule does, and the parts add up to the amount."""
        assert cut(amount, shares) == naive(amount, shares)
        assert sum(cut(amount, shares)) == amount

    @given(minor, weights)
    def test_a_part_is_within_a_unit_of_its_share(self, amount: int, shares: list[int]) -> None:
        """No part is a whole minor unit off, and the first is never rounded up."""
        for part, weight in zip(cut(amount, shares), shares, strict=True):
            assert abs(part * sum(shares) - amount * weight) < sum(shares)
        assert abs(cut(amount, shares)[0]) * sum(shares) <= abs(amount) * shares[0]

    @given(minor, weights, weights, st.data())
    def test_a_part_split_again_adds_up_to_it(
        self, amount: int, shares: list[int], again: list[int], data: st.DataObject
    ) -> None:
        """What a payer bore is borne by others to the yen, however it was cut before."""
        at = data.draw(st.integers(0, len(shares) - 1))
        first, of, new = sum(shares[:at]), sum(shares), sum(again)
        edges = [first * new + shares[at] * sum(again[:place]) for place in range(len(again) + 1)]
        rows = [(amount, edges[place], edges[place + 1], of * new) for place in range(len(again))]
        frame = pl.DataFrame(rows, ["net_minor", "share_from", "share_until", "share_of"], orient="row")
        assert amounts(frame)["net_minor"].sum() == naive(amount, shares)[at]


def charges(rows: list[tuple[int, int, int | None]]) -> pl.DataFrame:
    """Return due charges of contract 7 and account 8: a plan, an amount, the line that is given back."""
    return pl.DataFrame(
        [
            (plan, 7, 8, BEGIN, place, net, credited, 90, "P", "", "ja", f"line {plan}")
            for place, (plan, net, credited) in enumerate(rows)
        ],
        {
            **dict.fromkeys(("plan_id", "contract_id", "account_id"), pl.Int64),
            "service_start": pl.Date,
            **dict.fromkeys(("sequence", "net_minor", "credited_line_id", "payer_id"), pl.Int64),
            **dict.fromkeys(("payer_name", "payer_address", "language", "description"), pl.String),
        },
        orient="row",
    )


def agreed(*told: tuple[str, int, list[int]]) -> Sharing:
    """Return what was agreed: for which of contract_id and account_id, from which day counted, by which shares."""
    of = {"contract_id": (7, None), "account_id": (None, 8)}
    sharings = [(at, *of[key], BEGIN + timedelta(days=day)) for at, (key, day, _) in enumerate(told)]
    payers = [
        (at, place, weight, 100 + place, f"payer {place}", "", "ja")
        for at, (_, _, shares) in enumerate(told)
        for place, weight in enumerate(shares)
    ]
    return Sharing(
        pl.DataFrame(sharings, SHARINGS, orient="row"),
        pl.DataFrame(payers, PAYERS, orient="row"),
        named=pl.DataFrame([(1, "ja", "named")], NAMED, orient="row"),
    )


def carried(left: list[int]) -> Sharing:
    """Return what is left to each payer of the charge that line 500 stands for."""
    rows = [(500, 500 + at, net, "line", 100 + at, f"payer {at}", "", "ja") for at, net in enumerate(left)]
    return Sharing(carriers=pl.DataFrame(rows, CARRIERS, orient="row"))


class TestShared:
    @given(st.lists(minor.filter(bool), min_size=1, max_size=5), weights)
    def test_every_charge_is_the_sum_of_its_parts(self, nets: list[int], shares: list[int]) -> None:
        """Each line comes to the same over all payers; one part of each counts its days; all are numbered apart."""
        due = charges([(plan, net, None) for plan, net in enumerate(nets, start=1)])
        found = shared(due, agreed(("contract_id", 0, shares)), pl.lit(BEGIN))
        by_plan = found.group_by("plan_id", maintain_order=True).agg(pl.sum("net_minor"), (~pl.col("beside")).sum())
        assert by_plan.sort("plan_id").rows() == [(plan, net, 1) for plan, net in enumerate(nets, start=1)]
        assert found.select("plan_id", "sequence").is_unique().all()
        assert 0 not in found["net_minor"]

    def test_the_contract_goes_before_the_account_and_the_last_word_counts(self) -> None:
        """Without a word for the contract that of the account holds; a sharing without payers ends it."""
        due = charges([(1, 100, None)])
        told: tuple[tuple[str, int, list[int]], ...] = (
            ("account_id", 0, [1, 3]),
            ("contract_id", 5, [1, 1]),
            ("contract_id", 9, []),
        )
        on = {day: shared(due, agreed(*told), pl.lit(BEGIN + timedelta(days=day))) for day in (-1, 0, 5, 9)}
        assert [on[day]["net_minor"].to_list() for day in on] == [[100], [25, 75], [50, 50], [100]]
        assert [on[day]["payer_id"].to_list() for day in on] == [[90], [100, 101], [100, 101], [90]]
        assert on[5]["description"].to_list() == ["named", "named"]

    def test_nothing_agreed_changes_nothing(self) -> None:
        """Where nobody shares, the charges are the very same frame."""
        due = charges([(1, 100, None), (1, -50, 3)])
        assert shared(due, Sharing(), pl.lit(BEGIN)) is due

    @given(weights, st.integers(1, 10**9), st.data())
    def test_credits_close(self, shares: list[int], amount: int, data: st.DataObject) -> None:
        """Given back in any pieces, at once or one by one, no payer gets more than was charged, and in the end all."""
        left = naive(amount, shares)
        edges = sorted(data.draw(st.sets(st.integers(1, amount), max_size=5)) | {amount})
        pieces = [last - first for first, last in zip([0, *edges], edges, strict=False)]
        at_once = data.draw(st.integers(0, len(pieces)))
        for batch in [pieces[:at_once], *([piece] for piece in pieces[at_once:])]:
            found = shared(charges([(1, -piece, 500) for piece in batch]), carried(left), pl.lit(BEGIN))
            for line, net in found.select("credited_line_id", "net_minor").iter_rows():
                assert net < 0
                left[line - 500] += net
            assert min(left) >= 0
            assert not batch or set(found["head_line_id"]) == {500}
        assert left == [0] * len(shares)


class TestWorkedTable:
    @pytest.mark.parametrize("row", worked_rows("payer-shares.md"), ids=lambda row: row["what"])
    def test_comes_out_as_printed(self, row: dict[str, str]) -> None:
        """Each row of docs/algorithms/payer-shares.md."""
        shares = _numbers(row["shares"])
        found = shared(charges([(1, int(row["amount"]), None)]), agreed(("contract_id", 0, shares)), pl.lit(BEGIN))
        by_payer = dict(found.select("payer_id", "net_minor").iter_rows())
        left = [by_payer.get(100 + at, 0) for at in range(len(shares))]
        assert left == _numbers(row["parts"])
        given_back = []
        for amount in _numbers(row["given back"]):
            back = shared(charges([(1, -amount, 500)]), carried(left), pl.lit(BEGIN))
            taken = dict(back.select("credited_line_id", "net_minor").iter_rows())
            given_back.append([-taken.get(500 + at, 0) for at in range(len(shares))])
            left = [before - gone for before, gone in zip(left, given_back[-1], strict=True)]
        assert given_back == [_numbers(one) for one in row["parts of it"].split(";") if one.strip()]


def _numbers(said: str) -> list[int]:
    return [int(one) for one in said.split(",") if one.strip()]

"""Pieces of names are found however they are written, exactly where a plain comparison finds them."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjo.domains.customers.models import Customer
from kanjo.foundation.names import _folded, _joined, _words, matching_key
from kanjo.platform.search.queries import Holds, holds, is_amount, plain
from tests.builders import a_customer

LETTERS = "アァかがｶﾞゕヵー-‐・ 　（）ABcＢé１1,髙高式会社株東京都|%_\\'\"森ぱﾊﾟﾊ゙"
SAME_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(LETTERS, max_size=12)
NAMES = (
    "株式会社アオバ商事",
    "髙島屋システム（株）",
    "ザ・クラウド　ソフト合同会社",
    "Café Müller GmbH",
    "森",
    "東京都民銀行",
    "100%_果汁\\本舗",
    "ＡＢＣ-ネット",
)


def folded(text: str) -> str:
    """Fold as the foundation does: the twin."""
    return _joined(_words(_folded(text)))


@SAME_DATABASE
@given(WORDS)
def test_the_database_folds_as_the_foundation_does(db: None, text: str) -> None:
    """Width, case, accents, kana and old kanji are folded alike on both sides; only the bar between columns stays."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_folded(%s), search_folded(%s)", [text.replace("|", ""), "|"])
        assert cursor.fetchone() == (folded(text.replace("|", "")), "|")


@SAME_DATABASE
@given(WORDS, WORDS)
def test_pieces_and_comparison_agree(db: None, name: str, piece: str) -> None:
    """What a name holds, its pieces say too: the index hides no row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT strpos(search_folded(%s), search_folded(%s)) > 0,"
            " coalesce(search_grams(%s), '{}') @> search_keys(%s), search_folded(%s) <> ''",
            [name, piece, name, piece, piece],
        )
        held, pieces, anything = cursor.fetchone()
    assert pieces or not held or not anything


@pytest.mark.usefixtures("db")
class TestHolds:
    def test_every_piece_of_a_name_finds_it(self) -> None:
        """One, two, three characters and the whole: found are exactly the names that hold them once folded."""
        ids = {name: a_customer(name, name_kana="") for name in NAMES}
        pieces = {name[at : at + size] for name in NAMES for size in (1, 2, 3, 30) for at in range(len(name))}
        for piece in sorted(pieces):
            found = set(
                Customer.objects.filter(holds(piece, "name", "name_kana", "name_en", "matching_key")).values_list(
                    "pk", flat=True
                )
            )
            wanted = {ids[name] for name in NAMES if _naive(piece, name)}
            assert wanted <= found, piece
            assert found <= wanted | {ids[name] for name in NAMES if _naive(piece, matching_key(name))}, piece

    @pytest.mark.parametrize(
        "typed", ["ｱｵﾊﾞ", "あおば", "アオバ", "(株)アオバ", "あおば商事", "㈱アオバ商事", " アオ バ "]
    )
    def test_in_any_writing(self, typed: str) -> None:
        """Width, kana, spaces and the legal form do not matter."""
        key = a_customer("株式会社アオバ商事")
        assert list(Customer.objects.filter(holds(typed, "name")).values_list("pk", flat=True)) == [key]

    @pytest.mark.parametrize("typed", ["", " ", "・・・", "%", "_", "|", "\\"])
    def test_nothing_finds_nothing(self, typed: str) -> None:
        """What is no word is in no name, nor does it stand for any other sign."""
        a_customer("100%_果汁\\本舗|部")
        assert not Customer.objects.filter(holds(typed, "name")).exists()

    def test_no_match_runs_over_two_columns(self) -> None:
        """The end of the name and the beginning of the reading are no piece of either."""
        a_customer("若葉商会")
        assert not Customer.objects.filter(Holds("会カ", "name", "name_kana")).exists()

    def test_the_index_is_the_one_that_is_asked(self) -> None:
        """The condition is written as the index is, so that the database can use it."""
        a_customer("若葉商会")
        asked = Customer.objects.filter(Holds("若葉", "name", "name_kana", "name_en", "matching_key"))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "customers_customer_search" in asked.explain()


class TestAmount:
    @pytest.mark.parametrize("typed", ["4620000", "4,620,000", "¥4,620,000", "４，６２０，０００円", "4,620,000 円"])
    def test_read(self, typed: str) -> None:
        """An amount is read as people write it."""
        condition = is_amount(typed, "total_minor", "currency")
        assert "4620000" in str(condition)
        assert "462000000" in str(condition)

    @pytest.mark.parametrize("typed", ["", "四百万", "4,62", "1.2.3", "INV-1", "1e9", "9" * 16, "٤٦"])
    def test_no_amount(self, typed: str) -> None:
        """Anything else is none."""
        assert is_amount(typed, "total_minor", "currency") is None

    def test_cents_are_no_yen(self) -> None:
        """An amount with cents is looked for only where there are cents."""
        condition = str(is_amount("12.50", "total_minor", "currency"))
        assert "USD" in condition
        assert "JPY" not in condition


def test_what_is_looked_for_is_bounded() -> None:
    """A page of text is cut to what a field holds."""
    assert len(plain("あ" * 10_000)) == 100


def _naive(piece: str, name: str) -> bool:
    wanted = {folded(plain(piece)), folded(matching_key(plain(piece)))} - {""}
    return any(one in folded(name) for one in wanted)

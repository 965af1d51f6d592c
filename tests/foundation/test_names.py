"""One key for the ways to write a company's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.names import matching_key


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (
            "アクメ",
            [
                "株式会社アクメ",
                "アクメ株式会社",
                "(株)ｱｸﾒ",
                "アクメ（株）",
                "㈱アクメ",
                "株式会社　アクメ",
                "あくめ",
                "カブシキガイシャアクメ",
            ],
        ),
        (
            "acme",
            [
                "Acme Inc.",
                "ACME, Inc",
                "Acme Co., Ltd.",
                "Acme Co.,Ltd.",
                "ＡＣＭＥ　Ｋ．Ｋ．",
                "acme K.K.",
                "Acme Corporation",
                "Acme S.p.A.",
            ],
        ),
        ("acmejapan", ["Acme Japan G.K.", "Acme-Japan", "合同会社Acme Japan"]),
        ("キヤノン", ["キヤノン", "キャノン株式会社", "ｷﾔﾉﾝ"]),
        ("高島屋", ["髙島屋", "株式会社高島屋"]),
        ("ソニー", ["ソニー", "ソニ-", "ｿﾆｰ", "ソニー・"]),
        ("societegenerale", ["Société Générale S.A.", "SOCIETE GENERALE"]),
        ("loreal", ["L’Oréal", "L'Oreal SA"]),
        ("smithjones", ["Smith & Jones Ltd", "Smith-Jones, LLC"]),
        ("京都大学", ["国立大学法人京都大学"]),
        ("3m", ["3M Company", "３Ｍ"]),
    ],
)
@pytest.mark.row("X13")
def test_the_ways_to_write_one_name_meet(key: str, names: list[str]) -> None:
    """Width, case, accents, kana, legal forms and punctuation do not tell companies apart."""
    assert {matching_key(name) for name in names} == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Costco", "St"),
        ("株式会社アクメ", "株式会社アクメホールディングス"),
        ("スーパー", "スパ"),
        ("ハス", "バス"),
        ("Incorporated Media", "Media"),
        ("株主総会", "主総会"),
        ("有村", "村"),
    ],
)
@pytest.mark.row("X13")
def test_different_names_stay_apart(one: str, other: str) -> None:
    """A legal form inside a word, a voiced mark or a long vowel is part of the name."""
    assert matching_key(one) != matching_key(other)


@pytest.mark.parametrize("name", ["Limited", "株式会社", "Company Inc", "(株)"])
def test_a_name_of_nothing_but_a_legal_form_keeps_it(name: str) -> None:
    """No company is left without a key."""
    assert matching_key(name) != ""


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(name: str) -> None:
    """Any text has a key without spaces, and spaces around the name do not change it."""
    key = matching_key(name)
    assert not any(character.isspace() for character in key)
    assert matching_key(f"  {name}　") == key


@pytest.mark.parametrize("sign", ["㍿", "㈱", "\ufdfa", "字"])
def test_a_key_is_never_longer_than_its_column(sign: str) -> None:
    """A sign that unfolds into many letters does not make the key of a name longer than 400."""
    assert 0 < len(matching_key(sign * 200)) <= 400

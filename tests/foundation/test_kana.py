"""Names in bank files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.kana import (
    KanaTooLong,
    KanaUnwritable,
    Likeness,
    PayerKey,
    ZenginField,
    likeness,
    payer_key,
    zengin_kana,
)

_KATAKANA = st.text(st.sampled_from("アイウカガキギサザタダパピプマミヤユヨラリルン"), min_size=1, max_size=20)


class TestWriting:
    @pytest.mark.parametrize(
        ("reading", "written"),
        [
            ("株式会社ケイヨウギンコウ", "ｶ)ｹｲﾖｳｷﾞﾝｺｳ"),
            ("ケイヨウギンコウ株式会社", "ｹｲﾖｳｷﾞﾝｺｳ(ｶ"),
            ("ケイヨウギンコウ株式会社チバシテン", "ｹｲﾖｳｷﾞﾝｺｳ(ｶ)ﾁﾊﾞｼﾃﾝ"),
            ("かぶしきがいしゃ　あくめ", "ｶ)ｱｸﾒ"),
            ("（株）アクメ", "ｶ)ｱｸﾒ"),
            ("カ）アクメ", "ｶ)ｱｸﾒ"),
            ("合同会社ソニー", "ﾄﾞ)ｿﾆ-"),
            ("医療法人社団サクラ会".replace("会", "カイ"), "ｲ)ｻｸﾗｶｲ"),
            ("キャノン・ジャパン", "ｷﾔﾉﾝ.ｼﾞﾔﾊﾟﾝ"),
            ("ヲカモト", "ｵｶﾓﾄ"),
            ("ヴィヱン ＡＢＣ", "ｳﾞｲｴﾝ ABC"),
            ("abc 123", "ABC 123"),
        ],
    )
    def test_a_name_as_banks_take_it(self, reading: str, written: str) -> None:
        """Half-width and large kana, marks apart, the legal form short: in front, behind or in the middle."""
        assert zengin_kana(reading) == written
        assert written.encode("cp932")

    @pytest.mark.parametrize(
        ("reading", "field", "character"),
        [
            ("山田ショウテン", ZenginField.PARTY, "山"),
            ("アクメ,ジャパン", ZenginField.PARTY, ","),
            ("アクメ(チバ", ZenginField.BANK, r"\("),
            ("アクメABC", ZenginField.PAYROLL, "A"),
            ("株式会社アクメ有限会社", ZenginField.PARTY, "有"),
            ("アクメ😀", ZenginField.EDI, "😀"),
            ("ア\x00", ZenginField.PARTY, r"\?"),
        ],
    )
    def test_what_a_field_has_no_place_for_is_refused(self, reading: str, field: ZenginField, character: str) -> None:
        """A reading is never guessed from kanji; the refusal names the character."""
        with pytest.raises(KanaUnwritable, match=f"^customer 7: “{character}” of “"):
            zengin_kana(reading, field=field, at="customer 7")

    def test_remittance_text_takes_more_signs(self) -> None:
        """EDI text takes brackets, slash, the yen sign and ｦ."""
        assert zengin_kana("「ヲ」(¥1/2)", field=ZenginField.EDI) == "｢ｦ｣(\\1/2)"

    def test_length_counts_marks(self) -> None:
        """ガギグ is six characters of a bank file; five are too few."""
        assert zengin_kana("ガギグ", length=6) == "ｶﾞｷﾞｸﾞ"
        with pytest.raises(KanaTooLong, match="takes 6 characters of a bank file; the field has 5"):
            zengin_kana("ガギグ", length=5)

    @given(_KATAKANA)
    def test_writing_twice_changes_nothing(self, reading: str) -> None:
        """What is written is already as banks take it."""
        written = zengin_kana(reading)
        assert zengin_kana(written) == written


class TestMatching:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("ｶ)ｱｸﾒ", PayerKey("", "ｱｸﾒ")),
            ("ｱｸﾒ(ｶ", PayerKey("", "ｱｸﾒ")),
            ("ｱｸﾒ(ｶ)ﾁﾊﾞ", PayerKey("", "ｱｸﾒﾁﾊﾞ")),
            ("ｶﾌﾞｼｷｶﾞｲｼﾔ ｱｸﾒ", PayerKey("", "ｱｸﾒ")),
            ("株式会社アクメ", PayerKey("", "ｱｸﾒ")),
            ("㈱アクメ", PayerKey("", "ｱｸﾒ")),
            ("ﾄﾞ)ｱｸﾒ", PayerKey("", "ｱｸﾒ")),
            ("0000012345 ｶ)ｱｸﾒ", PayerKey("0000012345", "ｱｸﾒ")),
            ("0000012345ｱｸﾒ", PayerKey("0000012345", "ｱｸﾒ")),
            ("3Mジャパン", PayerKey("", "3Mｼﾞﾔﾊﾟﾝ")),
            ("ｶﾒﾔ", PayerKey("", "ｶﾒﾔ")),
            ("ｱｵｶ", PayerKey("", "ｱｵｶ")),
            ("ｱｸﾒ･ｼﾞﾔﾊﾟﾝ", PayerKey("", "ｱｸﾒｼﾞﾔﾊﾟﾝ")),
            ("ヲカモト", PayerKey("", "ｵｶﾓﾄ")),
            ("12345", PayerKey("", "12345")),
            ("", PayerKey("", "")),
        ],
    )
    def test_what_is_left_to_match_by(self, text: str, key: PayerKey) -> None:
        """The payer code is set apart, legal forms are dropped, a bare ｶ is part of the name."""
        assert payer_key(text) == key

    @given(_KATAKANA, st.sampled_from(["{}", "株式会社{}", "{}株式会社", "（有）{}", "合同会社 {}"]))
    def test_what_we_write_is_what_we_match(self, reading: str, form: str) -> None:
        """A name written into a bank file has the key of the name as stored."""
        name = form.format(reading)
        assert payer_key(zengin_kana(name)) == payer_key(name) == payer_key(reading)

    @pytest.mark.parametrize(
        ("one", "other", "how"),
        [
            ("ｶ)ｱｸﾒ", "アクメ株式会社", Likeness.STRONG),
            ("ｹｲﾖｳｼﾖｳｼﾞ", "ケイヨウショウジホールディングス", Likeness.MEDIUM),
            ("ｹｲﾖｳ", "ケイヨウショウジ", Likeness.NONE),
            ("ﾎｼﾄﾞｳ", "ホシトウ", Likeness.WEAK),
            ("ｹｲﾖｳｷﾞﾝｺｳ", "ケイヨウキンコウ", Likeness.WEAK),
            ("ﾔﾏﾀﾞｼﾖｳﾃﾝ", "ヤマダシヨテン", Likeness.WEAK),
            ("ﾔﾏﾀﾞﾀﾛｳ", "ヤマダジロウ", Likeness.NONE),
            ("ｱｲ", "アウ", Likeness.NONE),
            ("", "", Likeness.NONE),
        ],
    )
    def test_how_far_two_names_agree(self, one: str, other: str, how: Likeness) -> None:
        """The same is strong, a cut name is medium, one slip is weak, and short names are never guessed."""
        assert likeness(payer_key(one), payer_key(other)) is how
        assert likeness(payer_key(other), payer_key(one)) is how

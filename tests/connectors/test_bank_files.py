"""Bank files: what is written is read again, and a file that is not true to its own totals is refused whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as changed
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.reading import read_bank_file
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.connectors.bank.zengin import write_notice
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Language

RECEIVED_ON = date(2026, 12, 1)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def receipt(reference: str, yen: int, *, cancels: bool = False, day: date = date(2026, 11, 10)) -> BankLine:
    return BankLine(
        line=0,
        bank_reference=reference,
        booked_on=day,
        value_on=day,
        amount=Money(yen, "JPY"),
        payer_name="ｶ)ｱｸﾒ",
        text="INV-2026-0001",
        cancels=cancels,
    )


def statement(*lines: BankLine) -> BankStatement:
    return BankStatement(
        account="0001-123-1-1234567", holder="ｶ)ｶﾝｼﾞﾖｳ", currency="JPY", from_on=FIRST, to_on=LAST, lines=lines
    )


MONTH = statement(receipt("000001", 110_000), receipt("000002", 54_780), receipt("000003", 110_000, cancels=True))
BOTH_FORMS = pytest.mark.parametrize("written", [write_statement(MONTH), write_notice(MONTH)], ids=["plain", "zengin"])


def bare(read: BankStatement) -> BankStatement:
    """Return the statement without what only a file has: line numbers, name and digest."""
    lines = tuple(changed(line, line=0) for line in read.lines)
    return changed(read, lines=lines, name="", digest="")


def refusal_of(data: bytes, name: str = "bank.txt") -> Refusal:
    """Return the refusal of the whole file; it says both its sentences in full."""
    with pytest.raises(Refusal) as caught:
        read_bank_file(data, name, received_on=RECEIVED_ON)
    refusal = caught.value
    english, japanese = refusal.said_in(Language.ENGLISH), refusal.said_in(Language.JAPANESE)
    assert english.startswith(name)
    assert japanese.startswith(name)
    assert english != japanese
    assert "{" not in english + japanese
    return refusal


class TestBothForms:
    @BOTH_FORMS
    def test_what_is_written_is_read(self, written: bytes) -> None:
        """Receipts and cancellations come back as they were, with the lines they stand on."""
        read = read_bank_file(written, "bank.txt", received_on=RECEIVED_ON)
        assert bare(read) == MONTH
        assert [line.line - read.lines[0].line for line in read.lines] == [0, 1, 2]
        assert read.received == Money(164_780, "JPY")
        assert (read.received_count, read.cancelled_count) == (2, 1)

    @BOTH_FORMS
    def test_the_digest_knows_the_file(self, written: bytes) -> None:
        """The same bytes give the same digest, however the file is called."""
        one = read_bank_file(written, "a.txt", received_on=RECEIVED_ON)
        other = read_bank_file(written, "b.txt", received_on=RECEIVED_ON)
        assert one.digest == other.digest
        assert len(one.digest) == 64

    @BOTH_FORMS
    @pytest.mark.row("X14")
    def test_a_file_cut_anywhere_is_refused(self, written: bytes) -> None:
        """However many bytes are missing at the end, nothing is taken from the file."""
        for length in range(len(written.rstrip(b" \r\n"))):
            rule = refusal_of(written[:length]).rule
            assert rule == "bank.file-cut" or (length < 14 and rule in ("bank.file-empty", "bank.form-unknown"))

    @BOTH_FORMS
    def test_a_file_cut_in_the_middle_names_its_last_line(self, written: bytes) -> None:
        """Half a file is refused with the line after which it was cut."""
        refusal = refusal_of(written[: len(written) // 2])
        assert refusal.rule == "bank.file-cut"
        assert refusal.at in ("bank.txt:3", "bank.txt:4")
        assert "途切れています" in refusal.sentence.ja

    @BOTH_FORMS
    @pytest.mark.row("X14")
    def test_a_changed_amount_is_noticed(self, written: bytes) -> None:
        """One digit changed and the totals no longer agree."""
        refusal = refusal_of(written.replace(b"54780", b"54880"))
        assert refusal.rule == "bank.total"
        assert "164,880" in refusal.sentence.en
        assert "164,780" in refusal.sentence.ja

    @pytest.mark.parametrize("write", [write_statement, write_notice])
    def test_days_outside_the_span_are_refused(self, write: Callable[[BankStatement], bytes]) -> None:
        """A receipt of December has no place in the file of November."""
        refusal = refusal_of(write(statement(receipt("000001", 1, day=date(2026, 12, 1)))))
        assert (refusal.rule, refusal.at.rpartition(" ")[2]) == ("bank.day-outside", "booked_on")

    @pytest.mark.parametrize("write", [write_statement, write_notice])
    @pytest.mark.row("X14")
    def test_one_receipt_does_not_count_twice(self, write: Callable[[BankStatement], bytes]) -> None:
        """The same reference, day, amount and payer on two lines is one receipt told twice."""
        assert refusal_of(write(statement(receipt("000001", 1), receipt("000001", 1)))).rule == "bank.reference-twice"

    @pytest.mark.parametrize("data", [b"", b"\r\n", b"  "])
    def test_an_empty_file_is_refused(self, data: bytes) -> None:
        """A file without content is no statement without receipts."""
        assert refusal_of(data).rule == "bank.file-empty"

    @pytest.mark.parametrize("data", [b"date,amount\n2026-11-01,5\n", b"\x89PNG", b"103" + b" " * 197])
    def test_other_files_are_refused(self, data: bytes) -> None:
        """What is in neither form is not guessed at."""
        assert refusal_of(data).rule == "bank.form-unknown"


class TestPlain:
    @pytest.mark.parametrize(
        ("old", "new", "at", "rule"),
        [
            (b"2026-11-10,110000", b"2026-11-31,110000", "bank.txt:3 value_on", "bank.field"),
            (b"2026-11-10,110000", b"20261110,110000", "bank.txt:3 value_on", "bank.field"),
            (b",110000,", b",-110000,", "bank.txt:3 amount", "bank.field"),
            (b",110000,", b",110000.5,", "bank.txt:3 amount", "bank.field"),
            (b",54780,", b",0,", "bank.txt:4 amount", "bank.field"),
            (b"receipt,000002", b"payment,000002", "bank.txt:4", "bank.record"),
            (b"receipt,000002,", b"receipt,", "bank.txt:4", "bank.record"),
            (b"receipt,000002", b'receipt,"000002', "bank.txt:4", "bank.record"),
            (b"total,2,", b"total,3,", "bank.txt:6", "bank.total"),
            (b"kanjo-receipts,1", b"kanjo-receipts,2", "bank.txt:1 version", "bank.field"),
            (b",JPY,", b",YEN,", "bank.txt:2 currency", "money.currency-unknown"),
            (b"INV-2026-0001", b"INV\x00", "bank.txt:3 text", "bank.field"),
            (b"INV-2026-0001", "請求".encode("cp932"), "bank.txt:3", "bank.encoding"),
        ],
    )
    @pytest.mark.row("X14")
    def test_a_field_that_cannot_be_read_is_named(self, old: bytes, new: bytes, at: str, rule: str) -> None:
        """The refusal names line and field, and nothing of the file is taken."""
        refusal = refusal_of(write_statement(MONTH).replace(old, new, 1))
        assert (refusal.at, refusal.rule) == (at, rule)

    @given(
        st.lists(
            st.builds(
                BankLine,
                line=st.just(0),
                bank_reference=st.uuids().map(str),
                booked_on=st.just(FIRST),
                value_on=st.just(FIRST),
                amount=st.integers(1, 10**12).map(lambda minor: Money(minor, "USD")),
                payer_name=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60),
                text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60),
                cancels=st.booleans(),
            ),
            max_size=8,
        )
    )
    def test_any_statement_comes_back(self, lines: list[BankLine]) -> None:
        """Commas, quotes, blanks and any script survive; so do the totals in cents."""
        written = changed(statement(*lines), currency="USD")
        assert bare(read_bank_file(write_statement(written), "x", received_on=RECEIVED_ON)) == written


class TestZengin:
    @pytest.mark.parametrize("line_ends", [True, False])
    def test_records_have_two_hundred_bytes(self, line_ends: bool) -> None:
        """Five records, with CR+LF or without; an end-of-file mark may follow."""
        written = write_notice(MONTH, line_ends=line_ends)
        assert len(written) == 6 * (202 if line_ends else 200)
        assert bare(read_bank_file(written, "x", received_on=RECEIVED_ON)) == MONTH
        assert bare(read_bank_file(written + b"\x1a", "x", received_on=RECEIVED_ON)) == MONTH

    def test_fields_stand_where_the_bank_puts_them(self) -> None:
        """Positions of the layout, counted from 1: day 8-13 in the era, amount 20-29, payer 50-97, cancel flag 128."""
        data = write_notice(MONTH).split(b"\r\n")[3]
        assert data[:7] == b"2000003"
        assert data[7:13] == b"081110"
        assert data[19:29] == b"0000110000"
        assert data[49:97].decode("cp932").rstrip() == "ｶ)ｱｸﾒ"
        assert data[127:128] == b"1"
        assert data[128:148].rstrip() == b"INV-2026-0001"

    def test_era_years_follow_the_day_of_receipt(self) -> None:
        """08 is Reiwa 8 in 2026; a file received in 1996 would have meant Heisei 8."""
        heisei = read_bank_file(write_notice(MONTH), "x", received_on=date(1996, 12, 1))
        assert heisei.lines[0].booked_on == date(1996, 11, 10)

    def test_voiced_kana_take_two_bytes(self) -> None:
        """A name of full width is written in half-width kana, ガ as two characters, and the form abbreviated."""
        line = changed(receipt("000001", 1), payer_name="株式会社ガンダ")
        read = read_bank_file(write_notice(statement(line)), "x", received_on=RECEIVED_ON)
        assert read.lines[0].payer_name == "ｶ)ｶﾞﾝﾀﾞ"

    @pytest.mark.parametrize(
        ("record", "at_byte", "new", "at", "rule"),
        [
            (0, 3, b"1", "bank.txt:1 code_set", "bank.field"),
            (0, 10, b"089999", "bank.txt:1 from_on", "bank.field"),
            (1, 19, b"00000000A0", "bank.txt:2 amount", "bank.field"),
            (1, 0, b"7", "bank.txt:2", "bank.record"),
            (1, 49, b"\x81\x40", "bank.txt:2", "bank.record"),
            (1, 49, b"\x81\x07", "bank.txt:2", "bank.encoding"),
            (2, 0, b"1", "bank.txt:3", "bank.several-accounts"),
            (4, 1, b"000009", "bank.txt:5", "bank.total"),
            (4, 25, b"000000000000", "bank.txt:5", "bank.total"),
        ],
    )
    @pytest.mark.row("X14")
    def test_a_record_that_cannot_be_read_is_named(
        self, record: int, at_byte: int, new: bytes, at: str, rule: str
    ) -> None:
        """The refusal names record and field, and nothing of the file is taken."""
        start = record * 202 + at_byte
        written = write_notice(MONTH)
        refusal = refusal_of(written[:start] + new + written[start + len(new) :])
        assert (refusal.at, refusal.rule) == (at, rule)

    @pytest.mark.parametrize(
        "spoilt",
        [
            changed(MONTH, account="1234567"),
            changed(MONTH, currency="USD"),
            statement(changed(receipt("1", 1))),
            statement(receipt("000001", 10**10)),
            statement(changed(receipt("000001", 1), payer_name="山田太郎")),
            statement(changed(receipt("000001", 1), text="A" * 21)),
        ],
    )
    def test_what_the_form_cannot_hold_is_not_written(self, spoilt: BankStatement) -> None:
        """Foreign money, kanji, long texts and long amounts are refused rather than cut."""
        with pytest.raises(Refusal):
            write_notice(changed(spoilt, lines=() if spoilt.currency != "JPY" else spoilt.lines))

    @given(
        st.lists(
            st.builds(
                BankLine,
                line=st.just(0),
                bank_reference=st.from_regex(r"(?!000000)[0-9]{6}", fullmatch=True),
                booked_on=st.dates(FIRST, LAST),
                value_on=st.dates(FIRST, LAST + timedelta(days=20)),
                amount=st.integers(1, 10**10 - 1).map(lambda yen: Money(yen, "JPY")),
                payer_name=st.sampled_from(["ｶ)ｱｸﾒ", "ﾔﾏﾀﾞ ﾊﾅｺ", "ﾄｳｱ(ｶ", "3M", ""]),
                text=st.sampled_from(["INV-2026-0001", "", "A/B.(1)"]),
                payer_code=st.sampled_from(["", "0000000123"]),
                cancels=st.booleans(),
            ),
            max_size=8,
            unique_by=lambda line: line.bank_reference,
        )
    )
    def test_any_notice_comes_back(self, lines: list[BankLine]) -> None:
        """Days, amounts, names and cancellations survive the writing of records."""
        written = statement(*lines)
        assert bare(read_bank_file(write_notice(written), "x", received_on=RECEIVED_ON)) == written

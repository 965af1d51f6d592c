"""Days in the eras of Japan."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.eras import (
    DayBeforeEras,
    DayOutsideEra,
    DayUnreadable,
    NoSuchDay,
    day_of_era_digits,
    days_in_eras,
    in_era,
    parse_day,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


class TestInEra:
    @pytest.mark.parametrize(
        ("western", "japanese"),
        [
            ("2026-11-30", "令和8年11月30日"),
            ("2019-05-01", "令和元年5月1日"),
            ("2019-04-30", "平成31年4月30日"),
            ("1989-01-08", "平成元年1月8日"),
            ("1989-01-07", "昭和64年1月7日"),
            ("1926-12-25", "昭和元年12月25日"),
            ("1926-12-24", "大正15年12月24日"),
            ("1912-07-30", "大正元年7月30日"),
            ("1912-07-29", "明治45年7月29日"),
            ("1868-01-25", "明治元年1月25日"),
        ],
    )
    def test_an_era_begins_and_ends_on_its_day(self, western: str, japanese: str) -> None:
        """The first year is 元年, and the last day of an era is still in it."""
        assert in_era(day(western)) == japanese
        assert parse_day(japanese) == day(western)

    def test_before_meiji_there_is_no_era_here(self) -> None:
        """A day before 25 January 1868 is refused."""
        with pytest.raises(DayBeforeEras, match="1868-01-24 is before the first era"):
            in_era(day("1868-01-24"))

    @given(st.dates(date(1868, 1, 25)))
    def test_in_and_out_again(self, western: date) -> None:
        """Writing a day in its era and reading it again is identity."""
        written = in_era(western)
        if western.year < 2118:
            assert parse_day(written) == western

    def test_every_day_is_the_one_that_counting_gives(self) -> None:
        """Who counts day after day, a new year on 1 January and year one on an era's first day, gets the same."""
        begins = {
            "1868-01-25": "明治",
            "1912-07-30": "大正",
            "1926-12-25": "昭和",
            "1989-01-08": "平成",
            "2019-05-01": "令和",
        }
        era, year = "", 0
        for number in range(date(1868, 1, 25).toordinal(), date(2100, 1, 1).toordinal()):
            western = date.fromordinal(number)
            if western.isoformat() in begins:
                era, year = begins[western.isoformat()], 1
            elif (western.month, western.day) == (1, 1):
                year += 1
            counted = f"{era}{year}年{western.month}月{western.day}日".replace(f"{era}1年", f"{era}元年")
            assert in_era(western) == counted


class TestDaysInEras:
    @pytest.mark.parametrize(
        ("sentence", "rewritten"),
        [
            ("2026-11-28", "令和8年11月28日"),
            ("2019-04-30 から 2019-05-01（2日間）", "平成31年4月30日 から 令和元年5月1日（2日間）"),
            ("期限 2026-11-30（期限超過）", "期限 令和8年11月30日（期限超過）"),
            ("2026-11-28 14:05", "令和8年11月28日 14:05"),
        ],
    )
    def test_days_of_a_sentence(self, sentence: str, rewritten: str) -> None:
        """Every day in a sentence is written in its era, the rest stays."""
        assert days_in_eras(sentence) == rewritten

    @pytest.mark.parametrize(
        "sentence",
        [
            "",
            "INV-2026-11-28",
            "2026-11-281",
            "2026-02-30",
            "「2026-11-28」は日付として読めません。",
            "1867-12-31",
            "2026-11-28-01",
            "https://kanjo.example/2026-11-28T05:00",
        ],
    )
    def test_what_is_no_day_of_the_house_stays(self, sentence: str) -> None:
        """Numbers of documents, days that do not exist, what somebody typed and days before Meiji stay as they are."""
        assert days_in_eras(sentence) == sentence

    @given(st.text(), st.dates(date(1868, 1, 25)), st.text())
    def test_a_day_between_words(self, before: str, western: date, after: str) -> None:
        """A day that stands between spaces is rewritten whatever stands around it."""
        assert f" {in_era(western)} " in days_in_eras(f"{before} {western} {after}")


class TestParseDay:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-30",
            "2026/11/30",
            "20261130",
            "2026.11.30",
            "2026年11月30日",
            "R8.11.30",
            "r8.11.30",
            "R08/11/30",
            "R8-11-30",
            "令和8年11月30日",
            "令和８年１１月３０日",
            "Ｒ８．１１．３０",
            "２０２６／１１／３０",
            " 令和 8 年 11 月 30 日 ",
        ],
    )
    def test_it_reads_the_ways_people_write(self, text: str) -> None:
        """Western or Japanese, with any of the usual signs, half or full width."""
        assert parse_day(text) == date(2026, 11, 30)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "tomorrow",
            "11/30/2026",
            "30.11.2026",
            "2026-11/30",
            "2026-11",
            "26-11-30",
            "X8.11.30",
            "R8年11.30",
            "2" * 10_000,
        ],
    )
    def test_what_could_be_read_two_ways_is_refused(self, text: str) -> None:
        """American and European order are not guessed; the refusal names the place and the ways to write."""
        with pytest.raises(DayUnreadable, match=r"^deals\.csv:9: .*Write it as 2026-11-30") as refused:
            parse_day(text, at="deals.csv:9")
        assert len(str(refused.value)) < 200

    @pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "2026/04/31", "R8.2.30", "20260000", "0000-01-01"])
    def test_days_that_do_not_exist_are_refused(self, text: str) -> None:
        """There is no 29 February 2026."""
        with pytest.raises(NoSuchDay, match="There is no day"):
            parse_day(text)

    @pytest.mark.parametrize(
        "text", ["H31.5.1", "R1.4.30", "S64.1.8", "昭和65年1月1日", "R0.5.1", "M1.1.24", "令和元年4月30日"]
    )
    def test_days_beyond_their_era_are_refused(self, text: str) -> None:
        """1 May of Heisei 31 never was."""
        with pytest.raises(DayOutsideEra, match="is not in the era"):
            parse_day(text)


class TestBankFileDigits:
    @pytest.mark.parametrize(
        ("digits", "not_after", "read"),
        [
            ("081130", "2026-12-05", "2026-11-30"),
            ("081130", "2026-11-29", "1996-11-30"),
            ("310430", "2026-12-05", "2019-04-30"),
            ("310501", "2060-01-01", "2049-05-01"),
            ("640107", "2026-12-05", "1989-01-07"),
        ],
    )
    def test_the_era_is_the_latest_that_is_not_in_the_future(self, digits: str, not_after: str, read: str) -> None:
        """Year 08 of a bank file is Reiwa 8, once that day has come; before it was Heisei 8."""
        assert day_of_era_digits(digits, not_after=day(not_after)) == day(read)

    @pytest.mark.parametrize(
        ("digits", "refusal"), [("0811", DayUnreadable), ("08113x", DayUnreadable), ("081331", NoSuchDay)]
    )
    def test_digits_that_are_no_day_are_refused(self, digits: str, refusal: type[Exception]) -> None:
        """Six digits that are no day in any era are refused with their place."""
        with pytest.raises(refusal, match=r"^bank\.txt:2: "):
            day_of_era_digits(digits, not_after=date(2026, 12, 31), at="bank.txt:2")


class TestEraInEnglish:
    def test_a_refusal_names_the_era_in_the_language_of_the_reader(self) -> None:
        """A day beyond Heisei is refused as Heisei in English and as 平成 in Japanese."""
        with pytest.raises(DayOutsideEra) as refused:
            parse_day("H40.1.1")
        assert "Heisei" in refused.value.said_in("en")
        assert "平成" in refused.value.said_in("ja")

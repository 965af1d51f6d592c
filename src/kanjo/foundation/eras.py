"""Days as Japan writes them: the eras, in and out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class Calendar(StrEnum):
    """How somebody reads days: 2026-11-30, or 令和8年11月30日. Only Japanese knows the second."""

    WESTERN = "western"
    ERAS = "eras"


@dataclass(frozen=True, slots=True)
class Era:
    """An era of the Japanese calendar and the day its first year begins."""

    name: str
    letter: str
    start: date
    latin: str


ERAS = (
    Era("令和", "R", date(2019, 5, 1), "Reiwa"),
    Era("平成", "H", date(1989, 1, 8), "Heisei"),
    Era("昭和", "S", date(1926, 12, 25), "Showa"),
    Era("大正", "T", date(1912, 7, 30), "Taisho"),
    Era("明治", "M", date(1868, 1, 25), "Meiji"),
)
"""The eras, latest first, by 昭和54年法律第43号 (元号法) and its ordinances: 平成31年政令第143号, 昭和64年政令第1号.

Before that law by edict. 昭和 and 大正 began within the day on which the era before them ended, which counts as theirs;
明治 reaches back to the first day of its year in the old calendar.
"""


class DayUnreadable(Refusal):
    """Text that is written in none of the known ways."""

    rule = "days.unreadable"
    says = Text(en="“{text}” is not a date.", ja="「{text}」は日付として読めません。")
    remedy = Text(
        en="Write it as 2026-11-30, 2026/11/30 or R8.11.30.",
        ja="「2026-11-30」「2026/11/30」「R8.11.30」「令和8年11月30日」のいずれかの形で入力してください。",
    )


class NoSuchDay(Refusal):
    """A day the calendar does not have, such as 30 February."""

    rule = "days.no-such-day"
    says = Text(en="There is no day “{text}”.", ja="「{text}」という日はありません。")
    remedy = Text(en="Check the month and the day.", ja="月と日を確認してください。")


class DayOutsideEra(Refusal):
    """A day before its era began or after it ended."""

    rule = "days.outside-era"
    says = Text(en="“{text}” is not in the era {era}.", ja="「{text}」は{era}の期間に含まれません。")
    remedy = Text(
        en="Write the day in its own era, or in the western calendar.", ja="正しい元号か、西暦で入力してください。"
    )


class DayBeforeEras(Refusal):
    """A day before Meiji."""

    rule = "days.before-eras"
    says = Text(
        en="{day} is before the first era kept here, Meiji.", ja="{day}は、扱える最初の元号（明治）より前です。"
    )
    remedy = Text(en="Write it in the western calendar.", ja="西暦で表記してください。")


_NUMERIC = r"(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})"
_IN_KANJI = r"年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
_YEAR = r"(?P<year>\d{4})"
_ERA_YEAR = rf"(?P<era>{'|'.join(f'{era.name}|{era.letter}' for era in ERAS)})(?P<year>\d{{1,2}}|元)"
_SIGN = r"(?P<sign>[-/.])"
_WAYS = tuple(
    re.compile(way, re.ASCII)
    for way in (
        rf"{_YEAR}{_SIGN}{_NUMERIC}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"{_YEAR}{_IN_KANJI}",
        rf"{_ERA_YEAR}{_SIGN}{_NUMERIC}",
        rf"{_ERA_YEAR}{_IN_KANJI}",
    )
)


def in_era(day: date, *, at: str = "") -> str:
    """Return *day* as Japanese documents write it, 令和8年11月30日; a first year is 元年. Refuses days before Meiji."""
    for era in ERAS:
        if day >= era.start:
            year = day.year - era.start.year + 1
            return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    raise DayBeforeEras(at=at, day=day)


_WRITTEN = re.compile(r"(?<![\w「-])\d{4}-\d{2}-\d{2}(?![\w-])", re.ASCII)


def days_in_eras(sentence: str) -> str:
    """Return a sentence of the house with its days in eras; days before Meiji, and what was typed, stay."""
    return _WRITTEN.sub(lambda found: _in_era_or_as_it_is(found[0]), sentence)


def _in_era_or_as_it_is(written: str) -> str:
    try:
        return in_era(date.fromisoformat(written))
    except (ValueError, DayBeforeEras):
        return written


def parse_day(text: str, *, at: str = "") -> date:
    """Return the day a person or a file wrote, in the western calendar or an era, half or full width.

    Reads 2026-11-30, 2026/11/30, 20261130, 2026年11月30日, R8.11.30, R08/11/30 and 令和8年11月30日. Refuses other
    writing, days that do not exist, and days outside the era they name.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).upper().split()) if len(text) <= 40 else ""
    written = next((found for way in _WAYS if (found := way.fullmatch(folded))), None)
    if written is None:
        raise DayUnreadable(at=at, text=quoted(text))
    parts = written.groupdict()
    era = next((era for era in ERAS if parts.get("era") in {era.name, era.letter}), None)
    year = 1 if parts["year"] == "元" else int(parts["year"])
    return _day(era, year, int(parts["month"]), int(parts["day"]), text=text, at=at)


def day_of_era_digits(digits: str, *, not_after: date, at: str = "") -> date:
    """Return the day of six digits YYMMDD whose year counts in an unnamed era, as bank files write it.

    It is the latest such day on or before *not_after*: 081130 read in 2027 is 30 November of Reiwa 8.
    """
    if not re.fullmatch(r"\d{6}", digits, re.ASCII):
        raise DayUnreadable(at=at, text=quoted(digits))
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    for era in ERAS:
        try:
            read = _day(era, year, month, day, text=digits, at=at)
        except (DayOutsideEra, NoSuchDay):
            continue
        if read <= not_after:
            return read
    raise NoSuchDay(at=at, text=digits)


def _day(era: Era | None, year: int, month: int, day: int, *, text: str, at: str) -> date:
    try:
        read = date(year + era.start.year - 1 if era else year, month, day)
    except ValueError as error:
        raise NoSuchDay(at=at, text=quoted(text)) from error
    if era and (year == 0 or in_era(max(read, ERAS[-1].start))[:2] != era.name or read < era.start):
        raise DayOutsideEra(at=at, text=quoted(text), era=Text(en=era.latin, ja=era.name))
    return read

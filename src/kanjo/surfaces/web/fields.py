"""The fields of a form: a name, a label, and how what was typed is read. All bad input is a refusal at its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from kanjo.foundation.eras import parse_day
from kanjo.foundation.money import Money
from kanjo.foundation.periods import LastDayOfCalendar
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.surfaces.web.shown import day_shown

UNREADABLE = "\ufffd"
"""What stands where a character could not be read: a reader sees where, and a field refuses it."""
_NO_TEXT = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{UNREADABLE}\ufffe\uffff]")

Options = Sequence[tuple[str, Text | str]]
Reading = Callable[[str, str], Any]


class Missing(Refusal):
    """A field that must be filled is blank."""

    rule = "form.missing"
    says = Text(en="{label} is blank.", ja="{label}が入力されていません。")
    remedy = Text(en="Fill it in.", ja="入力してください。")


class NotWhole(Refusal):
    """Text that is no whole number above zero."""

    rule = "form.not-whole"
    says = Text(en="“{text}” is not a whole number above zero.", ja="「{text}」は1以上の整数ではありません。")
    remedy = Text(en="Write digits only, such as 10.", ja="10 のように数字だけで入力してください。")


class NotAChoice(Refusal):
    """Something that is not on the list."""

    rule = "form.not-a-choice"
    says = Text(en="“{text}” is not on the list.", ja="「{text}」は選択肢にありません。")
    remedy = Text(en="Choose one of the list.", ja="一覧から選択してください。")


class TooLong(Refusal):
    """More text than the place it goes to holds."""

    rule = "form.too-long"
    says = Text(
        en="{label} has {count} characters; at most {most} are kept.",
        ja="{label}が{count}文字あります（上限{most}文字）。",
    )
    remedy = Text(en="Shorten it.", ja="短くしてください。")


class SeveralLines(Refusal):
    """More than one line where one is kept."""

    rule = "form.several-lines"
    says = Text(en="{label} takes one line.", ja="{label}に改行は使用できません。")
    remedy = Text(en="Write it on one line.", ja="1行で入力してください。")


class Unreadable(Refusal):
    """Text with a character that no text has."""

    rule = "pages.unreadable"
    says = Text(en="What was sent holds a character that cannot be kept.", ja="保存できない文字が含まれています。")
    remedy = Text(en="Type the text anew instead of pasting it.", ja="貼り付けずに入力し直してください。")


class NotAClock(Refusal):
    """Text that is no time of day."""

    rule = "form.not-a-clock"
    says = Text(en="“{text}” is no time of day.", ja="「{text}」は時刻として読み取れません。")
    remedy = Text(en="Write it as 22:00.", ja="22:00 の形で入力してください。")


class EmptyFile(Refusal):
    """A file without content."""

    rule = "form.empty-file"
    says = Text(en="“{name}” is empty.", ja="「{name}」は空のファイルです。")
    remedy = Text(en="Choose the file anew.", ja="ファイルを選択し直してください。")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `widget` is text, day, number, choice, many, area or file; `read` gets what was typed and the place.

    `most` is how many characters are kept.
    """

    name: str
    label: Text
    read: Reading
    widget: str = "text"
    needed: bool = True
    hint: Text | None = None
    initial: str = ""
    options: Options = ()
    most: int = 200

    def value(self, typed: str, at: str) -> Any:
        """Return what was typed as a value, None for a blank that may be; refuses as `read` does."""
        text = typed.strip()
        if len(text) > self.most:
            raise TooLong(at=at, label=self.label, count=f"{len(text):,}", most=f"{self.most:,}")
        if _NO_TEXT.search(text):
            raise Unreadable(at=at)
        if self.widget == "text" and len(text.splitlines()) > 1:
            raise SeveralLines(at=at, label=self.label)
        if text:
            return self.read(text, at)
        if self.needed:
            raise Missing(at=at, label=self.label)
        return None


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows of fields, as many as a person adds; a row of which nothing was typed counts as not there."""

    name: str
    label: Text
    fields: Sequence[Field]
    initial: Sequence[dict[str, str]] = field(default_factory=lambda: ({}, {}))


def words(name: str, label: Text, *, needed: bool = True, hint: Text | None = None, most: int = 200) -> Field:
    """Return a field of one line of text."""
    return Field(name, label, lambda text, _at: text, "text", needed, hint, most=most)


def prose(name: str, label: Text, *, needed: bool = True, hint: Text | None = None) -> Field:
    """Return a field of several lines of text."""
    return Field(name, label, lambda text, _at: text, "area", needed, hint, most=4_000)


def day(name: str, label: Text, initial: date | None, *, needed: bool = True, hint: Text | None = None) -> Field:
    """Return a field of a day, written Gregorian or in an era; there is a day after it."""
    shown = day_shown(initial) if initial else ""
    return Field(name, label, _day, "day", needed, hint, shown)


def _day(text: str, at: str) -> date:
    read = parse_day(text, at=at)
    if read == date.max:
        raise LastDayOfCalendar(at=at, last_on=read)
    return read


def clock(name: str, label: Text, initial: time | None, *, needed: bool = True, hint: Text | None = None) -> Field:
    """Return a field of a time of day, such as 22:00; full width is read, too."""
    return Field(name, label, _clock, "text", needed, hint, clock_shown(initial))


def clock_shown(moment: time | None) -> str:
    """Return a time of day as it is typed."""
    return moment.strftime("%H:%M") if moment else ""


def _clock(text: str, at: str) -> time:
    hour, colon, minute = text.translate(str.maketrans("０１２３４５６７８９：", "0123456789:")).partition(":")
    numbers = all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (hour, minute))
    if not (colon and numbers and int(hour) < 24 and int(minute) < 60):
        raise NotAClock(at=at, text=quoted(text))
    return time(int(hour), int(minute))


def money(name: str, label: Text, currency: str, *, needed: bool = True, hint: Text | None = None) -> Field:
    """Return a field of an amount of a currency; it reads `Money`."""
    return Field(name, label, lambda text, at: Money.parse(text, currency, at=at), "number", needed, hint)


def whole(name: str, label: Text, *, needed: bool = True, initial: str = "") -> Field:
    """Return a field of a whole number above zero."""
    return Field(name, label, _whole, "number", needed, None, initial)


def choice(name: str, label: Text, options: Options, *, needed: bool = True, initial: str = "") -> Field:
    """Return a field of one of the options; it reads the option's code."""
    codes = {code for code, _ in options}

    def read(text: str, at: str) -> str:
        if text not in codes:
            raise NotAChoice(at=at, text=quoted(text))
        return text

    return Field(name, label, read, "choice", needed, None, initial, options)


def many(name: str, label: Text, options: Options, *, needed: bool = True, initial: Sequence[str] = ()) -> Field:
    """Return a field of one or more of the options, each with a box to tick; it reads the codes of the ticked ones."""
    codes = {code for code, _ in options}

    def read(text: str, at: str) -> list[str]:
        ticked = text.split()
        odd = next((code for code in ticked if code not in codes), None)
        if odd is not None:
            raise NotAChoice(at=at, text=quoted(odd))
        return ticked

    return Field(name, label, read, "many", needed, None, " ".join(initial), options, most=4_000)


def file(name: str, label: Text, *, hint: Text | None = None) -> Field:
    """Return a field of a file; it reads Django's uploaded file."""

    def read(_text: str, at: str) -> None:
        raise Missing(at=at, label=label)

    return Field(name, label, read, "file", True, hint)


def taken(given: UploadedFile[Any], at: str) -> UploadedFile[Any]:
    """Return an uploaded file that has content; refuses `EmptyFile`."""
    if not given.size:
        raise EmptyFile(at=at, name=quoted(given.name or ""))
    return given


def _whole(text: str, at: str) -> int:
    # One way to read numbers: full width and commas are what Money takes; yen have no decimals.
    try:
        number = Money.parse(text, "JPY", at=at).minor
    except Refusal:
        number = 0
    if number <= 0:
        raise NotWhole(at=at, text=quoted(text))
    return number

"""What one cell says: its typed value, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from kanjo.connectors.crm import faults
from kanjo.connectors.crm.faults import SENTENCES, Severity, proposal_of
from kanjo.connectors.crm.mapping import DAY_FORMS, Column, DayForm, Kind, Mapping, StageRule
from kanjo.connectors.crm.proposals import proposer
from kanjo.foundation.money import Money
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

Value = str | int | Money | date | StageRule | None

FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,12})?", re.ASCII)
_DAY_PARTS = {
    DayForm.MONTH_DAY_YEAR: re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})", re.ASCII),
    DayForm.DAY_MONTH_YEAR: re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII),
    DayForm.YEAR_MONTH_DAY: re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a value, wherever it stands; *nearest* is what was probably meant."""

    rule: str
    severity: Severity
    facts: tuple[tuple[str, object], ...] = ()
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell as read: its value where it has one, and the finding where there is one."""

    value: Value = None
    finding: Finding | None = None


def held(rule: str, *, nearest: str | None = None, **facts: object) -> Reading:
    """Return a reading without a value: the row cannot be taken."""
    return Reading(None, Finding(rule, Severity.QUARANTINED, tuple(facts.items()), nearest))


def cell_reader(column: Column, mapping: Mapping, stages: dict[str, StageRule]) -> Callable[[str], Reading]:
    """Return a function from the text of a cell to its reading; equal texts are read once."""
    read_kind = {
        Kind.TEXT: _text_reader(column),
        Kind.INTEGER: lambda text: _read_integer(text, column),
        Kind.MONEY: lambda text: _read_money(text, column, mapping.currency),
        Kind.DAY: lambda text: _read_day(text, mapping.day_form),
        Kind.STAGE: _stage_reader(stages),
    }[column.kind]
    blank = Reading("" if column.kind is Kind.TEXT else None)

    @cache
    def read(text: str) -> Reading:
        if not text:
            return blank
        control = _CONTROL.search(text)
        if control:
            return held(faults.CONTROL_CHARACTER, code=f"U+{ord(control[0]):04X}")
        if len(text) > column.length:
            return held(faults.TOO_LONG, length=len(text), most=column.length)
        return read_kind(text)

    return read


def _text_reader(column: Column) -> Callable[[str], Reading]:
    words = frozenset(column.words)
    propose = proposer(words)

    def read(text: str) -> Reading:
        if text.startswith(FORMULA_STARTS):
            return held(faults.FORMULA)
        if not words or text in words:
            return Reading(text)
        nearest = propose(text)
        rule = faults.MISSPELT if nearest else faults.UNLISTED
        return Reading(text, Finding(rule, Severity.NOTE, (("nearest", nearest),), nearest))

    return read


def _read_integer(text: str, column: Column) -> Reading:
    if not _NUMBER.fullmatch(text) or "." in text:
        return held(faults.BAD_NUMBER)
    return _bounded(int(text), Decimal(text), column)


def _read_money(text: str, column: Column, currency: str) -> Reading:
    if not _NUMBER.fullmatch(text):
        return held(faults.BAD_NUMBER)
    try:
        amount = Money.of_decimal(Decimal(text) * column.times, currency)
    except Refusal:
        return held(faults.BAD_NUMBER)
    return _bounded(amount, amount.as_decimal(), column)


def _bounded(value: Value, number: Decimal, column: Column) -> Reading:
    too_small = column.least is not None and number < column.least
    too_large = column.most is not None and number > column.most
    if too_small or too_large:
        least = "−∞" if column.least is None else column.least
        most = "∞" if column.most is None else column.most
        return held(faults.OUT_OF_BOUNDS, least=least, most=most)
    return Reading(value)


def _read_day(text: str, form: DayForm) -> Reading:
    found = _DAY_PARTS[form].fullmatch(text)
    try:
        return Reading(date(int(found["year"]), int(found["month"]), int(found["day"]))) if found else _no_day(form)
    except ValueError:
        return _no_day(form)


def _no_day(form: DayForm) -> Reading:
    return held(faults.BAD_DAY, form=DAY_FORMS[form])


def _stage_reader(stages: dict[str, StageRule]) -> Callable[[str], Reading]:
    propose = proposer(stages)

    def read(text: str) -> Reading:
        if text in stages:
            return Reading(stages[text])
        nearest = propose(text)
        return held(faults.UNKNOWN_STAGE, nearest=nearest, proposal=proposal_of(nearest))

    return read


def sentence_of(finding: Finding, *, field: str, value: str) -> Text:
    """Return the finding's sentence about *value* in the column *field*."""
    return SENTENCES[finding.rule].filled(field=field, value=quoted(value), **dict(finding.facts))

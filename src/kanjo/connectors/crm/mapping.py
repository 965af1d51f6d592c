"""The declared mapping of an export: which file holds what, and what its columns mean."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from kanjo.connectors.crm.refusals import FileMissing, MappingWrong
from kanjo.connectors.crm.rows import ROW_OF, Entity, Stage
from kanjo.foundation.money import currency
from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Text


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DAY = "day"
    STAGE = "stage"


class DayForm(StrEnum):
    """How the sender writes dates."""

    MONTH_DAY_YEAR = "month/day/year"
    DAY_MONTH_YEAR = "day/month/year"
    YEAR_MONTH_DAY = "year-month-day"


DAY_FORMS = {
    DayForm.MONTH_DAY_YEAR: Text(en="month/day/year", ja="月/日/年"),
    DayForm.DAY_MONTH_YEAR: Text(en="day/month/year", ja="日/月/年"),
    DayForm.YEAR_MONTH_DAY: Text(en="year-month-day", ja="年-月-日"),
}


NOT_A_NAME = Text(
    en="{name} is not the bare name of a file in the folder.", ja="{name}はフォルダ内のファイル名ではありません。"
)
NOT_REQUIRED = Text(
    en="A row cannot do without {name}: its column must be `required`.",
    ja="{name}は欠かせない項目です。列に`required`を指定してください。",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills and what it must satisfy. Bounds are inclusive; *times* scales an amount."""

    name: str
    field: str
    kind: Kind
    required: bool = False
    length: int = 500
    words: tuple[str, ...] = ()
    refers_to: Entity | None = None
    times: int = 1
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class StageRule:
    """What a stage of the sender means here, and the columns it must bring."""

    means: Stage
    requires: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """One file and its columns; *key* is the field that names a row."""

    entity: Entity
    file: str
    key: str
    columns: tuple[Column, ...]
    stages: Map[str, StageRule] = field(default_factory=dict)

    def column_of(self, field_name: str) -> Column | None:
        """Return the column that fills the field."""
        return next((column for column in self.columns if column.field == field_name), None)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole export as declared. *rows* and *stages* are the sender's control totals, where it gives any."""

    company: str
    currency: str
    encoding: str
    day_form: DayForm
    ends_with_newline: bool
    sources: Map[Entity, Source]
    rows: Map[Entity, int]
    stages: Map[Stage, int]


def read_mapping(path: Path) -> Mapping:
    """Return the mapping; refuses one that does not say what it must, naming the part."""
    declared = read_toml(path)
    controls = declared.get("controls", {})
    try:
        return Mapping(
            company=declared["company"],
            currency=currency(declared["currency"], at=path.name).code,
            encoding=declared.get("encoding", "utf-8"),
            day_form=DayForm(declared["dates"]),
            ends_with_newline=declared.get("ends_with_newline", False),
            sources={entity: _source(entity, declared[entity], path.name) for entity in Entity},
            rows={Entity(name): int(count) for name, count in controls.get("rows", {}).items()},
            stages={Stage(name): int(count) for name, count in controls.get("stages", {}).items()},
        )
    except KeyError as missing:
        raise MappingWrong(at=path.name, problem=_lacks(missing.args[0])) from None
    except (ValueError, TypeError, AttributeError) as wrong:
        raise MappingWrong(at=path.name, problem=_cannot_read(wrong)) from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; refuses one that is missing or cannot be read."""
    if not path.is_file():
        raise FileMissing(at=path.name, folder=path.parent)
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as wrong:
        raise MappingWrong(at=path.name, problem=_cannot_read(wrong)) from None


def _source(entity: Entity, declared: Map[str, Any], file: str) -> Source:
    columns = tuple(_column(name, about) for name, about in declared["columns"].items())
    stages = {
        name: StageRule(Stage(rule["means"]), frozenset(rule["requires"]))
        for name, rule in declared.get("stages", {}).items()
    }
    if Path(declared["file"]).name != declared["file"]:
        raise MappingWrong(at=f"{file} {entity}", problem=NOT_A_NAME.filled(name=quoted(declared["file"])))
    source = Source(entity, declared["file"], declared["key"], columns, stages)
    _refuse_unless_fields_fit(source, at=f"{file} {entity}")
    return source


def _column(name: str, about: Map[str, Any]) -> Column:
    given = dict(about)
    return Column(
        name=name,
        field=given.pop("field"),
        kind=Kind(given.pop("type")),
        words=tuple(given.pop("words", ())),
        refers_to=Entity(given.pop("refers_to")) if "refers_to" in given else None,
        **given,
    )


def _refuse_unless_fields_fit(source: Source, *, at: str) -> None:
    known = {part.name: part for part in fields(ROW_OF[source.entity]) if part.name != "line"}
    filled = {column.field for column in source.columns}
    needed = {name for name, part in known.items() if part.default is MISSING}
    names = {column.name for column in source.columns}
    demanded = {name for rule in source.stages.values() for name in rule.requires}
    optional = {column.field for column in source.columns if not column.required}
    for name in sorted(filled - known.keys()):
        raise MappingWrong(at=at, problem=Text(en=f"{name} is not a field.", ja=f"{name}という項目はありません。"))
    for name in sorted((needed | {source.key}) - filled) + sorted(demanded - names):
        raise MappingWrong(at=at, problem=_lacks(name))
    for name in sorted((needed | {source.key}) & optional):
        raise MappingWrong(at=at, problem=NOT_REQUIRED.filled(name=name))


def _lacks(name: object) -> Text:
    return Text(en="{name} is not given.", ja="{name}が指定されていません。").filled(name=name)


def _cannot_read(wrong: Exception) -> Text:
    return Text(en="It cannot be read ({wrong}).", ja="読み取れません（{wrong}）。").filled(wrong=wrong)

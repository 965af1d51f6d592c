"""The path of a deal: a pure function of its facts and the rows of one matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from kanjo.domains.approvals.facts import DealFacts, PathStep
from kanjo.domains.approvals.rules.cells import Value
from kanjo.domains.approvals.rules.inputs import INPUTS, shown, values_of
from kanjo.domains.approvals.rules.tables import CXO_ROLES, Row, tables
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class NoRowAnswers(Refusal):
    """A deal that the matrix does not know."""

    rule = "approvals.no-row"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="No row of the matrix answers for {item} of this deal (stage {stage}).",
        ja="この案件の「{item}」（第{stage}段階）に該当する行が承認マトリックスにありません。",
    )
    remedy = Text(
        en="Ask the approvers to activate a matrix that covers it.",
        ja="該当する行を含む承認マトリックスの有効化を承認部門に依頼してください。",
    )


class SeveralRowsAnswer(Refusal):
    """A deal that the matrix knows twice."""

    rule = "approvals.several-rows"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Rows {rows} of the matrix all answer for {item} of this deal.",
        ja="この案件の「{item}」に承認マトリックスの複数の行（{rows}）が該当します。",
    )
    remedy = NoRowAnswers.remedy


class DiscountWithoutCxo(Refusal):
    """A discount that would pass without a CxO."""

    rule = "approvals.discount-without-cxo"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="A discount of {discount} needs a CxO, but the matrix asks none.",
        ja="{discount}の値引きにはCxOの承認が必要ですが、承認マトリックスに指定がありません。",
    )
    remedy = NoRowAnswers.remedy


def path_of(facts: DealFacts, rows: Sequence[Row], *, on: date) -> tuple[PathStep, ...]:
    """Return one step per table of the matrix in order of stage, those that need nobody included.

    Nothing falls through: a value of another kind, a deal that no row or several rows answer for, and a discount
    that meets no CxO are refused.
    """
    values = values_of(facts, on=on)
    met = [_the_one(table, values, item=item, stage=stage) for (stage, item), table in tables(rows).items()]
    if facts.discount > 0 and not any(row.role in CXO_ROLES for row in met):
        raise DiscountWithoutCxo(discount=shown(facts.discount))
    return tuple(_step(row, values) for row in met)


def _the_one(table: Sequence[Row], values: Mapping[str, Value], *, item: str, stage: int) -> Row:
    met = [row for row in table if row.accepts(values)]
    if not met:
        raise NoRowAnswers(item=item, stage=stage)
    if len(met) > 1:
        raise SeveralRowsAnswer(item=item, rows=", ".join(str(row.number) for row in met))
    return met[0]


def _step(row: Row, values: Mapping[str, Value]) -> PathStep:
    return PathStep(
        item=row.item,
        item_name=row.item_name,
        stage=row.stage,
        role=row.role,
        reason=row.reason,
        row_id=row.id,
        row=row.number,
        seen=tuple((name, shown(values[name])) for name in INPUTS if name in row.cells),
    )


_FACTS = TypeAdapter(DealFacts)
_PATH = TypeAdapter(tuple[PathStep, ...])


def facts_written(facts: DealFacts) -> Any:
    """Return the facts as JSON data, shares as exact fractions."""
    return _FACTS.dump_python(facts, mode="json")


def path_written(path: tuple[PathStep, ...]) -> Any:
    """Return the path as JSON data."""
    return _PATH.dump_python(path, mode="json")


def path_read(written: Any) -> tuple[PathStep, ...]:
    """Return the path that was written down."""
    return _PATH.validate_python(written)

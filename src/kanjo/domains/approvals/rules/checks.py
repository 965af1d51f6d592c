"""What keeps a matrix from being activated: gaps, overlaps, rows that nothing reaches, discounts without a CxO."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kanjo.domains.approvals.facts import Finding
from kanjo.domains.approvals.rules.cells import Interval, cut
from kanjo.domains.approvals.rules.tables import CXO_ROLES, Row, regions, tables
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

_ANY_DISCOUNT = Interval(low=cut(Fraction(0), after=True), high=cut(Fraction(1), after=True))


class MatrixUnsound(Refusal):
    """A matrix with findings."""

    rule = "approvals.matrix-unsound"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Matrix version {version} cannot be activated. Findings: {count}. First: {first}",
        ja="承認マトリックス第{version}版は有効化できません。指摘{count}件。最初の指摘: {first}",
    )
    remedy = Text(en="Draft a new version without these findings.", ja="指摘を解消した新しい版を作成してください。")


_EMPTY = Finding("approvals.matrix-empty", Text(en="The matrix has no row.", ja="承認マトリックスに行がありません。"))
_GAP = Text(
    en="{item}, stage {stage}: no row answers for {region}.",
    ja="{item}（第{stage}段階）: {region} に該当する行がありません。",
)
_OVERLAP = Text(
    en="{item}, stage {stage}: rows {rows} all answer for {region}.",
    ja="{item}（第{stage}段階）: {region} に複数の行（{rows}）が該当します。",
)
_UNREACHED = Text(
    en="{item}, stage {stage}: no deal can reach row {rows}.",
    ja="{item}（第{stage}段階）: 行{rows}に該当する案件はありえません。",
)
_WITHOUT_CXO = Text(en="A discount would need no CxO: {region}.", ja="CxOの承認を経ない値引きが生じます: {region}。")


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Return everything that keeps the matrix from being activated; an empty list means it is sound.

    Each table answers for every possible deal by exactly one row, every row can be met, and any discount above zero,
    whatever else the deal is, has a CxO on its path (the rule of the house: no setting removes it).
    """
    if not rows:
        return [_EMPTY]
    return [
        *(found for (stage, item), table in tables(rows).items() for found in _of_table(item, stage, table)),
        *_discounts_without_cxo(rows),
    ]


def _of_table(item: str, stage: int, table: Sequence[Row]) -> Iterator[Finding]:
    met: set[int] = set()
    for region in regions(table):
        numbers = [row.number for row in region.rows]
        met.update(numbers)
        facts = {"item": item, "stage": stage, "region": region.shown, "rows": ", ".join(map(str, numbers))}
        if not numbers:
            yield Finding("approvals.gap", _GAP.filled(**facts))
        elif len(numbers) > 1:
            yield Finding("approvals.overlap", _OVERLAP.filled(**facts))
    for row in table:
        if row.number not in met:
            sentence = _UNREACHED.filled(item=item, stage=stage, rows=row.number)
            yield Finding("approvals.unreachable", sentence)


def _discounts_without_cxo(rows: Sequence[Row]) -> Iterator[Finding]:
    asking = [row for row in rows if row.role in CXO_ROLES]
    for region in regions(asking, within={"discount": _ANY_DISCOUNT}):
        if not region.rows:
            yield Finding("approvals.discount-without-cxo", _WITHOUT_CXO.filled(region=region.shown))

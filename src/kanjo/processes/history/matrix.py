"""The approval matrix (職務権限) of the made-up company: two stages, so that several functions are asked."""

from __future__ import annotations

from collections.abc import Iterator

from kanjo.domains.approvals.facts import RowDraft
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text

_Says = tuple[Role | None, str, str]


def _table(
    item: str, name: Text, stage: int, fact: str, border: object, *, below: _Says, above: _Says
) -> Iterator[RowDraft]:
    """Return the two rows of a table: up to the border, and above it."""
    for (role, en, ja), bound in ((below, "up_to"), (above, "above")):
        yield RowDraft(
            item=item, item_name=name, stage=stage, role=role, reason=Text(en=en, ja=ja), when={fact: {bound: border}}
        )


MATRIX_ROWS = (
    *_table(
        "discount-sales",
        Text(en="Discount (Sales)", ja="値引き（営業）"),
        1,
        "discount",
        "10%",
        below=(None, "The discount is at most 10 %.", "値引率は10%以内です。"),
        above=(
            Role.APPROVER,
            "More than 10 % off needs the head of Sales.",
            "10%を超える値引きには営業本部長の承認が必要です。",
        ),
    ),
    *_table(
        "revenue",
        Text(en="Revenue recognition", ja="収益認識"),
        1,
        "net_total_minor",
        10_000_000,
        below=(None, "The deal is at most 10 million yen.", "契約金額は1,000万円以内です。"),
        above=(
            Role.REV_REC,
            "Rev/Rec looks at every deal above 10 million yen.",
            "1,000万円を超える契約は収益認識担当が確認します。",
        ),
    ),
    *_table(
        "wording",
        Text(en="Contract wording", ja="契約条文"),
        1,
        "term_months",
        24,
        below=(None, "The standard terms apply up to two years.", "2年以内は標準約款を適用します。"),
        above=(Role.LEGAL, "A term above two years goes to Legal.", "2年を超える契約は法務部が条文を確認します。"),
    ),
    *_table(
        "discount",
        Text(en="Discount", ja="値引き"),
        2,
        "discount",
        "0%",
        below=(None, "Nothing is sold below list.", "標準価格を下回る明細はありません。"),
        above=(Role.CXO, "Any discount needs a CxO.", "値引きには、率にかかわらずCxOの承認が必要です。"),
    ),
    *_table(
        "payment-terms",
        Text(en="Payment terms", ja="支払条件"),
        2,
        "payment_days",
        62,
        below=(None, "Payment is due within two months.", "支払期日は2か月以内です。"),
        above=(
            Role.CFO,
            "Payment later than two months needs the CFO.",
            "2か月を超える支払期日にはCFOの承認が必要です。",
        ),
    ),
    *_table(
        "term",
        Text(en="Contract term", ja="契約期間"),
        2,
        "term_months",
        36,
        below=(None, "The term is three years or less.", "契約期間は3年以内です。"),
        above=(Role.CLO, "A term above three years needs the CLO.", "3年を超える契約期間にはCLOの承認が必要です。"),
    ),
)
"""Head of Sales, Rev/Rec and Legal first; then any discount a CxO, late payment the CFO, a long term the CLO."""

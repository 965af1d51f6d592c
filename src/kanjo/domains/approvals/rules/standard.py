"""The matrix a new company may start from."""

from __future__ import annotations

from kanjo.domains.approvals.facts import RowDraft
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text

_DISCOUNT = Text(en="Discount", ja="値引き")
_PAYMENT = Text(en="Payment terms", ja="支払条件")
_TERM = Text(en="Contract term", ja="契約期間")

STANDARD_ROWS = (
    RowDraft(
        item="discount",
        item_name=_DISCOUNT,
        when={"discount": {"up_to": "0%"}},
        role=None,
        reason=Text(en="Nothing is sold below list.", ja="標準価格を下回る明細はありません。"),
    ),
    RowDraft(
        item="discount",
        item_name=_DISCOUNT,
        when={"discount": {"above": "0%"}},
        role=Role.CXO,
        reason=Text(en="Any discount needs a CxO.", ja="値引きには、率にかかわらずCxOの承認が必要です。"),
    ),
    RowDraft(
        item="payment-terms",
        item_name=_PAYMENT,
        when={"payment_days": {"up_to": 62}},
        role=None,
        reason=Text(en="Payment is due within two months.", ja="支払期日は2か月以内です。"),
    ),
    RowDraft(
        item="payment-terms",
        item_name=_PAYMENT,
        when={"payment_days": {"above": 62}},
        role=Role.CFO,
        reason=Text(
            en="Payment later than two months needs the CFO.", ja="2か月を超える支払期日にはCFOの承認が必要です。"
        ),
    ),
    RowDraft(
        item="term",
        item_name=_TERM,
        when={"term_months": {"up_to": 36}},
        role=None,
        reason=Text(en="The term is three years or less.", ja="契約期間は3年以内です。"),
    ),
    RowDraft(
        item="term",
        item_name=_TERM,
        when={"term_months": {"above": 36}},
        role=Role.CLO,
        reason=Text(en="A term above three years needs the CLO.", ja="3年を超える契約期間にはCLOの承認が必要です。"),
    ),
)
"""Any discount needs a CxO, payment after two months the CFO, a term above three years the CLO."""

"""Which facts are told to programs outside, and which of their fields: the whole list, in one table.

Ids, figures, days and states go out, so that a receiver can ask the API for the rest. Reasons that somebody wrote,
people and stored files do not.
"""

from __future__ import annotations

from collections.abc import Mapping

from kanjo.domains.approvals.facts import ApprovalConcluded, MatrixActivated
from kanjo.domains.billing.facts import InvoiceIssued, InvoiceSent, InvoiceSplit, OrderPlanned
from kanjo.domains.contracts.facts import ContractAmended, ContractConcluded, ContractEnded, ContractTerminated
from kanjo.domains.licenses.facts import EndOfUseConfirmed, LicensesGranted
from kanjo.domains.opportunities.facts import (
    OpportunityHandedOver,
    OpportunityLost,
    OpportunityOpened,
    OpportunityWon,
)
from kanjo.domains.orders.facts import DeliveryAccepted, OrderBooked, PoNumberNoted
from kanjo.domains.quotes.facts import (
    QuoteAccepted,
    QuoteAnswered,
    QuoteClosed,
    QuoteDrafted,
    QuoteRevised,
    QuoteSent,
    QuoteSubmitted,
)
from kanjo.domains.receivables.facts import AllocationReversed, BankFileTaken, PaymentAllocated
from kanjo.domains.renewals.facts import ContractRenewed, RenewalAppeared, RenewalLapsed, RenewalQuoted
from kanjo.domains.revenue.facts import DeliveryNoted, ObligationsOpened, RevenueRecognised
from kanjo.foundation.facts import Fact
from kanjo.foundation.texts import Text
from kanjo.platform.runs.facts import RunExecuted

ANNOUNCED: Mapping[type[Fact], Text] = {
    OpportunityOpened: Text(en="An opportunity was opened", ja="商談の登録"),
    OpportunityHandedOver: Text(en="An opportunity was handed over", ja="商談の引継ぎ"),
    OpportunityWon: Text(en="An opportunity was won", ja="商談の受注"),
    OpportunityLost: Text(en="An opportunity was lost", ja="商談の失注"),
    QuoteDrafted: Text(en="A quote was drafted", ja="見積の作成"),
    QuoteRevised: Text(en="A quote was revised", ja="見積の改訂"),
    QuoteSubmitted: Text(en="A quote was submitted", ja="見積の承認申請"),
    QuoteAnswered: Text(en="The approvers answered a quote", ja="見積への承認結果"),
    QuoteSent: Text(en="A quote was sent", ja="見積の提示"),
    QuoteAccepted: Text(en="A quote was accepted", ja="見積の承諾"),
    QuoteClosed: Text(en="A quote was closed", ja="見積の終了"),
    MatrixActivated: Text(en="An approval matrix was put in force", ja="承認マトリックスの有効化"),
    ApprovalConcluded: Text(en="A request for approval was concluded", ja="承認申請の決着"),
    ContractConcluded: Text(en="A contract was concluded", ja="契約の締結"),
    ContractAmended: Text(en="A contract was amended", ja="契約の変更"),
    ContractEnded: Text(en="A contract ended", ja="契約期間の満了"),
    ContractTerminated: Text(en="A contract was terminated", ja="契約の解約"),
    OrderBooked: Text(en="An order was booked", ja="注文の登録"),
    DeliveryAccepted: Text(en="A delivery was accepted", ja="検収"),
    PoNumberNoted: Text(en="A customer's order number was noted", ja="顧客注文番号の登録"),
    OrderPlanned: Text(en="The billing of an order was planned", ja="請求計画の作成"),
    InvoiceIssued: Text(en="An invoice or a credit note was issued", ja="請求書・適格返還請求書の発行"),
    InvoiceSent: Text(en="An invoice was sent", ja="請求書の送付"),
    InvoiceSplit: Text(en="An invoice was split between payers", ja="請求書の分割"),
    BankFileTaken: Text(en="A bank file was taken in", ja="入金データの取込"),
    PaymentAllocated: Text(en="A payment was allocated", ja="入金の消込"),
    AllocationReversed: Text(en="An allocation was taken back", ja="消込の取消"),
    ObligationsOpened: Text(en="Performance obligations were opened", ja="履行義務の登録"),
    DeliveryNoted: Text(en="A delivery was noted", ja="引渡しの登録"),
    RevenueRecognised: Text(en="Revenue was recognised", ja="収益の認識"),
    LicensesGranted: Text(en="Licenses were granted", ja="ライセンスの付与"),
    EndOfUseConfirmed: Text(en="The end of use was confirmed", ja="利用終了の確認"),
    RenewalAppeared: Text(en="A contract is to be renewed", ja="更新対象の契約の抽出"),
    RenewalQuoted: Text(en="A renewal was quoted", ja="更新見積の登録"),
    ContractRenewed: Text(en="A contract was renewed", ja="契約の更新"),
    RenewalLapsed: Text(en="A renewal lapsed", ja="契約更新の見送り"),
    RunExecuted: Text(en="A run was executed", ja="一括処理の完了"),
}

_TOLD = """
accepted_on allocation_id amendment_id amendment_kind amount_minor bank_file_id company_id contract_id currency
customer_id discount due_on effective_on failed fee_minor grant_ids how invoice_id issued_on lines list_total_minor
matrix_id net_minor new_contract_id number old_contract_id open_minor opportunity_id order_id order_line_id
original_id outcome payer_id payment_days plan_ids price_minor proposed_minor quote_id quote_version_id receipt_id
receipts renewal_id request_id rule run_id slices starts_on state superseded_id tax_minor term_months term_until
total_minor until value_minor version version_id withdrawn_id
"""
FIELDS = frozenset(_TOLD.split())
"""The fields that are told, wherever a fact has them."""

WITHHELD = frozenset(
    {"because", "digest", "file_id", "from_id", "made_by", "moment", "owner_id", "subject_table", "to_id"}
)
"""Those that are not."""

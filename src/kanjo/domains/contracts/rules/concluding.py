"""What makes a contract sound, and when it may end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kanjo.foundation.ids import ApprovalRequestId, CompanyId, CustomerId, FileId, PersonId, QuoteId, QuoteVersionId
from kanjo.foundation.money import currency
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text


class TermReversed(Refusal):
    """A term without a day."""

    rule = "contracts.term-reversed"
    says = Text(
        en="The term from {starts_on} until {until} has no day.",
        ja="契約期間（{starts_on}から{until}まで）に1日もありません。",
    )
    remedy = Text(
        en="Give an end after the start, or none for a contract that runs on.",
        ja="終了日を開始日より後にするか、期間の定めがない場合は空けてください。",
    )


class TotalNegative(Refusal):
    """A contract under which we would pay the customer."""

    rule = "contracts.total-negative"
    says = Text(en="The contract total is {total_minor}.", ja="契約金額が{total_minor}になっています。")
    remedy = Text(en="Give the total of the accepted quote.", ja="承諾された見積の合計金額を指定してください。")


class NoticeNegative(Refusal):
    """A notice window that closes before it opens."""

    rule = "contracts.notice-negative"
    says = Text(en="A notice of {days} days is not possible.", ja="予告期間を{days}日とすることはできません。")
    remedy = Text(en="Give 0 days or more.", ja="0日以上で指定してください。")


class SignedFileChanged(Refusal):
    """The stored file is not the one that was signed."""

    rule = "contracts.signed-file-changed"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{name} is stored with digest {stored}, but {signed} was signed.",
        ja="{name}のハッシュ値は{stored}ですが、署名されたファイルのハッシュ値は{signed}です。",
    )
    remedy = Text(
        en="Store the file as it was signed, and give its digest.",
        ja="署名されたとおりのファイルを保存し、そのハッシュ値を指定してください。",
    )


class OtherwiseConcluded(Refusal):
    """The quote version already became a contract with other terms."""

    rule = "contracts.otherwise-concluded"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="This version of the quote already became contract {number}, with other {what}.",
        ja="この見積の版はすでに契約{number}として締結済みで、内容（{what}）が異なります。",
    )
    remedy = Text(
        en="Open {number}; a change of it needs a new version of the quote.",
        ja="契約{number}を確認してください。変更するには見積の新しい版が必要です。",
    )


class NotInForce(Refusal):
    """The contract has ended already."""

    rule = "contracts.not-in-force"
    kind = RefusalKind.CONFLICT
    says = Text(en="Contract {number} has ended already.", ja="契約{number}はすでに終了しています。")
    remedy = Text(en="Nothing is left to end or to change.", ja="終了や変更の必要はありません。")


class TermRunning(Refusal):
    """The term has days left."""

    rule = "contracts.term-running"
    says = Text(
        en="The term of contract {number} runs until {until}.", ja="契約{number}の契約期間は{until}の前日まで続きます。"
    )
    remedy = Text(
        en="End it from {until}, or terminate it with a reason.",
        ja="{until}以降に終了するか、理由を付けて中途解約してください。",
    )


class NoTermToEnd(Refusal):
    """The contract runs on until somebody terminates it."""

    rule = "contracts.no-term"
    says = Text(en="Contract {number} has no end of term.", ja="契約{number}には契約期間の定めがありません。")
    remedy = Text(en="Terminate it with a reason.", ja="理由を付けて解約してください。")


class OutsideTerm(Refusal):
    """A termination before the contract began or after it ends by itself."""

    rule = "contracts.outside-term"
    says = Text(
        en="{stops_on} is not a day on which contract {number} could stop early.",
        ja="{stops_on}は、契約{number}を中途解約できる日ではありません。",
    )
    remedy = Text(
        en="Give a day from its start {starts_on} and before its end.",
        ja="開始日（{starts_on}）以降、契約終了日より前の日を指定してください。",
    )


class NoCause(Refusal):
    """A termination without a reason."""

    rule = "contracts.no-cause"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why the contract is terminated.", ja="解約の理由を記入してください。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything both sides sign. `until` is the first day after the term, None when it runs on."""

    company_id: CompanyId
    customer_id: CustomerId
    quote_id: QuoteId
    quote_version_id: QuoteVersionId
    approval_request_id: ApprovalRequestId
    currency: str
    total_minor: int
    payment_terms: str
    starts_on: date
    until: date | None
    notice_days: int
    signed_file_id: FileId
    signed_digest: str
    owner_id: PersonId
    effective_on: date


OWN_WORDS: dict[str, Text] = {
    "company_id": Text(en="company", ja="販売会社"),
    "customer_id": Text(en="customer", ja="顧客"),
    "quote_id": Text(en="quote", ja="見積"),
    "approval_request_id": Text(en="approval", ja="承認"),
    "currency": Text(en="currency", ja="通貨"),
    "total_minor": Text(en="total", ja="合計金額"),
    "payment_terms": Text(en="payment terms", ja="支払条件"),
    "starts_on": Text(en="start of term", ja="契約開始日"),
    "until": Text(en="end of term", ja="契約終了日"),
    "notice_days": Text(en="notice period", ja="予告期間"),
    "signed_digest": Text(en="signed file", ja="署名済みファイル"),
}
"""The terms that must be the same for two conclusions to mean the same, as people call them."""


def refuse_unsound(terms: Terms) -> None:
    """Refuse `TermReversed`, `TotalNegative`, `NoticeNegative`, an unknown currency or unreadable payment terms."""
    if terms.until is not None and terms.until <= terms.starts_on:
        raise TermReversed(starts_on=terms.starts_on, until=terms.until)
    if terms.total_minor < 0:
        raise TotalNegative(total_minor=terms.total_minor)
    if terms.notice_days < 0:
        raise NoticeNegative(days=terms.notice_days)
    currency(terms.currency, at="currency")
    payment_terms(terms.payment_terms, at="payment_terms")


def refuse_other_meaning(number: str, before: Terms, now: Terms) -> None:
    """Refuse `OtherwiseConcluded` unless both conclusions of one quote version mean the same."""
    for name, words in OWN_WORDS.items():
        if getattr(before, name) != getattr(now, name):
            raise OtherwiseConcluded(number=number, what=words)


def refuse_early_end(number: str, until: date | None, *, on: date) -> None:
    """Refuse `NoTermToEnd` and `TermRunning`: a term ends by itself only when its last day is over."""
    if until is None:
        raise NoTermToEnd(number=number)
    if on < until:
        raise TermRunning(number=number, until=until)


def refuse_termination(number: str, starts_on: date, until: date | None, *, stops_on: date, because: str) -> None:
    """Refuse `NoCause`, and `OutsideTerm` for a day before the start or not before the end."""
    if not because.strip():
        raise NoCause(at="because")
    if stops_on < starts_on or (until is not None and stops_on >= until):
        raise OutsideTerm(number=number, stops_on=stops_on, starts_on=starts_on, at="stops_on")

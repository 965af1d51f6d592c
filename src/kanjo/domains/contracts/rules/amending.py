"""When a contract may be changed, and which of its changes may be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kanjo.domains.contracts.facts import AmendmentKind, ContractState
from kanjo.domains.contracts.rules.concluding import NotInForce
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class ChangedWithoutCause(Refusal):
    """An amendment without a reason."""

    rule = "contracts.changed-without-cause"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why the contract is changed.", ja="契約変更の理由を記入してください。")


class ChangedOutsideTerm(Refusal):
    """An amendment that takes effect on no day of the term."""

    rule = "contracts.changed-outside-term"
    says = Text(
        en="{effective_on} is not in the term of contract {number}.",
        ja="{effective_on}は、契約{number}の契約期間に含まれません。",
    )
    remedy = Text(
        en="Give a day from its start {starts_on} and before its end.",
        ja="開始日（{starts_on}）以降、契約終了日より前の日を指定してください。",
    )


class SuspendedForNoDay(Refusal):
    """A suspension that ends before it begins."""

    rule = "contracts.suspended-for-no-day"
    says = Text(
        en="The suspension from {effective_on} until {until} has no day.",
        ja="休止期間（{effective_on}から{until}まで）に1日もありません。",
    )
    remedy = Text(
        en="Give an end after the start, or none while it is not known.",
        ja="終了日を開始日より後にするか、未定の場合は空けてください。",
    )


class AgreedInFuture(Refusal):
    """An amendment that nobody has agreed to yet."""

    rule = "contracts.agreed-in-future"
    says = Text(en="{concluded_on} has not come yet.", ja="合意日{concluded_on}はまだ到来していません。")
    remedy = Text(
        en="Give the day on which both sides agreed; the change itself may begin later.",
        ja="双方が合意した日を指定してください。変更の適用開始日は将来の日でもかまいません。",
    )


class ValueNegative(Refusal):
    """An amendment after which we would pay the customer for the contract."""

    rule = "contracts.value-negative"
    says = Text(
        en="With this amendment contract {number} would be worth {value_minor}.",
        ja="この変更により、契約{number}の契約金額が{value_minor}になります。",
    )
    remedy = Text(en="Take away no more than was agreed.", ja="合意済みの契約金額を超えて減額しないでください。")


class AlreadyWithdrawn(Refusal):
    """The amendment was taken back before."""

    rule = "contracts.already-withdrawn"
    kind = RefusalKind.CONFLICT
    says = Text(en="Amendment {number} was already withdrawn by {by}.", ja="契約変更{number}は、{by}で取消済みです。")
    remedy = Text(en="Agree on a new amendment.", ja="新しい契約変更を登録してください。")


class NotToWithdraw(Refusal):
    """The amendment only took another one back."""

    rule = "contracts.not-to-withdraw"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Amendment {number} is itself a withdrawal and cannot be withdrawn.",
        ja="契約変更{number}は取消のため、さらに取り消すことはできません。",
    )
    remedy = Text(en="Agree on the change anew.", ja="あらためて契約変更を登録してください。")


class NotSuspended(Refusal):
    """Only a suspension can be resumed."""

    rule = "contracts.not-suspended"
    kind = RefusalKind.CONFLICT
    says = Text(en="Amendment {number} is not a suspension.", ja="契約変更{number}は休止ではありません。")
    remedy = Text(en="Name the suspension that ends.", ja="終了する休止を指定してください。")


class ResumedTooEarly(Refusal):
    """A suspension that would end before it begins."""

    rule = "contracts.resumed-too-early"
    says = Text(en="The suspension {number} begins on {effective_on}.", ja="休止{number}の開始日は{effective_on}です。")
    remedy = Text(
        en="Resume on that day or later, or withdraw the suspension.",
        ja="その日以降を再開日に指定するか、休止を取り消してください。",
    )


class NotTerminated(Refusal):
    """Its lines end by termination only when the contract is terminated."""

    rule = "contracts.not-terminated"
    kind = RefusalKind.CONFLICT
    says = Text(en="Contract {number} is not terminated.", ja="契約{number}は解約されていません。")
    remedy = Text(en="Terminate it, or end its lines.", ja="契約を解約するか、明細を終了してください。")


class OfOtherContract(Refusal):
    """The amendment changes another contract."""

    rule = "contracts.of-other-contract"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Amendment {number} does not belong to contract {contract}.",
        ja="契約変更{number}は契約{contract}のものではありません。",
    )
    remedy = Text(en="Name an amendment of this contract.", ja="この契約の契約変更を指定してください。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An amendment that another one takes back; `withdrawn_by` is the number of the one that already did."""

    number: str
    kind: AmendmentKind
    effective_on: date
    of_same_contract: bool
    withdrawn_by: str


def refuse_out_of_force(number: str, state: ContractState, kind: AmendmentKind) -> None:
    """Refuse `NotInForce`; the lines of a contract end by its termination once it is terminated, and only then."""
    terminated = kind is AmendmentKind.TERMINATION
    if state is not (ContractState.TERMINATED if terminated else ContractState.CONCLUDED):
        raise NotTerminated(number=number) if terminated else NotInForce(number=number)


def refuse_amendment(
    number: str,
    starts_on: date,
    until: date | None,
    *,
    effective_on: date,
    until_on: date | None = None,
    concluded_on: date,
    today: date,
    because: str,
) -> None:
    """Refuse `ChangedWithoutCause`, `ChangedOutsideTerm`, `SuspendedForNoDay` and `AgreedInFuture`.

    A change may begin in the past.
    """
    if not because.strip():
        raise ChangedWithoutCause(at="because")
    if effective_on < starts_on or (until is not None and effective_on >= until):
        raise ChangedOutsideTerm(number=number, effective_on=effective_on, starts_on=starts_on, at="effective_on")
    if until_on is not None and until_on <= effective_on:
        raise SuspendedForNoDay(effective_on=effective_on, until=until_on, at="until")
    if concluded_on > today:
        raise AgreedInFuture(concluded_on=concluded_on, at="concluded_on")


def refuse_withdrawal(number: str, kind: AmendmentKind, earlier: Earlier, *, effective_on: date) -> None:
    """Refuse what is not there to be taken back, and to resume what is not suspended or not yet."""
    if not earlier.of_same_contract:
        raise OfOtherContract(number=earlier.number, contract=number)
    if earlier.kind is AmendmentKind.WITHDRAWAL:
        raise NotToWithdraw(number=earlier.number)
    if earlier.withdrawn_by:
        raise AlreadyWithdrawn(number=earlier.number, by=earlier.withdrawn_by)
    if kind is not AmendmentKind.RESUMPTION:
        return
    if earlier.kind is not AmendmentKind.SUSPENSION:
        raise NotSuspended(number=earlier.number)
    if effective_on < earlier.effective_on:
        raise ResumedTooEarly(number=earlier.number, effective_on=earlier.effective_on, at="effective_on")


def refuse_negative_value(number: str, value_minor: int) -> None:
    """Refuse `ValueNegative`."""
    if value_minor < 0:
        raise ValueNegative(number=number, value_minor=value_minor)

"""What billing refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kanjo.domains.billing.facts import TO_ADDRESS, Channel, LineToBill
from kanjo.domains.catalog.facts import ChargeKind
from kanjo.foundation.intervals import LONGEST_DAYS, LONGEST_MONTHS
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

LARGEST_MINOR = 10**15
"""A price times the days of a period then stays exact in 64 bits."""
MOST_CHARGES = 2**15 - 1
"""How often a period can be charged and given back: the column that counts it is small."""


class ServiceMissing(Refusal):
    """A recurring charge that does not say from when until when."""

    rule = "billing.service-missing"
    says = Text(
        en="{description} recurs but has no service period.",
        ja="{description} は継続課金ですが、サービス期間がありません。",
    )
    remedy = Text(en="Give the first and last day of the service.", ja="サービスの開始日と終了日を指定してください。")


class IntervalUnfit(Refusal):
    """An interval that does not fit the kind of charge."""

    rule = "billing.interval"
    says = Text(
        en="{description} is billed {interval}.",
        ja="{description} の請求間隔が「{interval}」になっています。",
    )
    remedy = Text(
        en="A recurring charge takes 1 to {most_months} months or 1 to {most_days:,} days, a one-time charge neither.",
        ja="継続課金は1〜{most_months}か月または1〜{most_days:,}日、一時課金は0にしてください。",
    )


class RunUnexplained(Refusal):
    """A run, or an issue of one order, that a person begins without a reason; the schedule needs none."""

    rule = "billing.run-unexplained"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why it is billed by hand.", ja="手動で請求する理由を記入してください。")


class Unexplained(Refusal):
    """A document given back, or a usage price or event changed, without a reason."""

    rule = "billing.unexplained"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why it is done.", ja="理由を記入してください。")


def explained(because: str) -> None:
    """Refuse `Unexplained` where no reason is given."""
    if not because.strip():
        raise Unexplained(at="because")


class AmountTooLarge(Refusal):
    """A price beyond what is computed exactly."""

    rule = "billing.amount-too-large"
    says = Text(en="{description} costs {amount} minor units.", ja="{description} の金額が {amount} です。")
    remedy = Text(en="Stay below {most}, or split the line.", ja="{most} 未満にするか、明細を分けてください。")


class UsageTooLarge(Refusal):
    """A period of usage that costs more than is computed exactly."""

    rule = "billing.usage-too-large"
    says = Text(
        en="{description}: what was used costs {amount} minor units or more.",
        ja="{description}の利用額が {amount} 以上です。",
    )
    remedy = Text(
        en="Correct what was used, or agree another price: no more than {most} can be billed.",
        ja="利用実績を訂正するか、単価を見直してください。請求できるのは {most} までです。",
    )


class NothingToPlan(Refusal):
    """An order without lines."""

    rule = "billing.no-lines"
    says = Text(en="The order has no lines to bill.", ja="請求する明細がありません。")
    remedy = Text(en="Give at least one line.", ja="1件以上の明細を指定してください。")


class AlreadyPlanned(Refusal):
    """The lines of the order already have plans, with other terms."""

    rule = "billing.already-planned"
    kind = RefusalKind.CONFLICT
    says = Text(en="Order line {key} already has a billing plan.", ja="注文明細 {key} の請求計画はすでにあります。")
    remedy = Text(en="Change it by an amendment of the contract.", ja="契約の変更（覚書）で変更してください。")


class AlreadyAccepted(Refusal):
    """The line was accepted on another day."""

    rule = "billing.already-accepted"
    kind = RefusalKind.CONFLICT
    says = Text(en="Order line {key} was accepted on {day}.", ja="注文明細 {key} は {day} に検収済みです。")
    remedy = Text(
        en="Issue a credit note for what was billed, then correct the day.",
        ja="請求済みの場合は返還請求書を発行してから訂正してください。",
    )


class PlanMissing(Refusal):
    """An order line that billing knows nothing of."""

    rule = "billing.plan-missing"
    kind = RefusalKind.MISSING
    says = Text(en="Order line {key} has no billing plan.", ja="注文明細 {key} の請求計画がありません。")
    remedy = Text(en="Plan the billing of its order first.", ja="先に注文の請求計画を作成してください。")


class NothingDue(Refusal):
    """Nothing of the order is due on that day."""

    rule = "billing.nothing-due"
    kind = RefusalKind.CONFLICT
    says = Text(en="Nothing of order {key} is due by {day}.", ja="{day} 時点で注文 {key} に請求対象はありません。")
    remedy = Text(
        en="Take a later day, or record the acceptance it waits for.",
        ja="後の日付にするか、検収を登録してください。",
    )


class RateMissing(Refusal):
    """No tax rate is in force on the day of supply."""

    rule = "billing.rate-missing"
    says = Text(
        en="No rate of tax class {tax_class} is in force on {day}.",
        ja="{day} に適用される税区分「{tax_class}」の税率がありません。",
    )
    remedy = Text(
        en="Enter the rate in the catalog, then bill again.", ja="カタログに税率を登録し、再度請求してください。"
    )


class PlanUnreadable(Refusal):
    """A billing plan that holds a value nobody knows."""

    rule = "billing.plan-unreadable"
    says = Text(
        en="{description} cannot be billed: its {what} is “{value}”.",
        ja="{description} は請求できません。{what}が「{value}」になっています。",
    )
    remedy = Text(
        en="Correct it on the customer, or let the database administrator correct the plan; the next run bills it.",
        ja="顧客の登録を訂正するか、データベース管理者が請求計画を訂正してください。次の請求処理で請求されます。",
    )


class NamesNobody(Refusal):
    """A billing plan that names a record which is not there."""

    rule = "billing.names-nobody"
    kind = RefusalKind.MISSING
    says = Text(
        en="{description} cannot be billed: its {what} is not there.",
        ja="{description} は請求できません。{what}の登録がありません。",
    )
    remedy = Text(
        en="Let the database administrator bring the record back, for example from a backup; the next run bills it.",
        ja="データベース管理者がバックアップなどから復元してください。次の請求処理で請求されます。",
    )


class DescriptionMissing(Refusal):
    """A line without a content, which a tax invoice must state (Consumption Tax Act, art. 57-4)."""

    rule = "billing.description-missing"
    says = Text(
        en="Billing plan {key} has no description in the payer's language ({language}).",
        ja="請求計画 {key} に、請求先の言語（{language}）の品名がありません。",
    )
    remedy = Text(
        en="Change the customer's language, or let the database administrator enter the description.",
        ja="顧客の言語を変更するか、データベース管理者が品名を入力してください。",
    )


class ServiceReversed(Refusal):
    """A service that ends before it begins."""

    rule = "billing.service-reversed"
    says = Text(
        en="The service of {description} begins on {start} and ends before {until}.",
        ja="{description} のサービス期間が逆です（開始 {start}、終了 {until} の前日）。",
    )
    remedy = Text(
        en="Let the database administrator correct the days of the plan; the next run bills it.",
        ja="データベース管理者が請求計画の日付を訂正してください。次の請求処理で請求されます。",
    )


class BilledTooOften(Refusal):
    """A period that was charged and given back as often as can be counted."""

    rule = "billing.billed-too-often"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="A period of {description} was billed and credited too often.",
        ja="{description} の同じ期間の請求と返還が回数の上限に達しました。",
    )
    remedy = Text(en="Bill it on a new order line.", ja="新しい注文明細で請求してください。")


class NotTaken(Refusal):
    """What is due of an account could not be written: the database itself refused it."""

    rule = "billing.not-taken"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The database does not take the invoice: {words}.", ja="データベースが請求書を受け付けません: {words}。"
    )
    remedy = Text(
        en="Let the database administrator look at the rule it names; the next run tries again.",
        ja="データベース管理者に、示された制約を確認してもらってください。次の請求処理で再度試します。",
    )


class NoRecipient(Refusal):
    """Mail without one address to go to."""

    rule = "billing.no-recipient"
    says = Text(
        en="“{recipient}” is not an e-mail address.", ja="「{recipient}」はメールアドレスの形式ではありません。"
    )
    remedy = Text(
        en="Give the one address that the invoice goes to.", ja="送付先のメールアドレスを1つ入力してください。"
    )


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def refuse_unaddressed(channel: Channel | None, recipient: str) -> None:
    """Refuse `NoRecipient` for what goes to an address, where that is none."""
    if channel in TO_ADDRESS and not _ADDRESS.fullmatch(recipient):
        raise NoRecipient(at="recipient", recipient=quoted(recipient))


class NoWayChosen(Refusal):
    """An invoice to be sent with others whose payer nobody chose a way for."""

    rule = "billing.no-way-chosen"
    says = Text(
        en="To whom and by what way invoice {number} goes is not chosen.",
        ja="請求書 {number} の宛先・送付方法が設定されていません。",
    )
    remedy = Text(
        en="Choose it for its payer and send again, or send the invoice by itself.",
        ja="請求先に宛先・送付方法を設定してから再度送付するか、請求書の画面から個別に送付してください。",
    )


class NothingToSend(Refusal):
    """A run of which every invoice was sent, or that issued none."""

    rule = "billing.nothing-to-send"
    kind = RefusalKind.CONFLICT
    says = Text(en="Run {key} has no invoice that is still to be sent.", ja="処理 {key} に未送付の請求書はありません。")
    remedy = Text(
        en="To send one again, open it: its page sends it.", ja="再送する場合は、各請求書の画面から送付してください。"
    )


class NotAsManyLinkDays(Refusal):
    """A link that would be good for no day, or for longer than links are."""

    rule = "billing.not-as-many-link-days"
    says = Text(en="A link cannot be good for {days} days.", ja="リンクの有効日数に {days} 日は指定できません。")
    remedy = Text(en="Give 1 to {most} days.", ja="1〜{most} 日の範囲で入力してください。")


class LinkEnded(Refusal):
    """The link is good no more: its days are over, or it was taken back."""

    rule = "billing.link-ended"
    kind = RefusalKind.CONFLICT
    says = Text(en="The link is good no more already.", ja="このリンクはすでに無効です。")
    remedy = Text(en="There is nothing left to withdraw.", ja="取り消す必要はありません。")


class LinkLost(Refusal):
    """A link whose secret cannot be made again."""

    rule = "billing.link-lost"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The link was made under another key of the house; nobody could open it.",
        ja="リンク作成後にシステムの秘密鍵が変更されたため、このリンクは開けません。",
    )
    remedy = Text(en="Withdraw the link and send the invoice again.", ja="リンクを取り消し、請求書を再送してください。")


class NoSuchLink(Refusal):
    """An address that leads to no paper."""

    rule = "billing.no-such-link"
    kind = RefusalKind.MISSING
    says = Text(en="This link leads to no document.", ja="このリンクの書類は見つかりません。")
    remedy = Text(
        en="Check that the address is whole, or ask whoever sent it to you.",
        ja="アドレスが途中で切れていないか確認するか、送信元にお問い合わせください。",
    )


class LinkOver(Refusal):
    """A link that was good once; `language` is that of its paper."""

    rule = "billing.link-over"
    kind = RefusalKind.MISSING
    says = Text(en="This link is good no more.", ja="このリンクの有効期間は終了しました。")
    remedy = Text(en="Ask {issuer} to send the document again.", ja="{issuer} に再送をご依頼ください。")


class InvoiceMissing(Refusal):
    """No such invoice for this person."""

    rule = "billing.invoice-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no invoice {key} that you can see.", ja="請求書 {key} は見つかりません。")
    remedy = Text(en="Check the number.", ja="番号を確認してください。")


class LineMissing(Refusal):
    """No such line of an invoice for this person."""

    rule = "billing.line-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no invoice line {key} that you can see.", ja="請求明細 {key} は見つかりません。")
    remedy = Text(en="Open the invoice and choose the line.", ja="請求書を開き、明細を選択してください。")


class AlreadyCredited(Refusal):
    """The invoice was given back before, or is itself a credit note."""

    rule = "billing.already-credited"
    kind = RefusalKind.CONFLICT
    says = Text(en="Invoice {number} cannot be credited.", ja="請求書 {number} は返還できません。")
    remedy = Text(
        en="It was credited before, or is itself a credit note.",
        ja="すでに返還済みか、それ自体が返還請求書です。",
    )


def refuse_unbillable(lines: Sequence[LineToBill]) -> None:
    """Refuse lines that no schedule could be made of."""
    if not lines:
        raise NothingToPlan
    for place, line in enumerate(lines, start=1):
        at = f"lines[{place}]"
        if line.charge is ChargeKind.RECURRING and not line.service:
            raise ServiceMissing(at=at, description=line.description)
        if not (line.interval.recurs if line.charge is ChargeKind.RECURRING else line.interval.once):
            raise IntervalUnfit(
                at=at,
                description=line.description,
                interval=line.interval.shown,
                most_months=LONGEST_MONTHS,
                most_days=LONGEST_DAYS,
            )
        if abs(line.net_minor) >= LARGEST_MINOR:
            raise AmountTooLarge(at=at, description=line.description, amount=line.net_minor, most=LARGEST_MINOR)

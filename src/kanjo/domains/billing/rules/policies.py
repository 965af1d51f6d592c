"""What a policy has to be, and who may bill by another than the one chosen."""

from __future__ import annotations

import re

from kanjo.domains.billing.facts import BillingPolicy
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_NAME = 120


class PolicyMissing(Refusal):
    """A number that no policy has."""

    rule = "billing.policy-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no billing policy {key}.", ja="請求ポリシー {key} は見つかりません。")
    remedy = Text(en="Take one of the list of billing policies.", ja="請求ポリシーの一覧から選んでください。")


class PolicyCodeUnfit(Refusal):
    """A code that is not a short plain word."""

    rule = "billing.policy-code"
    says = Text(en="“{code}” is no code of a policy.", ja="「{code}」は請求ポリシーのコードに使えません。")
    remedy = Text(
        en="Use up to 40 small letters, digits and hyphens.",
        ja="半角の小文字・数字・ハイフンで40文字以内にしてください。",
    )


class PolicyUnnamed(Refusal):
    """A policy without a name in one of the two languages, or with one that is too long."""

    rule = "billing.policy-name"
    says = Text(en="The policy has no name, or one that is too long.", ja="名称が空欄か、長すぎます。")
    remedy = Text(
        en="Give a name of at most {most} letters in each language.",
        ja="日本語と英語の名称をそれぞれ{most}文字以内で入力してください。",
    )


class MonthDaysUnfit(Refusal):
    """A month of no days, or of more than there are."""

    rule = "billing.policy-month-days"
    says = Text(en="A month cannot be taken to have {days} days.", ja="1か月を {days} 日とすることはできません。")
    remedy = Text(en="Give 1 to 31 days.", ja="1〜31日で指定してください。")


class PolicyNotYours(Refusal):
    """Another policy than the one chosen for the customer, asked for by somebody who may not choose."""

    rule = "billing.policy-not-yours"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="This customer is billed by policy {default}; another one ({wanted}) is not yours to choose.",
        ja="この顧客には請求ポリシー {default} が選ばれています。別のポリシー（{wanted}）を選ぶ権限がありません。",
    )
    remedy = Text(
        en="Leave the policy out, or ask Sales Operations or Deal Management.",
        ja="ポリシーを指定しないか、セールスオペレーションまたはディールマネジメントに依頼してください。",
    )


def refuse_unsound_policy(code: str, name: Text, choices: BillingPolicy) -> None:
    """Refuse a code, a name or a month that cannot stand."""
    if not _CODE.fullmatch(code):
        raise PolicyCodeUnfit(code=code, at="code")
    for language, words in (("en", name.en), ("ja", name.ja)):
        if not words.strip() or len(words) > LONGEST_NAME:
            raise PolicyUnnamed(most=LONGEST_NAME, at=f"name_{language}")
    if not 1 <= choices.month_days <= 31:
        raise MonthDaysUnfit(days=choices.month_days, at="month_days")

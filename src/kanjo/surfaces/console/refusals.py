"""What the command refuses."""

from __future__ import annotations

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class AddressInUse(Refusal):
    """Another program listens where Kanjo should."""

    rule = "console.address-in-use"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Port {port} on {address} is already used by {who}.", ja="{address} のポート {port} は {who} が使用中です。"
    )
    remedy = Text(
        en="Stop that program, or choose another port: KANJO_PORT={free} ./kanjo up",
        ja="そのプログラムを停止するか、別のポートを指定してください: KANJO_PORT={free} ./kanjo up",
    )


class DidNotAnswer(Refusal):
    """The web server was started and gave no answer in time."""

    rule = "console.did-not-answer"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The web server did not answer within {seconds} seconds. Its last words: {words}",
        ja="Web サーバーが {seconds} 秒以内に応答しませんでした。最後のメッセージ: {words}",
    )
    remedy = Text(en="Read {log} and run ./kanjo doctor.", ja="{log} を確認し、./kanjo doctor を実行してください。")


class BooksBroken(Refusal):
    """The demonstration was played and its books do not hold."""

    rule = "console.books-broken"
    kind = RefusalKind.CONFLICT
    says = Text(en="The books do not hold: {names}.", ja="帳簿の恒等式が成立していません: {names}。")
    remedy = Text(
        en="./kanjo verify shows where; ./kanjo reset starts over.",
        ja="./kanjo verify で箇所を確認できます。./kanjo reset で初期化できます。",
    )


class NotConfirmed(Refusal):
    """The person did not say yes to something that cannot be undone."""

    rule = "console.not-confirmed"
    says = Text(en="Nothing was changed.", ja="何も変更していません。")
    remedy = Text(en="To go ahead, answer yes or give --yes.", ja="実行するには確認に答えるか --yes を付けてください。")


class UnknownName(Refusal):
    """There is nothing of that name."""

    rule = "console.unknown-name"
    kind = RefusalKind.MISSING
    says = Text(en="There is no {what} “{name}”.", ja="{what}「{name}」はありません。")
    remedy = Text(en="There is: {known}.", ja="あるもの: {known}")


class NotACode(Refusal):
    """What was given as a company's code cannot be one."""

    rule = "console.not-a-code"
    says = Text(en="“{code}” is no code of a company.", ja="「{code}」は販売会社コードに使えません。")
    remedy = Text(
        en="Use up to 32 small letters, digits and hyphens, for example kanjo-jp.",
        ja="英小文字・数字・ハイフンを32文字以内で指定してください（例: kanjo-jp）。",
    )


class NotADay(Refusal):
    """What was given as a day is none."""

    rule = "console.not-a-day"
    says = Text(en="“{value}” is not a day.", ja="「{value}」は日付ではありません。")
    remedy = Text(
        en="Write it as YYYY-MM-DD, for example 2026-04-30.", ja="YYYY-MM-DD の形で指定してください（例: 2026-04-30）。"
    )


class NoSources(Refusal):
    """The command works on the sources, and this Kanjo was installed without them."""

    rule = "console.no-sources"
    kind = RefusalKind.MISSING
    says = Text(en="The sources of Kanjo are not at {root}.", ja="{root} に Kanjo のソースがありません。")
    remedy = Text(en="Run ./kanjo from a clone.", ja="クローンしたディレクトリで ./kanjo を実行してください。")

"""The words of the pages for acts, waiting work, runs and states."""

from __future__ import annotations

from collections.abc import Mapping

from kanjo.domains.approvals.facts import ItemState, MatrixState, RequestState
from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.opportunities.facts import Stage
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.renewals.facts import RenewalState
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.runs.states import RunState
from kanjo.platform.webhooks.states import EndpointState, SendingState
from kanjo.processes.announced import ANNOUNCED

VERB_NAMES: Mapping[str, Text] = {
    "access.make-token": Text(en="made an API token", ja="APIトークンを発行"),
    "access.revoke-token": Text(en="revoked an API token", ja="APIトークンを失効"),
    "approvals.activate-matrix": Text(en="activated the matrix", ja="承認マトリックスを有効化"),
    "approvals.add-rows": Text(en="added rows to the matrix", ja="承認マトリックスに行を追加"),
    "approvals.decide-item": Text(en="decided an approval item", ja="承認項目を決裁"),
    "approvals.draft-matrix": Text(en="drafted a matrix", ja="承認マトリックスを作成"),
    "approvals.meet-condition": Text(en="noted a condition as met", ja="条件の充足を登録"),
    "approvals.open-request": Text(en="asked for approval", ja="承認を申請"),
    "approvals.recall-request": Text(en="recalled the request", ja="申請を取下げ"),
    "approvals.withdraw-matrix": Text(en="withdrew the matrix", ja="承認マトリックスを取下げ"),
    "billing.change-plans": Text(en="changed how it is billed", ja="請求計画を変更"),
    "customers.choose-tax-rounding": Text(en="chose how tax is rounded", ja="消費税の端数処理を設定"),
    "billing.choose-bill-to": Text(en="chose to whom invoices go", ja="請求書の宛先・送付方法を設定"),
    "billing.choose-grouping": Text(en="chose how invoices are grouped", ja="請求書のまとめ方を設定"),
    "billing.choose-policy": Text(en="chose a billing policy", ja="請求ポリシーを選択"),
    "billing.define-policy": Text(en="defined a billing policy", ja="請求ポリシーを定義"),
    "billing.credit-invoice": Text(en="issued a credit note", ja="適格返還請求書を発行"),
    "billing.execute": Text(en="executed a billing run", ja="請求処理を実行"),
    "billing.hold": Text(en="held the billing", ja="請求を保留"),
    "billing.issue-invoice": Text(en="issued the invoice", ja="請求書を発行"),
    "billing.move-day": Text(en="moved a billing day", ja="請求日を変更"),
    "billing.note-acceptance": Text(en="noted the acceptance for billing", ja="請求に検収を反映"),
    "billing.plan": Text(en="planned the billing", ja="請求計画を作成"),
    "billing.correct-usage": Text(en="corrected usage", ja="利用実績を訂正"),
    "billing.rate-usage": Text(en="agreed the price of usage", ja="従量単価を登録"),
    "billing.record-usage": Text(en="took in usage", ja="利用実績を取込"),
    "billing.preview": Text(en="previewed a billing run", ja="請求処理を試算"),
    "billing.preview-reversal": Text(en="previewed a reversal", ja="請求処理の取消を試算"),
    "billing.release": Text(en="released the billing", ja="請求の保留を解除"),
    "billing.reversal.execute": Text(en="executed a reversal", ja="請求処理の取消を実行"),
    "billing.send-invoice": Text(en="sent the invoice", ja="請求書を送付"),
    "billing.send-run": Text(en="had all invoices of a run sent", ja="請求処理の請求書の一括送付を指示"),
    "billing.sending.execute": Text(en="sent the invoices of a run", ja="請求処理の請求書を一括送付"),
    "billing.share-account": Text(en="agreed who shares what a payer pays", ja="請求先の負担割合を設定"),
    "billing.share-contract": Text(en="agreed who shares the contract's invoices", ja="契約の請求先の負担割合を設定"),
    "billing.split-invoice": Text(en="divided the invoice between payers", ja="請求書を請求先別に分割"),
    "billing.withdraw-link": Text(en="withdrew the download link", ja="ダウンロードリンクを取消"),
    "billing.tag-contract": Text(en="tagged the contract for billing", ja="契約に請求のまとめ区分を設定"),
    "bookmarks.drop": Text(en="dropped a kept view", ja="保存した表示を削除"),
    "bookmarks.keep": Text(en="kept a view", ja="表示を保存"),
    "catalog.add-product": Text(en="added the product", ja="製品を登録"),
    "catalog.set-list-price": Text(en="set the list price", ja="標準価格を設定"),
    "catalog.set-usage-price": Text(en="set the usage price", ja="従量単価を設定"),
    "catalog.set-tax-rate": Text(en="set the tax rate", ja="税率を設定"),
    "catalog.withdraw-product": Text(en="withdrew the product", ja="製品の販売を終了"),
    "companies.found": Text(en="founded the company", ja="販売会社を登録"),
    "contracts.amend": Text(en="amended the contract", ja="契約を変更"),
    "contracts.conclude": Text(en="concluded the contract", ja="契約を締結"),
    "contracts.end": Text(en="noted the end of the term", ja="契約期間の満了を登録"),
    "contracts.terminate": Text(en="terminated the contract", ja="契約を解約"),
    "customers.add-department": Text(en="added a department", ja="部門を追加"),
    "companies.set-seal": Text(en="set the seal of the papers", ja="帳票の角印を設定"),
    "companies.amend": Text(en="amended the letterhead", ja="発行者情報を変更"),
    "customers.amend": Text(en="amended the customer", ja="顧客情報を変更"),
    "customers.place-under": Text(en="placed the customer under its parent", ja="親会社を登録"),
    "customers.register": Text(en="registered the customer", ja="顧客を登録"),
    "customers.take-in": Text(en="took customers in", ja="顧客を取込"),
    "contracts.hand-over": Text(en="handed contracts over", ja="契約を引継ぎ"),
    "database": Text(en="changed in the database, by no act of the product", ja="データベース上で直接変更"),
    "deputies.end": Text(en="ended the deputation", ja="代理を終了"),
    "deputies.hand-on": Text(en="handed on whom the person stood in for", ja="代理の役目を引継ぎ"),
    "deputies.name": Text(en="named a deputy", ja="代理を指定"),
    "history.execute": Text(en="played the history", ja="デモ用履歴を再現"),
    "identity.admit-person": Text(en="admitted the person", ja="利用者を登録"),
    "identity.assign-company": Text(en="assigned a company", ja="販売会社を割当"),
    "identity.choose-password": Text(en="chose a password", ja="パスワードを変更"),
    "identity.end-other-sessions": Text(en="ended the other sessions", ja="ほかの端末をログアウト"),
    "identity.end-session": Text(en="ended a session", ja="端末をログアウト"),
    "identity.end-sessions-of": Text(en="ended the person's sessions", ja="利用者の全端末をログアウト"),
    "identity.choose-calendar": Text(en="chose how days are written", ja="日付の表示を変更"),
    "identity.choose-language": Text(en="chose a language", ja="表示言語を変更"),
    "identity.connect-account": Text(en="connected a company account", ja="会社アカウントを接続"),
    "identity.disconnect-account": Text(en="disconnected a company account", ja="会社アカウントの接続を解除"),
    "identity.invite-person": Text(en="invited the person", ja="利用者を招待"),
    "identity.invite-again": Text(en="invited the person again", ja="招待を再送"),
    "identity.withdraw-invitation": Text(en="withdrew the invitation", ja="招待を取消"),
    "identity.accept-invitation": Text(en="accepted the invitation", ja="招待を承諾"),
    "identity.dismiss-person": Text(en="dismissed the person", ja="利用を停止"),
    "identity.grant-role": Text(en="granted a role", ja="役割を付与"),
    "identity.readmit-person": Text(en="readmitted the person", ja="利用停止を解除"),
    "identity.remove-factors": Text(en="removed the second factor", ja="2段階認証を解除"),
    "identity.set-password": Text(en="set a password", ja="パスワードを設定"),
    "identity.unassign-company": Text(en="took a company away", ja="販売会社の割当を解除"),
    "identity.withdraw-role": Text(en="withdrew a role", ja="役割を取消"),
    "imports.note": Text(en="took in an export", ja="データを取込"),
    "ledger.complete-chart": Text(en="completed the chart of accounts", ja="勘定科目表を補完"),
    "ledger.lock-period": Text(en="locked the period", ja="会計期間を締め"),
    "ledger.open-periods": Text(en="opened periods", ja="会計期間を開始"),
    "licenses.confirm-end-of-use": Text(en="confirmed the end of use", ja="利用終了を確認"),
    "licenses.write-grants": Text(en="granted licenses", ja="ライセンスを付与"),
    "notices.choose": Text(en="chose how to be told", ja="通知設定を変更"),
    "notices.read": Text(en="read a notice", ja="お知らせを既読に"),
    "notices.read-all": Text(en="marked all as read", ja="お知らせをすべて既読に"),
    "opportunities.engage": Text(en="engaged", ja="商談を開始"),
    "opportunities.expect": Text(en="set what is expected", ja="受注見込を登録"),
    "opportunities.hand-over": Text(en="handed deals over", ja="商談を引継ぎ"),
    "opportunities.reassign": Text(en="handed the opportunity over", ja="商談の担当者を変更"),
    "opportunities.lose": Text(en="closed as lost", ja="失注を登録"),
    "opportunities.open": Text(en="opened the opportunity", ja="商談を登録"),
    "opportunities.take-in": Text(en="took opportunities in", ja="商談を取込"),
    "opportunities.win": Text(en="closed as won", ja="受注を登録"),
    "orders.accept-delivery": Text(en="noted the acceptance", ja="検収を登録"),
    "orders.book": Text(en="booked the order", ja="注文を登録"),
    "orders.note-po-number": Text(en="noted the customer's order number", ja="顧客注文番号を登録"),
    "orders.book-amendment": Text(en="booked what an amendment changes", ja="契約変更の注文を登録"),
    "outbox.deliver-again": Text(en="had an automatic step tried again", ja="自動処理の再実行を指示"),
    "outbox.deliver": Text(en="what followed by itself", ja="自動処理"),
    "privacy.reveal": Text(en="looked at personal data with a reason", ja="理由を付けて個人情報を表示"),
    "quotes.accept": Text(en="noted the customer's acceptance", ja="顧客の承諾を登録"),
    "quotes.draft": Text(en="drafted the quote", ja="見積を作成"),
    "quotes.expire": Text(en="let the quote expire", ja="見積を期限切れに"),
    "quotes.note-approval": Text(en="took over the answer of the approvers", ja="承認結果を反映"),
    "quotes.revise": Text(en="revised the quote", ja="見積を改訂"),
    "quotes.send": Text(en="sent the quote", ja="見積を提示"),
    "quotes.submit": Text(en="submitted the quote", ja="見積の承認を申請"),
    "quotes.withdraw": Text(en="withdrew the quote", ja="見積を取下げ"),
    "receivables.acknowledge": Text(en="issued an acknowledgement", ja="領収書を発行"),
    "receivables.acknowledge-again": Text(en="issued an acknowledgement again", ja="領収書を再発行"),
    "receivables.state-month": Text(en="issued a monthly statement", ja="月締め請求書を発行"),
    "receivables.allocate": Text(en="allocated a receipt", ja="入金を消込"),
    "receivables.close-by-note": Text(
        en="closed a split invoice by its credit note", ja="分割した請求書を返還請求書で消込"
    ),
    "receivables.import-bank-file": Text(en="took in a bank file", ja="入金データを取込"),
    "receivables.match-receipts": Text(en="matched receipts by rule", ja="入金を自動消込"),
    "receivables.note-fee": Text(en="told a bank fee", ja="振込手数料を登録"),
    "receivables.open-items": Text(en="opened receivables", ja="売掛金を計上"),
    "receivables.return-transfer": Text(en="noted a returned transfer", ja="組戻しを登録"),
    "receivables.reverse-allocation": Text(en="took back an allocation", ja="消込を取消"),
    "receivables.set-off": Text(en="set off a credit note", ja="相殺を登録"),
    "receivables.write-off-fee": Text(en="bore a bank fee", ja="振込手数料を負担"),
    "renewals.find-due": Text(en="found contracts to renew", ja="更新対象の契約を抽出"),
    "renewals.hand-over": Text(en="handed renewals over", ja="契約更新を引継ぎ"),
    "renewals.let-lapse": Text(en="let the renewal lapse", ja="更新なしを登録"),
    "renewals.quote": Text(en="quoted the renewal", ja="更新見積を登録"),
    "renewals.renew": Text(en="renewed", ja="更新を登録"),
    "replay.execute": Text(en="replayed deals won elsewhere", ja="他システム受注を再現"),
    "revenue.execute": Text(en="executed a revenue run", ja="収益認識処理を実行"),
    "revenue.note-delivery": Text(en="noted the delivery", ja="引渡しを登録"),
    "revenue.open-obligations": Text(en="opened performance obligations", ja="履行義務を登録"),
    "revenue.preview-recognition": Text(en="previewed a revenue run", ja="収益認識処理を試算"),
    "revenue.recognise": Text(en="recognised revenue", ja="収益を認識"),
    "revenue.reverse-recognition": Text(en="reversed a revenue run", ja="収益認識処理を取消"),
    "billing.plan-instalments": Text(en="planned instalments", ja="分割請求を設定"),
    "billing.reach-milestone": Text(en="noted a milestone", ja="マイルストーンの達成を登録"),
    "runs.set-schedule": Text(en="set the schedule of runs", ja="自動実行の予定を設定"),
    "runs.pause-schedule": Text(en="paused the schedule of runs", ja="自動実行の予定を一時停止"),
    "runs.take-turn": Text(en="took the turn of a schedule", ja="予定による実行を登録"),
    "runs.set-limit": Text(en="set the limit of runs", ja="一括処理の承認上限を設定"),
    "runs.approve": Text(en="approved the run", ja="実行を承認"),
    "batch.execute": Text(en="did the acts of a program", ja="一括操作を実行"),
    "runs.begin-batch": Text(en="sent many acts by a program", ja="一括操作を受付"),
    "runs.resume-batch": Text(en="resumed the acts of a program", ja="一括操作を再開"),
    "runs.note-stop": Text(en="noted that the run stopped", ja="処理の中断を登録"),
    "runs.preview": Text(en="previewed the run", ja="実行を試算"),
    "runs.start": Text(en="started the run", ja="実行を開始"),
    "worklist.hand-over": Text(en="handed waiting work over", ja="対応待ちを引継ぎ"),
    "runs.withdraw": Text(en="withdrew the run", ja="実行を取下げ"),
    "webhooks.amend": Text(en="changed the webhook", ja="Webhookを変更"),
    "webhooks.end": Text(en="ended the webhook", ja="Webhookを終了"),
    "webhooks.pause": Text(en="paused the webhook", ja="Webhookを一時停止"),
    "webhooks.ping": Text(en="had a test message sent", ja="テスト送信を指示"),
    "webhooks.register": Text(en="registered the webhook", ja="Webhookを登録"),
    "webhooks.resume": Text(en="resumed the webhook", ja="Webhookを再開"),
    "webhooks.rotate-secret": Text(en="gave the webhook a new secret", ja="Webhookの署名キーを更新"),
    "webhooks.send": Text(en="sent to the webhook", ja="Webhookへ送信"),
    "webhooks.send-again": Text(en="had a message sent again", ja="再送を指示"),
    "webhooks.send-again-since": Text(en="had messages sent again", ja="一括再送を指示"),
}
"""What somebody did, by the name of the verb."""

_PAIRS = """
    accepted:accept activated:activate added:add admitted:admit agreed:agree allocated:allocate amended:amend
    approved:approve asked:ask assigned:assign booked:book bore:bear changed:change chose:choose closed:close
    completed:complete concluded:conclude confirmed:confirm connected:connect corrected:correct decided:decide did:do
    disconnected:disconnect dismissed:dismiss drafted:draft dropped:drop ended:end engaged:engage executed:execute
    found:find founded:found gave:give granted:grant had:have handed:hand invited:invite issued:issue kept:keep
    let:let locked:lock looked:look made:make marked:mark matched:match named:name noted:note opened:open paused:pause
    placed:place planned:plan played:play previewed:preview quoted:quote read:read readmitted:readmit recalled:recall
    recognised:recognise registered:register removed:remove renewed:renew replayed:replay resumed:resume
    reversed:reverse revised:revise revoked:revoke sent:send set:set started:start submitted:submit
    terminated:terminate told:tell took:take withdrew:withdraw held:hold moved:move released:release tagged:tag
    defined:define divided:divide
"""
_PLAIN = dict(pair.split(":") for pair in _PAIRS.split())
"""The first word of what was done, and the same as an act."""
_OWN = {
    "database": Text(en="Change the database, by no act of the product", ja="データベースを直接変更"),
    "outbox.deliver": Text(en="Let follow by itself", ja="自動処理"),
}


def act_named(verb: str) -> Text:
    """Return what may be done, where `VERB_NAMES` says what was done."""
    if verb in _OWN:
        return _OWN[verb]
    done = VERB_NAMES[verb]
    first, _, rest = done.en.partition(" ")
    return Text(en=f"{_PLAIN[first].capitalize()} {rest}".strip(), ja=done.ja)


WORK_NAMES: Mapping[str, Text] = {
    "approvals.decide": Text(en="Decide an approval item", ja="承認項目を決裁する"),
    "approvals.meet-condition": Text(en="See that a condition is met", ja="承認条件を満たす"),
    "quotes.answered": Text(en="Go on with an answered quote", ja="承認結果の出た見積を進める"),
    "receivables.unmatched-receipt": Text(en="Allocate a receipt", ja="入金を消し込む"),
    "renewals.prepare": Text(en="Prepare a renewal", ja="契約更新を準備する"),
    "billing.hold-expires": Text(en="Look after a billing hold", ja="請求保留を確認する"),
    "billing.hold-refused": Text(
        en="Decide on a hold whose approval was refused", ja="承認が得られなかった請求保留の扱いを決める"
    ),
    "billing.invoice-asked": Text(en="Bill an order", ja="注文を請求する"),
    "licenses.running-out": Text(en="Confirm the end of use", ja="利用終了を確認する"),
    "orders.acceptance-awaited": Text(en="Get an acceptance", ja="検収を確認する"),
    "outbox.dead": Text(en="Mend a failed automatic step", ja="失敗した自動処理を解消する"),
    "runs.above-limit": Text(en="Approve a run above the limit", ja="上限を超える一括処理を承認する"),
    "billing.failed": Text(en="Mend what could not be invoiced", ja="請求できなかったものを確認する"),
    "billing.reversal.failed": Text(en="Mend what could not be reversed", ja="取消できなかった請求を確認する"),
    "billing.sending.failed": Text(en="Mend what could not be sent", ja="送付できなかった請求書を確認する"),
    "contracts.end.failed": Text(en="Mend a contract that could not be ended", ja="満了にできなかった契約を確認する"),
    "runs.schedule-failed": Text(en="Mend the billing by schedule", ja="自動請求の失敗を確認する"),
    "runs.schedule-waits": Text(en="Let the billing by schedule go on", ja="自動請求を再開できるようにする"),
    "runs.stopped": Text(en="See why a run stopped", ja="中断した一括処理を確認する"),
    "quotes.expire.failed": Text(en="Mend a quote that could not expire", ja="期限切れにできなかった見積を確認する"),
    "webhooks.failing": Text(en="Mend a failing webhook", ja="送信に失敗したWebhookを確認する"),
    "replay.failed": Text(en="Mend what could not be replayed", ja="再現できなかった商談を確認する"),
}
"""What waits, by the kind of the work item."""

FACT_NAMES: Mapping[str, Text] = {fact.kind: name for fact, name in ANNOUNCED.items()}
"""What happened, by the kind of the fact."""

REACTION_NAMES: Mapping[str, Text] = {
    "kanjo.processes.deliver_invoice.deliver_invoice": Text(
        en="Mail the invoice or its link, or put it into the folder",
        ja="請求書またはリンクの送付",
    ),
    "kanjo.processes.watch_holds.answer_approval": Text(
        en="Release what waited for the approval", ja="承認待ちの請求保留の解除"
    ),
    "kanjo.processes.ask_for_acceptance.ask_for_acceptance": Text(en="Ask for the acceptance", ja="検収の依頼"),
    "kanjo.processes.ask_for_acceptance.await_no_longer": Text(en="Await no acceptance any more", ja="検収依頼の終了"),
    "kanjo.processes.ask_for_invoice.ask_for_invoice": Text(en="Ask for the invoice", ja="請求の依頼"),
    "kanjo.processes.end_lines.end_lines": Text(
        en="Let the lines of a terminated contract end", ja="解約に伴う明細の終了"
    ),
    "kanjo.processes.tell_people.tell_answer": Text(en="Tell the answer of the approvers", ja="承認結果の通知"),
    "kanjo.processes.tell_people.tell_closed": Text(en="Tell that the quote ended", ja="見積終了の通知"),
    "kanjo.processes.tell_people.tell_concluded": Text(en="Tell that the contract is concluded", ja="契約締結の通知"),
    "kanjo.processes.tell_people.tell_owners": Text(en="Tell both owners", ja="商談引継ぎの通知"),
    "kanjo.processes.tell_people.tell_run": Text(en="Tell that the run is done", ja="一括処理完了の通知"),
    "kanjo.processes.tell_people.tell_terminated": Text(en="Tell that the contract was terminated", ja="解約の通知"),
    "kanjo.processes.watch_holds.release_numbered": Text(
        en="Release holds until the order number", ja="注文番号待ち保留の解除"
    ),
    "kanjo.processes.watch_holds.release_accepted": Text(en="Release holds until acceptance", ja="検収待ち保留の解除"),
    "kanjo.processes.watch_rights.watch_rights": Text(en="Watch rights that run out", ja="利用終了の確認の依頼"),
    "kanjo.processes.watch_rights.watch_stopped": Text(
        en="Watch rights that were stopped", ja="解約後の利用終了の確認の依頼"
    ),
}
"""What follows by itself, by the dotted name of the reaction."""

RUN_NAMES: Mapping[str, Text] = {
    "billing": Text(en="Billing run", ja="請求処理"),
    "billing.reversal": Text(en="Reversal of a billing run", ja="請求処理の取消"),
    "billing.sending": Text(en="Sending of the invoices of a run", ja="請求書の一括送付"),
    "revenue": Text(en="Revenue run", ja="収益認識処理"),
    "batch": Text(en="Acts of a program", ja="APIの一括操作"),
    "replay": Text(en="Replay of deals won elsewhere", ja="他システム受注の再現"),
    "history": Text(en="History of a made-up company", ja="デモ用履歴の再現"),
}
"""What a run does, by its kind."""


def in_words(refusal: Refusal) -> Text:
    """Return what a refusal says, with acts called by their names instead of their codes."""
    facts = {name: VERB_NAMES.get(str(fact), fact) for name, fact in refusal.facts.items()}
    return type(refusal)(at=refusal.at, **facts).sentence


DELIVERY_STATES: Mapping[str, Text] = {
    "waiting": Text(en="Waits to be tried", ja="実行待ち"),
    "delivered": Text(en="Done", ja="完了"),
    "dead": Text(en="Given up", ja="失敗"),
}

_STATES: Mapping[str, Mapping[str, Text]] = {
    "quotes_quote": {state: state.shown for state in QuoteState},
    "approvals_approvalrequest": {state: state.shown for state in RequestState},
    "approvals_approvalitem": {state: state.shown for state in ItemState},
    "approvals_matrix": {state: state.shown for state in MatrixState},
    "contracts_contract": {state: state.shown for state in ContractState},
    "ledger_period": {"open": Text(en="Open", ja="未締め"), "locked": Text(en="Locked", ja="締め済み")},
    "opportunities_opportunity": {stage: stage.shown for stage in Stage},
    "outbox_delivery": DELIVERY_STATES,
    "renewals_renewal": {state: state.shown for state in RenewalState},
    "runs_run": {state: state.shown for state in RunState},
    "webhooks_endpoint": {state: state.shown for state in EndpointState},
    "webhooks_sending": {state: state.shown for state in SendingState},
}


def state_shown(table: str, state: str) -> object:
    """Return a recorded state or stage as people read it."""
    return _STATES.get(table, {}).get(state, state)

"""What a row of each table is called in a sentence, in both languages; the words are those of docs/words.md."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from kanjo.foundation.texts import Text

ROW_NAMES: Mapping[str, Text] = {
    "access_token": Text(en="API token", ja="APIトークン"),
    "approvals_approvalcondition": Text(en="approval condition", ja="承認条件"),
    "approvals_approvaldecision": Text(en="decision", ja="決裁"),
    "approvals_approvalitem": Text(en="approval item", ja="承認項目"),
    "approvals_approvalrequest": Text(en="approval request", ja="承認申請"),
    "approvals_matrix": Text(en="approval matrix", ja="承認マトリックス"),
    "approvals_matrixrow": Text(en="matrix row", ja="承認マトリックスの行"),
    "billing_account": Text(en="billing account", ja="請求先"),
    "billing_hold": Text(en="billing hold", ja="請求保留"),
    "billing_away": Text(en="absence of service", ja="休止期間"),
    "billing_change": Text(en="change of a plan", ja="請求計画の変更"),
    "billing_grouping": Text(en="grouping of invoices", ja="請求書のまとめ方"),
    "billing_invoice": Text(en="invoice", ja="請求書"),
    "billing_movedday": Text(en="moved billing day", ja="請求日の変更"),
    "billing_plan": Text(en="billing plan", ja="請求計画"),
    "billing_policy": Text(en="billing policy", ja="請求ポリシー"),
    "billing_policychoice": Text(en="choice of a billing policy", ja="請求ポリシーの選択"),
    "billing_release": Text(en="release of a hold", ja="請求保留の解除"),
    "billing_tag": Text(en="billing tag", ja="請求用のタグ"),
    "billing_usagedelivery": Text(en="delivery of usage", ja="利用実績"),
    "billing_usageevent": Text(en="usage event", ja="利用実績の明細"),
    "billing_usagerating": Text(en="price of usage", ja="従量単価"),
    "bookmarks_bookmark": Text(en="kept view", ja="保存した表示"),
    "catalog_product": Text(en="product", ja="製品"),
    "companies_sellingcompany": Text(en="selling company", ja="販売会社"),
    "contracts_amendment": Text(en="amendment", ja="契約変更"),
    "contracts_contract": Text(en="contract", ja="契約"),
    "contracts_ending": Text(en="ending of a contract", ja="契約の終了"),
    "customers_customer": Text(en="customer", ja="顧客"),
    "customers_department": Text(en="department", ja="部門"),
    "files_storedfile": Text(en="file", ja="ファイル"),
    "identity_person": Text(en="person", ja="利用者"),
    "deputies_deputation": Text(en="deputation", ja="代理"),
    "imports_import": Text(en="import", ja="取込"),
    "imports_quarantinedrow": Text(en="quarantined row", ja="保留行"),
    "ledger_account": Text(en="account", ja="勘定科目"),
    "ledger_entry": Text(en="journal entry", ja="仕訳"),
    "ledger_period": Text(en="accounting period", ja="会計期間"),
    "ledger_posting": Text(en="posting", ja="仕訳明細"),
    "licenses_endofuse": Text(en="end of use", ja="利用終了"),
    "licenses_grant": Text(en="license grant", ja="ライセンス付与"),
    "notices_notice": Text(en="notice", ja="お知らせ"),
    "numbering_series": Text(en="series of numbers", ja="採番系列"),
    "opportunities_opportunity": Text(en="opportunity", ja="商談"),
    "orders_acceptance": Text(en="acceptance", ja="検収"),
    "orders_order": Text(en="order", ja="注文"),
    "orders_orderline": Text(en="order line", ja="注文明細"),
    "orders_ponumber": Text(en="customer's order number", ja="顧客注文番号"),
    "outbox_delivery": Text(en="automatic step", ja="自動処理"),
    "outbox_fact": Text(en="fact", ja="出来事"),
    "quotes_quote": Text(en="quote", ja="見積"),
    "quotes_quoteline": Text(en="quote line", ja="見積明細"),
    "quotes_quoteversion": Text(en="quote version", ja="見積の版"),
    "quotes_sending": Text(en="sending of a quote", ja="見積の提示"),
    "receivables_acknowledgement": Text(en="acknowledgement", ja="領収書"),
    "receivables_monthlystatement": Text(en="monthly statement", ja="月締め請求書"),
    "receivables_allocation": Text(en="allocation", ja="消込"),
    "receivables_bankfile": Text(en="bank file", ja="入金データ"),
    "receivables_itembalance": Text(en="open item", ja="売掛金"),
    "receivables_knownfee": Text(en="known bank fee", ja="登録済みの振込手数料"),
    "receivables_matching": Text(en="matching", ja="自動消込"),
    "receivables_openitem": Text(en="open item", ja="売掛金"),
    "receivables_payeralias": Text(en="payer name", ja="振込依頼人名"),
    "receivables_receipt": Text(en="receipt", ja="入金"),
    "receivables_receiptbalance": Text(en="receipt", ja="入金"),
    "renewals_outcome": Text(en="outcome of a renewal", ja="契約更新の結果"),
    "renewals_renewal": Text(en="renewal", ja="契約更新"),
    "revenue_delivery": Text(en="delivery", ja="引渡し"),
    "revenue_obligation": Text(en="performance obligation", ja="履行義務"),
    "revenue_slice": Text(en="slice of revenue", ja="収益明細"),
    "privacy_look": Text(en="look at personal data", ja="個人情報の閲覧"),
    "runs_limit": Text(en="limit of runs", ja="一括処理の承認上限"),
    "runs_run": Text(en="run", ja="一括処理"),
    "webhooks_endpoint": Text(en="webhook", ja="Webhookの送信先"),
    "webhooks_sending": Text(en="webhook delivery", ja="Webhookの送信"),
    "worklist_workitem": Text(en="work item", ja="作業"),
}


def called(model: type[Model]) -> Text:
    """Return what a row of the table is called; a table without a name here goes by its English one."""
    bare = str(model._meta.verbose_name)
    return ROW_NAMES.get(model._meta.db_table, Text(en=bare, ja=bare))

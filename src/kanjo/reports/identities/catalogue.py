"""Every identity, in the order a deal flows."""

from __future__ import annotations

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.audit.queries import broken_links
from kanjo.reports.identities import queries as q
from kanjo.reports.identities.checking import SHOWN, Identity, Side, pairs
from kanjo.reports.identities.to_bill import still_to_bill


def _chain(company_id: CompanyId) -> list[Side]:
    broken = broken_links(limit=SHOWN)
    return [Side("", 0, len(broken), len(broken), tuple(f"position {place}" for place in broken))]


def _billed_and_to_bill(company_id: CompanyId) -> list[Side]:
    """Booked against charges posted plus what the schedule has still to bill, per order line."""
    lines = still_to_bill(company_id)
    sides = []
    for (currency,), group in lines.group_by("currency", maintain_order=True):
        rest = group["invoiced_minor"] + group["to_come_minor"]
        wrong = group.filter(group["total_minor"] != rest)["place"]
        places = tuple(wrong.head(SHOWN))
        sides.append(Side(str(currency), int(group["total_minor"].sum()), int(rest.sum()), wrong.len(), places))
    return sides


IDENTITIES: tuple[Identity, ...] = (
    Identity(
        "won-count",
        Text(en="deals won in the CRM = deals taken as won", ja="CRMの受注件数 = 取り込んだ受注件数"),
        pairs(q.WON_COUNT),
    ),
    Identity(
        "won-value",
        Text(en="value won in the CRM = value taken as won", ja="CRMの受注額 = 取り込んだ受注額"),
        pairs(q.WON_VALUE),
    ),
    Identity(
        "won-here",
        Text(en="every deal won in the CRM = its value won here", ja="CRMで受注した商談の額 = 当社での受注額"),
        pairs(q.WON_HERE),
    ),
    Identity(
        "won-booked",
        Text(en="value won = orders booked", ja="受注額 = 注文額"),
        pairs(q.WON_BOOKED),
    ),
    Identity(
        "quoted-contracted",
        Text(en="quote accepted = contract", ja="承諾済み見積額 = 契約額"),
        pairs(q.QUOTED),
    ),
    Identity(
        "contracted-booked",
        Text(en="contract + its amendments = its orders", ja="契約額 + 契約変更額 = 注文額"),
        pairs(q.BOOKED),
    ),
    Identity(
        "amended-booked",
        Text(en="every amendment = what it adds and changes", ja="契約変更額 = 追加・変更した注文明細"),
        pairs(q.AMENDED),
    ),
    Identity(
        "quote-lines-order-lines",
        Text(en="every order line of a quote = its quote line", ja="見積による注文明細 = 見積明細"),
        pairs(q.ORDER_LINES),
    ),
    Identity(
        "booked-billed",
        Text(en="booked = invoiced + still to invoice", ja="注文額 = 請求済み + 未請求"),
        _billed_and_to_bill,
    ),
    Identity(
        "charges-invoice-lines",
        Text(en="every charge = its invoice line", ja="課金 = 請求明細"),
        pairs(q.CHARGED),
    ),
    Identity(
        "charges-prices",
        Text(
            en="what all payers bear of a charge = its days of its price",
            ja="請求先の負担額の合計 = 期間の金額のうち請求日数分",
        ),
        pairs(q.PRICED),
    ),
    Identity(
        "invoice-sums",
        Text(en="invoice = its lines + its tax per rate", ja="請求額 = 明細の合計 + 税率ごとの消費税"),
        pairs(q.INVOICE_SUMS),
    ),
    Identity(
        "invoiced-paid-open",
        Text(en="invoiced = settled + open", ja="請求額 = 消込済み + 未収"),
        pairs(q.RECEIVABLE),
    ),
    Identity(
        "received-applied-left",
        Text(en="received = applied + unapplied", ja="入金額 = 充当済み + 未充当"),
        pairs(q.RECEIPTS),
    ),
    Identity(
        "obligations",
        Text(en="every order line = its performance obligation", ja="注文明細 = 履行義務"),
        pairs(q.OBLIGATIONS),
    ),
    Identity(
        "revenue-deferred",
        Text(en="invoiced net = revenue + deferred", ja="請求額（税抜） = 収益 + 契約負債"),
        pairs(q.REVENUE_AND_DEFERRED),
    ),
    Identity(
        "ledger-zero",
        Text(en="every entry sums to zero", ja="仕訳の貸借が一致"),
        pairs(q.LEDGER_ZERO),
    ),
    Identity(
        "ledger-receivable",
        Text(en="open items = trade receivables", ja="売掛金明細 = 売掛金勘定"),
        pairs(q.subledger("1310", q.OPEN_ITEMS)),
    ),
    Identity(
        "ledger-bank",
        Text(en="receipts = bank", ja="入金 = 普通預金勘定"),
        pairs(q.subledger("1110", q.BANK)),
    ),
    Identity(
        "ledger-unapplied",
        Text(en="unapplied receipts = their account", ja="未充当入金 = 仮受金勘定"),
        pairs(q.subledger("2320", q.UNAPPLIED)),
    ),
    Identity(
        "ledger-fees",
        Text(en="bank fees deducted = their account", ja="差し引かれた手数料 = 支払手数料勘定"),
        pairs(q.subledger("6110", q.FEES)),
    ),
    Identity(
        "ledger-tax",
        Text(en="tax invoiced = its account", ja="請求した消費税 = 仮受消費税勘定"),
        pairs(q.subledger("2410", q.TAX)),
    ),
    Identity(
        "ledger-revenue",
        Text(en="revenue slices = revenue", ja="収益明細 = 売上高勘定"),
        pairs(q.subledger("4110", q.REVENUE)),
    ),
    Identity(
        "ledger-deferred",
        Text(en="invoiced less recognised = contract liabilities", ja="請求額 − 収益 = 契約負債勘定"),
        pairs(q.subledger("2310", q.DEFERRED)),
    ),
    Identity(
        "traced",
        Text(
            en="every invoice line leads to order line, contract, approval, and quote version or amendment",
            ja="請求明細は注文明細・契約・承認・見積の版または契約変更までたどれる",
        ),
        pairs(q.TRACED),
    ),
    Identity(
        "signed",
        Text(en="every contract's digest = its signed file's", ja="契約のハッシュ = 署名済みファイルのハッシュ"),
        pairs(q.SIGNED),
    ),
    Identity(
        "numbers",
        Text(en="document numbers have no gap", ja="文書番号に欠番なし"),
        pairs(q.NUMBERS),
    ),
    Identity(
        "invoice-numbers",
        Text(en="every invoice's number was given to it", ja="請求書番号は採番台帳どおり"),
        pairs(q.INVOICE_NUMBERS),
    ),
    Identity(
        "locked-periods",
        Text(en="nothing was posted after a lock", ja="締め後の計上なし"),
        pairs(q.LOCKED),
    ),
    Identity(
        "facts-delivered",
        Text(en="no fact is undelivered for good", ja="配信できなかった出来事なし"),
        pairs(q.DELIVERED),
    ),
    Identity(
        "audit-chain",
        Text(en="the audit chain is whole", ja="監査証跡の鎖に断絶なし"),
        _chain,
    ),
)

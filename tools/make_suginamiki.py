"""Write the files of the made-up company in examples/suginamiki anew: the same words and seed give the same bytes.

    .venv/bin/python -m tools.make_suginamiki [FOLDER]

Days are written as month:day, months counted from the one in which the history is played (0); earlier ones are
negative.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import count
from pathlib import Path

from kanjo.foundation.corporate_numbers import check_digit
from kanjo.foundation.kana import zengin_kana
from tools.suginamiki_words import (
    APPROVED_COMMENTS,
    BECAUSE,
    CREDITS,
    CUSTOMERS,
    DEPARTMENTS,
    END_USERS,
    LAPSED_BECAUSE,
    LOST_BECAUSE,
    PEOPLE,
    PO_NUMBERS,
    PRODUCTS,
    STRAYS,
    TOLD,
    USAGE,
    USAGE_PRICES,
)

SEED = "suginamiki 1"
FOLDER = Path(__file__).parents[1] / "examples" / "suginamiki"
FIRST = -17
PROSPECTS = 8
"""So many of the direct customers have not bought yet."""
MONTH_END = "close:31:1:31:none"
TERMS = (MONTH_END, MONTH_END, MONTH_END, "close:31:1:31:preceding", "close:20:1:31:none", "net:30:none")
SLOW_TERMS = "close:31:2:31:none"
FORMS = ("株式会社", "有限会社", "合同会社", "医療法人社団", "学校法人", "一般社団法人", "社会福祉法人")
MANNERS = {
    3: "fee", 9: "fee", 15: "fee", 14: "unnamed", 45: "unnamed", 49: "unnamed", 5: "late", 33: "late", 53: "late",
    57: "late", 11: "in_part", 21: "in_part", 22: "odd_fee", 37: "stopped", 52: "stopped", 59: "together",
}  # fmt: skip
"""How customers pay that do not simply pay each invoice on its day and name it."""
SELLERS = {"東": ("hayasaka", "tachibana", "mizoguchi"), "西": ("uehara", "nagatomo")}
FIRST_SELLER = "hayasaka"
"""Who signs in as the sales rep of the demonstration: some of the answers wait for them."""
RENEWAL_REPS = ("asakura", "shiraki")
EAST = ("北海道", "宮城", "山形", "福島", "茨城", "栃木", "群馬", "埼玉", "千葉", "東京", "神奈川", "新潟", "長野")

Row = dict[str, str]


@dataclass
class Deal:
    """A deal with its lines; *day* fields are (month, day)."""

    customer: str
    name: str
    owner: str
    opened: tuple[int, int]
    outcome: str
    quoted: tuple[int, int] | None = None
    closed: tuple[int, int] | None = None
    starts: tuple[int, int] | None = None
    months: int = 0
    terms: str = MONTH_END
    decision: str = ""
    comment: str = ""
    because: tuple[str, str] = ("", "")
    po_number: str = ""
    renews: Deal | None = None
    lines: list[Row] = field(default_factory=list)
    key: str = ""


class Author:
    """Invents; every choice comes from the one seed."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - a play
        self.customers = list(self._customers())
        self.deals: list[Deal] = []
        self.about_to_lapse = False
        self._orders = count(1201)

    def _customers(self) -> Iterator[Row]:
        for place, row in enumerate(_rows(CUSTOMERS)):
            base = f"990001{self.chance.randrange(10**6):06d}"
            yield {
                "key": f"SGC-{place + 1:03d}",
                "name": row["name"],
                "name_kana": row["kana"],
                "name_en": row["name_en"],
                "corporate_number": f"{check_digit(base)}{base}",
                "sector": row["sector"],
                "employees": row["size"],
                "address": f"{row['city']}{self.chance.randint(1, 8)}-{self.chance.randint(1, 30)}",
                "payment_terms": self.chance.choice(TERMS),
                "pays": MANNERS.get(place, "in_full"),
                "payer": zengin_kana(_with_form(row["name"], row["kana"]), length=48),
            }

    def departments(self) -> list[Row]:
        """Let large customers order by departments."""
        large = [one for one in self.customers if int(one["employees"]) >= 500 and one["sector"] not in PARTNERS]
        return [
            {"customer": one["key"], "department": name}
            for one in large
            for name in self.chance.sample(DEPARTMENTS, self.chance.randint(2, 4))
        ]

    def day(self, month: int, first: int, last: int) -> tuple[int, int]:
        """Return a day of a month."""
        return month, self.chance.randint(first, last)

    def seller_of(self, customer: Row) -> str:
        """Return the sales rep of the customer's part of the country, always the same one."""
        side = "東" if customer["address"].startswith(EAST) else "西"
        return random.Random(customer["key"]).choice(SELLERS[side])  # noqa: S311 - a play

    def won(self, customer: Row, name: str, month: int, lines: list[Row], *, months: int = 0) -> Deal:
        """Add a deal that closes in *month*; what recurs begins on the first of the next."""
        early = max(month - self.chance.randint(0, 1), FIRST)
        deal = Deal(
            customer=customer["key"],
            name=name,
            owner=self.seller_of(customer),
            opened=self.day(early, 1, 6),
            quoted=self.day(month, 7, 11),
            closed=self.day(month, 14, 24),
            starts=(month + 1, 1),
            months=months,
            outcome="won",
            terms=customer["payment_terms"],
            decision="approve",
            comment=self.chance.choice(APPROVED_COMMENTS),
            po_number=self.chance.choice(PO_NUMBERS).format(number=next(self._orders)),
            lines=lines,
        )
        self.deals.append(deal)
        return deal

    def discount(self) -> str:
        """Return a discount in percent; half of the lines have none."""
        return str(self.chance.choice((0, 0, 0, 0, 5, 5, 8, 10, 12, 15)))

    def cloud(self, customer: Row, month: int) -> tuple[str, list[Row]]:
        """Return name and lines of a subscription for the customer."""
        size = int(customer["employees"])
        code, name = self.chance.choice(
            (("NMK-KT", "なみき勤怠"), ("NMK-WF", "なみきワークフロー"), ("NMK-EX", "なみき経費精算"))
        )
        users = max(size * self.chance.choice((40, 60, 100)) // 1000 * 10, 20)
        lines = [_line(code, users, self.discount())]
        if self.chance.random() < 0.3:
            lines.append(_line("NMK-VT", self.chance.randint(1, 6)))
        if self.chance.random() < 0.6:
            lines.append(_line("SVC-SET", 1, accepted=self.accepted(month + 1)))
        return f"{name} {users}名", lines

    def license(self, customer: Row, month: int) -> tuple[str, list[Row], int]:
        """Return name, lines and months of a term license with maintenance and services."""
        months = self.chance.choice((12, 24, 36, 36))
        size, discount = int(customer["employees"]), self.discount()
        if size >= 700:
            sites = self.chance.randint(2, 5)
            name = f"なみき受発注EDI {sites}拠点"
            lines = [_line("NMK-EDI", sites, discount, self.accepted(month + 1)), _line("NMK-EDI-M", sites)]
            lines.append(_line("NMK-PS", 1))
        else:
            users = max(size // 20 * 10, 30)
            name = f"なみき文書管理 {users}名"
            lines = [_line("NMK-DOC", users, discount, self.accepted(month + 1)), _line("NMK-DOC-M", users)]
        lines.append(
            _line("SVC-INT", self.chance.randint(5, 25), accepted=self.accepted(month + self.chance.randint(2, 3)))
        )
        if self.chance.random() < 0.4:
            lines.append(_line("SVC-MIG", 1, accepted=self.accepted(month + 2)))
        return name, lines, months

    def services(self, month: int) -> tuple[str, list[Row]]:
        """Return name and lines of services without a term."""
        code, name, most = self.chance.choice(
            (("SVC-TRN", "管理者研修", 3), ("SVC-MIG", "データ移行", 1), ("SVC-INT", "運用改善支援", 12))
        )
        return name, [_line(code, self.chance.randint(1, most), self.discount(), self.accepted(month + 1))]

    def accepted(self, month: int) -> str:
        """Return the day of an acceptance; what would be accepted later than this month waits."""
        return "" if month > 0 or (month == 0 and self.chance.random() < 0.6) else _written(self.day(month, 3, 20))

    def a_condition_met(self, deal: Deal) -> None:
        """Let the approvers of a deal have asked for the customer's word, which came."""
        deal.decision, deal.comment = "commitment", "利用者数の確約を条件に承認します。"
        deal.because = BECAUSE["users"]


PARTNERS = ("販売代理店", "マーケットプレイス")


def direct(author: Author) -> None:
    """Let the customers come one after the other, and the first of them renew."""
    buyers = [one for one in author.customers if one["sector"] not in PARTNERS][PROSPECTS:]
    author.chance.shuffle(buyers)
    for place, customer in enumerate(buyers):
        month = FIRST + place * 18 // len(buyers)
        if place % 3 == 2:
            name, lines, months = author.license(customer, month)
            first = author.won(customer, name, month, lines, months=months)
        else:
            name, lines = author.cloud(customer, month)
            first = author.won(customer, name, month, lines, months=12)
        renew(author, first)
        if place % 12 == 1:
            author.a_condition_met(first)
        if place % 3 == 0 and month < -3:
            later = author.chance.randint(month + 2, -1)
            name, lines = author.services(later)
            author.won(customer, name, later, lines)


def partners(author: Author) -> None:
    """Let resellers order for their own customers, and the marketplace every quarter."""
    for customer in (one for one in author.customers if one["sector"] in PARTNERS):
        for month in range(FIRST + author.chance.randint(0, 3), 0, 4):
            name, lines = author.cloud({**customer, "employees": "150"}, month)
            user = author.chance.choice(END_USERS)
            renew(author, author.won(customer, f"{name}（利用者: {user}）", month, lines, months=12))


def renew(author: Author, deal: Deal) -> None:
    """Let a contract that has run out by now go on for another term, or lapse; of those about to end, quote some."""
    assert deal.starts is not None
    ends = deal.starts[0] + deal.months
    if deal.months != 12 or ends > 2:
        return
    going_on = [_line(line["product"], int(line["quantity"]), line["discount"]) for line in deal.lines if _recurs(line)]
    renewal = replace(
        deal,
        name=f"{deal.name} 更新",
        owner=author.chance.choice(RENEWAL_REPS),
        opened=author.day(ends - 2, 17, 24),
        quoted=author.day(ends - 1, 3, 8),
        closed=author.day(ends - 1, 12, 24),
        starts=(ends, 1),
        renews=deal,
        lines=going_on,
        po_number=author.chance.choice(PO_NUMBERS).format(number=next(author._orders)),
    )
    if ends <= 0 and author.chance.random() < 0.15:
        renewal.outcome, renewal.quoted, renewal.because = "lapsed", None, author.chance.choice(LAPSED_BECAUSE)
        renewal.decision = renewal.comment = ""
    elif ends == 2 and not author.about_to_lapse:
        author.about_to_lapse = True
        renewal.outcome, renewal.quoted, renewal.because = "lapsed", None, author.chance.choice(LAPSED_BECAUSE)
        renewal.closed = author.day(0, 4, 9)
        renewal.decision = renewal.comment = ""
    elif ends == 1 and author.chance.random() < 0.5:
        renewal.outcome, renewal.closed = "sent", None
    elif ends > 0:
        return
    author.deals.append(renewal)


def lost(author: Author) -> None:
    """Lose a deal a month, half of them after a quote."""
    for month in range(FIRST, 0):
        customer = author.chance.choice(author.customers[:57])
        name, lines = author.cloud(customer, month)
        quoted = author.day(month, 6, 10) if month % 2 else None
        author.deals.append(
            Deal(
                customer=customer["key"], name=name, owner=author.seller_of(customer), opened=author.day(month, 1, 5),
                quoted=quoted, closed=author.day(month, 14, 26), starts=(month + 1, 1), months=12, outcome="lost",
                terms=customer["payment_terms"], decision="approve", because=author.chance.choice(LOST_BECAUSE),
                lines=lines,
            )
        )  # fmt: skip


def by_use(author: Author, key: str) -> Deal:
    """Return the deal whose calls are priced, told after all others: it takes nothing from chance."""
    customer = author.customers[18]
    return Deal(
        customer=customer["key"], name="なみきAPI連携（車載端末）", owner=author.seller_of(customer),
        opened=(-9, 4), quoted=(-9, 9), closed=(-9, 18), starts=(-8, 1), months=24, outcome="won",
        terms=customer["payment_terms"], decision="approve", comment="従量単価は標準のとおり。承認。",
        po_number="PO-API-01", lines=[_line("NMK-API", 1)], key=key,
    )  # fmt: skip


WAITING: tuple[tuple[str, str, str, int, str, str, str], ...] = (
    # outcome, decision, discount, months, terms, comment, reason
    ("drafted", "", "0", 12, MONTH_END, "", ""),
    ("drafted", "", "5", 12, MONTH_END, "", ""),
    ("drafted", "", "0", 24, MONTH_END, "", ""),
    ("submitted", "first", "12", 12, MONTH_END, "", ""),
    ("submitted", "first", "0", 36, MONTH_END, "", ""),
    ("submitted", "second", "8", 12, MONTH_END, "前回と同水準の値引きです。", ""),
    ("submitted", "second", "0", 12, SLOW_TERMS, "支払条件の変更は財務の判断に委ねます。", ""),
    ("submitted", "second", "0", 60, MONTH_END, "条文の確認は完了しています。", ""),
    ("conditional", "prepayment", "15", 24, MONTH_END, "更新時に同率の値引きは行わないこと。", "prepayment"),
    ("conditional", "commitment", "10", 12, MONTH_END, "導入事例としての公開を条件とする。", "commitment"),
    ("rejected", "reject", "30", 12, MONTH_END, "粗利基準を下回るため否認します。20%以内で再提案してください。", ""),
    ("rejected", "reject", "25", 12, SLOW_TERMS, "値引きと支払猶予の併用は認められません。", ""),
    ("approved", "approve", "5", 12, MONTH_END, "承認します。", ""),
    ("approved", "approve", "0", 24, MONTH_END, "", ""),
    ("sent", "approve", "0", 12, MONTH_END, "", ""),
    ("sent", "approve", "10", 36, MONTH_END, "競合対抗として承認します。", ""),
    ("sent", "approve", "0", 12, MONTH_END, "", ""),
    ("sent", "approve", "5", 12, MONTH_END, "", ""),
    ("withdrawn", "approve", "0", 12, MONTH_END, "", "withdrawn"),
    ("expired", "approve", "0", 12, MONTH_END, "", ""),
)
"""What hangs in the air today."""


def open_deals(author: Author) -> None:
    """Open what is being talked about today, at every stage."""
    for place, (outcome, decision, discount, months, terms, comment, because) in enumerate(WAITING):
        customer = author.customers[place * 2]
        answered = outcome in {"conditional", "rejected", "approved"}
        owner = FIRST_SELLER if answered and place % 2 else author.seller_of(customer)
        month = {"expired": -4, "withdrawn": -1}.get(outcome, 0)
        users = max(int(customer["employees"]) // 20 * 10, 50)
        if months == 12:
            name, lines = f"なみきワークフロー {users}名", [_line("NMK-WF", users, discount), _line("SVC-SET", 1)]
        else:
            lines = [_line("NMK-DOC", users, discount), _line("NMK-DOC-M", users), _line("SVC-INT", 15)]
            name = f"なみき文書管理 {users}名"
        author.deals.append(
            Deal(
                customer=customer["key"], name=name, owner=owner,
                opened=author.day(month - 1, 8, 26), quoted=author.day(month, 1, 6), starts=(month + 2, 1),
                months=months, outcome=outcome, terms=terms, decision=decision, comment=comment,
                because=BECAUSE.get(because, ("", "")), lines=lines,
            )
        )  # fmt: skip
    for place in range(14):
        customer = author.customers[place * 4 + 1]
        name, lines = author.cloud(customer, 2)
        talking = place % 2 == 0
        author.deals.append(
            Deal(
                customer=customer["key"], name=name if talking else "業務システム刷新の検討",
                owner=author.seller_of(customer), opened=author.day(-author.chance.randint(0, 2), 2, 25),
                closed=(author.chance.randint(1, 3), 20) if talking else None, starts=(4, 1), months=12,
                outcome="engaging" if talking else "prospecting", lines=lines,
            )
        )  # fmt: skip


def _line(product: str, quantity: int, discount: str = "0", accepted: str = "") -> Row:
    return {"product": product, "quantity": str(quantity), "discount": discount, "accepted": accepted}


def _recurs(line: Row) -> bool:
    return not line["product"].startswith("SVC")


def _written(day: tuple[int, int] | None) -> str:
    return f"{day[0]}:{day[1]:02d}" if day else ""


def _with_form(name: str, kana: str) -> str:
    form = next(one for one in FORMS if one in name)
    return f"{form}{kana}" if name.startswith(form) else f"{kana}{form}"


def _rows(text: str) -> list[Row]:
    return list(csv.DictReader(StringIO(text.strip() + "\n")))


def _deal_row(deal: Deal) -> Row:
    return {
        "key": deal.key,
        "customer": deal.customer,
        "name": deal.name,
        "owner": deal.owner,
        "renews": deal.renews.key if deal.renews else "",
        "opened": _written(deal.opened),
        "quoted": _written(deal.quoted),
        "closed": _written(deal.closed),
        "starts": _written(deal.starts),
        "months": str(deal.months),
        "payment_terms": deal.terms,
        "outcome": deal.outcome,
        "decision": deal.decision,
        "comment": deal.comment,
        "because": deal.because[0],
        "because_en": deal.because[1],
        "po_number": deal.po_number if deal.outcome == "won" else "",
    }


def written() -> dict[str, bytes]:
    """Return every generated file by its name."""
    author = Author()
    departments = author.departments()
    for tell in (direct, partners, lost, open_deals):
        tell(author)
    named: dict[str, list[str]] = {}
    for row in departments:
        named.setdefault(row["customer"], []).append(row["department"])
    deals = sorted(author.deals, key=lambda deal: (deal.opened, deal.customer, deal.name))
    for number, deal in enumerate(deals, start=1):
        deal.key = f"SGD-{number:03d}"
    for deal in deals:
        if deal.renews is None and deal.customer in named:
            deal.name = f"{author.chance.choice(named[deal.customer])} {deal.name}"
    metered = by_use(author, f"SGD-{len(deals) + 1:03d}")
    deals.append(metered)
    lines = [{"deal": deal.key, **line} for deal in deals for line in deal.lines]
    return {
        "people.csv": _csv(_rows(PEOPLE)),
        "products.csv": _csv(_rows(PRODUCTS)),
        "customers.csv": _csv(author.customers),
        "departments.csv": _csv(departments),
        "deals.csv": _csv([_deal_row(deal) for deal in deals]),
        "lines.csv": _csv(lines),
        "strays.csv": _csv(_rows(STRAYS)),
        "credits.csv": _csv(_credits(deals)),
        "told.csv": _csv(_rows(TOLD)),
        "usage_prices.csv": _csv(_rows(USAGE_PRICES)),
        "usage.csv": _csv([{"deal": metered.key, **row} for row in _rows(USAGE)]),
    }


def _credits(deals: list[Deal]) -> list[Row]:
    """Give back the invoice of a set-up accepted in the month before, one for each of CREDITS."""
    found = []
    for row in _rows(CREDITS):
        month = int(row["on"].split(":")[0]) - 1
        deal = next(
            deal
            for deal in deals
            for line in deal.lines
            if line["product"] == "SVC-SET" and line["accepted"].startswith(f"{month}:")
        )
        found.append({"deal": deal.key, **row})
    return found


def _csv(rows: Iterable[Row]) -> bytes:
    rows = list(rows)
    stream = StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written().items():
        (folder / name).write_bytes(content)
        print(folder / name, content.count(b"\n") - 1, "rows")

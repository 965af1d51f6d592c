"""Instalments of a one-time line: equal ones by days, and a part at a milestone; and that a milestone was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse

from kanjo.domains.billing.facts import Instalment, Remainder
from kanjo.domains.billing.queries import (
    InstalmentRow,
    PartRow,
    equal_instalments,
    list_instalments,
    list_uncut,
    list_waiting,
)
from kanjo.domains.orders.queries import get_order
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import OrderId, OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.processes.bill_in_instalments import plan_instalments, reach_milestone
from kanjo.reports.deals import ORDER
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Section, Table, amount
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Missing, Options, choice, day, money, prose, whole, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

CUT = Text(en="Bill in instalments", ja="分割請求を設定")
REACH = Text(en="Note a milestone", ja="マイルストーンの達成を登録")
NONE_TO_CUT = Text(
    en="No one-time line is left to be cut: each is billed or cut already.",
    ja="分割できる一時課金の明細はありません（請求済み・分割済みを含む）。",
)
NONE_WAITS = Text(en="No instalment waits for a milestone.", ja="マイルストーン待ちの分割請求はありません。")
COUNT = Text(en="Instalments by day", ja="分割回数")
FIRST_ON = Text(en="First day", ja="初回の請求日")
EVERY = Text(en="Every", ja="間隔")
MONTHS = {
    1: Text(en="month", ja="1か月"),
    2: Text(en="2 months", ja="2か月"),
    3: Text(en="3 months", ja="3か月"),
    6: Text(en="6 months", ja="6か月"),
    12: Text(en="12 months", ja="12か月"),
}
REMAINDER = Text(en="What does not divide", ja="端数の調整")
AT_MILESTONE = Text(en="Of it at a milestone", ja="うちマイルストーン達成時の金額")
MILESTONE_JA = Text(en="Milestone in Japanese", ja="マイルストーン名（日本語）")
MILESTONE_EN = Text(en="Milestone in English", ja="マイルストーン名（英語）")
INSTALMENT = Text(en="Instalment", ja="分割請求")
INSTALMENTS = Text(en="Instalments", ja="分割請求")
AT_ITS_MILESTONE = Text(en="When its milestone is reached", ja="マイルストーン達成時")
REACHED_ON = Text(en="Reached on", ja="達成日")
BY_POLICY = Text(en="As the billing policy says", ja="請求ポリシーに従う")
BILLED_ON = Text(en="Billed from", ja="請求日・条件")
WOULD_CUT = Text(en="What would be billed", ja="分割後の請求")
CUT_SAYS = Text(
    en="The amount before tax is cut into equal parts, each billed from its day. A part may wait for a milestone; the"
    " rest is cut by days. Agreed once: it cannot be changed afterwards. A line that"
    " waits for acceptance is cut before it by Deal Management or Sales Operations only.",
    ja="税抜金額を均等に分割し、それぞれの請求日から請求します。一部をマイルストーン達成時の請求にする場合は、残額を"
    "日付で分割します。設定は一度だけで、後から変更できません。検収待ちの明細を検収前に分割できるのは、ディールマネジメントと"
    "セールスオペレーションだけです。",
)
REACH_SAYS = Text(
    en="The instalment may be billed from that day. It cannot be taken back.",
    ja="達成日から請求できるようになります。登録後は元に戻せません。",
)
PART = Text(en="{name}, {net}", ja="{name}、{net}")


class NotAPart(Refusal):
    """A milestone that leaves nothing for the days before it."""

    rule = "form.milestone-no-part"
    says = Text(en="{amount} is no part of {total}.", ja="{amount} は {total} の一部になりません。")
    remedy = Text(
        en="Give less than the whole line, and more than nothing.",
        ja="0より大きく、明細の金額より小さい額を入力してください。",
    )


_PLANNED: tuple[Column[tuple[int, date | Text, Money]], ...] = (
    amount(Text(en="No.", ja="回"), lambda row: row[0]),
    Column(BILLED_ON, lambda row: row[1]),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row[2]),
)


_AGREED: tuple[Column[InstalmentRow], ...] = (
    Column(INSTALMENT, lambda row: row.description),
    Column(BILLED_ON, lambda row: row.bill_on or AT_ITS_MILESTONE),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
    Column(labels.REASON, lambda row: row.because),
)


def instalments_of(actor: Actor, order_id: OrderId) -> tuple[Section, ...]:
    """Return the instalments of an order with why they were agreed, nothing where there are none."""
    rows = list_instalments(actor, order_id)
    return (Section(INSTALMENTS, Table.of(_AGREED, rows)),) if rows else ()


def instalment_acts(actor: Actor, order_id: OrderId) -> tuple[Act, Act]:
    """Return the acts by which an order is billed in instalments, each held where there is nothing for it."""
    cut, reach = list_uncut(actor, order_id), list_waiting(actor, order_id)
    return (
        Act(CUT, Link("", "plan-instalments", order_id), "billing.plan-instalments", None if cut else NONE_TO_CUT),
        Act(REACH, Link("", "reach-milestone", order_id), "billing.reach-milestone", None if reach else NONE_WAITS),
    )


@door(doing("billing.plan-instalments"))
def cut(request: DeskRequest, key: int) -> HttpResponse:
    """Bill a one-time line in equal instalments by days, or a part by days and the rest at a milestone."""
    desk = request.desk
    row = get_order(desk.actor, OrderId(key))
    lines = {str(line.order_line_id): line for line in list_uncut(desk.actor, row.id)}

    def do(given: Given) -> Link:
        line = lines[given["line"]]
        plan_instalments(
            order_line_id=line.order_line_id,
            instalments=_instalments(line, given),
            because=given["because"],
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "order", key)

    def look(given: Given) -> Sequence[Section]:
        line = lines[given["line"]]
        planned = [
            (number, one.bill_on or one.milestone or "", Money(one.net_minor, row.currency))
            for number, one in enumerate(_instalments(line, given), start=1)
        ]
        return (Section(WOULD_CUT, Table.of(_PLANNED, planned, ("", labels.TOTAL, line.net))),)

    deed = Deed(
        of=(ORDER, key),
        title=CUT,
        back=Link(row.number, "order", key),
        button=CUT,
        do=do,
        look=look,
        fields=(
            choice("line", labels.LINES, _options(lines), initial=next(iter(lines), "")),
            whole("count", COUNT, initial="2"),
            day("first_on", FIRST_ON, desk.today),
            choice("months", EVERY, [(str(months), shown) for months, shown in MONTHS.items()], initial="1"),
            choice("remainder", REMAINDER, [("", BY_POLICY), *((one.value, one.shown) for one in Remainder)]),
            money("milestone", AT_MILESTONE, row.currency, needed=False),
            words("milestone_ja", MILESTONE_JA, needed=False, most=80),
            words("milestone_en", MILESTONE_EN, needed=False, most=80),
            prose("because", labels.REASON),
            day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
        ),
        says=CUT_SAYS,
        over=None if lines else NONE_TO_CUT,
        beside=lambda at, _given: "count" if at.startswith("instalments") else at,
    )
    return perform(request, deed)


@door(doing("billing.reach-milestone"))
def reach(request: DeskRequest, key: int) -> HttpResponse:
    """Note that the milestone of an instalment was reached, and when."""
    desk = request.desk
    row = get_order(desk.actor, OrderId(key))
    parts = {f"{part.order_line_id}-{part.part}": part for part in list_waiting(desk.actor, row.id)}

    def do(given: Given) -> Link:
        part = parts[given["part"]]
        reach_milestone(
            order_line_id=OrderLineId(part.order_line_id),
            part=part.part,
            reached_on=given["reached_on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "order", key)

    deed = Deed(
        of=(ORDER, key),
        title=REACH,
        back=Link(row.number, "order", key),
        button=REACH,
        do=do,
        fields=(
            choice("part", INSTALMENT, _options(parts), initial=next(iter(parts), "")),
            day("reached_on", REACHED_ON, desk.today, hint=labels.BUSINESS_DAY),
        ),
        says=REACH_SAYS,
        over=None if parts else NONE_WAITS,
    )
    return perform(request, deed)


def _options(parts: dict[str, PartRow]) -> Options:
    return [(code, PART.filled(name=part.description, net=told(part.net))) for code, part in parts.items()]


def _instalments(line: PartRow, given: Given) -> list[Instalment]:
    return equal_instalments(
        line,
        count=given["count"],
        first_on=given["first_on"],
        months=int(given["months"]),
        remainder=Remainder(given["remainder"]) if given["remainder"] else None,
        last=_at_milestone(line.net, given),
    )


def _at_milestone(net: Money, given: Given) -> list[Instalment]:
    """Return the instalment at the milestone, none where none is given; refuses half of one."""
    wanted = {"milestone": AT_MILESTONE, "milestone_ja": MILESTONE_JA, "milestone_en": MILESTONE_EN}
    blank = [name for name in wanted if given[name] is None]
    if len(blank) == len(wanted):
        return []
    if blank:
        raise Missing(at=blank[0], label=wanted[blank[0]])
    part = given["milestone"]
    if not 0 < part.minor * (1 if net.minor > 0 else -1) < abs(net.minor):
        raise NotAPart(at="milestone", amount=told(part), total=told(net))
    return [Instalment(part.minor, milestone=Text(en=given["milestone_en"], ja=given["milestone_ja"]))]

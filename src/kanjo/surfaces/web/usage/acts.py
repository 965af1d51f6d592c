"""Acts on usage: take a file in, correct an event, agree what usage costs."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from kanjo.domains.billing.operations import correct_usage, rate_usage
from kanjo.domains.orders.queries import get_order, list_lines
from kanjo.foundation.ids import OrderId, OrderLineId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.processes.take_usage_file import foresee_usage_file, take_usage_file
from kanjo.reports.usage import get_metered
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Section, Table
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, Lines, choice, day, file, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.usage import columns, pages
from kanjo.surfaces.web.usage.terms import beside, count, terms_fields, terms_given

WOULD_TAKE = Text(en="What would be taken", ja="登録される利用実績")
WOULD_REFUSE = Text(en="What is wrong: nothing would be taken", ja="不備（1件でもあると取り込みません）")
KNOWN_TOO = Text(en="{known} known before change nothing.", ja="登録済みの{known}件は変わりません。")
NEW_EVENT = Text(en="Id of the correction", ja="訂正のイベントID")
OF_EVENT = Text(en="Event to correct", ja="訂正するイベントID")
MOST_SHOWN = 200


class NothingRecurs(Refusal):
    """An order without a line that has periods."""

    rule = "usage.nothing-recurs"
    kind = RefusalKind.CONFLICT
    says = Text(en="No line of order {number} recurs.", ja="注文 {number} に継続課金の明細がありません。")
    remedy = Text(en="Usage is priced by period, on a recurring line.", ja="従量単価は継続課金の明細に登録します。")


@door(doing("billing.record-usage"))
def take(request: DeskRequest) -> HttpResponse:
    """Take in a usage file, whole or not at all; what would come of it can be seen first."""
    desk = request.desk

    def do(given: Given) -> Link:
        taken = take_usage_file(
            company_id=desk.company_id,
            content=given["usage"].read(),
            name=given["usage"].name,
            on=desk.today,
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "usage-delivery", taken)

    def look(given: Given) -> Sequence[Section]:
        if given["usage"] is None:
            return ()
        content, name = given["usage"].read(), given["usage"].name
        seen = foresee_usage_file(company_id=desk.company_id, content=content, name=name, on=desk.today)
        known = KNOWN_TOO.filled(known=seen.known) if seen.known else None
        fresh = Section(WOULD_TAKE, Table.of(columns.FRESH, seen.fresh[:MOST_SHOWN]), known)
        wrong = Section(WOULD_REFUSE, Table.of(columns.REFUSALS, seen.refused[:MOST_SHOWN]))
        return (wrong, fresh) if seen.refused else (fresh,)

    hint = Text(
        en="CSV in UTF-8: event_id, order_line (number of the order, dash, place of the line), used_on, quantity,"
        " corrects",
        ja="CSV（UTF-8）。列名は「イベントID,注文明細,利用日,数量,訂正対象」。注文明細は「注文番号-行番号」で記載します。",
    )
    says = Text(
        en="Taken in whole or not at all; an event that is known changes nothing."
        " After a preview choose the file again.",
        ja="ファイル全体を取り込みます。誤りがあれば全件取り込みません。登録済みのイベントは変わりません。"
        "確認後の取込では、ファイルを再度選択してください。",
    )
    return perform(
        request,
        Deed(
            title=pages.UPLOAD,
            back=Link(pages.TITLE, "usage"),
            button=pages.UPLOAD,
            do=do,
            look=look,
            fields=(file("usage", labels.FILE, hint=hint),),
            says=says,
        ),
    )


@door(doing("billing.correct-usage"))
def correct(request: DeskRequest, key: int) -> HttpResponse:
    """Let an event count in the place of another one of the line."""
    desk = request.desk
    row = get_metered(desk.actor, OrderLineId(key)).row

    def do(given: Given) -> Link:
        correct_usage(
            company_id=row.company_id,
            corrects=given["corrects"],
            event_id=given["event_id"],
            used_on=given["used_on"],
            quantity=given["quantity"],
            because=given["because"],
            on=desk.today,
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "metered-line", key)

    deed = Deed(
        of=("orders_order", row.order_id),
        title=pages.CORRECT,
        back=Link(row.number, "metered-line", key),
        button=pages.CORRECT,
        do=do,
        fields=(
            words("corrects", OF_EVENT, most=100),
            words("event_id", NEW_EVENT, most=100),
            day("used_on", columns.USED_ON, None),
            count("quantity", labels.QUANTITY),
            prose("because", labels.REASON),
        ),
        says=Text(
            en="The correction counts in the place of the event; 0 takes the usage away.",
            ja="元のイベントに代わって計上されます。利用を取り消すには0を入力してください。",
        ),
    )
    return perform(request, deed)


@door(doing("billing.rate-usage"))
def rate(request: DeskRequest, key: int) -> HttpResponse:
    """Agree what the usage of an order line costs from a day on."""
    desk = request.desk
    row = get_order(desk.actor, OrderId(key))
    options = [
        (str(line.line.order_line_id), line.line.terms.name)
        for line in list_lines(desk.actor, row.id)
        if not line.line.terms.interval.once
    ]
    if not options:
        raise NothingRecurs(number=row.number)

    def do(given: Given) -> Link:
        line_id = OrderLineId(int(given["line"]))
        rate_usage(
            order_line_id=line_id,
            terms=terms_given(given),
            effective_on=given["effective_on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "metered-line", line_id)

    deed = Deed(
        of=("orders_order", key),
        title=pages.RATE,
        back=Link(row.number, "order", key),
        button=pages.RATE,
        do=do,
        fields=_fields(options, row.currency, day("effective_on", labels.FROM_DAY, desk.today)),
        says=Text(
            en="It holds in the periods that begin on that day or later. A tier holds the units after its number: leave"
            " the first blank, and one row where every unit or package costs the same. What is agreed for the term"
            " stays.",
            ja="適用開始日以降に始まる期間から有効です。段階の単価は、超過開始数量を超えた分に適用します（1行目は空欄）。"
            "単一単価とパッケージは1行だけ入力してください。契約期間全体の条件は後から変更できません。",
        ),
        beside=beside,
    )
    return perform(request, deed)


def _fields(options: Sequence[tuple[str, Text]], currency: str, since: Field) -> Sequence[Field | Lines]:
    return (
        choice("line", labels.LINES, options, initial=options[0][0]),
        since,
        *terms_fields(currency),
        prose("because", labels.REASON),
    )

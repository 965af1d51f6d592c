"""Approvals: what was asked, of whom and why, and the answers."""

from __future__ import annotations

from fractions import Fraction

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.http.response import HttpResponseRedirect

from kanjo.domains.approvals.facts import (
    ConditionDraft,
    ConditionKind,
    Decision,
    ItemState,
    PathStep,
    RequestState,
)
from kanjo.domains.approvals.operations import recall_request
from kanjo.domains.approvals.queries import (
    ConditionView,
    ItemView,
    RequestDetail,
    count_requests,
    get_request,
    request_of,
)
from kanjo.foundation.actors import ROLE_NAMES
from kanjo.foundation.ids import ApprovalItemId, ApprovalRequestId
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.tables import NotFound
from kanjo.processes.ask_approval import decide_item, meet_condition
from kanjo.reports.asked import AskedRow, get_asked, list_asked
from kanjo.surfaces.doors import named
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.chosen import Each
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import Lines, choice, day, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.shown import Explained, Link, State, said
from kanjo.surfaces.web.subjects import page_of

TITLE = Text(en="Approvals", ja="承認")
REQUEST = Text(en="Approval request", ja="承認申請")
DECISION = Text(en="Decision", ja="決裁")
DECIDE = Text(en="Decide", ja="決裁する")
ANSWER = Text(en="Approve or reject: {item}", ja="承認・否認：{item}")
ANSWERED = {
    Decision.APPROVE: Text(en="Approved: {item}", ja="承認しました：{item}"),
    Decision.REJECT: Text(en="Rejected: {item}", ja="否認しました：{item}"),
    Decision.CONDITION: Text(en="Approved with conditions: {item}", ja="条件付きで承認しました：{item}"),
}
RECALL = Text(en="Recall the request", ja="申請を取下げ")
CONCLUDED = Text(en="The request is: {state}.", ja="現在の状態: {state}")
MEET = Text(en="Note as met", ja="充足を登録")
MEET_TITLE = Text(en="Note a condition as met", ja="条件の充足を登録")
NEEDED_BY = Text(en="Needed by", ja="期限")
CONDITIONS = Text(en="Conditions", ja="条件")
WHOLE_PATH = Text(en="The whole path", ja="承認経路の全体")
DIGEST = Text(en="Digest of the terms: {digest}", ja="条件のハッシュ値：{digest}")
MATRIX = Text(en="Version of the matrix", ja="承認マトリックスの版")
NUMBERED = Text(en="Request {number}", ja="申請 {number}")
STEP = Text(en="Step", ja="承認段階")
AT_STEP = Text(en="{step} of {steps}: {roles}", ja="{step}/{steps} {roles}")
ASKED_BY = Text(en="Asked by", ja="申請者")
ASKED_ON = Text(en="Asked on", ja="申請日")
ANSWERED_ON = Text(en="Answered on", ja="決裁日")
NOT_MET = State(Text(en="Open", ja="未充足"), "warn")
MET = State(Text(en="Met", ja="充足済み"), "ok")
ANYBODY = Text(en="nobody", ja="承認不要")
NOTHING_ASKED = Text(en="Nobody needed to be asked.", ja="承認が必要な項目はありません。")
NO_CONDITIONS = Text(en="No condition was set.", ja="条件は付いていません。")


class NothingAsked(Refusal):
    """A request that asks nothing of the person now."""

    rule = "approvals.nothing-asked"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Request {number} asks nothing of you now.", ja="申請 {number} に、あなたが決裁する項目はありません。"
    )
    remedy = Text(en="Look at whom it asks.", ja="申請の承認者を確認してください。")


class DiscountAlone(Refusal):
    """A discount, which nobody approves by the dozen."""

    rule = "approvals.discount-alone"
    kind = RefusalKind.CONFLICT
    says = Text(en="Request {number} is about a discount.", ja="申請 {number} には値引きが含まれます。")
    remedy = Text(en="Decide it on its own page.", ja="申請の画面で個別に決裁してください。")


def _approve(desk: Desk, row: AskedRow, given: Given) -> None:
    """Approve what a request asks of the person's roles."""
    found = get_request(desk.actor, row.request.id)
    asked = [one for one in found.items if one.state is ItemState.OPEN and desk.actor.holds(one.role)]
    if not asked:
        raise NothingAsked(number=called(row))
    if Fraction(found.facts.get("discount", "0")) > 0:
        raise DiscountAlone(number=called(row))
    for one in asked:
        decide_item(
            item_id=one.id,
            decision=Decision.APPROVE,
            comment=given["comment"] or "",
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )


def called(row: AskedRow) -> object:
    """Return what a request goes by: the number of its quote, or its own."""
    return row.number or NUMBERED.filled(number=row.request.id)


def _turn(row: AskedRow) -> Text | None:
    return AT_STEP.filled(step=row.step, steps=row.steps, roles=named(row.asks)) if row.asks else None


REQUESTS = ListPage[AskedRow](
    title=TITLE,
    filters=(Filter("state", labels.STATE, tuple(RequestState)),),
    columns=(
        Column(REQUEST, lambda row: Link(called(row), "approval", row.request.id), order="number"),
        Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id)),
        Column(labels.DISCOUNT, lambda row: row.discount, number=True, extra=True),
        amount(labels.TOTAL_BEFORE_TAX, lambda row: row.total),
        Column(STEP, _turn, extra=True),
        Column(ASKED_BY, lambda row: row.request.opened_by, order="opened_by", extra=True),
        Column(ASKED_ON, lambda row: row.request.opened_on, order="opened_on", extra=True),
        Column(ANSWERED_ON, lambda row: row.request.concluded_on),
        Column(labels.STATE, lambda row: row.request.state, order="state"),
    ),
    rows=lambda asked: list_asked(
        asked.desk.actor,
        state=asked.choices["state"],
        among=asked.among,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_requests(asked.desk.actor, state=asked.choices["state"]),
    key=lambda row: row.request.id,
    each=(
        Each(
            name="approve",
            label=Text(en="Approve", ja="承認"),
            verb="approvals.decide-item",
            says=Text(
                en="What is asked of your roles is approved. A deal with a discount is decided on its own page.",
                ja="自分の役割に依頼された項目を承認します。値引きのある案件は個別の画面で決裁します。",
            ),
            do=_approve,
            fields=lambda desk: (prose("comment", labels.COMMENT, needed=False), day("on", labels.ON, desk.today)),
        ),
    ),
)

_ITEMS: tuple[Column[ItemView], ...] = (
    Column(labels.TITLE, lambda item: Explained(item.item_name, item.reason)),
    Column(Text(en="Asks", ja="承認者"), lambda item: ROLE_NAMES[item.role]),
    Column(labels.STATE, lambda item: item.state),
    Column(labels.BY, lambda item: item.decided_by),
    Column(labels.ON, lambda item: item.decided_on),
    Column(labels.COMMENT, lambda item: item.comment),
    Column(DECISION, lambda item: Link(DECIDE, "decide-item", item.id) if item.state is ItemState.OPEN else None),
)
_CONDITIONS: tuple[Column[ConditionView], ...] = (
    Column(CONDITIONS, lambda one: Explained(one.text, one.kind.shown)),
    Column(NEEDED_BY, lambda one: one.due_on),
    Column(labels.STATE, lambda one: MET if one.met_on else NOT_MET),
    Column(labels.BY, lambda one: one.met_by),
    Column(labels.ON, lambda one: one.met_on),
    Column(Text(en="Proof", ja="証憑"), lambda one: one.proof),
    Column(MEET, lambda one: None if one.met_on else Link(MEET, "meet-condition", one.id)),
)
_PATH: tuple[Column[PathStep], ...] = (
    Column(labels.TITLE, lambda step: step.item_name),
    Column(Text(en="Asks", ja="承認者"), lambda step: ROLE_NAMES[step.role] if step.role else ANYBODY),
    Column(Text(en="Why", ja="理由"), lambda step: step.reason),
    amount(Text(en="Row of the matrix", ja="承認マトリックスの行"), lambda step: step.row),
)


@door(SIGNED_IN)
def approval(request: DeskRequest, key: int) -> HttpResponse:
    """Show a request: what it asks about, each item with its reason, conditions, and the whole path."""
    found = get_request(request.desk.actor, ApprovalRequestId(key))
    row, asked = found.row, get_asked(found.row)
    conditions = [one for item in found.items for one in item.conditions]
    detail = Detail(
        kind=REQUEST,
        title=said(called(asked)),
        state=row.state,
        back=Link(TITLE, "approvals"),
        facts=_facts(found, asked),
        sections=(
            Section(Text(en="What is asked", ja="承認項目"), Table.of(_ITEMS, found.items), empty=NOTHING_ASKED),
            Section(CONDITIONS, Table.of(_CONDITIONS, conditions), empty=NO_CONDITIONS),
            Section(WHOLE_PATH, Table.of(_PATH, found.path), note=DIGEST.filled(digest=row.digest)),
        ),
        acts=(
            *_answers(request.desk, found),
            Act(RECALL, Link("", "recall-request", key), "approvals.recall-request", _held(row.state)),
        ),
        trail=(
            ("approvals_approvalrequest", key),
            row.subject,
            *(("approvals_approvalitem", item.id) for item in found.items),
        ),
    )
    return show(request, detail)


def _answers(desk: Desk, found: RequestDetail) -> list[Act]:
    """Return what the reader is asked to answer now."""
    return [
        Act(ANSWER.filled(item=one.item_name), Link("", "decide-item", one.id), "approvals.decide-item", main=True)
        for one in found.items
        if one.state is ItemState.OPEN and desk.actor.holds(one.role)
    ]


def _held(state: RequestState) -> Text | None:
    return None if state in {RequestState.OPEN, RequestState.CONDITIONAL} else CONCLUDED.filled(state=state.shown)


def _deal(asked: AskedRow) -> list[tuple[Text, object]]:
    """Return what a request is about, in the fewest facts."""
    return [
        (labels.CUSTOMER, Link(asked.customer, "customer", asked.customer_id)),
        (labels.QUOTE, page_of(*asked.request.subject, asked.number or Text(en="The quote", ja="見積を表示"))),
        (labels.TOTAL_BEFORE_TAX, asked.total),
        (labels.DISCOUNT, asked.discount),
        (ASKED_BY, asked.request.opened_by),
        (ASKED_ON, asked.request.opened_on),
    ]


def _facts(found: RequestDetail, asked: AskedRow) -> list[tuple[Text, object]]:
    row, facts = found.row, found.facts
    return [
        *_deal(asked),
        (STEP, _turn(asked)),
        (ANSWERED_ON, row.concluded_on),
        (labels.LIST_TOTAL, Money(int(facts["list_total_minor"]), asked.total.currency)),
        (Text(en="Term (months)", ja="契約期間（月）"), int(facts["term_months"])),
        (Text(en="Longest wait for payment (days)", ja="支払までの最長日数"), int(facts["payment_days"])),
        (MATRIX, row.matrix_version),
    ]


@door(SIGNED_IN)
def item(request: DeskRequest, key: int) -> HttpResponse:
    """Lead from an item to its request."""
    return HttpResponseRedirect(Link("", "approval", _asked(request, key, item_id=key).row.id).url)


@door(SIGNED_IN)
def condition(request: DeskRequest, key: int) -> HttpResponse:
    """Lead from a condition to its request."""
    return HttpResponseRedirect(Link("", "approval", _asked(request, key, condition_id=key).row.id).url)


def _asked(request: DeskRequest, key: int, **about: int) -> RequestDetail:
    """Return the request of an item or a condition; what is hidden and what is missing answer alike."""
    try:
        return get_request(request.desk.actor, request_of(**about).id)
    except (ObjectDoesNotExist, NotFound):
        raise NotFound(what=REQUEST, key=key) from None


DECIDED = Text(en="It was decided: {state}, by {who} on {day}.", ja="決裁済みです: {state}（{who}、{day}）。")
NO_LONGER = Text(en="Nobody needs to answer this any more.", ja="この項目への回答は不要になりました。")


@door(doing("approvals.decide-item"))
def decide(request: DeskRequest, key: int) -> HttpResponse:
    """Approve, reject, or approve with conditions."""
    desk = request.desk
    asked = _asked(request, key, item_id=key)
    asking, about = next(one for one in asked.items if one.id == key), get_asked(asked.row)

    def do(given: Given) -> Link:
        decide_item(
            item_id=ApprovalItemId(key),
            decision=Decision(given["decision"]),
            conditions=[_condition(one) for one in given["conditions"]],
            comment=given["comment"] or "",
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "approval", asked.row.id)

    fields = (
        choice("decision", DECISION, tuple((one.value, one.shown) for one in Decision)),
        prose("comment", labels.COMMENT, needed=False),
        Lines(
            "conditions",
            CONDITIONS,
            (
                choice("kind", Text(en="Kind", ja="種類"), tuple((one.value, one.shown) for one in ConditionKind)),
                words("text", Text(en="Condition", ja="条件の内容")),
                day("due_on", NEEDED_BY, None, needed=False),
            ),
            ({},),
        ),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    deed = Deed(
        of=("approvals_approvalitem", key),
        under=("approvals_approvalrequest", asked.row.id),
        title=asking.item_name,
        says=asking.reason,
        facts=_deal(about),
        back=Link(called(about), "approval", asked.row.id),
        button=DECIDE,
        do=do,
        fields=fields,
        over=_answered(asking),
        done=lambda given: ANSWERED[Decision(given["decision"])].filled(item=asking.item_name),
    )
    return perform(request, deed)


def _answered(item: ItemView) -> Text | None:
    """Return what was decided where nothing is to be decided any more: whoever comes back to the form reads it."""
    if item.state in {ItemState.WAITING, ItemState.OPEN}:
        return None
    if item.state is ItemState.LAPSED:
        return NO_LONGER
    return DECIDED.filled(state=item.state.shown, who=item.decided_by, day=item.decided_on)


@door(doing("approvals.recall-request"))
def recall(request: DeskRequest, key: int) -> HttpResponse:
    """Take a request back, so that its quote may be changed."""
    desk = request.desk
    row = get_request(desk.actor, ApprovalRequestId(key)).row

    def do(given: Given) -> Link:
        recall_request(request_id=row.id, because=given["because"], on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "approval", key)

    says = Text(
        en="The approvers are asked no more; the quote is then revised and submitted anew.",
        ja="承認者への依頼を取り下げます。見積は改訂して申請し直します。",
    )
    fields = (prose("because", labels.REASON), day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY))
    back = Link(called(get_asked(row)), "approval", key)
    return perform(
        request,
        Deed(
            of=("approvals_approvalrequest", key),
            title=RECALL,
            back=back,
            button=RECALL,
            do=do,
            fields=fields,
            says=says,
        ),
    )


def _condition(given: Given) -> ConditionDraft:
    # One person sets it in the language it works in; the other reader gets the same words.
    text = Text(en=given["text"], ja=given["text"])
    return ConditionDraft(ConditionKind(given["kind"]), text, given["due_on"])


@door(doing("approvals.meet-condition"))
def meet(request: DeskRequest, key: int) -> HttpResponse:
    """Note that a condition is met, with its proof."""
    desk = request.desk
    asked = _asked(request, key, condition_id=key).row
    about = get_asked(asked)

    def do(given: Given) -> Link:
        meet_condition(condition_id=key, proof=given["proof"], on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "approval", asked.id)

    fields = (
        prose("proof", Text(en="Proof", ja="証憑")),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    deed = Deed(
        of=("approvals_approvalcondition", key),
        under=("approvals_approvalrequest", asked.id),
        title=MEET_TITLE,
        back=Link(called(about), "approval", asked.id),
        button=MEET,
        do=do,
        fields=fields,
        facts=_deal(about),
    )
    return perform(request, deed)

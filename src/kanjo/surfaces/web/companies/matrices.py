"""The approval matrix: drafted by one person, checked, put in force by another."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from kanjo.domains.approvals.facts import RowDraft
from kanjo.domains.approvals.operations import activate_matrix, add_rows, draft_matrix, withdraw_matrix
from kanjo.domains.approvals.queries import STANDARD_ROWS, get_matrix, list_matrices
from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.ids import MatrixId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.companies.pages import (
    ACTIVATE,
    ADD_ROW,
    COMPANY,
    DRAFT,
    INPUTS,
    NOBODY,
    SIGNS,
    VERSION,
    WITHDRAW,
)
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Lines, choice, day, prose, whole, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

STANDARD, EMPTY = "standard", "empty"
LISTS = ("in", "not_in")


@door(doing("approvals.draft-matrix"))
def draft(request: DeskRequest) -> HttpResponse:
    """Start a new version: from the rows of another one, the standard ones or none, without one item."""
    desk = request.desk
    versions = list_matrices(desk.actor, company_id=desk.company_id)
    latest = get_matrix(desk.actor, versions[0].id)[1] if versions else []
    items = {row.item: row.item_name for row in [*STANDARD_ROWS, *(one.draft for one in latest)]}

    def do(given: Given) -> Link:
        rows = [row for row in _rows(request, given["base"]) if row.item != given["without"]]
        return Link("", "matrix", draft_matrix(company_id=desk.company_id, rows=rows, by=desk.actor, at=desk.now))

    bases = (
        *((str(one.id), VERSION.filled(number=one.version)) for one in versions),
        (STANDARD, Text(en="The standard rows", ja="標準の行")),
        (EMPTY, Text(en="No rows", ja="行なし")),
    )
    fields = (
        choice("base", Text(en="Start from", ja="元にする版"), bases, initial=bases[0][0]),
        choice("without", Text(en="Leave out", ja="除外する項目"), tuple(items.items()), needed=False),
    )
    says = Text(
        en="The version in force stays in force. Leave out the item whose rows are to be written anew.",
        ja="有効な版は変わりません。書き直す項目は除外して作成し、後から行を追加してください。",
    )
    deed = Deed(title=DRAFT, back=Link(COMPANY, "company"), button=DRAFT, do=do, fields=fields, says=says)
    return perform(request, deed)


def _rows(request: DeskRequest, base: str) -> Sequence[RowDraft]:
    if base in {STANDARD, EMPTY}:
        return STANDARD_ROWS if base == STANDARD else ()
    return [row.draft for row in get_matrix(request.desk.actor, MatrixId(int(base)))[1]]


@door(doing("approvals.add-rows"))
def add(request: DeskRequest, key: int) -> HttpResponse:
    """Write one more row at the end of a draft."""
    desk = request.desk
    view, _ = get_matrix(desk.actor, MatrixId(key))

    def do(given: Given) -> Link:
        add_rows(matrix_id=view.id, rows=[_row(given)], by=desk.actor, at=desk.now)
        return Link("", "matrix", key)

    says = Text(
        en="Exactly one row of each table must answer for any deal. A row without conditions answers for all.",
        ja="どの案件にも、表ごとに1行だけが当てはまるようにしてください。条件のない行はすべての案件に当てはまります。",
    )
    deed = Deed(
        of=("approvals_matrix", key),
        title=ADD_ROW,
        back=Link(VERSION.filled(number=view.version), "matrix", key),
        button=ADD_ROW,
        do=do,
        says=says,
        fields=_ROW,
    )
    return perform(request, deed)


SAME = Text(en="Rows of the same code and step form one table.", ja="同じコード・段階の行で1つの表になります。")
_ROW = (
    words("item", Text(en="Code of the item", ja="項目コード"), hint=SAME, most=64),
    words("name_ja", Text(en="Its Japanese name", ja="項目名（日本語）")),
    words("name_en", Text(en="Its English name", ja="項目名（英語）")),
    whole("stage", Text(en="Step", ja="段階"), initial="1"),
    Lines(
        "when",
        Text(en="When", ja="条件"),
        (
            choice("input", labels.TITLE, tuple(INPUTS.items())),
            choice("sign", Text(en="Is", ja="比較"), tuple(SIGNS.items())),
            words("value", Text(en="Value", ja="値")),
        ),
    ),
    choice(
        "role",
        Text(en="Asks", ja="承認者"),
        (*((role.value, ROLE_NAMES[role]) for role in Role), ("nobody", NOBODY)),
    ),
    words("reason_ja", Text(en="Reason in Japanese", ja="理由（日本語）")),
    words("reason_en", Text(en="Reason in English", ja="理由（英語）")),
)


class SaidTwice(Refusal):
    """A second condition that would take the place of the first."""

    rule = "approvals.said-twice"
    says = Text(en="“{what}: {sign}” is said twice.", ja="「{what}: {sign}」の条件が重複しています。")
    remedy = Text(
        en="Keep one of the two; both of them hold only in a row of their own.",
        ja="どちらか一方にしてください。両方必要な場合は、行を分けてください。",
    )


def _row(given: Given) -> RowDraft:
    when: dict[str, dict[str, object]] = {}
    for one in given["when"]:
        if one["sign"] in when.get(one["input"], {}):
            raise SaidTwice(at=f"{one['at']}-sign", what=INPUTS[one["input"]], sign=SIGNS[one["sign"]])
        when.setdefault(one["input"], {})[one["sign"]] = _value(one["sign"], one["value"])
    return RowDraft(
        item=given["item"],
        item_name=Text(en=given["name_en"], ja=given["name_ja"]),
        role=None if given["role"] == "nobody" else Role(given["role"]),
        reason=Text(en=given["reason_en"], ja=given["reason_ja"]),
        when=when,
        stage=given["stage"],
    )


def _value(sign: str, typed: str) -> object:
    """Return a whole number as one, the parts of a list, and anything else as it was typed."""
    if sign in LISTS:
        return [part.strip() for part in typed.replace("、", ",").split(",")]
    bare = typed.replace(",", "")
    return int(bare) if bare.isdecimal() else typed


@door(doing("approvals.activate-matrix"))
def activate(request: DeskRequest, key: int) -> HttpResponse:
    """Put a draft in force from a day on."""
    desk = request.desk
    view, _ = get_matrix(desk.actor, MatrixId(key))

    def do(given: Given) -> Link:
        effective_from = given["effective_from"]
        activate_matrix(matrix_id=view.id, effective_from=effective_from, on=desk.today, by=desk.actor, at=desk.now)
        return Link("", "matrix", key)

    says = Text(
        en="From that day on quotes are submitted along this version; the one before is in force until then."
        " Who wrote it does not put it in force. Made by: {name}.",
        ja="指定日以降に申請する見積に適用します。それまでは現在の版が有効です。"
        "作成者以外の担当者が有効化します。作成者: {name}。",
    ).filled(name=view.made_by)
    fields = (day("effective_from", labels.STARTS_ON, desk.today, hint=labels.BUSINESS_DAY),)
    back = Link(VERSION.filled(number=view.version), "matrix", key)
    return perform(
        request,
        Deed(
            tried=False,
            of=("approvals_matrix", key),
            title=ACTIVATE,
            back=back,
            button=ACTIVATE,
            do=do,
            fields=fields,
            says=says,
        ),
    )


@door(doing("approvals.withdraw-matrix"))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Put a draft aside for good."""
    desk = request.desk
    view, _ = get_matrix(desk.actor, MatrixId(key))

    def do(given: Given) -> Link:
        withdraw_matrix(matrix_id=view.id, because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "matrix", key)

    says = Text(en="It cannot be put in force any more.", ja="この版は有効化できなくなります。")
    back = Link(VERSION.filled(number=view.version), "matrix", key)
    fields = (prose("because", labels.REASON),)
    return perform(
        request,
        Deed(of=("approvals_matrix", key), title=WITHDRAW, back=back, button=WITHDRAW, do=do, fields=fields, says=says),
    )

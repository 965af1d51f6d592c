"""A form page: says what will happen, asks what it needs, does it in one transaction, or says why not.

Nothing typed is lost: a refusal stands beside the field it names, or above all fields. While it is typed the page asks
the same rules by the same door: the deed is done and taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import get_random_string

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.identity.sessions import FORMS, MOST_FORMS, SessionStore
from kanjo.platform.tables import alone, hold
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Section
from kanjo.surfaces.web.fields import UNREADABLE, Field, Lines, Missing, taken
from kanjo.surfaces.web.middleware import STATUS
from kanjo.surfaces.web.shown import Link, cell, said
from kanjo.surfaces.web.standing import MARK, ChangedMeanwhile, mark_of, refuse_changed
from kanjo.surfaces.web.trail import Subject

MOST_LINES = 100
DONE = Text(en="Done: {title}", ja="完了しました：{title}")
"""What stands on the next page once a deed is done."""
MORE, LOOK = "more", "look"
"""Names of the buttons that add a row and that show what would happen."""
CHECK, TOUCHED = "check", "touched"
"""By which a form asks what the rules say while it is typed, and names the fields that were left once."""

FOR = "for-whom"
"""Name of the field that says for whom a form was drawn: a deputy may have changed hats in another tab since."""
ONCE, ONCE_LENGTH = FORMS, 22
"""Name and length of the token that tells a form from the same form sent again, and how many a session remembers."""

Given = Mapping[str, Any]


class OtherHat(Refusal):
    """A form that was drawn for one person and sent for another."""

    rule = "deputies.other-hat"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The form was opened when you were at work for somebody else; nothing was done.",
        ja="このフォームは別の人の作業として開かれたものです。実行していません。",
    )
    remedy = Text(
        en="Look at whose work you are doing, and open the form again.",
        ja="誰の作業中かを確認し、フォームを開き直してください。",
    )


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a form does. `do` gets the values, acts and returns where to go; `look` shows what would come of it.

    `seen` is what would come of the form as it is opened.
    `beside` names the field of the place that a rule refused, where the rule calls it by another name.
    `own_transactions` marks a deed that cuts its work into transactions itself. `of` is the row that the form was
    opened on: changed by somebody else, it is shown before anything is done; `under` is the one above it that the act
    locks first. `over` says that there is nothing left to do; `done` what the next page tells, where that is not that
    it was done. `facts` say what it is about. A deed that takes long, reaches outside the database or hands what it
    made to its page is not `tried` while it is typed. `only_to_do` names what `look` does not need: it may be blank.
    """

    title: Text
    back: Link
    button: Text
    do: Callable[[Given], Link]
    fields: Sequence[Field | Lines] = ()
    says: Text | None = None
    facts: Sequence[tuple[Text, object]] = ()
    sections: Sequence[Section] = ()
    look: Callable[[Given], Sequence[Section]] | None = None
    only_to_do: frozenset[str] = frozenset()
    seen: Sequence[Section] = ()
    beside: Callable[[str, Given], str] = lambda at, _given: at
    own_transactions: bool = False
    of: Subject | None = None
    under: Subject | None = None
    over: Text | None = None
    tried: bool = True
    done: Text | Callable[[Given], Text] | None = None

    def told(self, given: Given) -> Text:
        """Return what the next page tells once it is done with what was given."""
        if callable(self.done):
            return self.done(given)
        return self.done or DONE.filled(title=self.title)

    def may_look(self, faults: Mapping[str, Refusal]) -> bool:
        """Return whether what would come of it can be shown: nothing is wrong but what only the deed needs."""
        blank = {at for at, fault in faults.items() if at in self.only_to_do and isinstance(fault, Missing)}
        return self.look is not None and blank == faults.keys()

    @property
    def can_be_tried(self) -> bool:
        """Whether it may be done and taken back while it is typed."""
        uploads = any(isinstance(one, Field) and one.widget == "file" for one in self.fields)
        return bool(self.fields) and self.tried and not self.own_transactions and not uploads


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field as the templates draw it."""

    name: str
    label: str
    widget: str
    needed: bool
    hint: str
    value: str
    options: tuple[tuple[str, str], ...]
    fault: Refusal | None

    @property
    def boxes(self) -> list[tuple[str, str, bool]]:
        """The options as boxes: code, words, whether ticked."""
        ticked = self.value.split()
        return [(code, words, code in ticked) for code, words in self.options]


@dataclass(frozen=True, slots=True)
class DrawnLines:
    """Rows of fields as the templates draw them."""

    name: str
    label: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Drawn, ...], ...]
    widget: str = "lines"


def perform(request: DeskRequest, deed: Deed) -> HttpResponse:
    """Answer with the form, or do the deed and lead to its result."""
    if request.method != "POST":
        return _page(request, deed, {}, deed.seen)
    if FOR in request.POST and request.POST[FOR] != _for_whom(request):
        raise OtherHat
    values, faults = _read(request, deed.fields)
    if CHECK in request.POST:
        return _checked(request, deed, values, faults)
    looking = LOOK in request.POST and deed.may_look(faults)
    if MORE in request.POST or (faults and not looking):
        return _page(request, deed, faults, (), status=400 if MORE not in request.POST else 200)
    try:
        if looking and deed.look is not None:
            return _page(request, deed, {}, deed.look(values))
        leads = _in_parts(request, deed, values) if deed.own_transactions else _once(request, deed, values)
        messages.success(request, said(deed.told(values)))
        return HttpResponseRedirect(leads)
    except ChangedMeanwhile as changed:
        return _page(request, deed, {"": changed}, (), status=STATUS[changed.kind], meanwhile=(changed.section,))
    except Refusal as refusal:
        at = deed.beside(refusal.at, values)
        return _page(request, deed, {at: refusal}, (), status=STATUS[refusal.kind])


def _once(request: DeskRequest, deed: Deed, values: Given) -> str:
    """Do the deed and return where it leads; the same form sent again leads there without doing it again."""
    sent = request.POST.get(ONCE, "")[:ONCE_LENGTH]
    with transaction.atomic():
        alone(ONCE, crc32(f"{request.desk.actor.id} {sent}".encode()))
        done = SessionStore(request.session.session_key).get(ONCE, {}) if sent else {}
        if sent not in done:
            if deed.under is not None:
                hold(*deed.under)
            refuse_changed(deed.of, request.POST.get(MARK, ""))
            done[sent] = deed.do(values).url
            request.session[ONCE] = dict(list(done.items())[-MOST_FORMS:])
            request.session.save()
        return str(done[sent])


def _in_parts(request: DeskRequest, deed: Deed, values: Given) -> str:
    with transaction.atomic():
        refuse_changed(deed.of, request.POST.get(MARK, ""))
    return deed.do(values).url


def _checked(request: DeskRequest, deed: Deed, values: Given, faults: Mapping[str, Refusal]) -> HttpResponse:
    """Answer what the rules say to what is typed so far: what is still blank is no fault until it was left."""
    left, seen = set(request.POST.getlist(TOUCHED)), list[Section]()
    told = {at: fault for at, fault in faults.items() if at in left or not isinstance(fault, Missing)}
    try:
        if deed.look is not None and deed.may_look(faults):
            seen = [*deed.look(values)]
        if not faults:
            _try(deed, values)
    except Refusal as refusal:
        told |= {deed.beside(refusal.at, values): refusal}
    places = [field.name for field in _all(_fields(request, deed, {}))]
    above = [fault for at, fault in told.items() if at not in places]
    context = {"places": [(at, told.get(at)) for at in places], "above": above, "sections": seen}
    return render(request, "form_check.html", context)


def _try(deed: Deed, values: Given) -> None:
    """Do the deed and take it back."""
    if deed.can_be_tried:
        with transaction.atomic():
            deed.do(values)
            transaction.set_rollback(True)


def _read(request: DeskRequest, fields: Sequence[Field | Lines]) -> tuple[dict[str, Any], dict[str, Refusal]]:
    values: dict[str, Any] = {}
    faults: dict[str, Refusal] = {}
    for one in fields:
        if isinstance(one, Lines):
            values[one.name] = [
                {"at": place}
                | {inner.name: _value(request, inner, f"{place}-{inner.name}", faults) for inner in one.fields}
                for place in _places(request, one)
                if any(request.POST.get(f"{place}-{inner.name}", "").strip() for inner in one.fields)
            ]
        else:
            values[one.name] = _value(request, one, one.name, faults)
    return values, faults


def _value(request: DeskRequest, field: Field, place: str, faults: dict[str, Refusal]) -> Any:
    try:
        if field.widget == "file" and CHECK in request.POST:
            return None
        given = request.FILES.get(place) if field.widget == "file" else None
        if given is not None:
            return taken(given, place)
        return field.value(_typed(request, field, place), place)
    except Refusal as refusal:
        faults[place] = refusal
        return None


def _typed(request: DeskRequest, field: Field, place: str, first: str = "") -> str:
    """Return what was typed, a NUL as unreadable: nothing keeps it; of boxes, the codes of those that were ticked."""
    many = field.widget == "many"
    typed = " ".join(request.POST.getlist(place)) or first if many else request.POST.get(place, first)
    return typed.replace("\0", UNREADABLE)


def _places(request: DeskRequest, lines: Lines) -> list[str]:
    given = request.POST.get(f"{lines.name}-count", "")
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else len(lines.initial)
    return [f"{lines.name}-{number}" for number in range(min(count, MOST_LINES))]


def _page(
    request: DeskRequest,
    deed: Deed,
    faults: Mapping[str, Refusal],
    seen: Sequence[Section],
    *,
    status: int = 200,
    meanwhile: Sequence[Section] = (),
) -> HttpResponse:
    drawn = _fields(request, deed, faults)
    beside = {field.name for field in _all(drawn)}
    context = {
        "deed": deed,
        "back": cell(deed.back),
        "facts": [(said(label), cell(value)) for label, value in deed.facts],
        "fields": drawn,
        "above": [fault for place, fault in faults.items() if place not in beside],
        "sections": [*meanwhile, *deed.sections],
        "seen": seen,
        "can_look": deed.look is not None,
        "for_name": FOR,
        "for_whom": _for_whom(request),
        "once_name": ONCE,
        "once": request.POST.get(ONCE) or get_random_string(ONCE_LENGTH),
        "mark_name": MARK,
        "mark": _mark(request, deed, faults.values()),
        "upload": any(field.widget == "file" for field in drawn),
    }
    return render(request, "form.html", context, status=status)


def _fields(request: DeskRequest, deed: Deed, faults: Mapping[str, Refusal]) -> list[Drawn | DrawnLines]:
    return [
        _drawn_lines(request, one, faults) if isinstance(one, Lines) else _drawn(request, one, faults)
        for one in deed.fields
    ]


def _mark(request: DeskRequest, deed: Deed, faults: Iterable[Refusal]) -> str:
    """Return what the form was opened on: once it told what was changed, what stands now."""
    seen = any(isinstance(fault, ChangedMeanwhile) for fault in faults)
    return mark_of(deed.of) if seen or request.method != "POST" else request.POST.get(MARK, "")


def _for_whom(request: DeskRequest) -> str:
    return str(request.desk.actor.for_id or "")


def _all(drawn: Sequence[Drawn | DrawnLines]) -> list[Drawn]:
    flat: list[Drawn] = []
    for one in drawn:
        flat.extend([one] if isinstance(one, Drawn) else [field for row in one.rows for field in row])
    return flat


def _drawn(
    request: DeskRequest, field: Field, faults: Mapping[str, Refusal], place: str = "", initial: str | None = None
) -> Drawn:
    place = place or field.name
    first = field.initial if initial is None else initial
    return Drawn(
        name=place,
        label=said(field.label),
        widget=field.widget,
        needed=field.needed,
        hint=said(field.hint) if field.hint else "",
        value=_typed(request, field, place, first if request.method != "POST" else ""),
        options=tuple((code, said(shown)) for code, shown in field.options),
        fault=faults.get(place),
    )


def _drawn_lines(request: DeskRequest, lines: Lines, faults: Mapping[str, Refusal]) -> DrawnLines:
    places = _places(request, lines)
    if MORE in request.POST and len(places) < MOST_LINES:
        places.append(f"{lines.name}-{len(places)}")
    first = [*lines.initial, *({} for _ in places)]
    return DrawnLines(
        name=lines.name,
        label=said(lines.label),
        heads=tuple((said(one.label), one.widget == "number") for one in lines.fields),
        rows=tuple(
            tuple(_drawn(request, one, faults, f"{place}-{one.name}", row.get(one.name)) for one in lines.fields)
            for place, row in zip(places, first, strict=False)
        ),
    )

"""Filters and tags: a sentence in the reader's language, a value as it is shown or as words, an icon."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kanjo.foundation.refusals import Refusal
from kanjo.surfaces.web.shown import Cell, cell
from kanjo.surfaces.web.shown import said as said_here
from kanjo.surfaces.web.words import in_words

register = template.Library()


@register.filter
def said(value: object) -> str:
    """Return a sentence in the language of the page."""
    return said_here(in_words(value) if isinstance(value, Refusal) else value)


@register.filter
def shown(value: object) -> Cell:
    """Return a value as a cell."""
    return cell(value)


@register.filter
def words(value: object) -> str:
    """Return a value as plain words."""
    return cell(value).text


@register.simple_tag
@cache
def icon(name: str, more: str = "") -> SafeString:
    """Return an icon of the sprite; it says nothing that the words beside it do not."""
    return format_html(
        '<svg class="ic {}" aria-hidden="true"><use href="{}#{}"/></svg>', more, static("vendor/icons.svg"), name
    )


@register.simple_tag
def drawn(one: Cell) -> SafeString:
    """Return a cell as HTML."""
    text = escape(one.text)
    if one.kind == "state":
        made = f'<span class="st st-{one.tone}">{icon(one.icon)}{text}</span>'
    elif one.working:
        made = get_template("_figure.html").render({"cell": one})
    elif one.href:
        made = f'<a href="{escape(one.href)}">{text}</a>'
    else:
        lines = text.replace("\n", "<br>")
        made = f'<{one.mark} translate="no">{lines}</{one.mark}>' if one.mark else lines
    return mark_safe(f'{made}<span class="why">{escape(one.why)}</span>' if one.why else made)  # noqa: S308 - escaped


@register.simple_tag
def cells(row: Iterable[Cell]) -> SafeString:
    """Return the cells of a row. A list has some hundred: a template for each would take half the time of the page."""
    return mark_safe("".join(f"<td{_marked(one)}>{drawn(one)}</td>" for one in row))  # noqa: S308 - escaped


def _marked(one: Cell) -> str:
    label = f' data-label="{escape(one.label)}"' if one.label else ""
    return f' class="{one.classes}"{label}' if one.classes else label

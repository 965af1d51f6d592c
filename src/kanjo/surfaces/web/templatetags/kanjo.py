"""Filters and tags: a sentence in the reader's language, a value as it is shown or as words, an icon."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
def icon(name: str, more: str = "") -> SafeString:
    """Return an icon of the sprite; it says nothing that the words beside it do not."""
    return format_html(
        '<svg class="ic {}" aria-hidden="true"><use href="{}#{}"/></svg>', more, static("vendor/icons.svg"), name
    )

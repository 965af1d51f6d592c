"""Filters: a sentence in the reader's language, a value as it is shown, a value as words."""

from __future__ import annotations

from django import template

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

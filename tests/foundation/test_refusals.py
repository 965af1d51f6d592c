"""Every refusal of the foundation says in both languages what was refused and the way out."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules
from string import Formatter

import pytest

import kanjo.foundation
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


def _refusals() -> list[type[Refusal]]:
    modules = [import_module(f"kanjo.foundation.{found.name}") for found in iter_modules(kanjo.foundation.__path__)]
    classes = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    return sorted((each for each in classes if issubclass(each, Refusal) and each is not Refusal), key=lambda c: c.rule)


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("refusal", _refusals(), ids=lambda refusal: refusal.rule)
def test_a_refusal_is_whole_in_both_languages(refusal: type[Refusal]) -> None:
    """The Japanese names no fact the English leaves unknown, both end as sentences, and a way out is told."""
    assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", refusal.rule)
    known = _facts(refusal.says.en) | _facts(refusal.remedy.en)
    for text in (refusal.says, refusal.remedy):
        assert isinstance(text, Text)
        assert _facts(text.ja) <= known
        assert text.en.endswith(".")
        assert text.ja.endswith("。")
    said = refusal(at="file.csv:3", **dict.fromkeys(known, "X"))
    assert str(said).startswith("file.csv:3: ")
    assert "{" not in said.said_in("ja") + said.said_in("en")


def test_each_rule_has_one_code() -> None:
    """No two refusals share a code."""
    codes = [refusal.rule for refusal in _refusals()]
    assert len(codes) == len(set(codes)) >= 30

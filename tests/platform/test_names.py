"""A row that is not there is named in the language of the reader."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from kanjo.platform.identity.queries import house
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.runs.models import Run
from kanjo.platform.tables import NotFound, Rows

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def looked_up() -> set[str]:
    """Return the tables whose rows are locked and seen by their key."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("kanjo.")]
    return {model._meta.db_table for model in ours if isinstance(model._default_manager.all(), Rows)}


class TestRowNames:
    def test_every_table_that_is_looked_up_has_one(self) -> None:
        """Whatever may be missed has a name, and no name is left over from a table that is gone."""
        assert looked_up() - set(ROW_NAMES) == set()
        assert set(ROW_NAMES) - {model._meta.db_table for model in apps.get_models()} == set()

    def test_they_are_in_both_languages(self) -> None:
        """A name is Japanese in Japanese and English in English."""
        assert [table for table, name in ROW_NAMES.items() if not JAPANESE.search(name.ja)] == []
        assert [table for table, name in ROW_NAMES.items() if JAPANESE.search(name.en)] == []

    def test_what_is_missed_is_called_by_it(self, db: None) -> None:
        """A run that is not there is missed as 一括処理 in Japanese and as a run in English."""
        with pytest.raises(NotFound) as refused:
            Run.objects.seen(5, house())
        assert refused.value.said_in("ja").startswith("一括処理 5 は見つかりません。")
        assert refused.value.said_in("en").startswith("There is no run 5")

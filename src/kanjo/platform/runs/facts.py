"""What happened to runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import PersonId, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExecuted(Fact):
    """A run that *made_by* started is done, up to its day; `failed` of its subjects wait for somebody."""

    kind: ClassVar[str] = "runs.executed"
    run_id: RunId
    made_by: PersonId
    failed: int

    @property
    def subject_id(self) -> int:
        """The run."""
        return self.run_id

"""Where a run stands."""

from __future__ import annotations

from enum import StrEnum

from kanjo.foundation.texts import Text


class RunState(StrEnum):
    """Where a run stands."""

    PREVIEWED = "previewed"
    APPROVED = "approved"
    EXECUTED = "executed"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _STATES[self]


_STATES = {
    RunState.PREVIEWED: Text(en="Previewed", ja="承認待ち"),
    RunState.APPROVED: Text(en="Approved", ja="実行待ち"),
    RunState.EXECUTED: Text(en="Executed", ja="実行済み"),
    RunState.REVERSED: Text(en="Reversed", ja="取消済み"),
    RunState.WITHDRAWN: Text(en="Withdrawn", ja="取下げ"),
}

"""Where an endpoint and a sending stand."""

from __future__ import annotations

from enum import StrEnum

from kanjo.foundation.texts import Text


class EndpointState(StrEnum):
    """Where an endpoint stands. Paused and failing ones keep what waits for them."""

    HEARING = "hearing"
    PAUSED = "paused"
    FAILING = "failing"
    ENDED = "ended"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _ENDPOINTS[self]


class SendingState(StrEnum):
    """Where a sending stands."""

    WAITING = "waiting"
    RECEIVED = "received"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _SENDINGS[self]


_ENDPOINTS = {
    EndpointState.HEARING: Text(en="Active", ja="有効"),
    EndpointState.PAUSED: Text(en="Paused", ja="一時停止"),
    EndpointState.FAILING: Text(en="Failing", ja="送信失敗"),
    EndpointState.ENDED: Text(en="Ended", ja="終了"),
}
_SENDINGS = {
    SendingState.WAITING: Text(en="Waits to be sent", ja="送信待ち"),
    SendingState.RECEIVED: Text(en="Received", ja="送信済み"),
    SendingState.GIVEN_UP: Text(en="Given up", ja="失敗"),
    SendingState.DROPPED: Text(en="Dropped", ja="取りやめ"),
}

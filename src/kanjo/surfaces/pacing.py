"""How often is too often: calls with a token, and searches of a person, so many a minute as the installation says."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.access.pace import Pace

CALLS = Pace(settings.ENVIRONMENT.home / "pace-calls", settings.ENVIRONMENT.calls_per_minute)
SEARCHES = Pace(settings.ENVIRONMENT.home / "pace-searches", settings.ENVIRONMENT.searches_per_minute)
_CALLS = Text(en="Calls with one token", ja="トークン 1 件での呼び出し")
_SEARCHES = Text(en="Searches of one person", ja="1 人の検索")


class TooOften(Refusal):
    """Asked more often than the house lets anybody ask; `seconds` tells when there is a next time."""

    rule = "house.too-often"
    kind = RefusalKind.TOO_OFTEN
    says = Text(
        en="{what} are taken {most} times a minute; nothing was done.",
        ja="{what}は 1 分間に {most} 回までです。実行していません。",
    )
    remedy = Text(en="Try again in {seconds} s.", ja="{seconds} 秒後にもう一度お試しください。")


def pace_call(token_id: int, now: datetime) -> None:
    """Count a call with a token; refuses `TooOften`."""
    _refuse_too_often(CALLS, token_id, now, _CALLS)


def pace_search(person_id: int, now: datetime) -> None:
    """Count a search of a person; refuses `TooOften`."""
    _refuse_too_often(SEARCHES, person_id, now, _SEARCHES)


def _refuse_too_often(pace: Pace, who: int, now: datetime, what: Text) -> None:
    seconds = pace.wait(who, now)
    if seconds:
        raise TooOften(what=what, most=f"{pace.a_minute:,}", seconds=seconds)

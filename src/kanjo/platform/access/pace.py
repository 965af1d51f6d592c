"""How often somebody asks: counted for all processes of the house together, in one file and in no table.

The file holds eight bytes for each who asks, at the place of its id: the microsecond until which its asking is paid
for. Whoever asks pays its share of a minute, in advance for a minute at most. Places that nobody used take no room.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final

MINUTE: Final = 60_000_000
_WIDE: Final = 8


@dataclass(frozen=True)
class Pace:
    """So many times a minute for each who asks; who was away for a minute may ask all of them at once."""

    file: Path
    a_minute: int
    _one_thread: Lock = field(default_factory=Lock, repr=False, compare=False)

    def wait(self, who: int, now: datetime) -> int:
        """Count one time, and return 0; or return the seconds after which there is a next time, and count nothing.

        A house that cannot write the file counts nobody: better no limit than no house.
        """
        try:
            with self._one_thread:
                return self._waits(who * _WIDE, int(now.timestamp() * 1_000_000))
        except OSError:
            return 0

    def _waits(self, place: int, now: int) -> int:
        fcntl.lockf(self._handle, fcntl.LOCK_EX, _WIDE, place)
        try:
            paid = max(now, int.from_bytes(os.pread(self._handle, _WIDE, place), "little"))
            if paid > now + MINUTE:
                paid = now  # more than anybody can have paid: the clock was put back
            paid += MINUTE // self.a_minute
            if paid > now + MINUTE:
                return -(-(paid - now - MINUTE) // 1_000_000)
            os.pwrite(self._handle, paid.to_bytes(_WIDE, "little"), place)
            return 0
        finally:
            fcntl.lockf(self._handle, fcntl.LOCK_UN, _WIDE, place)

    @cached_property
    def _handle(self) -> int:
        return os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

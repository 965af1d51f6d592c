"""What a fact is: something that happened, said in the past tense, that others may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kanjo.foundation.ids import CompanyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened in a company on a day. Subclasses are named in the past tense and state their `kind`.

    Fields are ids, dates, texts, integers, and tuples of those: a fact must survive being written down and read again.
    """

    kind: ClassVar[str]

    company_id: CompanyId
    effective_on: date

    @property
    def subject_id(self) -> int:
        """The id of what it happened to."""
        raise AttributeError(f"{type(self).__name__} names no subject")

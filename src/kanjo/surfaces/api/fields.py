"""The fields of what a program sends: each with its bounds; whatever a schema does not name is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from kanjo.foundation.ids import (
    AmendmentId,
    CustomerId,
    InvoiceId,
    OrderLineId,
    PersonId,
    PolicyId,
    ProductId,
    QuoteId,
    ReceiptId,
)
from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.texts import Text

E = TypeVar("E", bound=Enum)


def _written(given: object) -> object:
    """Let through a day written as 2026-04-01; pydantic alone would take a number for seconds since 1970."""
    if isinstance(given, date) or (isinstance(given, str) and _DAY.fullmatch(given)):
        return given
    raise PydanticCustomError("date_parsing", "not a day")


def _clock(given: object) -> time:
    """Return a time of day written as 06:00; pydantic alone would take seconds and zones, too."""
    if isinstance(given, str) and _CLOCK.fullmatch(given):
        return time.fromisoformat(given)
    raise PydanticCustomError("time_parsing", "not a time of day")


_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*$"
"""Text without characters that no text has."""

LINE = r"^[^\u0000-\u001f]*$"

_KEY = Field(ge=1, le=MINOR_MAX, strict=True)
AmendmentKey = Annotated[AmendmentId, _KEY]
CustomerKey = Annotated[CustomerId, _KEY]
InvoiceKey = Annotated[InvoiceId, _KEY]
SendingKey = Annotated[int, _KEY]
OrderLineKey = Annotated[OrderLineId, _KEY]
PersonKey = Annotated[PersonId, _KEY]
PolicyKey = Annotated[PolicyId, _KEY]
ProductKey = Annotated[ProductId, _KEY]
QuoteKey = Annotated[QuoteId, _KEY]
ReceiptKey = Annotated[ReceiptId, _KEY]
Asked = Annotated[int, Field(ge=1, le=MINOR_MAX)]
"""The id of something in an address, where everything is text."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)]
Blank = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=LINE)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000, pattern=TEXT)]
BlankProse = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000, pattern=TEXT)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=LINE)]
Day = Annotated[date, BeforeValidator(_written), Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
Clock = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "format": "clock", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
]
"""A time of day to the minute, as 06:00."""
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=datetime(2199, 12, 31, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]
"""A moment with its zone. It goes on in UTC: PostgreSQL knows no zone more than 16 hours away."""
Minor = Annotated[int, Field(ge=-MINOR_MAX, le=MINOR_MAX, strict=True)]
Owed = Annotated[int, Field(ge=1, le=MINOR_MAX, strict=True)]
"""An amount above zero in minor units."""
Count = Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]
Content = Annotated[Base64Bytes, Field(min_length=1)]
"""The bytes of a file, in base64."""


class Given(BaseModel):
    """What a program sends. Fields that the schema does not name are refused, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Given):
    """No field: `{}`."""


class Because(Given):
    """A reason."""

    because: Prose


class On(Given):
    """The day it is true."""

    on: Day


class BecauseOn(Given):
    """A reason, and the day it is true."""

    because: Prose
    on: Day


class BothLanguages(Given):
    """A text in both languages."""

    en: Words
    ja: Words

    @property
    def text(self) -> Text:
        """The text as the house has it."""
        return Text(en=self.en, ja=self.ja)


def one_of(kind: type[E]) -> Any:
    """Return the type of a field that takes the values of an enumeration."""
    return Annotated[Literal[tuple(one.value for one in kind)], AfterValidator(kind)]

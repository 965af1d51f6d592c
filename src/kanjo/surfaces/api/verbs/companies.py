"""Acts on selling companies."""

from __future__ import annotations

from pydantic import Base64Bytes

from kanjo.foundation.eras import Calendar
from kanjo.foundation.texts import Text
from kanjo.platform.companies.operations import Letterhead, amend_company
from kanjo.platform.companies.seals import set_seal
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Blank, BlankProse, Day, Given, Prose, Words, one_of


class LetterheadGiven(Given):
    """What the papers of a company say of it, written anew, all of it, and why."""

    name: Words
    name_en: Words
    address: BlankProse = ""
    registration_number: Blank = ""
    corporate_number: Blank = ""
    bank_account: Blank = ""
    calendar: one_of(Calendar) = Calendar.WESTERN.value  # type: ignore[valid-type]  # made from the enumeration
    because: Prose


class SealGiven(Given):
    """The seal (a PNG in Base64) that papers bear from a day on, and why; without one they bear none."""

    content: Base64Bytes = b""
    on: Day
    because: Prose


def _amend(caller: Caller, key: int, given: LetterheadGiven) -> Made:
    fields = given.model_dump(exclude={"because"})
    letterhead = Letterhead(**fields | {"calendar": Calendar(fields["calendar"])})
    company_id = caller.company(key).id
    amend_company(company_id=company_id, given=letterhead, because=given.because, by=caller.actor, at=caller.now)
    return Made("companies", company_id)


def _set_seal(caller: Caller, key: int, given: SealGiven) -> Made:
    company_id = caller.company(key).id
    set_seal(
        company_id=company_id,
        content=given.content,
        on=given.on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("companies", company_id)


ACTS = (
    Act(
        path="companies/{int:key}/seal",
        verbs=("companies.set-seal",),
        title=Text(en="Set the seal of a selling company's papers", ja="販売会社の帳票の角印を設定"),
        takes=SealGiven,
        do=_set_seal,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/amend",
        verbs=("companies.amend",),
        title=Text(en="Amend the letterhead of a selling company", ja="販売会社の発行者情報を変更"),
        takes=LetterheadGiven,
        do=_amend,
        of="companies",
    ),
)

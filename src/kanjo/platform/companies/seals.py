"""The seal (角印) that the papers of a company bear, from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, FileId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import Seal, SellingCompany
from kanjo.platform.documents.seals import check_seal
from kanjo.platform.files.operations import content_of, store


class SealInThePast(Refusal):
    """A seal for papers that are issued already."""

    rule = "companies.seal-in-the-past"
    says = Text(en="{day} is over: papers of that day are issued.", ja="{day} は過去の日付です。")
    remedy = Text(en="Choose today or a later day.", ja="本日以降の日付を選択してください。")


@dataclass(frozen=True, slots=True)
class SealRow:
    """The seal of a company from a day on; without a file its papers bear none."""

    effective_on: date
    file_id: FileId | None


@verb("companies.set-seal", Role.ADMINISTRATOR)
def set_seal(*, company_id: CompanyId, content: bytes, on: date, because: str, by: Actor, at: datetime) -> None:
    """Let papers that are issued on *on* or later bear the seal (a PNG); without content they bear none.

    Papers issued before stay as they are. Refuses `NotASeal` and `SealInThePast`.
    """
    row = SellingCompany.objects.locked(company_id, by)
    if on < at.astimezone(ZoneInfo(row.time_zone)).date():
        raise SealInThePast(at="on", day=on)
    file_id = None
    if content:
        check_seal(content, at="content")
        file_id = store(content=content, name="seal.png", media_type="image/png", company_id=company_id, by=by)
    Seal.objects.create(company_id=company_id, file_id=file_id, effective_on=on)


def seal_on(company_id: CompanyId, on: date) -> bytes:
    """Return the picture that papers issued on a day bear, empty where they bear none."""
    rows = Seal.objects.filter(company_id=company_id, effective_on__lte=on).select_related("file")
    row = rows.order_by("-effective_on", "-id").first()
    return content_of(row.file) if row and row.file else b""


def latest_seal(company_id: CompanyId) -> SealRow | None:
    """Return the seal that holds last, None where there never was one."""
    row = Seal.objects.filter(company_id=company_id).order_by("-effective_on", "-id").first()
    return SealRow(row.effective_on, None if row.file_id is None else FileId(row.file_id)) if row else None

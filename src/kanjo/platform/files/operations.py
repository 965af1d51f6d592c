"""Storing and reading files."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, FileId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.files.models import StoredFile

LARGEST = 50 * 1024 * 1024
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,50}/[\w.+-]{1,49}", re.ASCII)


class FileTooLarge(Refusal):
    """The file is larger than the house takes."""

    rule = "files.too-large"
    says = Text(
        en="{name} has {size} bytes; at most {most} are taken.",
        ja="{name} は {size} バイトです（上限 {most} バイト）。",
    )
    remedy = Text(en="Split it or compress its pictures.", ja="分割するか、画像を圧縮してください。")


class FileDamaged(Refusal):
    """The stored bytes are not those that were stored."""

    rule = "files.damaged"
    says = Text(en="{name} does not have the bytes it was stored with.", ja="{name} の内容が保存時と一致しません。")
    remedy = Text(en="Restore it from the last backup.", ja="直近のバックアップから復元してください。")


def store(*, content: bytes, name: str, media_type: str, company_id: CompanyId, by: Actor) -> FileId:
    """Keep the bytes under their digest and write them down. The same bytes are kept once."""
    if len(content) > LARGEST:
        raise FileTooLarge(name=name, size=len(content), most=LARGEST)
    digest = hashlib.sha256(content).hexdigest()
    _write_once(_path_of(digest), content)
    row = StoredFile.objects.create(
        company_id=company_id,
        name=Path(name).name[:255],
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream",
        size=len(content),
        digest=digest,
        stored_by_id=by.id,
    )
    return FileId(row.pk)


def read(file_id: FileId, *, by: Actor) -> tuple[StoredFile, bytes]:
    """Return the file and its bytes; refuses what the person may not see and what was damaged."""
    row = StoredFile.objects.seen(file_id, by)
    return row, content_of(row)


def content_of(row: StoredFile) -> bytes:
    """Return the bytes of a file; refuses what was damaged."""
    path = _path_of(row.digest)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise FileDamaged(name=row.name)
    return content


def digest_of(file_id: FileId, *, by: Actor) -> str:
    """Return the SHA-256 under which the file is kept."""
    return StoredFile.objects.seen(file_id, by).digest


def _path_of(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def _write_once(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(partial).replace(path)

"""Pictures of company seals (角印) as papers can print them."""

from __future__ import annotations

import struct
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typst

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

LARGEST: Final = 300_000
LEAST_SIDE, MOST_SIDE = 100, 1_200
_HEAD: Final = struct.Struct(">8s4x4sII")
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


class NotASeal(Refusal):
    """What is no picture that can be printed as a seal."""

    rule = "documents.not-a-seal"
    says = Text(en="This is no picture of a seal that can be printed.", ja="この画像は角印として印字できません。")
    remedy = Text(
        en="Choose a whole PNG of at most {largest:,} bytes, {least} to {most} pixels on each side.",
        ja="{largest:,} バイト以下、縦横それぞれ {least}〜{most} ピクセルの PNG 画像を選択してください。",
    )


def check_seal(content: bytes, *, at: str) -> None:
    """Refuse `NotASeal` unless the content is a whole PNG of the size of a seal: it is told by what it holds.

    Its dimensions are read before it is opened, and it is opened by what will print it.
    """
    refusal = NotASeal(at=at, largest=LARGEST, least=LEAST_SIDE, most=MOST_SIDE)
    if not _HEAD.size <= len(content) <= LARGEST:
        raise refusal
    signature, kind, *sides = _HEAD.unpack_from(content)
    if (signature, kind) != (_SIGNATURE, b"IHDR") or any(not LEAST_SIDE <= side <= MOST_SIDE for side in sides):
        raise refusal
    with TemporaryDirectory(prefix="seal-") as root:
        (Path(root) / "seal.png").write_bytes(content)
        page = Path(root) / "page.typ"
        page.write_text('#image("seal.png")')
        try:
            typst.compile(str(page), root=root, ignore_system_fonts=True, package_path=root, package_cache_path=root)
        except RuntimeError:
            raise refusal from None

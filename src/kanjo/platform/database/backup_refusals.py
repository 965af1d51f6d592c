"""What backup and restore refuse."""

from __future__ import annotations

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class DumpFailed(Refusal):
    """PostgreSQL's own program gave up; its words are in the sentence."""

    rule = "database.dump-failed"
    kind = RefusalKind.CONFLICT
    says = Text(en="{program} failed: {words}", ja="{program} が失敗しました: {words}")
    remedy = Text(
        en=" Check the disk, the rights and that the program is not older than the server (KANJO_POSTGRES_BIN).",
        ja=" ディスク、権限、プログラムがサーバーより古くないか（KANJO_POSTGRES_BIN）を確認してください。",
    )


class NotABackup(Refusal):
    """The file is not a backup of Kanjo, or is damaged."""

    rule = "database.not-a-backup"
    says = Text(
        en="{path} is not a backup of this version of Kanjo, or it is damaged.",
        ja="{path} はこのバージョンの Kanjo のバックアップではないか、破損しています。",
    )
    remedy = Text(
        en="Choose a file that `kanjo backup` wrote.", ja="kanjo backup で作成したファイルを指定してください。"
    )


class NotEmpty(Refusal):
    """A restore would mix with what is there."""

    rule = "database.not-empty"
    kind = RefusalKind.CONFLICT
    says = Text(en="{what} is not empty ({count} found).", ja="{what} が空ではありません（{count} 件）。")
    remedy = Text(
        en="Restore into an empty home: KANJO_HOME=/new/place kanjo restore FILE, or wipe this one with kanjo reset.",
        ja="空のホームに復元する（KANJO_HOME=/new/place kanjo restore FILE）か、kanjo reset で消去してください。",
    )


class RestoreDiffers(Refusal):
    """What came back is not what the backup says was there."""

    rule = "database.restore-differs"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The restored {part} differ from the manifest: {names}.",
        ja="復元した {part} がマニフェストと一致しません: {names}",
    )
    remedy = Text(
        en="Do not work with it: run kanjo reset and restore another backup.",
        ja="このまま使用せず、kanjo reset の後に別のバックアップを復元してください。",
    )

"""Why an export is refused whole: something is wrong with a file, and nothing of it can be trusted."""

from __future__ import annotations

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class FileMissing(Refusal):
    """A file that the mapping names is not in the folder."""

    rule = "crm.file-missing"
    kind = RefusalKind.MISSING
    says = Text(en="The file is not in {folder}.", ja="{folder} にファイルがありません。")
    remedy = Text(en="Put it there, or correct the mapping.", ja="ファイルを置くか、対応表を直してください。")


class FolderMissing(Refusal):
    """The folder of mended rows is not there."""

    rule = "crm.folder-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no such folder.", ja="フォルダーがありません。")
    remedy = Text(
        en="Name the folder that holds the mended files.", ja="直したファイルのあるフォルダーを指定してください。"
    )


class FileEmpty(Refusal):
    """A file without a head line."""

    rule = "crm.file-empty"
    says = Text(en="The file is empty.", ja="ファイルが空です。")
    remedy = Text(en="Export it again.", ja="もう一度出力し直してください。")


class EncodingUnreadable(Refusal):
    """Bytes that are not text in the declared encoding."""

    rule = "crm.encoding"
    says = Text(en="The bytes are not {encoding}.{guess}", ja="文字コードが{encoding}ではありません。{guess}")
    remedy = Text(
        en="Give `--encoding {option}` or set `encoding` in the mapping, or export the file as UTF-8.",
        ja="`--encoding {option}`を指定するか、対応表の`encoding`を設定するか、UTF-8で出力し直してください。",
    )


class EncodingUnknown(Refusal):
    """An encoding nobody knows."""

    rule = "crm.encoding-unknown"
    says = Text(en="{encoding} is not an encoding.", ja="{encoding}という文字コードはありません。")
    remedy = Text(en="Use utf-8 or cp932.", ja="utf-8またはcp932を指定してください。")


class ColumnMissing(Refusal):
    """Columns that the mapping needs are not in the head line."""

    rule = "crm.column-missing"
    says = Text(en="The head line lacks {columns}.", ja="見出し行に{columns}がありません。")
    remedy = Text(
        en="Export the file with these columns, or correct the mapping.",
        ja="この列を含めて出力し直すか、対応表を直してください。",
    )


class ColumnTwice(Refusal):
    """One column name stands twice in the head line."""

    rule = "crm.column-twice"
    says = Text(en="The head line names {columns} twice.", ja="見出し行に{columns}が二度あります。")
    remedy = Text(en="Keep one of them and export again.", ja="一つだけにして出力し直してください。")


class ColumnCount(Refusal):
    """A line with more or fewer columns than the head line: cut off, or shifted by a stray comma or quote."""

    rule = "crm.column-count"
    says = Text(
        en="The line has {found} columns, the head line {expected}.{cut}",
        ja="列の数が{found}で、見出し行の{expected}と一致しません。{cut}",
    )
    remedy = Text(
        en="Export the file again, or mend this line; nothing was taken.",
        ja="出力し直すか、この行を直してください。何も取り込んでいません。",
    )


class LineCut(Refusal):
    """The last line does not end, though the mapping says that this sender's files do."""

    rule = "crm.last-line-cut"
    says = Text(en="The file ends in the middle of a line.", ja="ファイルが行の途中で終わっています。")
    remedy = Text(
        en="Export or copy the file again; nothing was taken.",
        ja="出力またはコピーをやり直してください。何も取り込んでいません。",
    )


class QuotesBroken(Refusal):
    """Quotation marks that do not pair."""

    rule = "crm.quotes"
    says = Text(en="The quotation marks of the line do not pair.", ja="引用符の対応が取れていません。")
    remedy = Text(
        en="Close the quotation mark, or export the file again; nothing was taken.",
        ja="引用符を閉じるか、出力し直してください。何も取り込んでいません。",
    )


class CellTooLarge(Refusal):
    """A cell so long that it is nearly always a quotation mark that was opened and never closed."""

    rule = "crm.cell-size"
    says = Text(
        en="A cell of {length:,} characters is longer than any field ({most:,}).",
        ja="セルの文字数が{length:,}文字あり、上限の{most:,}文字を超えています。",
    )
    remedy = Text(
        en="Look for a quotation mark that is never closed, or shorten the cell; nothing was taken.",
        ja="閉じられていない引用符がないか確認するか、セルを短くしてください。何も取り込んでいません。",
    )


class ControlDiffers(Refusal):
    """The export holds something else than its sender says."""

    rule = "crm.control-total"
    says = Text(
        en="{what}: the file holds {found:,}, the sender declares {declared:,}.",
        ja="{what}：ファイルは{found:,}件ですが、送り手の申告は{declared:,}件です。",
    )
    remedy = Text(
        en="Ask for the whole file, or correct `controls` in the mapping; nothing was taken.",
        ja="完全なファイルを入手するか、対応表の`controls`を直してください。何も取り込んでいません。",
    )


class MappingWrong(Refusal):
    """A mapping, cures or mended file that does not say what it must."""

    rule = "crm.mapping"
    says = Text(en="{problem}", ja="{problem}")
    remedy = Text(en="Correct the file.", ja="ファイルを直してください。")

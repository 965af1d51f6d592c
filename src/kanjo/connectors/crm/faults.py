"""What is wrong with a row: a fault names file, line, field and rule, in both languages, and may offer a cure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kanjo.foundation.texts import Text


class Severity(StrEnum):
    """What a fault does to its row."""

    NOTE = "note"
    CURED = "cured"
    QUARANTINED = "quarantined"

    @property
    def shown(self) -> Text:
        """The severity as people read it."""
        return _SEVERITY_NAMES[self]


_SEVERITY_NAMES = {
    Severity.NOTE: Text(en="Note: taken as it is", ja="注記（そのまま取込）"),
    Severity.CURED: Text(en="Cured", ja="修正済み"),
    Severity.QUARANTINED: Text(en="Quarantined", ja="保留"),
}


@dataclass(frozen=True, slots=True)
class Cure:
    """A value to write in place of another: wherever it stands in the field, or on one line only."""

    file: str
    field: str
    becomes: str
    replaces: str | None = None
    line: int | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, or worth knowing, in one place. *field* is the column as the file names it."""

    file: str
    line: int
    field: str
    value: str
    rule: str
    severity: Severity
    sentence: Text
    proposed_cure: Cure | None = None

    @property
    def place(self) -> str:
        """Where it is: `sales_pipeline.csv:17 account`."""
        return f"{self.file}:{self.line} {self.field}".rstrip()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that cannot be taken yet: its cells as they stood (cures applied) and why."""

    entity: str
    file: str
    line: int
    cells: Mapping[str, str]
    faults: tuple[Fault, ...]


REQUIRED_MISSING = "crm.required-missing"
NOT_YET_KNOWN = "crm.not-yet-known"
UNKNOWN_REFERENCE = "crm.unknown-reference"
REFERENCE_QUARANTINED = "crm.reference-quarantined"
MISSPELT = "crm.misspelt"
UNLISTED = "crm.unlisted"
BAD_DAY = "crm.bad-date"
BAD_NUMBER = "crm.bad-number"
OUT_OF_BOUNDS = "crm.out-of-bounds"
UNKNOWN_STAGE = "crm.unknown-stage"
TOO_LONG = "crm.too-long"
CONTROL_CHARACTER = "crm.control-character"
FORMULA = "crm.formula"
KEY_TWICE = "crm.key-twice"
DAYS_REVERSED = "crm.dates-reversed"
WITHOUT_OPPORTUNITIES = "crm.without-opportunities"
CURE_APPLIED = "crm.cure-applied"
CURE_UNUSED = "crm.cure-unused"

SENTENCES: dict[str, Text] = {
    REQUIRED_MISSING: Text(
        en="{field} is blank; {needed_by} must bring it. Fill it in and read the row again.",
        ja="{field}が空欄です。{needed_by}では必須の項目です。入力してから再度取り込んでください。",
    ),
    NOT_YET_KNOWN: Text(
        en="{field} is blank; at the stage {stage} it need not be known yet. This alone holds nothing back.",
        ja="{field}が空欄ですが、段階「{stage}」では未定で差し支えありません。これだけでは保留になりません。",
    ),
    UNKNOWN_REFERENCE: Text(
        en="“{value}” is not in {target}.{proposal} Correct it, or add it to {target}.",
        ja="「{value}」は{target}にありません。{proposal}値を直すか、{target}に追加してください。",
    ),
    REFERENCE_QUARANTINED: Text(
        en="“{value}” is in {target}, but its row is quarantined. Mend that row first.",
        ja="「{value}」は{target}にありますが、その行が保留中です。先にその行を直してください。",
    ),
    MISSPELT: Text(
        en="“{value}” looks like a misspelling of “{nearest}”. If so, accept the cure; until then it is kept.",
        ja="「{value}」は「{nearest}」の誤記と思われます。正しければ修正案を承認してください。それまでは値をそのまま使います。",
    ),
    UNLISTED: Text(
        en="“{value}” is not among the known values of {field}. It is taken as it is.",
        ja="「{value}」は{field}の既知の値にありません。そのまま取り込みます。",
    ),
    BAD_DAY: Text(
        en="“{value}” is not a date written as {form}. Correct it and read the row again.",
        ja="「{value}」は{form}の形式の日付ではありません。直してから再度取り込んでください。",
    ),
    BAD_NUMBER: Text(
        en="“{value}” is not a number this field can take. Correct it and read the row again.",
        ja="「{value}」はこの項目の数値として読めません。直してから再度取り込んでください。",
    ),
    OUT_OF_BOUNDS: Text(
        en="{value} lies outside {least} to {most}. Correct it and read the row again.",
        ja="{value}は{least}から{most}の範囲外です。直してから再度取り込んでください。",
    ),
    UNKNOWN_STAGE: Text(
        en="“{value}” is not a stage the mapping knows.{proposal} Correct it, or add it to the mapping.",
        ja="「{value}」は対応表にない段階です。{proposal}値を直すか、対応表に追加してください。",
    ),
    TOO_LONG: Text(
        en="The value has {length:,} characters; {field} takes at most {most:,}. Shorten it and read the row again.",
        ja="文字数が{length:,}文字あり、{field}の上限{most:,}文字を超えています。短くしてから再度取り込んでください。",
    ),
    CONTROL_CHARACTER: Text(
        en="The value holds the control character {code}. Remove it and read the row again.",
        ja="値に制御文字（{code}）が含まれています。取り除いてから再度取り込んでください。",
    ),
    FORMULA: Text(
        en="“{value}” starts like a spreadsheet formula. Write it as plain text and read the row again.",
        ja="「{value}」は表計算の数式のように始まっています。通常の文字に直してから再度取り込んでください。",
    ),
    KEY_TWICE: Text(
        en="“{value}” already stands on line {first}. Keep one of the two rows.",
        ja="「{value}」は{first}行目にすでにあります。どちらか一方の行だけを残してください。",
    ),
    DAYS_REVERSED: Text(
        en="{value} is before {field_before}, {before}. Correct one of the two dates.",
        ja="{value}は{field_before}（{before}）より前の日付です。どちらかの日付を直してください。",
    ),
    WITHOUT_OPPORTUNITIES: Text(
        en="{value} has no opportunity in this export.",
        ja="{value}には、この取込データに商談がありません。",
    ),
    CURE_APPLIED: Text(
        en="“{value}” was read as “{becomes}”, by an accepted cure.",
        ja="承認済みの修正により、「{value}」を「{becomes}」として取り込みました。",
    ),
    CURE_UNUSED: Text(
        en="The accepted cure of “{value}” found nothing to mend. Remove it, or correct its value or line.",
        ja="承認済みの修正「{value}」に該当する値がありませんでした。修正を削除するか、値または行番号を直してください。",
    ),
}
PROPOSAL = Text(en=" Did you mean “{nearest}”?", ja="「{nearest}」ではありませんか。")
NO_PROPOSAL = Text(en="", ja="")


def proposal_of(nearest: str | None) -> Text:
    """Return the question that offers *nearest*, or nothing."""
    return NO_PROPOSAL if nearest is None else PROPOSAL.filled(nearest=nearest)

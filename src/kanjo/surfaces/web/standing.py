"""What a form was opened on: sent after somebody changed it, it is refused and shows what was changed.

The mark that the form carries is the last entry of the trail about the row, so that nobody has to say which of its
values a form depends on: whoever changed whichever, through a page, the API or by schedule, left an entry.
"""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.audit.queries import ChangeRow, list_history
from kanjo.platform.tables import hold
from kanjo.surfaces.web.details import Section, difference
from kanjo.surfaces.web.shown import cell
from kanjo.surfaces.web.trail import Subject, changed_by
from kanjo.surfaces.web.words import VERB_NAMES

MARK = "opened"
"""The name under which a form sends its mark."""
CHANGED = Text(en="What was changed meanwhile", ja="この間に変更された内容")


class ChangedMeanwhile(Refusal):
    """A form about something that is no more as it was when the form was opened."""

    rule = "form.changed-meanwhile"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{who} changed this at {at_moment} ({what}), after you opened the form. Nothing of yours was done.",
        ja="このフォームを開いた後、{at_moment}に{who}さんが変更しました（{what}）。今回の入力はまだ反映されていません。",
    )
    remedy = Text(
        en="What you typed is still here. Look at the change below, adjust, and send again.",
        ja="入力内容は残っています。下の変更内容を確認し、必要に応じて直してから、もう一度送信してください。",
    )

    changes: Sequence[ChangeRow] = ()

    @classmethod
    def by(cls, changes: Sequence[ChangeRow]) -> ChangedMeanwhile:
        """Return the refusal that names the last of the changes and shows them all."""
        last = changes[0]
        refusal = cls(who=last.actor, at_moment=cell(last.recorded_at).text, what=VERB_NAMES.get(last.verb, last.verb))
        refusal.changes = changes
        return refusal

    @property
    def section(self) -> Section:
        """The changes, the latest first."""
        return difference(CHANGED, [one for row in self.changes for one in changed_by(row)])


def mark_of(subject: Subject | None) -> str:
    """Return the mark of a row as it stands now."""
    last = list_history([subject], limit=1) if subject else []
    return str(last[0].id) if last else ""


def refuse_changed(subject: Subject | None, mark: str) -> None:
    """Refuse `ChangedMeanwhile` when the row has changed since *mark*; from then on it stays until the act is done."""
    if subject is None or not (mark.isascii() and mark.isdigit() and len(mark) < 19):
        return
    hold(*subject)
    later = [row for row in list_history([subject]) if row.id > int(mark)]
    if later:
        raise ChangedMeanwhile.by(later)

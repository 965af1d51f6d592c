"""An invitation goes out: after the act, never in it, one message to the address that was invited."""

from __future__ import annotations

from datetime import datetime

from kanjo.connectors.email.sending import Letter, send
from kanjo.foundation.texts import Language, Text

SUBJECT = Text(en="Kanjo: {by} invites you", ja="Kanjo: {by} さんからの招待")
BODY = Text(
    en="{name},\n\n{by} invites you to Kanjo. Open this link, and choose how you sign in:\n\n{link}\n\n"
    "It is good once, until {until}. If you expect no invitation, do nothing.\n",
    ja="{name} 様\n\n{by} さんから Kanjo に招待されました。次のリンクを開き、ログインの方法を設定してください。"
    "\n\n{link}\n\nリンクは {until} まで、1回だけ使用できます。心当たりがない場合は、何もする必要はありません。\n",
)


def mail_invitation(*, email: str, name: str, language: Language, by: str, link: str, until: datetime) -> None:
    """Send the link to whom it invites, in its language."""
    facts = {"name": name, "by": by, "link": link, "until": until.strftime("%Y-%m-%d %H:%M %Z")}
    send(
        Letter(
            to=email,
            subject=SUBJECT.filled(by=by).said_in(language).replace("\n", " "),
            body=BODY.filled(**facts).said_in(language),
        )
    )

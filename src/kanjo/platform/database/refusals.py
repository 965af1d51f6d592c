"""Why a database cannot be used, each with the way out."""

from __future__ import annotations

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class NoServerProgram(Refusal):
    """No PostgreSQL was found: neither configured, nor installed with Kanjo, nor on the system."""

    rule = "database.no-server-program"
    kind = RefusalKind.MISSING
    says = Text(
        en="No PostgreSQL program was found ({looked}).",
        ja="PostgreSQL のプログラムが見つかりません（確認した場所: {looked}）。",
    )
    remedy = Text(
        en="Install PostgreSQL 15 or newer and set KANJO_POSTGRES_BIN to its bin directory,"
        " or set KANJO_DATABASE_URL to a running server.",
        ja="PostgreSQL 15 以降をインストールして KANJO_POSTGRES_BIN にその bin ディレクトリを指定するか、"
        "KANJO_DATABASE_URL で稼働中のサーバーを指定してください。",
    )


class Loosened(Refusal):
    """A file or directory that guards the database may be used by others than its owner."""

    rule = "database.loosened"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="The database does not start: {path} must be {wanted}, but is {found}.",
        ja="データベースを起動しません。{path} は {wanted} でなければなりませんが、{found} になっています。",
    )
    remedy = Text(
        en="Find out who changed it, then set it back: {way_out}",
        ja="変更した人を確認し、元に戻してください: {way_out}",
    )


class PasswordsLost(Refusal):
    """The data is there but the file with its passwords is not."""

    rule = "database.passwords-lost"
    kind = RefusalKind.MISSING
    says = Text(
        en="The file with the database passwords is missing: {path}.",
        ja="データベースのパスワードファイルがありません: {path}",
    )
    remedy = Text(
        en="Put it back from a copy, or run `kanjo reset` and then `kanjo restore` with a backup.",
        ja="コピーから戻すか、kanjo reset の後に kanjo restore でバックアップを復元してください。",
    )


class OtherMajor(Refusal):
    """The data was written by another major version of PostgreSQL than the program at hand."""

    rule = "database.other-major"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The data in {path} belongs to PostgreSQL {data}, the program is PostgreSQL {program}.",
        ja="{path} のデータは PostgreSQL {data} のものですが、プログラムは PostgreSQL {program} です。",
    )
    remedy = Text(
        en="Set KANJO_POSTGRES_BIN to PostgreSQL {data}, write a backup with it, and restore that into an empty home.",
        ja="KANJO_POSTGRES_BIN に PostgreSQL {data} を指定してバックアップを取り、空のホームに復元してください。",
    )


class NoSpace(Refusal):
    """Too little room is left on the disk to start a database or to go on with a run."""

    rule = "database.no-space"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Only {free} MB are free where {path} lies; {needed} MB are needed to go on safely.",
        ja="{path} のあるディスクの空きは {free} MB です。安全に続けるには {needed} MB 必要です。",
    )
    remedy = Text(
        en="Free some space and try again, or set KANJO_HOME to a directory on another disk.",
        ja="空きを増やして再度実行するか、KANJO_HOME に別のディスクのディレクトリを指定してください。",
    )


class NotAccessible(Refusal):
    """The directory of the database cannot be entered or written by the account that needs it."""

    rule = "database.not-accessible"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="The account “{account}” cannot use {path}.",
        ja="アカウント「{account}」は {path} を使用できません。",
    )
    remedy = Text(
        en="Give it the rights, or set KANJO_HOME to a directory it may use, such as /var/lib/kanjo.",
        ja="権限を与えるか、KANJO_HOME に使用できるディレクトリ（/var/lib/kanjo など）を指定してください。",
    )


class DidNotStart(Refusal):
    """PostgreSQL itself gave up; its own last words are in the sentence."""

    rule = "database.did-not-start"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="PostgreSQL did not start. Its last words: {words}",
        ja="PostgreSQL が起動しませんでした。最後のメッセージ: {words}",
    )
    remedy = Text(en=" The whole log is in {log}.", ja=" ログの全文は {log} にあります。")


class RoleNotPermitted(Refusal):
    """The login of KANJO_DATABASE_URL may not make the role the application works under."""

    rule = "database.role-not-permitted"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="The database login “{login}” may not create the role {role} or act as it.",
        ja="データベースのログイン「{login}」には、ロール {role} を作成または使用する権限がありません。",
    )
    remedy = Text(
        en="Ask the database administrator for: CREATE ROLE {role} NOLOGIN; GRANT {role} TO {login};"
        " or set KANJO_DATABASE_ROLE to nothing to work with the rights of the login.",
        ja="データベース管理者に CREATE ROLE {role} NOLOGIN; GRANT {role} TO {login}; の実行を依頼するか、"
        "KANJO_DATABASE_ROLE を空にしてログインの権限のまま使用してください。",
    )

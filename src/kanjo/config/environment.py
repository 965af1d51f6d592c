"""What the outside may set, read once and typed; everything else has a default that works."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from kanjo.foundation.actors import Role
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.database.custody import written_once
from kanjo.platform.database.roles import APPLICATION_ROLE

DEFAULT_PORT: Final = 8000
EXAMPLES: Final = tuple(Path(__file__).parents[3] / "examples" / name for name in ("suginamiki", "maven-crm"))
NO_EXAMPLE: Final = "none"
SECOND_FACTOR: Final = frozenset({Role.ADMINISTRATOR, Role.CFO, Role.RECEIVABLES})
ALL_ROLES, NO_ROLE = "all", "none"
LEAST_DAYS: Final = 366
USUAL_DAYS: Final = 3 * 366
MOST_DAYS: Final = 36_600
"""How long it is kept who looked at personal data: the database itself keeps it for a year."""
USUAL_CALLS: Final = 1_200
USUAL_SEARCHES: Final = 60
MOST_A_MINUTE: Final = 60_000


class NotAPort(Refusal):
    """KANJO_PORT is not a number that can be a port."""

    rule = "config.not-a-port"
    says = Text(en="KANJO_PORT is “{value}”.", ja="KANJO_PORT に「{value}」が指定されています。")
    remedy = Text(
        en="Set it to a number from 1 to 65535, for example KANJO_PORT=8010.",
        ja="1〜65535 の数値を指定してください（例: KANJO_PORT=8010）。",
    )


class NotAsManyDays(Refusal):
    """KANJO_LOOKS_KEPT_DAYS is not a number of days that is kept."""

    rule = "config.not-as-many-days"
    says = Text(en="KANJO_LOOKS_KEPT_DAYS is “{value}”.", ja="KANJO_LOOKS_KEPT_DAYS に「{value}」が指定されています。")
    remedy = Text(en="Set it to a number from {least} to {most}.", ja="{least}〜{most} の日数を指定してください。")


class NotAsOften(Refusal):
    """KANJO_CALLS_PER_MINUTE or KANJO_SEARCHES_PER_MINUTE is no number of times."""

    rule = "config.not-as-often"
    says = Text(en="KANJO_{name} is “{value}”.", ja="KANJO_{name} に「{value}」が指定されています。")
    remedy = Text(en="Set it to a number from 1 to {most}.", ja="1〜{most} の回数を指定してください。")


class NoMailPassword(Refusal):
    """KANJO_MAIL_PASSWORD_FILE names no file that can be read."""

    rule = "config.no-mail-password"
    says = Text(
        en="KANJO_MAIL_PASSWORD_FILE is “{path}”, which cannot be read.",
        ja="KANJO_MAIL_PASSWORD_FILE に指定された「{path}」を読めません。",
    )
    remedy = Text(
        en="Name a file that holds the password of the mail server and nothing else, readable for Kanjo.",
        ja="メールサーバーのパスワードだけを書いた、Kanjo が読めるファイルを指定してください。",
    )


class NoSigningPassword(Refusal):
    """KANJO_SIGNING_PASSWORD_FILE names no file that can be read."""

    rule = "config.no-signing-password"
    says = Text(
        en="KANJO_SIGNING_PASSWORD_FILE is “{path}”, which cannot be read.",
        ja="KANJO_SIGNING_PASSWORD_FILE に指定された「{path}」を読めません。",
    )
    remedy = Text(
        en="Name a file that holds the password of the certificates and nothing else, readable for Kanjo.",
        ja="電子証明書のパスワードだけを書いた、Kanjo が読めるファイルを指定してください。",
    )


class NotAMailServer(Refusal):
    """KANJO_MAIL_URL does not name a mail server."""

    rule = "config.not-a-mail-server"
    says = Text(en="KANJO_MAIL_URL names no mail server.", ja="KANJO_MAIL_URL がメールサーバーの指定になっていません。")
    remedy = Text(
        en="Write it as smtp://user:password@host:587, or smtps:// for a port that begins encrypted.",
        ja="smtp://user:password@host:587 の形で指定してください（最初から暗号化する場合は smtps://）。",
    )


class NotANumberOfProxies(Refusal):
    """KANJO_TRUSTED_PROXIES is no small number."""

    rule = "config.not-a-number-of-proxies"
    says = Text(en="KANJO_TRUSTED_PROXIES is “{value}”.", ja="KANJO_TRUSTED_PROXIES に「{value}」が指定されています。")
    remedy = Text(
        en="Set it to how many proxies of yours stand before Kanjo, from 0 to 9.",
        ja="Kanjo の前段にある自社プロキシの台数を 0〜9 で指定してください。",
    )


class NotARole(Refusal):
    """KANJO_SECOND_FACTOR names a role that there is not."""

    rule = "config.not-a-role"
    says = Text(
        en="KANJO_SECOND_FACTOR names “{value}”, which is no role.",
        ja="KANJO_SECOND_FACTOR の「{value}」は役割ではありません。",
    )
    remedy = Text(
        en="Name roles with commas between, or all, or none. Roles: {roles}.",
        ja="役割をカンマ区切りで指定するか、all または none を指定してください。役割: {roles}。",
    )


class NotACompanySignIn(Refusal):
    """KANJO_OIDC_URL stands without what belongs to it, or is not encrypted."""

    rule = "config.not-a-company-sign-in"
    says = Text(
        en="KANJO_OIDC_URL is set, but the company's sign-in cannot be used like this.",
        ja="KANJO_OIDC_URL が指定されていますが、このままではシングルサインオンを利用できません。",
    )
    remedy = Text(
        en="Give an https:// address of the issuer, KANJO_OIDC_CLIENT and KANJO_OIDC_SECRET.",
        ja="https:// で始まる発行者のアドレスと、KANJO_OIDC_CLIENT、KANJO_OIDC_SECRET を指定してください。",
    )


@dataclass(frozen=True, slots=True)
class CompanySignIn:
    """The company's own sign-in by OpenID Connect: its issuer, and as whom Kanjo asks there."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: by STARTTLS (`smtp`) or encrypted from the start (`smtps`); never in the clear.

    `sender` is the address it comes from, where that is not one of the house's own host.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    encrypted_at_once: bool
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of one installation; `KANJO_<NAME>` in the environment sets each of them.

    `home` holds all data that is not in the database, and the embedded database itself. `database_url` names another
    PostgreSQL (15 or newer) to use instead. `database_role` is the role the application takes there; empty means it
    works with the rights of the login. `public_url` is what people type; https there switches secure cookies on.
    `may_call` names hosts (or host:port) that webhooks may reach although they are private or speak no https.
    `mail` is where mail goes; without one it is written to files. `company_sign_in` is the company's own sign-in.
    `trusted_proxies` is how many proxies stand before Kanjo; only what they add to X-Forwarded-For is believed.
    `second_factor` are the roles that sign in with a second factor or see no page.
    `looks_kept_days` is how long it stays written who looked at personal data; a year at least.
    `calls_per_minute` is how often one token may call the API, `searches_per_minute` how often one person may search.
    `signing_password` opens the certificates in the home with which papers are signed.
    `examples` are the folders that a new house is shown with, of a made-up company or a CRM export; none begins empty.
    """

    home: Path
    database_url: str = field(repr=False)
    database_role: str
    postgres_bin: Path | None
    address: str
    port: int
    public_url: str
    mail: MailServer | None
    company_sign_in: CompanySignIn | None
    trusted_proxies: int
    second_factor: frozenset[Role]
    examples: tuple[Path, ...]
    may_call: frozenset[str]
    looks_kept_days: int
    calls_per_minute: int
    searches_per_minute: int
    signing_password: str = field(default="", repr=False)

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over https."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """The name of the machine as people type it."""
        return urlsplit(self.public_url).hostname or self.address


def default_home() -> Path:
    """Return where this kind of system keeps the data of a program; for root `/var/lib`, which others may enter."""
    if os.geteuid() == 0:
        return Path("/var/lib/kanjo")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "kanjo"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "kanjo"


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return the settings that *variables* give; an empty variable counts as not set, except the database role."""

    def given(name: str, default: str = "") -> str:
        return variables.get(f"KANJO_{name}", "").strip() or default

    port = given("PORT", str(DEFAULT_PORT))
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise NotAPort(value=port)
    proxies = given("TRUSTED_PROXIES", "0")
    if len(proxies) != 1 or not proxies.isascii() or not proxies.isdigit():
        raise NotANumberOfProxies(value=proxies)
    address = given("ADDRESS", "127.0.0.1")
    examples = _examples(given("EXAMPLE"))
    return Environment(
        home=Path(given("HOME") or default_home()).expanduser().absolute(),
        database_url=given("DATABASE_URL"),
        database_role=variables.get("KANJO_DATABASE_ROLE", APPLICATION_ROLE).strip(),
        postgres_bin=Path(given("POSTGRES_BIN")) if given("POSTGRES_BIN") else None,
        address=address,
        port=int(port),
        public_url=given("PUBLIC_URL", f"http://{address}:{port}").rstrip("/"),
        mail=_mail(given("MAIL_URL"), given("MAIL_PASSWORD"), given("MAIL_PASSWORD_FILE"), given("MAIL_FROM")),
        may_call=frozenset(given("MAY_CALL").lower().replace(",", " ").split()),
        company_sign_in=_company_sign_in(*(given(f"OIDC_{name}") for name in ("URL", "CLIENT", "SECRET", "NAME"))),
        trusted_proxies=int(proxies),
        second_factor=_second_factor(given("SECOND_FACTOR"), demonstration=bool(examples)),
        examples=examples,
        looks_kept_days=_kept_days(given("LOOKS_KEPT_DAYS", str(USUAL_DAYS))),
        calls_per_minute=_times("CALLS_PER_MINUTE", given("CALLS_PER_MINUTE", str(USUAL_CALLS))),
        searches_per_minute=_times("SEARCHES_PER_MINUTE", given("SEARCHES_PER_MINUTE", str(USUAL_SEARCHES))),
        signing_password=_password(given("SIGNING_PASSWORD"), given("SIGNING_PASSWORD_FILE")),
    )


def _company_sign_in(url: str, client: str, secret: str, name: str) -> CompanySignIn | None:
    if not url:
        return None
    issuer = urlsplit(url)
    safe = issuer.scheme == "https" or issuer.hostname in {"localhost", "127.0.0.1", "::1"}
    if not (safe and issuer.hostname and client and secret):
        raise NotACompanySignIn
    return CompanySignIn(url, client, secret, name or issuer.hostname)


def _second_factor(given: str, *, demonstration: bool) -> frozenset[Role]:
    """Return the roles; a demonstration, whose passwords `kanjo up` prints, asks nobody unless told to."""
    if not given:
        return frozenset() if demonstration else SECOND_FACTOR
    if given in {ALL_ROLES, NO_ROLE}:
        return frozenset(Role) if given == ALL_ROLES else frozenset()
    known = {role.value: role for role in Role}
    named = [word.strip() for word in given.split(",")]
    for word in named:
        if word not in known:
            raise NotARole(value=word, roles=", ".join(known))
    return frozenset(known[word] for word in named)


def _kept_days(given: str) -> int:
    if not given.isascii() or not given.isdigit() or not LEAST_DAYS <= int(given) <= MOST_DAYS:
        raise NotAsManyDays(value=quoted(given), least=LEAST_DAYS, most=f"{MOST_DAYS:,}")
    return int(given)


def _times(name: str, given: str) -> int:
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= MOST_A_MINUTE:
        raise NotAsOften(name=name, value=quoted(given), most=f"{MOST_A_MINUTE:,}")
    return int(given)


def _mail(given: str, password: str, password_file: str, sender: str) -> MailServer | None:
    """Return the mail server; a password of its own, or one in a file, goes before one in the address."""
    if not given:
        return None
    try:
        url = urlsplit(given)
        port = url.port
    except ValueError:
        raise NotAMailServer from None
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise NotAMailServer
    at_once = url.scheme == "smtps"
    user, password = unquote(url.username or ""), password or unquote(url.password or "")
    if password_file:
        password = _read_password(password_file)
    return MailServer(url.hostname, port or (465 if at_once else 587), user, password, at_once, sender)


def _read_password(path: str, refusal: type[Refusal] = NoMailPassword) -> str:
    try:
        return Path(path).expanduser().read_text().strip()
    except (OSError, ValueError):
        raise refusal(path=quoted(path)) from None


def _password(given: str, path: str) -> str:
    """Return the password of the certificates; one in a file goes first."""
    return _read_password(path, NoSigningPassword) if path else given


def _examples(given: str) -> tuple[Path, ...]:
    if given:
        return () if given == NO_EXAMPLE else (Path(given).expanduser().absolute(),)
    return tuple(folder for folder in EXAMPLES if folder.exists())  # an installed wheel brings none


@cache
def environment() -> Environment:
    """Return the settings of this process."""
    return read_environment(os.environ)


def secret_key(home: Path) -> str:
    """Return the key that signs sessions and links; made at random on first use, readable by its owner only."""
    return written_once(home / "secret-key", secrets.token_urlsafe(50))

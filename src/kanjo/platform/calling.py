"""The one way out of the house to an address that somebody typed: by https, to public addresses, within bounds.

A name is resolved once, every address it has is looked at, and the connection goes to an address that was looked at:
a name that answers otherwise a moment later changes nothing. No redirect is followed and no proxy is asked; a call ends
after so many seconds, and no more than so much of the answer is read. What else may be called the installation names
in `KANJO_MAY_CALL`.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

SECONDS = 10.0
"""How long a call may take, from the first packet to the last byte that is read."""
MOST_READ = 4_096
LONGEST = 500

Resolve = Callable[..., Sequence[tuple[Any, ...]]]

_PLAIN = re.compile(r"[!#-\[\]-~]+")
"""Printable ASCII without blanks, quotes and backslashes: what no two readers of an address read differently."""
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+\.?")
_NAT64 = IPv6Network("64:ff9b::/96")
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"), IPv6Network("64:ff9b:1::/48"))
_SERVICES = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))
"""Services of clouds and protocols that older tables count as public."""


class NotAnAddress(Refusal):
    """Text that is no address which a program can be called at."""

    rule = "calling.not-an-address"
    says = Text(en="“{url}” is not an address that can be called.", ja="「{url}」は呼び出せるアドレスではありません。")
    remedy = Text(
        en="Write it as https://host/path, in ASCII, without a user, a password or a #.",
        ja="https://ホスト名/パス の形で、ASCII文字だけで指定してください（ユーザー名・パスワード・# は使用不可）。",
    )


class NotPublic(Refusal):
    """An address inside a network, which nobody outside may make the house call."""

    rule = "calling.not-public"
    says = Text(en="“{host}” is not a public address.", ja="「{host}」は公開アドレスではありません。")
    remedy = Text(
        en="Give a public one, or let the operator of this installation name it in KANJO_MAY_CALL.",
        ja="公開アドレスを指定するか、KANJO_MAY_CALL への登録を運用担当者に依頼してください。",
    )


class Failure(StrEnum):
    """Why a call did not end well."""

    NOT_PUBLIC = "not_public"
    NO_SUCH_NAME = "no_such_name"
    NOT_REACHED = "not_reached"
    NOT_TRUSTED = "not_trusted"
    TOO_LATE = "too_late"
    CUT_OFF = "cut_off"
    REDIRECTED = "redirected"
    NOT_TAKEN = "not_taken"

    @property
    def shown(self) -> Text:
        """The failure as people read it."""
        return _FAILURES[self]


_FAILURES = {
    Failure.NOT_PUBLIC: Text(en="The address is not public", ja="公開アドレスではない"),
    Failure.NO_SUCH_NAME: Text(en="The name is not known", ja="ホスト名を解決できない"),
    Failure.NOT_REACHED: Text(en="Nobody answers there", ja="接続できない"),
    Failure.NOT_TRUSTED: Text(en="The certificate is not trusted", ja="証明書を検証できない"),
    Failure.TOO_LATE: Text(en="No answer in time", ja="時間内に応答がない"),
    Failure.CUT_OFF: Text(en="The connection was cut", ja="接続が切断された"),
    Failure.REDIRECTED: Text(en="It leads elsewhere; that is not followed", ja="転送先は呼び出さない"),
    Failure.NOT_TAKEN: Text(en="The receiver answered with an error", ja="受信側がエラーを返した"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended: `failure` says why it did not go well, `status` is None where nobody answered."""

    failure: Failure | None
    status: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, once; `named` is one that the installation allows by name."""

    secure: bool
    host: str
    port: int
    path: str
    named: bool


def read_target(url: str, *, allowed: Collection[str], at: str = "") -> Target:
    """Return the address taken apart, without asking for its name; refuses `NotAnAddress` and `NotPublic`.

    *allowed* holds hosts, and hosts with their port, that may be private and may be called without encryption.
    """
    parts, port = _split(url, at)
    host = parts.hostname or ""
    named = host in allowed or f"{host}:{port}" in allowed
    literal = _literal(host)
    if literal is None and not (_NAME.fullmatch(host) or named):
        raise NotPublic(at=at, host=quoted(host))
    if not named and literal is not None and not is_public(literal):
        raise NotPublic(at=at, host=quoted(host))
    if parts.scheme != "https" and not named:
        raise NotAnAddress(at=at, url=quoted(url))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path, named)


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, also where it hides in another one."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
        elif ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in tunnel for tunnel in _TUNNELS) or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or any(ip in one for one in _SERVICES))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Collection[str],
    seconds: float = SECONDS,
    resolve: Resolve = socket.getaddrinfo,
) -> Answer:
    """Send the body there and return how it ended. Whatever happens on the way is told in the answer."""
    try:
        target = read_target(url, allowed=allowed)
    except Refusal:
        return Answer(Failure.NOT_PUBLIC)
    try:
        addresses = list(dict.fromkeys(str(one[4][0]) for one in resolve(target.host, target.port, type=_STREAM)))
    except (OSError, UnicodeError):
        return Answer(Failure.NO_SUCH_NAME)
    if not target.named and not all(is_public(address) for address in addresses):
        return Answer(Failure.NOT_PUBLIC)
    with _deadline(seconds) as deadline:
        return _spoken(target, addresses, body, headers, deadline)


class _Deadline:
    """The end of a call: what is held then is cut off, whatever its other end still drips."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._ends = time.monotonic() + seconds
        self._held: socket.socket | None = None
        self.timer = Timer(seconds, self._cut)
        self.timer.daemon = True

    @property
    def left(self) -> float:
        return max(0.01, self._ends - time.monotonic())

    def hold(self, line: socket.socket) -> socket.socket:
        self._held = line
        return line

    def _cut(self) -> None:
        self.passed = True
        if self._held is not None:
            with suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline(seconds: float) -> Iterator[_Deadline]:
    deadline = _Deadline(seconds)
    deadline.timer.start()
    try:
        yield deadline
    finally:
        deadline.timer.cancel()


def _spoken(
    target: Target, addresses: Sequence[str], body: bytes, headers: Mapping[str, str], deadline: _Deadline
) -> Answer:
    failure = Failure.NOT_REACHED
    try:
        with closing(_connected(addresses, target.port, deadline)) as line:
            failure = Failure.NOT_TRUSTED
            with closing(_encrypted(line, target, deadline)) as line_out:
                failure = Failure.CUT_OFF
                kind = HTTPSConnection if target.secure else HTTPConnection
                connection = kind(target.host, target.port)
                connection.sock = line_out  # so that it connects nowhere by itself
                connection.request("POST", target.path, body, dict(headers))
                response = connection.getresponse()
                answered = Answer(_judged(response.status), response.status, _readable(response.read(MOST_READ)))
    except (OSError, HTTPException) as error:
        late = deadline.passed or isinstance(error, TimeoutError)
        return Answer(Failure.TOO_LATE if late else failure)
    return Answer(Failure.TOO_LATE) if deadline.passed else answered


def _connected(addresses: Sequence[str], port: int, deadline: _Deadline) -> socket.socket:
    """Return a connection to the first of the addresses that takes one."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return deadline.hold(socket.create_connection((address, port), timeout=deadline.left / 2))
    return deadline.hold(socket.create_connection((addresses[-1], port), timeout=deadline.left))


def _encrypted(line: socket.socket, target: Target, deadline: _Deadline) -> socket.socket:
    if not target.secure:
        return line
    context = ssl.create_default_context()
    encrypted = context.wrap_socket(line, server_hostname=target.host, do_handshake_on_connect=False)
    deadline.hold(encrypted)
    try:
        encrypted.do_handshake()
    except OSError:
        encrypted.close()
        raise
    return encrypted


def _judged(status: int) -> Failure | None:
    if 200 <= status < 300:
        return None
    return Failure.REDIRECTED if 300 <= status < 400 else Failure.NOT_TAKEN


def _readable(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _split(url: str, at: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url if len(url) <= LONGEST and _PLAIN.fullmatch(url) else "")
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotAnAddress(at=at, url=quoted(url)) from None
    odd = "@" in parts.netloc or "%" in parts.netloc or "#" in url or parts.port == 0
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise NotAnAddress(at=at, url=quoted(url))
    return parts, port


def _literal(host: str) -> str | None:
    """Return the IP address that a host is a way of writing (127.1, 0x7f000001, 2130706433), None for a name."""
    try:
        return str(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST, type=_STREAM)[0][4][0])
    except (OSError, UnicodeError):
        return None


_STREAM = socket.SOCK_STREAM

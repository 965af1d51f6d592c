"""The house calls nobody inside a network, follows nobody elsewhere, and waits and reads only so long."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kanjo.foundation.refusals import Refusal
from kanjo.platform.calling import Answer, Failure, NotAnAddress, NotPublic, is_public, post, read_target
from tests.receiver import Receiver, a_receiver, cut, drip, status

PRIVATE = [
    "127.0.0.1", "127.1", "127.0.1", "0.0.0.0",  # noqa: S104  # nobody is bound to it
    "0", "2130706433", "017700000001", "0x7f000001", "0x7f.1",
    "0177.0.0.1", "0x7f.0x0.0x0.0x1", "10.0.0.1", "10.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "3232235777", "100.64.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:1::1]", "[2001:db8::1]",
    "localhost", "LOCALHOST", "metadata", "intranet",
]  # fmt: skip
MALFORMED = [
    "", "hooks.example.com", "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/",
    "javascript:alert(1)", "//hooks.example.com/", "https://", "https:///path", "https://user@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/", "https://user:pw@hooks.example.com/", "https://hooks.example.com/#part",
    "https://hooks.example.com:0/", "https://hooks.example.com:65536/", "https://hooks.example.com:x/",
    "https://hooks.example.com\\@127.0.0.1/", "https://hooks.example.com/a b", "https://hooks.example.com/\r\nX: 1",
    " https://hooks.example.com/", "https://フック.example.com/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
    "https://[::1", "https://[::1%25eth0]/", "https://%31%32%37.0.0.1/", "https://hooks.example.com/" + "x" * 500,
    "http://hooks.example.com/",
]  # fmt: skip


def resolving(*addresses: str) -> Any:
    """A resolver that gives these addresses for whatever is asked, and counts how often."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    resolve.asked = asked  # type: ignore[attr-defined]  # looked at by the tests
    return resolve


def called(url: str, allowed: set[str] | None = None, **more: Any) -> Answer:
    return post(url, b"{}", {}, allowed=allowed or set(), **more)


class TestPrivateAddresses:
    @pytest.mark.row("X9")
    @pytest.mark.parametrize("host", PRIVATE)
    def test_none_is_taken_in_any_form(self, host: str) -> None:
        """However it is written, an address inside a network is refused before it is kept, and when it is called."""
        with a_receiver() as canary:
            for url in (f"https://{host}/hook", f"https://{host}:{canary.port}/hook"):
                with pytest.raises(NotPublic):
                    read_target(url, allowed=(), at="url")
                assert called(url).failure is Failure.NOT_PUBLIC
            assert canary.got == []

    @pytest.mark.row("X9")
    @pytest.mark.parametrize("address", [one.strip("[]") for one in PRIVATE if one[0] == "[" or one.count(".") == 3])
    def test_nor_by_a_name_that_leads_there(self, address: str) -> None:
        """A name is only as public as every one of its addresses."""
        try:
            plain = str(ip_address(address))
        except ValueError:
            plain = socket.inet_ntoa(socket.inet_aton(address))
        assert not is_public(plain)
        for found in ((plain,), ("93.184.215.14", plain), (plain, "93.184.215.14")):
            assert called("https://hooks.example.com/", resolve=resolving(*found)).failure is Failure.NOT_PUBLIC

    @pytest.mark.parametrize(
        "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
    )
    def test_public_ones_are(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.row("X9")
    def test_a_name_is_asked_once(self, receiver: Receiver) -> None:
        """What a name answers the second time (rebinding) does not matter: the connection goes to what was looked at.

        The first answer is the receiver, as if it were public; from then on the name leads to the canary.
        """
        with a_receiver() as canary:
            answers = [[("127.0.0.1", receiver.port)], [("127.0.0.1", canary.port)]]

            def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in answers.pop(0)]

            url = f"http://hooks.example.com:{receiver.port}/"
            assert called(url, {"hooks.example.com"}, resolve=resolve).failure is None
            assert (len(receiver.got), canary.got, len(answers)) == (1, [], 1)
            assert receiver.got[0].headers["Host"] == f"hooks.example.com:{receiver.port}"

    @pytest.mark.row("X9")
    def test_a_name_that_turns_private_is_not_called(self) -> None:
        """It was public when it was registered, and is looked at again at each call."""
        with a_receiver() as canary:
            url = f"https://hooks.example.com:{canary.port}/"
            read_target(url, allowed=())
            assert called(url, resolve=resolving("127.0.0.1")).failure is Failure.NOT_PUBLIC
            assert canary.got == []

    @pytest.mark.row("X9")
    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_nobody_is_followed(self, receiver: Receiver, code: int) -> None:
        """An answer that leads elsewhere leads nowhere."""
        with a_receiver() as canary:
            receiver.answers = [status(code, Location=f"http://127.0.0.1:{canary.port}/")]
            answer = called(receiver.url, {f"127.0.0.1:{receiver.port}"})
            assert (answer.failure, answer.status, canary.got) == (Failure.REDIRECTED, code, [])

    @pytest.mark.row("X9")
    @pytest.mark.parametrize("url", MALFORMED)
    def test_what_can_be_read_two_ways_is_not_read(self, url: str) -> None:
        with pytest.raises(NotAnAddress):
            read_target(url, allowed=())
        assert called(url).failure is Failure.NOT_PUBLIC

    def test_only_what_is_named_is_let_through(self, receiver: Receiver) -> None:
        """The installation names a host, or a host with its port; neighbours of it stay shut."""
        assert called(receiver.url, {f"127.0.0.1:{receiver.port}"}).failure is None
        assert called(receiver.url, {"127.0.0.1"}).failure is None
        for allowed in ({f"127.0.0.1:{receiver.port + 1}"}, {"127.0.0.2"}, {"localhost"}):
            assert called(receiver.url, allowed).failure is Failure.NOT_PUBLIC
        assert len(receiver.got) == 2

    def test_no_proxy_is_asked(self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the environment says of proxies is for others: they would resolve the name anew."""
        with a_receiver() as canary:
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
            assert called(receiver.url, {"127.0.0.1"}).failure is None
            assert canary.got == []


class TestBounds:
    def test_what_arrives(self, receiver: Receiver) -> None:
        receiver.answers = [status(200, "ok, thanks")]
        assert called(receiver.url, {"127.0.0.1"}) == Answer(None, 200, "ok, thanks")
        assert (receiver.got[0].path, receiver.got[0].body) == ("/hook?a=1", b"{}")

    @pytest.mark.parametrize("code", [400, 401, 404, 410, 429, 500, 503])
    def test_an_error_is_no_receipt(self, receiver: Receiver, code: int) -> None:
        receiver.answers = [status(code, "no")]
        assert called(receiver.url, {"127.0.0.1"}) == Answer(Failure.NOT_TAKEN, code, "no")

    @pytest.mark.row("X9")
    def test_only_the_beginning_is_read(self, receiver: Receiver) -> None:
        """An answer without end is cut, and unprintable characters are blanks."""
        receiver.answers = [status(200, "a\x00\x1b[31m" + "x" * 1_000_000)]
        answer = called(receiver.url, {"127.0.0.1"})
        assert (answer.status, len(answer.text), answer.text[:7]) == (200, 4_096, "a  [31m")

    @pytest.mark.row("X9")
    def test_who_drips_is_cut_off(self, receiver: Receiver) -> None:
        """A byte now and then does not keep a call alive."""
        receiver.answers = [drip]
        assert called(receiver.url, {"127.0.0.1"}, seconds=0.4).failure is Failure.TOO_LATE

    def test_who_hangs_up(self, receiver: Receiver) -> None:
        receiver.answers = [cut]
        assert called(receiver.url, {"127.0.0.1"}).failure is Failure.CUT_OFF

    def test_nobody_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as bound:
            port = bound.getsockname()[1]
        assert called(f"http://127.0.0.1:{port}/", {"127.0.0.1"}).failure is Failure.NOT_REACHED

    def test_no_such_name(self) -> None:
        def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
            raise socket.gaierror(-2, "unknown")

        assert called("https://hooks.example.com/", resolve=resolve).failure is Failure.NO_SUCH_NAME

    @pytest.mark.row("X9")
    def test_a_certificate_that_nobody_vouches_for(self, tmp_path: Path) -> None:
        """Encryption alone is not enough, also where the installation names the host."""
        with _self_signed(tmp_path) as port:
            assert called(f"https://127.0.0.1:{port}/", {"127.0.0.1"}).failure is Failure.NOT_TRUSTED

    def test_a_refusal_is_said_in_both_languages(self) -> None:
        with pytest.raises(Refusal) as refused:
            read_target("https://10.0.0.1/", allowed=(), at="url")
        assert "10.0.0.1" in refused.value.said_in("ja") and "KANJO_MAY_CALL" in refused.value.said_in("en")


@contextmanager
def _self_signed(folder: Path) -> Iterator[int]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "both.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    with socket.create_server(("127.0.0.1", 0)) as bound:

        def serve() -> None:
            line, _ = bound.accept()
            try:
                context.wrap_socket(line, server_side=True).close()
            except OSError:
                line.close()

        thread = Thread(target=serve)
        thread.start()
        yield int(bound.getsockname()[1])
        thread.join()

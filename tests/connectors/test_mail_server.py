"""Mail to a real server: encrypted, signed in, to one address each; and to none that would read it in the clear."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SENDS = """
import django
django.setup()
from kanjo.connectors.email.sending import Letter, send
send(Letter("taro@suginamiki.example", "件名: ご請求", "本文です。"))
"""
PASSWORD = "p@ss/word"


@dataclass
class Postbox:
    """What the server took, and who signed in."""

    taken: list[Envelope] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.taken.append(envelope)
        return "250 OK"

    def lets_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.signed_in.append((given.login, given.password))
        return AuthResult(success=given.password == PASSWORD.encode())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine with its key, which nobody trusts unless told to."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def serving(certificate: Path, *, at_once: bool = False, encrypts: bool = True) -> Iterator[tuple[int, Postbox]]:
    """Run a mail server; give its port and what it takes."""
    context, box = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), Postbox()
    context.load_cert_chain(certificate)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "authenticator": box.lets_in}
    if at_once:
        given |= {"ssl_context": context, "auth_require_tls": False}
    elif encrypts:
        given |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    server = Controller(box, **given)
    server.start()
    try:
        yield port, box
    finally:
        server.stop()


def sends(certificate: Path | None, **given: str) -> subprocess.CompletedProcess[str]:
    """Send a letter as the house is set up by the environment."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kanjo.config.settings"}
    environment |= {f"KANJO_{name}": value for name, value in given.items()}
    if certificate is not None:
        environment["SSL_CERT_FILE"] = str(certificate)
    return subprocess.run([sys.executable, "-c", SENDS], env=environment, capture_output=True, text=True, check=False)


class TestMailServer:
    @pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "smtps"])
    def test_a_letter_arrives_encrypted(self, certificate: Path, tmp_path: Path, *, at_once: bool) -> None:
        """With the password from a file, from the address of the setting, to one address."""
        secret = tmp_path / "password"
        secret.write_text(PASSWORD + "\n")
        with serving(certificate, at_once=at_once) as (port, box):
            url = f"{'smtps' if at_once else 'smtp'}://kanjo@localhost:{port}"
            sent = sends(certificate, MAIL_URL=url, MAIL_PASSWORD_FILE=str(secret), MAIL_FROM="billing@kanjo.example")
        assert sent.returncode == 0, sent.stderr
        [letter] = box.taken
        assert (letter.mail_from, letter.rcpt_tos) == ("billing@kanjo.example", ["taro@suginamiki.example"])
        assert box.signed_in == [(b"kanjo", PASSWORD.encode())]

    @pytest.mark.row("S6")
    def test_nothing_goes_to_a_server_that_is_not_encrypted_or_not_trusted(self, certificate: Path) -> None:
        """Neither the letter nor the password; and the error tells no password."""
        with serving(certificate, encrypts=False) as (port, plain):
            in_the_clear = sends(certificate, MAIL_URL=f"smtp://kanjo@localhost:{port}", MAIL_PASSWORD=PASSWORD)
        with serving(certificate) as (port, strange):
            untrusted = sends(None, MAIL_URL=f"smtp://kanjo@localhost:{port}", MAIL_PASSWORD=PASSWORD)
        assert (in_the_clear.returncode, untrusted.returncode) == (1, 1)
        assert "certificate verify failed" in untrusted.stderr.lower()
        assert [box.taken + box.signed_in for box in (plain, strange)] == [[], []]
        assert PASSWORD not in in_the_clear.stderr + untrusted.stderr

    def test_a_wrong_password_sends_nothing(self, certificate: Path) -> None:
        """The letter stays with the house, which tries again later."""
        with serving(certificate) as (port, box):
            sent = sends(certificate, MAIL_URL=f"smtp://kanjo:wrong@localhost:{port}")
        assert (sent.returncode, box.taken, len(box.signed_in) > 0) == (1, [], True)

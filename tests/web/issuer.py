"""An OpenID Connect issuer of the tests' own, over HTTP: it does as the standard says, unless it is told to lie."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

CLIENT, SECRET = "kanjo", "the secret of kanjo at the issuer"


@dataclass
class Issuer:
    """Its people and keys. `claims`, `key`, `algorithm` and `described` say what it says other than it should."""

    address: str = ""
    subject: str = "sub-1"
    email: str = "someone@kanjo.example"
    claims: Mapping[str, Any] = field(default_factory=dict)
    described: Mapping[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = None
    redirects: str = ""
    own: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def description(self) -> dict[str, Any]:
        """What discovery says."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.described,
        }

    def authorized(self, query: Mapping[str, str]) -> str:
        """Take the person for who it is, and return where it goes back to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = dict(query)
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.address})}"

    def token(self, form: Mapping[str, str]) -> dict[str, Any] | None:
        """Exchange a code, once, for whom we know, with the verifier of the challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return None
        challenge = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge.rstrip(b"=").decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"token_type": "Bearer", "access_token": "unused", "id_token": self.signed(asked["nonce"])}

    def signed(self, nonce: str) -> str:
        """Return the token, with whatever it lies in."""
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": self.subject,
            "email": self.email,
            "iat": now,
            "auth_time": now,
            "exp": now + 300,
            "nonce": nonce,
        } | dict(self.claims)
        body = json.dumps({name: value for name, value in claims.items() if value is not None})
        header = {"alg": self.algorithm, "kid": "1"}
        if isinstance(self.key, bytes) or self.algorithm == "none":
            said = b".".join(urlsafe_b64encode(one.encode()).rstrip(b"=") for one in (json.dumps(header), body))
            mac = hmac.digest(self.key, said, "sha256") if self.key else b""
            return b".".join([said, urlsafe_b64encode(mac).rstrip(b"=")]).decode()
        return jws.serialize_compact(header, body, self.key or self.own, algorithms=[self.algorithm])

    def public_as_secret(self) -> bytes:
        """Return its public key as a shared secret, for who mistakes one for the other."""
        return self.own.as_pem(private=False)


class _Counter(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        there = urlsplit(self.path)
        self.issuer.asked.append(there.path)
        if there.path == "/.well-known/openid-configuration":
            self._answer(self.issuer.description())
        elif there.path == "/keys":
            self._answer({"keys": [self.issuer.own.as_dict(private=False)]})
        elif there.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(there.query).items()}
            self.send_response(302)
            self.send_header("Location", self.issuer.authorized(query))
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.issuer.redirects:
            self.send_response(302)
            self.send_header("Location", self.issuer.redirects)
            self.end_headers()
            return
        self._answer(self.issuer.token({name: values[0] for name, values in form.items()}))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Say nothing."""

    def _answer(self, said: dict[str, Any] | None) -> None:
        body = json.dumps(said if said is not None else {"error": "invalid_grant"}).encode()
        self.send_response(200 if said is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def issuing() -> Iterator[Issuer]:
    """Start an issuer on a free port."""
    issuer = Issuer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Counter", (_Counter,), {"issuer": issuer}))
    issuer.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

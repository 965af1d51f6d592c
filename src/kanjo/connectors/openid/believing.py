"""One sign-in at an issuer: where a person is sent, and whom the issuer names when the person comes back.

The authorisation code flow with PKCE. A token is believed when it is signed by a key of the issuer with an algorithm of
ours, and says issuer, audience, time and nonce as we know them (OpenID Connect Core 1.0, section 3.1.3.7).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kanjo.connectors.openid.asking import IssuerSilent, ask
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

log = logging.getLogger("kanjo.sign-in")

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures by a key that only the issuer has; never none, never our shared secret, whatever the issuer offers."""

LEEWAY: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(minutes=10)
"""How long a sign-in may take from the sending to the coming back."""


class NotBelieved(Refusal):
    """What came back is not an answer of the issuer to this sign-in."""

    rule = "sign-in.not-believed"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="The answer of the company's sign-in was not believed ({why}).",
        ja="シングルサインオンの応答を確認できませんでした（{why}）。",
    )
    remedy = Text(
        en="Begin anew at the sign-in page. If it happens again, tell an administrator.",
        ja="ログイン画面からやり直してください。再発する場合はシステム管理者に連絡してください。",
    )


class OtherAddress(Refusal):
    """An invitation is taken up with the account of another address."""

    rule = "sign-in.other-address"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="The company account belongs to {email}, the invitation to {invited}.",
        ja="会社アカウントは {email} のものですが、招待は {invited} 宛てです。",
    )
    remedy = Text(
        en="Take your own account, or set a password and connect the account afterwards.",
        ja="ご自身のアカウントを使用するか、先にパスワードを設定し、後からアカウントを接続してください。",
    )


class Client(Protocol):
    """As whom we ask where."""

    @property
    def issuer(self) -> str:
        """What the issuer calls itself."""

    @property
    def client(self) -> str:
        """What it calls us."""

    @property
    def secret(self) -> str:
        """By which it knows us."""

    @property
    def name(self) -> str:
        """What people call it."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What we remember of a person whom we sent to the issuer; it is good for one coming back."""

    state: str
    nonce: str
    verifier: str
    back: str
    sent_at: str

    def as_json(self) -> dict[str, str]:
        """Return it as a session keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the issuer names. Issuer and subject are the key; the e-mail address is told, and decides nothing."""

    issuer: str
    subject: str
    email: str


def send(client: Client, *, back: str, at: datetime, again: bool = False) -> tuple[str, Errand]:
    """Return where to send a person, and what to remember of it. *again* asks the issuer for a fresh proof."""
    errand = Errand(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        back=back,
        sent_at=at.isoformat(),
    )
    challenge = urlsafe_b64encode(hashlib.sha256(errand.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client.client,
        "redirect_uri": back,
        "scope": "openid email",
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    there = _address(_described(client), "authorization_endpoint")
    return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", errand


def come_back(client: Client, errand: Errand, answer: Mapping[str, str], *, at: datetime, again: bool = False) -> Named:
    """Return whom the issuer names to a person who comes back with *answer*; refuses `NotBelieved`."""
    sent_at = datetime.fromisoformat(errand.sent_at)
    _believe(hmac.compare_digest(answer.get("state", "").encode(), errand.state.encode()), "state")
    _believe(at - sent_at < LONGEST, "too late")
    _believe(answer.get("iss", client.issuer) == client.issuer, "iss")
    _believe("error" not in answer, "error")
    _believe(bool(answer.get("code")), "code")
    described = _described(client)
    told = ask(
        _address(described, "token_endpoint"),
        {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": errand.back,
            "code_verifier": errand.verifier,
            "client_id": client.client,
            "client_secret": client.secret,
        },
    )
    claims = _signed(described, told.get("id_token"))
    _check(claims, client, errand, at)
    if again:
        _believe(_moment(claims, "auth_time") >= (sent_at - LEEWAY).timestamp(), "auth_time")
    email = claims.get("email")
    return Named(client.issuer, claims["sub"], email if isinstance(email, str) else "")


def _described(client: Client) -> dict[str, Any]:
    described = ask(f"{client.issuer.rstrip('/')}/.well-known/openid-configuration")
    _believe(described.get("issuer") == client.issuer, "issuer")
    return described


def _address(described: Mapping[str, Any], name: str) -> str:
    address = described.get(name)
    if not isinstance(address, str):
        raise IssuerSilent
    return address


def _signed(described: Mapping[str, Any], token: object) -> dict[str, Any]:
    """Return what a token says that a key of the issuer signed."""
    _believe(isinstance(token, str), "id_token")
    keys = ask(_address(described, "jwks_uri"))
    try:
        claims = jwt.decode(str(token), KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError):
        claims = None
    _believe(isinstance(claims, dict), "signature")
    return dict(claims or {})


def _check(claims: Mapping[str, Any], client: Client, errand: Errand, at: datetime) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    _believe(claims.get("iss") == client.issuer, "iss")
    _believe(client.client in audiences, "aud")
    _believe(claims.get("azp", client.client if len(audiences) == 1 else None) == client.client, "azp")
    _believe(_moment(claims, "exp") > (at - LEEWAY).timestamp(), "exp")
    _believe(abs(at.timestamp() - _moment(claims, "iat")) < LONGEST.total_seconds(), "iat")
    _believe(isinstance(claims.get("nonce"), str) and hmac.compare_digest(claims["nonce"], errand.nonce), "nonce")
    _believe(isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255, "sub")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    moment = claims.get(name)
    _believe(isinstance(moment, int | float), name)
    return float(moment or 0)


def _believe(holds: bool, why: str) -> None:
    if not holds:
        log.warning("an answer of the company's sign-in was not believed: %s", why)
        raise NotBelieved(why=why)

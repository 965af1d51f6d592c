"""Asking an issuer over HTTP: nothing but JSON, not much of it, and not from where it sends us instead."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import IO, Any, Final, NoReturn
from urllib.parse import urlencode, urlsplit

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

SECONDS: Final = 5
MOST_BYTES: Final = 2**20
OURSELVES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class IssuerSilent(Refusal):
    """The issuer cannot be reached, or says what nobody understands."""

    rule = "sign-in.issuer-silent"
    kind = RefusalKind.CONFLICT
    says = Text(en="The company's sign-in does not answer.", ja="シングルサインオンのサーバーから応答がありません。")
    remedy = Text(
        en="Try again in a minute, or sign in with your password. If it stays so, tell an administrator.",
        ja="しばらくしてからもう一度試すか、パスワードでログインしてください。続く場合はシステム管理者に連絡してください。",
    )


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follows nobody who sends us elsewhere."""

    def redirect_request(  # noqa: PLR0917 - urllib's own shape
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> NoReturn:
        """Refuse."""
        raise urllib.error.HTTPError(req.full_url, code, "a redirect", headers, fp)


_OPENER = urllib.request.build_opener(_StayThere)


def ask(url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at an address, asked for or in answer to a form; refuses `IssuerSilent`."""
    where = urlsplit(url)
    if where.scheme != "https" and (where.scheme != "http" or where.hostname not in OURSELVES):
        raise IssuerSilent
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=body, headers={"Accept": "application/json"})  # noqa: S310 - looked at above
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        raise IssuerSilent from error
    except (OSError, ValueError, HTTPException) as error:
        raise IssuerSilent from error
    if not isinstance(found, dict):
        raise IssuerSilent
    return found

"""Refusals as problem details (RFC 9457), each with the rule it broke and the way out, in the caller's language."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.api.reasons import reason
from kanjo.surfaces.overload import busy

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS = {
    RefusalKind.INVALID: 422,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.MISSING: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.TOO_OFTEN: 429,
}
_TITLES = {
    400: Text(en="The request cannot be read", ja="リクエストを読み取れません"),
    401: Text(en="A token is needed", ja="トークンが必要です"),
    403: Text(en="Not allowed", ja="権限がありません"),
    404: Text(en="Not found", ja="見つかりません"),
    405: Text(en="Not done here", ja="この操作はできません"),
    409: Text(en="Not possible as things stand", ja="現在の状態では実行できません"),
    412: Text(en="Changed in the meantime", ja="他の変更がありました"),
    413: Text(en="Too large", ja="サイズが上限を超えています"),
    422: Text(en="A rule was broken", ja="規則に反しています"),
    429: Text(en="Too many calls", ja="呼び出しが多すぎます"),
    500: Text(en="Kanjo broke", ja="システムエラー"),
}


class ApiRefusal(Refusal):
    """A refusal of the API itself, with a status of its own."""

    status: ClassVar[int]
    errors: Sequence[dict[str, str]] = ()


class NoToken(ApiRefusal):
    """Nobody came: no token, one that is unknown, over or revoked, or one of somebody who left."""

    rule = "api.no-token"
    status = 401
    says = Text(en="No valid API token was sent.", ja="有効な API トークンが送信されていません。")
    remedy = Text(
        en="Make one under your own menu and send it as “Authorization: Bearer ...”.",
        ja="個人メニューの「APIトークン」で発行し、「Authorization: Bearer …」で送信してください。",
    )


class NotJson(ApiRefusal):
    """A body that is no JSON."""

    rule = "api.not-json"
    status = 400
    says = Text(en="The body is not JSON in UTF-8.", ja="本文が UTF-8 の JSON ではありません。")
    remedy = Text(en="Send a JSON object, {{}} where there is no field.", ja="JSON のオブジェクトを送信してください。")


class Invalid(ApiRefusal):
    """Fields that the schema does not take."""

    rule = "api.invalid"
    status = 422
    says = Text(en="{count} fields are not as the schema says.", ja="スキーマに合わない項目が{count}件あります。")
    remedy = Text(en="See `errors` for each.", ja="errors の各項目を確認してください。")

    def __init__(self, errors: Sequence[dict[str, str]]) -> None:
        super().__init__(at=errors[0]["at"], count=len(errors))
        self.errors = errors


class NoAddress(ApiRefusal):
    """Nothing is there."""

    rule = "api.no-address"
    status = 404
    says = Text(en="There is nothing at this address.", ja="このアドレスには何もありません。")
    remedy = Text(en="See /api.", ja="/api を参照してください。")


class NotThisMethod(ApiRefusal):
    """Something is there, but not for this method."""

    rule = "api.method"
    status = 405
    says = Text(en="{method} is not done at this address.", ja="このアドレスでは {method} を使用できません。")
    remedy = Text(en="See /api.", ja="/api を参照してください。")


class BodyTooLarge(ApiRefusal):
    """A body beyond what is read."""

    rule = "api.too-large"
    status = 413
    says = Text(en="The body is larger than {most} bytes.", ja="本文が {most} バイトを超えています。")
    remedy = Text(en="Split it, or compress what it holds.", ja="分割するか、内容を圧縮してください。")


class Stale(ApiRefusal):
    """What the caller saw is no longer what there is."""

    rule = "api.stale"
    status = 412
    says = Text(
        en="It has changed since you read it: its ETag is now {tag}.",
        ja="参照後に変更されています（現在の ETag: {tag}）。",
    )
    remedy = Text(
        en="Read it again, and send its ETag as If-Match if you still want to act.",
        ja="もう一度参照し、操作する場合は新しい ETag を If-Match で送信してください。",
    )


class Untagged(ApiRefusal):
    """An ETag where there is none."""

    rule = "api.no-etag"
    status = 422
    says = Text(en="What this act is about has no ETag.", ja="この操作の対象に ETag はありません。")
    remedy = Text(en="Leave If-Match out.", ja="If-Match を付けずに送信してください。")


class AtOnce(ApiRefusal):
    """Two acts met in a way that the database refused."""

    rule = "api.at-once"
    status = 409
    says = Text(en="Something else was done at the same moment.", ja="同時に別の操作が行われました。")
    remedy = Text(en="Read again and repeat.", ja="もう一度参照してからやり直してください。")


class Broken(ApiRefusal):
    """A mistake of ours."""

    rule = "api.broken"
    status = 500
    says = Text(en="Kanjo made a mistake; nothing was done.", ja="システムの誤りにより、処理は行われませんでした。")
    remedy = Text(en="Tell an administrator the time.", ja="発生時刻をシステム管理者に伝えてください。")


def language_of(request: HttpRequest) -> Language:
    """Return the language that the request asks for, else the person's, else Japanese."""
    for part in request.headers.get("Accept-Language", "").lower().split(","):
        asked = part.split(";")[0].strip()[:2]
        if asked in set(Language):
            return Language(asked)
    caller = getattr(request, "auth", None)
    return caller.actor.language if caller is not None else Language.JAPANESE


def status_of(refusal: Refusal) -> int:
    """Return the status of a refusal."""
    return refusal.status if isinstance(refusal, ApiRefusal) else STATUS[refusal.kind]


def title_of(status: int) -> Text:
    """Return what a status is called."""
    return _TITLES[status]


def problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return a refusal as a problem document."""
    language = language_of(request)
    status = status_of(refusal)
    body: dict[str, Any] = {
        "type": f"urn:kanjo:{refusal.rule}",
        "rule": refusal.rule,
        "title": _TITLES[status].said_in(language),
        "status": status,
        "detail": refusal.says.filled(**refusal.facts).said_in(language),
        "remedy": refusal.remedy.filled(**refusal.facts).said_in(language),
        "at": refusal.at,
        "errors": list(getattr(refusal, "errors", ())),
    }
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Language"] = language.value
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return what is answered to whatever was raised: never a page, and never more than the caller may know."""
    match error:
        case Refusal():
            return problem(request, error)
        case ValidationError():
            language = language_of(request)
            return problem(request, Invalid([reason(one, language) for one in error.errors]))
        case AuthenticationError():
            return problem(request, NoToken())
        case HttpError():
            return problem(request, NotJson())
        case OperationalError():
            logger.error("the database had no time or no place", exc_info=error)
            return busy(request.path, language_of(request).value)
        case IntegrityError():
            logger.error("refused by the database", exc_info=error)
            return problem(request, AtOnce())
        case _:
            logger.error("an act broke", exc_info=error)
            return problem(request, Broken())

"""What people are told of, by which way, and who may open what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.texts import Text


class Kind(StrEnum):
    """What a notice is about."""

    MINE = "mine"
    """Work that waits for the person itself."""
    QUEUE = "queue"
    """Work that waits for a role of the person."""
    ANSWER = "answer"
    DEAL = "deal"
    RUN = "run"
    PAYMENT = "payment"
    DEPUTY = "deputy"
    SIGN_IN = "sign-in"

    @property
    def shown(self) -> Text:
        """The kind as people read it."""
        return _KINDS[self]


class Way(StrEnum):
    """How a person is told; by mail or in the digest means in the product, too."""

    PRODUCT = "product"
    MAIL = "mail"
    DIGEST = "digest"
    NOTHING = "nothing"

    @property
    def shown(self) -> Text:
        """The way as people read it."""
        return _WAYS[self]


_KINDS = {
    Kind.MINE: Text(en="Work for me in person", ja="自分宛の作業"),
    Kind.QUEUE: Text(en="Work for my roles", ja="自分の役割宛の作業"),
    Kind.ANSWER: Text(en="Answers to what I asked for", ja="申請の結果"),
    Kind.DEAL: Text(en="What becomes of my deals", ja="担当案件の動き"),
    Kind.RUN: Text(en="Runs that I started", ja="自分が開始した一括処理"),
    Kind.PAYMENT: Text(en="Late payments of my customers", ja="担当顧客の支払遅延"),
    Kind.DEPUTY: Text(en="Deputies", ja="代理の指定・終了"),
    Kind.SIGN_IN: Text(en="My sign-in", ja="自分のログイン"),
}
_WAYS = {
    Way.PRODUCT: Text(en="In the product", ja="画面のみ"),
    Way.MAIL: Text(en="By mail at once", ja="すぐにメール"),
    Way.DIGEST: Text(en="In the daily digest", ja="1日1回のまとめメール"),
    Way.NOTHING: Text(en="Not at all", ja="通知しない"),
}
USUAL: Mapping[Kind, Way] = {
    Kind.MINE: Way.MAIL,
    Kind.QUEUE: Way.DIGEST,
    Kind.ANSWER: Way.MAIL,
    Kind.DEAL: Way.DIGEST,
    Kind.RUN: Way.PRODUCT,
    Kind.PAYMENT: Way.DIGEST,
    Kind.DEPUTY: Way.MAIL,
    Kind.SIGN_IN: Way.MAIL,
}
"""How a person is told that has not chosen."""
CHOSEN = tuple(kind for kind in Kind if kind not in {Kind.DEPUTY, Kind.SIGN_IN})
"""The kinds whose way is a person's own choice. Who acts in whose name, and what was done to how one signs in, is told
always and at once."""

_READERS: Mapping[Kind, frozenset[Role]] = {
    Kind.RUN: frozenset(
        {
            Role.RECEIVABLES,
            Role.REV_REC,
            Role.SALES_OPERATIONS,
            Role.DEAL_MANAGEMENT,
            Role.CXO,
            Role.CFO,
            Role.MANAGEMENT,
            Role.AUDITOR,
            Role.ADMINISTRATOR,
        }
    )
}
"""The roles that may open what a notice is about, where not everybody of the company may."""


def kinds_for(actor: Actor) -> list[Kind]:
    """Return the kinds of which the actor may open what they are about."""
    return [kind for kind in Kind if kind not in _READERS or actor.holds(*_READERS[kind])]

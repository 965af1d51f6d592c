"""What is sent, how it is signed, and when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""How long is waited after each failure; after the next one it is given up."""
MOST_ATTEMPTS = len(PAUSES) + 1

LEAD = "whsec_"
BOTH_FOR = timedelta(hours=24)
"""How long the secret before a rotation signs beside the new one."""
PING = "webhooks.ping"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: its id stays the same at every attempt."""

    id: str
    body: bytes


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    return PAUSES[min(failures, len(PAUSES)) - 1]


def message_of(
    message_id: str, *, kind: str, recorded_at: datetime, fact: Mapping[str, Any], told: Collection[str]
) -> Message:
    """Return the message of a fact: its type, when we knew, and those of its fields that may be *told*."""
    data = {name: value for name, value in fact.items() if name in told}
    payload = {"type": kind, "timestamp": recorded_at.isoformat(), "data": data}
    return Message(message_id, json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def headers_of(message: Message, *, secrets: Sequence[bytes], at: datetime) -> dict[str, str]:
    """Return the headers of an attempt at a moment, with one signature per secret."""
    seconds = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Kanjo-Webhooks/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(secret, message, seconds) for secret in secrets),
    }


def signature(secret: bytes, message: Message, seconds: int) -> str:
    """Return HMAC-SHA256 over `id.timestamp.body`, as `v1,` and base64."""
    signed = f"{message.id}.{seconds}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def written(secret: bytes) -> str:
    """Return a secret as it is handed over."""
    return LEAD + base64.b64encode(secret).decode()

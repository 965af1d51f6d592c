"""A receiver of webhooks on this machine: keeps what it got, and answers as it was told."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import pytest

from kanjo.config.environment import Environment

Behaviour = Callable[[Any], None]


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: datetime


class Server(ThreadingHTTPServer):
    """Lets many knock at once: with five places, as it comes, a busy machine turns one away."""

    request_queue_size = 128


@dataclass
class Receiver:
    """What arrived, and how the next requests are answered: the last behaviour stays."""

    port: int
    host: str = "127.0.0.1"
    got: list[Got] = field(default_factory=list)
    answers: list[Behaviour] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    lock: Any = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/hook?a=1"

    def next_answer(self) -> Behaviour:
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else (self.answers or [status(204)])[0]


def status(code: int, text: str = "", **headers: str) -> Behaviour:
    """Answer with a status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = text.encode()
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Hang up without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for far longer than anybody waits."""
    handler.send_response(200)
    handler.flush_headers()
    for _ in range(90):
        handler.wfile.write(b"X-Slow: 1\r\n")
        handler.wfile.flush()
        time.sleep(0.2)


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """A receiver that serves while the test runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.body = body
            with one.lock:
                one.under_way += 1
                one.most_under_way = max(one.most_under_way, one.under_way)
                one.got.append(Got(self.path, dict(self.headers), body, datetime.now(UTC)))
            try:
                one.next_answer()(self)
            except OSError:
                pass  # the caller has hung up, which is what some tests are about
            finally:
                with one.lock:
                    one.under_way -= 1
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named so where it comes from
            """Say nothing."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        one = Receiver(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()


def allowing(environment: Environment, *hosts: str) -> Environment:
    """Return the settings of an installation that may call these hosts, too."""
    return replace(environment, may_call=frozenset(hosts))


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver that this installation may call."""
    with a_receiver() as one:
        settings.ENVIRONMENT = allowing(settings.ENVIRONMENT, f"127.0.0.1:{one.port}")
        yield one

"""Pulling a publisher's events over HTTP, from one that answers, closes, refuses, or talks rubbish."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any

import pytest

from services.kernel.entrypoints.pulling import HttpPull
from services.kernel.errors import Unavailable


class Publisher(ThreadingHTTPServer):
    """A publisher that says what it is told to say."""

    daemon_threads = True
    status, body, close, wait = 200, b'[{"a":1},{"b": 2}]', False, 0.0

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        sleep(self.server.wait)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.send_header("Hub-Head", "9")
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(self.server.body)
        self.close_connection = self.server.close

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A publisher on a port of its own."""
    server = Publisher()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pull(publisher: Publisher) -> Iterator[HttpPull]:
    """One who pulls from it."""
    made = HttpPull("hearer", {"teller": f"http://127.0.0.1:{publisher.server_port}/teller/v1"}, "token-1")
    yield made
    made.close()


def test_events_come_as_the_bytes_they_are(publisher: Publisher, pull: HttpPull) -> None:
    assert pull("teller", 7, 1000) == [b'{"a":1}', b'{"b": 2}']
    assert publisher.asked == [("/teller/v1/events?after=7&limit=1000", "Bearer token-1")]


def test_a_connection_that_was_closed_meanwhile_is_made_anew(publisher: Publisher, pull: HttpPull) -> None:
    publisher.close = True
    for _ in range(3):
        assert len(pull("teller", 0, 10)) == 2
        sleep(0.05)


@pytest.mark.parametrize(("status", "body"), [(503, b"[]"), (401, b"{}"), (200, b"no json"), (200, b'{"a":1}')])
def test_anything_else_means_that_it_does_not_answer(
    publisher: Publisher, pull: HttpPull, status: int, body: bytes
) -> None:
    publisher.status, publisher.body = status, body
    with pytest.raises(Unavailable):
        pull("teller", 0, 10)
    publisher.status, publisher.body = 200, b"[]"
    assert pull("teller", 0, 10) == []


def test_one_who_is_not_there(publisher: Publisher) -> None:
    away = HttpPull("hearer", {"teller": "http://127.0.0.1:9/teller/v1"}, "")
    with pytest.raises(Unavailable):
        away("teller", 0, 10)


def test_a_pull_that_waits_can_be_ended(publisher: Publisher, pull: HttpPull) -> None:
    publisher.wait = 3
    begun = monotonic()
    threading.Timer(0.2, pull.abort).start()
    with pytest.raises(Unavailable):
        pull("teller", 0, 10)
    assert monotonic() - begun < 2
    with pytest.raises(Unavailable):
        pull("teller", 0, 10)

"""HTTP/1.1 as it comes over the wire: what is taken, what is refused, and that no request is ever read in two ways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import eventlet
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.entrypoints import http1
from services.kernel.entrypoints.http1 import HEAD_BYTES, Server, read_head
from services.kernel.entrypoints.problems import Edge
from services.kernel.entrypoints.site import _refusal

LIMIT = 50
Say = Callable[[bytes], bytes]


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers what it was asked; a path that ends in `unread` leaves the body where it is."""
    path = environ["PATH_INFO"]
    try:
        body = b"" if path.endswith("unread") else environ["wsgi.input"].read(LIMIT)
        said = f"{environ['REQUEST_METHOD']} {path} {environ['QUERY_STRING']} ".encode() + body
        status = "200 OK"
    except Edge as broken:
        status, said = "400 Bad Request", broken.code.encode()
    start_response(status, [("Content-Length", str(len(said))), ("X-Seen", environ.get("HTTP_X_MANY", ""))])
    return [said]


@pytest.fixture(scope="module")
def address() -> tuple[str, int]:
    """A server with that application, on a hub of its own in a thread of its own."""
    ready, found = threading.Event(), []

    def serve() -> None:
        listener = eventlet.listen(("127.0.0.1", 0))
        found.append(listener.getsockname())
        ready.set()
        Server(listener, echo, _refusal).run()

    threading.Thread(target=serve, daemon=True).start()
    assert ready.wait(10)
    return found[0]


@pytest.fixture
def say(address: tuple[str, int]) -> Say:
    """Send these bytes and no more; everything that comes back."""

    def saying(*parts: bytes) -> bytes:
        with socket.create_connection(address, timeout=10) as sock:
            for part in parts:
                sock.sendall(part)
            sock.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: sock.recv(65_536), b""))

    return saying


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as a client writes it."""
    return "\r\n".join([line, "Host: hub", *headers, "", ""]).encode("latin-1") + body


def statuses(answer: bytes) -> list[int]:
    """The statuses of the answers that came, in order."""
    return [int(part[1:4]) for part in answer.split(b"HTTP/1.1")[1:]]


def test_a_request_is_answered_with_a_date_and_its_length(say: Say) -> None:
    answer = say(request("GET /a%20b?x=1%202 HTTP/1.1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"GET /a b x=1%202 "
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nDate: " in head and b" GMT" in head and b"Content-Length: %d" % len(body) in head


def test_a_connection_is_kept_for_what_follows(say: Say) -> None:
    three = request("POST /1 HTTP/1.1", "Content-Length: 3", body=b"one") + request("GET /2 HTTP/1.1")
    answer = say(three + b"\r\n" + request("GET /3 HTTP/1.1", "Connection: close") + request("GET /4 HTTP/1.1"))
    assert statuses(answer) == [200, 200, 200]
    assert b"POST /1  one" in answer and b"GET /3" in answer and b"GET /4" not in answer


def test_an_old_client_is_answered_and_left(say: Say) -> None:
    assert statuses(say(b"GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n")) == [200]
    kept = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    assert statuses(say(kept + kept)) == [200, 200]


def test_it_does_not_matter_how_the_bytes_are_cut(say: Say) -> None:
    whole = request(
        "POST /cut HTTP/1.1", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n02;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"
    )
    assert b"POST /cut  abcde" in say(*(bytes([byte]) for byte in whole))


def test_a_body_that_nobody_reads_ends_the_connection_after_its_answer(say: Say) -> None:
    rest = b"x" * 200_000 + request("GET /smuggled HTTP/1.1")
    answer = say(request("POST /unread HTTP/1.1", f"Content-Length: {len(rest)}", body=rest))
    assert statuses(answer) == [200] and b"smuggled" not in answer and b"Connection: close" in answer


@pytest.mark.parametrize("framing", ["Content-Length: 70", "Transfer-Encoding: chunked"])
def test_no_more_is_read_of_a_body_than_is_wanted(say: Say, framing: str) -> None:
    body = b"x" * 70 if "Length" in framing else b"46\r\n" + b"x" * 70 + b"\r\n0\r\n\r\n"
    answer = say(request("POST /long HTTP/1.1", framing, body=body))
    assert answer.endswith(b"POST /long  " + b"x" * LIMIT) and b"Connection: close" in answer


def test_a_client_that_waits_for_leave_gets_it_when_its_body_is_wanted(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as sock:
        sock.sendall(request("POST /leave HTTP/1.1", "Content-Length: 2", "Expect: 100-continue"))
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"ok")
        assert sock.recv(1000).endswith(b"POST /leave  ok")
        sock.sendall(request("POST /unread HTTP/1.1", "Content-Length: 2", "Expect: 100-continue"))
        assert statuses(sock.recv(1000)) == [200]


def test_headers_of_one_name_are_joined_and_those_with_an_underscore_not_heard(say: Say) -> None:
    answer = say(request("GET / HTTP/1.1", "X-Many: a", "X_Many: b", "x-many:\tc "))
    assert b"X-Seen: a,c\r\n" in answer


@pytest.mark.parametrize(
    "broken",
    [
        b"GET /\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nNo Colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nSpaced : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
        b"GET / HTTP/1.1\nHost: h\n\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1_0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \xb2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_the_connection_ends(say: Say, broken: bytes) -> None:
    answer = say(broken + request("GET /smuggled HTTP/1.1"))
    assert statuses(answer) == [400] and b"malformed" in answer and b"smuggled" not in answer


def test_what_is_refused_at_once_is_a_problem_document(say: Say) -> None:
    head, _, body = say(b"nonsense\r\n\r\n").partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head and b"Connection: close" in head
    assert msgspec.json.decode(body)["code"] == "malformed"


@pytest.mark.parametrize("ended", [True, False])
def test_a_head_may_be_only_so_long(say: Say, ended: bool) -> None:
    head = b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * HEAD_BYTES + (b"\r\n\r\n" if ended else b"x" * 70_000)
    answer = say(head)
    assert statuses(answer) == [431] and b"head-too-large" in answer


def test_whoever_does_not_go_on_is_left(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "SENDING_SECONDS", 0.2)
    for begun in (b"GET / HT", request("POST / HTTP/1.1", "Content-Length: 9", body=b"x"), b""):
        with socket.create_connection(address, timeout=10) as sock:
            sock.sendall(begun)
            if not begun:
                sock.shutdown(socket.SHUT_WR)
            assert sock.recv(100) == b""


LINES = st.lists(st.binary(max_size=40), max_size=5).map(b"\r\n".join)
PIECES = st.lists(
    st.sampled_from(
        [b"GET / HTTP/1.1", b"\r\n", b"Host: h", b"Content-Length: 3", b":", b" ", b"\n", b"\0", b"\xe9", b"a"]
    ),
    max_size=12,
).map(b"".join)


@given(LINES | PIECES)
def test_whatever_comes_as_a_head_is_read_or_refused(raw: bytes) -> None:
    with suppress(Edge):
        head = read_head(raw)
        assert head.length is None or head.length >= 0
        assert all(ord(letter) >= 32 or letter == "\t" for value in head.environ.values() for letter in value)

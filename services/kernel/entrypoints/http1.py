"""HTTP/1.1 on eventlet's sockets, as much of it as the hub needs: strict in what it takes, one send an answer.

It serves a WSGI application. eventlet's own server spends several times what a decision costs on each request, most of
it on header objects and system calls for which a busy appender's thread makes it wait. Here a head is read into one
dict; what could be read in two ways (two lengths, a folded header, a name with a space) is refused and not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from email.utils import format_datetime
from time import monotonic
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import eventlet
from eventlet.timeout import Timeout

from services.kernel.clock import system_clock
from services.kernel.entrypoints.problems import Edge

HEAD_BYTES = 16 * 1024
LINE_BYTES = 1024
IDLE_SECONDS = 75
SENDING_SECONDS = 20
"""How long a client may take over one head, or over one body, once it has begun."""
LINGER_BYTES = 1024 * 1024
MOST_CONNECTIONS = 2_000

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Refuse = Callable[[Edge], tuple[int, list[tuple[str, str]], bytes]]

REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([!-~]+) HTTP/1\.([01])").fullmatch
NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
VALUE = re.compile(rb"[\t -~\x80-\xff]*").fullmatch
DIGITS = re.compile(rb"[0-9]{1,15}").fullmatch
ONCE = {"HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_HOST", "HTTP_AUTHORIZATION", "HTTP_CONTENT_TYPE"}


class Gone(Exception):
    """The client is no longer there, or does not go on: there is nobody to answer."""


@dataclass(slots=True)
class Head:
    """A request's first lines: its WSGI environment, its body's length (None: in chunks), whether more may follow."""

    environ: dict[str, Any]
    length: int | None
    keeps: bool


def read_head(raw: bytes) -> Head:
    """A head from its bytes, without the empty line. Raises Edge where it is not as it must be."""
    first, *lines = raw.split(b"\r\n")
    line = REQUEST_LINE(first)
    if line is None:
        raise Edge("malformed", field="request-line")
    method, target, minor = line.groups()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method.decode(), "SCRIPT_NAME": "", "SERVER_PROTOCOL": f"HTTP/1.{minor.decode()}",
        "wsgi.url_scheme": "http",
    }  # fmt: skip
    _place(environ, target)
    for header in lines:
        _add_header(environ, header)
    if minor == b"1" and "HTTP_HOST" not in environ:
        raise Edge("malformed", field="Host")
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    return Head(environ, _length(environ), _keeps(environ))


def _place(environ: dict[str, Any], target: bytes) -> None:
    if target.startswith(b"http://"):
        target = b"/" + target[7:].partition(b"/")[2]
    path, _, query = target.partition(b"?")
    environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")
    environ["QUERY_STRING"] = query.decode("latin-1")


def _add_header(environ: dict[str, Any], header: bytes) -> None:
    name, colon, value = header.partition(b":")
    if not colon or NAME(name) is None or VALUE(value) is None:
        raise Edge("malformed", field="headers")
    if b"_" in name:
        return  # `a_b` and `a-b` would be one name: who sends the first is not heard.
    key = "HTTP_" + name.decode().upper().replace("-", "_")
    text = value.strip(b" \t").decode("latin-1")
    if key not in environ:
        environ[key] = text
    elif key in ONCE:
        raise Edge("malformed", field=name.decode())
    else:
        environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + text


def _length(environ: dict[str, Any]) -> int | None:
    declared, encoding = environ.pop("HTTP_CONTENT_LENGTH", None), environ.get("HTTP_TRANSFER_ENCODING")
    if encoding is not None:
        if encoding.lower() != "chunked" or declared is not None or environ["SERVER_PROTOCOL"] == "HTTP/1.0":
            raise Edge("malformed", field="Transfer-Encoding")
        return None
    if declared is None:
        return 0
    if DIGITS(declared.encode("latin-1")) is None:
        raise Edge("malformed", field="Content-Length")
    environ["CONTENT_LENGTH"] = declared
    return int(declared)


def _keeps(environ: dict[str, Any]) -> bool:
    wishes = {wish.strip().lower() for wish in environ.get("HTTP_CONNECTION", "").split(",")}
    return "keep-alive" in wishes if environ["SERVER_PROTOCOL"] == "HTTP/1.0" else "close" not in wishes


class Incoming:
    """A connection's bytes as they come in; what was read and not yet used is kept."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._kept = b""

    def head(self) -> bytes | None:
        """The next head, without its empty line; None when the client has no more to ask."""
        self._kept = self._kept.lstrip(b"\r\n")
        while not self._kept:
            more = self._sock.recv(65_536)
            if not more:
                return None
            self._kept = more.lstrip(b"\r\n")
        if b"\r\n\r\n" not in self._kept:
            with Timeout(SENDING_SECONDS, Gone):
                if not self._until(b"\r\n\r\n", HEAD_BYTES):
                    return None
        head, _, self._kept = self._kept.partition(b"\r\n\r\n")
        if len(head) > HEAD_BYTES:
            raise Edge("head-too-large", limit_bytes=HEAD_BYTES)
        return head

    def _until(self, end: bytes, most: int) -> bool:
        while end not in self._kept:
            if len(self._kept) > most:
                raise Edge("head-too-large", limit_bytes=most)
            more = self._sock.recv(65_536)
            if not more:
                return False
            self._kept += more
        return True

    def line(self) -> bytes:
        """The next line, without its end."""
        if not self._until(b"\r\n", LINE_BYTES):
            raise Gone
        line, _, self._kept = self._kept.partition(b"\r\n")
        return line

    def holds(self, count: int) -> bool:
        """Whether so many bytes are here already."""
        return len(self._kept) >= count

    def exactly(self, count: int) -> bytes:
        """The next bytes, so many."""
        while len(self._kept) < count:
            more = self._sock.recv(65_536)
            if not more:
                raise Gone
            self._kept += more
        found, self._kept = self._kept[:count], self._kept[count:]
        return found

    def say(self, data: bytes) -> None:
        """Send."""
        self._sock.sendall(data)

    def linger(self) -> None:
        """Let the client read the answer before the connection goes, though it may still be sending."""
        self._sock.shutdown(1)
        left = LINGER_BYTES
        with Timeout(1.0, False):
            while left > 0 and (more := self._sock.recv(65_536)):
                left -= len(more)


class Body:
    """A request's body, to be read while it comes in: `wsgi.input`."""

    def __init__(self, incoming: Incoming, length: int | None, expects: bool) -> None:
        self._incoming, self._expects = incoming, expects
        self._chunked, self._left = length is None, length or 0
        self.ended = length == 0

    def read(self, most: int) -> bytes:
        """All of it, or its first `most` bytes. Raises Gone if the client does not send it in time."""
        if self.ended:
            return b""
        if self._expects:
            self._incoming.say(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._expects = False
        if not self._chunked and self._incoming.holds(count := min(most, self._left)):
            return self._plain(count)
        with Timeout(SENDING_SECONDS, Gone):
            return self._chunks(most) if self._chunked else self._plain(min(most, self._left))

    def _plain(self, count: int) -> bytes:
        self._left -= count
        self.ended = self._left == 0
        return self._incoming.exactly(count)

    def _chunks(self, most: int) -> bytes:
        found = b""
        while len(found) < most:
            size = self._incoming.line().partition(b";")[0].strip()
            if re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size) is None:
                raise Edge("malformed", field="chunk")
            if int(size, 16) > most - len(found):
                return found + self._incoming.exactly(most - len(found))
            found += self._incoming.exactly(int(size, 16))
            if int(size, 16) == 0:
                while self._incoming.line():
                    pass  # trailers are not heard
                self.ended = True
                return found
            if self._incoming.line():
                raise Edge("malformed", field="chunk")
        return found

    @property
    def leaves_nothing(self) -> bool:
        """Whether the next head begins where this request ends."""
        return self.ended and not self._expects


class Server:
    """Answers every connection of a listener by one WSGI application; `refuse` words what never reaches it."""

    def __init__(self, listener: Any, app: App, refuse: Refuse) -> None:
        self._listener, self._app, self._refuse = listener, app, refuse
        self._pool = eventlet.GreenPool(MOST_CONNECTIONS)
        self._date, self._dated = b"", 0.0

    def run(self) -> None:
        """Until killed."""
        while True:
            try:
                sock, address = self._listener.accept()
            except OSError:  # too many open files, or a client that was gone at once
                eventlet.sleep(0.05)
                continue
            self._pool.spawn_n(self._serve, sock, address[0])

    def _serve(self, sock: Any, address: str) -> None:
        sock.settimeout(IDLE_SECONDS)
        incoming = Incoming(sock)
        try:
            while self._one(incoming, address):
                pass
            incoming.linger()
        except (OSError, Gone):
            pass  # whoever is gone, or sleeps, is not answered
        finally:
            sock.close()

    def _one(self, incoming: Incoming, address: str) -> bool:
        """One request and its answer; whether another may follow."""
        try:
            raw = incoming.head()
            if raw is None:
                return False
            head = read_head(raw)
        except Edge as broken:
            status, headers, body = self._refuse(broken)
            incoming.say(self._head(f"{status} Bad Request", headers, len(body), False) + body)
            return False
        body_of = Body(incoming, head.length, head.environ.get("HTTP_EXPECT", "").lower() == "100-continue")
        head.environ |= {"REMOTE_ADDR": address, "wsgi.input": body_of}
        said: list[Any] = []
        parts = self._app(head.environ, lambda status, headers: said.extend((status, headers)))
        if all(name != "Content-Length" for name, _ in said[1]):
            self._flow(incoming, self._head(said[0], said[1], None, False), parts)
            return False
        content = b"".join(parts)
        keeps = head.keeps and body_of.leaves_nothing
        incoming.say(self._head(said[0], said[1], None, keeps) + content)
        return keeps

    def _flow(self, incoming: Incoming, head: bytes, parts: Iterable[bytes]) -> None:
        """An answer of unknown length: each part when it is there; it ends where the connection does."""
        with closing(cast(Generator[bytes, None, None], iter(parts))) as coming:
            incoming.say(head)
            for part in coming:
                incoming.say(part)

    def _head(self, status: str, headers: list[tuple[str, str]], length: int | None, keeps: bool) -> bytes:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        lines.append(f"Connection: {'keep-alive' if keeps else 'close'}")
        head = "\r\n".join(lines).encode("latin-1")
        if not head.count(b"\n") == head.count(b"\r") == len(lines) - 1:
            raise ValueError("a header holds a line break")
        return head + b"\r\n" + self._dating() + b"\r\n"

    def _dating(self) -> bytes:
        """The Date header, made once a second."""
        now = monotonic()
        if now - self._dated >= 1 or not self._date:
            self._dated = now
            self._date = f"Date: {format_datetime(system_clock(), usegmt=True)}\r\n".encode()
        return self._date

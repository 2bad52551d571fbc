"""A witness over HTTP: C2SP add-checkpoint, the last head of each log, and what the witness is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from services.kernel.clock import Clock, system_clock
from services.kernel.tlog import request, witness
from services.kernel.tlog.keys import Signer
from services.kernel.tlog.witness import TEXT, Declined, Logs
from wushe.witness.book import Book

ADD = "/add-checkpoint"
IDLE_SECONDS = 15.0
AT_ONCE = 32


@dataclass(frozen=True)
class Witness:
    """What answers: a key, the logs it knows, a book."""

    signer: Signer
    logs: Logs
    book: Book
    clock: Clock = system_clock

    def add(self, data: bytes) -> str:
        """Cosign a head; it is in the book before this returns. Raises Declined."""
        asked, head = witness.heard(data, self.logs)
        now = int(self.clock().timestamp())
        self.book.take(asked, head, now)
        return self.signer.sign(asked.head.text, now).line

    def last(self, path: str) -> bytes | None:
        """The last head of the log under this path, cosigned as it was then; None where there is none."""
        origin = next((origin for origin in self.logs if witness.place(origin) == path), None)
        seen = self.book.seen(origin) if origin else None
        return bytes(seen.note.signed(self.signer.sign(seen.note.text, seen.at))) if seen else None

    def word(self, origin: str) -> bytes | None:
        """The last head of a log, cosigned now: the largest that was seen, whoever brought it."""
        seen = self.book.seen(origin)
        now = max(int(self.clock().timestamp()), seen.at if seen else 0)
        return bytes(seen.note.signed(self.signer.sign(seen.note.text, now))) if seen else None

    def about(self) -> str:
        """What it is, for whoever looks: its key, and how far it has seen each log."""
        lines = [f"witness {self.signer.verifier}", f"fingerprint {self.signer.verifier.fingerprint}"]
        for origin in self.logs:
            seen = self.book.seen(origin)
            at = f" at {datetime.fromtimestamp(seen.at).astimezone().isoformat()}" if seen else ""
            lines.append(f"log {origin} {seen.head.size if seen else 0}{at}")
        return "".join(f"{line}\n" for line in lines)


class Door(ThreadingHTTPServer):
    """Lets a bounded number of callers in at once; the others wait in the system's queue."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], witness: Witness, told: Callable[[str], None]) -> None:
        self.witness, self.told = witness, told
        self._room = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, Caller)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Wait for room, and let a thread of its own answer."""
        self._room.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who goes away in the middle is no trouble of ours, and nothing of what he sent is told."""


class Caller(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    server_version = "wushe-witness"
    sys_version = ""
    timeout = IDLE_SECONDS
    server: Door

    def do_POST(self) -> None:
        """add-checkpoint, under any prefix that a proxy may have left."""
        if not self.path.endswith(ADD):
            self._answer(404, "nothing is asked here\n", close=True)
            return
        try:
            body = self._body()
            self._answer(200, self.server.witness.add(body))
        except Declined as no:
            self._answer(no.status, no.body, no.content_type, close=no.status in (411, 413))
        except (OSError, sqlite3.Error) as broken:
            # What cannot be written down is not cosigned.
            self._answer(500, f"the book cannot be written ({type(broken).__name__})\n", close=True)

    def do_GET(self) -> None:
        """The last head of a log, or what the witness is."""
        if self.path == "/":
            self._answer(200, self.server.witness.about())
            return
        found = self.server.witness.last(self.path)
        self._answer(200 if found else 404, found.decode() if found else "no head of such a log was cosigned\n")

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            raise Declined(411, "the request does not say its length")
        if int(length) > request.LIMIT:
            raise Declined(413, f"the request is longer than {request.LIMIT} bytes")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise Declined(400, "the request ends before its length")
        return body

    def _answer(self, status: int, text: str, content_type: str = TEXT, *, close: bool = False) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """One line for each request: what was asked, and the status; never what was sent."""
        self.server.told(f"{self.command or '-'} {self.path.split('?')[0] if self.command else '-'} {args[1]}")

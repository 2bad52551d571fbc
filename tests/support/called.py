"""Partners' endpoints as tests play them: one server, a path for each, which says what the test wants it to say."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.support.servers import free_port

Told = dict[str, Any]
Answer = tuple[int, dict[str, str]]
OK: Answer = (204, {})


@dataclass
class Heard:
    """One call as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Told:
        """The delivery."""
        return dict(json.loads(self.body))


def takes(heard: Heard) -> Answer:
    """It takes the call."""
    return OK


@dataclass
class Endpoints:
    """A context manager. `answers` says, by path, what is answered to a call; calls are kept by path."""

    answers: dict[str, Callable[[Heard], Answer]] = field(default_factory=dict)
    calls: dict[str, list[Heard]] = field(default_factory=lambda: defaultdict(list))
    port: int = field(default_factory=free_port)
    dead: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that has gone is nothing to tell."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        heard = Heard({name.lower(): value for name, value in request.headers.items()}, body)
        if request.path in self.dead:
            request.close_connection = True
            self.calls[f"dead {request.path}"].append(heard)
            return  # it takes the call and says nothing, as a server does that has died over it
        status, headers = self.answers.get(request.path, takes)(heard)
        self.calls[request.path].append(heard)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def url(self, path: str) -> str:
        """The address of an endpoint."""
        return f"http://127.0.0.1:{self.port}{path}"

    def numbers(self, path: str) -> list[int]:
        """The numbers of the deliveries that an endpoint has taken, in the order in which they came."""
        return [int(heard.event["sequence"]) for heard in list(self.calls[path])]

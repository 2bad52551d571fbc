"""Pulling a publisher's events over HTTP, for catching up, for gaps, and while there is no broker."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from services.kernel import metrics
from services.kernel.errors import Unavailable
from services.kernel.heard import read_batch

SECONDS = 10.0
HEAD_SECONDS = 300.0


class HttpHeads:
    """Asks a publisher for its log's signed head: the last one, or one that is signed now (`POST`), which takes longer."""

    def __init__(self, bases: Mapping[str, str], token: str) -> None:
        self._token = token
        self._bases = {name: urlsplit(base) for name, base in bases.items()}

    def __call__(self, publisher: str, fresh: bool) -> bytes | None:
        """The head as JSON; None where the publisher has none. Raises Unavailable where it does not answer."""
        base = self._bases[publisher]
        kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        connection = kind(base.hostname or "127.0.0.1", base.port, timeout=HEAD_SECONDS if fresh else SECONDS)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        try:
            connection.request("POST" if fresh else "GET", f"{base.path}/head", headers=headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as failed:
            raise Unavailable(f"{publisher} does not hand out its head: {type(failed).__name__}") from failed
        finally:
            connection.close()
        if response.status == http.client.NOT_FOUND:
            return None
        if response.status != http.client.OK:
            raise Unavailable(f"{publisher} does not hand out its head: {response.status}")
        return body


class HttpPull:
    """Asks `GET {base}/events?after=N&limit=M` and keeps a connection to each publisher. For one thread."""

    def __init__(self, service: str, bases: Mapping[str, str], token: str) -> None:
        self._service, self._token = service, token
        self._bases: dict[str, SplitResult] = {name: urlsplit(base) for name, base in bases.items()}
        self._open: dict[str, http.client.HTTPConnection] = {}
        self._ended = False

    def __call__(self, publisher: str, after: int, limit: int) -> list[bytes]:
        """Events of a publisher past a position, in order. Raises Unavailable when it does not hand them out."""
        try:
            return self._events(publisher, after, limit)
        except (OSError, http.client.HTTPException, ValueError) as failed:
            self._drop(publisher)
            metrics.pull_failed(self._service, publisher, type(failed).__name__)
            raise Unavailable(f"{publisher} does not hand out its events: {type(failed).__name__}") from failed

    def _events(self, publisher: str, after: int, limit: int) -> list[bytes]:
        if self._ended:
            raise ValueError("the service is stopping")
        base, connection = self._bases[publisher], self._connection(publisher)
        path = f"{base.path}/events?after={after}&limit={limit}"
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/cloudevents-batch+json"}
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            # A connection that was kept may have been closed at the other end in the meantime.
            self._drop(publisher)
            if self._ended:
                raise
            connection = self._connection(publisher)
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            raise ValueError(f"status {response.status}")
        raws = read_batch(body)
        head = response.getheader("Hub-Head", "")
        if head.isdecimal():
            metrics.behind(self._service, publisher, max(0, int(head) - after))
        return raws

    def _connection(self, publisher: str) -> http.client.HTTPConnection:
        if publisher not in self._open:
            base = self._bases[publisher]
            kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
            self._open[publisher] = kind(base.hostname or "127.0.0.1", base.port, timeout=SECONDS)
        return self._open[publisher]

    def _drop(self, publisher: str) -> None:
        connection = self._open.pop(publisher, None)
        if connection is not None:
            connection.close()

    def abort(self) -> None:
        """From another thread: let a pull that waits fail now, and all later ones."""
        self._ended = True
        for connection in list(self._open.values()):
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close all connections."""
        for publisher in list(self._open):
            self._drop(publisher)

"""The HTTP server of a process: one port, one URL space, whichever services live in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import eventlet
import msgspec
from eventlet import tpool
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchPath
from werkzeug.routing import Map, RequestRedirect, Rule

from services.kernel import log, metrics
from services.kernel.entrypoints.bridge import Bridge
from services.kernel.entrypoints.callers import PREFIX, Callers, Opens
from services.kernel.entrypoints.http1 import Gone, Server
from services.kernel.entrypoints.problems import PROBLEM, Edge, problem
from services.kernel.entrypoints.request import Flow, Page, Reply, Request
from services.kernel.errors import HubError, NotAllowed, NotSignedIn, TooOften
from services.kernel.message import Actor

Handler = Callable[[Request], Any]
Verify = Callable[[str], Actor]
Words = Callable[[dict[str, Any]], tuple[str, Any]]
"""From a problem document to the same in another standard's way: its media type, and what is sent."""
Body = bytes | Iterator[bytes]
"""An answer's bytes, or its parts where it goes on (`Flow`)."""


@dataclass(eq=False)
class Route:
    """One method on one path: who may, what answers; `quick` handlers never wait for the database on this thread.

    `alone`: whoever acts for an organization is heard even if his token names none.
    """

    service: str
    method: str
    path: str
    name: str
    handler: Handler
    roles: tuple[str, ...] | None = ()
    quick: bool = False
    max_body: int = 65_536
    json_body: bool = False
    alone: bool = False
    document: dict[str, Any] = field(default_factory=dict)
    words: Words | None = None


@dataclass
class Site:
    """The routes of a process and the server that answers them."""

    verify: Verify
    routes: list[Route] = field(default_factory=list)
    _map: Map | None = None
    _plain: dict[tuple[str, str], tuple[Route, dict[str, Any]]] = field(default_factory=dict)
    _bridge: Bridge | None = None
    _server: Any = None
    address: tuple[str, int] = ("", 0)
    nowhere: Route | None = None
    callers: Callers | None = None
    """Who knows opaque tokens; without it there are none."""
    bound: frozenset[str] = frozenset()
    """The roles in which somebody acts for an organization."""

    @property
    def bridge(self) -> Bridge:
        """The way back from the store's threads to requests that wait."""
        if self._bridge is None:
            self._bridge = Bridge()
        return self._bridge

    def add(self, route: Route) -> None:
        """Answer one more path; `/*` is the page for people who ask for a path that there is not."""
        if route.path == "/*":
            self.nowhere = route
            return
        self.routes.append(route)
        self._map = None

    def _adapter(self) -> Any:
        if self._map is None:
            self._plain = {(r.method, r.path): (r, {}) for r in self.routes if "{" not in r.path}
            rules = [Rule(_werkzeug(r.path), endpoint=r, methods=[r.method]) for r in self.routes]
            self._map = Map(rules, strict_slashes=False, merge_slashes=False)
            self._bound = self._map.bind("hub")
        return self._bound

    def listen(self, host: str, port: int) -> None:
        """Serve on this address until stopped (port 0: a free one; see `address`)."""
        listener = eventlet.listen((host, port), backlog=1024, reuse_port=False)
        self.address = listener.getsockname()[:2]
        self._server = eventlet.spawn(Server(listener, self, _refusal).run)
        self._listener = listener

    def stop(self) -> None:
        """Take no more requests."""
        if self._server is not None:
            self._listener.close()
            self._server.kill()

    # --- one request ---

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        began = perf_counter()
        route: Route | None = None
        outcome: tuple[int, list[tuple[str, str]], Body]
        try:
            route, parts = self._match(environ)
            outcome = self._answer(route, parts, environ)
        except HubError as error:
            outcome = _refusal(error, route)
        except Gone:
            raise
        except Exception as fault:  # a fault in a handler is answered, logged by kind, and ends nothing
            log.noticed(
                route.service if route else "site",
                "fault",
                level="error",
                code=route.name if route else "routing",
                error=fault,
            )
            outcome = _refusal(fault, route)
        status, headers, body = outcome
        if route is not None:
            self._count(route, headers, status, perf_counter() - began)
        line = f"{status} {HTTPStatus(status).phrase}"
        if not isinstance(body, bytes):
            start_response(line, headers)
            return body if environ["REQUEST_METHOD"] != "HEAD" else []
        start_response(line, [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    @staticmethod
    def _count(route: Route, headers: list[tuple[str, str]], status: int, seconds: float) -> None:
        again = ("Idempotency-Replayed", "true") in headers
        outcome: log.Outcome = (
            "again" if again else "done" if status < 400 else "failed" if status >= 500 else "refused"
        )
        metrics.answered(route.service, route.method, status)
        if route.document.get("kind") == "command":
            metrics.handled(route.service, route.name, outcome, seconds)
            log.handled(route.service, route.name, outcome, ms=seconds * 1000)

    def _match(self, environ: dict[str, Any]) -> tuple[Route, dict[str, Any]]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
        adapter = self._adapter()
        # Most commands come on a path without parts: those need no matching.
        if (method, path) in self._plain:
            return self._plain[method, path]
        try:
            return adapter.match(path, method)  # type: ignore[no-any-return]
        except MethodNotAllowed as wrong:
            raise Edge("method-not-allowed", allowed=sorted(wrong.valid_methods or ())) from wrong
        except (NoSuchPath, RequestRedirect) as wrong:
            if self.nowhere is not None and "text/html" in environ.get("HTTP_ACCEPT", ""):
                return self.nowhere, {}
            raise Edge("no-such-path") from wrong

    def _answer(
        self, route: Route, parts: dict[str, Any], environ: dict[str, Any]
    ) -> tuple[int, list[tuple[str, str]], Body]:
        actor = self._who(environ, route)
        body = _body(environ, route.max_body)
        asked = environ.get("QUERY_STRING")
        query = dict(parse_qsl(asked, keep_blank_values=True)) if asked else {}
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], parts, environ, body, actor, query)
        if route.json_body and request.content_type != "application/json":
            raise Edge("not-json-type")
        found = route.handler(request) if route.quick else tpool.execute(route.handler, request)
        return _rendered(found)

    def still(self, request: Request) -> bool:
        """Whether the token that a request came with is good now."""
        try:
            _, _, token = request.header("authorization").partition(" ")
            return self._bearer(token.strip(), request.environ)[0] == request.signed_in
        except HubError:
            return False

    def _bearer(self, token: str, environ: Mapping[str, Any]) -> tuple[Actor, Opens | None]:
        """Who shows this token, and what it opens where it does not open everything that its bearer may do."""
        if self.callers is None or not token.startswith(PREFIX):
            return self.verify(token), None
        found = self.callers.fresh(token) or tpool.execute(self.callers.find, token, environ)
        return found.actor, found

    def _who(self, environ: dict[str, Any], route: Route) -> Actor | None:
        kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            actor, shown = None, None
        else:
            actor, shown = self._bearer(token.strip(), environ)
        if shown is not None and self.callers is not None:
            self.callers.count(shown)
            if route.roles is not None:
                shown.must_open(f"{route.service}:{route.name}")
        if route.roles is None:
            return actor
        if actor is None:
            raise NotSignedIn("a bearer token is needed")
        if actor.role in self.bound and not actor.org and not route.alone:
            raise NotSignedIn("a token in this role names an organization")
        if route.roles and actor.role not in route.roles:
            raise NotAllowed(route.roles)
        return actor


def _body(environ: dict[str, Any], limit: int) -> bytes:
    declared = int(environ.get("CONTENT_LENGTH", 0))
    if declared > limit:
        raise Edge("too-large", limit_bytes=limit)
    body: bytes = environ["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        raise Edge("too-large", limit_bytes=limit)
    return body


def _rendered(found: Any) -> tuple[int, list[tuple[str, str]], Body]:
    if isinstance(found, Flow):
        return found.status, [("Content-Type", found.content_type), *found.headers], found.parts
    if isinstance(found, Page):
        body = found.html.encode() if isinstance(found.html, str) else found.html
        return found.status, [("Content-Type", found.content_type), *found.headers], body
    if not isinstance(found, Reply):
        found = Reply(found)
    body = found.raw if found.raw is not None else msgspec.json.encode(found.value)
    return found.status, [("Content-Type", found.content_type), *found.headers], body


def _refusal(error: BaseException, route: Route | None = None) -> tuple[int, list[tuple[str, str]], bytes]:
    status, document = problem(error)
    media, said = (PROBLEM, document) if route is None or route.words is None else route.words(document)
    headers = [("Content-Type", media)]
    if status == 401:
        headers.append(("WWW-Authenticate", 'Bearer realm="wushe"'))
    if isinstance(error, TooOften):
        headers.append(("Retry-After", str(error.seconds)))
    if status == 503:
        headers.append(("Retry-After", "2"))
    if status == 405:
        headers.append(("Allow", ", ".join(document.get("allowed", []))))
    return status, headers, msgspec.json.encode(said)


def _werkzeug(path: str) -> str:
    """`/referrals/{id}` -> `/referrals/<uuid:id>`: names that end in `id` are UUIDs, `path` any parts, others a single one."""
    out = []
    for part in path.split("/"):
        name = part[1:-1] if part.startswith("{") else ""
        kind = "uuid:" if name.endswith("id") else "path:" if name == "path" else ""
        out.append(f"<{kind}{name}>" if name else part)
    return "/".join(out)

"""A request as a service sees it, and what it may answer with besides plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from services.kernel.entrypoints.uploads import MULTIPART, Sent, parted
from services.kernel.errors import ContractBroken, FieldProblem, NotSignedIn
from services.kernel.message import Actor


@dataclass(frozen=True)
class Page:
    """HTML for a person, or any other body that is not JSON; `headers` are sent as they are."""

    html: str | bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """JSON with a status and headers of its own; `raw` is sent as it is, when it is already encoded."""

    value: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    content_type: str = "application/json"


@dataclass(frozen=True)
class Flow:
    """An answer that goes on: its parts are sent as they come, until there are no more or the client has gone."""

    parts: Iterator[bytes]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "text/event-stream"


@dataclass
class Request:
    """One HTTP request: its path's parts, its query, its body, and who asks (None: nobody has signed in)."""

    method: str
    url: str
    path: dict[str, Any]
    environ: Mapping[str, Any]
    body: bytes
    signed_in: Actor | None = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who asks; raises NotSignedIn where nobody has."""
        if self.signed_in is None:
            raise NotSignedIn("a bearer token is needed")
        return self.signed_in

    def header(self, name: str) -> str:
        """A header's value, empty when it was not sent."""
        return str(self.environ.get("HTTP_" + name.upper().replace("-", "_"), ""))

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters."""
        return str(self.environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The decoded body; raises ContractBroken when it is not JSON in UTF-8."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
            problem = FieldProblem(
                field="", code="not-json", expected_en="JSON in UTF-8", expected_zh="UTF-8 编码的 JSON"
            )
            raise ContractBroken(problem) from broken

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a posted form; of a repeated field the last."""
        if self.content_type == MULTIPART:
            return self._parts[0]
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def files(self) -> dict[str, Sent]:
        """The files that came with a posted form."""
        return self._parts[1] if self.content_type == MULTIPART else {}

    @cached_property
    def _parts(self) -> tuple[dict[str, str], dict[str, Sent]]:
        return parted(self.body, self.environ)

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies that came with it; those of others on the same host may be called as they like."""
        pairs = (part.strip().partition("=") for part in self.header("cookie").split(";"))
        return {name: value for name, is_pair, value in pairs if is_pair}

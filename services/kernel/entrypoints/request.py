"""A request as a service sees it, and what it may answer with besides plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from services.kernel.entrypoints.uploads import MULTIPART, Sent, parted
from services.kernel.errors import ContractBroken, FieldProblem, NotSignedIn
from services.kernel.message import Actor

LONGEST = 17
"""No number that is asked for has so many digits."""
NO_PARAMETER = ("no parameter in the query: nothing can be said there", "此处不接受任何查询参数")


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

    def knows(self, tag: str) -> bool:
        """Whether `If-None-Match` names this tag, in a list or made weak on its way (RFC 9110, 13.1.2)."""
        given = self.header("if-none-match").split(",")
        return tag in (each.strip().removeprefix("W/") for each in given)

    def only(self, *known: str) -> None:
        """Refuse parameters that are not known: what is passed over looks as if it had been heard. Raises ContractBroken."""
        if unknown := sorted(self.query.keys() - set(known)):
            en, zh = _one_of(known) if known else NO_PARAMETER
            problems = (FieldProblem(field=n, code="unknown-field", expected_en=en, expected_zh=zh) for n in unknown)
            raise ContractBroken(*problems)

    def word(self, name: str, words: Iterable[str], usual: str = "") -> str:
        """A parameter that is one of these words, or was not sent. Raises ContractBroken."""
        given = self.query.get(name)
        if given is not None and given not in (known := tuple(words)):
            en, zh = _one_of(known)
            raise ContractBroken(FieldProblem(field=name, code="invalid", expected_en=en, expected_zh=zh))
        return usual if given is None else given

    def whole(self, name: str, usual: int, least: int, most: int) -> int:
        """A parameter that is a whole number within these bounds, or was not sent. Raises ContractBroken."""
        given = self.query.get(name, str(usual))
        if not (given.isascii() and given.isdecimal() and len(given) < LONGEST and least <= int(given) <= most):
            en, zh = f"a whole number from {least} to {most}", f"{least} 至 {most} 的整数"
            raise ContractBroken(FieldProblem(field=name, code="invalid", expected_en=en, expected_zh=zh))
        return int(given)

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


def _one_of(words: tuple[str, ...]) -> tuple[str, str]:
    listed = ", ".join(words)
    return f"one of: {listed}", f"以下之一: {listed}"

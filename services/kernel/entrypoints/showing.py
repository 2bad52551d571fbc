"""What a service shows: one row, a list of rows page by page, or whatever a method of its own answers."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from nameko.extensions import Entrypoint, register_entrypoint

from services.kernel.contract import Said, expectation
from services.kernel.entrypoints.log import Log, Opened
from services.kernel.entrypoints.request import Reply, Request
from services.kernel.entrypoints.site import Route, Words
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.kernel.message import Actor

Adds = Callable[[dict[str, Any]], dict[str, Any]]

PAGE_ROWS = 100
MOST_ROWS = 1_000


class Answering(Entrypoint):
    """A path answered by a method of the service, in a thread where it may wait for a database."""

    def __init__(self, method: str, path: str, roles: tuple[str, ...] | None = (), page: bool = False,
                 document: dict[str, Any] | None = None, waits: bool = False, rooted: bool = False,
                 words: Words | None = None, max_body: int = 0, **kwargs: Any) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.waits, self.rooted, self.words, self.max_body = waits, rooted, words, max_body
        self.method, self.path, self.roles, self.page, self.document = method, path, roles, page, document or {}

    @property
    def opened(self) -> Opened:
        """The service as it is open in this process."""
        return next(d for d in self.container.dependencies if isinstance(d, Log)).opened

    def setup(self) -> None:
        """Take the route."""
        path = self.path if self.page or self.rooted else self.opened.url(self.path)
        document = {"kind": "page" if self.page else "http"} | self.document
        self.opened.add(Route(self.opened.name, self.method, path, self.method_name, self.handler(), self.roles, quick=self.waits,
                              max_body=self.max_body or self.opened.settings.max_body, document=document, words=self.words))  # fmt: skip

    def handler(self) -> Callable[[Request], Any]:
        """The service's own method, on an instance with its dependencies in place."""
        service = self.container.service_cls()
        for dependency in self.container.dependencies:
            setattr(service, dependency.attr_name, dependency.get_dependency(None))
        method: Callable[[Request], Any] = getattr(service, self.method_name)
        is_others = self.page or self.words is not None  # people's pages and standards have their own ways of saying no
        return method if is_others else self._hearing(method)

    def _hearing(self, method: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """The method, asked nothing by a parameter that its path does not declare."""
        declared = tuple(self.document.get("query", ()))

        def hear(request: Request) -> Any:
            request.only(*declared)
            return method(request)

        return hear


def http(
    method: str,
    path: str,
    *,
    roles: tuple[str, ...] | None = (),
    page: bool = False,
    waits: bool = False,
    rooted: bool = False,
    words: Words | None = None,
    max_body: int = 0,
    **document: Any,
) -> Callable[[Any], Any]:
    """Declare a path that a method answers; `roles=None` is open to all, `page=True` takes the path as it is.

    So does `rooted=True`, for an interface that is no page: its paths are a standard's and not the hub's. `words` says in
    that standard's way what stands against a request. One that `waits` is answered on the thread of HTTP itself, where it
    may sleep as long as it likes (see `waiting`) and does `aside` whatever a database must answer. `max_body` is how many
    bytes a request to this path may have, where that is not what the settings say.
    """

    def declare(fn: Any) -> Any:
        register_entrypoint(fn, Answering(method, path, roles, page, document, waits, rooted, words, max_body))
        return fn

    return declare


class Showing(Answering):
    """A row, or rows, of a view."""

    def __init__(self, path: str, table: sa.Table, roles: tuple[str, ...], by: tuple[str, ...] | None = None, hides: tuple[str, ...] = (),
                 adds: Adds | None = None, **kwargs: Any) -> None:  # fmt: skip
        document = {"kind": "row" if by is None else "rows", "table": table, "by": by or (), "hides": hides}
        super().__init__("GET", path, roles, False, document, **kwargs)
        self.table, self.by, self.hides, self.adds = table, by, hides, adds

    def handler(self) -> Callable[[Request], Any]:
        """Read the view, as far as whoever asks may see it."""
        self.scope = self.opened.manifest.scope_of(self.table)
        return self.row if self.by is None else self.rows

    def select(self, actor: Actor) -> sa.Select[Any]:
        """The rows of the view that this one sees."""
        return sa.select(self.table) if self.scope is None else self.scope.select(actor)

    def column(self, name: str, actor: Actor) -> sa.ColumnElement[Any]:
        """A column as this one sees it: what he does not see he cannot ask by either."""
        return self.table.c[name] if self.scope is None else self.scope.column(name, actor)

    def row(self, request: Request) -> Reply:
        """The row under the path's key; its version is its ETag."""
        request.only()
        key = zip(self.table.primary_key, request.path.values(), strict=True)
        rows = self.opened.store.views.run(self.select(request.actor).where(*(c == value for c, value in key)))
        if not rows:
            raise NotFound("nothing under this id")
        found = rows[0]
        headers = (("ETag", f'"{found["version"]}"'),) if found.get("version") is not None else ()
        return Reply(self._shown(found), headers=headers)

    def rows(self, request: Request) -> Reply:
        """One page of rows, in the order of the key; `next` is the cursor of the page after it, null at the end."""
        wanted = self._wanted(request)
        limit, after = self._limit(request.query), self._after(request.query)
        key = list(self.table.primary_key)
        query = self.select(request.actor).where(*wanted).order_by(*key).limit(limit + 1)
        if after is not None:
            query = query.where(
                sa.tuple_(*key) > sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(after, key, strict=True)))
            )
        rows = self.opened.store.views.run(query)
        more = rows[limit - 1] if len(rows) > limit else None
        cursor = None if more is None else _cursor([more[column.name] for column in key])
        return Reply({"items": [self._shown(row) for row in rows[:limit]], "next": cursor})

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in row.items() if name not in self.hides}
        return shown | self.adds(row) if self.adds else shown

    def _wanted(self, request: Request) -> list[Any]:
        request.only(*(self.by or ()), "limit", "after")
        return [
            self.column(name, request.actor) == _value(self.table.c[name], value)
            for name, value in request.query.items()
            if name in (self.by or ())
        ]

    @staticmethod
    def _limit(query: dict[str, str]) -> int:
        given = query.get("limit", str(PAGE_ROWS))
        if not (given.isascii() and given.isdecimal() and len(given) < 17 and 0 < int(given) <= MOST_ROWS):
            raise _wrong("limit", f"a whole number from 1 to {MOST_ROWS}", f"1 至 {MOST_ROWS} 的整数")
        return int(given)

    def _after(self, query: dict[str, str]) -> list[Any] | None:
        if "after" not in query:
            return None
        try:
            given = query["after"].encode()
            values = msgspec.json.decode(urlsafe_b64decode(given + b"=" * (-len(given) % 4)), type=list[str])
            columns = list(self.table.primary_key)
            return [_value(column, value) for column, value in zip(columns, values, strict=True)]
        except (ValueError, msgspec.DecodeError, ContractBroken) as wrong:
            raise _wrong("after", "a cursor from a page before", "上一页给出的游标") from wrong


def shows(
    path: str, table: sa.Table, *, roles: tuple[str, ...] = (), hides: tuple[str, ...] = ()
) -> Callable[..., Any]:
    """Declare one row of a view under its key, `referral = shows("/referrals/{id}", views.referral)`; `hides` columns."""

    def show(self: object, request: Request) -> None:
        """Answered by the entrypoint itself."""

    register_entrypoint(show, Showing(path, table, roles, None, hides))
    return show


def lists(
    path: str, table: sa.Table, *, by: tuple[str, ...] = (), roles: tuple[str, ...] = (), hides: tuple[str, ...] = (),
    adds: Adds | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """Declare a list of a view's rows, to be narrowed by the columns named in `by`, page by page.

    `adds` says what follows from a row and is shown beside it.
    """

    def list_(self: object, request: Request) -> None:
        """Answered by the entrypoint itself."""

    register_entrypoint(list_, Showing(path, table, roles, by, hides, adds))
    return list_


KINDS: dict[type, type] = {
    sa.Uuid: UUID,
    sa.DateTime: datetime,
    sa.Date: date,
    sa.Boolean: bool,
    sa.Integer: int,
    sa.BigInteger: int,
}


def kind_of(column: sa.Column[Any]) -> type:
    """The Python type of a view's column."""
    return next((kind for sql, kind in KINDS.items() if isinstance(column.type, sql)), str)


def _value(column: sa.Column[Any], text: str) -> Any:
    kind = kind_of(column)
    try:
        if "\x00" in text or len(text) > 1_000:
            raise ValueError
        value: Any = msgspec.convert(text, kind, strict=False)
        if kind is datetime and value.tzinfo is None:
            raise ValueError
        if kind is int and not -(2**31) <= value < (2**63 if isinstance(column.type, sa.BigInteger) else 2**31):
            raise ValueError
        return value
    except ValueError as wrong:
        said: Said = expectation(kind)
        raise _wrong(str(column.name), said.en, said.zh) from wrong


def _cursor(key: list[Any]) -> str:
    return (
        urlsafe_b64encode(msgspec.json.encode([msgspec.to_builtins(value) for value in map(_text, key)]))
        .rstrip(b"=")
        .decode()
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _wrong(field: str, en: str, zh: str) -> ContractBroken:
    return ContractBroken(FieldProblem(field=field, code="invalid", expected_en=en, expected_zh=zh))

"""Who sees which rows of a view, and what in them: a service says it as data, and every query is asked through it.

A row stands in a *way* to somebody (it is his own, it was given to him, …), each way being a condition over the view's
table. A column holds information of a *kind*. What a role sees of which kind, and in which ways, is one table of the
service's language (`opens`). From these the kernel makes one statement: rows that the actor stands in no way to are not
found, as if they were not there, and columns whose kind he may not see in the way he stands are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import True_
from sqlalchemy.sql.functions import FunctionElement

from services.kernel.errors import NotAllowed, NotFound
from services.kernel.message import Actor

Where = sa.ColumnElement[bool]
Way = Callable[[Actor], Where]
Opens = Callable[[str, str], frozenset[str]]
"""From a role and a kind of information to the ways in which the role sees it without further ado."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scope:
    """The rows of one table for whoever asks.

    `usual` is the kind of every column that `kinds` does not name; whoever sees nothing of that kind sees no row.
    `plain` says that it is no secret that there is a row: whoever may not use it is told so, and not that it is not there.
    `late` says that its rows tell of what another service has, and may not be there yet: a row that is missing is no
    refusal then.
    """

    table: sa.Table
    ways: Mapping[str, Way]
    opens: Opens
    usual: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    late: bool = False
    plain: bool = False

    def rows(self, actor: Actor) -> Where:
        """The rows that this one sees."""
        return _rows(self, actor)

    def reaches(self, role: str) -> bool:
        """Whether there may be a row for this role at all."""
        return bool(self.opens(role, self.usual) & self.ways.keys())

    def column(self, name: str, actor: Actor) -> sa.ColumnElement[Any]:
        """A column as this one sees it: its value, nothing, or its value in some rows alone."""
        column = self.table.c[name]
        kind = self.kinds.get(name, self.usual)
        rows, seen = (self.opens(actor.role, k) & self.ways.keys() for k in (self.usual, kind))
        if rows <= seen:
            return column
        nothing = sa.cast(sa.null(), column.type)
        here, hidden = rows & seen, rows - seen
        if not here:
            return nothing.label(name)
        shown, other = self.rows_by(here, actor), self.rows_by(hidden, actor)
        if not _is_light(shown) and _is_light(other):
            # Whoever sees the row, and not in a way in which this stays hidden, sees it in one in which it is shown.
            return sa.case((sa.not_(other), column), (shown, column), else_=nothing).label(name)
        return sa.case((shown, column), else_=nothing).label(name)

    def select(self, actor: Actor) -> sa.Select[Any]:
        """Every row that this one sees, in the columns that he sees."""
        return sa.select(*(self.column(c.name, actor) for c in self.table.columns)).where(self.rows(actor))

    def rows_by(self, ways: frozenset[str], actor: Actor) -> Where:
        """The rows to which this one stands in one of these ways."""
        found = [self.ways[way](actor) for way in sorted(ways & self.ways.keys())]
        return sa.true() if any(isinstance(where, True_) for where in found) else sa.or_(sa.false(), *found)


@dataclass(frozen=True)
class LookUp:
    """One look by primary key, and whom a refusal names; `many` looks at several keys at once, each with its `key`."""

    statement: sa.Select[Any]
    who: Callable[[type], tuple[str, ...]]
    late: bool = False
    role: str = ""
    many: sa.Select[Any] | None = None
    key: Any = None

    def check(self, found: list[dict[str, Any]], command: type) -> None:
        """Refuse what was not found, or found out of reach."""
        if self.late and not found:
            return
        if not found or not found[0]["seen"]:
            raise NotFound("nothing under this id")
        if not found[0]["near"]:
            raise NotAllowed(self.who(command), elsewhere=self.role in self.who(command))


def nothing_more(actor: Actor, command: type) -> Where | None:
    """Whoever sees it stands near enough."""
    return None


def nobody(command: type) -> tuple[str, ...]:
    """Nobody in particular."""
    return ()


def anything(actor: Actor, command: Any) -> bool:
    """Whatever it says."""
    return True


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Which commands somebody may ask of one kind of aggregate: of those that he sees, and stands near enough to.

    `near(actor, command)` is the condition over the scope's table; None: whatever he sees. `who(command)` names those
    who may, for the one who sees it and may not. `names` are the fields of commands that name something else, which
    whoever asks must see as well. `says(actor, command)` is whether this one may say what the command says, by itself and
    without looking anything up: for whom something is brought into being, say. `approvers(command)` may be the second
    person; none: whoever might ask it himself.
    """

    scope: Scope
    near: Callable[[Actor, type], Where | None] = nothing_more
    who: Callable[[type], tuple[str, ...]] = nobody
    names: Mapping[type, Mapping[str, Scope]] = field(default_factory=dict)
    says: Callable[[Actor, Any], bool] = anything
    approvers: Callable[[type], tuple[str, ...]] = nobody

    def looks(self, actor: Actor, command: Any, key: tuple[Any, ...] | None) -> list[LookUp]:
        """What is to be looked up before this one may ask this; nothing for whom everything is open."""
        asked = self._asked(actor, command, key)
        return [
            replace(look, statement=look.statement.params(key=value), key=value)
            for look, value in asked
            if look is not None
        ]

    def hears(self, actor: Actor, command: Any) -> None:
        """Refuse who may not say this, whatever it is about."""
        if not self.says(actor, command):
            roles = self.who(type(command))
            raise NotAllowed(roles, elsewhere=actor.role in roles)

    def watches(self, actor: Actor, command: Any, itself: bool) -> bool:
        """Whether anything would be looked up or weighed; `itself`: the command is about something that is there."""
        return self.says is not anything or any(
            look is not None for look, _ in self._asked(actor, command, (None,) if itself else None)
        )

    def _asked(self, actor: Actor, command: Any, key: tuple[Any, ...] | None) -> list[tuple[LookUp | None, Any]]:
        kind: Any = type(command)
        asked = [] if key is None else [(_look(self, self.scope, actor, kind, True), key[0])]
        for name, scope in self.names.get(kind, {}).items():
            if (named := getattr(command, name)) is not None:
                asked.append((_look(self, scope, actor, kind, False), named))
        return asked


@lru_cache(maxsize=2_000)
def _rows(scope: Scope, actor: Actor) -> Where:
    """The condition for one caller, made once: who he is says it all, and what lies where is asked by the condition."""
    return scope.rows_by(scope.opens(actor.role, scope.usual), actor)


@lru_cache(maxsize=2_000)
def _look(reach: Reach, scope: Scope, actor: Actor, command: type, itself: bool) -> LookUp | None:
    """The statement for one caller and one command, made once; None where nothing is to be looked up."""
    near = reach.near(actor, command) if itself else None
    rows = scope.rows(actor)
    if near is None and isinstance(rows, True_):
        return None
    if scope.plain:
        near, rows = rows, sa.true()
    may = sa.literal(True) if near is None else sa.case((near, sa.true()), else_=sa.false())
    seen = sa.case((rows, sa.true()), else_=sa.false())
    (column,) = scope.table.primary_key
    asked = sa.select(seen.label("seen"), may.label("near"))
    statement = asked.where(column == sa.bindparam("key", type_=column.type))
    keys = sa.bindparam("keys", type_=column.type, expanding=True)
    many = asked.add_columns(column.label("key")).where(column.in_(keys))
    return LookUp(statement, reach.who, scope.late, actor.role, many)


# --- conditions that services make ways of ----------------------------------------------------------------------------


def begins(column: sa.ColumnElement[Any], text: str) -> Where:
    """The value begins with this text; nothing begins with none."""
    return column.startswith(text, autoescape=True) if text else sa.false()


class _Either(FunctionElement[bool]):
    """One condition said in two ways: the first is for PostgreSQL, the second for any other database."""

    inherit_cache = True
    type = sa.Boolean()
    name = "either"


@compiles(_Either)
def _any_other(element: _Either, compiler: Any, **more: Any) -> str:
    return str(compiler.process(tuple(element.clauses)[1], **more))


@compiles(_Either, "postgresql")
def _postgresql(element: _Either, compiler: Any, **more: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **more))


def begins_with_any(column: sa.ColumnElement[Any], texts: sa.Select[tuple[str]]) -> Where:
    """The value begins with one of these texts, which PostgreSQL looks up once a question, however many rows it asks."""
    found = texts.subquery("begun")
    (text,) = found.c
    begun = sa.func.substr(column, 1, sa.func.length(text)) == text
    each = sa.select(sa.literal(1)).select_from(found).where(begun).correlate_except(found).exists()
    once = sa.cast(column, sa.Text).op("^@")(
        sa.any_(sa.func.array(sa.select(sa.cast(text, sa.Text)).scalar_subquery()))
    )
    return _Either(once, each)


def lists_any_beginning(column: sa.ColumnElement[Any], between: str, texts: sa.Select[tuple[str]]) -> Where:
    """The value, words with this between them, holds one that begins with one of these texts: letters, digits and colons."""
    found = texts.subquery("listed")
    (text,) = found.c
    there = (sa.literal(between) + column).contains(sa.literal(between) + text)
    return sa.select(sa.literal(1)).select_from(found).where(there).correlate_except(found).exists()


def names(column: sa.ColumnElement[Any], text: str, *kinds: str) -> Where:
    """The value, `<kind>:<id>` or an id alone, names this id; where the kinds that there are can be said, by an index."""
    if not text:
        return sa.false()
    if kinds:
        return column.in_([text, *(f"{kind}:{text}" for kind in kinds)])
    return sa.or_(column == text, column.endswith(f":{text}", autoescape=True))


def within_code(column: sa.ColumnElement[Any], text: str, *kinds: str) -> Where:
    """The value is a code that begins so, alone or as the id of one of these kinds.

    Codes are digits and lie within one another; any other text is somebody's id, begins nobody else's, and names its own.
    """
    if not (text.isascii() and text.isdecimal()):
        return names(column, text)
    return sa.or_(begins(column, text), *(begins(column, f"{kind}:{text}") for kind in kinds))


def _is_light(where: Where) -> bool:
    """Whether a row tells by itself: no other rows are asked."""
    return not any(isinstance(part, sa.sql.selectable.SelectBase) for part in sa.sql.visitors.iterate(where))


def lists(column: sa.ColumnElement[Any], word: str) -> Where:
    """The value, words joined by commas, holds this word."""
    return (sa.literal(",") + column + sa.literal(",")).contains(f",{word},", autoescape=True)


def within(column: sa.ColumnElement[Any], inner: sa.ColumnElement[Any], where: Where) -> Where:
    """The value is that of `inner` in some row for which this holds: rows of another table decide.

    Where one of several conditions is enough, each that an index answers is asked by itself: together no index answers them.
    """
    if isinstance(where, True_):
        return where
    found = [sa.select(inner).where(each) for each in _apart(where)]
    return column.in_((sa.union_all(*found) if len(found) > 1 else found[0]).scalar_subquery())


def _apart(where: Where) -> list[Where]:
    """The conditions of which one is enough, those that no index answers in one."""
    if not (isinstance(where, sa.BooleanClauseList) and where.operator is operators.or_):
        return [where]
    walked = [each for each in where.clauses if _is_walked(each)]
    others = [each for each in where.clauses if not _is_walked(each)]
    return [*walked, *([sa.or_(sa.false(), *others)] if others else [])]


def _is_walked(where: sa.ColumnElement[Any]) -> bool:
    """Whether an index finds the rows for which this holds: one of a column that equals something, or is among others."""
    if not (isinstance(where, sa.BinaryExpression) and where.operator in (operators.eq, operators.in_op)):
        return False
    column = where.left
    if not isinstance(column, sa.Column):
        return False
    keys = [list(column.table.primary_key), *(list(index.columns) for index in column.table.indexes)]
    return any(key[:1] == [column] for key in keys)


def through(scope: Scope, inner: str, column: sa.ColumnElement[Any]) -> dict[str, Way]:
    """The ways of rows that hang on rows of another table: each stands as the one whose `inner` column it names."""

    def follow(way: Way) -> Way:
        return lambda actor: within(column, scope.table.c[inner], way(actor))

    return {name: follow(way) for name, way in scope.ways.items()}

"""Before a command is handed over: whether the caller may ask this of that, and whether a second person agreed.

What is looked up is looked up in views, outside the commit: one look by primary key for what the path names, and one for
whatever else the command names. Whoever was answered before is answered again, whatever has become of his rights since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.kernel.approvals import FIELDS, approver_of, needed, same, wanted
from services.kernel.clock import system_clock
from services.kernel.contract import name_of
from services.kernel.decider import Decider
from services.kernel.errors import HubError, NotAllowed, NotFound, Refused
from services.kernel.manifest import Look
from services.kernel.message import Actor
from services.kernel.scope import LookUp, Reach
from services.kernel.tables import command as commands

if TYPE_CHECKING:
    from services.kernel.entrypoints.log import Opened


Row = dict[str, Any]
T = TypeVar("T")


class Foreseen:
    """The committed views, with what the guards of many commands will look up: one question for each kind of look."""

    def __init__(self, views: Look, looks: Iterable[LookUp]) -> None:
        self._views = views
        self._found: dict[int, tuple[sa.Select[Any], dict[Any, Row]]] = {}
        wanted: dict[int, tuple[sa.Select[Any], set[Any]]] = {}
        for look in looks:
            if look.many is not None:
                wanted.setdefault(id(look.many), (look.many, set()))[1].add(look.key)
        for place, (statement, keys) in wanted.items():
            if len(keys) > 1:
                rows = views.run(statement.params(keys=sorted(keys)))
                self._found[place] = statement, {row["key"]: row for row in rows}

    def answer(self, look: LookUp) -> list[Row]:
        """What a look finds."""
        statement, found = self._found.get(id(look.many), (None, {}))
        if statement is None:
            return self._views.run(look.statement)
        return [found[look.key]] if look.key in found else []

    def run(self, statement: sa.Select[Any]) -> list[Row]:
        """The rows of any select."""
        return self._views.run(statement)

    def one(self, table: sa.Table, *key: Any) -> Row | None:
        """The row under this primary key, or None."""
        return self._views.one(table, *key)

    def all(self, table: sa.Table, **equals: Any) -> list[Row]:
        """All rows whose columns equal these values."""
        return self._views.all(table, **equals)

    def beside(self, make: Callable[[], T]) -> T:
        """What is kept beside the views."""
        return self._views.beside(make)


class Guard:
    """The guard of one command of a service."""

    def __init__(self, opened: Opened, decider: Decider, command: type) -> None:
        self.opened, self.command = opened, command
        self.reach: Reach | None = opened.manifest.reach_of(decider)
        self.second = next((f.name for f in fields(command) if f.name in FIELDS), None)

    def watches(self, actor: Actor, command: Any, creates: bool) -> bool:
        """Whether there is anything to look at; if not, nothing waits for a database."""
        looks = self.reach is not None and self.reach.watches(actor, command, not creates)
        return looks or self._named(command) is not None

    def let(
        self,
        actor: Actor,
        command: Any,
        key: UUID | None,
        known: UUID | None,
        body: Any,
        said: str,
        look: Look | None = None,
    ) -> Actor | None:
        """Refuse who may not; answers the second person, where the command needs one. `known` is a command's own id.

        `look` is where to look, if not in the committed views: a rehearsal has others.
        """
        views = look or self.opened.store.views
        try:
            self._sees(actor, command, key, views)
            return self._second(actor, command, key, body, said, views)
        except (NotFound, NotAllowed, Refused):
            if known is not None and self._answered(known, views):
                return None
            raise

    def looks(self, actor: Actor, command: Any, key: UUID | None) -> list[LookUp]:
        """What `let` will look up for this one, the second person left out."""
        return [] if self.reach is None else self.reach.looks(actor, command, None if key is None else (key,))

    def _sees(self, actor: Actor, command: Any, key: UUID | None, views: Look) -> None:
        if self.reach is None:
            return
        for look in self.reach.looks(actor, command, None if key is None else (key,)):
            found = views.answer(look) if isinstance(views, Foreseen) else views.run(look.statement)
            look.check(found, type(command))
        self.reach.hears(actor, command)

    def _named(self, command: Any) -> str | None:
        return None if self.second is None else getattr(command, self.second)

    def _second(self, actor: Actor, command: Any, key: UUID | None, body: Any, said: str, views: Look) -> Actor | None:
        """The second person of a command that names one: it was his own act, and he might have asked it himself."""
        named = self._named(command)
        if named is None:
            return None
        what = wanted(name_of(command), key or "", actor.id, body)
        second = approver_of(said, what, self.opened.settings.token_public_keys, system_clock())
        if not same(second.id, named):
            raise needed(what, "Somebody else than the approver named has approved.", "批准人与所填不符。")
        try:
            self._may_approve(second, command)
            self._sees(second, command, key, views)
        except HubError as no:
            raise needed(what, "The one who approved may not approve this.", "该批准人无权批准此事。") from no
        return second

    def _may_approve(self, second: Actor, command: Any) -> None:
        roles: Sequence[str] = self.reach.approvers(type(command)) if self.reach is not None else ()
        if roles and second.role not in roles:
            raise NotAllowed(tuple(roles))

    def _answered(self, command_id: UUID, views: Look) -> bool:
        return bool(views.run(sa.select(commands.c.id).where(commands.c.id == command_id)))

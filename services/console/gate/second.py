"""What waits for a second person: asked by one, kept until another has looked at it, done in the first one's name.

What the second person gives is the same word that he could give over HTTP (ADR 0017): it names the command, the thing, who
asked and the content, and the service that is asked checks it. Kept is the command's body, which holds codes alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa

from services.console import demo
from services.console.accounts import Account, settled, stored
from services.console.acts.act import Act
from services.console.gate import tables as t
from services.console.gate.sessions import WRITE_SECONDS
from services.console.hub import Answer, Hub
from services.console.views import aware
from services.contracts.visibility import APPROVERS
from services.kernel.approvals import FIELDS, approve, same, wanted
from services.kernel.contract import personal_fields
from services.kernel.entrypoints import Hand
from services.kernel.errors import NotFound, Refused
from services.kernel.ids import new_id
from services.kernel.message import Actor
from services.kernel.unit import Unit
from services.kernel.view import drop, put

SENT = UUID("6b1d4f0e-52c9-5d0f-8a57-3c0a5be2c9a4")
"""The namespace of the ids under which forms that were sent are kept."""

KEPT_FOR = timedelta(days=7)
WAITS = "second-person-needed"
"""The code by which a service says that one person alone does not do."""

MAY = APPROVERS[""]
"""The roles of which a second person may be; the service asks again, and more closely."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits: which act, on what, of which matter, asked by whom, when, with what."""

    id: UUID
    of: str
    act: str
    about: UUID
    matter_id: UUID
    asker: str
    asker_role: str
    asker_org: str
    asked_at: datetime
    body: Mapping[str, Any]


def field_of(act: Act) -> str:
    """The field in which an act names its second person; empty where it never needs one."""
    return next((f.name for f in fields(act.command) if f.name in FIELDS), "")


def can_wait(act: Act) -> bool:
    """Whether an act may need a second person, and can wait for him here: nothing personal is kept."""
    return bool(field_of(act)) and not personal_fields(act.command)


def is_grave(act: Act) -> bool:
    """Whether it always needs one; of what can be done alone in most cases, the service says when it cannot."""
    return can_wait(act) and any(f.name == field_of(act) and f.default is not None for f in fields(act.command))


class Seconds:
    """The store of what waits."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def ask(
        self,
        act: Act,
        about: UUID,
        matter_id: UUID,
        who: Account,
        body: Mapping[str, Any],
        now: datetime,
        key: str = "",
    ) -> None:
        """Keep what somebody asks until a second person has looked at it; a form that is sent twice waits once."""
        ident = uuid5(SENT, f"{who.id}/{key}") if key else new_id()
        row = put(
            t.second_wanted, ident, of=act.of, act=act.code, about=about, matter_id=matter_id, asker=who.id,
            asker_role=who.role, asker_org=who.org, asked_at=now, body=msgspec.json.encode(body).decode(),
        )  # fmt: skip
        old = sa.select(t.second_wanted.c.id).where(t.second_wanted.c.asked_at < now - KEPT_FOR)
        self._write(row, *(drop(t.second_wanted, each["id"]) for each in self._hand.look.run(old)))

    def all_for(self, who: Account, now: datetime) -> tuple[list[Waiting], list[Waiting]]:
        """What this one may look at as the second person, and what he has asked himself; the oldest first."""
        c = t.second_wanted.c
        query = (
            sa.select(t.second_wanted).where(c.asker_org == who.org, c.asked_at >= now - KEPT_FOR).order_by(c.asked_at)
        )
        found = [_read(row) for row in self._hand.look.run(query)]
        own = [each for each in found if same(each.asker, who.id)]
        return [each for each in found if who.role in MAY and each not in own], own

    def one(self, ident: UUID, who: Account, now: datetime, *, own: bool) -> Waiting:
        """One of them; raises NotFound where it is none of his."""
        others, mine = self.all_for(who, now)
        found = next((each for each in (mine if own else others) if each.id == ident), None)
        if found is None:
            raise NotFound("nothing waits under this id")
        return found

    def is_asked(self, act: Act, about: UUID, now: datetime) -> bool:
        """Whether this waits already, whoever asked for it."""
        rows = self._hand.look.all(t.second_wanted, of=act.of, act=act.code, about=about)
        return any(aware(row["asked_at"]) >= now - KEPT_FOR for row in rows)

    def drop(self, ident: UUID) -> None:
        """It waits no more."""
        self._write(drop(t.second_wanted, ident))

    def approve(self, one: Waiting, act: Act, second: Account, now: datetime) -> Answer:
        """The second person's word, and the act done in the name of who asked; what the service answered."""
        asker = self._asker(one)
        body = {**one.body, field_of(act): second.id}
        settings = self._hand.settings
        word = approve(
            second.actor, wanted(act.code, one.about, asker.id, body), settings.token_private_key, now
        )  # fmt: skip
        path = act.path.replace("{id}", str(one.about))
        return Hub(settings, asker.actor).post_approved(act.service, path, body, str(one.id), word)

    def _asker(self, one: Waiting) -> Account:
        return standing(self._hand, Actor(id=one.asker, role=one.asker_role, org=one.asker_org))

    def _write(self, *rows: Any) -> None:
        self._hand.store.submit(Unit(rows=list(rows))).result(timeout=WRITE_SECONDS)


def standing(hand: Hand, was: Actor) -> Account:
    """Somebody who asked or approved, if he still is what he was: a right that was taken away does nothing any more."""
    rows = hand.look.all(t.account, holder=was.id)
    found: Account | None = None
    if rows and rows[0]["state"] == "active":
        found = stored(was.id, rows[0])
    elif not rows and hand.settings.demo and (known := demo.found(was.id)) is not None:
        found = settled(known, hand.look)
    if found is None or (found.role, found.org) != (was.role, was.org):
        raise Refused("asker-changed", f"{was.id} has another role now; let it be asked again.",
                      f"{was.id} 的角色已变更, 请重新提出。")  # fmt: skip
    return found


def _read(row: Mapping[str, Any]) -> Waiting:
    told = {name: row[name] for name in ("id", "of", "act", "about", "matter_id", "asker", "asker_role", "asker_org")}
    return Waiting(**told, asked_at=aware(row["asked_at"]), body=msgspec.json.decode(row["body"]))

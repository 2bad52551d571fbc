"""A Task is updated: the command that it means is done for whoever asks, once, on the version that they have read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.contracts import referral as public
from services.contracts.visibility import APPROVERS
from services.kernel.approvals import needed, wanted
from services.kernel.clock import system_clock
from services.kernel.contract import name_of
from services.kernel.entrypoints import Hand, Request
from services.kernel.entrypoints.problems import Edge
from services.kernel.errors import ConcurrentChange, HubError
from services.kernel.ids import named
from services.kernel.message import Actor, Ask
from services.kernel.tables import command as commands
from services.kernel.unit import Order, Unit
from services.referral.domain import referral
from services.referral.endpoints.roles import ORGANIZATIONS
from services.referral.fhir import meaning
from services.referral.fhir.finding import Finder, Found
from services.referral.fhir.machine import Who
from services.referral.fhir.meaning import Updated
from services.referral.fhir.systems import MEDIA
from services.referral.scopes import REACHES

SPACE = UUID("b9d3f7a5-2f55-5d0b-9d59-6f0a3f4a8c10")
"""The namespace of ids of commands that updated Tasks mean."""
SECONDS = 15
VERSION = re.compile(r'^(?:W/)?"([0-9]{1,15})"$')


@dataclass
class Update:
    """One update, and what comes of it."""

    hand: Hand
    request: Request

    def done(self) -> dict[str, Any]:
        """The Task after it; a repetition changes nothing, and what has changed meanwhile is refused."""
        if self.request.content_type not in (MEDIA, "application/json"):
            raise Edge("not-json-type")
        sent, found = meaning.read(self.request.body), self._found()
        meaning.must_be_the_same(sent, found.now, found.row["referral_id"])
        if meaning.is_said(sent, found.now):
            return found.resource()
        read = self._read_version()
        if read != found.now.version:
            if not self._was_done(self._id(sent, read, 0)):
                raise ConcurrentChange(f"Task/{found.now.task_id}", read, found.now.version)
            return found.resource()
        self._do(sent, found, meaning.commands(sent, found.now, self._who))
        return self._found().resource()

    @property
    def _who(self) -> Who:
        return "target" if self.request.actor.role in ORGANIZATIONS else "requester"

    def _found(self) -> Found:
        return Finder(self.hand, self.request.actor).task(self.request.path["key"])

    def _read_version(self) -> int:
        """The version that whoever asks has read."""
        said = VERSION.match(self.request.header("if-match").strip())
        if said is None:
            raise Edge("bad-header", field="If-Match", expected='W/"N", N being the versionId that you have read',
                       expected_zh='W/"N", N 为读取时的 versionId')  # fmt: skip
        return int(said[1])

    def _id(self, sent: Updated, read: int, place: int) -> UUID:
        """The same update on the same version is the same command, however often it is sent."""
        actor = self.request.actor
        parts = [actor.id, actor.role, actor.org, self.request.path["key"], read, place]
        return named(SPACE, (msgspec.json.encode(parts) + msgspec.json.encode(sent)).decode())

    def _was_done(self, command_id: UUID) -> bool:
        return bool(self.hand.look.run(sa.select(commands.c.id).where(commands.c.id == command_id)))

    def _do(self, sent: Updated, found: Found, asked: list[Any]) -> None:
        """All of it in one commit, on the version of the log that the Task was read from."""
        referral_id: UUID = found.row["referral_id"]
        for command in asked:
            self._may(command, referral_id, self.request.actor)
        orders = [
            self._order(sent, found, place, command, referral_id, is_only=len(asked) == 1)
            for place, command in enumerate(asked)
        ]
        results = self.hand.store.submit(Unit(orders)).result(timeout=SECONDS)
        if wrong := next((result for result in results if isinstance(result, HubError)), None):
            raise wrong

    def _may(self, command: Any, referral_id: UUID, actor: Actor) -> None:
        reach = REACHES["referral"]
        for look in reach.looks(actor, command, (referral_id,)):
            look.check(self.hand.look.run(look.statement), type(command))
        reach.hears(actor, command)

    def _order(self, sent: Updated, found: Found, place: int, command: Any, referral_id: UUID, is_only: bool) -> Order:
        second = self._second(command, referral_id)
        if second is not None:
            command = replace(command, approver_id=second.id)
        now = system_clock()
        at = self._at(sent, command, now, is_only)
        ask = Ask(
            id=self._id(sent, found.now.version, place), now=now, at=at, precision="instant" if at else "unknown",
            actor=self.request.actor, approver=second,
        )  # fmt: skip
        expected = found.course.head if place == 0 else None
        return Order(referral.DECIDER, referral_id, command, ask, expected=expected)

    @staticmethod
    def _at(sent: Updated, command: Any, now: datetime, is_only: bool) -> datetime | None:
        """When it happened: first contact when the Task says so, else now; unknown where only what came later is said."""
        if not isinstance(command, public.StartService):
            return now
        start = sent.execution.start if sent.execution else None
        if start is not None and start.tzinfo is None:
            raise meaning.unfit("Task.executionPeriod.start", "a moment with its offset", "带时区的时刻")
        return start or (now if is_only else None)

    def _second(self, command: Any, referral_id: UUID) -> Actor | None:
        """What should never have been entered needs a second person, as everywhere: one who might have asked it himself."""
        if not isinstance(command, public.MarkReferralEnteredInError):
            return None
        name, content = name_of(type(command)), {"reason_code": command.reason_code}
        second = self.hand.second(self.request, name, referral_id, APPROVERS[""], content)
        try:
            self._may(command, referral_id, second)
        except HubError as no:
            raise needed(
                wanted(name, referral_id, self.request.actor.id, content),
                "The one who approved may not approve this.", "该批准人无权批准此事。",
            ) from no  # fmt: skip
        return second

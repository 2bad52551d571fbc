"""An event of another service, read by the console: only the fields it knows, and nothing where they are not there.

A tolerant reader: an event of a kind that nobody declared yet is still an entry of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from services.console import effects
from services.console.record import Entry
from services.contracts import audit, intake, referral, volunteer  # noqa: F401 - what is heard is known by its facts
from services.kernel.contract import EVENTS, about
from services.kernel.message import Message

CHINA = ZoneInfo("Asia/Shanghai")

decode = msgspec.json.Decoder().decode


class Said:
    """The data of an event, read field by field: what is not there, or is of another kind, is nothing."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def text(self, *names: str) -> str:
        """The first of these fields that holds a text."""
        for name in names:
            found = self.data.get(name)
            if found and isinstance(found, str):
                return found
        return ""

    def texts(self, *names: str) -> str:
        """The first of these fields that holds a list of texts, joined by spaces."""
        found = next((v for name in names if isinstance(v := self.data.get(name), list) and v), [])
        return " ".join(v for v in found if isinstance(v, str))

    def ident(self, *names: str) -> UUID | None:
        """The first of these fields that holds an id."""
        for name in names:
            try:
                return UUID(self.data[name])
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
        return None

    def moment(self, *names: str) -> datetime | None:
        """The first of these fields that holds an instant; a day means its end."""
        text = self.text(*names)
        if not text:
            return None
        try:
            if len(text) == 10:
                return datetime.combine(date.fromisoformat(text), time(23, 59), CHINA)
            return datetime.fromisoformat(text)
        except ValueError:
            return None

    def day(self, name: str) -> datetime | None:
        """A field that holds a day: its beginning."""
        text = self.text(name)
        try:
            return datetime.combine(date.fromisoformat(text), time(), CHINA) if len(text) == 10 else None
        except ValueError:
            return None

    def part(self, name: str) -> Said:
        """A field that is an object itself."""
        inner = self.data.get(name)
        return Said(inner if isinstance(inner, dict) else {})


def fact(name: str, which: str) -> Any:
    """A fact that the language declares about an event; None where it is not known."""
    known = EVENTS.get(name)
    return about(known).get(which) if known is not None else None


def read(message: Message, said: Said) -> Entry | None:
    """The entry of an event; None when it is about no matter."""
    matter_id = said.ident("matter_id")
    if matter_id is None:
        return None
    envelope, handoff, name = message.envelope, said.part("handoff"), message.envelope.type
    kind = message.stream.partition("/")[0]
    need = handoff.ident("need_id") or said.ident("need_id")
    opens, closes = fact(name, "opens") or "", fact(name, "closes") or ""
    of_need = kind in effects.STRANDS and "matter" not in (opens, closes)
    if need is None and of_need and (closes or handoff.data):
        need = message.stream_id
    takers = handoff.texts("takers") or (said.text("holder") if opens == "need" else "")
    on = said.day("on")
    return Entry(
        publisher=envelope.publisher, position=message.position, matter_id=matter_id, name=name, stream=message.stream,
        recorded_at=message.recorded_at, effective_at=on or message.effective_at,
        precision="day" if on else envelope.effectiveprecision,
        actor_id=envelope.actorid, actor_role=envelope.actorrole, actor_org=envelope.actororg,
        behalf=envelope.behalforg, channel=said.text("came_by") or envelope.channel, act=handoff.text("act"),
        giver=handoff.text("giver"), takers=tuple(takers.split()), need_id=need, opens=opens,
        closes=closes, offer_id=said.ident("offer_id"),
        needs=tuple((said.texts("need_codes", "topic_codes", "item_codes") or said.text("purpose_code") or kind_code(name, said)).split()),
        code=misfit(said) or said.text("leaves", "disposition", "outcome", "reason_code", "result_code", "result", "cadence"),
        urgency=said.text("urgency"), risk=said.text("risk_level", "to_level"),
        due_at=said.moment("respond_by", "start_by", "check_at", "follow_up_by", "due_at", "answer_by", "supply_by"),
    )  # fmt: skip


def misfit(said: Said) -> str:
    """Why something that was written down does not fit what was so then: after the end, before there was a plan (H8)."""
    return said.text("conflict") or ("before-plan" if said.data.get("under_plan") is False else "")


def kind_code(name: str, said: Said) -> str:
    """What a task or a pairing is for: its kind."""
    return said.text("kind") if name in ("task.opened", "pairing.formed") else ""

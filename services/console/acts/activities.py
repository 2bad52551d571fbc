"""Activities: what a station or somebody else held, for a client of whom it is known that they were there, or for anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.console.acts.act import Act, Circumstances, Field, many, one, pick, plain
from services.console.acts.paper import PAPER
from services.console.acts.requests import place
from services.contracts import codes
from services.contracts import intake as public

OPEN = ("opened", "assessed", "planned", "intervening", "evaluated")
HELD: tuple[Field, ...] = (
    one("kind", codes.ACTIVITY_KIND, needed=True), pick("host", "hosts"),
    replace(plain("headcount", "number"), label="participants"),
    many("goal_codes", codes.GOAL), one("place_kind", codes.PLACE_KIND), plain("report", "words"), *PAPER,
)  # fmt: skip


def held(at: Circumstances) -> dict[str, Any]:
    """Where it was; by whom, where nobody is chosen, is not known (INV-29)."""
    return {"host": "unknown", "area": place(at)}


def of_pair(at: Circumstances) -> dict[str, Any]:
    """What a pair held, where its community is."""
    holder = str(at.subject.known.get("holder") or "unknown")
    kind, _, code = holder.partition(":")
    return {"host": holder, "area": code if kind == "community" else place(at), "pairing_id": str(at.subject.id)}


def was_there(at: Circumstances) -> dict[str, Any]:
    """Who was there, and in which case."""
    return {"person_id": at.person_id, "case_id": str(at.subject.id)}


def then_there(at: Circumstances, made: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Once the activity is on record, the client was there."""
    return "intake", f"/activities/{made['id']}/attendance", was_there(at)


ACTIVITIES = (
    Act(command=public.HoldActivity, of="case", service="intake", path="/activities", event="activity.attended",
        states=OPEN, fields=HELD, given=held, then=then_there, title="act.activity"),
    Act(command=public.RecordAttendance, of="case", service="intake", path="/activities/{activity_id}/attendance",
        event="activity.attended", states=OPEN, given=was_there,
        fields=(pick("activity_id", "activities", needed=True), plain("note", "words"), *PAPER)),
    Act(command=public.HoldActivity, of="pairing", service="intake", path="/activities", event="", states=("active",),
        fields=tuple(each for each in HELD if each.name != "host"), given=of_pair),
    Act(command=public.HoldActivity, of="station", service="intake", path="/activities", event="", states=("open",),
        fields=tuple(replace(each, needed=each.needed or each.name == "host") for each in HELD), given=held),
)  # fmt: skip

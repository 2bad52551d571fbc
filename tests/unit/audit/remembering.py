"""Random histories of two matters, and a fold of them with a pencil: what the rows over both times are compared with.

The fold reads the wire alone and knows nothing of audit's own code: at a moment it takes what was known, leaves out what
was struck, puts the rest in its place in time, and tells what each stream said last.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from services.kernel.message import Message
from tests.unit.audit.said import MATTER, NOON, said

OTHER = uuid5(MATTER, "the other matter")
STREAMS = tuple(f"{kind}/{uuid5(MATTER, kind)}" for kind in ("help-request", "case", "referral"))
GRANT = f"grant/{uuid5(MATTER, 'grant')}"
PEOPLE = tuple(str(uuid5(MATTER, f"person {n}")) for n in range(3))
NEED = str(uuid5(MATTER, "referral"))
PARTIES = ("worker:w-01", "organization:lotus", "team:harbor")
KINDS = (
    "say",
    "say",
    "say",
    "hand",
    "hand",
    "pay",
    "correct",
    "correct",
    "strike",
    "replace",
    "merge",
    "unmerge",
    "consent",
)
HOUR, DAY = 3_600_000_000, 86_400_000_000

steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 2), st.one_of(st.none(), st.integers(-60, 60)),
        st.sampled_from(("instant", "instant", "day")), st.integers(0, 4),
    ),
    min_size=1, max_size=22,
)  # fmt: skip

Wire = dict[str, Any]


class Story:
    """Events in whatever order, about whatever time, correcting and striking whatever was said before."""

    def __init__(self, drawn: list[Any]) -> None:
        self.told: list[Message] = []
        self.wires: list[Wire] = []
        self.versions: dict[str, int] = {}
        for step in drawn:
            self.step(*step)

    def step(self, kind: str, which: int, other: int, hours: int | None, precision: str, value: int) -> None:
        """One more event."""
        now = NOON + timedelta(hours=len(self.told))
        self.at = None if hours is None else now + timedelta(hours=hours)
        self.precision, self.now, self.matter = precision, now, OTHER if value == 4 else MATTER
        getattr(self, kind)(which, other, value)

    def tell(self, type_: str, stream: str, data: Wire, **attributes: Any) -> None:
        position = len(self.told) + 1
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        precision = {} if self.at is None else {"effectiveprecision": self.precision}
        self.told.append(said(
            "intake", position, type=type_, stream=stream, version=version, data=data, at=self.at,
            time=self.now.isoformat(), **precision, **attributes,
        ))  # fmt: skip
        self.wires.append(json.loads(self.told[-1].raw))

    def about(self, **data: Any) -> Wire:
        return {"matter_id": str(self.matter), **data}

    def say(self, which: int, other: int, value: int) -> None:
        stream = STREAMS[which]
        data = (
            self.about(**{f"f{other}": value}, person_id=PEOPLE[other]) if value % 2 else self.about(f0=value, f1=other)
        )
        self.tell(f"{stream.partition('/')[0]}.w{value}", stream, data)

    def consent(self, which: int, other: int, value: int) -> None:
        consent = uuid5(MATTER, f"consent {which}")
        if other:
            self.tell(f"consent.w{value}", f"consent/{consent}", {"consent_id": str(consent), "scope": value})
        else:
            self.tell("case.w9", STREAMS[1], self.about(consent_id=str(consent)))

    def pay(self, which: int, other: int, value: int) -> None:
        self.tell("grant.disbursed", GRANT, self.about(**({"amount_fen": 100 * value} if value else {})))

    def hand(self, which: int, other: int, value: int) -> None:
        act = ("offered", "taken", "taken", "returned", "released")[value]
        giver = ("unknown", *PARTIES)[which]
        need = {"need_id": NEED} if other else {}
        self.matter = MATTER
        handed = {"act": act, "giver": giver, "takers": [PARTIES[(which + other) % 3]], **need}
        self.tell("x.moved", STREAMS[which], self.about(handoff=handed))

    def _earlier(self, which: int, value: int) -> Wire | None:
        return self.wires[-1 - (which * 5 + value) % len(self.wires)] if self.wires else None

    def correct(self, which: int, other: int, value: int) -> None:
        wrong = self._earlier(which, value)
        if wrong is not None and "matter_id" in wrong["data"]:
            now = {f"f{other}": 10 + value, "amount_fen": 7}
            data = {
                "matter_id": wrong["data"]["matter_id"],
                "corrects": wrong["id"],
                "fields": [f"f{other}", "amount_fen"],
                "now": now,
            }
            self.tell("record.service-corrected", f"record/{wrong['id']}", data)

    def strike(self, which: int, other: int, value: int) -> None:
        wrong = self._earlier(which, value)
        if wrong is not None and "matter_id" in wrong["data"]:
            data = {"matter_id": wrong["data"]["matter_id"], "corrects": wrong["id"]}
            self.tell("record.entered-in-error", f"record/{wrong['id']}", data)

    def replace(self, which: int, other: int, value: int) -> None:
        wrong = self._earlier(which, value)
        if wrong is not None:
            self.tell(
                f"{wrong['subject'].partition('/')[0]}.w8",
                wrong["subject"],
                wrong["data"] | {"f2": 20 + value},
                corrects=wrong["id"],
            )

    def merge(self, which: int, other: int, value: int) -> None:
        if which != other:
            data = {"merged_id": PEOPLE[which], "survivor_id": PEOPLE[other]}
            self.tell("person.merged", f"person/{PEOPLE[which]}", data)

    def unmerge(self, which: int, other: int, value: int) -> None:
        self.tell(
            "person.unmerged", f"person/{PEOPLE[which]}", {"merged_id": PEOPLE[which], "survivor_id": PEOPLE[other]}
        )


# --- the fold -----------------------------------------------------------------------------------------------------------


def fold(wires: list[Wire], rts: list[int], matter: UUID, size: int, valid_at: int) -> Wire:
    """What was so at the moment, by the first `size` entries."""
    known = [(n, wire) for n, wire in enumerate(wires[:size])]
    own = [(n, w) for n, w in known if w["data"].get("matter_id") == str(matter)]
    streams = said_by(own, rts, valid_at)
    cited = {c for s in streams.values() for c in s["cites"]}
    for stream in sorted(c for c in cited if c.startswith("consent/")):
        streams |= said_by([(n, w) for n, w in known if w["subject"] == stream], rts, valid_at)
    shown = {}
    for person in PEOPLE:
        stream = f"person/{person}"
        there = said_by([(n, w) for n, w in known if w["subject"] == stream], rts, valid_at).get(stream)
        shown[person] = there["shown_as"] if there else None
    return {
        "streams": {name: {k: v for k, v in s.items() if k not in ("cites", "shown_as")} for name, s in streams.items()},
        "persons": {p: end(shown, p) for p in PEOPLE if f"person/{p}" in cited},
        "held": answered(own, rts, valid_at),
    }  # fmt: skip


def end(shown: dict[str, str | None], person: str) -> str:
    seen = set()
    while person not in seen and (following := shown[person]):
        seen.add(person)
        person = following
    return person


def target(wire: Wire) -> str | None:
    return wire.get("corrects") or (wire["data"].get("corrects") if wire["type"] == "record.entered-in-error" else None)


def stands(wire: Wire, among: list[tuple[int, Wire]]) -> bool:
    """Nothing that stands itself, and came later, strikes it."""
    return not any(target(w) == wire["id"] and stands(w, among) for _, w in among)


def micros(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def span(wire: Wire) -> tuple[int, int] | None:
    if "effectiveat" not in wire:
        return None
    at = micros(wire["effectiveat"])
    if wire["effectiveprecision"] != "day":
        return at, at
    midnight = (at + 8 * HOUR) // DAY * DAY - 8 * HOUR
    return midnight, midnight + DAY - 1


def moments(some: list[tuple[int, Wire]], rts: list[int]) -> list[tuple[int, int, Wire]]:
    """Everything with its moment: what is dated where it belongs, what is not as close after what was told before."""
    dated = [found for _, wire in some if (found := span(wire)) is not None]
    at = dated[0][0] if dated else rts[some[0][0]] if some else 0
    found = []
    for n, wire in some:
        period = span(wire)
        at = at if period is None else min(max(period[0], at), period[1])
        found.append((at, n, wire))
    return found


def said_by(some: list[tuple[int, Wire]], rts: list[int], valid_at: int) -> dict[str, Wire]:
    """What each stream says, from what was told in one whole."""
    corrected: dict[str, Wire] = {}
    for _, w in some:
        if "now" in w["data"] and stands(w, some):
            new = {f: w["data"]["now"][f] for f in w["data"]["fields"]}
            corrected[w["data"]["corrects"]] = corrected.get(w["data"]["corrects"], {}) | new
    found: dict[str, Wire] = {}
    for at, n, w in sorted(moments(some, rts), key=lambda each: each[:2]):
        if at > valid_at or not stands(w, some):
            continue
        there = found.setdefault(
            w["subject"], {"said": {}, "paid": (0, 0), "cites": set(), "shown_as": None, "word": ""}
        )
        data = w["data"] | corrected.get(w["id"], {})
        there["said"] |= {k: v for k, v in data.items() if k not in ("matter_id", "handoff")}
        kind, _, word = w["type"].partition(".")
        if kind == w["subject"].partition("/")[0]:
            there["word"] = word
        there["since"], there["entry"] = at, n
        there["cites"] |= {f"{what}/{data[f'{what}_id']}" for what in ("person", "consent") if f"{what}_id" in data}
        if w["type"] == "grant.disbursed":
            fen, unknown = there["paid"]
            there["paid"] = (fen + data.get("amount_fen", 0), unknown + ("amount_fen" not in data))
        if w["type"] in ("person.merged", "person.unmerged"):
            there["shown_as"] = data["survivor_id"] if w["type"] == "person.merged" else None
    return found


def answered(own: list[tuple[int, Wire]], rts: list[int], valid_at: int) -> dict[str, list[str]]:
    """Who answers: what is taken goes from the giver to the taker; who takes what the giver had not stands beside."""
    told = [(n, w) for n, w in own if (w["data"].get("handoff") or w["type"] == "grant.disbursed") and stands(w, own)]
    first = min((span(w) or (rts[n], 0))[0] for n, w in told) if told else 0
    moving = [(n, w) for n, w in told if w["data"].get("handoff")]
    at: dict[str, int] = {}
    claims: dict[str, list[str]] = {}
    now: dict[str, list[str]] = {}
    for _, w in moving:
        handed = w["data"]["handoff"]
        need = handed.get("need_id", "")
        at[need] = max(at.get(need, first), (span(w) or (first, 0))[0])
        claims[need] = handed_over(claims.get(need, []), handed)
        if at[need] <= valid_at:
            now[need] = claims[need]
    return {need: holders for need, holders in now.items() if holders}


def handed_over(claims: list[str], handed: Wire) -> list[str]:
    act, giver, (taker,) = handed["act"], handed["giver"], handed["takers"]
    if act == "offered":
        return claims
    if not claims or giver == "unknown":
        return [taker]
    left = [c for c in claims if c not in (giver, taker)]
    if act == "taken":
        return [*left, taker]
    if left == claims:
        return claims
    return left or [taker]

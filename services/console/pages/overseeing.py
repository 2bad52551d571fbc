"""Whether the operator can be believed, on one page; and who has seen what about a matter or a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from services.console.templating import Frame, render
from services.console.words import Words

Row = Mapping[str, Any]
Parties = Mapping[str, str]
CHECKS = 12
GROUNDS = {"consent": "access.consent", "law": "access.law"}


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What audit says of the ledger as a whole."""

    state: Row
    head: Row
    witnesses: Row
    logs: Sequence[Row]
    differences: Sequence[Row]
    compared: Sequence[Row]
    gaps: Sequence[Row]
    running: Row
    checks: Sequence[Row]
    deliveries: Sequence[Row]

    @property
    def is_halted(self) -> bool:
        """Whether nothing is signed because something is damaged."""
        return self.state.get("signing") == "halted"

    @property
    def newest(self) -> list[Row]:
        """The last checks and seals."""
        return sorted(self.checks, key=lambda row: -int(row["position"]))[:CHECKS]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One act of access as it is told."""

    entry: int
    at: datetime | None
    act: str
    what: str
    who: str
    role: str
    purpose: str
    categories: tuple[str, ...]
    ground: str
    approver: str
    matter_id: str
    number: int | None
    times: int = 1

    @property
    def alike(self) -> tuple[object, ...]:
        """What several lines have in common that are told as one."""
        return self.act, self.what, self.who, self.purpose, self.categories, self.ground, self.matter_id, self.number


def moment(text: object) -> datetime | None:
    """A moment of an answer, None where there is none."""
    return datetime.fromisoformat(str(text)) if text else None


def seen(line: Row, words: Words, parties: Parties) -> Seen:
    """A line of the access ledger in words; `parties` says as which party an organization is known."""
    who, got = line["who"], line.get("received") or {}
    kind, _, ident = str(line["ground"] or "").partition(":")
    ground = words(GROUNDS[kind], which=words.any(ident) if kind == "law" else ident[:8]) if kind in GROUNDS else ""
    party = parties.get(str(who["id"]), str(who["id"]))
    return Seen(
        entry=int(line["entry"]), at=moment(line["known_at"]), act=str(line["act"]),
        what=words.event(str(got["type"])) if got else words.pick(str(line["zh"]), str(line["en"])),
        who=words.party(party) if ":" in party else words.actor(party), role=str(who["role"] or ""),
        purpose=str(line["purpose"] or ""), categories=tuple(line["categories"]), ground=ground,
        approver=str(line["approver"] or ""), matter_id=str(line["matter_id"] or ""), number=got.get("number"),
    )  # fmt: skip


def ledger(found: Ledger, frame: Frame, parties: Parties) -> str:
    """The whole page."""
    return render("ledger.html", frame, l=found, at=moment, parties=parties)


def ask(person: str, frame: Frame, purposes: Sequence[str]) -> str:
    """Why somebody wants to know: it is on record with the answer."""
    return render("access_ask.html", frame, person=person, purposes=purposes)


def runs(rows: Sequence[Seen]) -> list[Seen]:
    """Lines that follow one another and say the same as one line, with how many they are."""
    groups = (list(run) for _, run in groupby(rows, key=lambda row: row.alike))
    return [replace(run[0], times=len(run)) for run in groups]


def access(
    found: Row, frame: Frame, parties: Parties, *, matter_id: UUID | None = None, person: str = "", whose: str = ""
) -> str:  # fmt: skip
    """Who has seen what, the newest first, with how much of each kind there was; `whose` matter it is, where that is known."""
    told = [seen(line, frame.words, parties) for line in reversed(found["items"])]
    acts, rows = dict.fromkeys(row.act for row in told), runs(told)
    tally = [(act, sum(1 for row in told if row.act == act)) for act in acts]
    return render(
        "access.html", frame, rows=rows, tally=tally, matter_id=matter_id, person=person, whose=whose, head=found,
        records=found.get("records") or (),
    )  # fmt: skip

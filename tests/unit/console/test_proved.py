"""Audit's answer about custody, read into the console's chain; and the console's own record where audit is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid5

import pytest

from services.audit.custody import custody as derived
from services.audit.entries import Entry as Heard
from services.audit.ledger import micros
from services.audit.replay import chart as told
from services.audit.replay import line
from services.audit.replay import told as replay_told
from services.console import proved
from services.console.chart import draw
from services.console.custody import Chain, Holding, Step, derive
from services.console.hub import Answer, Hub, Unreachable
from services.console.proved import Proofs
from services.console.record import Entry, steps
from services.kernel.contract import canonical
from services.kernel.message import Actor, read_envelope
from tests.unit.console import stories
from tests.unit.console.stories import MATTER


def heard(entries: list[Entry]) -> list[Heard]:
    """The ledger's entries of these events, each known a second after its publisher wrote it."""
    found = []
    for idx, e in enumerate(entries):
        handoff = (
            {"act": e.act, "matter_id": MATTER, "giver": e.giver, "takers": e.takers, "need_id": e.need_id}
            if e.act
            else None
        )
        raw = canonical({
            "id": uuid5(MATTER, e.key), "source": f"/{e.publisher}", "type": e.name, "subject": e.stream, "time": e.recorded_at,
            "position": e.position, "streamversion": e.position, "effectiveat": e.effective_at, "effectiveprecision": e.precision,
            "data": {"matter_id": MATTER, "handoff": handoff, "need_id": e.need_id},
        })  # fmt: skip
        found.append(Heard(idx, int(e.recorded_at.timestamp() * 1_000_000) + 1_000_000, read_envelope(raw)))
    return found


class Audit(Hub):
    """The audit service's own functions, asked as the console asks it; it counts what it is asked."""

    def __init__(self, entries: list[Entry], status: int = 200) -> None:
        self.entries, self.status, self.asked, self.actor = heard(entries), status, [], Actor(id="a", role="auditor")

    def get(self, service: str, path: str, **query: str) -> Answer:
        self.asked.append((path.rpartition("/")[2], query.get("known_at")))
        known_at = query.get("known_at")
        times = {"known_at": micros(datetime.fromisoformat(known_at)) if known_at else None}
        if self.status != 200:
            return Answer(self.status, {})
        if path.endswith("timeline"):
            return Answer(200, {"items": [line(h) for h in replay_told(self.entries, **times)], "next": None})
        size = sum(1 for e in self.entries if times["known_at"] is None or e.rt <= times["known_at"])
        return Answer(200, told(derived(self.entries, **times)) | {"size": size})


def shape(chain: Chain) -> set[tuple[Any, ...]]:
    """Who held what from which step to which."""
    return {(h.need_id, frozenset(h.holders), h.start, h.end) for h in chain.holdings}


@pytest.mark.parametrize("entries", [stories.xiaowei(), stories.liminghua()])
def test_audits_chain_and_the_consoles_own_agree_at_every_moment(entries: list[Entry]):
    audit, proofs = Audit(entries), Proofs()
    for count in range(1, len(entries) + 1):
        found, own = proofs.custody(audit, entries, entries[:count]), derive(steps(entries[:count]))
        assert found is not None
        assert shape(found.shown) == shape(own)
        assert [s.key for s in found.shown.steps] == [s.key for s in own.steps]
        assert (found.shown.closed, found.position) == (own.closed, count)


def test_moving_the_slider_asks_audit_only_for_the_moment_looked_at():
    entries = stories.xiaowei()
    audit, proofs = Audit(entries), Proofs()
    for count in (len(entries), 4, 5):
        proofs.custody(audit, entries, entries[:count])
    assert [what for what, _ in audit.asked] == ["custody", "timeline", "custody", "custody"]
    proofs.custody(audit, entries[:-1], entries[:-1])
    assert len(audit.asked) == 6


def test_a_break_is_drawn_as_one():
    step = {"need_id": None, "type": "x.y", "act": "taken", "giver": "unknown", "opens": False, "closes": False}
    told = [
        {**step, "entry": 0, "at": "2022-03-01T00:00:00+00:00", "takers": ["worker:1"]},
        {**step, "entry": 1, "at": "2022-03-02T00:00:00+00:00", "takers": ["worker:2"]},
    ]
    fault = {"need_id": None, "fault": "two", "holders": ["worker:2"], "since": told[1]["at"], "until": None}
    chain = proved.chain({"steps": told, "findings": [fault]}, {})
    assert [bar.broken for bar in draw(chain, name=str, date=lambda s: ("", "")).bars] == [False, True]


def test_a_story_of_which_only_the_season_is_known_can_still_be_read():
    winter = {"effective_at": stories.at("2022-01-01"), "precision": "season"}
    entries = [replace(entry, **winter) for entry in stories.liminghua()]
    found = Proofs().custody(Audit(entries), entries, entries)
    assert found is not None
    assert [h.holders for h in found.whole.holdings] == [h.holders for h in derive(steps(entries)).holdings]
    assert len(draw(found.whole, name=str, date=lambda s: ("", "")).bars) == 5


class Away(Hub):
    """A hub in which nobody answers."""

    def __init__(self) -> None:
        self.actor = Actor(id="a", role="auditor")

    def get(self, service: str, path: str, **query: str) -> Answer:
        raise Unreachable(service)


def test_without_audit_there_is_no_proved_chain():
    entries = stories.xiaowei()
    for hub in (Away(), Audit(entries, 404), Audit(entries, 503)):
        assert Proofs().custody(hub, entries, entries) is None
    assert proved.ledger(Away()) is None


def test_what_the_ledger_has_not_heard_yet_is_not_proved():
    entries = stories.xiaowei()
    assert Proofs().custody(Audit(entries[:-2]), entries, entries[:-1]) is None


def test_what_was_struck_since_still_had_its_place_then():
    at = stories.NOW
    first = Step(key="a", name="x.y", at=at, act="taken", giver="unknown", takers=("worker:1",))
    struck = Step(key="b", name="x.y", at=at, act="taken", giver="worker:1", takers=("worker:2",))
    whole = derive([first])
    then = Chain(
        steps=(first, struck),
        holdings=(Holding(holders=("worker:1",), start="a", end="b"), Holding(holders=("worker:2",), start="b")),
    )
    chart = draw(whole, then, name=str, date=lambda s: ("", ""))
    assert {bar.party for bar in chart.bars} == {"worker:1", "worker:2"}

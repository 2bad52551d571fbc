"""Audit's answer about custody, read into the console's chain; and the console's own record where audit is away."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

import pytest

from services.audit.custody import custody as derived
from services.audit.entries import Entry as Heard
from services.audit.replay import chart as told
from services.console import proved
from services.console.chart import draw
from services.console.custody import Chain, Holding, Step, derive
from services.console.hub import Answer, Hub, Unreachable
from services.console.record import Entry, steps
from services.kernel.contract import canonical
from services.kernel.message import read_envelope
from tests.unit.console import stories
from tests.unit.console.stories import MATTER


def body(entries: list[Entry]) -> dict[str, Any]:
    """What the audit service answers for these events."""
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
        rt = int(e.recorded_at.timestamp() * 1_000_000)
        found.append(Heard(idx, rt, read_envelope(raw)))
    return told(derived(found)) | {"size": len(entries), "root": "r"}


def shape(chain: Chain) -> set[tuple[Any, ...]]:
    """Who held what from which step to which."""
    return {(h.need_id, frozenset(h.holders), h.start, h.end) for h in chain.holdings}


@pytest.mark.parametrize("entries", [stories.xiaowei(), stories.liminghua()])
def test_audits_chain_and_the_consoles_own_agree(entries: list[Entry]):
    own = derive(steps(entries))
    read = proved.chain(body(entries), own.steps)
    assert shape(read) == shape(own)
    assert [s.key for s in read.steps] == [s.key for s in own.steps]
    assert read.closed == own.closed


def test_a_break_is_drawn_as_one():
    gap = {
        "need_id": None,
        "holders": ["worker:1", "worker:2"],
        "from": "2022-03-01T00:00:00+00:00",
        "to": None,
        "broken": True,
        "entry": 0,
    }
    step = {
        "entry": 0,
        "type": "x.y",
        "need_id": None,
        "at": gap["from"],
        "act": "taken",
        "giver": "unknown",
        "takers": ["worker:1"],
    }
    chain = proved.chain({"intervals": [gap], "steps": [step]}, ())
    chart = draw(chain, name=str, date=lambda s: ("", ""))
    assert [bar.broken for bar in chart.bars] == [True, True]


class Asked(Hub):
    """A hub of which only audit's answer is known."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer, self.queries = answer, []

    def get(self, service: str, path: str, **query: str) -> Answer:
        self.queries.append(query)
        if self.answer is None:
            raise Unreachable(service)
        return self.answer


def test_without_audit_there_is_no_proved_chain():
    for answer in (None, Answer(404, {"code": "not-found"}), Answer(503, {})):
        assert proved.custody(Asked(answer), MATTER, None, ()) is None
        assert proved.ledger(Asked(answer)) is None


def test_an_earlier_moment_is_asked_from_audit_as_it_was_known_then():
    entries = stories.xiaowei()
    hub = Asked(Answer(200, body(entries)))
    found = proved.custody(hub, MATTER, entries[4].recorded_at, steps(entries))
    assert found is not None and found.known is not None
    assert found.position == len(entries)
    assert hub.queries == [{}, {"known_at": entries[4].recorded_at.isoformat()}]


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

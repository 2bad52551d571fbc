"""What is in the log: canonical bytes, chained, without sentences; states from snapshots and from old shapes."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.kernel.appender import fold_rows
from services.kernel.contract import canonical
from services.kernel.database import writer_for
from services.kernel.decider import Decider
from services.kernel.draft import LONGEST_DATA, SNAPSHOT_EVERY, check_plain
from services.kernel.errors import ContractBroken, Refused
from services.kernel.message import Actor, Ask, Behalf, read_envelope
from services.kernel.store import Store
from services.kernel.tables import snapshot
from services.kernel.unit import Order
from services.kernel.view import put
from tests.kernel.conftest import Opening
from tests.kernel.till import done, envelopes, error, plant
from tests.kernel.toy import (
    LONG_AGO,
    TOY,
    BreakToy,
    BuildToy,
    LendToy,
    PaintToy,
    WriteOnToy,
    order,
    toys,
    unit,
)

CAR, RED = BuildToy(kind="car"), PaintToy(colour="red")


def test_stored_bytes_are_canonical_and_chained_to_the_event_before(opened: Opening) -> None:
    store = opened()
    for _ in range(3):
        done(store, order(uuid4(), CAR), order(uuid4(), CAR))
    store.stop()
    done(opened(), order(uuid4(), CAR))
    raws, before = opened(start=False).read(0, 100), ""
    assert len(raws) == 7
    for raw in raws:
        assert raw == json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert json.loads(raw).get("previous", "") == before
        before = urlsafe_b64encode(sha256(raw).digest()).rstrip(b"=").decode()


def test_whoever_cannot_bear_the_news_of_a_commit_changes_nothing(opened: Opening) -> None:
    store, told = opened(start=False), list[int]()

    def appalled() -> None:
        told.append(store.appender.head.position)
        raise RuntimeError("not that")

    store.appender.tidings.insert(0, appalled)
    store.start()
    units = [store.submit(unit(order(uuid4(), CAR))) for _ in range(20)]
    assert [len(one.result(10)) for one in units] == [1] * 20
    assert store.wait(19, 10)
    assert store.head() == 20 == store.refresh()
    store.stop()
    assert told[-1] == 20


def test_an_envelope_says_who_when_and_for_whom(shop: Store) -> None:
    stream, ids = uuid4(), [uuid4() for _ in range(4)]
    ask = Ask(
        id=ids[0], now=LONG_AGO, at=LONG_AGO, precision="day", actor=Actor(id="w-9", role="partner", org="team:lotus"),
        channel="phone", behalf=Behalf(org="team:lotus", evidence_kind="letter", evidence_ref="l/7"),
        correlation=ids[1], causation=ids[2], corrects=ids[3],
    )  # fmt: skip
    done(shop, Order(TOY, stream, CAR, ask))
    (raw,) = shop.stream(f"toy/{stream}")
    written = json.loads(raw)
    del written["time"], written["id"]
    assert written == {
        "specversion": "1.0", "datacontenttype": "application/json", "source": "/shop", "type": "toy.built",
        "subject": f"toy/{stream}", "position": 1, "streamversion": 1,
        "effectiveat": "2026-01-05T01:00:00Z", "effectiveprecision": "day", "actorid": "w-9", "actorrole": "partner",
        "actororg": "team:lotus", "behalforg": "team:lotus", "behalfevidence": "letter", "behalfref": "l/7",
        "channel": "phone", "commandid": str(ids[0]), "correlationid": str(ids[1]), "causationid": str(ids[2]),
        "corrects": str(ids[3]), "data": {"kind": "car", "sealed": []},
    }  # fmt: skip


SENTENCES = [
    "two words",
    "刘",
    "小伟住院了",
    "é",
    "tab\there",
    "line\nbreak",
    'quo"te',
    "back\\slash",
    "\x00",
    "\x7f",
    "\u2028",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_does_not_get_into_an_event(shop: Store, text: str) -> None:
    with pytest.raises(ContractBroken):
        check_plain("toy.written-on", canonical({"text": text}))
    stream = uuid4()
    done(shop, order(stream, CAR))
    broken = error(shop, order(stream, WriteOnToy(text=text)))
    assert isinstance(broken, ContractBroken)
    assert [(p.field, p.code) for p in broken.problems] == [("toy.written-on", "not-plain")]
    assert text not in str(broken)
    assert shop.refresh() == 1


def test_what_is_huge_goes_in_and_comes_out_whole(shop: Store) -> None:
    stream, text = uuid4(), "x" * (LONGEST_DATA - 100)
    done(shop, order(stream, CAR), *(order(stream, WriteOnToy(text=text)) for _ in range(30)))
    assert msgspec.json.decode(read_envelope(shop.read(30, 1)[0]).data) == {"text": text}
    assert done(shop, order(stream, PaintToy(colour="red", coats=3_000)))[0].version == 3_031


@pytest.mark.parametrize(
    "row", [put(toys, uuid4(), coats=2**63), put(toys, uuid4(), kind="\ud800"), put(toys, uuid4(), due="noon")]
)
def test_a_value_that_no_column_holds_is_its_units_own_fault(shop: Store, row: Any) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - each database says it in its own way
        shop.submit(unit(order(uuid4(), CAR), rows=[row])).result(30)
    assert shop.refresh() == 0
    assert done(shop, order(uuid4(), CAR))[0].position == 1


# --- states ----------------------------------------------------------------------------------------------------------


def coats(store: Store, stream: UUID) -> int:
    """How many coats a toy has, as its decider sees it: the next coat, less one."""
    done(store, order(stream, RED))
    return int(msgspec.json.decode(envelopes(store)[-1].data)["coat"]) - 1


def snapshots(store: Store) -> list[dict[str, Any]]:
    """The snapshots there are."""
    return store.look().all(snapshot)


def marked(store: Store, stream: UUID) -> None:
    """Make a snapshot recognisable: it says a thousand coats more."""
    (row,) = [row for row in snapshots(store) if row["stream"] == f"toy/{stream}"]
    state = replace(TOY.unpack(row["state"]), coats=TOY.unpack(row["state"]).coats + 1_000)
    with store.engine.begin() as connection:
        connection.execute(snapshot.update().values(state=TOY.pack(state)))


def test_a_state_is_read_from_its_snapshot_and_what_came_after(opened: Opening) -> None:
    store, stream = opened(), uuid4()
    done(store, order(stream, CAR), order(stream, PaintToy(colour="red", coats=SNAPSHOT_EVERY + 10)))
    assert [(row["version"], row["fingerprint"]) for row in snapshots(store)] == [
        (SNAPSHOT_EVERY + 11, TOY.fingerprint)
    ]
    done(store, order(stream, PaintToy(colour="blue", coats=7)))
    marked(store, stream)
    store.stop()
    assert coats(opened(), stream) == SNAPSHOT_EVERY + 10 + 1_000 + 7


def test_peers_bug_18_a_stream_of_ten_thousand_events_is_read_by_its_tail_alone(opened: Opening) -> None:
    """A contact with more than ten thousand activities could not be opened any more (CiviCRM 13768)."""
    store, stream = opened(), uuid4()
    done(store, order(stream, CAR), order(stream, PaintToy(colour="red", coats=10_000)))
    done(store, order(stream, PaintToy(colour="blue", coats=7)))
    writer = writer_for(store.engine)
    ((found, tail),) = writer.tails([f"toy/{stream}"], [TOY.fingerprint])
    writer.close()
    assert found is not None
    assert (found[0] + len(tail), len(tail) <= SNAPSHOT_EVERY) == (10_008, True)


def test_a_snapshot_that_other_code_has_made_is_not_read(opened: Opening) -> None:
    store, stream = opened(), uuid4()
    done(store, order(stream, CAR), order(stream, PaintToy(colour="red", coats=SNAPSHOT_EVERY)))
    marked(store, stream)
    with store.engine.begin() as connection:
        connection.execute(snapshot.update().values(fingerprint="of-yesterday"))
    store.stop()
    later = opened()
    assert coats(later, stream) == SNAPSHOT_EVERY
    done(later, order(stream, PaintToy(colour="red", coats=SNAPSHOT_EVERY)))
    assert [row["fingerprint"] for row in snapshots(later)] == [TOY.fingerprint]


def test_several_snapshots_of_one_stream_in_one_group_leave_the_last(shop: Store) -> None:
    stream, many = uuid4(), PaintToy(colour="red", coats=SNAPSHOT_EVERY)
    done(shop, order(stream, CAR), *(order(stream, many) for _ in range(3)))
    assert [row["version"] for row in snapshots(shop)] == [3 * SNAPSHOT_EVERY + 1]


def test_a_fingerprint_changes_with_the_code_that_makes_states() -> None:
    def evolve(state: Any, event: Any) -> Any:
        return state

    assert Decider(name="toy", decide=TOY.decide, evolve=evolve, events=TOY.events, states=Refused).fingerprint != (
        TOY.fingerprint
    )


def test_a_cold_state_is_the_hot_one(opened: Opening) -> None:
    chance, streams = Random(7), [uuid4() for _ in range(4)]
    commands = [CAR, RED, RED, PaintToy(colour="blue", coats=90), LendToy(until=LONG_AGO), BreakToy()]
    hot = opened()
    for step in range(80):
        hot.submit(unit(order(chance.choice(streams), chance.choice(commands)))).result(30)
        if step % 20 == 19:
            cold = opened()
            for stream in (f"toy/{stream}" for stream in streams):
                rows = [(read_envelope(raw).type, raw) for raw in hot.stream(stream)]
                assert state(cold, stream) == state(hot, stream) == fold_rows(TOY, None, rows)
            cold.stop()


def state(store: Store, stream: str) -> Any:
    """What the appender holds of a stream after it was asked about it."""
    store.submit(unit(order(UUID(stream[4:]), BuildToy(kind="again")), order(uuid4(), RED))).result(30)
    known = store.appender._memory.streams.get(stream)
    return known and known.state


# --- old shapes ------------------------------------------------------------------------------------------------------


def old_coat(stream: UUID, version: int) -> bytes:
    """A coat of paint as version 1 said it."""
    return canonical({
        "specversion": "1.0", "id": str(uuid4()), "source": "/shop", "type": "toy.painted", "subject": f"toy/{stream}",
        "time": "2026-01-05T01:00:00Z", "position": version, "streamversion": version, "schemaversion": 1,
        "data": {"color": "red", "coat": version - 1},
    })  # fmt: skip


def test_a_state_is_folded_from_old_shapes_and_old_bytes_stay(opened: Opening) -> None:
    first, stream = opened(), uuid4()
    done(first, order(stream, CAR))
    first.stop()
    raws = [old_coat(stream, version) for version in (2, 3)]
    plant(first, *((f"toy/{stream}", n, "toy.painted", raw) for n, raw in enumerate(raws, 2)))
    store = opened()
    assert coats(store, stream) == 2
    assert store.stream(f"toy/{stream}")[1:3] == raws
    assert [e.schemaversion for e in envelopes(store)] == [1, 1, 1, 2]

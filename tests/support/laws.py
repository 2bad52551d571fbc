"""The laws that every decider keeps, tried on histories that hypothesis makes up; it knows no rule of any domain.

    def test_a_referral_keeps_the_laws() -> None:
        check_laws(referral.DECIDER, AcceptReferral, DeclineReferral, pools={"need_codes": st.just(("tuition",))})

Values come from small pools, so that commands meet the states they are about. `pools` names better values for fields by
their name; `facts` makes what a decision finds in `ask.facts`; `repeatable` names commands that may be asked again and
again to a new effect (a second visit is another visit).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta

from services.contracts.words import AreaCode, Evidence, Party
from services.kernel.appender import fold_rows
from services.kernel.contract import CODE, REF, Digest, Sealed, bare, canonical, hints, marks, name_of, read_data
from services.kernel.decider import Decider, members
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Actor, Ask
from tests.support.spec import NOON, ask

Strategy = st.SearchStrategy[Any]
Pools = Mapping[str, Strategy]
FactsFor = Callable[[Any], Strategy]

ACTORS = (
    Actor(id="w-01", role="coordinator", org="220104004"),
    Actor(id="w-02", role="station_head", org="220104004"),
    Actor(id="p-01", role="partner", org="team:lotus"),
    Actor(id="intake", role="service", org=""),
)
INSTANTS = (
    NOON,
    NOON - timedelta(hours=3),
    NOON - timedelta(days=30),
    NOON + timedelta(days=1),
    NOON + timedelta(days=200),
)
DAYS = tuple(sorted(i.date() for i in INSTANTS))


def _pattern(hint: Any) -> str:
    return next((m.pattern for m in marks(hint, Meta) if m.pattern), "")


TEXTS = {
    CODE: ("alpha", "beta"),
    REF: ("ref-1", "ref-2"),
    _pattern(Evidence): ("ref-1", "ref-2"),
    _pattern(Party): ("unknown", "worker:w-01", "worker:w-02", "community:220104004001", "team:lotus"),
    _pattern(AreaCode): ("220104004", "220102001"),
    _pattern(Digest): ("A" * 43, "B" * 43),
}
"""A few values of each kind of text, by the pattern that its annotation carries."""

SIMPLE: dict[Any, Strategy] = {
    UUID: st.sampled_from([UUID(int=n) for n in (1, 2, 3)]),
    datetime: st.sampled_from(INSTANTS),
    date: st.sampled_from(DAYS),
    bool: st.booleans(),
}


def values(hint: Any, pools: Pools) -> Strategy:
    """Values of one annotated field."""
    base, origin = bare(hint), get_origin(bare(hint))
    if marks(hint, Sealed):
        return st.none()
    if origin in (Union, UnionType):
        return st.one_of([st.none() if part is type(None) else values(part, pools) for part in get_args(base)])
    if origin is Literal:
        return st.sampled_from(get_args(base))
    if origin is tuple:
        most = next((m.max_length for m in marks(hint, Meta) if m.max_length), 2)
        least = next((m.min_length for m in marks(hint, Meta) if m.min_length), 0)
        return st.lists(values(get_args(base)[0], pools), min_size=least, max_size=min(most, least + 2)).map(tuple)
    if is_dataclass(base):
        return made(base, pools)
    if base is int:
        low = next((m.ge for m in marks(hint, Meta) if m.ge is not None), 0)
        high = next((m.le for m in marks(hint, Meta) if m.le is not None), low + 4)
        return st.integers(int(low), int(min(high, low + 4)))
    if base is str:
        pattern = _pattern(hint)
        known = TEXTS.get(pattern)
        return st.sampled_from(known) if known else st.from_regex(pattern or "[a-z]{1,8}", fullmatch=True)
    return SIMPLE[base]


def made(cls: Any, pools: Pools) -> Strategy:
    """Instances of a contract."""
    chosen = {name: pools[name] if name in pools else values(hint, pools) for name, hint in hints(cls).items()}
    return st.builds(cls, **chosen)


ACTOR, AT = st.sampled_from(ACTORS), st.sampled_from((*INSTANTS, None))
SEALED = st.sampled_from(((), ("A" * 43,)))


def _asked(commands: tuple[type, ...], pools: Pools, facts: FactsFor) -> Strategy:
    """A command with its circumstances. They are drawn from strategies that are made once, not once a draw."""
    some = st.one_of([made(cls, pools) for cls in commands])

    @st.composite
    def with_circumstances(draw: st.DrawFn) -> tuple[Any, Ask]:
        command = draw(some)
        actor, at, sealed = draw(ACTOR), draw(AT), draw(SEALED)
        return command, ask(actor=actor, at=at, sealed=sealed, facts=draw(facts(command)))

    return with_circumstances()


def _numbered(asked: list[tuple[Any, Ask]]) -> list[tuple[Any, Ask]]:
    """Each command under an id of its own, as callers give them."""
    return [(command, _with_id(found, number)) for number, (command, found) in enumerate(asked, 1)]


def _with_id(found: Ask, number: int) -> Ask:
    return msgspec.structs.replace(found, id=UUID(int=number))


def _decided(decider: Decider, command: Any, state: Any, found: Ask) -> list[Any] | None:
    """What follows, or None where the rules say no or there is nothing; any other exception breaks the law."""
    try:
        return decider.decide(command, state, found)
    except NotFound:
        assert state is None, "only what has never been heard of is not found"
        return None
    except Refused as refused:
        said = (refused.code, refused.en, refused.zh)
    assert all(said), "a refusal has a code and speaks both languages"
    return None


def _step(decider: Decider, state: Any, command: Any, found: Ask, repeatable: tuple[type, ...]) -> Any:
    before = decider.pack(state) if state is not None else b""
    events = _decided(decider, command, state, found)
    assert events == _decided(decider, command, state, found), "asked twice of the same state, it answers the same"
    assert before == (decider.pack(state) if state is not None else b""), "a decision changes nothing by itself"
    for event in events or ():
        assert type(event) in members(decider.events), f"{event} is not among the decider's events"
        assert read_data(type(event), canonical(event)) == event, "an event reads back from its bytes"
        assert canonical(event).isascii(), "an event holds no text"
        assert b" " not in canonical(event), "an event holds no text"
    after = decider.fold(state, events or ())
    stored = [(name_of(event), b'{"data":%b}' % canonical(event)) for event in events or ()]
    assert fold_rows(decider, state, stored) == after, (
        "a state is made alike of what was decided and of what was stored"
    )
    if events and not isinstance(command, repeatable):
        assert not _decided(decider, command, after, found), f"{command} said twice takes effect twice"
    if after is not None:
        assert decider.unpack(decider.pack(after)) == after, "a state reads back from its snapshot"
    return after


def check_laws(
    decider: Decider,
    *commands: type,
    pools: Pools | None = None,
    facts: FactsFor = lambda command: st.none(),
    repeatable: tuple[type, ...] = (),
    examples: int = 40,
) -> None:
    """Try all laws on generated histories of these commands, each continued with any event of the decider."""
    named = pools or {}
    events = st.lists(st.one_of([made(cls, named) for cls in members(decider.events)]), max_size=6)

    lenient = list(HealthCheck)

    @settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=lenient)
    @given(st.lists(_asked(commands, named, facts), max_size=8), events)
    def lawful(asked: list[tuple[Any, Ask]], later: list[Any]) -> None:
        state: Any = None
        for command, found in _numbered(asked):
            state = _step(decider, state, command, found, repeatable)
        for event in later:
            state = decider.evolve(state, event)
            assert state is None or type(state) in members(decider.states), f"{event} leads to no state"
            if state is not None:
                msgspec.json.encode(state)

    lawful()

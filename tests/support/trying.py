"""Everything that may be asked, tried in every state: what the laws of deciders are tried with, laid out state by state.

    for deal in dealt(test_laws):          # a decider, its commands, their values and facts, as the laws name them
        found = explored(deal)             # what each command was answered in each type of state that commands lead to

A generator of its own with a fixed seed puts commands together, half of them about what is in the state: the same is tried
each time, and a command that is new is tried without being named.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.kernel.contract import bare, hints, kebab
from services.kernel.decider import Decider, members
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Actor, Ask, Behalf
from tests.support import laws
from tests.support.spec import NOON

TRIES, ENOUGH, ENDED = 10, 2, 4
"""So often is a command tried in a state at most; fewer times where it was done, or the type of the state said no, so often."""

OF_A_TYPE, OF_A_WAY = 6, 2
"""So many states of one type are looked at, and of those to which the same event has led; none is like another."""

NOT_NOW = "not-in-this-state"
"""The refusal that speaks of the state alone."""

LATER = [timedelta(), timedelta(days=1), timedelta(days=40), timedelta(days=500)]
ACTORS, SEALED = list(laws.ACTORS), ("A" * 43,)


@dataclass
class Deal:
    """One decider, with everything that may be asked of it.

    `leads` are histories from which it goes on as well: what chance comes upon too rarely.
    """

    decider: Decider
    leads: tuple[tuple[Any, ...], ...] = ()
    hands: list[tuple[tuple[type, ...], laws.Pools, laws.FactsFor]] = field(default_factory=list)

    @property
    def commands(self) -> tuple[type, ...]:
        """What its decision says that it takes."""
        return members(get_type_hints(self.decider.decide)["command"])


def dealt(*modules: ModuleType) -> list[Deal]:
    """The deciders of which the tests of some modules hold that they keep the laws, with what they are tried with there."""
    found: dict[str, Deal] = {}

    def keep(decider: Decider, *commands: type, pools: Any = None, facts: Any = lambda _: st.none(), **_: Any) -> None:
        found.setdefault(decider.name, Deal(decider)).hands.append((commands, pools or {}, facts))

    for module in modules:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "check_laws", keep)
            for name, test in list(vars(module).items()):
                if name.startswith("test_") and name.endswith("the_laws"):
                    test()
    return list(found.values())


def drawn(strategies: Mapping[Any, laws.Strategy], times: int) -> dict[Any, list[Any]]:
    """Some values of each, none twice, all drawn together."""
    found: dict[Any, list[Any]] = {key: [] for key in strategies}

    @settings(
        max_examples=times, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.fixed_dictionaries(dict(strategies)))
    def draw(values: dict[Any, Any]) -> None:
        for key, value in values.items():
            if value not in found[key]:
                found[key].append(value)

    draw()
    return found


Choice = tuple[str, list[Any], list[Any]]


class Hand:
    """Commands with the values of their fields, and the facts that may be found for them."""

    def __init__(self, commands: tuple[type, ...], pools: laws.Pools, facts: laws.FactsFor) -> None:
        self.commands = commands
        fields = {
            (cls, name): pools[name] if name in pools else laws.values(hint, pools)
            for cls in commands for name, hint in hints(cls).items()
        }  # fmt: skip
        self.values = drawn(fields, 9)
        self._facts, self._found = facts, dict[Any, list[Any]]()

    def choices(self, cls: type, there: There) -> list[Choice]:
        """For each field of a command what may stand in it: something of what is there, and anything else."""
        return [(name, there.fitting(name, _kinds(hint)), self.values[cls, name]) for name, hint in hints(cls).items()]

    def facts(self, command: Any, chance: random.Random) -> Any:
        """What may be found for it: it may depend on whom is asked for."""
        about = getattr(command, "organization_id", None)
        if about not in self._found:
            self._found[about] = drawn({0: self._facts(command)}, 28)[0]
        return _any(self._found[about], chance)


class There:
    """The words, ids and times in a state, by the names of their fields."""

    def __init__(self, state: Any) -> None:
        self.named: dict[str, list[Any]] = defaultdict(list)
        self._take("", state)

    def _take(self, name: str, value: Any) -> None:
        if isinstance(value, tuple | frozenset):
            for each in value if isinstance(value, tuple) else sorted(value, key=repr):
                self._take(name, each)
            if value and isinstance(value, tuple):
                self._keep(name, value)
        elif hasattr(value, "__dataclass_fields__"):
            for each in value.__dataclass_fields__:
                self._take(each, getattr(value, each))
        elif value is not None:
            self._keep(name, value)

    def _keep(self, name: str, value: Any) -> None:
        if value not in self.named[name]:
            self.named[name].append(value)

    @cached_property
    def ids(self) -> list[UUID]:
        """All ids in it."""
        found = [each for values in self.named.values() for each in values if isinstance(each, UUID)]
        return found + [UUID(each.partition(":")[2]) for each in self.parties if len(each.partition(":")[2]) == 36]

    @cached_property
    def parties(self) -> list[str]:
        """All parties in it."""
        return [v for values in self.named.values() for v in values if isinstance(v, str) and ":" in v]

    @cached_property
    def moments(self) -> list[datetime]:
        """All instants in it."""
        return [each for values in self.named.values() for each in values if isinstance(each, datetime)]

    @cached_property
    def whom(self) -> list[str]:
        """Whom it may concern."""
        return [*self.parties, *map(str, self.ids)]

    def fitting(self, name: str, kinds: tuple[type, ...]) -> list[Any]:
        """What in it could stand in this field of a command."""
        alike = self.named.get(name, [])
        if not alike and str in kinds:
            alike = self.named.get(name.rpartition("_")[2], [])
        named = [each for each in alike if isinstance(each, kinds)]
        if named:
            return named
        if UUID in kinds:
            return self.ids
        return self.parties if name == "assignee" else []


@cache
def _kinds(hint: Any) -> tuple[type, ...]:
    base = bare(hint)
    if get_origin(base) in (Union, UnionType):
        return tuple(kind for part in get_args(base) for kind in _kinds(part))
    origin = get_origin(base)
    return (origin if isinstance(origin, type) else base if isinstance(base, type) else str,)


def made(cls: type, choices: list[Choice], chance: random.Random) -> Any:
    """One command: half of them about what is there, through and through."""
    about = chance.random() < 0.7
    return cls(**{
        name: _any(there if about and there and chance.random() < 0.7 else values, chance)
        for name, there, values in choices
    })  # fmt: skip


def _any(values: list[Any], chance: random.Random) -> Any:
    return values[int(chance.random() * len(values))]


def circumstances(hand: Hand, command: Any, there: There, number: int, chance: random.Random) -> Ask:
    """Who asks, when, and what is found: often enough somebody whom it concerns, at a time at which something is due."""
    actor, behalf = _any(ACTORS, chance), None
    named = [str(each) for each in map(command.__getattribute__, command.__slots__) if _names_somebody(each)]
    whom = named if named and chance.random() < 0.5 else there.whom
    if whom and (turn := chance.random()) < 0.75:
        who = _any(whom, chance)
        if turn < 0.5:
            role = "partner" if turn < 0.25 else "coordinator"
            actor = Actor(id="p-09", role=role, org=who if turn < 0.37 else who.partition(":")[2] or who)
        else:
            behalf = Behalf(org=who, evidence_kind="phone")
    now = NOON
    if there.moments and chance.random() < 0.3:
        now = max(_any(there.moments, chance) + timedelta(minutes=1), NOON)
    now += _any(LATER, chance)
    return Ask(
        id=UUID(int=number), now=now, at=_any([now, now, NOON, NOON - timedelta(hours=3), None], chance), actor=actor,
        behalf=behalf, sealed=SEALED if chance.random() < 0.5 else (), facts=hand.facts(command, chance),
    )  # fmt: skip


def _names_somebody(value: Any) -> bool:
    return isinstance(value, UUID) or (isinstance(value, str) and ":" in value)


@dataclass(frozen=True)
class Tried:
    """What came of a command in a state: events and the state after them, or a refusal; neither where it is not found."""

    state: Any
    command: Any
    ask: Ask
    events: tuple[Any, ...] = ()
    after: Any = None
    refused: Refused | None = None
    missing: bool = False

    @property
    def where(self) -> str:
        """The type of the state."""
        return type(self.state).__name__

    @property
    def name(self) -> str:
        """The command's name."""
        return kebab(type(self.command).__name__)


def tried(decider: Decider, state: Any, command: Any, when: Ask) -> Tried:
    """Ask it. Whatever is raised, and is neither a refusal nor not found, is a fault."""
    try:
        events = tuple(decider.decide(command, state, when))
    except Refused as no:
        return Tried(state, command, when, after=state, refused=no)
    except NotFound:
        return Tried(state, command, when, after=state, missing=True)
    return Tried(state, command, when, events, decider.fold(state, events))


def explored(deal: Deal, turn: int = 0) -> list[Tried]:
    """Everything that may be asked, in every state that it leads to: some states of each type, none like another.

    Another turn puts commands together in another way.
    """
    return list(_Exploring(deal, turn).tries())


class _Exploring:
    def __init__(self, deal: Deal, turn: int) -> None:
        self.decider, self.hands = deal.decider, [Hand(*hand) for hand in deal.hands]
        self.begin = [deal.decider.fold(None, lead) for lead in deal.leads]
        self.chance, self.number = random.Random(f"{deal.decider.name} {turn}"), 0
        self.ways: dict[type, dict[type, set[Any]]] = defaultdict(lambda: defaultdict(set))
        self.settled: Counter[tuple[type, type]] = Counter()
        self.steps: set[tuple[type, type, type]] = set()

    def tries(self) -> Iterator[Tried]:
        """All of them, state by state."""
        waiting, ends = deque[Any]([None, *self.begin]), Counter[type]()
        while waiting:
            state = waiting.popleft()
            if ends[type(state)] >= ENOUGH:
                continue
            led = False
            for one in self._in(state):
                yield one
                led = led or one.after != state
                if one.events and one.after is not None and self._is_new(one):
                    waiting.append(one.after)
            ends[type(state)] += not led

    def _in(self, state: Any) -> Iterator[Tried]:
        there = There(state)
        for hand in self.hands:
            for cls in hand.commands:
                yield from self._of(hand, cls, state, there)

    def _of(self, hand: Hand, cls: type, state: Any, there: There) -> Iterator[Tried]:
        """Until it was done, or was asked often enough; where the type of the state says no, once in each further state."""
        pair, choices = (type(state), cls), hand.choices(cls, there)
        done: Counter[tuple[type, type]] = Counter()
        for turn in range(TRIES if state is not None else 16 * TRIES):
            if turn and state is not None and (self.settled[pair] >= ENDED or max(done.values(), default=0) > ENOUGH):
                return
            self.number += 1
            command = made(cls, choices, self.chance)
            one = tried(self.decider, state, command, circumstances(hand, command, there, self.number, self.chance))
            yield one
            no = one.refused.code == NOT_NOW if one.refused else one.missing
            self.settled[pair] += no
            if one.events:
                done[type(one.events[0]), type(one.after)] += 1
            if no and state is None:
                return

    def _is_new(self, one: Tried) -> bool:
        """A step that was not seen yet, or another look of a state of which few have been seen."""
        step, shape = (type(one.state), type(one.events[0]), type(one.after)), looks(one.after)
        ways = self.ways[type(one.after)]
        known = ways[step[1]]
        is_full = len(known) >= OF_A_WAY or sum(map(len, ways.values())) >= OF_A_TYPE
        if shape in known or (is_full and step in self.steps):
            return False
        self.steps.add(step)
        known.add(shape)
        return True


def looks(state: Any, depth: int = 0) -> Any:
    """What a state looks like, however its ids and times are called: how much of what there is, and what is missing.

    Of what is inside only how much there is: whose it is, and all that was said at the beginning, makes no difference.
    """
    if hasattr(state, "__dataclass_fields__"):
        return tuple(looks(getattr(state, name), depth + 1) for name in state.__dataclass_fields__)
    if isinstance(state, tuple):
        return (min(len(state), 2), *(looks(each, depth + 1) for each in state[:2]))
    if isinstance(state, bool) or depth > 1:
        return state is True
    return "" if state is None else state if isinstance(state, str) and state.isalpha() else 0

"""Referring needs: half a year of a network, simulated, with the very function that orders candidates; beside other ways.

Partners differ in what they do, where, for how many, how willing and how quick they are; none of that is told to
anybody, and a policy learns of it by the answers alone. Their numbers are plausible and not measured, so that the order
of the policies means more than their levels.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from statistics import mean, median
from uuid import UUID

import numpy as np

from services.contracts.tables import BEIJING
from services.referral.domain.facts import OfferingFact, OrganizationFact
from services.referral.domain.offering import Client
from services.referral.domain.routing.candidates import Asked, Found, candidates
from services.referral.domain.routing.record import Answered, Said
from services.referral.domain.routing.weights import WEIGHTS, Weights
from tests.bench.stage import Row, Stage

PARTNERS, A_DAY, DAYS = 80, 40, 180
SEEDS = (1, 2, 3)
CATEGORIES, DISTRICTS = 12, 8
STAY = 45.0
REPLY = timedelta(days=2)
MOST_ASKED = 8
PATIENCE = timedelta(days=30)
REMEMBERED = 16
BEGINNING = datetime(2026, 1, 1, 9, tzinfo=BEIJING)


@dataclass
class Partner:
    """One organization as it really is, and as far as anybody knows it."""

    number: int
    services: frozenset[int]
    districts: frozenset[int]
    room: int
    willing: float
    silent: float
    days: float
    fame: float
    taken: int = 0
    published: int = 0
    waiting: int = 0
    asked_at: datetime | None = None
    answers: dict[int, list[Answered]] = field(default_factory=dict)

    @property
    def party(self) -> UUID:
        """Its id."""
        return UUID(int=self.number + 1)


def network(dice: np.random.Generator) -> list[Partner]:
    """Eighty of them; a few are known to everybody, and are therefore full."""
    made = []
    for number in range(PARTNERS):
        services = dice.choice(CATEGORIES, size=int(dice.integers(2, 6)), replace=False)
        districts = dice.choice(DISTRICTS, size=int(dice.integers(3, DISTRICTS + 1)), replace=False)
        made.append(
            Partner(
                number=number, services=frozenset(services.tolist()), districts=frozenset(districts.tolist()),
                room=max(4, int(dice.lognormal(math.log(45), 0.6))), willing=float(dice.beta(1.4, 0.9)),
                silent=float(dice.beta(1.0, 12.0)), days=float(dice.lognormal(math.log(0.9), 1.0)),
                fame=float(dice.pareto(2.0)),
            )
        )  # fmt: skip
    return made


@dataclass(order=True)
class _Event:
    at: datetime
    number: int
    what: Callable[[], None] = field(compare=False)


@dataclass
class Need:
    """One need, with whom was asked for it."""

    service: int
    district: int
    since: datetime
    tried: dict[UUID, str] = field(default_factory=dict)
    asks: int = 0


@dataclass
class Outcome:
    """What became of the needs."""

    days: list[float] = field(default_factory=list)
    first: int = 0
    asked: int = 0
    declined: int = 0
    all: int = 0


Choose = Callable[["City", Need, Sequence[Partner]], Partner | None]


class City:
    """Half a year of needs under one policy."""

    def __init__(self, choose: Choose, seed: int, weights: Weights = WEIGHTS, sla: bool = True) -> None:
        self.dice = np.random.default_rng(seed)
        self.partners = network(self.dice)
        self.choose, self.weights, self.sla = choose, weights, sla
        self.queue: list[_Event] = []
        self.found = Outcome()
        self.number = 0

    def later(self, at: datetime, what: Callable[[], None]) -> None:
        """It happens then."""
        self.number += 1
        heapq.heappush(self.queue, _Event(at, self.number, what))

    def play(self) -> Outcome:
        """All needs, and every answer to the last of them."""
        for day in range(DAYS):
            for hour in np.sort(self.dice.uniform(0, 8, A_DAY)):
                at = BEGINNING + timedelta(days=day, hours=float(hour))
                need = Need(int(self.dice.integers(CATEGORIES)), int(self.dice.integers(DISTRICTS)), at)
                self.later(at, lambda need=need, at=at: self.ask(need, at))  # type: ignore[misc]
            if day % 7 == 0:
                self.later(BEGINNING + timedelta(days=day), self.publish)
        while self.queue:
            event = heapq.heappop(self.queue)
            event.what()
        return self.found

    def publish(self) -> None:
        """Once a week partners say how many free places they have."""
        for partner in self.partners:
            partner.published = partner.room - partner.taken

    def ask(self, need: Need, now: datetime) -> None:
        """The next one is asked, until somebody says yes or nobody is left."""
        if not need.asks:
            self.found.all += 1
        able = [p for p in self.partners if need.service in p.services and need.district in p.districts]
        able = [p for p in able if p.party not in need.tried]
        if need.asks >= MOST_ASKED or now - need.since > PATIENCE or not able:
            return
        partner = self.choose(self, need, able)
        if partner is None:
            self.later(now + timedelta(days=1), lambda: self.ask(need, now + timedelta(days=1)))
            return
        need.asks += 1
        self.found.asked += 1
        partner.waiting, partner.asked_at = partner.waiting + 1, now
        silent = self.dice.random() < partner.silent
        takes = timedelta(days=float(partner.days * self.dice.lognormal(0, 0.5)))
        if silent or takes > REPLY:
            wait = REPLY if self.sla else max(takes, timedelta(days=7) if silent else takes)
            self.later(
                now + wait,
                lambda: self.answer(need, partner, now, now + wait, "silent" if silent or self.sla else None),
            )
        else:
            self.later(now + takes, lambda: self.answer(need, partner, now, now + takes, None))

    def answer(self, need: Need, partner: Partner, asked_at: datetime, now: datetime, said: Said | None) -> None:
        """A yes takes a place for some weeks; anything else sends the need on."""
        partner.waiting -= 1
        if said is None:
            full = partner.taken >= partner.room
            eager = partner.willing * (1.0 if partner.taken < 0.8 * partner.room else 0.7)
            said = "yes" if not full and self.dice.random() < eager else "no"
        known = partner.answers.setdefault(need.service, [])
        known.append(Answered(said=said, asked_at=asked_at, answered_at=now))
        del known[:-REMEMBERED]
        if said == "yes":
            partner.taken += 1
            leaves = now + timedelta(days=float(self.dice.exponential(STAY)))
            self.later(leaves, lambda: self.leave(partner))
            self.found.days.append((now - need.since) / timedelta(days=1))
            self.found.first += need.asks == 1
            return
        self.found.declined += 1
        need.tried[partner.party] = "declined" if said == "no" else "expired"
        self.ask(need, now)

    def leave(self, partner: Partner) -> None:
        """A place is free again."""
        partner.taken -= 1


# --- policies ---------------------------------------------------------------------------------------------------------


def expected_days(city: City, need: Need, able: Sequence[Partner]) -> Partner | None:
    """As the hub orders them: by days to an accepted place, of those with live capacity."""
    now = max((event.at for event in city.queue[:1]), default=need.since)
    asked = Asked(services=(f"s{need.service}",), places=(f"d{need.district}",), tried=need.tried,
                  client=Client(day=max(need.since, now).date()))  # fmt: skip
    ordered = candidates(asked, [_found(partner, need) for partner in able], city.weights)
    fits = [one for one in ordered if one.fits]
    return city.partners[fits[0].organization_id.int - 1] if fits else None


def _found(partner: Partner, need: Need) -> Found:
    return Found(
        organization=OrganizationFact(organization_id=partner.party, state="active", party=f"organization:{partner.party}"),
        code=f"p{partner.number:03d}",
        offering=OfferingFact(
            offering_id=partner.party, service_codes=tuple(f"s{s}" for s in sorted(partner.services)),
            areas=tuple(f"d{d}" for d in sorted(partner.districts)), capacity=partner.room, taken=partner.taken,
        ),
        answers=tuple(partner.answers.get(need.service, ())), waiting=partner.waiting, asked_at=partner.asked_at,
    )  # fmt: skip


def habit(city: City, need: Need, able: Sequence[Partner]) -> Partner | None:
    """Whom everybody knows comes first."""
    return max(able, key=lambda partner: partner.fame)


def at_random(city: City, need: Need, able: Sequence[Partner]) -> Partner | None:
    """Anybody who does it, there."""
    return able[int(city.dice.integers(len(able)))]


def published_capacity(city: City, need: Need, able: Sequence[Partner]) -> Partner | None:
    """Whom everybody knows, of those who said this week that they have room."""
    return max(able, key=lambda partner: (partner.published > 0, partner.fame))


POLICIES: dict[str, tuple[Choose, bool]] = {
    "the coordinator's habit": (habit, False), "random eligible": (at_random, False), "habit and a recall": (habit, True),
    "weekly published capacity": (published_capacity, True), "expected days": (expected_days, True),
}  # fmt: skip


@dataclass(frozen=True)
class Averages:
    """The means over the seeds."""

    placed: float
    days: float
    late: float
    first: float
    asks: float
    declined: float


@cache
def measured(policy: str, seeds: tuple[int, ...] = SEEDS, weights: Weights | None = None) -> Averages:
    """One policy over all seeds."""
    choose, sla = POLICIES[policy]
    runs = [City(choose, seed, weights or WEIGHTS, sla).play() for seed in seeds]
    return Averages(
        placed=mean(100 * len(run.days) / run.all for run in runs), days=mean(median(run.days) for run in runs),
        late=mean(float(np.percentile(run.days, 90)) for run in runs),
        first=mean(100 * run.first / run.all for run in runs), asks=mean(run.asked / run.all for run in runs),
        declined=mean(100 * run.declined / run.all for run in runs),
    )  # fmt: skip


def run(stage: Stage) -> Iterable[Row]:
    """Days, first askings and places, beside four other ways to choose."""
    seeds = SEEDS[:1] if stage.quick else SEEDS
    ours = measured("expected days", seeds)
    for name in list(POLICIES)[:-1]:
        peer = measured(name, seeds)
        yield Row(what="referrals: median days to a yes", goal="≤ 1.0", ours=ours.days, unit="days", peer=peer.days,
                  least=True, reached=ours.days <= 1.0, note=f"{name}: nine in ten {peer.late:.1f} days, asks {peer.asks:.1f}")  # fmt: skip
        yield Row(what="referrals: the first one asked accepts", goal="≥ 57 %", ours=ours.first, unit="%", peer=peer.first,
                  reached=ours.first >= 57, note=name)  # fmt: skip
        yield Row(what="referrals: placed", goal="≥ 98.5 %", ours=ours.placed, unit="%", peer=peer.placed,
                  reached=ours.placed >= 98.5, note=f"{name}: declines {peer.declined:.0f} for 100")  # fmt: skip


if __name__ == "__main__":
    for each in POLICIES:
        print(each, measured(each))

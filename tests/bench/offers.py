"""Asking volunteers: sixty days of requests, simulated, with the very functions that decide in the hub; beside other ways.

Every asking costs attention, which comes back slowly, and whoever is less attentive says yes less often; so a policy
is also judged by what it leaves. The people are made up: how likely one says yes, how quickly, how tired one gets.
Their numbers are plausible and not measured, so that the order of the policies means more than their levels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from statistics import mean, median

import numpy as np
import numpy.typing as npt

from services.contracts.tables import BEIJING
from services.volunteer.domain.attention import (
    answer_within,
    chance,
    in_order,
    may_be_disturbed,
    quiet_until,
    theta,
    wave,
)
from tests.bench.stage import Row, Stage

DAYS, VOLUNTEERS, REQUESTS = 60, 1_200, 60
SEEDS = (1, 2, 3)
BEGINNING = datetime(2026, 3, 2, 8, tzinfo=BEIJING)
TIRES, HALF_BACK = 0.08, 17.0
MEAN_YES = 0.30
SPAN = {"urgent": timedelta(hours=4), "normal": timedelta(hours=24)}
"""How long there is to find somebody."""

Ints = npt.NDArray[np.int64]


@dataclass
class People:
    """Those who could be asked: where they live, what they can, how willing and how tired they are."""

    dice: np.random.Generator
    count: int = VOLUNTEERS
    willing: npt.NDArray[np.float64] = field(init=False)
    rested: npt.NDArray[np.float64] = field(init=False)
    since: npt.NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        dice, n = self.dice, self.count
        self.willing = np.minimum(0.95, dice.beta(1.5, 3.5, n) * MEAN_YES / 0.3)
        self.rested, self.since = np.ones(n), np.zeros(n)
        self.where = dice.normal(0, 3.0, (n, 2))
        self.skills = dice.random((n, len(SKILLS))) < np.array(SKILLS)
        self.asked, self.yes = np.zeros(n, dtype=int), np.zeros(n, dtype=int)
        self.lately: list[list[datetime]] = [[] for _ in range(n)]
        self.open_until: dict[tuple[int, int], datetime] = {}

    def ask(self, who: int, now: datetime) -> float | None:
        """One is asked: minutes until the yes, or None; either way a little attention is gone."""
        day = (now - BEGINNING) / timedelta(days=1)
        back = 0.5 ** ((day - self.since[who]) / HALF_BACK)
        rested = 1 - (1 - self.rested[who]) * back
        self.rested[who], self.since[who] = rested * (1 - TIRES), day
        self.asked[who] += 1
        self.lately[who].append(now)
        if self.dice.random() >= self.willing[who] * rested:
            return None
        self.yes[who] += 1
        return float(self.dice.lognormal(math.log(14), 0.9))

    def attention(self, day: float) -> float:
        """How attentive they are on the whole."""
        return float(np.mean(1 - (1 - self.rested) * 0.5 ** ((day - self.since) / HALF_BACK)))


SKILLS = (0.7, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3)
"""How many have each skill; each is wanted equally often."""
OUTSIDE = 0.106
"""How many requests come from outside of the town, where hardly anybody lives who could go: nothing fills these."""


@dataclass(frozen=True)
class Request:
    """Somebody is needed: when it is known, how urgent it is, and who could go, the nearest first."""

    at: datetime
    urgency: str
    slot: int
    able: tuple[int, ...]
    far: tuple[float, ...]


def requests(people: People, dice: np.random.Generator) -> Iterator[Request]:
    """Sixty days of them, with who is free that day, can do it and lives near enough."""
    for day in range(DAYS):
        free = dice.random(people.count) < 0.38
        for minute in np.sort(dice.uniform(0, 10 * 60, REQUESTS)):
            here = dice.normal(0, 2.0, 2) if dice.random() >= OUTSIDE else dice.normal((15, 0), 1.5)
            skill = int(dice.integers(len(SKILLS)))
            far = np.hypot(*(people.where - here).T) * 1.3
            near = np.flatnonzero(free & people.skills[:, skill] & (far <= 4.0))
            near = near[np.argsort(far[near], kind="stable")]
            urgency = "urgent" if dice.random() < 0.2 else "normal"
            at = BEGINNING + timedelta(days=day, minutes=float(minute))
            yield Request(at, urgency, 4 * day + int(dice.integers(4)), tuple(near.tolist()), tuple(far[near].tolist()))


Choose = Callable[[People, Request, Sequence[int], datetime, int], tuple[Sequence[int], timedelta]]
"""Whom to ask next of those who were not asked yet, and how long to wait."""


@dataclass
class Outcome:
    """What became of the requests."""

    minutes: list[float] = field(default_factory=list)
    urgent: list[bool] = field(default_factory=list)
    filled: int = 0
    notes: int = 0
    in_vain: int = 0
    nobody: int = 0
    all: int = 0
    attention: float = 1.0

    @property
    def fill(self) -> float:
        """Percent of the requests for which somebody was found."""
        return 100 * self.filled / self.all

    @property
    def each(self) -> float:
        """Askings for one that was filled."""
        return self.notes / self.filled


def simulate(choose: Choose, seed: int) -> Outcome:
    """Sixty days under one policy; each seed has the same people and requests for every policy."""
    people = People(np.random.default_rng(seed))
    found = Outcome()
    for request in requests(people, np.random.default_rng(1000 + seed)):
        _serve(people, request, choose, found)
    found.attention = people.attention(DAYS)
    return found


def _serve(people: People, request: Request, choose: Choose, found: Outcome) -> None:
    left, now, answers, number = list(request.able), request.at, list[datetime](), 0
    ends = request.at + SPAN[request.urgency]
    found.all += 1
    found.nobody += not left
    while left and now < ends:
        quiet = quiet_until(now, request.urgency)
        if quiet is not None:
            now = quiet
            continue
        members, waits = choose(people, request, left, now, number)
        if not members:
            break
        for who in members:
            left.remove(who)
            people.open_until[who, request.slot] = now + waits
            if (minutes := people.ask(who, now)) is not None:
                answers.append(now + timedelta(minutes=minutes))
        found.notes += len(members)
        now, number = now + waits, number + 1
        if any(answer <= now for answer in answers):
            break
    answers = sorted(answer for answer in answers if answer <= ends)
    found.filled += bool(answers)
    found.in_vain += max(0, len(answers) - 1)
    if request.urgency == "urgent":
        found.urgent.append(bool(answers))
    if answers:
        found.minutes.append((answers[0] - request.at) / timedelta(minutes=1))


# --- policies ---------------------------------------------------------------------------------------------------------


def one_at_a_time(
    people: People, request: Request, left: Sequence[int], now: datetime, number: int
) -> tuple[Sequence[int], timedelta]:
    """The nearest, then the next nearest."""
    return left[:1], timedelta(hours=1)


def broadcast(
    people: People, request: Request, left: Sequence[int], now: datetime, number: int
) -> tuple[Sequence[int], timedelta]:
    """Everybody who could go, at once."""
    return tuple(left), SPAN[request.urgency]


def fixed_five(
    people: People, request: Request, left: Sequence[int], now: datetime, number: int
) -> tuple[Sequence[int], timedelta]:
    """Five of the nearest at a time."""
    return left[:5], answer_within(request.urgency)


def growing(
    people: People, request: Request, left: Sequence[int], now: datetime, number: int
) -> tuple[Sequence[int], timedelta]:
    """Everybody within two kilometres, then within three, then four."""
    near = {who for who, far in zip(request.able, request.far, strict=True) if far <= 2 + number}
    return [who for who in left if who in near] or (list(left) if number >= 2 else left[:1]), answer_within(
        request.urgency
    )


def adaptive(
    people: People, request: Request, left: Sequence[int], now: datetime, number: int
) -> tuple[Sequence[int], timedelta]:
    """As the hub asks: the smallest wave that is likely enough to bring a yes, of those who may be disturbed."""
    return _waving(people, request, left, now, request.urgency)


def unhurried(
    people: People, request: Request, left: Sequence[int], now: datetime, number: int
) -> tuple[Sequence[int], timedelta]:
    """The same, with what is urgent no likelier to bring a yes than the rest."""
    return _waving(people, request, left, now, "normal")


def _waving(
    people: People, request: Request, left: Sequence[int], now: datetime, urgency: str
) -> tuple[Sequence[int], timedelta]:
    able = [
        (who, chance(int(people.yes[who]), int(people.asked[who])))
        for who in left
        if people.open_until.get((who, request.slot), now) <= now and may_be_disturbed(people.lately[who][-12:], now)
    ]
    return wave(in_order(able), theta(urgency) / 100, 12), answer_within(request.urgency)


POLICIES: dict[str, Choose] = {
    "one at a time": one_at_a_time, "broadcast": broadcast, "growing radius": growing, "fixed five": fixed_five,
    "waves": adaptive, "unhurried waves": unhurried,
}  # fmt: skip


@dataclass(frozen=True)
class Averages:
    """The means over the seeds."""

    fill: float
    urgent: float
    median: float
    notes: float
    in_vain: float
    attention: float
    nobody: float


@cache
def measured(policy: str, seeds: tuple[int, ...] = SEEDS) -> Averages:
    """One policy over all seeds."""
    runs = [simulate(POLICIES[policy], seed) for seed in seeds]
    return Averages(
        fill=mean(run.fill for run in runs), urgent=mean(100 * mean(run.urgent) for run in runs),
        median=mean(median(run.minutes) for run in runs), notes=mean(run.each for run in runs),
        in_vain=mean(100 * run.in_vain / run.filled for run in runs), attention=mean(run.attention for run in runs),
        nobody=mean(100 * run.nobody / run.all for run in runs),
    )  # fmt: skip


def run(stage: Stage) -> Iterable[Row]:
    """Filled and askings a fill, beside the four other ways to ask."""
    seeds = SEEDS[:1] if stage.quick else SEEDS
    ours = measured("waves", seeds)
    for name in ("one at a time", "broadcast", "growing radius", "fixed five"):
        peer = measured(name, seeds)
        note = f"{name}: urgent {peer.urgent:.0f} %, median {peer.median:.0f} min, in vain {peer.in_vain:.0f}"
        note += f", attention {peer.attention:.2f}"
        yield Row(what="offers: requests filled", goal="≥ 88.7 %", ours=ours.fill, unit="%", peer=peer.fill,
                  reached=ours.fill >= 88.7, note=note)  # fmt: skip
        yield Row(what="offers: askings a fill", goal="≤ 8.4", ours=ours.notes, unit="", peer=peer.notes, least=True,
                  reached=ours.notes <= 8.4, note=name)  # fmt: skip
    calm = measured("unhurried waves", seeds)
    yield Row(what="offers: yeses in vain for 100 fills, all asked at 60 in a hundred", goal="≤ 45", ours=calm.in_vain, unit="",
              least=True, reached=calm.in_vain <= 45, note=f"filled {calm.fill:.1f} %, median {calm.median:.0f} min")  # fmt: skip
    yield Row(what="offers: the same, urgent ones at 85 in a hundred as the hub asks", goal="(none)", ours=ours.in_vain, unit="",
              least=True, reached=True, note=f"urgent {ours.urgent:.0f} %, median {ours.median:.0f} min, attention {ours.attention:.2f}, "
              f"no candidate at all {ours.nobody:.1f} %")  # fmt: skip


if __name__ == "__main__":
    for each in POLICIES:
        print(each, measured(each))

"""Made-up days to plan, shaped as the published instances are: a dense core, outer villages, three ways to travel.

No place and no person in them exists. The same arguments give the same day.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SKILLS = ("陪伴", "家政", "维修", "心理", "法律", "陪诊", "课业", "跑腿")
WANTED = (0.33, 0.15, 0.085, 0.063, 0.028, 0.134, 0.1, 0.11)
HELD = (0.875, 0.4, 0.096, 0.06, 0.025, 0.125, 0.232, 0.597)
COMMUNITIES, CORE, CLUSTERS, STREET = 385, 300, 6, 45
MODES = {"walk": (13.3333, 2), "bike": (5.0, 3), "bus": (3.75, 9)}
"""Minutes a kilometre, and minutes on top."""


def day(visits: int, volunteers: int, seed: int) -> dict[str, Any]:
    """So many visits and volunteers; up to a thousand visits lie in one street, more in the whole city."""
    rng = np.random.default_rng([visits, volunteers, seed])
    places = _places(rng)
    km = _kilometres(places)
    near = np.argsort(km[rng.integers(CORE)], kind="stable")[: STREET if visits < 1000 else COMMUNITIES]
    weight = rng.gamma(1.2, 1.0, len(near)) + 0.05
    people = [_volunteer(number, rng, near, weight) for number in range(volunteers)]
    calls = [_visit(number, rng, near, weight) for number in range(visits)]
    _acquaint(calls, people, km, rng)
    return {
        "name": f"made-{visits}-{volunteers}-{seed}",
        "communities": COMMUNITIES,
        "lat": [round(43.88 + y / 111, 5) for _, y in places],
        "lon": [round(125.32 + x / 80, 5) for x, _ in places],
        "skills": list(SKILLS),
        "objective": {
            "unserved": {"1": 10000, "2": 4000, "3": 2000}, "not_usual": 300, "per_hour_of_load": 2,
            "per_travel_minute": 1, "max_visits": 3,
        },
        "travel_minutes": {mode: _minutes(km, *pace) for mode, pace in MODES.items()},
        "km": km.tolist(),
        "visits": calls,
        "volunteers": people,
    }  # fmt: skip


def _places(rng: np.random.Generator) -> list[tuple[float, float]]:
    core = rng.normal(0, 4.2, (CORE, 2))
    angle = np.arange(CLUSTERS) * 2 * np.pi / CLUSTERS + rng.uniform(0, 1)
    centres = np.stack([np.cos(angle), np.sin(angle)], axis=1) * rng.uniform(14, 26, (CLUSTERS, 1))
    outer = centres[np.arange(COMMUNITIES - CORE) % CLUSTERS] + rng.normal(0, 1.5, (COMMUNITIES - CORE, 2))
    return [(float(x), float(y)) for x, y in np.concatenate([core, outer])]


def _kilometres(places: list[tuple[float, float]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    at = np.array(places)
    km: np.ndarray[Any, np.dtype[np.float64]] = np.round(
        1.3 * np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)), 2
    )
    return km


def _minutes(km: np.ndarray[Any, np.dtype[np.float64]], pace: float, more: int) -> list[list[int]]:
    minutes = (np.ceil(km * pace) + more).astype(int)
    np.fill_diagonal(minutes, 4)
    return minutes.tolist()  # type: ignore[no-any-return]


def _visit(number: int, rng: np.random.Generator, near: Any, weight: Any) -> dict[str, Any]:
    many = 2 if rng.random() < 0.09 else 1
    need = sorted(rng.choice(len(SKILLS), many, replace=False, p=np.array(WANTED) / sum(WANTED)).tolist())
    minor = 6 in need or (3 in need and rng.random() < 0.37) or rng.random() < 0.01
    earliest = int(rng.integers(480, 1066) // 15 * 15)
    width = int(rng.choice([30, 60, 120, 240], p=[0.2, 0.3, 0.32, 0.18]))
    return {
        "id": number, "community": int(rng.choice(near, p=weight / weight.sum())), "need": [SKILLS[n] for n in need],
        "minor": bool(minor), "woman_only": bool(rng.random() < 0.11),
        "minutes": int(rng.choice([30, 45, 60, 90], p=[0.3, 0.3, 0.3, 0.1])), "earliest": earliest,
        "latest_start": min(earliest + width, 1230), "priority": int(rng.choice([1, 2, 3], p=[0.08, 0.29, 0.63])),
        "usual": [],
    }  # fmt: skip


def _volunteer(number: int, rng: np.random.Generator, near: Any, weight: Any) -> dict[str, Any]:
    mode = str(rng.choice(list(MODES), p=[0.36, 0.28, 0.36]))
    begins = int(rng.choice([480, 540, 600, 780, 840, 900, 1020]))
    radii = ([1.5, 3.0, 5.0, 9.0], [0.18, 0.28, 0.12, 0.42]) if mode == "bus" else ([1.5, 3.0, 5.0], [0.36, 0.44, 0.2])
    skills = [skill for skill, share in zip(SKILLS, HELD, strict=True) if rng.random() < share] or [SKILLS[0]]
    return {
        "id": number, "community": int(rng.choice(near, p=weight / weight.sum())), "mode": mode, "skills": skills,
        "minor_clearance": bool(rng.random() < 0.24), "woman": bool(rng.random() < 0.62),
        "radius_km": float(rng.choice(radii[0], p=radii[1])), "free_today": bool(rng.random() < 0.38),
        "window": [begins, min(begins + int(rng.choice([120, 180, 240, 300], p=[0.36, 0.36, 0.18, 0.1])), 1230)],
        "max_minutes": int(rng.choice([90, 120, 180, 240], p=[0.2, 0.4, 0.3, 0.1])),
        "hours_this_month": int(rng.gamma(1.1, 6.0)),
    }  # fmt: skip


def _acquaint(calls: list[dict[str, Any]], people: list[dict[str, Any]], km: Any, rng: np.random.Generator) -> None:
    """Half of the visits have one to three people who usually come, and who may."""
    home = np.array([one["community"] for one in people], dtype=int)
    radius = np.array([one["radius_km"] for one in people], dtype=float)
    for call in calls:
        if rng.random() < 0.5:
            within = np.nonzero(km[home, call["community"]] <= radius)[0].tolist()
            fit = [number for number in within if _may(people[number], call)]
            many = min(len(fit), int(rng.integers(1, 4)))
            call["usual"] = [int(n) for n in rng.choice(fit, many, replace=False)] if many else []


def _may(one: dict[str, Any], call: dict[str, Any]) -> bool:
    skilled = set(call["need"]) <= set(one["skills"])
    return skilled and (one["minor_clearance"] or not call["minor"]) and (one["woman"] or not call["woman_only"])


def rounds(visits: int, workers: int, seed: int, most: int = 10) -> dict[str, Any]:
    """A day of professionals: they work from eight to six, and make up to so many visits each."""
    rng = np.random.default_rng([3, seed])
    spots = rng.random((40, 2)) * 40
    minutes = np.ceil(np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))).astype(int)
    np.fill_diagonal(minutes, 2)
    held = (["a", "b"], ["b", "c"], ["a", "c"], ["a", "b", "c"])
    begins = rng.integers(480, 960, visits).tolist()
    calls = [
        {"id": n, "community": int(rng.integers(40)), "need": ["abc"[int(rng.integers(3))]], "minor": False,
         "woman_only": False, "minutes": int(rng.integers(20, 45)), "earliest": begin, "latest_start": begin + 120,
         "priority": int(rng.integers(1, 4)), "usual": []} for n, begin in enumerate(begins)
    ]  # fmt: skip
    people = [
        {"id": n, "community": int(rng.integers(40)), "mode": "car", "skills": held[int(rng.integers(4))],
         "minor_clearance": True, "woman": True, "radius_km": 100.0, "free_today": True, "window": [480, 1080],
         "max_minutes": 600, "hours_this_month": 0} for n in range(workers)
    ]  # fmt: skip
    return {
        "name": f"rounds-{visits}-{workers}-{seed}", "communities": 40, "skills": list("abc"),
        "objective": {
            "unserved": {"1": 10000, "2": 4000, "3": 2000}, "not_usual": 300, "per_hour_of_load": 2,
            "per_travel_minute": 1, "max_visits": most,
        },
        "travel_minutes": {"car": minutes.tolist()}, "km": minutes.astype(float).tolist(), "visits": calls,
        "volunteers": people,
    }  # fmt: skip


def odd_day(seed: int) -> dict[str, Any]:
    """A small day of any shape: crooked matrices, points of time for windows, nobody, many visits a day, two at once, pins."""
    rng = np.random.default_rng([7, seed])
    places, crooked = int(rng.integers(1, 7)), bool(rng.random() < 0.4)
    ways = rng.integers(0, 60, (2, places, places)) if crooked else None
    spots = rng.integers(0, 30, (places, 2))
    straight = np.abs(spots[:, None] - spots[None]).sum(axis=2)
    travel = {m: (ways[i] if ways is not None else straight + 3 * i).tolist() for i, m in enumerate(("walk", "bus"))}
    calls = [_odd_visit(n, rng, places) for n in range(int(rng.integers(0, 14)))]
    people = [_odd_volunteer(n, rng, places) for n in range(int(rng.integers(0, 9)))]
    for call in calls:
        call["usual"] = rng.choice(len(people), int(rng.integers(0, 2)), replace=False).tolist() if people else []
    return {
        "name": f"odd-{seed}", "communities": places, "skills": ["a", "b"],
        "objective": {
            "unserved": {"1": 1000, "2": 150, "3": int(rng.integers(0, 100))}, "not_usual": int(rng.integers(0, 60)),
            "per_hour_of_load": int(rng.integers(0, 3)), "per_travel_minute": int(rng.integers(0, 3)),
            "max_visits": int(rng.integers(1, 6)),
        },
        "travel_minutes": travel, "km": (straight / 10).tolist(), "visits": calls, "volunteers": people,
    }  # fmt: skip


def _odd_visit(number: int, rng: np.random.Generator, places: int) -> dict[str, Any]:
    earliest = int(rng.integers(400, 700))
    return {
        "id": f"v{number}" if number % 2 else number, "community": int(rng.integers(places)),
        "need": [["a"], ["b"], ["a", "b"], []][int(rng.integers(4))], "minor": bool(rng.random() < 0.2),
        "woman_only": bool(rng.random() < 0.2), "minutes": int(rng.integers(0, 60)), "earliest": earliest,
        "latest_start": earliest + int(rng.choice([0, 10, 60, 200])), "priority": int(rng.integers(1, 4)),
        "people": 2 if rng.random() < 0.15 else 1,
    }  # fmt: skip


def _odd_volunteer(number: int, rng: np.random.Generator, places: int) -> dict[str, Any]:
    begins = int(rng.integers(380, 600))
    return {
        "id": number, "community": int(rng.integers(places)), "mode": str(rng.choice(["walk", "bus"])),
        "skills": [["a"], ["b"], ["a", "b"]][int(rng.integers(3))], "minor_clearance": bool(rng.random() < 0.5),
        "woman": bool(rng.random() < 0.5), "radius_km": float(rng.choice([1.0, 3.0, 9.0])),
        "free_today": bool(rng.random() < 0.8), "window": [begins, begins + int(rng.integers(0, 360))],
        "max_minutes": int(rng.integers(30, 360)), "hours_this_month": int(rng.integers(0, 30)),
        "max_visits": int(rng.integers(1, 6)) if number % 3 == 2 else None,
    }  # fmt: skip

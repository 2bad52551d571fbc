"""A day that contradicts itself is refused by the field in which it does, before anything is planned."""

from __future__ import annotations

import gzip
import resource
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from services.kernel.errors import Refused
from services.volunteer.planning import document
from services.volunteer.planning.reading import read
from tests.support.days import day
from wushe.cli import main as wushe

GOOD = day(6, 8, 1)


def changed(change: Callable[[Any], object]) -> bytes:
    """The good day with one thing wrong in it."""
    made = msgspec.json.decode(msgspec.json.encode(GOOD))
    change(made)
    return msgspec.json.encode(made)


WRONG: dict[str, tuple[str, Callable[[Any], object]]] = {
    "a window that ends before it starts": ("visits[2].latest_start", lambda d: d["visits"][2].update(latest_start=10)),
    "a day that ends before it starts": ("volunteers[3].window", lambda d: d["volunteers"][3].update(window=[700, 600])),
    "half a window": ("volunteers[0].window", lambda d: d["volunteers"][0].update(window=[700])),
    "an unknown skill": ("visits[0].need[0]", lambda d: d["visits"][0].update(need=["飞行"])),
    "an unknown skill of a volunteer": ("volunteers[1].skills[1]", lambda d: d["volunteers"][1].update(skills=["陪伴", "飞行"])),
    "negative minutes": ("visits[1].minutes", lambda d: d["visits"][1].update(minutes=-5)),
    "half minutes": ("visits[1].minutes", lambda d: d["visits"][1].update(minutes=2.5)),
    "a negative way": ("travel_minutes.walk[0][1]", lambda d: d["travel_minutes"]["walk"][0].__setitem__(1, -1)),
    "too few rows": ("travel_minutes.bike", lambda d: d["travel_minutes"]["bike"].pop()),
    "too short a row": ("km[4]", lambda d: d["km"][4].pop()),
    "too many latitudes": ("lat", lambda d: d["lat"].append(1.0)),
    "a visit twice": ("visits[3].id", lambda d: d["visits"][3].update(id=2)),
    "a volunteer twice, once as text": ("volunteers[3].id", lambda d: d["volunteers"][3].update(id="2")),
    "no such community": ("visits[0].community", lambda d: d["visits"][0].update(community=385)),
    "no such home": ("volunteers[0].community", lambda d: d["volunteers"][0].update(community=999)),
    "no such way to travel": ("volunteers[0].mode", lambda d: d["volunteers"][0].update(mode="plane")),
    "no such priority": ("visits[0].priority", lambda d: d["visits"][0].update(priority=9)),
    "a priority that is none": ("objective.unserved.high", lambda d: d["objective"]["unserved"].update(high=1)),
    "a negative weight": ("objective.not_usual", lambda d: d["objective"].update(not_usual=-1)),
    "no visit a day": ("objective.max_visits", lambda d: d["objective"].update(max_visits=0)),
    "a missing key": ("visits[0].earliest", lambda d: d["visits"][0].pop("earliest")),
    "a missing part": ("km", lambda d: d.pop("km")),
    "a wrong type": ("volunteers[2].woman", lambda d: d["volunteers"][2].update(woman="yes")),
    "visits that are none": ("visits", lambda d: d.update(visits={"a": 1})),
    "nobody's pin": ("pins.x", lambda d: d.update(pins={"x": [1]})),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_it_is_refused_by_its_field(what: str) -> None:
    field, change = WRONG[what]
    with pytest.raises(Refused) as refused:
        read(changed(change))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "file"),
        (b"[]", "file"),
        (b"no", "file"),
        (b"\x1f\x8bno gzip", "file"),
        (gzip.compress(msgspec.json.encode(GOOD))[:-9], "file"),
        (b'{"communities": NaN}', "communities"),
        (b'{"visits": [{"id": 1, "minutes": Infinity}]}', "minutes"),
        (b"[" * 100_000, "file"),
        ('{"name": "\udcff"}'.encode("utf-8", "surrogateescape"), "name"),
    ],
)
def test_what_is_no_sound_json_is_refused(data: bytes, field: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.field == field


def test_a_file_that_would_fill_the_machine_is_refused_before_it_is_unpacked() -> None:
    many = gzip.compress(b'{"communities":1,"visits":[' + b"{}," * 10_000_000 + b"{}]}", 1)
    with pytest.raises(Refused) as refused:
        read(many)
    assert refused.value.field == "visits"


def test_more_visits_than_are_planned_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_VISITS", 5)
    with pytest.raises(Refused) as refused:
        read(msgspec.json.encode(GOOD))
    assert refused.value.field == "visits"


def test_a_sound_day_is_read_gzipped_or_not() -> None:
    plain = msgspec.json.encode(GOOD)
    assert read(plain).document == read(gzip.compress(plain)).document


def commanded(folder: Path, data: bytes) -> tuple[int, str, bool]:
    """What `wushe plan` ends with and says, and whether it has written a plan."""
    (folder / "day.json").write_bytes(data)
    found = CliRunner().invoke(wushe, ["plan", str(folder / "day.json"), "-o", str(folder / "plan.json")])
    return found.exit_code, found.output, (folder / "plan.json").exists()


@pytest.mark.parametrize(
    "what", ["a window that ends before it starts", "an unknown skill", "negative minutes", "too few rows"]
)
def test_the_command_names_the_field_and_writes_no_plan(what: str, tmp_path: Path) -> None:
    field, change = WRONG[what]
    code, said, written = commanded(tmp_path, changed(change))
    assert (code != 0, field in said, written) == (True, True, False), said


def test_the_command_refuses_ten_million_visits_before_they_fill_the_machine(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    visit = msgspec.json.encode(GOOD["visits"][0]) + b","
    zipped = zlib.compressobj(1, wbits=31)
    parts = [zipped.compress(b'{"communities":385,"visits":['), *(zipped.compress(visit * 10_000) for _ in range(100))]
    code, said, written = commanded(tmp_path, b"".join([*parts, zipped.flush()]))
    assert (code != 0, "visits" in said, written) == (True, True, False), said
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 600, "megabytes more"

"""The tables at the head of the stories: every row of each story is there, told or not told, and marked as what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest

from services.console.demo import VOLUNTEER
from services.kernel.entrypoints.keys import NAMES
from services.kernel.ids import founded, named
from services.kernel.message import Actor
from wushe.demo import directory, people, places, volunteers
from wushe.demo.directory import Directory
from wushe.demo.expectations import STORIES as EXPECTED
from wushe.demo.hub import UNKNOWN, Hub
from wushe.demo.load import STORIES
from wushe.demo.people import KEEPER
from wushe.demo.steps import table

ROWS = {
    "xiaowei": "A1a A2s A3a A4s A5s A6s A7a A8s A9s A10s A11s A12s A13s A14s A15s A16s A17s",
    "hongayi": "B1s B2s B3s B4s B5a B6a",
    "sundajie": "C1s C2s C3s C4s C5a C6a C7s",
    "liminghua": "D1s D2s D3s D4s D5s D6s D7s",
    "huayang": "E1s E2s E3s E4s E5s E6s E7a E8a",
}
"""The rows of each story; `s`: the feature tells it, at least in part; `a`: assumed."""


class Rehearsal(Hub):
    """A hub that takes every step and shows whatever is waited for; it remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__("http://nowhere.invalid", lambda actor: "")
        self.bodies: list[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]] = []

    def ask(self, service: str, path: str, body: Mapping[str, Any], *, key: str, as_: Actor,
            at: Mapping[str, Any] = UNKNOWN, channel: str = "api", behalf: Mapping[str, str] | None = None) -> str:  # fmt: skip
        self.taken.append(self.table[f"demo-{key}"].key)
        self.bodies.append((service, path, body, at))
        return str(uuid5(NAMESPACE_URL, key))

    def heard(self, service: str) -> None:
        return

    def wait(self, what: str, seen: Callable[[], object]) -> None:
        return


def rehearsed(name: str) -> Rehearsal:
    hub = Rehearsal()
    hub.table = STORIES[name].STEPS
    known = Directory(
        leifeng_id="1", leifeng="team:1", jida="organization:2", college="university:3", association="organization:4"
    )
    STORIES[name].tell(hub, known)
    return hub


@pytest.mark.parametrize("name", STORIES)
def test_every_row_of_a_story_is_told_or_said_not_to_be(name: str) -> None:
    told = {row for step in STORIES[name].STEPS.values() for row in step.row.split()}
    rows = {row[:-1] for row in ROWS[name].split()}
    assert told | set(STORIES[name].NOT_TOLD) == rows
    assert not told & set(STORIES[name].NOT_TOLD)


@pytest.mark.parametrize("name", STORIES)
def test_what_was_assumed_is_not_passed_off_as_told(name: str) -> None:
    steps = STORIES[name].STEPS.values()
    for row in ROWS[name].split():
        bases = {step.basis for step in steps if row[:-1] in step.row.split()}
        if row.endswith("a"):
            assert bases <= {"assumed"}, row
        else:
            assert "seed" in bases or row[:-1] in STORIES[name].NOT_TOLD, row


@pytest.mark.parametrize("name", STORIES)
def test_a_story_takes_each_step_of_its_table_once(name: str) -> None:
    hub = rehearsed(name)
    assert sorted(hub.taken) == sorted(STORIES[name].STEPS)


def test_no_two_stories_share_a_key() -> None:
    keys = [key for story in (directory, *STORIES.values()) for key in story.STEPS]
    assert len(keys) == len(set(keys))


def test_every_story_has_its_expectations() -> None:
    assert set(EXPECTED) == set(STORIES)


def test_the_directory_takes_each_of_its_steps_once() -> None:
    hub = Rehearsal()
    hub.table = directory.STEPS
    directory.tell(hub)
    assert sorted(hub.taken) == sorted(directory.STEPS)


def test_what_the_feature_does_not_tell_stays_unknown() -> None:
    asked = [body for _, _, body, _ in rehearsed("xiaowei").bodies]
    money = [body for body in asked if "purpose_code" in body or "payee_kind" in body]
    assert money
    assert not [body for body in money if "amount_fen" in body or "fund" in body]
    assert "age_band" not in next(body for body in asked if body.get("pseudonym") == "小伟")
    goods = [body for body in asked if "item_codes" in body]
    assert not [body for body in goods if "quantity" in body or "est_value_fen" in body]


def test_nothing_of_last_winter_has_a_day() -> None:
    assert {at["precision"] for _, _, _, at in rehearsed("liminghua").bodies} == {"season"}


def test_a_quarter_of_visits_is_one_sheet() -> None:
    sheets = [body["visits"] for _, path, body, _ in rehearsed("hongayi").bodies if path.endswith("/visit-sheets")]
    days = [visit["on"] for sheet in sheets for visit in sheet]
    assert (len(sheets), len(days)) == (1, 90)
    assert all(earlier < later for earlier, later in pairwise(days))


def test_the_stories_are_told_of_real_places() -> None:
    known = {row["code"] for row in places.divisions()} | {places.CITY}
    for story in STORIES:
        for _, _, body, _ in rehearsed(story).bodies:
            assert {
                body[field] for field in ("area", "station", "residence_area", "hukou_area") if body.get(field)
            } <= known
    assert places.XINGHUA == "220104004005"
    with pytest.raises(LookupError):
        places.code_of("人民路社区")


@pytest.mark.parametrize("text", ["a1 | A1 | guessed | x", "a1 | A1 | seed | x\na1 | A1 | seed | y"])
def test_a_table_that_says_too_little_or_twice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="step"):
        table(text)


def test_people_are_called_by_pseudonyms_and_workers_by_ids() -> None:
    bodies = [body for story in STORIES for _, _, body, _ in rehearsed(story).bodies]
    names = {body[field] for body in bodies for field in ("name", "pseudonym") if body.get(field)}
    assert names == {"小伟", "小伟妈妈", "洪阿姨", "孙大姐", "李明华"}
    workers = [actor for actor in vars(people).values() if isinstance(actor, Actor)]
    assert all(re.fullmatch(r"[a-z0-9-]+", actor.id) for actor in workers)


def test_the_demos_volunteers_take_each_of_their_steps_once() -> None:
    hub = Rehearsal()
    hub.table = volunteers.STEPS
    known = Directory(
        leifeng_id="1", leifeng="team:1", jida="organization:2", college="university:3", association="organization:4"
    )
    volunteers.tell(hub, known)
    assert sorted(hub.taken) == sorted(volunteers.STEPS)


def test_the_sign_in_page_knows_the_volunteer_whom_the_demo_registers() -> None:
    """Ids follow from who asks and the key, so the account can name the volunteer before there is one."""
    asked = msgspec.json.encode(["volunteer", KEEPER.id, KEEPER.role, KEEPER.org, f"demo-{volunteers.FIRST}"])
    assert str(founded(named(NAMES, asked.decode()))) == VOLUNTEER

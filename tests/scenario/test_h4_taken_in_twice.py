"""H4 over the real stack: one person is taken in by two stations, merged by human decision, and taken apart again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from services.audit.times import HERE
from services.contracts.numbers import id_check_sign
from services.kernel.message import Actor
from tests.scenario.conftest import Reference
from tests.support.station import AUDITOR, Station, Told
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

BOTH = "22010577"
"""Two streets of this test's own: together they are one place for figures."""
HUKOU, HOME = f"{BOTH}1", f"{BOTH}2"
HUKOU_DESK, HOME_DESK = (Actor(id=f"w-h4-{n}", role="coordinator", org=org) for n, org in ((1, HUKOU), (2, HOME)))
NUMBER = "99999919580704001"
SHE = {"name": "孙大姐", "id_number": NUMBER + id_check_sign(NUMBER), "id_kind": "resident", "age_band": "from_60"}
MONTH = f"{datetime.now(HERE):%Y-%m}"


@dataclass
class Twice:
    """孙大姐 at the station of her 户籍 and at that of her residence, each with an open request and a contact."""

    station: Station
    hukou: str
    home: str
    matters: dict[str, str]

    def figures(self, **asked: str) -> tuple[int, int]:
        """服务人数 and 服务人次 of the two streets together."""
        self.station.settles()
        head = self.station.get("/audit/ledger/head")["size"]
        until(lambda: self._told()["size"] >= head - 1, "everything is counted")
        items = {line["indicator"]: line["value"] for line in self._told(**asked)["items"]}
        return items["persons-served"], items["contacts"]

    def _told(self, **asked: str) -> Told:
        more = "".join(f"&{name}={value.replace('+', '%2B')}" for name, value in asked.items())
        return dict(self.station.get(f"/audit/figures?month={MONTH}&station={BOTH}{more}"))

    def streams(self) -> dict[str, list[Any]]:
        """What was said of the two matters, event by event."""
        return {
            matter: [(e["id"], e["streamversion"], e["data"]) for e in self.station.log("intake")
                     if e["subject"] == f"help-request/{matter}"]
            for matter in self.matters.values()
        }  # fmt: skip


def received(station: Station, desk: Actor, person: str) -> str:
    """She asks at a desk, and is told what is missing: she was served there once."""
    at = f"{desk.org}001"
    asked = {"unit": f"community:{at}", "area": at, "came_by": "walk-in", "person_id": person,
             "need_codes": ["paperwork"], "story": "独生子女奖励金"}  # fmt: skip
    matter = str(station.do("/intake/help-requests", asked, desk)["id"])
    missing = [{"code": "witness-statement", "supplier_kind": "neighbour"}]
    station.do(f"/intake/help-requests/{matter}/guidance", {"materials_missing": missing}, desk)
    return matter


@pytest.fixture(scope="module")
def twice(reference: Reference) -> Twice:
    """Taken in twice: the second station is not refused, though the number is the same."""
    station = Station(reference.hub)
    hukou = str(station.do("/intake/persons", SHE | {"station": HUKOU, "hukou_area": f"{HUKOU}001"}, HUKOU_DESK)["id"])
    first = received(station, HUKOU_DESK, hukou)
    home = str(station.do("/intake/persons", SHE | {"station": HOME, "residence_area": f"{HOME}001"}, HOME_DESK)["id"])
    return Twice(station, hukou, home, {HUKOU: first, HOME: received(station, HOME_DESK, home)})


def test_two_stations_take_her_in_and_she_is_one_or_two_as_people_decide(twice: Twice):
    station, hukou, home = twice.station, twice.hukou, twice.home
    assert hukou != home

    # The blind index finds her; each station learns that something is open at the other, and whom to ask.
    (pair,) = until(lambda: station.items(f"/intake/duplicates?person_id={home}"), "she is recognised")
    assert (pair["candidate_id"], pair["state"]) == (hukou, "suspected")
    typed = {"id_number": SHE["id_number"]}
    for desk, other, own in ((HOME_DESK, HUKOU, home), (HUKOU_DESK, HOME, hukou)):
        found = station.do("/intake/duplicate-hints", typed, desk)
        assert found["elsewhere"] == [{"station": other, "open_matter": True}]
        assert [hint["person_id"] for hint in found["hints"]] == [own]
        matter = twice.matters[other]
        for path in (f"/intake/help-requests/{matter}", f"/intake/help-requests/{matter}/notes?why=casework"):
            assert station.get(path, desk) is None, "nothing of what it is about"

    # Merging is a human decision of two; it moves no event and no owner.
    assert twice.figures() == (2, 2)
    before, streams = datetime.now(HERE).isoformat(), twice.streams()
    says_so = {"survivor_id": home, "basis": "stations-agree"}
    station.refused("approval-needed", f"/intake/persons/{hukou}/merging", says_so | {"approver": "w-h4-9"}, HUKOU_DESK)
    assert twice.figures() == (2, 2)
    approved(twice, "merge-persons", f"/intake/persons/{hukou}/merging", says_so)
    assert twice.figures() == (1, 2), "服务人数 is one, 服务人次 the sum"
    assert twice.streams() == streams
    holders = {
        place: station.get(f"/audit/matters/{matter}/custody")["holders"] for place, matter in twice.matters.items()
    }
    assert holders == {place: [f"community:{place}001"] for place in (HUKOU, HOME)}, "two owners stay two owners"

    # Before the day on which they were merged there were two persons, and there are again once taken apart.
    assert twice.figures(known_at=before) == (2, 2)
    approved(twice, "unmerge-persons", f"/intake/persons/{hukou}/unmerging", {"basis": "mistake"})
    assert twice.figures() == (2, 2)
    assert twice.streams() == streams
    assert station.sound()


def test_what_a_station_reads_of_her_is_its_own_record(twice: Twice):
    """Neither sees the other's record itself; an auditor sees both."""
    for desk, own, other in ((HUKOU_DESK, twice.hukou, twice.home), (HOME_DESK, twice.home, twice.hukou)):
        assert twice.station.get(f"/intake/persons/{own}", desk) is not None
        assert twice.station.get(f"/intake/persons/{other}", desk) is None
        assert twice.station.get(f"/intake/persons/{other}", AUDITOR) is not None


def test_who_has_no_paper_is_recognised_by_how_the_name_sounds_with_a_day_of_birth_or_a_telephone(reference: Reference):
    """Nobody is asked for a document; neither the day nor the telephone alone makes two people one."""
    station = Station(reference.hub)

    def taken_in(desk: Actor, **said: str) -> str:
        return str(station.do("/intake/persons", said | {"station": str(desk.org)}, desk)["id"])

    known = taken_in(HUKOU_DESK, name="洪阿姨", born_on="1951-03-09", phone="555-0177-2301")
    by_day = taken_in(HOME_DESK, name="红阿姨", born_on="1951-03-09")
    by_telephone = taken_in(HOME_DESK, name="宏阿姨", phone="55501772301")
    another = taken_in(HOME_DESK, name="小伟", born_on="1951-03-09", phone="555-0177-2301")

    def suspected(person: str) -> dict[str, str]:
        return {row["candidate_id"]: row["rule"] for row in station.items(f"/intake/duplicates?person_id={person}")}

    assert until(lambda: suspected(by_day), "she is recognised by her day of birth") == {known: "same-day-and-sound"}
    found = until(lambda: suspected(by_telephone), "she is recognised by her telephone")
    assert found == {known: "same-phone-and-sound"}
    station.settles()
    assert suspected(another) == {}, "a family shares a telephone, and many are born on one day"


def approved(twice: Twice, command: str, path: str, body: Told) -> None:
    """Asked at one station, approved by its head."""
    given, head = body | {"approver": "w-h4-head"}, HUKOU_DESK
    word = twice.station.hub.approved(
        command, twice.hukou, given, asker=head.id, by="w-h4-head", role="station_head", org=HUKOU
    )
    answer = twice.station.hub.ask(
        "POST",
        path.replace("/intake/", "/intake/v1/"),
        given,
        role=head.role,
        ident=head.id,
        org=head.org,
        Approval=word,
    )
    assert answer.status_code == 200, answer.text

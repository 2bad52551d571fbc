"""Two records of one volunteer, and a volunteer who is forgotten: hours are never moved, readers follow the alias."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.contracts.volunteer import (
    CarryOutVolunteerErasure,
    ConfirmHours,
    DeclareRelative,
    EraseVolunteer,
    IssueRecordStatement,
    MergeVolunteers,
    ReviewStars,
    ServiceHoursConfirmed,
    TrainVolunteer,
    UnmergeVolunteers,
    VolunteersMerged,
)
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.volunteer.aliases import end_keys, records_of
from services.volunteer.domain import hours, volunteer
from services.volunteer.view_tables import hours as hours_view
from services.volunteer.view_tables import statements, volunteers
from services.volunteer.views_roster import BESIDE
from tests.service.volunteer.desk import Desk
from tests.service.volunteer.test_service import JIDA, going, record, somebody
from tests.support.spec import NOON

MERGE = MergeVolunteers(survivor_id=UUID(int=9), basis="documents", approver="w-02")
APART = UnmergeVolunteers(basis="mistake", approver="w-02")
FORGET = EraseVolunteer(evidence_kind="statement", approver="w-02")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The service's desk."""
    made = Desk(tmp_path)
    yield made
    made.store.stop()


def refused(desk: Desk, code: str, *asked: Any, **more: Any) -> Refused:
    """What is refused, with this code."""
    with pytest.raises(Refused) as found:
        desk.asks(*asked, **more)
    assert found.value.code == code
    return found.value


def given(desk: Desk, who: UUID, *, hours_ago: int, minutes: int) -> UUID:
    """Confirmed time of a volunteer."""
    ended = NOON - timedelta(hours=hours_ago)
    record_id = record(desk, who, minutes=minutes, began_at=ended - timedelta(minutes=minutes), ended_at=ended)
    desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    return record_id


def test_merged_two_records_are_one_volunteer_and_no_hours_are_moved(desk: Desk) -> None:
    """INV-18, INV-39: the statement, the sum and the overlap follow the alias; taken apart, each is as before."""
    one, other = somebody(desk), somebody(desk)
    mine, theirs = given(desk, one, hours_ago=0, minutes=60), given(desk, other, hours_ago=2, minutes=90)
    desk.asks(replace(MERGE, survivor_id=one), volunteer.DECIDER, other)
    assert set(records_of(other, desk.store.views)) == {one, other}
    assert {row["record_id"]: row["volunteer_id"] for row in desk.sees(hours_view)} == {mine: one, theirs: other}
    twice = {"minutes": 60, "began_at": NOON - timedelta(minutes=150), "ended_at": NOON - timedelta(minutes=90)}
    with pytest.raises(Refused) as overlap:
        record(desk, one, **twice)
    assert overlap.value.code == "overlaps", "it was given under the other record at the same time"
    with pytest.raises(Refused) as gone:
        record(desk, other, minutes=5)
    assert gone.value.code == "volunteer-gone"
    desk.asks(IssueRecordStatement(issuer="organization:jida"), volunteer.DECIDER, one, by=JIDA)
    assert [row["minutes"] for row in desk.sees(statements)] == [150]
    desk.asks(APART, volunteer.DECIDER, other)
    assert {row["state"] for row in desk.sees(volunteers)} == {"active"}
    record(desk, one, **twice)


def test_hours_of_both_records_come_to_one_star(desk: Desk) -> None:
    """What is confirmed under either, and the merger itself, has the stars of the one that speaks for both looked at anew."""
    one, other = somebody(desk), somebody(desk)
    desk.asks(replace(MERGE, survivor_id=one), volunteer.DECIDER, other)
    merged = VolunteersMerged(survivor_id=one, merged_id=other, basis="documents", approver="w-02")
    confirmed = ServiceHoursConfirmed(volunteer_id=other, minutes=60, organizer="organization:jida", late=False)
    for event in (merged, confirmed):
        assert [(do.stream_id, type(do.command)) for do in desk.hears("volunteer", event, other)] == [
            (one, ReviewStars)
        ]


def test_who_merges_names_one_that_stands_and_has_a_second_person(desk: Desk) -> None:
    one, other = somebody(desk), somebody(desk)
    fit = (volunteer.DECIDER, other)
    refused(desk, "second-person-needed", replace(MERGE, survivor_id=one, approver="w-01"), *fit)
    refused(desk, "survivor-unknown", replace(MERGE, survivor_id=other), *fit)
    refused(desk, "survivor-unknown", MERGE, *fit)
    desk.asks(replace(MERGE, survivor_id=one), *fit)
    refused(desk, "survivor-unknown", replace(MERGE, survivor_id=other), volunteer.DECIDER, one)
    trained = TrainVolunteer(training_code="orientation", minutes=1, organizer="team:a", trained_on=NOON.date())
    assert refused(desk, "not-in-this-state", trained, *fit).allowed == ("unmerge-volunteers",)


def test_a_volunteer_who_is_waited_for_is_neither_merged_nor_forgotten(desk: Desk) -> None:
    one, other = somebody(desk), somebody(desk)
    going(desk, f"volunteer:{other}")
    refused(desk, "assignments-open", replace(MERGE, survivor_id=one), volunteer.DECIDER, other)
    refused(desk, "assignments-open", FORGET, volunteer.DECIDER, other)


class Keys:
    """A vault of which only the ends of keys are known."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def destroy(self, subject: str, now: datetime) -> None:
        """End one."""
        self.ended.append(subject)


def test_a_volunteer_is_forgotten_and_the_hours_stay_as_numbers(desk: Desk) -> None:
    """INV-35: the keys of all his records end, and nothing is asked of him any more."""
    one, other = somebody(desk, limits=("stairs",)), somebody(desk)
    given(desk, other, hours_ago=0, minutes=60)
    for who in (one, other):
        desk.asks(DeclareRelative(person_id=UUID(int=77), relation="mother"), volunteer.DECIDER, who)
    desk.asks(replace(MERGE, survivor_id=one), volunteer.DECIDER, other)
    assert refused(desk, "not-in-this-state", FORGET, volunteer.DECIDER, other).allowed == ("unmerge-volunteers",)
    desk.asks(FORGET, volunteer.DECIDER, one)
    (row,) = [row for row in desk.store.views.all(volunteers, state="leaving") if row["erase_due"] is not None]
    vault: Any = Keys()
    do = end_keys(row, desk.store.views, vault, NOON.astimezone(UTC))
    assert (set(vault.ended), do.command) == (
        {str(one), str(other)},
        CarryOutVolunteerErasure(keys=2, records=(other,)),
    )
    desk.asks(do.command, do.decider, do.stream_id, by=Actor(id="chore", role="service"))
    left = [row for row in desk.sees(volunteers) if row["state"] == "erased"]
    assert {row["volunteer_id"] for row in left} == {one, other}
    for row in left:
        assert {"area", "worker", "national_no", "erase_due", "insured_until"} & row.keys() == set()
    assert {table.name: len(desk.sees(table)) for table in BESIDE} == dict.fromkeys((t.name for t in BESIDE), 0)
    refused(desk, "volunteer-forgotten", APART, volunteer.DECIDER, other)
    assert [row["minutes"] for row in desk.sees(hours_view)] == [60]
    with pytest.raises(Refused) as gone:
        record(desk, one, minutes=5)
    assert gone.value.code == "volunteer-gone"

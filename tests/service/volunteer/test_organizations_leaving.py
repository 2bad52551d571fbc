"""An organization is suspended or leaves, a check runs out: what was promised goes back, and nobody is left waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.contracts import referral
from services.contracts.volunteer import (
    AssignTask,
    CancelAssignment,
    ClearVolunteer,
    Commitment,
    EndPairing,
    FormPairing,
    JoinTeam,
    LapseClearance,
    RecordArrival,
    VolunteerClearanceLapsed,
)
from services.contracts.worktime import end_of
from services.kernel.errors import Refused
from services.kernel.manifest import Do
from services.volunteer.domain import pairing, task, volunteer
from services.volunteer.view_tables import assignments, pairings, tasks, volunteers
from tests.service.volunteer.desk import Desk
from tests.service.volunteer.test_service import ONE, TWO, going, somebody
from tests.support.spec import NOON
from tests.unit.volunteer.people import MATTER, TODAY

LEIFENG = UUID(int=21)
TEAM = f"team:{LEIFENG}"
SUPPORT = FormPairing(
    kind="one_to_one", parties=(TEAM,), holder="worker:w-zsl", matter_id=MATTER, formed_on=TODAY,
    commitments=(Commitment(code="outings", giver=TEAM),),
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of a service that has heard of nobody."""
    desk = Desk(tmp_path)
    yield desk
    desk.store.stop()


@pytest.mark.parametrize("said", [referral.OrganizationSuspended, referral.OrganizationRetired])
def test_its_pairings_end_and_what_it_promised_goes_back(desk: Desk, said: type):
    kept = desk.asks(SUPPORT, pairing.DECIDER)
    desk.hears("referral", said(reason_code="inspection", party=TEAM), LEIFENG)
    (row,) = desk.sees(pairings, pairing_id=kept)
    assert (row["state"], row["result"]) == ("ended", "broken_off")


def test_hearing_it_twice_changes_nothing_more(desk: Desk):
    desk.asks(SUPPORT, pairing.DECIDER)
    gone = referral.OrganizationRetired(reason_code="dissolved", party=TEAM)
    assert len(desk.hears("referral", gone, LEIFENG)) == 1
    assert desk.hears("referral", gone, LEIFENG) == []


@pytest.mark.parametrize("party", ["team:lotus", None])
def test_of_another_organization_nothing_is_heard(desk: Desk, party: str | None):
    kept = desk.asks(SUPPORT, pairing.DECIDER)
    assert desk.hears("referral", referral.OrganizationRetired(reason_code="dissolved", party=party), LEIFENG) == []
    assert desk.state(pairings, kept) == "active"


# --- the people of a team -------------------------------------------------------------------------------------------

SUSPENDED = referral.OrganizationSuspended(reason_code="inspection", party="team:leifeng")


def test_its_people_are_replaced_where_they_still_were_to_go(desk: Desk):
    """INV-43: they go in the name of their team; the dispatcher answers again, and others are asked in the same instant."""
    mei, stranger = somebody(desk), somebody(desk)
    desk.asks(JoinTeam(team="team:lotus"), volunteer.DECIDER, stranger)
    waiting, hers = going(desk, f"volunteer:{mei}"), going(desk, f"volunteer:{stranger}")
    said = desk.hears("referral", SUSPENDED, LEIFENG)
    cancel = CancelAssignment(assignee=f"volunteer:{mei}", reason_code="organization-left")
    assert said == [Do(task.DECIDER, waiting, cancel)]
    assert desk.state(tasks, hers) == "assigned", "another organization that may act answers for her"
    row = desk.sees(tasks, task_id=waiting)[0]
    assert (row["state"], row["owner"]) == ("offered", "worker:w-01") or row["state"] == "opened"


def test_whoever_is_there_already_finishes(desk: Desk):
    mei = somebody(desk)
    there = going(desk, f"volunteer:{mei}")
    desk.asks(RecordArrival(method="told"), task.DECIDER, there)
    assert desk.hears("referral", SUSPENDED, LEIFENG) == []
    assert desk.state(tasks, there) == "on_site"


def test_nobody_of_it_is_sent_until_it_may_act_again(desk: Desk):
    mei = somebody(desk)
    desk.hears("referral", SUSPENDED, LEIFENG)
    task_id = desk.asks(ONE, task.DECIDER)
    with pytest.raises(Refused) as refused:
        desk.asks(AssignTask(assignees=(f"volunteer:{mei}",)), task.DECIDER, task_id)
    assert refused.value.code == "not-active"
    desk.hears("referral", referral.OrganizationActivated(), LEIFENG)
    desk.asks(AssignTask(assignees=(f"volunteer:{mei}",)), task.DECIDER, task_id)
    assert desk.state(tasks, task_id) == "assigned"


def test_of_two_of_its_people_neither_stays(desk: Desk):
    one, other = somebody(desk), somebody(desk)
    both = going(desk, f"volunteer:{one}", f"volunteer:{other}", opened=TWO)
    desk.hears("referral", SUSPENDED, LEIFENG)
    assert desk.state(tasks, both) in ("opened", "offered")
    assert desk.sees(assignments, task_id=both, state="assigned") == []


# --- a check that runs out ------------------------------------------------------------------------------------------


def test_a_check_that_runs_out_ends_what_was_to_be_done_with_minors(desk: Desk):
    """INV-16: also in the middle of something; what was promised to a child goes back to the owner of the case."""
    mei = somebody(desk)
    until = date(2026, 6, 1)
    desk.asks(
        ClearVolunteer(check_kind="minor-protection", result="clear", checked_on=TODAY, valid_until=until),
        volunteer.DECIDER, mei,
    )  # fmt: skip
    party = f"volunteer:{mei}"
    child = going(desk, party, opened=replace(ONE, with_minor=True, slot_start=None, slot_end=None))
    grown = going(desk, party)
    support = replace(
        SUPPORT, parties=(party,), commitments=(Commitment(code="outings", giver=party),), with_minor=True
    )
    paired = desk.asks(support, pairing.DECIDER)
    assert desk.store.views.one(volunteers, mei)["lapses_at"] == end_of(until)
    desk.passes(end_of(until) - NOON - timedelta(seconds=1))
    assert desk.state(tasks, child) == "assigned"
    desk.passes(timedelta(seconds=1))
    lapsed = VolunteerClearanceLapsed(check_kind="minor-protection", valid_until=until)
    todo = desk.hears("volunteer", lapsed, mei)
    assert todo == [
        Do(task.DECIDER, child, CancelAssignment(assignee=party, reason_code="not-cleared")),
        Do(pairing.DECIDER, paired, EndPairing(result="broken_off", reason_code="not-cleared")),
    ]
    assert desk.state(tasks, child) == "opened"
    assert desk.state(pairings, paired) == "ended"
    assert desk.state(tasks, grown) == "assigned"
    assert desk.passes(timedelta(days=1)) == 0, "the clock rings once"


def test_a_check_that_was_renewed_does_not_run_out(desk: Desk):
    mei = somebody(desk)
    renewed = ClearVolunteer(
        check_kind="minor-protection", result="clear", checked_on=TODAY, valid_until=date(2027, 3, 2)
    )
    desk.asks(renewed, volunteer.DECIDER, mei)
    before = desk.store.views.one(volunteers, mei)["version"]
    desk.asks(LapseClearance(), volunteer.DECIDER, mei)
    assert desk.store.views.one(volunteers, mei)["version"] == before

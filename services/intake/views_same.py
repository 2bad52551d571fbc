"""How likenesses and mergers of records show, and households with their members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.contracts import intake as public
from services.intake import tables as t
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put

Show = Callable[[Recorded, Any], Iterable[Change]]


def _person(recorded: Recorded, **columns: Any) -> Change:
    return put(t.persons, recorded.stream_id, version=recorded.version, **columns)


def _pair(recorded: Recorded, event: Any, state: str, **columns: Any) -> Change:
    return put(t.duplicates, event.person_id, event.candidate_id, state=state, at=recorded.recorded_at, **columns)


def _merged(recorded: Recorded, event: public.PersonsMerged) -> list[Change]:
    pair = put(t.duplicates, event.merged_id, event.survivor_id, state="merged", basis=event.basis,
               at=recorded.recorded_at)  # fmt: skip
    return [_person(recorded, state="merged", merged_into=event.survivor_id), pair]


def _unmerged(recorded: Recorded, event: public.PersonsUnmerged) -> list[Change]:
    pair = put(t.duplicates, event.merged_id, event.survivor_id, state="unmerged", basis=event.basis,
               at=recorded.recorded_at)  # fmt: skip
    return [_person(recorded, state="active", merged_into=None), pair]


def _household(recorded: Recorded, **columns: Any) -> Change:
    return put(t.households, recorded.stream_id, version=recorded.version, **columns)


def _formed(recorded: Recorded, event: public.HouseholdFormed) -> list[Change]:
    members = [
        put(t.household_members, event.household_id, member.person_id, relation=member.relation, since=member.since,
            until=None, lives_there=True)
        for member in event.members
    ]  # fmt: skip
    row = _household(
        recorded, station=event.station, area=event.area, area_edition=event.area_edition, size=len(event.members)
    )
    return [row, *members]


def _joined(recorded: Recorded, event: public.HouseholdMemberJoined) -> list[Change]:
    member = put(t.household_members, event.household_id, event.person_id, relation=event.relation, since=event.since,
                 until=None, lives_there=True)  # fmt: skip
    return [_household(recorded), add(t.households, event.household_id, size=1), member]


def _left(recorded: Recorded, event: public.HouseholdMemberLeft) -> list[Change]:
    member = put(t.household_members, event.household_id, event.person_id, until=event.until, lives_there=False)
    return [_household(recorded), add(t.households, event.household_id, size=-1), member]


SHOWN: dict[type, Show] = {
    public.DuplicateSuspected: lambda r, e: [_person(r), _pair(r, e, "suspected", rule=e.rule, score=e.score)],
    public.DuplicateRuledOut: lambda r, e: [_person(r), _pair(r, e, "ruled_out", basis=e.basis)],
    public.PersonsMerged: _merged,
    public.PersonsUnmerged: _unmerged,
    public.HouseholdFormed: _formed,
    public.HouseholdMemberJoined: _joined,
    public.HouseholdMemberLeft: _left,
}

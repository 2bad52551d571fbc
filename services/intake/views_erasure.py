"""How erasures show: waiting, decided, done, resting until a day; whatever could be searched for is emptied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain.erasure import SEALED
from services.intake.domain.rules import HERE
from services.intake.erasure_tables import erasures
from services.intake.likeness_tables import forgotten
from services.intake.tables import joined
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put

Show = Callable[[Recorded, Any], Iterable[Change]]


def _erasure(recorded: Recorded, **columns: Any) -> Change:
    return put(erasures, recorded.stream_id, version=recorded.version, **columns)


def _person(recorded: Recorded, **columns: Any) -> Change:
    return put(t.persons, recorded.stream_id, version=recorded.version, **columns)


def _requested(recorded: Recorded, event: public.ErasureRequested) -> list[Change]:
    asked = _erasure(
        recorded,
        request_id=event.request_id,
        state="requested",
        by=event.by,
        ground=event.ground,
        kinds=joined(event.kinds),
        decisions="",
        requested_at=recorded.recorded_at,
    )
    return [_person(recorded), asked]


def _decided(recorded: Recorded, event: public.ErasureDecided) -> list[Change]:
    told = joined(f"{d.kind}:{d.fate}" for d in event.decisions)
    decided = {"decisions": told, "approver": event.approver, "decided_at": recorded.recorded_at, "review_due": None}
    act = act_on(event)
    if act is None:
        return [_person(recorded), _erasure(recorded, state="refused", act="none", act_due=None, **decided)]
    decision = _erasure(recorded, state="decided", act=act, act_due=recorded.recorded_at, **decided)
    resting = {d.kind for d in event.decisions if d.fate == "restricted"}
    state = {"destroy": "leaving", "restrict": "restricted"}.get(act)
    if state is None:
        state = "restricted" if resting else "leaving"
    return [_person(recorded, state=state), decision]


def act_on(event: public.ErasureDecided) -> str | None:
    """What becomes of the keys; None where nothing at all is to be done."""
    sealed = {d.fate for d in event.decisions if d.kind in SEALED}
    if "erased" in sealed:
        return "destroy"
    if "restricted" in sealed:
        return "restrict"
    return "none" if any(d.fate != "refused" for d in event.decisions) else None


def _erased(recorded: Recorded, event: public.PersonalDataErased) -> list[Change]:
    """Where somebody lives is emptied too; when the last facts are let go, so is the row of the person."""
    done = _erasure(recorded, state="erased", act_due=None, done_at=recorded.recorded_at, keys=event.keys, until=None)
    if not set(event.kinds) & set(SEALED):
        return [done, drop(t.persons, recorded.stream_id)]
    gone = [change for record in (event.person_id, *event.records) for change in forgotten(record)]
    return [done, _person(recorded, state="erased", residence_area=None, hukou_area=None), *gone]


def _restricted(recorded: Recorded, event: public.ProcessingRestricted) -> list[Change]:
    rests = _erasure(
        recorded,
        state="restricted",
        act_due=None,
        done_at=recorded.recorded_at,
        until=event.until,
        review_due=morning_of(event.until),
    )
    return (
        [rests] if "facts" in event.kinds and len(event.kinds) == 1 else [_person(recorded, state="restricted"), rests]
    )


def _review(recorded: Recorded, event: public.RetentionEnded) -> list[Change]:
    again = _erasure(recorded, state="review", request_id=event.request_id, kinds=joined(event.kinds), review_due=None)
    return [again]


def morning_of(day: date) -> datetime:
    """The first moment of a day on the street."""
    return datetime.combine(day, time.min, HERE).astimezone(UTC)


def _demanded(recorded: Recorded, event: public.DeletionDemanded) -> list[Change]:
    return [
        put(
            t.disclosures,
            recorded.stream_id,
            version=recorded.version,
            deletion="demanded",
            deletion_due=event.answer_by,
        )
    ]


def _answered(recorded: Recorded, event: public.DeletionAnswered) -> list[Change]:
    return [put(t.disclosures, recorded.stream_id, version=recorded.version, deletion=event.result)]


SHOWN: dict[type, Show] = {
    public.ErasureRequested: _requested,
    public.ErasureDecided: _decided,
    public.PersonalDataErased: _erased,
    public.ProcessingRestricted: _restricted,
    public.RetentionEnded: _review,
    public.DeletionDemanded: _demanded,
    public.DeletionAnswered: _answered,
}

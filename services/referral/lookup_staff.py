"""What decisions about stations, staff, training and projects look up: read from the service's own views, given as data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.manifest import Facts, Look
from services.referral.domain.staffing import Staffing, StationFact
from services.referral.staffing import load_of
from services.referral.views.staff_tables import posts, projects, staff, stations


def of_new_station(command: public.OpenStation, stream_id: UUID, look: Look) -> Staffing:
    """Whether the code is free, and what it shall lie under."""
    return Staffing(
        itself=stream_id, taken=bool(look.all(stations, code=command.code)), station=_station(command.parent_id, look)
    )


def of_closing(command: public.CloseStation, stream_id: UUID, look: Look) -> Staffing:
    """What still hangs on the station."""
    held = look.all(posts, station_id=stream_id, state="held")
    below = look.all(stations, parent_id=stream_id, state="open")
    return Staffing(itself=stream_id, held=len(held) + len(below))


def of_new_staff(command: public.RegisterStaff, stream_id: UUID, look: Look) -> Staffing:
    """Whether the code is free."""
    return Staffing(itself=stream_id, taken=bool(look.all(staff, code=command.code)))


def of_post(command: public.TakePost, stream_id: UUID, look: Look) -> Staffing:
    """The station at which the post is."""
    return Staffing(itself=stream_id, station=_station(command.station_id, look))


def of_leaving(command: public.LeaveStaff, stream_id: UUID, look: Look) -> Staffing:
    """What the worker still answers for."""
    row = look.one(staff, stream_id)
    load = load_of(look, row["worker"]) if row else None
    return Staffing(itself=stream_id, matters=len(load.matters) if load else 0, needs=len(load.needs) if load else 0)


def of_reading(command: public.ReadStaffIdentity, stream_id: UUID, look: Look) -> Staffing:
    """For whom the worker works: the employer, and the stations of the posts that are held, with those above them."""
    row = look.one(staff, stream_id)
    if row is None:
        return Staffing(itself=stream_id)
    held = [post["station_id"] for post in look.all(posts, staff_id=stream_id, state="held")]
    return Staffing(itself=stream_id, units=(row["employer"], *(party for one in held for party in _above(one, look))))


def _above(station_id: UUID | None, look: Look) -> list[str]:
    """The parties of a station and of those above it, the nearest first; a grid lies two below a street's station."""
    row = look.one(stations, station_id) if station_id else None
    return [] if row is None else [row["party"], *_above(row["parent_id"], look)]


def of_training(
    command: public.HoldTraining | public.RecordTrainingAttendance, stream_id: UUID, look: Look
) -> Staffing:
    """Which of those named stand in the directory."""
    known = look.run(sa.select(staff.c.staff_id).where(staff.c.staff_id.in_(command.staff_ids)))
    return Staffing(itself=stream_id, staff=frozenset(row["staff_id"] for row in known))


def of_new_project(command: public.StartProject, stream_id: UUID, look: Look) -> Staffing:
    """Whether the code is free."""
    return Staffing(itself=stream_id, taken=bool(look.all(projects, code=command.code)))


def _station(station_id: UUID | None, look: Look) -> StationFact | None:
    row: dict[str, Any] | None = look.one(stations, station_id) if station_id else None
    return None if row is None else StationFact(station_id=row["station_id"], kind=row["kind"], state=row["state"])


STAFF_FACTS: dict[type, Facts] = {
    public.OpenStation: of_new_station,
    public.CloseStation: of_closing,
    public.RegisterStaff: of_new_staff,
    public.TakePost: of_post,
    public.LeaveStaff: of_leaving,
    public.ReadStaffIdentity: of_reading,
    public.HoldTraining: of_training,
    public.RecordTrainingAttendance: of_training,
    public.StartProject: of_new_project,
}
"""What is looked up for which command."""

"""What each of intake's events changes in its views. Pure: the tables can be folded anew from the log at any time."""

from __future__ import annotations

from typing import Any

from services.contracts import intake as public
from services.contracts.words import STATION_ROLES
from services.intake import tables as t
from services.intake import (
    views_cases,
    views_erasure,
    views_people,
    views_records,
    views_requests,
    views_rounds,
    views_same,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, put

METADATA = t.METADATA

SHOWN = (
    views_requests.SHOWN
    | views_people.SHOWN
    | views_same.SHOWN
    | views_cases.SHOWN
    | views_rounds.SHOWN
    | views_erasure.SHOWN
    | views_records.SHOWN
)
"""How each event shows; a test holds that none is missing."""


def project(recorded: Recorded) -> list[Change]:
    """The changes of one event: the row of its aggregate, where its sealed values lie, and its own row as a record."""
    show = SHOWN.get(type(recorded.event))
    if show is None:
        return []
    return [*show(recorded, recorded.event), *_made(recorded), *_sealed(recorded), *views_records.written(recorded)]


def _made(recorded: Recorded) -> list[Change]:
    """Who brought it into being, and for which unit; what the hub does of its own accord is nobody's."""
    table = t.MADE.get(recorded.stream.partition("/")[0])
    actor = recorded.actor
    if recorded.version != 1 or table is None or actor.role == "service":
        return []
    at_station = actor.role in STATION_ROLES
    return [put(table, recorded.stream_id, made_by=actor.id, kept_by=actor.org if at_station else "")]


def _sealed(recorded: Recorded) -> list[Change]:
    """Where the values behind an event's digests lie: under whose key, and on which stream they were said."""
    event = recorded.event
    digests = getattr(event, "sealed", ())
    if not digests:
        return []
    subject = str(sealed_under(event) or recorded.stream_id)
    return [
        put(t.sealed_values, digest, subject=subject, stream=recorded.stream, event=recorded.envelope.type,
            position=recorded.position)
        for digest in digests
    ]  # fmt: skip


def sealed_under(event: Any) -> Any:
    """Whose key seals the personal values of this event or command, where it is not the stream's own."""
    match event:
        case public.HelpRequestReceived() | public.ReceiveHelpRequest():
            return event.person_id
        case public.ConsentGranted() | public.GrantConsent():
            return event.person_id
        case public.InformationCollected() | public.CollectInformation():
            return event.about_person_id
        case public.ActivityAttended() | public.RecordAttendance():
            return event.person_id
        case _:
            return None

"""Who may ask and read: the roles, by what they have to do with volunteering."""

from __future__ import annotations

from services.contracts.visibility import readers
from services.contracts.words import STATION_ROLES

STATION = (*STATION_ROLES, "service")
ORGANIZERS = (*STATION, "partner", "team_leader")
ANSWERING = (*ORGANIZERS, "volunteer")
DISPATCHING = ("coordinator", "station_head", "dispatcher")
READING = readers("codes")
"""Whoever may see codes of a task or a pairing; of which, the scopes say. Tasks that look for people are shown to all who
may go, without the matter (`/open-tasks`)."""
ROSTER = readers("roster")
"""Whoever may see something of the roster."""

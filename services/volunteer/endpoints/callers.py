"""Who may ask and read: the roles, by what they have to do with volunteering."""

from __future__ import annotations

from services.contracts.words import STATION_ROLES

STATION = (*STATION_ROLES, "service")
ORGANIZERS = (*STATION, "partner", "team_leader")
ANSWERING = (*ORGANIZERS, "volunteer")
DISPATCHING = ("coordinator", "station_head", "dispatcher")
READING = (*STATION, "auditor", "administrator")
"""Others see what is their own: `/me/tasks`, `/me/service-hours`, and tasks that look for people, without the matter."""

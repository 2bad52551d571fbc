"""Who may come to the referral service, by what for."""

from __future__ import annotations

from services.contracts.words import STATION_ROLES

STATION = STATION_ROLES
KEEPERS = ("coordinator", "station_head", "administrator")
"""Those who keep the directory."""
ORGANIZATIONS = ("partner", "team_leader")
ANSWERING = (*ORGANIZATIONS, *STATION)
READING = (*STATION, "auditor", "administrator", "service")

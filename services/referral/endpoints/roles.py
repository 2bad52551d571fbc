"""Who may come to the referral service, by what for."""

from __future__ import annotations

from services.contracts.visibility import readers
from services.contracts.words import STATION_ROLES

STATION = STATION_ROLES
KEEPERS = ("coordinator", "station_head", "administrator")
"""Those who keep the directory."""
NAMING = (*STATION, "auditor")
"""Whoever may ask what a worker is called: of himself, of his station's, or with a second person's approval."""
ORGANIZATIONS = ("partner", "team_leader")
ANSWERING = (*ORGANIZATIONS, *STATION)
READING = readers("directory")
"""Whoever works with the directory."""
SEEING = tuple(role for role in readers("codes") if role != "volunteer")
"""Whoever may see codes of a referral, an offer or a grant; of which, the scopes say."""
FINDING = (*STATION, "auditor", "service")
"""Whoever looks for somebody who could take a need."""

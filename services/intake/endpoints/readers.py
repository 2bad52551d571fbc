"""Which roles may ask and read what, of intake."""

from services.contracts.visibility import readers
from services.contracts.words import STATION_ROLES

STATION = STATION_ROLES
READING = readers("codes")
"""Whoever may see codes of something of intake's; of what, the scopes say."""
HELPERS = (*STATION, "partner", "team_leader", "volunteer")
SEALED = (*HELPERS, "client", "auditor")
"""Who may read what is sealed: by station, case or disclosure, as himself, or with a second person's approval."""
RESTRICTED = ("supervisor", "station_head")
"""Who decides at a station what is grave."""
NAMED = tuple(role for role in readers("child") if role != "service")
"""Who may be named as a reader about safeguarding; all others, and those who are not named, get the same answer whether
there is something or not (INV-11)."""

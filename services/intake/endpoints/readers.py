"""Which roles may ask and read what, of intake."""

from services.contracts.words import STATION_ROLES

STATION = STATION_ROLES
READING = (*STATION, "auditor", "administrator")
HELPERS = (*STATION, "partner", "team_leader", "volunteer")
RESTRICTED = ("supervisor", "station_head")
"""Who may read about safeguarding; everybody else gets the same answer whether there is something or not (INV-11)."""

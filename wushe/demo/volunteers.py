"""Beside the stories: two volunteers of the drivers' team, one of whom the demo's sign-in page lets people be.

The feature names none of them; they are assumed, without names, so that the volunteers' pages have somebody to show.
"""

from __future__ import annotations

from wushe.demo.directory import Directory
from wushe.demo.hub import Hub
from wushe.demo.people import KEEPER
from wushe.demo.places import YONGCHANG
from wushe.demo.steps import table

STEPS = table("""
volunteer-first | 0 | assumed | somebody of the drivers' team wants to help
volunteer-first-verified | 0 | assumed | the station has seen who it is
volunteer-first-trained | 0 | assumed | the first training, without which nobody is sent
volunteer-second | 0 | assumed | another of the team
volunteer-second-verified | 0 | assumed | the station has seen who it is
volunteer-second-trained | 0 | assumed | the first training, without which nobody is sent
""")

FIRST, SECOND = "volunteer-first", "volunteer-second"


def tell(hub: Hub, known: Directory) -> tuple[str, str]:
    """Register the two and verify them; answers their ids."""
    return _one(hub, known, FIRST, ["companionship", "driving"]), _one(hub, known, SECOND, ["companionship"])


def _one(hub: Hub, known: Directory, key: str, skills: list[str]) -> str:
    body = {"area": YONGCHANG, "minor": False, "consent_ref": "demo", "skills": skills, "teams": [known.leifeng]}
    volunteer_id = hub.ask("volunteer", "/volunteers", body, key=key, as_=KEEPER)
    seen = {"minor": False, "evidence_kind": "unknown"}
    hub.ask("volunteer", f"/volunteers/{volunteer_id}/verification", seen, key=f"{key}-verified", as_=KEEPER)
    first = {"training_code": "first", "minutes": 60, "organizer": known.leifeng, "trained_on": "2022-03-05"}
    hub.ask("volunteer", f"/volunteers/{volunteer_id}/trainings", first, key=f"{key}-trained", as_=KEEPER)
    return volunteer_id

"""Story D, 李明华: last winter, a cold radiator; a call, a grid worker, two workers, and a warm room."""

from __future__ import annotations

from wushe.demo.directory import Directory
from wushe.demo.hub import CHECKER, Hub, when
from wushe.demo.people import GRID, XINGHUA_DESK, ZBS, party
from wushe.demo.places import XINGHUA, YONGCHANG
from wushe.demo.steps import table

STEPS = table("""
d1-person | D1 | seed | 李明华, children not living along
d1-nest | D1 | seed | an empty nest
d1 | D1 | seed | calls 杏花社区 last winter: the radiators are cold
d2 | D2 | seed | at once it goes to a grid worker, who is not named (the code of the urgency is assumed)
d3-open | D3 | seed | two are to go and look
d3 | D3 | seed | two workers go; one of them is not named
d4 | D4 | seed | they are there
d5 | D5 | seed | a rusty valve, no warmth, air in the pipe; vented with pliers, the water caught
d6 | D6 | seed | the room gets warm; that the client said so is implied
""")

NOT_TOLD = {"D7": "the request closes by itself when the result is verified"}

WINTER = when("2022-01-01", "season")


def tell(hub: Hub, known: Directory) -> dict[str, str]:
    """Tell it; answers the ids of what it is about."""
    ids = _call(hub, known)
    task_id = _visit(hub, known, ids)
    at = f"/help-requests/{ids['matter']}"
    hub.wait("the request to close", lambda: hub.get("intake", at, CHECKER)["state"] == "closed")
    return ids | {"task": task_id}


def _call(hub: Hub, known: Directory) -> dict[str, str]:
    person = {"station": YONGCHANG, "age_band": "from_60", "residence_area": XINGHUA, "name": "李明华"}
    person_id = hub.ask("intake", "/persons", person, key="d1-person", as_=XINGHUA_DESK, at=WINTER)
    nest = {"group_code": "empty-nest", "basis": "unknown"}
    hub.ask("intake", f"/persons/{person_id}/groups", nest, key="d1-nest", as_=XINGHUA_DESK, at=WINTER)
    call = {
        "unit": known.xinghua, "area": XINGHUA, "came_by": "phone", "reporter_kind": "self", "person_id": person_id,
        "need_codes": ["small-repair"], "place_kind": "home", "story": "暖气管不热",
    }  # fmt: skip
    request_id = hub.ask("intake", "/help-requests", call, key="d1", as_=XINGHUA_DESK, at=WINTER, channel="phone")
    triage = {"urgency": "urgent", "disposition": "dispatch", "dispatcher": party(GRID)}
    hub.ask("intake", f"/help-requests/{request_id}/triage", triage, key="d2", as_=XINGHUA_DESK, at=WINTER)
    return {"person": person_id, "matter": request_id}


def _visit(hub: Hub, known: Directory, ids: dict[str, str]) -> str:
    needed = {
        "matter_id": ids["matter"], "person_id": ids["person"], "holder": known.xinghua, "dispatcher": party(GRID),
        "kind": "small-repair", "headcount": 2, "urgency": "urgent", "area": XINGHUA,
    }  # fmt: skip
    task_id = hub.ask("volunteer", "/tasks", needed, key="d3-open", as_=GRID, at=WINTER)
    two = {"assignees": [party(ZBS), "worker:unnamed"]}
    hub.ask("volunteer", f"/tasks/{task_id}/assignment", two, key="d3", as_=GRID, at=WINTER)
    hub.ask("volunteer", f"/tasks/{task_id}/arrival", {"method": "unknown"}, key="d4", as_=ZBS, at=WINTER)
    done = {
        "result": "done", "finding_codes": ["valve-rusted", "radiator-cold", "air-in-pipe"],
        "action_codes": ["valve-opened", "water-drained", "air-vented"],
    }  # fmt: skip
    hub.ask("volunteer", f"/tasks/{task_id}/completion", done, key="d5", as_=ZBS, at=WINTER)
    hub.heard("intake")  # The request must know that a task carries it before the task's result can close it.
    warm = {"by": "client", "on_site": True}
    hub.ask("volunteer", f"/tasks/{task_id}/verification", warm, key="d6", as_=GRID, at=WINTER)
    return task_id

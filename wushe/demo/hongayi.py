"""Story B, 洪阿姨: 78, lives alone, visited almost daily; nobody needs to be asked for help, and no volunteer hours arise."""

from __future__ import annotations

from datetime import date, timedelta

from wushe.demo.directory import Directory
from wushe.demo.hub import Hub, when
from wushe.demo.people import ZYH, party
from wushe.demo.places import XINGHUA, YONGCHANG
from wushe.demo.steps import table

STEPS = table("""
b1 | B1 | seed | 洪阿姨, 78, widowed early
b1-alone | B1 | seed | lives alone
b1-nest | B1 | seed | one son, who works far away
b2 | B2 | seed | visited almost daily by the grid worker (that a plan was written is assumed)
b3 | B3 | seed | a quarter of visits as one sheet (daily visits are told; which quarter is assumed)
b4 | B4 | seed | talk, housework, old photographs, stories; and what she said (the day is not told)
""")

NOT_TOLD = {
    "B5": "the feature tells of no missed day",
    "B6": "the feature tells of no day on which nobody opened",
}

FIRST = date(2022, 7, 1)
DAYS = 90
TOLD_DAY = "2022-09-29"
"""The day after the sheet; the feature names none."""


def tell(hub: Hub, known: Directory) -> dict[str, str]:
    """Tell it; answers the ids of what it is about."""
    person = {
        "station": YONGCHANG, "age_band": "from_60", "residence_area": XINGHUA, "pseudonym": "洪阿姨",
        "note": "78岁, 老伴去世得早, 有一个儿子常年在外地工作",
    }  # fmt: skip
    person_id = hub.ask("intake", "/persons", person, key="b1", as_=ZYH)
    for key, group in (("b1-alone", "living-alone"), ("b1-nest", "empty-nest")):
        counted = {"group_code": group, "basis": "told"}
        hub.ask("intake", f"/persons/{person_id}/groups", counted, key=key, as_=ZYH)
    plan = {
        "person_id": person_id, "cadence": "daily", "visitor": party(ZYH), "unit": known.xinghua, "area": XINGHUA,
        "basis": "unknown",
    }  # fmt: skip
    plan_id = hub.ask("intake", "/visit-plans", plan, key="b2", as_=ZYH)
    _visits(hub, plan_id)
    return {"person": person_id, "matter": plan_id}


def _visits(hub: Hub, plan_id: str) -> None:
    sheet = [{"on": str(FIRST + timedelta(days=n))} for n in range(DAYS)]
    paper = {"visits": sheet}
    hub.ask(
        "intake", f"/visit-plans/{plan_id}/visit-sheets", paper, key="b3", as_=ZYH, at=when(TOLD_DAY), channel="paper"
    )
    told = {
        "on": TOLD_DAY, "activity_codes": ["talk", "health-watch", "housework", "photos", "stories"],
        "words": "有你的关心与陪伴, 我一点都不觉得孤单",
    }  # fmt: skip
    hub.ask("intake", f"/visit-plans/{plan_id}/visits", told, key="b4", as_=ZYH, at=when(TOLD_DAY))

"""Story C, 孙大姐: 27 July, a paper is missing, she lives elsewhere than registered; she leaves with a plan, not with it."""

from __future__ import annotations

from wushe.demo.directory import Directory
from wushe.demo.hub import Hub, when
from wushe.demo.people import HCH
from wushe.demo.places import YIHE, YONGCHANG
from wushe.demo.steps import table

STEPS = table("""
c1-person | C1 | seed | 孙大姐, registered in 义和社区
c1 | C1 | seed | comes to the point for the one-child reward on 27 July (the year is assumed)
c4 | C2 C3 C4 | seed | one item is missing, a former neighbour must help; she has moved; she is shown the steps
c5 | C5 | assumed | somebody asks how it goes
""")

NOT_TOLD = {
    "C6": "in which community the neighbour lives is not told, so nobody is asked",
    "C7": "the feature ends with her relief, not with the money, so the request is not closed",
}

JULY_27 = when("2022-07-27")
PROMISED, ASKED_AGAIN = "2022-08-10", "2022-08-31"


def tell(hub: Hub, known: Directory) -> dict[str, str]:
    """Tell it; answers the ids of what it is about."""
    person = {"station": YONGCHANG, "age_band": "adult", "hukou_area": YIHE, "pseudonym": "孙大姐"}
    person_id = hub.ask("intake", "/persons", person, key="c1-person", as_=HCH, at=JULY_27)
    came = {
        "unit": known.yihe, "area": YIHE, "came_by": "walk-in", "reporter_kind": "self", "person_id": person_id,
        "need_codes": ["paperwork"], "place_kind": "point",
    }  # fmt: skip
    request_id = hub.ask("intake", "/help-requests", came, key="c1", as_=HCH, at=JULY_27)
    guidance = {
        "topic_codes": ["one-child-reward"], "materials_missing": [{"code": "other", "supplier_kind": "neighbour"}],
        "difficulty_codes": ["moved-away", "no-contact"], "next_step_codes": ["bring-material"],
        "follow_up_by": PROMISED, "advice": "分析她手里现有的材料, 一步一步理清补办材料的思路",
    }  # fmt: skip
    hub.ask("intake", f"/help-requests/{request_id}/guidance", guidance, key="c4", as_=HCH, at=JULY_27)
    asked = {"result_code": "in-progress", "leaves": "waiting", "follow_up_by": ASKED_AGAIN}
    hub.ask(
        "intake",
        f"/help-requests/{request_id}/follow-ups",
        asked,
        key="c5",
        as_=HCH,
        at=when(PROMISED),
        channel="phone",
    )
    return {"person": person_id, "matter": request_id}

"""Story E, the school-community pair of 华阳社区: a worker and a student, two mentors, five commitments, one case."""

from __future__ import annotations

from wushe.demo.directory import Directory
from wushe.demo.hub import UNKNOWN, Hub, when
from wushe.demo.people import STUDENT, ZXY, party
from wushe.demo.places import HUAYANG
from wushe.demo.steps import table

STEPS = table("""
e1 | E1 | seed | 华阳社区 and 东北师范大学社工学院 sign an agreement; the date is not told
e2 | E2 E4 | seed | mid-July: a worker and a student pair up, with five commitments, convened by the association
e3-community | E3 | seed | the mentor of the community, whose name is not told
e3-academy | E3 | seed | the mentor of the college, whose name is not told
e5 | E5 | seed | 29 August: four students come to help residents in need
e7-person | E7 | assumed | a client is chosen; the feature names nobody
e7-consent | E7 | assumed | the client consents, and names the student
e7 | E7 | assumed | the case of the pair
e7-link | E7 | assumed | the pair takes it up
e7-student | E7 | assumed | the student may know who it is, as long as the pairing lasts
e7-needs | E7 | assumed | needs, so that there can be a plan
e6 | E6 | seed | a home visit is being planned
e8-c1 | E8 | assumed | a client is chosen: the first commitment is met
e8-c5 | E8 | assumed | an activity of use to practice: the fifth is met
e8-community | E8 | assumed | a report to the community (that they report is told)
e8-college | E8 | assumed | a report to the college (that they report is told)
""")

NOT_TOLD: dict[str, str] = {}

MID_JULY = when("2022-07-15", "month")
AUGUST_29 = when("2022-08-29")
YEAR_END = when("2022-12-31")


def tell(hub: Hub, known: Directory) -> dict[str, str]:
    """Tell it; answers the ids of what it is about."""
    pairing_id = _pair(hub, known)
    day = {
        "kind": "residents-help", "host": known.huayang, "area": HUAYANG, "pairing_id": pairing_id,
        "report": "学生等4人来到华阳社区, 开展帮扶困难居民活动",
    }  # fmt: skip
    activity_id = hub.ask("intake", "/activities", day, key="e5", as_=ZXY, at=AUGUST_29)
    ids = {"matter": pairing_id, "activity": activity_id} | _case(hub, known, pairing_id)
    _year_end(hub, known, ids)
    return ids


def _pair(hub: Hub, known: Directory) -> str:
    signed = {"parties": [known.huayang, known.college], "purpose_codes": ["training", "casework"]}
    agreement_id = hub.ask("referral", "/agreements", signed, key="e1", as_=ZXY)
    pair = {
        "kind": "school_community", "parties": [party(ZXY), STUDENT], "holder": known.huayang,
        "units": [known.huayang, known.college], "convener": known.association, "agreement_id": agreement_id,
    }  # fmt: skip
    pairing_id = hub.ask("volunteer", "/pairings", pair, key="e2", as_=ZXY, at=MID_JULY)
    sides = (("community", known.huayang, "e3-community"), ("academy", known.college, "e3-academy"))
    for kind, unit, key in sides:
        mentor = {"mentor_kind": kind, "mentor": "unknown", "unit": unit}
        hub.ask("volunteer", f"/pairings/{pairing_id}/mentors", mentor, key=key, as_=ZXY, at=MID_JULY)
    return pairing_id


def _case(hub: Hub, known: Directory, pairing_id: str) -> dict[str, str]:
    client = {"station": HUAYANG, "age_band": "adult", "residence_area": HUAYANG}
    person_id = hub.ask("intake", "/persons", client, key="e7-person", as_=ZXY)
    consent = {
        "person_id": person_id, "by": "self", "purposes": ["casework", "training"], "categories": ["identity", "contact"],
        "receivers": [STUDENT], "method": "written", "notice_version": "2022-1",
    }  # fmt: skip
    hub.ask("intake", "/consents", consent, key="e7-consent", as_=ZXY)
    opened = {
        "person_id": person_id, "owner": party(ZXY), "workers": [party(ZXY), STUDENT], "area": HUAYANG,
        "pairing_id": pairing_id, "need_codes": ["home-visit"],
    }  # fmt: skip
    case_id = hub.ask("intake", "/cases", opened, key="e7", as_=ZXY, at=UNKNOWN)
    hub.ask("volunteer", f"/pairings/{pairing_id}/case", {"case_id": case_id}, key="e7-link", as_=ZXY)
    released = {"person_id": person_id, "receiver": STUDENT, "purpose": "training", "need_id": pairing_id}
    hub.ask("intake", "/disclosures", released, key="e7-student", as_=ZXY)
    hub.ask("intake", f"/cases/{case_id}/assessment", {"need_codes": ["home-visit"]}, key="e7-needs", as_=ZXY)
    plan = {
        "goals": [{"code": "other"}],
        "agreed_by": "nobody",
        "reason_code": "no-agreement",
        "method_codes": ["home-visit"],
    }
    hub.ask("intake", f"/cases/{case_id}/plan", plan, key="e6", as_=ZXY, at=AUGUST_29)
    return {"person": person_id, "case": case_id}


def _year_end(hub: Hub, known: Directory, ids: dict[str, str]) -> None:
    at = f"/pairings/{ids['matter']}"
    met = (("c1", f"case:{ids['case']}", "e8-c1"), ("c5", f"activity:{ids['activity']}", "e8-c5"))
    for code, evidence, key in met:
        kept = {"commitment_code": code, "evidence_ref": evidence}
        hub.ask("volunteer", f"{at}/fulfilments", kept, key=key, as_=ZXY, at=YEAR_END)
    for unit, key in ((known.huayang, "e8-community"), (known.college, "e8-college")):
        hub.ask("volunteer", f"{at}/reports", {"to_org": unit, "form_code": "unknown"}, key=key, as_=ZXY, at=YEAR_END)

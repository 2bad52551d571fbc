"""Story A, 小伟: a child, help from several sides, about half a year; the case stays with its worker and is not closed."""

from __future__ import annotations

from wushe.demo.directory import Directory
from wushe.demo.hub import UNKNOWN, Hub, spoken_by, when
from wushe.demo.people import ZSL, party
from wushe.demo.places import CITY, JINGYUE
from wushe.demo.steps import table

STEPS = table("""
a1 | A1 | assumed | how he became known is not told
a2 | A2 | seed | 小伟, age unknown, lives with his mother and her family
a2-mother | A2 | seed | his mother
a2-guardian | A2 | assumed | that the mother is the legal guardian is not told
a1-person | A1 | assumed | the request is his
a3 | A3 | assumed | his mother consents for him and names the team
a3-health | A3 | assumed | his mother consents for her own illness
a1-triage | A1 | assumed | it becomes a case
a4 | A4 | seed | the case is taken over at the end of February 2022, from whom is not told
a5 | A5 | seed | the mother's illness, one income, hardly any children of his age, seldom out, shy
a6 | A6 | seed | economic hardship, company, shyness (the codes are ours)
a7 | A7 | assumed | a plan: the feature shows its goals by deeds
a8-apply | A8 | seed | a grant was applied for; amount, giver and date are not told
a8-approve | A8 | seed | and approved
a8-pay | A8 | seed | and helped the family
a9-draft | A9 | assumed | 雷锋车队 was found; that a referral was written is assumed
a9-ready | A9 | assumed | in codes alone
a9-offer | A9 | seed | the team is asked for one-to-one support
a10 | A10 | seed | the team takes the support on; how it answered is not told
a10-start | A10 | seed | and meets him
a11 | A11 | seed | five things promised
a12-tuition | A12 | seed | school fees paid
a12-clothes | A12 | seed | clothes bought
a12-toys | A12 | seed | a basketball and other toys bought
a12-outings | A12 | seed | taken out to films and meals
a12-activities | A12 | seed | taken to activities
a12-goods-clothes | A12 | seed | the clothes, number and value unknown
a12-goods-toys | A12 | seed | the basketball and other toys, number and value unknown
a13-own | A13 | seed | an activity of the centre
a13-own-there | A13 | seed | he was there and met others
a13-other | A13 | seed | an activity of another unit, about occupations
a13-other-there | A13 | seed | he was there
a14-sport-1 | A14 | seed | rope skipping
a14-sport-2 | A14 | seed | sandbag throwing
a14-sport-3 | A14 | seed | badminton
a14-4 | A14 | seed | more than ten times in half a year; kinds and days are not told
a14-5 | A14 | seed | of more than ten
a14-6 | A14 | seed | of more than ten
a14-7 | A14 | seed | of more than ten
a14-8 | A14 | seed | of more than ten
a14-9 | A14 | seed | of more than ten
a14-10 | A14 | seed | of more than ten
a14-11 | A14 | seed | of more than ten
a15 | A15 | seed | his mother says he talks more, is glad, had a full summer, is more confident
a16 | A16 | seed | exercises every day under his mother's eye
""")

NOT_TOLD = {"A17": "the feature does not close the case, so there is no step"}

FEBRUARY = when("2022-02-28", "month")
SPRING, SUMMER = when("2022-04-01", "season"), when("2022-07-01", "season")
"""Half a year from the end of February; the days are not told, how the visits were spread is assumed."""

PROMISED = ("pay-tuition", "buy-clothes", "buy-toys", "outings", "activities")


def tell(hub: Hub, known: Directory) -> dict[str, str]:
    """Tell it; answers the ids of what it is about."""
    ids = _intake(hub, known)
    hub.heard("referral")
    _grant(hub, ids)
    _team(hub, known, ids)
    _months(hub, known, ids)
    return ids


def _intake(hub: Hub, known: Directory) -> dict[str, str]:
    mother = {"station": CITY, "age_band": "adult", "pseudonym": "小伟妈妈"}
    mother_id = hub.ask("intake", "/persons", mother, key="a2-mother", as_=ZSL, at=FEBRUARY)
    child = {"station": CITY, "pseudonym": "小伟", "note": "和母亲、姥姥、舅舅、舅妈一家生活在一起"}
    person_id = hub.ask("intake", "/persons", child, key="a2", as_=ZSL, at=FEBRUARY)
    guardian = {"guardian_id": mother_id, "relation": "mother", "evidence_kind": "unknown"}
    hub.ask("intake", f"/persons/{person_id}/guardians", guardian, key="a2-guardian", as_=ZSL, at=FEBRUARY)
    request_id = hub.ask("intake", "/help-requests", {"unit": known.jida, "area": CITY}, key="a1", as_=ZSL)
    hub.ask("intake", f"/help-requests/{request_id}/person", {"person_id": person_id}, key="a1-person", as_=ZSL)
    triage = {"urgency": "normal", "disposition": "case"}
    hub.ask("intake", f"/help-requests/{request_id}/triage", triage, key="a1-triage", as_=ZSL)
    ids = {"mother": mother_id, "person": person_id, "matter": request_id}
    return ids | _consents(hub, known, ids) | _case(hub, ids)


def _consents(hub: Hub, known: Directory, ids: dict[str, str]) -> dict[str, str]:
    for_him = {
        "person_id": ids["person"], "by": "guardian", "by_person_id": ids["mother"],
        "purposes": ["casework", "referral", "support", "grant", "activity"], "receivers": [known.leifeng],
        "categories": ["identity", "contact", "narrative"], "sensitive": True, "method": "written",
        "notice_version": "2022-1", "child_asked": "could-not-be-asked",
    }  # fmt: skip
    consent_id = hub.ask("intake", "/consents", for_him, key="a3", as_=ZSL, at=FEBRUARY)
    her_own = {
        "person_id": ids["mother"], "by": "self", "purposes": ["casework"], "categories": ["narrative", "health"],
        "sensitive": True, "method": "written", "notice_version": "2022-1",
    }  # fmt: skip
    hub.ask("intake", "/consents", her_own, key="a3-health", as_=ZSL, at=FEBRUARY)
    return {"consent": consent_id}


def _case(hub: Hub, ids: dict[str, str]) -> dict[str, str]:
    opened = {
        "person_id": ids["person"], "request_id": ids["matter"], "owner": party(ZSL), "area": CITY,
        "project_id": "ccyl-youth-affairs", "taken_over_from": "unknown",
        "need_codes": ["economic-hardship", "peer-contact"],
    }  # fmt: skip
    case_id = hub.ask("intake", "/cases", opened, key="a4", as_=ZSL, at=FEBRUARY)
    learnt = {
        "source_kinds": ["family", "worker"], "categories": ["narrative", "health"], "about_person_id": ids["mother"],
        "health": "患有肾病, 两天做一次透析", "story": "家里收入来源单一, 经济十分困难; 村里几乎没有同龄人, 很少外出, 性格内向",
    }  # fmt: skip
    hub.ask("intake", f"/cases/{case_id}/information", learnt, key="a5", as_=ZSL, at=FEBRUARY)
    needs = {"need_codes": ["economic-hardship", "peer-contact", "confidence"]}
    hub.ask("intake", f"/cases/{case_id}/assessment", needs, key="a6", as_=ZSL)
    goals = [{"code": "economic-support"}, {"code": "peer-contact"}, {"code": "confidence"}]
    plan = {"goals": goals, "agreed_by": "guardian"}
    hub.ask("intake", f"/cases/{case_id}/plan", plan, key="a7", as_=ZSL)
    return {"case": case_id}


def _grant(hub: Hub, ids: dict[str, str]) -> None:
    """Money from a giver who is not named, in an amount and on days that are not told."""
    asked = {
        "matter_id": ids["matter"], "case_id": ids["case"], "person_id": ids["person"], "applicant": party(ZSL),
        "purpose_code": "economic-hardship", "consent_id": ids["consent"],
    }  # fmt: skip
    grant_id = hub.ask("referral", "/grants", asked, key="a8-apply", as_=ZSL)
    giver = spoken_by("unknown", "unknown")
    hub.ask("referral", f"/grants/{grant_id}/approval", {}, key="a8-approve", as_=ZSL, behalf=giver)
    paid = {"payee_kind": "family"}
    hub.ask("referral", f"/grants/{grant_id}/payments", paid, key="a8-pay", as_=ZSL, behalf=giver)
    ids["grant"] = grant_id


def _team(hub: Hub, known: Directory, ids: dict[str, str]) -> None:
    """The team takes one need on; the case stays where it is."""
    slip = {
        "matter_id": ids["matter"], "case_id": ids["case"], "person_id": ids["person"], "kind": "referral",
        "need_codes": ["one-to-one-support"], "consent_id": ids["consent"], "origin": party(ZSL),
    }  # fmt: skip
    referral_id = hub.ask("referral", "/referrals", slip, key="a9-draft", as_=ZSL)
    at = f"/referrals/{referral_id}"
    hub.ask("referral", f"{at}/readiness", {}, key="a9-ready", as_=ZSL)
    team = {"organization_id": known.leifeng_id}
    hub.ask("referral", f"{at}/offers", team, key="a9-offer", as_=ZSL, channel="phone")
    word = spoken_by(known.leifeng)
    hub.ask("referral", f"{at}/acceptance", team, key="a10", as_=ZSL, channel="phone", behalf=word)
    hub.wait("identity to be disclosed to the team", lambda: hub.items("intake", "/disclosures", need_id=referral_id))
    hub.ask("referral", f"{at}/start", {}, key="a10-start", as_=ZSL, channel="phone", behalf=word)
    ids["referral"] = referral_id
    ids["pairing"] = _promises(hub, known, ids)


def _promises(hub: Hub, known: Directory, ids: dict[str, str]) -> str:
    pair = {
        "kind": "one_to_one", "parties": [known.leifeng], "holder": party(ZSL), "matter_id": ids["matter"],
        "case_id": ids["case"], "referral_id": ids["referral"],
        "commitments": [{"code": code, "giver": known.leifeng} for code in PROMISED],
    }  # fmt: skip
    pairing_id = hub.ask("volunteer", "/pairings", pair, key="a11", as_=ZSL)
    keys = ("a12-tuition", "a12-clothes", "a12-toys", "a12-outings", "a12-activities")
    for code, key in zip(PROMISED, keys, strict=True):
        kept = {"commitment_code": code, "evidence_ref": "told-by-the-worker"}
        hub.ask("volunteer", f"/pairings/{pairing_id}/fulfilments", kept, key=key, as_=ZSL)
    return pairing_id


def _months(hub: Hub, known: Directory, ids: dict[str, str]) -> None:
    _goods(hub, known, ids)
    _activities(hub, known, ids)
    _services(hub, ids)
    words = {"source": "family", "words": "孩子现在话比以前多了"}
    end_of_summer = when("2022-08-31", "month")
    hub.ask("intake", f"/cases/{ids['case']}/evaluations", words, key="a15", as_=ZSL, at=end_of_summer)
    story = {"source_kinds": ["family"], "categories": ["narrative"], "story": "每天都在妈妈的监督下坚持运动"}
    hub.ask("intake", f"/cases/{ids['case']}/information", story, key="a16", as_=ZSL, at=UNKNOWN)


def _goods(hub: Hub, known: Directory, ids: dict[str, str]) -> None:
    for key, codes in (("a12-goods-clothes", ["clothes"]), ("a12-goods-toys", ["basketball", "toys"])):
        goods = {
            "matter_id": ids["matter"], "case_id": ids["case"], "person_id": ids["person"],
            "referral_id": ids["referral"], "giver": known.leifeng, "item_codes": codes,
        }  # fmt: skip
        hub.ask("referral", "/in-kind-support", goods, key=key, as_=ZSL)


def _activities(hub: Hub, known: Directory, ids: dict[str, str]) -> None:
    there = {"person_id": ids["person"], "case_id": ids["case"]}
    own = {"kind": "children-social", "host": known.jida, "area": JINGYUE, "workers": [party(ZSL)]}
    held = hub.ask("intake", "/activities", own, key="a13-own", as_=ZSL)
    hub.ask("intake", f"/activities/{held}/attendance", there, key="a13-own-there", as_=ZSL)
    other = {"kind": "career", "host": "unknown", "area": CITY}
    held = hub.ask("intake", "/activities", other, key="a13-other", as_=ZSL)
    hub.ask("intake", f"/activities/{held}/attendance", there, key="a13-other-there", as_=ZSL)


def _services(hub: Hub, ids: dict[str, str]) -> None:
    for number in range(1, 12):
        sport = number <= 3
        served = {"kind": "sport" if sport else "other", "workers": [party(ZSL)]}
        key = f"a14-sport-{number}" if sport else f"a14-{number}"
        at = SPRING if number % 2 else SUMMER
        hub.ask("intake", f"/cases/{ids['case']}/services", served, key=key, as_=ZSL, at=at)

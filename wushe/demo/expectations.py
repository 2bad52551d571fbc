"""What must be seen in a hub after the stories were told to it: each function answers what does not hold, in sentences.

They look through the public API alone, as an auditor and, where it is about the worklist, as the worker concerned. What
another service derives is waited for with `settled` before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import requests

from services.kernel.message import Actor
from wushe.demo.hub import Hub
from wushe.demo.people import GRID, HCH, STUDENT, XINGHUA_DESK, ZBS, ZSL, ZXY, ZYH, party
from wushe.demo.places import HUAYANG, XINGHUA, YIHE

Ids = dict[str, str]
PUBLISHERS = ("intake", "referral", "volunteer")
LEDGER = Actor(id="demo-reader", role="auditor")
WORDS = ("小伟", "洪阿姨", "孙大姐", "李明华", "肾病", "透析")
"""What no event may hold: names, an illness."""


def settled(hub: Hub) -> None:
    """Wait until every service has heard what every other has said, and what it did about it."""

    def at_rest() -> bool:
        heads = {name: _standing(hub, name) for name in (*PUBLISHERS, "audit")}
        return all(
            position == heads[publisher]["head"]
            for standing in heads.values()
            for publisher, position in standing["heard"].items()
            if publisher in heads
        )

    hub.wait("all services to hear each other", at_rest)


def _standing(hub: Hub, service: str) -> dict[str, Any]:
    return dict(hub.get(service, "/position"))


def xiaowei(hub: Hub, ids: Ids) -> Iterator[str]:
    """One owner from the beginning, two strands that go out with ends of their own, ten services and more, not closed."""
    case = hub.get("intake", f"/cases/{ids['case']}")
    yield from _is("the case's owner", case["owner"], party(ZSL))
    if case["services"] < 10:
        yield f"{case['services']} services are counted, not ten and more"
    if case["closed_at"] is not None or case["state"] == "closed":
        yield "the case is closed, and the feature does not close it"
    chain = hub.get("audit", f"/matters/{ids['matter']}/custody")
    yield from _is("who answers for the matter", chain["holders"], [party(ZSL)])
    taken = [step["entry"] for step in chain["steps"] if step["need_id"] is None and party(ZSL) in step["takers"]]
    others = [step for step in chain["steps"] if step["need_id"] is None and taken and step["entry"] > taken[0]]
    if any(step["takers"] != [party(ZSL)] for step in others):
        yield "the matter had another owner after the case was taken over"
    yield from _unbroken(hub, chain)
    yield from _is("the grant", hub.get("referral", f"/grants/{ids['grant']}")["state"], "paid")
    referral = hub.get("referral", f"/referrals/{ids['referral']}")
    yield from _is("the referral", referral["state"], "in_service")
    yield from _is("who asks for help", referral["origin"], party(ZSL))
    yield from _is("the commitments kept", _commitments(hub, ids["pairing"]), ["fulfilled"] * 5)
    disclosed = hub.items("intake", "/disclosures", need_id=ids["referral"])
    yield from _is("those who may know who he is", [row["receiver"] for row in disclosed], [referral["holder"]])


def hongayi(hub: Hub, ids: Ids) -> Iterator[str]:
    """A quarter of daily visits, most of them from one sheet; one person; no referral; no volunteer hours."""
    plan = hub.get("intake", f"/visit-plans/{ids['matter']}")
    visits = hub.items("intake", "/visits", plan_id=ids["matter"])
    if not 85 <= len(visits) <= 95 or plan["visits"] != len(visits):
        yield f"{len(visits)} visits are on record and {plan['visits']} counted, not about 90"
    sheets = [event for event in _events(hub, "intake", ids["matter"]) if event["type"] == "visit.made"]
    if len({event["commandid"] for event in sheets}) > 2:
        yield "the visits were not entered in one act"
    yield from _is("the persons visited", {row["person_id"] for row in _months(hub, ids["matter"])}, {ids["person"]})
    yield from _is("the referrals", hub.items("referral", "/referrals", matter_id=ids["matter"]), [])
    yield from _no_hours(hub, ids)
    yield from _is("the visitor", plan["visitor"], party(ZYH))


def sundajie(hub: Hub, ids: Ids) -> Iterator[str]:
    """She waits; nothing is called resolved; on the promised day it is on the worklist of the point."""
    request = hub.get("intake", f"/help-requests/{ids['matter']}")
    yield from _is("the request", request["state"], "waiting_client")
    yield from _is("its outcome", request["outcome"], None)
    listed = hub.get("intake", "/worklist", HCH, area=YIHE)["requests"]
    due = [row["due"] for row in listed if row["request_id"] == ids["matter"]]
    yield from _is("whether it is due on the worklist", due, [True])
    elsewhere = hub.get("intake", f"/persons/{ids['person']}/open-matters", XINGHUA_DESK)["open"]
    yield from _is(
        "what another station sees of it", [set(row) for row in elsewhere], [{"matter_id", "kind", "area", "holder"}]
    )
    chain = hub.get("audit", f"/matters/{ids['matter']}/custody")
    yield from _is("who answers for it", chain["holders"], [f"community:{YIHE}"])
    yield from _unbroken(hub, chain)


def liminghua(hub: Hub, ids: Ids) -> Iterator[str]:
    """Resident, community, grid worker, two workers, and back to the community; resolved by the client's word."""
    request = hub.get("intake", f"/help-requests/{ids['matter']}")
    yield from _is("the request", (request["state"], request["outcome"], request["confirmed_by"]),
                   ("closed", "resolved", "client"))  # fmt: skip
    task = hub.get("volunteer", f"/tasks/{ids['task']}")
    yield from _is("the task", (task["state"], task["result"]), ("verified", "done"))
    went = {row["assignee"] for row in hub.items("volunteer", "/assignments", task_id=ids["task"])}
    yield from _is("those who went", went, {party(ZBS), "worker:unnamed"})
    chain = hub.get("audit", f"/matters/{ids['matter']}/custody")
    community = f"community:{XINGHUA}"
    matter = [(step["giver"], step["takers"]) for step in chain["steps"] if step["need_id"] is None and step["act"]]
    yield from _is("who received the call", matter, [(f"person:{ids['person']}", [community])])
    links = [(step["giver"], set(step["takers"])) for step in chain["steps"] if step["need_id"] == ids["task"]]
    both = {party(ZBS), "worker:unnamed"}
    wanted = [(community, {party(GRID)}), (party(GRID), both), (party(ZBS), {community})]
    yield from _is("the links from the community and back to it", links, wanted)
    yield from _is("whether anything is still open", chain["open"], False)
    yield from _unbroken(hub, chain)
    yield from _no_hours(hub, ids)


def huayang(hub: Hub, ids: Ids) -> Iterator[str]:
    """Five commitments, of which it can be said which are open; two mentors; reports to both; one case, counted once."""
    pairing = hub.get("volunteer", f"/pairings/{ids['matter']}")
    if pairing["community_mentor"] is None or pairing["academy_mentor"] is None:
        yield "the pair has not two mentors"
    rows = hub.items("volunteer", "/commitments", pairing_id=ids["matter"])
    yield from _is("the commitments", sorted(row["code"] for row in rows), ["c1", "c2", "c3", "c4", "c5"])
    still = sorted(row["code"] for row in rows if row["state"] == "open")
    yield from _is("the commitments still open", still, ["c2", "c3", "c4"])
    due = [date.fromisoformat(row["due"]) for row in rows if row["due"]]
    yield from _is("the day on which a case is due", due, [date(2022, 12, 31)])
    reports = {
        row["to_org"].partition(":")[0] for row in hub.items("volunteer", "/pairing-reports", pairing_id=ids["matter"])
    }
    yield from _is("the units that were told", reports, {"community", "university"})
    cases = hub.items("intake", "/cases", pairing_id=ids["matter"])
    yield from _is(
        "the pair's cases in the community", [(row["case_id"], row["area"]) for row in cases], [(ids["case"], HUAYANG)]
    )
    yield from _is("the pair's case", pairing["case_id"], ids["case"])
    access = hub.items("intake", "/disclosures", need_id=ids["matter"])
    yield from _is("the student's access while the pairing lasts", [(row["receiver"], row["state"]) for row in access],
                   [(STUDENT, "live")])  # fmt: skip
    chain = hub.get("audit", f"/matters/{ids['matter']}/custody")
    need = [step["takers"] for step in chain["steps"] if step["need_id"] == ids["matter"]]
    yield from _is("who took the pairing on", need, [[party(ZXY), STUDENT]])
    yield from _unbroken(hub, chain)


def everywhere(hub: Hub) -> Iterator[str]:
    """No event holds a name, an illness or any text; nothing in the ledger lacks somebody who answers for it."""
    for service in PUBLISHERS:
        for page in _pulled(hub, service):
            if not page.text.isascii() or any(word in page.text for word in WORDS):
                yield f"events of {service} hold text"
    broken = hub.items("audit", "/findings", state="open")
    if broken:
        yield f"custody is broken: {broken}"


STORIES: dict[str, Callable[[Hub, Ids], Iterator[str]]] = {
    "xiaowei": xiaowei, "hongayi": hongayi, "sundajie": sundajie, "liminghua": liminghua, "huayang": huayang,
}  # fmt: skip


def disappointed(hub: Hub, stories: dict[str, Ids]) -> list[str]:
    """Everything that does not hold of the stories that were told; nothing when all is as it must be."""
    settled(hub)
    found = [f"{name}: {what}" for name, check in STORIES.items() for what in check(hub, stories[name])]
    return found + list(everywhere(hub))


def _is(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found!r} instead of {wanted!r}"


def _unbroken(hub: Hub, chain: dict[str, Any]) -> Iterator[str]:
    if chain["findings"]:
        yield f"custody is broken: {chain['findings']}"


def _commitments(hub: Hub, pairing_id: str) -> list[str]:
    return [row["state"] for row in hub.items("volunteer", "/commitments", pairing_id=pairing_id)]


def _months(hub: Hub, plan_id: str) -> list[dict[str, Any]]:
    return hub.items("intake", "/visit-months", plan_id=plan_id)


def _no_hours(hub: Hub, ids: Ids) -> Iterator[str]:
    """Staff on duty give no volunteer hours (令67号 art. 19)."""
    rows = [row for row in hub.items("volunteer", "/service-hours") if row["matter_id"] == ids["matter"]]
    yield from _is("the volunteer hours", rows, [])


def _events(hub: Hub, service: str, stream_id: str) -> list[dict[str, Any]]:
    """The events of one stream, as they were said."""
    return [event for page in _pulled(hub, service) for event in page.json() if event["subject"].endswith(stream_id)]


def _pulled(hub: Hub, service: str) -> Iterator[requests.Response]:
    """Everything that a service has said, page after page."""
    headers = {"Authorization": f"Bearer {hub.token_for(LEDGER)}"}
    after = 0
    while True:
        url = f"{hub.base_url}/{service}/events?after={after}&limit=1000"
        page = hub.session.get(url, headers=headers, timeout=30)
        events = page.json()
        if not events:
            return
        yield page
        after = events[-1]["position"]

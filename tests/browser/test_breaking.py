"""What a curious clerk with a proxy tries: others' matters by their ids, forged and stale forms, huge ones, and markup.

The forms are not named: every target of a form that the console has is tried, with the ids that its pages tell of.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.browser.walk import ROLES, Place, Walk, places

pytestmark = pytest.mark.browser

PASSWORD = "three quiet herons"
MARKUP = "\"'><img src=x onerror=alert(1)>"
OPEN_TO_ALL = {"/sign-in", "/sign-in/second", "/sign-in/enrol", "/sign-in/elsewhere", "/invitation/{code}", "/records"}
"""Forms of the door: they are tried at the door's own tests."""

NOTED = {"identity.read-refused", "case.replayed", "access.reported", "ledger.sealed"}
"""What may come of trying: that somebody tried."""


def heads(walk: Walk) -> dict[str, int]:
    """How far each log reaches."""
    return {name: state["head"] for name, state in walk.hub.ready().items()}


def said_since(walk: Walk, before: dict[str, int]) -> set[str]:
    """The types of all events that were said meanwhile."""
    found: set[str] = set()
    for name, head in before.items():
        events = walk.hub.ask("GET", f"/{name}/events?after={head}", role="service", ident="test", org="").json()
        found |= {str(event["type"]) for event in events}
    return found


def filled(place: Place, walk: Walk) -> str:
    """The address of a form's target, with ids of things that are there."""
    found = next((seen.path for seen in walk.found.values() if _form(seen.html, place)), "")
    target = _form(next((s.html for s in walk.found.values() if s.path == found), ""), place)
    return target or re.sub(r"\{id\}", _matter(walk), re.sub(r"\{(?!id\})[a-z_]+\}", str(uuid4()), place.path))


def anybodys(path: str) -> str:
    """The same address with ids of nothing: what answers there alike tells nobody anything."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda _: str(uuid4()), path)


def _form(html: str, place: Place) -> str:
    return next((to for to in re.findall(r'<form method="post" action="([^"]+)"', html) if place.pattern.match(to)), "")


def _matter(walk: Walk) -> str:
    return next(seen.path.split("/")[2] for seen in walk.found.values() if seen.place == "/matters/{id}")


@pytest.fixture(scope="module")
def stranger(walked: Walk) -> requests.Session:
    """The head of another street's station, who came in by the front door."""
    holder, keeper = f"h-{uuid4().hex[:6]}", walked.session("administrator")
    form = {
        "csrf": walked.csrf(keeper, "/admin/accounts"),
        "holder": holder,
        "role": "station_head",
        "org": "220102001",
    }
    made = keeper.post(f"{walked.url}/admin/accounts", form)
    link = re.findall(r"/invitation/[0-9a-f]+", made.text)[0]
    guest = walked.session("")
    chosen = {"csrf": walked.csrf(guest, link), "password": PASSWORD, "again": PASSWORD}
    guest.post(walked.url + link, chosen)
    session = walked.come(holder, PASSWORD)
    assert "退出" in session.get(walked.url).text
    return session


def test_what_belongs_to_another_station_is_not_there_by_its_id(walked: Walk, stranger: requests.Session):
    mine = [s for s in walked.found.values() if s.role == "coordinator" and re.search(r"/[0-9a-f]{8}-", s.path)]
    assert len(mine) > 20
    shown = {s.place for s in mine if stranger.get(walked.url + s.path).status_code == 200}
    for_all = {
        s.place for s in mine if s.place in shown and stranger.get(walked.url + anybodys(s.path)).status_code == 200
    }
    assert shown - for_all == set()


def test_no_form_about_anothers_matter_does_anything(walked: Walk, stranger: requests.Session):
    walked.hub.settles()
    before, csrf = heads(walked), walked.csrf(stranger, "/account")
    about = [place for place in places("POST") if "{id}" in place.path and place.path not in OPEN_TO_ALL]
    assert len(about) > 20
    for place in about:
        got = stranger.post(
            walked.url + filled(place, walked), {"csrf": csrf, "key": uuid4().hex}, allow_redirects=False
        )
        assert got.status_code < 500, place.path
    walked.hub.settles()
    assert said_since(walked, before) - NOTED == set()


@pytest.mark.parametrize("csrf", ["", "of another session"])
def test_no_form_without_its_sessions_token_does_anything(walked: Walk, csrf: str):
    """Every form that there is, in the role that may send it."""
    walked.hub.settles()
    before, sessions = heads(walked), {role: walked.session(role) for role in ROLES}
    forged = walked.csrf(walked.session("")) if csrf else ""
    for place in places("POST"):
        role = next((role for role in place.roles if role in ROLES), "coordinator")
        got = sessions[role].post(walked.url + filled(place, walked), {"csrf": forged}, allow_redirects=False)
        assert got.status_code == 303, place.path
    walked.hub.settles()
    assert said_since(walked, before) - NOTED == set()
    assert "退出" in sessions["coordinator"].get(walked.url).text


def test_nobody_who_is_not_in_sees_a_page_or_sends_a_form(walked: Walk):
    guest = walked.session("")
    csrf = walked.csrf(guest)
    for seen in walked.found.values():
        if seen.role and not any(
            "" in place.roles and place.pattern.match(seen.path.partition("?")[0]) for place in places()
        ):
            got = guest.get(walked.url + seen.path, allow_redirects=False)
            assert (got.status_code, got.headers["Location"]) == (303, "/sign-in"), seen.path
    for place in places("POST"):
        if "" not in place.roles:
            got = guest.post(walked.url + filled(place, walked), {"csrf": csrf}, allow_redirects=False)
            assert (got.status_code, got.headers["Location"]) == (303, "/sign-in"), place.path


def test_a_form_that_is_sent_twice_or_to_nobodys_id_fails_in_words(walked: Walk):
    """Whatever is typed into whichever form: never a fault of ours."""
    for role in ROLES:
        session = walked.session(role)
        csrf = walked.csrf(session, "/account")
        for place in (p for p in places("POST") if role in p.roles and p.path not in OPEN_TO_ALL):
            if place.path in ("/sign-out",) or place.path.startswith(("/account", "/admin/accounts")):
                continue
            path = re.sub(r"\{[a-z_]+\}", str(uuid4()), place.path)
            for form in ({}, {"key": "x" * 5_000, "reason_code": MARKUP}):
                got = session.post(walked.url + path, {"csrf": csrf, **form}, allow_redirects=False)
                assert got.status_code < 500, f"{role} {place.path} {got.status_code}"
                assert MARKUP not in got.text, place.path


ODD = ("%00", "..%2f..%2fetc%2fpasswd", "'%20or%201=1", "%F0%9F%A6%86" * 40, "9" * 400, "-1", "%E4%B8%AD")
"""Ids and questions that are none."""


def test_odd_ids_and_questions_fail_in_words(walked: Walk):
    session = walked.session("coordinator")
    known = [place for place in places() if {*place.roles} & {"coordinator", ""} and "stream" not in place.path]
    for place in known:
        for odd in ODD:
            path = re.sub(r"\{[a-z_]+\}", odd, place.path)
            query = "&".join(
                f"{name}={odd}" for name in ("n", "known_at", "month", "day", "state", "before", "q", "view", "lang")
            )
            got = session.get(f"{walked.url}{path}?{query}", allow_redirects=False)
            assert got.status_code < 500, f"{path} {got.status_code}"
            assert not got.headers.get("Location", "").startswith("//")


def test_a_form_that_is_too_big_is_turned_away_and_the_session_lives_on(walked: Walk):
    session = walked.session("coordinator")
    csrf = walked.csrf(session, "/take")
    try:
        got = session.post(f"{walked.url}/take", {"csrf": csrf, "story": "字" * 6_000_000})
        assert got.status_code in (400, 413)
    except requests.ConnectionError:  # the door may be shut while one still speaks
        session.close()
    assert session.get(f"{walked.url}/take").status_code == 200


def test_markup_in_whatever_people_type_stays_text(walked: Walk):
    """Names are typed by people, and shown on pages of others."""
    hub = walked.hub
    made = hub.ask("POST", "/referral/v1/organizations", {"kind": "charity", "code": f"x-{uuid4().hex[:6]}", "name": MARKUP},
                   Idempotency_Key=uuid4().hex).json()["id"]  # fmt: skip
    for act, body in (("verification", {"evidence_kind": "visit"}), ("activation", {})):
        hub.ask("POST", f"/referral/v1/organizations/{made}/{act}", body, Idempotency_Key=uuid4().hex)
    hub.ask("POST", "/referral/v1/offerings", {"organization_id": made, "service_codes": ["companionship"],
            "areas": ["220104"], "capacity": 5}, Idempotency_Key=uuid4().hex)  # fmt: skip
    hub.settles()
    session = walked.session("coordinator")
    typed: dict[str, Any] = {"csrf": walked.csrf(session, "/take"), "need_codes": "companionship", "came_by": "phone",
                             "key": uuid4().hex, "pseudonym": MARKUP, "story": MARKUP, "phone": MARKUP}  # fmt: skip
    answers = [session.post(f"{walked.url}/take", typed), session.get(f"{walked.url}/directory"),
               session.get(f"{walked.url}/search", params={"q": MARKUP}), session.post(f"{walked.url}/search", typed | {"q": MARKUP}),
               session.get(f"{walked.url}/nowhere/{MARKUP}")]  # fmt: skip
    assert "&lt;img" in answers[1].text
    assert all("<img src=x" not in answer.text for answer in answers)


def test_what_is_left_open_after_signing_out_leads_nowhere(walked: Walk):
    """Back, or a form that was open: neither a page nor an act; and no page was kept on the way."""
    session = walked.session("coordinator")
    page = session.get(f"{walked.url}/take")
    assert page.headers["Cache-Control"] == "no-store"
    before, csrf = heads(walked), re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
    old = dict(session.cookies)
    session.post(f"{walked.url}/sign-out", {"csrf": csrf})
    for cookies in (dict(session.cookies), old):  # as the browser has them now, and as somebody kept them
        got = requests.get(f"{walked.url}/take", cookies=cookies, allow_redirects=False, timeout=20)
        assert (got.status_code, got.headers["Location"]) == (303, "/sign-in")
        sent = requests.post(f"{walked.url}/take", {"csrf": csrf, "need_codes": "goods"}, cookies=cookies,
                             allow_redirects=False, timeout=20)  # fmt: skip
        assert sent.status_code == 303
    assert said_since(walked, before) - NOTED == set()


def test_a_session_that_somebody_planted_is_nobodys(walked: Walk):
    """Fixation: the value that was there before signing in opens nothing afterwards."""
    session, planted = walked.session(""), "a" * 43
    session.cookies.set("wushe_session", planted)
    session.post(f"{walked.url}/sign-in", {"csrf": walked.csrf(session), "account": "w-demo"})
    got = requests.get(f"{walked.url}/take", cookies={"wushe_session": planted}, allow_redirects=False, timeout=20)
    assert got.status_code == 303


def test_every_page_says_what_may_be_loaded_and_is_kept_by_nobody(walked: Walk):
    session = walked.session("coordinator")
    for seen in (s for s in walked.found.values() if s.role == "coordinator" and s.is_whole):
        headers = session.get(walked.url + seen.path).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"

"""An organization without an account takes part by mail: it is told, it answers by a link, and nobody else does; over the real stack."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest
import requests

from services.audit.times import HERE
from tests.support.postoffice import Letter, PostOffice
from tests.support.reference import Reference
from tests.support.street import HEAD, Organization, Person, Street
from tests.support.waiting import until

pytestmark = pytest.mark.scenario
NEED = "housework"
WHY = re.compile(r'class="said[^>]*>([^<]*)<')
SEEN = re.compile(r'name="seen" value="(\d+)"')


@pytest.fixture
def post(reference: Reference) -> PostOffice:
    return reference.post


@pytest.fixture
def teams(reference: Reference) -> list[Organization]:
    """Three teams, of which nobody has an account."""
    return Street(reference.hub).organizations(3, NEED)


def told_at(street: Street, team: Organization) -> str:
    """The team is told by mail from now on, at an address that nobody else has."""
    address = f"lei.{uuid4().hex[:8]}@example.org"
    street.do(f"/referral/organizations/{team.id}/mail", {"address": address}, HEAD)
    return address


def letter(post: PostOffice, address: str, number: int = 1) -> Letter:
    until(lambda: len(post.to(address)) >= number, f"letter {number} has arrived")
    return post.to(address)[number - 1]


def page(link: str) -> requests.Response:
    return requests.get(link, timeout=30, allow_redirects=False)


def says(link: str, act: str, **form: str | list[str]) -> requests.Response:
    """What a browser sends when one of the page's buttons is pressed."""
    seen = SEEN.search(page(link).text)
    given = {"act": act, "seen": seen[1] if seen else "", **form}
    return requests.post(link, data=given, timeout=30, allow_redirects=False)


def offered(street: Street, *asked: Organization) -> tuple[Person, str]:
    person = street.person(*asked)
    referral_id = street.referral(person, NEED)
    street.mark()
    street.offer(referral_id, *asked)
    return person, referral_id


def test_an_offer_is_told_by_mail_answered_served_and_brought_to_its_end_without_an_account(
    street: Street, reference: Reference, post: PostOffice, teams: list[Organization]
):
    team = teams[0]
    address = told_at(street, team)
    person, referral_id = offered(street, team)
    first = letter(post, address)
    assert first.mail["From"] == "hub@example.org" and NEED not in first.text and person.id not in str(first.mail)

    # A scanner follows the link, more than once: nothing is answered, and nothing is even said to be read.
    before = street.row(referral_id)["version"]
    for method in ("GET", "HEAD", "GET"):
        seen = requests.request(method, first.link, timeout=30)
        assert seen.status_code == 200 and seen.headers["Referrer-Policy"] == "no-referrer"
        assert seen.headers["Cache-Control"] == "no-store" and "noindex" in seen.headers["X-Robots-Tag"]
    assert street.row(referral_id)["version"] == before
    shown = page(first.link).text
    assert "家务" in shown or "助洁" in shown or NEED in shown
    assert "孙大姐" not in shown and person.id not in shown and "somewhere" not in shown

    # It asks; the answer comes by mail, under the same link.
    asked = says(first.link, "question", question=["schedule", "access"])
    assert asked.status_code == 303, WHY.findall(asked.text)
    assert street.events(referral_id)[-1]["data"]["question_codes"] == ["schedule", "access"]
    street.do(
        f"/referral/referrals/{referral_id}/information",
        {"organization_id": team.id, "answer_codes": ["weekday-mornings"]},
    )
    second = letter(post, address, 2)
    assert second.link == first.link and "weekday-mornings" in page(first.link).text

    # It says yes, four times at once: that is one yes, of this organization, by this link.
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: says(first.link, "acceptance"), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 303} and 303 in {a.status_code for a in answers}
    (yes,) = [event for event in street.events(referral_id) if event["type"] == "referral.accepted"]
    assert yes["actorid"].startswith("link:") and (yes["actorrole"], yes["actororg"]) == ("partner", team.id)
    assert yes["channel"] == yes["data"]["answered_via"] == "mail-link"
    street.settles()
    assert street.holders(person, referral_id)[-1] == [team.party]

    # That link is used up, for what follows too, and leads nowhere any more; the one for it comes by mail, and is where the yes led to.
    today = f"{datetime.now(HERE):%Y-%m-%d}"
    late: list[tuple[str, dict[str, str]]] = [
        ("refusal", {"reason": "no-capacity"}), ("start", {"met_on": today}), ("outcome", {"outcome": "delivered"}),
        ("return", {"reason": "other"}), ("acceptance", {}),
    ]  # fmt: skip
    for act, form in late:
        answer = says(first.link, act, **form)
        assert (answer.status_code, "Location" in answer.headers) == (200, False), act
        assert "已承接" in answer.text
    assert street.row(referral_id)["state"] == "accepted"
    third = letter(post, address, 3)
    (ahead,) = {answer.headers["Location"].partition("?")[0] for answer in answers if answer.status_code == 303}
    assert third.link == reference.hub.url + ahead != first.link

    assert says(third.link, "start", met_on="2100-01-01").status_code == 422
    day = re.search(r'name="met_on" value="([^"]+)"', page(third.link).text)
    assert day and says(third.link, "start", met_on=day[1]).status_code == 303
    assert says(third.link, "outcome", outcome="delivered").status_code == 303
    assert street.row(referral_id)["state"] == "outcome_reported"
    done = says(third.link, "outcome", outcome="not_delivered")
    assert street.row(referral_id)["outcome"] == "delivered" and "<form" not in page(third.link).text, done.text

    # The station does not agree: it is asked again, by a link that was not used.
    street.do(f"/referral/referrals/{referral_id}/dispute", {"reason_code": "not-what-was-agreed"}, HEAD)
    fourth = letter(post, address, 4)
    assert fourth.link != third.link
    assert "<form" not in page(third.link).text
    assert says(fourth.link, "outcome", outcome="partially").status_code == 303
    assert street.row(referral_id)["outcome"] == "partially"
    assert [each.link for each in post.to(address)] == [first.link, first.link, third.link, fourth.link]

    # Neither the address nor any link is in what is said, or in what is logged.
    everything = json.dumps(street.log("referral")) + "".join(
        (reference.folder / f"{name}.log").read_text(errors="replace") for name in reference.processes
    )
    assert address not in everything
    assert not any(each.link.rpartition("/")[2] in everything for each in post.to(address))
    (kept,) = street.items(f"/referral/letters?referral_id={referral_id}&state=sent", HEAD)[-1:]
    assert address not in json.dumps(kept) and kept["kind"] == "offer" and kept["used_for"] == "acceptance"


def test_withdrawn_after_the_acceptance_the_link_shows_nothing_of_the_need_any_more(
    street: Street, reference: Reference, post: PostOffice, teams: list[Organization]
):
    team = teams[0]
    address = told_at(street, team)
    person, referral_id = offered(street, team)
    yes = says(letter(post, address).link, "acceptance")
    service = reference.hub.url + yes.headers["Location"].partition("?")[0]
    assert "<form" in page(service).text and "家务" in page(service).text
    street.disclosed(referral_id)
    street.do(f"/intake/consents/{person.consent}/withdrawal", {"by": "self"})
    until(lambda: "<form" not in page(service).text, "the need is no longer the team's")
    assert "家务" not in page(service).text and "已终止" in page(service).text
    refused = says(service, "start", met_on="2026-01-01")
    assert refused.status_code != 303 and street.row(referral_id)["state"] == "withdrawn"
    assert street.reads(person, team.speaker) is None


def test_of_two_who_say_yes_at_once_by_their_links_one_has_it_and_the_other_hears_why_not(
    street: Street, post: PostOffice, teams: list[Organization]
):
    asked = teams[:2]
    addresses = [told_at(street, team) for team in asked]
    _, referral_id = offered(street, *asked)
    links = [letter(post, address).link for address in addresses]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda link: says(link, "acceptance"), links))
    row = street.row(referral_id)
    won = [team.id for team in asked].index(row["organization_id"])
    lost = page(links[1 - won]).text
    assert "其他机构" in lost and "<form" not in lost
    assert (
        "Another organization" in page(links[1 - won] + "?lang=en").text
        or "another organization" in page(links[1 - won] + "?lang=en").text
    )
    assert "已承接" in page(links[won]).text


def test_too_late_withdrawn_and_revoked_each_say_what_is_the_case(
    street: Street, post: PostOffice, teams: list[Organization]
):
    team = teams[2]
    address = told_at(street, team)
    person, referral_id = offered(street, team)
    first = letter(post, address).link
    assert says(first, "refusal", reason="").status_code == 422
    assert says(first, "refusal", reason="because-of-小伟").status_code in (409, 422)

    # A letter went astray: its link is revoked, and a new choice sends a new one.
    (kept,) = street.items(f"/referral/letters?referral_id={referral_id}", HEAD)
    street.do(f"/referral/organizations/{team.id}/mail/revocation", {"link_id": kept["link_id"]}, HEAD)
    gone = page(first)
    assert gone.status_code == 410 and "作废" in gone.text and says(first, "acceptance").status_code == 410
    again = told_at(street, team)
    second = letter(post, again).link
    assert page(second).status_code == 200

    # The person no longer agrees, and the station has not heard of it when the yes comes: no yes, and no summary.
    street.do(f"/intake/consents/{person.consent}/withdrawal", {"by": "self", "receivers": [team.party]})
    street.hears("referral", "intake")
    until(lambda: "<form" not in page(second).text, "the offer is withdrawn")
    assert says(second, "acceptance").status_code in (200, 303, 409)
    assert "独居" not in page(second).text and street.row(referral_id)["organization_id"] is None

    street.do(f"/referral/organizations/{team.id}/mail/end", {}, HEAD)
    assert page(second).status_code == 410
    for nothing in ("", "x.y", second.rpartition("/")[2][:-1] + "A"):
        found = requests.get(second.rpartition("/")[0] + "/" + nothing, timeout=30)
        assert found.status_code in (404, 410)

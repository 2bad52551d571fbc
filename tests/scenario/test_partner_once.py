"""What a partner's program sends twice is done once, what it sends wrongly is named, and what is another's is nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from services.kernel.message import Actor
from tests.support.called import Endpoints
from tests.support.member import ADMIN
from tests.support.street import Organization, Street, Told
from tests.support.waiting import until

pytestmark = pytest.mark.scenario
NEED = "housework"


@pytest.fixture(scope="module")
def teams(reference: Any) -> list[Organization]:
    """Two organizations, each with four deliveries."""
    street = Street(reference.hub)
    made = street.organizations(2, NEED)
    until(lambda: all(len(street.feed(each)) == 4 for each in made), "it is delivered")
    return made


@pytest.fixture
def team(teams: list[Organization]) -> Organization:
    return teams[0]


def get(street: Street, path: str, who: Actor, **headers: str) -> requests.Response:
    return street.hub.ask("GET", f"/partner/v1/{path}", role=who.role, ident=who.id, org=who.org, **headers)


def wrong_fields(answer: requests.Response) -> list[str]:
    """The fields that a refusal names; what was expected stands there in both languages."""
    assert answer.status_code == 422, answer.text
    assert all(each["expected"] and each["expected_zh"] for each in answer.json()["errors"])
    return [each["field"] for each in answer.json()["errors"]]


# --- what is shown once ----------------------------------------------------------------------------------------------


def secrets(team: Organization, called: Endpoints) -> list[tuple[str, Told, Told, str, str]]:
    """What has a secret: where it is asked for, how, how it would be another request, what it is called, its secret."""
    return [
        ("endpoints", {"url": called.url("/x")}, {"url": called.url("/y")}, "endpoint_id", "secret"),
        (
            "tokens",
            {"holder": "till", "scopes": ["feed"]},
            {"holder": "till", "scopes": ["offers"]},
            "token_id",
            "token",
        ),
        ("calendars", {"party": team.party}, {"party": f"organization:{team.id}"}, "calendar_id", "path"),
    ]


@pytest.mark.parametrize("which", [0, 1, 2], ids=["endpoints", "tokens", "calendars"])
def test_under_one_key_it_is_made_once_and_its_secret_is_shown_once(
    street: Street, team: Organization, which: int
) -> None:
    """Four times at once, as a program does that does not know whether it was heard."""
    key = uuid4().hex
    with Endpoints() as called:
        path, body, other, ident, secret = secrets(team, called)[which]

        def send(what: Told = body) -> requests.Response:
            return street.send(f"/partner/{path}", what, team.speaker, key=key)

        with ThreadPoolExecutor(4) as pool:
            answers = [each.json() for each in pool.map(lambda _: send(), range(4))]
        assert len({each[ident] for each in answers}) == 1, answers
        assert sum(each[secret] is not None for each in answers) == 1, "one has it, whichever came first"
        again = send()
        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
        said = again.json()
        assert (said[secret], said["code"]) == (None, "shown-once")
        assert said["allowed"] and said["detail"] and said["detail_zh"]
        reused = send(other)
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency-key-reused")
        query = f"?party={team.party}" if path == "calendars" else ""
        rows = [row for row in street.items(f"/partner/{path}{query}", team.speaker) if row[ident] == said[ident]]
        assert len(rows) == 1
        if path == "endpoints":
            street.do(f"/partner/endpoints/{said[ident]}/removal", {}, team.speaker)


def test_a_secret_is_changed_once_under_one_key(street: Street, team: Organization) -> None:
    with Endpoints() as called:
        made = street.do("/partner/endpoints", {"url": called.url("/x")}, team.speaker)
        place, key = f"/partner/endpoints/{made['endpoint_id']}", uuid4().hex
        first, again = (street.do(f"{place}/rotation", {}, team.speaker, key=key) for _ in range(2))
        assert first["secret"] and first["secret"] != made["secret"]
        assert (again["secret"], again["generation"], again["public_key"]) == (None, 2, first["public_key"])
        street.do(f"{place}/removal", {}, team.speaker)


# --- what is named ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["events?after=0&form=1", "events/stream?since=1", "sequence?page=1", "queue?x=1", "tokens?org=1"]
)
def test_a_parameter_that_is_not_known_is_refused_and_named(street: Street, team: Organization, path: str) -> None:
    unknown = path.rpartition("=")[0].rpartition("?" if "&" not in path else "&")[2]
    assert wrong_fields(get(street, path, team.speaker)) == [unknown]


def test_a_command_hears_no_parameter_so_nobody_takes_it_for_a_trial(street: Street, team: Organization) -> None:
    before = street.head("referral")
    answer = street.send("/referral/offerings?dry_run=true", {"organization_id": team.id}, ADMIN)
    assert wrong_fields(answer) == ["dry_run"]
    assert street.head("referral") == before


@pytest.mark.parametrize(
    "query", ["after=-1", "after=1e3", "after=99999999999999999999", "after=", "limit=0", "limit=1001", "wait=31"]
)
def test_a_number_that_is_none_is_refused_and_named(street: Street, team: Organization, query: str) -> None:
    assert wrong_fields(get(street, f"events?{query}", team.speaker)) == [query.partition("=")[0]]


def test_whoever_has_seen_what_was_never_delivered_is_told_and_does_not_wait_for_ever(
    street: Street, team: Organization
) -> None:
    """As after the hub was put back to an older day: the next deliveries would bear numbers that were seen."""
    for answer in (
        get(street, "events?after=5&wait=30", team.speaker), get(street, "events/stream?after=5", team.speaker),
        get(street, "events/stream", team.speaker, Last_Event_ID="5"),
        street.send("/partner/endpoints", {"url": "https://partner.example/hub", "after": 5}, team.speaker),
        street.send(f"/partner/queues/{team.id}/opening", {"after": 5}, ADMIN),
    ):  # fmt: skip
        said = answer.json()
        assert (answer.status_code, said["code"], said["field"]) == (409, "beyond-the-end", "after")
        assert "4" in said["detail"] and "4" in said["detail_zh"]
    assert get(street, "events?after=4", team.speaker).json() == []
    odd = get(street, "events/stream", team.speaker, Last_Event_ID="four")
    assert (odd.status_code, odd.json()["field"]) == (400, "Last-Event-ID")


def test_there_is_no_delivery_before_the_first_to_be_made_again(street: Street, team: Organization) -> None:
    """A number that no delivery has would be due for ever, and an endpoint that is down would be probed with it alone."""
    with Endpoints() as called:
        made = street.do("/partner/endpoints", {"url": called.url("/x"), "after": 4}, team.speaker)
        place = f"/partner/endpoints/{made['endpoint_id']}"
        for body, field in (({"number": 0}, "number"), ({"number": "1"}, "number"), ({"after": -1}, "after"), ({}, "number"),
                            ({"number": 5}, "number"), ({"number": 1, "after": 0}, "number")):  # fmt: skip
            assert wrong_fields(street.send(f"{place}/redeliveries", body, team.speaker)) == [field], body
        assert street.get(place, team.speaker)["waiting"] == []
        street.do(f"{place}/removal", {}, team.speaker)


def test_what_a_refusal_allows_is_what_whoever_asked_may_ask(street: Street, teams: list[Organization]) -> None:
    team = teams[1]
    referral_id = street.referral(street.person(team), NEED)
    street.offer(referral_id, team)
    own = street.refused("not-in-this-state", f"/referral/referrals/{referral_id}/start", {}, team.speaker)["allowed"]
    assert {"accept-referral", "decline-offer", "request-information"} <= set(own)
    assert not {"offer-referral", "withdraw-offer", "contact-person"} & set(own), "those are the station's"


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}'])
def test_a_page_that_is_known_is_known_however_its_tag_was_changed_on_its_way(
    street: Street, team: Organization, known: str
) -> None:
    first = get(street, "events?after=0&limit=2", team.speaker)
    again = get(street, "events?after=0&limit=2", team.speaker, If_None_Match=known.format(first.headers["ETag"]))
    assert (again.status_code, again.content) == (304, b"")


# --- what is another's -----------------------------------------------------------------------------------------------


def test_tokens_and_calendars_of_another_are_nobodys(street: Street, teams: list[Organization]) -> None:
    mine, other = teams
    token = street.do("/partner/tokens", {"holder": "door", "scopes": ["feed"]}, mine.speaker)
    calendar = street.do("/partner/calendars", {"party": mine.party}, mine.speaker)
    street.refused("not-found", f"/partner/tokens/{token['token_id']}/revocation", {}, other.speaker)
    street.refused(
        "not-yours",
        "/partner/tokens",
        {"organization_id": mine.id, "holder": "door", "scopes": ["feed"]},
        other.speaker,
    )
    assert all(row["organization_id"] == other.id for row in street.items("/partner/tokens", other.speaker))
    street.refused("not-yours", f"/partner/calendars/{calendar['calendar_id']}/closing", {}, other.speaker)
    street.refused("not-yours", "/partner/calendars", {"party": mine.party}, other.speaker)
    assert wrong_fields(get(street, f"calendars?party={mine.party}", other.speaker)) == ["party"]

"""A partner's program that asks too often is told so over HTTP, and when to come again; nobody else is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from services.kernel.message import Actor
from tests.support.embedded import Embedded, Hub
from tests.support.street import Organization, Street

MOST = 8
ADMIN = Actor(id="a-ops", role="administrator")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Embedded(tmp_path_factory.mktemp("often") / "var", settings={"HUB_RATE_LIMIT": f"{MOST}/minute"}) as embedded:
        yield embedded.hub


def token(hub: Hub, team: Organization, holder: str) -> str:
    asked = {"organization_id": team.id, "holder": holder, "scopes": ["feed", "offers", "answers"]}
    made = hub.ask("POST", "/partner/v1/tokens", asked, role=ADMIN.role, ident=ADMIN.id, org="")
    assert made.status_code == 201, made.text
    return str(made.json()["token"])


def test_too_often_is_429_with_the_time_to_come_again_and_nothing_was_done(hub: Hub) -> None:
    street = Street(hub)
    (team,) = street.organizations(1, "housework")
    referral_id = street.referral(street.person(team), "housework")
    street.offer(referral_id, team)
    hasty, calm = ({"Authorization": f"Bearer {token(hub, team, holder)}"} for holder in ("hasty", "calm"))
    feed = f"{hub.url}/partner/v1/events?after=0"
    statuses = [requests.get(feed, headers=hasty, timeout=30).status_code for _ in range(MOST + 1)]
    assert statuses == [200] * MOST + [429]

    place = f"{hub.url}/referral/v1/referrals/{referral_id}/acceptance"
    refused = requests.post(place, json={"organization_id": team.id}, headers=hasty, timeout=30)
    assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 61
    problem = refused.json()
    assert problem["code"] == "too-many-requests" and problem["detail"] and problem["detail_zh"]
    assert street.row(referral_id)["state"] == "offered", "nothing was done"

    # Another program of the same organization, and its people, are not held up by it.
    assert requests.get(feed, headers=calm, timeout=30).status_code == 200
    street.accept(referral_id, team)

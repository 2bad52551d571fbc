"""Webhooks over days: an endpoint that is dead costs nobody else anything, and gets everything when it is back."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import standardwebhooks

from services.kernel.clock import system_clock
from services.partner.schedule import WAITS
from tests.support.called import OK, Answer, Endpoints, Heard
from tests.support.clocked import Clocked
from tests.support.street import HEAD, Organization, Street
from tests.support.waiting import until

pytestmark = pytest.mark.faults
NEED = "housework"
Told = dict[str, Any]


@pytest.fixture
def street(reference: Clocked) -> Street:
    return Street(reference.hub)


@pytest.fixture
def called() -> Iterator[Endpoints]:
    with Endpoints() as endpoints:
        yield endpoints


def endpoint(street: Street, called: Endpoints, organization: Organization, path: str, **more: Any) -> Told:
    """The organization is called at this path from now on."""
    return street.do("/partner/endpoints", {"url": called.url(path), **more}, organization.speaker)


def says(street: Street, *organizations: Organization) -> None:
    """One more fact that concerns each of these."""
    offer = {"service_codes": [NEED], "areas": ["220104004"]}
    bodies = [("", {"organization_id": each.id, **offer}) for each in organizations]
    street.batch("referral", "publish-offering", bodies, HEAD)


def state(street: Street, organization: Organization, made: Told) -> Told:
    return dict(street.get(f"/partner/endpoints/{made['endpoint_id']}", organization.speaker))


def attempts(street: Street, organization: Organization, made: Told, number: int) -> list[Told]:
    path = f"/partner/endpoints/{made['endpoint_id']}/attempts?number={number}&limit=500"
    return list(reversed(street.items(path, organization.speaker)))


def test_one_endpoint_is_dead_for_three_days_and_fifty_others_are_on_time(
    street: Street, called: Endpoints, reference: Clocked
) -> None:
    *others, dead = street.organizations(51, NEED)
    path = {each.id: f"/{each.id}" for each in (*others, dead)}
    called.dead.add(path[dead.id])
    made = {each.id: endpoint(street, called, each, path[each.id]) for each in (*others, dead)}
    until(
        lambda: all(len(set(called.numbers(path[each.id]))) == 4 for each in others), "all others have the first four"
    )

    said = 4
    for wait in (0, *WAITS[:-1]):
        reference.pass_time(seconds=wait * 1.2)
        says(street, *others, dead)
        said += 1
        until(lambda n=said: all(len(set(called.numbers(path[o.id]))) == n for o in others), f"others have {said}", 20)
    assert all(sorted(set(called.numbers(path[each.id]))) == list(range(1, said + 1)) for each in others)

    # The dead one was only probed, at the times of the table: nothing was hammered and nothing piled up.
    assert state(street, dead, made[dead.id])["state"] == "active"
    tried = len(called.calls[f"dead {path[dead.id]}"])
    assert tried <= 3 * (len(WAITS) + 1)

    # It is back, and has exactly its sequence, in order, without being asked for anything.
    called.dead.clear()
    reference.pass_time(seconds=WAITS[-1] * 1.2)
    until(lambda: set(called.numbers(path[dead.id])) == set(range(1, said + 1)), "it has what it lacked")
    shown = until(lambda: (s := state(street, dead, made[dead.id]))["waiting"] == [] and s, "nothing waits any more")
    assert (shown["failures"], shown["number"]) == (0, said)


def test_an_endpoint_that_stays_dead_to_the_end_is_disabled_and_goes_on_when_it_is_enabled(
    street: Street, called: Endpoints, reference: Clocked
) -> None:
    (team,) = street.organizations(1, NEED)
    until(lambda: len(street.feed(team)) == 4, "it is delivered")
    called.dead.add("/x")
    made = endpoint(street, called, team, "/x")

    def is_disabled() -> bool:
        return state(street, team, made)["state"] == "disabled"

    for times in range(1, len(WAITS) + 2):
        until(lambda n=times: len(called.calls["dead /x"]) >= 3 * n or is_disabled(), "what is due is tried")
        reference.pass_time(seconds=WAITS[-1] * 1.2)
    until(is_disabled, "it is disabled")
    shown = state(street, team, made)
    assert (shown["state"], shown["reason_code"]) == ("disabled", "exhausted")
    called.dead.clear()
    street.do(f"/partner/endpoints/{made['endpoint_id']}/enabling", {}, team.speaker)
    until(lambda: sorted(called.numbers("/x")) == [1, 2, 3, 4], "it has everything")


def test_an_endpoint_that_is_back_says_so_and_is_called_before_its_time(
    street: Street, called: Endpoints, reference: Clocked
) -> None:
    (team,) = street.organizations(1, NEED)
    called.dead.add("/x")
    made = endpoint(street, called, team, "/x")
    for failures, seconds in ((1, 0), (2, 6)):  # the next attempt is due in five minutes then
        reference.pass_time(seconds=seconds)
        until(lambda n=failures: state(street, team, made)["failures"] >= n, "it is tried")
    called.dead.clear()
    street.do(f"/partner/endpoints/{made['endpoint_id']}/enabling", {}, team.speaker)
    until(lambda: set(called.numbers("/x")) == {1, 2, 3, 4}, "it has everything")


def test_a_delivery_that_an_endpoint_never_takes_holds_up_no_other(street: Street, called: Endpoints) -> None:
    (team,) = street.organizations(1, NEED)

    def picky(heard: Heard) -> Answer:
        return (500, {}) if heard.event["type"] == "organization.verified" else OK

    called.answers["/x"] = picky
    made = endpoint(street, called, team, "/x")
    until(lambda: {1, 3, 4} <= set(called.numbers("/x")), "the others came")
    until(lambda: state(street, team, made)["waiting"] == [2], "it waits alone")
    first = attempts(street, team, made, 2)[0]
    assert (first["outcome"], first["status"]) == ("refused", 500) and first["again_at"]

    called.answers.clear()
    street.do(f"/partner/endpoints/{made['endpoint_id']}/redeliveries", {"number": 2}, team.speaker)
    until(lambda: state(street, team, made)["waiting"] == [], "it was delivered by hand")
    assert attempts(street, team, made, 2)[-1]["outcome"] == "delivered"
    ids = {heard.headers["webhook-id"] for heard in called.calls["/x"] if heard.event["sequence"] == "0000000002"}
    assert len(ids) == 1, "every attempt bears the same id"


def test_410_disables_429_is_obeyed_and_redirects_are_not_followed(
    street: Street, called: Endpoints, reference: Clocked
) -> None:
    gone, busy, moved = street.organizations(3, NEED)
    called.answers |= {
        "/gone": lambda _: (410, {}), "/busy": lambda _: (429, {"Retry-After": "600"}),
        "/moved": lambda _: (302, {"Location": called.url("/elsewhere")}),
    }  # fmt: skip
    made = {
        each.id: endpoint(street, called, each, path)
        for each, path in ((gone, "/gone"), (busy, "/busy"), (moved, "/moved"))
    }
    until(lambda: state(street, gone, made[gone.id])["reason_code"] == "gone", "it is disabled")
    assert len(called.calls["/gone"]) == 1
    until(lambda: state(street, busy, made[busy.id])["rests_until"], "it is left alone")
    until(lambda: state(street, moved, made[moved.id])["failures"] >= 1, "a redirect is a failure")
    reference.pass_time(seconds=300)
    says(street, busy, moved)
    until(lambda: len(street.feed(busy)) == 5, "it is delivered")
    assert len(called.calls["/busy"]) == 1, "nothing came before the time it asked for"
    called.answers.clear()
    reference.pass_time(seconds=400)
    until(lambda: sorted(set(called.numbers("/busy"))) == [1, 2, 3, 4, 5], "then everything came")
    assert called.calls["/elsewhere"] == []


def test_a_secret_is_changed_without_a_call_that_cannot_be_verified(
    street: Street, called: Endpoints, reference: Clocked
) -> None:
    (team,) = street.organizations(1, NEED)
    made = endpoint(street, called, team, "/x")
    until(lambda: len(called.calls["/x"]) == 4, "it is called")
    turned = street.do(f"/partner/endpoints/{made['endpoint_id']}/rotation", {"overlap_hours": 1}, team.speaker)
    assert turned["secret"] != made["secret"]
    says(street, team)
    both = until(lambda: called.calls["/x"][4:5], "it is called")[0]
    reference.pass_time(hours=2)
    says(street, team)
    new = until(lambda: called.calls["/x"][5:6], "it is called")[0]
    assert [verifies(each, made["secret"]) for each in (called.calls["/x"][0], both, new)] == [True, True, False]
    assert [verifies(each, turned["secret"]) for each in (both, new)] == [True, True]


def verifies(heard: Heard, secret: str) -> bool:
    """What the official library says of the signature; that the clocks of tests run ahead is nothing to it."""
    ahead = abs(int(heard.headers["webhook-timestamp"]) - system_clock().timestamp())
    assert ahead < timedelta(days=60).total_seconds()
    hook = standardwebhooks.Webhook(secret)
    hook._Webhook__verify_timestamp = lambda told: system_clock()  # type: ignore[attr-defined]
    signed = heard.headers["webhook-signature"].split(" ")
    expected = {hook.sign(heard.headers["webhook-id"], moment(heard), heard.body.decode())}
    return bool(expected & set(signed))


def moment(heard: Heard) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(int(heard.headers["webhook-timestamp"]), UTC)


CHECK = """
const {createHmac, createPublicKey, verify, timingSafeEqual} = require("crypto");
const [secret, key, headers, body] = JSON.parse(require("fs").readFileSync(0));
const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
const mac = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64")).update(signed).digest();
const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(key.slice("whpk_".length), "base64")]);
const publicKey = createPublicKey({key: der, format: "der", type: "spki"});
const given = headers["webhook-signature"].split(" ").map((each) => each.split(","));
const good = given.map(([version, text]) => version === "v1"
  ? timingSafeEqual(mac, Buffer.from(text, "base64"))
  : verify(null, signed, publicKey, Buffer.from(text, "base64")));
console.log(JSON.stringify(good));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed here")
def test_node_verifies_both_signatures(street: Street, called: Endpoints) -> None:
    (team,) = street.organizations(1, NEED)
    made = endpoint(street, called, team, "/x")
    heard = until(lambda: called.calls["/x"][:1], "it is called")[0]
    given = json.dumps([made["secret"], made["public_key"], heard.headers, heard.body.decode()])
    done = subprocess.run(["node", "-e", CHECK], input=given, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[true,true]", done.stderr


def test_an_endpoint_is_its_organizations_own(street: Street, called: Endpoints) -> None:
    mine, other = street.organizations(2, NEED)
    made = endpoint(street, called, mine, "/x")
    for path in ("", "/attempts"):
        assert street.get(f"/partner/endpoints/{made['endpoint_id']}{path}", other.speaker) is None
    for act in ("rotation", "disabling", "enabling", "removal", "redeliveries"):
        street.refused("not-found", f"/partner/endpoints/{made['endpoint_id']}/{act}", {}, other.speaker)
    assert street.items("/partner/endpoints", other.speaker) == []
    assert street.get(f"/partner/endpoints/{uuid4()}", mine.speaker) is None


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "https://169.254.169.254/latest", "https://[::1]/x", "file:///etc/passwd"]
)
def test_an_address_inside_is_not_even_taken(street: Street, called: Endpoints, url: str) -> None:
    (team,) = street.organizations(1, NEED)
    answer = street.send("/partner/endpoints", {"url": url}, team.speaker)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "url"

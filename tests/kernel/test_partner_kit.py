"""The conformance kit: a good program passes, and each mistake that a program can make is found."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from services.partner.signing import secrets_of
from tests.support.embedded import Embedded, Hub
from tests.support.street import Street
from tests.support.waiting import until
from wushe.cli import main
from wushe.partner.kit import Endpoint, report
from wushe.partner.simulated import Desk, Partner, served

SECRET = secrets_of(b"k" * 32, UUID(int=1), 1)
NEED = "housework"
Headers = dict[str, str]


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """The simulated endpoint."""
    server = served(desk, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tried(desk: Desk, shows: bool = True) -> dict[str, str]:
    """What the kit finds, by check."""
    with serving(desk) as url:
        endpoint = Endpoint(url, SECRET, url if shows else "")
        endpoint.begin()
        return {each.code: each.result for each in report(endpoint.checks())}


def test_a_good_program_passes() -> None:
    assert set(tried(Desk(SECRET)).values()) == {"passed"}


def test_what_cannot_be_seen_is_left_out_and_not_passed() -> None:
    found = tried(Desk(SECRET), shows=False)
    assert found["gaps"] == "left-out"
    assert set(found.values()) == {"passed", "left-out"}


class Forgetful(Desk):
    """It takes everything as new."""

    def take(self, headers: Headers, body: bytes) -> int:
        if not self.is_signed(headers, body):
            return 401
        self.last, self.count = int(json.loads(body)["sequence"]), self.count + 1
        return 204


class Trusting(Desk):
    """It verifies nothing."""

    def is_signed(self, headers: Headers, body: bytes) -> bool:
        return True


class Strict(Desk):
    """It refuses what it has, and what it does not know."""

    def take(self, headers: Headers, body: bytes) -> int:
        if not self.is_signed(headers, body):
            return 401
        told = json.loads(body)
        return (
            409 if int(told["sequence"]) <= self.last or told["type"] != "offer.viewed" else super().take(headers, body)
        )


class Timeless(Desk):
    """It does not look at the time."""

    def is_signed(self, headers: Headers, body: bytes) -> bool:
        signed = b"%b.%b.%b" % (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
        return self.secret.sign(signed)[0] in headers.get("webhook-signature", "").split(" ")


@pytest.mark.parametrize(
    ("program", "failed"),
    [
        (Forgetful, {"duplicates", "retries", "gaps", "late"}), (Trusting, {"unsigned", "forged", "old"}),
        (Strict, {"duplicates", "retries", "late", "tolerance"}), (Timeless, {"old"}),
    ],
)  # fmt: skip
def test_each_mistake_is_found(program: Callable[..., Desk], failed: set[str]) -> None:
    found = tried(program(SECRET))
    assert failed <= {code for code, result in found.items() if result == "failed"}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("kit") / "var") as made:
        yield made


@pytest.fixture(scope="module")
def hub(embedded: Embedded) -> Hub:
    return embedded.hub


def test_the_first_quarter_of_an_hour_goes_as_the_page_says(embedded: Embedded) -> None:
    """The first block of docs/partners.md, word for word, for an organization that is found by its code."""
    hub, street = embedded.hub, Street(embedded.hub)
    (team,) = street.organizations(1, NEED)
    code = street.get(f"/referral/organizations/{team.id}")["code"]
    until(lambda: len(hub.deliveries(team.speaker)) == 4, "it is delivered")
    page = (Path(__file__).parents[2] / "docs/partners.md").read_text(encoding="utf-8")
    found = re.search(r"```sh\n(\.venv/bin/wushe partner list\n.*?)```", page, re.DOTALL)
    assert found
    where = ["--url", hub.url, "--var", str(embedded.folder)]
    listing, issuing, trying = (line.split()[1:] for line in found[1].splitlines())
    listed = CliRunner().invoke(main, [*listing, *where])
    assert f"{team.id}  active" in listed.output
    issued = CliRunner().invoke(main, [*(code if word == "leifeng-nanguan" else word for word in issuing), *where])
    token = re.search(r"hub_live_\w+(-\w*)*", issued.output)
    assert token, issued.output
    said = {"http://127.0.0.1:8080": hub.url, "TOKEN": token[0]}
    tried = CliRunner().invoke(main, [said.get(word, word) for word in trying])
    assert tried.exit_code == 0, tried.output
    assert "7 checks, 0 failed" in tried.output


def test_an_organization_that_is_not_there_is_said_and_a_wrong_token_ends_no_program_with_a_trace(
    embedded: Embedded,
) -> None:
    for named in ("no-such-team", str(UUID(int=7))):
        issue = ["partner", "token", "issue", named, "--holder", "desk", "--scope", "feed",
                 "--url", embedded.hub.url, "--var", str(embedded.folder)]  # fmt: skip
        nobody = CliRunner().invoke(main, issue)
        assert nobody.exit_code == 1
        assert "wushe partner list" in nobody.output
    wrong = CliRunner().invoke(main, ["partner", "simulate", embedded.hub.url, "no-token"])
    assert wrong.exit_code == 1
    assert "Sign in" in wrong.output
    assert "请先登录" in wrong.output


def test_the_kit_tries_an_organizations_access(hub: Hub) -> None:
    (team,) = Street(hub).organizations(1, NEED)
    until(lambda: hub.deliveries(team.speaker), "it is delivered")
    done = CliRunner().invoke(main, ["partner", "check", hub.url, hub.token_for(team.speaker), "--json"])
    found = {each["code"]: each["result"] for each in json.loads(done.output)["checks"]}
    assert (done.exit_code, set(found.values())) == (0, {"passed"}), done.output
    wrong = CliRunner().invoke(main, ["partner", "check", hub.url, "no-token"])
    assert wrong.exit_code == 1 and "✗ feed-readable" in wrong.output


def test_a_simulated_partner_takes_what_it_is_offered(hub: Hub) -> None:
    street = Street(hub)
    (team,) = street.organizations(1, NEED)
    person = street.person(team)
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, team)
    said: list[str] = []
    program = threading.Thread(
        target=Partner(hub.url, hub.token_for(team.speaker), "accept", said.append).run, args=(8,)
    )
    program.start()
    assert street.in_state(referral_id, "in_service")["state"] == "in_service"
    until(lambda: any("who it is: 200" in line for line in said), "it has read who it is")
    program.join()
    assert person.id not in str(said)


def test_a_simulated_partner_says_no_with_a_reason(hub: Hub) -> None:
    street = Street(hub)
    (team,) = street.organizations(1, NEED)
    referral_id = street.referral(street.person(team), NEED)
    street.offer(referral_id, team)
    program = threading.Thread(
        target=Partner(hub.url, hub.token_for(team.speaker), "decline", lambda _: None).run, args=(4,)
    )
    program.start()
    street.in_state(referral_id, "ready")
    program.join()


def test_the_embedded_hub_says_what_there_is_instead_of_a_queue(hub: Hub, tmp_path: Path) -> None:
    (team,) = Street(hub).organizations(1, NEED)
    until(lambda: hub.deliveries(team.speaker), "it is delivered")
    from tests.support.member import ADMIN

    done = CliRunner().invoke(main, ["partner", "add", team.id, "--url", hub.url, "--token", hub.token_for(ADMIN)])
    assert done.exit_code == 1 and "webhook" in done.output and "回调" in done.output

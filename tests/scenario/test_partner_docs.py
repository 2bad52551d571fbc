"""What docs/partners.md tells a partner's developer to write is run, word for word, against a running hub."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from services.kernel.contract import hints
from services.kernel.entrypoints.asking import Asking
from tests.support.called import Endpoints
from tests.support.member import Member, admitted
from tests.support.reference import ROOT, Reference
from tests.support.servers import free_port
from tests.support.street import HEAD, Street
from tests.support.waiting import until
from tests.unit.test_scopes import entrypoints

pytestmark = pytest.mark.scenario
PAGE = (ROOT / "docs/partners.md").read_text(encoding="utf-8")
NEED = "housework"
FOUR = ["organization.registered", "organization.verified", "organization.activated", "offering.published"]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed here")


def block(name: str) -> str:
    """The block of code that begins by naming this file."""
    found = re.search(rf"```\w+\n((?:#|//) {re.escape(name)}.*?)```", PAGE, re.DOTALL)
    assert found, f"docs/partners.md has no {name}"
    return found[1]


@pytest.fixture(scope="module")
def member(reference: Reference) -> Member:
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    until(lambda: len(street.feed(team)) == 4, "it is delivered")
    return admitted(reference, team)


def printed(command: list[str], folder: Path, count: int, **environ: str) -> list[str]:
    """The first lines that a program prints; then it is killed, for it would go on for ever."""
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | environ
    ) as program:
        assert program.stdout is not None
        try:
            return [program.stdout.readline() for _ in range(count)]
        finally:
            program.kill()


START = """
import eventlet
eventlet.monkey_patch()
import yaml
from nameko.containers import ServiceContainer
from desk import Desk
container = ServiceContainer(Desk, config=yaml.safe_load(open("config.yaml")))
container.start()
container.wait()
"""
"""What `nameko run --config config.yaml desk` does; the command itself needs a setuptools older than ours."""


def types(lines: list[str]) -> list[str]:
    return [line.split(" ")[1] if line.count(" ") >= 2 else line for line in lines]


@pytest.mark.parametrize("name", ["feed.py", pytest.param("feed.js", marks=needs_node)])
def test_the_feed_is_read_and_goes_on_where_it_was(
    reference: Reference, member: Member, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(block(name), encoding="utf-8")
    run = [sys.executable if name.endswith("py") else "node", name]
    environ = {"HUB": reference.hub.url, "TOKEN": reference.hub.token_for(member.organization.speaker)}
    assert types(printed(run, tmp_path, 4, **environ)) == FOUR
    until((tmp_path / "last-number").exists, "it has kept where it stands")
    # However much it had kept when it was killed: one thing more is said, and it goes on from there.
    last = int((tmp_path / "last-number").read_text())
    assert last > 0
    offer = {"organization_id": member.organization.id, "service_codes": [NEED], "areas": ["220104004"]}
    Street(reference.hub).do("/referral/offerings", offer, HEAD)
    (line,) = printed(run, tmp_path, 1, **environ)
    assert int(line.partition(" ")[0]) == last + 1


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_what_is_asked_by_curl_is_answered(reference: Reference) -> None:
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    referral_id = street.referral(street.person(team), NEED)
    street.offer(referral_id, team)
    held = street.accepted(street.person(team), team, NEED)
    (told,) = until(
        lambda: [e for e in street.feed(team) if e["type"] == "identity.disclosed"], "it is told where to ask"
    )
    environ = os.environ | {
        "DATAREF": told["dataref"],
        "TOKEN": reference.hub.token_for(team.speaker),
        "SIGNED_IN": reference.hub.token_for(team.speaker),
        "ORGANIZATION": team.id,
        "REFERRAL": referral_id,
        "EVENT": uuid4().hex,
    }
    asked = re.findall(r"```sh\n(curl .*?)```", PAGE, re.DOTALL)
    assert len(asked) == 5
    for block in asked:
        text = block.replace("https://hub.example", reference.hub.url).replace("YOUR-ORGANIZATION-ID", team.id)
        script = text.replace("curl ", "curl --silent --show-error --fail-with-body ", 1)
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environ, timeout=60)
        assert done.returncode == 0 and done.stdout, f"{block}{done.stdout}{done.stderr}"
    assert street.row(referral_id)["state"] == "accepted"
    assert street.items(f"/intake/reads?limit=100&person_id={street.row(held)['person_id']}"), (
        "the reading is on record"
    )


def test_every_answer_of_the_table_is_a_command_with_these_fields() -> None:
    """The paths and the fields that the table names, by the entrypoints and contracts themselves."""
    paths = {asking.path: asking.command for asking in entrypoints("referral", Asking)}
    told = re.findall(r"^\| [a-z ]+ \| `([a-z]+)` \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(told) == 10
    for act, body in told:
        known = hints(paths[f"/referrals/{{id}}/{act}"])
        codes = {"delivered", "partially", "not_delivered", "client_declined", "unreachable"}
        assert set(re.findall(r"`([a-z_]+)`", body)) - codes <= known.keys(), act


def test_a_call_is_taken_by_the_program_in_python(reference: Reference, tmp_path: Path) -> None:
    """With the standard's own library."""
    street, port = Street(reference.hub), free_port()
    (team,) = street.organizations(1, NEED)
    until(lambda: len(street.feed(team)) == 4, "it is delivered")
    made = street.do("/partner/endpoints", {"url": f"http://127.0.0.1:{port}/hub"}, team.speaker)
    place = f"/partner/endpoints/{made['endpoint_id']}"
    until(lambda: street.get(place, team.speaker)["failures"], "nobody is there yet")
    (tmp_path / "receiver.py").write_text(block("receiver.py"), encoding="utf-8")
    environ = os.environ | {"SECRET": made["secret"], "PORT": str(port)}
    with subprocess.Popen([sys.executable, "receiver.py"], cwd=tmp_path, env=environ, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as program:  # fmt: skip
        assert program.stdout is not None
        try:
            until(lambda: answers(port), "it listens")
            forged = requests.post(f"http://127.0.0.1:{port}/hub", data=b"{}", timeout=10)
            assert forged.status_code == 401
            street.do(f"{place}/redeliveries", {"number": 1}, team.speaker)
            assert types([program.stdout.readline() for _ in range(4)]) == FOUR
        finally:
            program.kill()
    street.do(f"{place}/removal", {}, team.speaker)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_the_queue_is_read_by_pika(member: Member, tmp_path: Path) -> None:
    (tmp_path / "reader.py").write_text(block("queue.py"), encoding="utf-8")
    environ = {"AMQP_URL": member.url, "QUEUE": member.queue}
    assert types(printed([sys.executable, "reader.py"], tmp_path, 4, **environ)) == FOUR


def test_the_queue_is_read_by_a_stock_nameko_service(reference: Reference, tmp_path: Path) -> None:
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    until(lambda: len(street.feed(team)) == 4, "it is delivered")
    own = admitted(reference, team)
    (tmp_path / "desk.py").write_text(block("desk.py").replace("YOUR-ORGANIZATION-ID", team.id), encoding="utf-8")
    config = re.search(r"```yaml\n(# config.yaml\nAMQP_URI: amqps://p\..*?)```", PAGE, re.DOTALL)
    assert config
    text = re.sub(r"amqps://\S+", own.url, config[1])
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "start.py").write_text(START, encoding="utf-8")
    run = [sys.executable, "start.py"]
    with subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(4)]
        program.kill()
    assert types(lines) == FOUR


@pytest.fixture(scope="module")
def tries(reference: Reference, member: Member) -> str:
    """A call as it came, changed on its way, and held against another secret; each with secret, headers and body."""
    with Endpoints() as called:
        made = Street(reference.hub).do("/partner/endpoints", {"url": called.url("/js")}, member.organization.speaker)
        heard = until(lambda: called.calls["/js"][:1], "it is called")[0]
    body = heard.body.decode()
    return json.dumps([[made["secret"], heard.headers, body], [made["secret"], heard.headers, body + " "],
                       ["whsec_" + "A" * 43 + "=", heard.headers, body]])  # fmt: skip


def said_by_node(script: str, tries: str, folder: Path) -> str:
    """What a function `good` that the script defines says of each try."""
    tried = f"{script}; console.log(JSON.stringify({tries}.map((t) => good(...t))))"
    done = subprocess.run(["node", "-e", tried], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@needs_node
def test_a_call_is_verified_in_javascript(tries: str, tmp_path: Path) -> None:
    (tmp_path / "verify.js").write_text(block("verify.js"), encoding="utf-8")
    script = 'const {isSigned: good} = require("./verify.js")'
    assert said_by_node(script, tries, tmp_path) == "[true,false,false]"


def node_has(package: str) -> bool:
    """Whether node is here, and has this package."""
    asked = ["node", "-e", f'require.resolve("{package}")']
    return shutil.which("node") is not None and subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not node_has("standardwebhooks"), reason="node has no standardwebhooks here")
def test_a_call_is_verified_by_the_official_library_for_javascript(tries: str, tmp_path: Path) -> None:
    script = """
        const {Webhook} = require("standardwebhooks");
        const good = (secret, headers, body) => {
          try { return Boolean(new Webhook(secret).verify(body, headers)); } catch { return false; }
        }"""
    assert said_by_node(script, tries, tmp_path) == "[true,false,false]"

"""An organization that takes part by a queue of its own, as its operator admits it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from services.kernel.message import Actor
from tests.support.reference import ROOT, Reference
from tests.support.street import Organization, Street
from tests.support.waiting import until

ADMIN = Actor(id="a-ops", role="administrator")


@dataclass(frozen=True)
class Member:
    """An organization with a queue of its own, and the address at which its program reads it."""

    organization: Organization
    queue: str
    url: str


def wushe_partner(reference: Reference, act: str, organization: Organization, *more: str) -> dict[str, str]:
    """`wushe partner …`, as the operator says it."""
    command = [
        sys.executable, "-m", "wushe.cli", "partner", act, organization.id, "--url", reference.hub.url,
        "--token", reference.hub.token_for(ADMIN), "--rabbitmqctl", str(reference.folder / "rabbitmqctl"), "--json", *more,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, env=dict(os.environ))
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def admitted(reference: Reference, organization: Organization) -> Member:
    """The organization gets its queue and its user."""
    street = Street(reference.hub)
    until(lambda: street.feed(organization), "something was delivered to it")
    made = wushe_partner(reference, "add", organization, "--address", f"127.0.0.1:{reference.rabbit.port}")
    return Member(organization, made["queue"], made["amqp_url"].replace("amqps://", "amqp://"))

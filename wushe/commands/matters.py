"""What an auditor asks of a running hub: replay a matter, show its custody, check the ledger."""

from __future__ import annotations

import sys
from datetime import datetime, time
from pathlib import Path
from time import sleep
from typing import Any
from uuid import UUID

import click

from wushe import wording
from wushe.client import Client, hub_options
from wushe.output import as_json, fail, say

MANY = 100_000
"""From so many entries on it is shown how far a check has come."""


def instant(value: str) -> str:
    """A time as the hub takes it: a day means its end, and without an offset it is the station's; what is none is refused there."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    if len(value) == len("2026-03-01"):
        at = datetime.combine(at, time.max)
    return (at if at.tzinfo is not None else at.replace(tzinfo=wording.CHINA)).isoformat()


def two_times(command: Any) -> Any:
    """`--known-at` and `--valid-at`: what was known then, what was so then."""
    command = click.option("--valid-at", type=instant, help="What was true at this time, e.g. 2022-08-31.")(command)
    return click.option("--known-at", type=instant, help="As far as it was known at this time.")(command)


@click.command()
@click.argument("matter", type=click.UUID)
@two_times
@hub_options
@as_json
def replay(
    matter: UUID, known_at: str | None, valid_at: str | None, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Show MATTER as it was, and as it was then known."""
    client = Client(url, token, folder, json_=json_)
    found = client.get(f"/audit/v1/matters/{matter}/replay", json_, known_at=known_at, valid_at=valid_at)
    say(found, json_, "" if json_ else wording.replay(found))


@click.command()
@click.argument("matter", type=click.UUID)
@two_times
@hub_options
@as_json
def custody(
    matter: UUID, known_at: str | None, valid_at: str | None, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Show who answered for MATTER and its needs, from beginning to end."""
    client = Client(url, token, folder, json_=json_)
    found = client.get(f"/audit/v1/matters/{matter}/custody", json_, known_at=known_at, valid_at=valid_at)
    say(found, json_, "" if json_ else wording.custody(found))


@click.command()
@hub_options
@as_json
def verify(url: str, token: str, folder: Path, json_: bool) -> None:
    """Check the ledger of a running hub from its first entry to its last; end with 1 when it is not sound."""
    client = Client(url, token, folder, json_=json_)
    found = client.post("/audit/v1/verifications", {}, json_)
    with click.progressbar(length=found["size"], file=sys.stderr, hidden=json_ or found["size"] < MANY) as bar:
        while found["state"] == "running":
            sleep(0.2)
            found = client.get("/audit/v1/verifications/running", json_)
            bar.update(found.get("checked", 0) - bar.pos)
    if found["state"] != "done":
        fail("not-checked", "The check has ended before it was done; the service's log says why.",
             "复核未能完成; 原因见服务日志。", json_)  # fmt: skip
    say(found, json_, "" if json_ else wording.ledger(found))
    if not found["sound"]:
        sys.exit(1)

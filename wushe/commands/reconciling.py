"""Comparing the ledger with what each publisher signs for, now and not once a day."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from wushe.client import Client, hub_options
from wushe.output import as_json, fail, say
from wushe.services import PUBLISHERS

BASE = "/audit/v1"
WAIT_SECONDS = 300


@click.command()
@click.option("--publisher", type=click.Choice(PUBLISHERS), help="One of them alone; else all.")
@hub_options
@as_json
def reconcile(publisher: str | None, url: str, token: str, folder: Path, json_: bool) -> None:
    """Have each publisher sign for its log now, and compare the ledger with it; end with 1 where they differ."""
    client = Client(url, token, folder, json_=json_)
    asked = client.post(f"{BASE}/reconciliations", {"publisher": publisher} if publisher else {}, json_)
    _wait(client, asked, json_)
    logs = [row for row in client.all(f"{BASE}/publisher-logs", json_) if row["publisher"] in asked["publishers"]]
    found = [
        row for row in client.all(f"{BASE}/differences", json_, state="open") if row["publisher"] in asked["publishers"]
    ]
    say({"logs": logs, "differences": found}, json_, "" if json_ else _told(logs, found))
    if found:
        raise SystemExit(1)


def _wait(client: Client, asked: dict[str, Any], json_: bool) -> None:
    """Until everybody who was asked has been compared."""
    since, until = datetime.fromisoformat(asked["asked_at"]), time.monotonic() + WAIT_SECONDS
    while True:
        items = client.get(f"{BASE}/reconciliations", json_)["items"]
        done = {row["publisher"] for row in items if row["done_at"] and datetime.fromisoformat(row["done_at"]) >= since}
        waiting = sorted(set(asked["publishers"]) - done)
        if not waiting:
            return
        if time.monotonic() > until:
            names = ", ".join(waiting)
            fail("not-compared-yet", f"Not compared yet: {names}.", f"尚未对账: {names}。", json_)
        time.sleep(0.2)


def _told(logs: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    lines = [
        f"{'✓' if row['state'] == 'agrees' else '✗'} {row['publisher']}: {row['position'] or 0} 条事件 / events, "
        f"{'相符 / agrees' if row['state'] == 'agrees' else '不符 / differs'}"
        for row in logs
    ]
    lines += [f"  {row['publisher']} {row['code']} @ {row['position']} (entry {row['entry']})" for row in found]
    return "\n".join(lines)

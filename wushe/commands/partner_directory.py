"""`wushe partner list`, and how the other commands of an operator find an organization: by its id, or by its code."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from wushe.client import Client, hub_options
from wushe.output import as_json, fail, say

PLACE = "/referral/v1/organizations"
ROLE = "administrator"


def id_of(client: Client, named: str, json_: bool) -> str:
    """The id of the organization that is named; ends the command where there is none."""
    ident = _id(named)
    rows = client.all(PLACE, json_) if ident else client.get(PLACE, json_, code=named)["items"]
    found = [str(row["organization_id"]) for row in rows if ident in (None, row["organization_id"])]
    if not found:
        fail("no-organization", f"No organization has the id or the code {named!r}; see `wushe partner list`.",
             f"没有标识或代码为 {named!r} 的机构; 见 `wushe partner list`。", json_)  # fmt: skip
    return found[0]


def _id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


@click.command("list")
@hub_options
@as_json
def list_(url: str, token: str, folder: Path, json_: bool) -> None:
    """List the organizations of the directory: the id and the code of each, what it is, and whether it may be asked."""
    rows = Client(url, token, folder, ROLE, json_).all(PLACE, json_)
    names = ("organization_id", "code", "kind", "state")
    found = [{name: row[name] for name in names} for row in rows]
    say({"organizations": found}, json_, "\n".join(map(_line, found)))


def _line(row: dict[str, Any]) -> str:
    return f"{row['organization_id']}  {row['state']:<10} {row['kind']:<20} {row['code']}"

"""`wushe partner token`: tokens by which a partner's own programs ask the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import click

from services.contracts.partner import TokenScope
from wushe.client import Client, hub_options
from wushe.commands.partner_directory import id_of
from wushe.output import as_json, say

ROLE = "administrator"
SCOPES = get_args(TokenScope)


@click.group()
def token() -> None:
    """API tokens of partners: issued for something and for a while, listed, revoked."""


@token.command()
@click.argument("organization")
@click.option("--holder", required=True, help="What the program is called; its next token has the same.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="What it is for; again for more."
)
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 366))
@hub_options
@as_json
def issue(
    organization: str, holder: str, scopes: tuple[str, ...], days: int, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Issue a token for an ORGANIZATION, by its id or its code.

    Two of one program may live at once, so that the new one is in place before the old one ends.
    """
    client = Client(url, token, folder, ROLE, json_)
    organization_id = id_of(client, organization, json_)
    asked = {"organization_id": organization_id, "holder": holder, "scopes": list(scopes), "days": days}
    made = client.post("/partner/v1/tokens", asked, json_)
    lines = (
        f"for      {organization_id}",
        f"token    {made['token']}",
        f"id       {made['token_id']}",
        f"until    {made['expires_at']}",
        "The token is shown once.",
    )
    say(made, json_, "\n".join(lines))


@token.command("list")
@click.argument("organization")
@hub_options
@as_json
def list_(organization: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """List an organization's tokens: for what, until when, and when each was used last."""
    client = Client(url, token, folder, ROLE, json_)
    found = client.get("/partner/v1/tokens", json_, organization_id=id_of(client, organization, json_))
    say(found, json_, "\n".join(map(_line, found["items"])))


def _line(row: dict[str, Any]) -> str:
    used = row["used_at"] or "never used"
    return f"{row['token_id']}  {row['state']:<8} {row['holder']:<12} {','.join(row['scopes'])}  until {row['expires_at']}  {used}"


@token.command()
@click.argument("ident", type=click.UUID)
@click.option("--reason", default="asked", show_default=True, help="A code.")
@hub_options
@as_json
def revoke(ident: UUID, reason: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Revoke a token: within a second whoever shows it is nobody."""
    client = Client(url, token, folder, ROLE, json_)
    done = client.post(f"/partner/v1/tokens/{ident}/revocation", {"reason_code": reason}, json_)
    say(done, json_, "The token is revoked.")

"""Accounts from the command line: the first administrator, and whoever has lost every way in."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import click
import requests

from services.contracts.words import ROLES
from services.kernel import tokens as tickets
from services.kernel.clock import system_clock
from services.kernel.config import environment, load
from services.kernel.message import Actor
from wushe.client import Client, hub_options
from wushe.embedded import Folder
from wushe.output import as_json, say

KEEPER = "administrator"
SECONDS = 30
FIRST = "admin"
LIFE = timedelta(minutes=5)

from_environment = click.option(
    "--from-environment", is_flag=True, help="Sign with HUB_TOKEN_PRIVATE_KEY, as the console has it."
)


@click.group()
def account() -> None:
    """Who may come in; everything else about accounts is done at the administrator's pages."""


@account.command()
@click.argument("holder")
@click.option("--role", default=KEEPER, show_default=True, type=click.Choice([r for r in ROLES if r != "service"]))
@click.option("--org", default="", help="For which station (its area code) or organization (its id).")
@from_environment
@hub_options
@as_json
def add(
    holder: str, role: str, org: str, from_environment: bool, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Open an account for HOLDER (an id, never a name), or find it open, and print the link to set a password by."""
    asked = {"holder": holder, "role": role, "org": org or None}
    made = _client(from_environment, url, token, folder, json_).post("/console/v1/accounts", asked, json_)
    say(
        made,
        json_,
        f"{holder} 请用此链接设定密码 (7 天内有效) / sets a password here (good for 7 days):\n  {made['link']}",
    )


@account.command(name="list")
@from_environment
@hub_options
@as_json
def list_(from_environment: bool, url: str, token: str, folder: Path, json_: bool) -> None:
    """List every account with its role."""
    rows = _client(from_environment, url, token, folder, json_).get("/console/v1/accounts", json_)["items"]
    lines = [f"{row['holder']}  {row['role']}  {row['org'] or '–'}  {row['state']}" for row in rows]
    say(rows, json_, "\n".join(lines) or "还没有账号 / no account yet")


def _client(from_environment: bool, url: str, token: str, folder: Path, json_: bool) -> Client:
    if from_environment:
        actor = Actor(id=f"cli.{os.getuid()}", role=KEEPER)
        token = tickets.issue(actor, load(environment(), "console").token_private_key, LIFE, system_clock())
    return Client(url, token, folder, role=KEEPER, json_=json_)


def first(place: Folder, url: str) -> str:
    """The link of the first administrator of a hub where nobody has an account; empty where somebody has."""
    token = place.token(Actor(id=f"cli.{os.getuid()}", role=KEEPER))
    sent = {"Authorization": f"Bearer {token}"}
    there = requests.get(f"{url}/console/v1/accounts", headers=sent, timeout=SECONDS)
    there.raise_for_status()
    if there.json()["items"]:
        return ""
    made = requests.post(
        f"{url}/console/v1/accounts", json={"holder": FIRST, "role": KEEPER}, headers=sent, timeout=SECONDS
    )
    made.raise_for_status()
    return str(made.json()["link"])

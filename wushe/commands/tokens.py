"""Tokens for people and programs, and the secrets of a reference deployment."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import click

from services.contracts.visibility import BOUND
from services.contracts.words import ROLES
from services.importing.secret import SECRET_BYTES
from services.kernel import tokens as tickets
from services.kernel.clock import system_clock
from services.kernel.config import environment, load
from services.kernel.message import Actor
from wushe.embedded import Folder
from wushe.local import needs_hub
from wushe.output import as_json, say
from wushe.services import PUBLISHERS


@click.command()
@click.option("--id", "ident", required=True, help="Who: a worker's, partner's or volunteer's id. Never a name.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--org", default="", help="For which station (its area code) or organization (its id).")
@click.option("--hours", default=12, show_default=True, type=click.IntRange(1, 24 * 366))
@click.option(
    "--var",
    "folder",
    default="var",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the embedded hub.",
)
@click.option("--from-environment", is_flag=True, help="Sign with HUB_TOKEN_PRIVATE_KEY, as the console has it.")
@as_json
def token(ident: str, role: str, org: str, hours: int, folder: Path, from_environment: bool, json_: bool) -> None:
    """Issue a token for somebody, signed with the hub's key."""
    if role in BOUND and not org:
        raise click.UsageError(f"--org says for which station or organization a {role} acts; nobody is one without.")
    actor, life = Actor(id=ident, role=role, org=org), timedelta(hours=hours)
    if from_environment:
        made = tickets.issue(actor, load(environment(), "console").token_private_key, life, system_clock())
    else:
        needs_hub(folder, json_)
        made = Folder(folder).token(actor, life)
    say({"token": made}, json_, made)


@click.command()
@as_json
def keys(json_: bool) -> None:
    """Make the secrets of a reference deployment, as lines for `.env`."""
    pair = tickets.generate()
    service = tickets.issue(Actor(id="hub", role="service"), pair.private, timedelta(days=365), system_clock())
    made = {
        "HUB_TOKEN_PUBLIC_KEY": tickets.text_of(pair.public), "HUB_TOKEN_PRIVATE_KEY": tickets.text_of(pair.private),
        "HUB_SERVICE_TOKEN": service, "HUB_KEK": _random(), "HUB_SESSION_SECRET": _random(),
        "HUB_WEBHOOK_KEY": _random(), "HUB_LINK_KEY": _random(),
        "HUB_LOG_KEY": _random(), "HUB_IMPORT_KEY": secrets.token_hex(SECRET_BYTES),
        **{f"HUB_{name.upper()}_HEAD_KEY": _random() for name in PUBLISHERS},
    }  # fmt: skip
    say(made, json_, "\n".join(f"{name}={value}" for name, value in made.items()))


def _random() -> str:
    return tickets.text_of(secrets.token_bytes(32))

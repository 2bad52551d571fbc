"""`wushe partner`: make a queue for a partner, check a partner's program before it joins, simulate a partner."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from wushe.client import Client, hub_options
from wushe.output import as_json, say
from wushe.partner.rights import Broker

ROLE = "administrator"


@click.group()
def partner() -> None:
    """Partner organizations: their queues, and their programs."""


def broker_options(command: click.decorators.FC) -> click.decorators.FC:
    """How the broker of partners is reached by who runs it."""
    command = click.option("--vhost", default="partners", show_default=True, help="The partners' virtual host.")(
        command
    )
    return click.option("--rabbitmqctl", "ctl", default="rabbitmqctl", show_default=True,
                        help="How the broker is commanded, such as 'docker compose exec -T rabbitmq rabbitmqctl'.")(command)  # fmt: skip


@partner.command()
@click.argument("organization", type=click.UUID)
@click.option("--after", default=0, type=click.IntRange(0), help="The last number that it has by other ways.")
@click.option("--address", default="hub.example", show_default=True, help="Where partners reach the broker.")
@broker_options
@hub_options
@as_json
def add(
    organization: UUID, after: int, address: str, ctl: str, vhost: str, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Open a queue for an organization, and make the user who may read it and nothing else.

    Said again, it makes a new password. Where the hub has no broker for partners it says what there is instead.
    """
    client = Client(url, token, folder, ROLE, json_)
    opened = client.post(f"/partner/v1/queues/{organization}/opening", {"after": after}, json_)
    user, password = Broker(ctl, vhost).admit(str(organization))
    made = {"queue": opened["queue"], "vhost": vhost, "user": user, "password": password,
            "amqp_url": f"amqps://{user}:{password}@{address}/{vhost}"}  # fmt: skip
    lines = (
        f"queue     {made['queue']}",
        f"user      {user}",
        f"address   {made['amqp_url']}",
        "The password is shown once.",
    )
    say(made, json_, "\n".join(lines))


@partner.command()
@click.argument("organization", type=click.UUID)
@broker_options
@hub_options
@as_json
def remove(organization: UUID, ctl: str, vhost: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Close an organization's queue and take its user away; its sequence stays, and is read by other ways."""
    client = Client(url, token, folder, ROLE, json_)
    client.post(f"/partner/v1/queues/{organization}/closing", {}, json_)
    Broker(ctl, vhost).dismiss(str(organization))
    say({"closed": str(organization)}, json_, "The queue is closed.")

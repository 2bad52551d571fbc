"""`wushe partner`: make a queue for a partner, check a partner's program before it joins, simulate a partner."""

from __future__ import annotations

import threading
from base64 import b64decode
from pathlib import Path
from typing import NoReturn

import click
import requests

from services.partner.signing import SYMMETRIC, Secrets
from wushe.client import Client, hub_options, no_hub
from wushe.commands.partner_directory import id_of, list_
from wushe.commands.partner_sheets import export, import_
from wushe.commands.partner_tokens import token
from wushe.output import as_json, fail, say
from wushe.partner.kit import Endpoint, Feed, Found, report
from wushe.partner.rights import Broker
from wushe.partner.simulated import Desk, Partner, served

ROLE = "administrator"


@click.group()
def partner() -> None:
    """Partner organizations: their queues, their tokens, and their programs."""


partner.add_command(list_)
partner.add_command(token)
partner.add_command(export)
partner.add_command(import_)


def broker_options(command: click.decorators.FC) -> click.decorators.FC:
    """How the broker of partners is reached by who runs it."""
    command = click.option("--vhost", default="partners", show_default=True, help="The partners' virtual host.")(
        command
    )
    return click.option("--rabbitmqctl", "ctl", default="rabbitmqctl", show_default=True,
                        help="How the broker is commanded, such as 'docker compose exec -T rabbitmq rabbitmqctl'.")(command)  # fmt: skip


@partner.command()
@click.argument("organization")
@click.option("--after", default=0, type=click.IntRange(0), help="The last number that it has by other ways.")
@click.option("--address", default="hub.example", show_default=True, help="Where partners reach the broker.")
@broker_options
@hub_options
@as_json
def add(
    organization: str, after: int, address: str, ctl: str, vhost: str, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Open a queue for an ORGANIZATION, by its id or its code, and make the user who may read it and nothing else.

    Said again, it makes a new password. Where the hub has no broker for partners it says what there is instead.
    """
    client = Client(url, token, folder, ROLE, json_)
    organization_id = id_of(client, organization, json_)
    opened = client.post(f"/partner/v1/queues/{organization_id}/opening", {"after": after}, json_)
    user, password = Broker(ctl, vhost).admit(organization_id)
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
@click.argument("organization")
@broker_options
@hub_options
@as_json
def remove(organization: str, ctl: str, vhost: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Close an organization's queue and take its user away; its sequence stays, and is read by other ways."""
    client = Client(url, token, folder, ROLE, json_)
    organization_id = id_of(client, organization, json_)
    client.post(f"/partner/v1/queues/{organization_id}/closing", {}, json_)
    Broker(ctl, vhost).dismiss(organization_id)
    say({"closed": organization_id}, json_, "The queue is closed.")


SIGNS = {"passed": "✓", "failed": "✗", "left-out": "–"}


def _secret(text: str) -> Secrets:
    try:
        return Secrets(b64decode(text.removeprefix(SYMMETRIC), validate=True), bytes(32))
    except ValueError as wrong:
        raise click.BadParameter("a secret is whsec_ and base64") from wrong


@partner.command()
@click.argument("url")
@click.argument("token")
@click.option("--endpoint", default="", help="The program's own endpoint, to be called as the hub would call it.")
@click.option("--secret", default="", help="The secret (whsec_…) with which that endpoint verifies in this trial.")
@click.option("--seen", default="", help='Where the program shows what it has, as {"last": number, "count": effects}.')
@as_json
@click.pass_context
def check(ctx: click.Context, url: str, token: str, endpoint: str, secret: str, seen: str, json_: bool) -> None:
    """Try a partner's access, and its program, before it joins; ends with 1 where anything has failed.

    URL is the hub, TOKEN the organization's token for it. An endpoint is best tried on a system for trials: it is sent
    deliveries that are made up.
    """
    found = report(Feed(url.rstrip("/"), token).checks())
    if endpoint:
        tried = Endpoint(endpoint, _secret(secret), seen)
        tried.begin()
        found += report(tried.checks())
    failed = sum(each.result == "failed" for each in found)
    value = {"failed": failed, "checks": [vars(each) for each in found]}
    said = [*map(_line, found), "", f"{len(found)} checks, {failed} failed / 共 {len(found)} 项, {failed} 项未通过"]
    say(value, json_, "\n".join(said))
    ctx.exit(1 if failed else 0)


def _line(found: Found) -> str:
    detail = f"  ({found.detail})" if found.detail else ""
    return f"{SIGNS[found.result]} {found.code:<14} {found.en} / {found.zh}{detail}"


@partner.command()
@click.argument("url")
@click.argument("token")
@click.option("--answer", default="accept", show_default=True, type=click.Choice(("accept", "decline", "silent")))
@click.option("--seconds", default=60.0, show_default=True, help="For how long.")
@click.option("--after", default=0, type=click.IntRange(0), help="The last number that it has.")
@click.option("--listen", default="", help="Also take webhooks at this host:port.")
@click.option("--secret", default="", help="The secret (whsec_…) with which webhooks are verified.")
def simulate(url: str, token: str, answer: str, seconds: float, after: int, listen: str, secret: str) -> None:
    """Be a partner that answers: read the feed, take or refuse what is offered, and say what happens."""
    if listen:
        host, _, port = listen.rpartition(":")
        server = served(Desk(_secret(secret)), host, int(port))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        click.echo(f"webhooks are taken at http://{host}:{server.server_address[1]}/")
    try:
        Partner(url.rstrip("/"), token, answer, click.echo, after).run(seconds)
    except requests.HTTPError as no:
        _refused(no.response)
    except requests.RequestException:
        no_hub(url, False)


def _refused(answer: requests.Response) -> NoReturn:
    """End with the hub's own sentences, where it is the hub that says no."""
    try:
        said = answer.json()
        fail(said["code"], said["detail"], said["detail_zh"])
    except (ValueError, KeyError, TypeError):
        no_hub(
            answer.url, False, f"something else does ({answer.status_code})", f"响应的不是枢纽 ({answer.status_code})"
        )

"""Messages that were set aside: what they are, and having them handled again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from services.kernel.parking import Parked, Parking
from wushe.local import opened, service_option, services_meant, settings_of, where_options
from wushe.output import as_json, fail, say
from wushe.services import CLASSES


@click.group()
def dead() -> None:
    """Messages that could not be handled, and those that wait behind them."""


def _shown(service: str, parked: Parked) -> dict[str, Any]:
    return {
        "service": service, "publisher": parked.publisher, "position": parked.position, "stream": parked.stream,
        "state": parked.state, "reason": parked.reason, "attempts": parked.attempts,
    }  # fmt: skip


@dead.command(name="list")
@service_option
@where_options
@as_json
def list_(service: str | None, folder: Path, url: str, from_environment: bool, json_: bool) -> None:
    """List every message that is set aside, service by service."""
    found = []
    for name in services_meant(service, folder, from_environment, json_):
        with opened(name, settings_of(name, folder, url, from_environment)) as store:
            found += [_shown(name, parked) for parked in Parking(store).all()]
    text = "\n".join("{service} ← {publisher} {position} {state}: {reason}".format(**row) for row in found)
    say(found, json_, text or "没有搁置的消息 / nothing is set aside")


@dead.command()
@click.argument("service", type=click.Choice(list(CLASSES)))
@click.argument("publisher")
@click.argument("position", type=int)
@click.option("--discard", metavar="REASON", help="Give the message up for this reason, instead of handling it again.")
@where_options
@as_json
def replay(
    service: str,
    publisher: str,
    position: int,
    discard: str | None,
    folder: Path,
    url: str,
    from_environment: bool,
    json_: bool,
) -> None:
    """Have SERVICE handle the message at POSITION of PUBLISHER again; those that wait behind it follow."""
    services_meant(service, folder, from_environment, json_)
    with opened(service, settings_of(service, folder, url, from_environment)) as store:
        parking = Parking(store)
        if not any(
            (row.publisher, row.position, row.state) == (publisher, position, "poison")
            for row in parking.all(publisher)
        ):
            fail(
                "not-parked",
                "No such message is set aside; see `wushe dead list`.",
                "没有这条搁置的消息; 见 `wushe dead list`。",
                json_,
            )
        if discard:
            parking.discard(publisher, position, discard)
        else:
            parking.replay(publisher, position)
    act = "discarded" if discard else "replay"
    zh = "已放弃" if discard else "将重新处理"
    say(
        {"service": service, "publisher": publisher, "position": position, "act": act},
        json_,
        f"{service} ← {publisher} {position}: {zh} / {act}",
    )

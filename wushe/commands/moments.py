"""What an auditor asks about two moments: a matter's state, the four questions, and what changed our mind."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from wushe.client import Client, hub_options
from wushe.commands.matters import instant
from wushe.output import as_json, say
from wushe.telling import accesses, differences, four, state


def known(name: str, text: str) -> dict[str, Any]:
    """A moment of knowledge as it is typed: a time, a size of the ledger, or a file with a checkpoint."""
    if text.isascii() and text.isdecimal() and len(text) != len("20260301"):
        return {f"{name}size": text}
    if (file := Path(text)).is_file():
        return {f"{name}checkpoint": file.read_text(encoding="utf-8")}
    return {f"{name}known_at": instant(text)}


@click.command()
@click.argument("matter", type=click.UUID)
@click.option("--known-at", default="", help="A time, a size of the ledger, or a file with a checkpoint; else now.")
@click.option("--valid-at", type=instant, help="What was true at this time; else now.")
@click.option("--purpose", default="audit", show_default=True, help="Why you look: it is on record.")
@hub_options
@as_json
def matter(
    matter: UUID, known_at: str, valid_at: str | None, purpose: str, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Show MATTER as it was at one moment, by what was known at another."""
    asked = known("", known_at) if known_at else {}
    client = Client(url, token, folder, json_=json_)
    found = client.get(f"/audit/v1/matters/{matter}/state", json_, **asked, valid_at=valid_at, purpose=purpose)
    say(found, json_, "" if json_ else state(found))


@click.command()
@click.argument("matter", type=click.UUID)
@click.option("--then", type=instant, required=True, help="The time that is asked about, e.g. 2022-08-31.")
@click.option("--purpose", default="audit", show_default=True, help="Why you look: it is on record.")
@hub_options
@as_json
def questions(matter: UUID, then: str, purpose: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Ask what was true of MATTER then and what is now, each as known then and as known now."""
    client = Client(url, token, folder, json_=json_)
    found = client.get(f"/audit/v1/matters/{matter}/questions", json_, then=then, purpose=purpose)
    say(found, json_, "" if json_ else four(found))


@click.command()
@click.argument("matter", type=click.UUID)
@click.option("--known-at", "moments", nargs=2, required=True,
              help="Two moments of knowledge, each a time, a size of the ledger, or a file with a checkpoint.")  # fmt: skip
@click.option("--valid-at", type=instant, help="About which time in the world; else the present.")
@click.option("--purpose", default="audit", show_default=True, help="Why you look: it is on record.")
@hub_options
@as_json
def diff(
    matter: UUID, moments: tuple[str, str], valid_at: str | None, purpose: str, url: str, token: str, folder: Path,
    json_: bool,
) -> None:  # fmt: skip
    """Show each field of MATTER that was told otherwise at the later moment, and the entries that made the difference."""
    asked = known("from_", moments[0]) | known("to_", moments[1])
    client = Client(url, token, folder, json_=json_)
    found = client.get(f"/audit/v1/matters/{matter}/diff", json_, **asked, valid_at=valid_at, purpose=purpose)
    say(found, json_, "" if json_ else differences(found))


@click.command()
@click.argument("person", type=click.UUID)
@click.option("--purpose", default="audit", show_default=True, help="Why you ask: it is on record.")
@hub_options
@as_json
def access(person: UUID, purpose: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Show who has seen what about PERSON, under every record that is of them."""
    client, found = Client(url, token, folder, json_=json_), dict[str, Any]()
    items: list[Any] = []
    after: int | None = 0
    while after is not None:
        found = client.get(f"/audit/v1/persons/{person}/access", json_, after=str(after), limit="1000", purpose=purpose)
        items, after = items + found["items"], found["next"]
    found["items"] = items
    say(found, json_, "" if json_ else accesses(found))

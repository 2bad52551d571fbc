"""Keeping the blind index: personal values become tokens on their way into the vault, and are kept nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.likeness import Traits, keys
from services.intake.likeness_tables import kept, likeness
from services.kernel.entrypoints import Hand
from services.kernel.vault import Vault
from services.kernel.view import Change

INDEX = "likeness"
COMPARED = ("name", "pseudonym", "aliases", "id_number", "phone", "born_on")
"""The personal values by which records are compared."""

Row = dict[str, Any]


def index(hand: Hand, command: Any, person_id: UUID, now: datetime) -> Iterable[Change]:
    """The rows by which the person is found from now on, with what this command says and what was said before."""
    given = {name: value for name in COMPARED if (value := getattr(command, name)) is not None}
    if not given:
        return ()
    amends = isinstance(command, public.AmendPersonDetails)
    said = (_said(hand, person_id) | given) if amends else given
    before = len(hand.look.all(likeness, person_id=person_id)) if amends else 0
    return kept(person_id, tokens(hand.vault, traits(said), now), before)


def _said(hand: Hand, person_id: UUID) -> Row:
    """What was said of the person last, as far as records are compared by it."""
    rows = sorted(hand.look.all(t.sealed_values, stream=f"person/{person_id}"), key=lambda row: row["position"])
    opened = hand.vault.read(str(person_id), [row["digest"] for row in rows])
    return {value["field"]: value["value"] for value in opened.values() if value["field"] in COMPARED}


def traits(said: Row) -> Traits:
    """What records are compared by, from personal values by field."""
    names = (said.get("name"), said.get("pseudonym"), *said.get("aliases", ()))
    return Traits(
        names=tuple(name for name in names if name),
        id_number=said.get("id_number"),
        phone=said.get("phone"),
        born_on=said.get("born_on"),
    )


def tokens(vault: Vault, found: Traits, now: datetime) -> list[tuple[str, str]]:
    """By which tokens somebody of these traits is kept and looked for, each with its rule."""
    by = keys(found)
    blind = vault.blind(INDEX, [f"{rule}\n{text}" for rule, text in by], now) if by else []
    return [(rule, token) for (rule, _), token in zip(by, blind, strict=True)]

"""What the hub keeps out of: money from those it helps, and the public eye on those it helps."""

from collections.abc import Iterator
from dataclasses import fields
from typing import get_args

import pytest

from services.contracts.referral.grants import PayeeKind
from services.kernel.contract import COMMANDS, hints
from services.kernel.settings import SERVICES
from wushe.services import CLASSES, service_class

OPEN_TO_ALL = {
    ("audit", "/checkpoint"), ("audit", "/checkpoint/offered"), ("audit", "/cosignatures"), ("audit", "/tile/{path}"),
    ("intake", "/codes"), ("referral", "/code-tables"), ("referral", "/code-tables/{name}"),
    ("referral", "/working-calendar"), ("volunteer", "/record-statements/{code}"),
    ("referral", "/hsds"), ("referral", "/hsds/profile"), ("referral", "/fhir/metadata"),
}  # fmt: skip
"""Heads and hashes of the ledger (and a witness's word on them, which its own key proves), tables, the calendar, whether
a statement of hours is genuine, and what the standard ways in can do: of these anybody may ask, and nobody is named."""
BY_SECRET = {("referral", "/referral/links/{token}"), ("partner", "/partner/calendars/{token}")}
"""Open to whoever holds an address that was made for one and can be taken back; what they show names nobody either
(tests/unit/referral/test_mailing.py, tests/unit/partner/test_calendars.py)."""
MONEY = {name for name in COMMANDS if "grant" in name or "in-kind" in name}


def amounts() -> Iterator[tuple[str, str]]:
    """Every command of the hub with an amount of money in it."""
    for name, command in COMMANDS.items():
        if command.__module__.startswith("services.contracts."):
            for field in fields(command):
                if field.name.endswith("_fen") or "Fen" in str(hints(command)[field.name]):
                    yield name, field.name


@pytest.mark.parametrize(("command", "field"), sorted(amounts()))
def test_amounts_are_asked_for_in_grants_and_gifts_alone(command: str, field: str) -> None:
    """INV-22: what a giver grants or gives has an amount; no service, visit, task or hour has one."""
    assert command in MONEY, f"{command}.{field}"


def test_no_grant_is_paid_to_a_volunteer() -> None:
    """INV-22"""
    assert not {"volunteer", "worker", "team"} & set(get_args(PayeeKind))


@pytest.mark.parametrize("name", [name for name in CLASSES if name in SERVICES and name != "console"])
def test_nobody_who_is_not_signed_in_is_shown_anything_about_a_person(name: str) -> None:
    """INV-24: what is open to all holds no beneficiary; the console's own pages send strangers to the sign-in."""
    cls = service_class(name)
    entries = [e for attribute in dir(cls) for e in getattr(getattr(cls, attribute, None), "nameko_entrypoints", ())]
    unguarded = {(name, entry.path) for entry in entries if getattr(entry, "roles", ()) is None}
    assert unguarded <= OPEN_TO_ALL | BY_SECRET
    assert entries


def test_nothing_that_can_be_asked_raises_money() -> None:
    """INV-24"""
    assert not [name for name in COMMANDS if any(word in name for word in ("donat", "fundrais", "collect-money"))]

"""Every path of every service says who sees what through it: a new endpoint without a line in its scopes fails here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from inspect import getmembers
from typing import Any

import pytest

from services.contracts.visibility import KINDS
from services.kernel.approvals import FIELDS
from services.kernel.contract import COMMANDS
from services.kernel.entrypoints.asking import Asking
from services.kernel.entrypoints.showing import Showing
from wushe.services import CLASSES, manifest, service_class

SCOPED = [name for name in CLASSES if manifest(name).scopes is not None]


def entrypoints(service: str, kind: type) -> Iterator[Any]:
    """The entrypoints of one kind that a service has."""
    for _, method in getmembers(service_class(service)):
        yield from (e for e in getattr(method, "nameko_entrypoints", ()) if isinstance(e, kind))


@pytest.mark.parametrize("service", SCOPED)
def test_every_table_that_is_shown_says_who_sees_what_of_it(service: str) -> None:
    for showing in entrypoints(service, Showing):
        assert manifest(service).scope_of(showing.table) is not None, showing.path


@pytest.mark.parametrize("service", SCOPED)
def test_every_kind_of_aggregate_says_who_may_command_it(service: str) -> None:
    for asking in entrypoints(service, Asking):
        assert manifest(service).reach_of(asking.of) is not None, asking.path


@pytest.mark.parametrize("service", SCOPED)
def test_columns_are_of_kinds_that_the_table_knows(service: str) -> None:
    for table, scope in (manifest(service).scopes or {}).items():
        assert scope.table is table
        assert {scope.usual, *scope.kinds.values()} <= KINDS.keys(), table.name
        assert scope.kinds.keys() <= set(table.c.keys()), table.name
        assert not scope.kinds.keys() & {c.name for c in table.primary_key}, "a key orders pages, and is never empty"


def test_every_command_that_names_a_second_person_is_asked_for_his_own_act() -> None:
    for command in COMMANDS.values():
        named = {f.name for f in fields(command) if "approver" in f.name}
        assert named <= set(FIELDS), command.__name__

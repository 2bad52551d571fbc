"""The table of who may see what, held against the matrix of the domain's rules (4.7), cell by cell."""

from __future__ import annotations

import pytest

from services.contracts.visibility import KINDS, MATRIX, cell, opens, readers, ways
from services.contracts.words import ROLES, STATION_ROLES

OUTSIDE = ("volunteer", "team_leader", "partner", "commissioner", "client", "administrator")
WAYS = {"own", "station", "tasks", "assigned", "team", "open", "asked", "took", "taken", "all", "aggregates"}


def test_every_role_that_a_token_can_carry_has_its_row():
    assert set(MATRIX) == set(ROLES)


def test_every_cell_can_be_read():
    for role, row in MATRIX.items():
        assert row.keys() <= KINDS.keys(), role
        for kind in row:
            assert {seen.way for seen in cell(role, kind)} <= WAYS, (role, kind)


def test_identity_and_what_was_told_are_never_seen_without_more():
    for role in ROLES:
        for kind in ("identity", "narrative", "child"):
            assert role == "service" or not opens(role, kind), (role, kind)


@pytest.mark.parametrize("role", ["partner", "team_leader"])
def test_an_organization_that_was_only_asked_learns_a_need_and_nobodys_identity(role):
    assert "asked" in opens(role, "summary")
    for kind in ("person", "identity", "narrative", "child", "money"):
        assert not {s for s in cell(role, kind) if s.way == "asked"}, kind


def test_a_volunteer_knows_who_it_is_while_assigned_and_not_before():
    assert {seen.way for kind in ("person", "identity", "narrative") for seen in cell("volunteer", kind)} == {
        "assigned"
    }


def test_an_auditor_unseals_with_an_approver_and_with_nothing_less():
    for kind in ("identity", "narrative", "child"):
        assert {seen.how for seen in cell("auditor", kind)} == {"approver"}


def test_a_dispatcher_sees_work_and_neither_story_child_nor_money():
    assert opens("dispatcher", "codes") == {"tasks", "assigned"}
    for kind in ("narrative", "child", "money"):
        assert cell("dispatcher", kind) == ()


def test_a_commissioner_sees_figures_and_an_administrator_no_matter():
    assert {seen.way for kind in KINDS for seen in cell("commissioner", kind)} == {"aggregates"}
    assert {kind for kind in KINDS if cell("administrator", kind)} == {"directory"}


def test_what_concerns_a_childs_protection_is_for_those_who_are_named():
    """INV-11."""
    assert set(readers("child")) == {*STATION_ROLES, "auditor", "service"} - {"dispatcher"}
    for role in STATION_ROLES:
        assert all(seen.how == "named" for seen in cell(role, "child"))
    for role in OUTSIDE:
        assert cell(role, "child") == ()


def test_money_is_seen_by_those_whose_it_is():
    assert ways("partner", "money", "") == {"own"}
    assert ways("coordinator", "money", "") == {"own", "station"}

"""The ledger is compared with what every service signs for, in both ways to run; what was planted is named by its place."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.kernel.message import Actor
from tests.scenario.conftest import Told
from tests.support.embedded import Embedded
from wushe.commands.reconciling import reconcile

pytestmark = pytest.mark.scenario

ALTERED = "UPDATE event SET raw = CAST(replace(raw, '\"position\":3,', '\"position\":3 ,') AS BLOB) WHERE position = 3"


def reconciled(told: Told, publisher: str = "") -> tuple[int, dict[str, Any]]:
    """What `wushe audit reconcile` ends with and says."""
    token = told.hub.token_for(Actor(id="au-01", role="auditor"))
    words = ["--url", told.hub.url, "--token", token, "--json", *(["--publisher", publisher] if publisher else [])]
    done = CliRunner().invoke(reconcile, words)
    return done.exit_code, json.loads(done.output)


def test_what_each_service_signs_for_is_what_the_ledger_holds(stories: Told):
    """INV-32"""
    told, said = reconciled(stories)
    assert told == 0, said
    assert {row["publisher"]: row["state"] for row in said["logs"]} == dict.fromkeys(
        ("intake", "referral", "volunteer", "partner", "audit"), "agrees"
    )


def test_an_event_that_somebody_changed_in_a_services_database_is_named(on_one_machine: Told, embedded: Embedded):
    """INV-32"""
    with closing(sqlite3.connect(Path(embedded.folder) / "referral.db", timeout=30)) as database:
        guards = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        ).fetchall()
        (before,) = database.execute("SELECT raw FROM event WHERE position = 3").fetchone()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(ALTERED)
        database.commit()
        told, said = reconciled(on_one_machine, "referral")
        database.execute("UPDATE event SET raw = ? WHERE position = 3", (before,))
        for _, sql in guards:
            database.execute(sql)
        database.commit()
    assert told == 1
    assert [(row["publisher"], row["code"], row["position"]) for row in said["differences"]] == [
        ("referral", "altered", 3)
    ]
    assert reconciled(on_one_machine, "referral")[0] == 0

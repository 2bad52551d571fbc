"""The whole table, cell by cell, against rows: for every role, every table that is shown and every way to stand to it.

What is expected comes from the table of the language alone; what is found comes from the statement that the kernel makes
of each service's scope. And every path of every service is one whose answer the table decides, or stands here by name.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts.visibility import MATRIX, opens
from services.contracts.words import ROLES
from services.intake.scopes import named
from services.kernel.entrypoints.asking import Asking
from services.kernel.entrypoints.showing import Answering, Showing
from services.kernel.message import Actor
from services.kernel.scope import Scope
from services.kernel.store import Views
from tests.unit.test_scopes import SCOPED, entrypoints
from wushe.services import manifest

SCOPES = [
    (service, scope)
    for service in SCOPED
    for scope in (manifest(service).scopes or {}).values()
    if scope.opens in (opens, named)
]
NAMES = [f"{service}.{scope.table.name}" for service, scope in SCOPES]


@cache
def one_row(scoped: sa.Table) -> tuple[Views, Any]:
    """A row with a value in every column, in a table of the same shape; made once, for it is only read."""
    metadata = sa.MetaData()
    columns = [sa.Column(c.name, sa.String, primary_key=c.primary_key) for c in scoped.columns]
    table = sa.Table(scoped.name, metadata, *columns)
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{c.name: f"<{c.name}>" for c in columns}])
    return Views(engine), table


@pytest.mark.parametrize(("service", "scope"), SCOPES, ids=NAMES)
def test_each_row_and_column_is_seen_in_the_ways_that_the_table_opens_and_in_no_other(
    service: str, scope: Scope
) -> None:
    views, table = one_row(scope.table)
    for role, way in product(ROLES, scope.ways):
        ways = {name: (lambda who, here=name == way: sa.true() if here else sa.false()) for name in scope.ways}
        standing = Scope(table=table, ways=ways, opens=scope.opens, usual=scope.usual, kinds=scope.kinds)
        rows = views.run(standing.select(Actor(id="x", role=role, org="y")))
        assert bool(rows) is (way in scope.opens(role, scope.usual)), f"for a {role}, {way}: seen, or not"
        for name, value in (rows[0] if rows else {}).items():
            seen = way in scope.opens(role, scope.kinds.get(name, scope.usual))
            assert (value is not None) is seen, f"for a {role}, {way}: {name}"


@pytest.mark.parametrize(("service", "scope"), SCOPES, ids=NAMES)
def test_whoever_stands_in_no_way_to_it_finds_nothing_and_commands_nothing(service: str, scope: Scope) -> None:
    views, table = one_row(scope.table)
    ways = dict.fromkeys(scope.ways, lambda who: sa.false())
    nowhere = Scope(table=table, ways=ways, opens=scope.opens, usual=scope.usual, kinds=scope.kinds)
    for role in ROLES:
        assert views.run(nowhere.select(Actor(id="x", role=role, org="y"))) == [], f"for a {role}"


@pytest.mark.parametrize("service", SCOPED)
def test_a_role_that_a_path_lets_in_and_the_table_does_not_finds_nothing_there(service: str) -> None:
    for showing in entrypoints(service, Showing):
        scope = manifest(service).scope_of(showing.table)
        assert scope is not None
        shut = [role for role in showing.roles or ROLES if role != "client" and not scope.reaches(role)]
        for role in shut:
            rows = scope.rows(Actor(id="x", role=role, org="y"))
            assert str(rows.compile(compile_kwargs={"literal_binds": True})) in ("false", "0 = 1"), (showing.path, role)


FREE = {
    "intake": {
        "/case-takeovers", "/cases/{id}/notes", "/cases/{id}/records", "/codes", "/duplicate-hints",
        "/help-requests/{id}/notes", "/matters/{id}/disclosures", "/persons/{id}/identity", "/disclosures/{id}/identity",
        "/persons/{id}/open-matters", "/retention", "/safeguarding-concerns/{id}", "/visit-rates/{month}", "/worklist",
        "/fhir/Consent", "/fhir/Consent/{key}",
    },
    "referral": {
        "/candidates", "/cases/{id}/candidates", "/certification-rate", "/certification-rates",
        "/code-tables", "/code-tables/{name}", "/departures",
        "/inbox", "/inbox/sheet", "/inbox/told", "/letters", "/referral/links/{token}",
        "/organizations/{id}/mail", "/organizations/{id}/names", "/referrals/{id}/candidates", "/staff/{id}/identity",
        "/staff/{id}/load", "/stations/{id}/names",
        "/unmet-needs/totals", "/working-calendar",
        "/hsds", "/hsds/profile", "/hsds/organizations", "/hsds/organizations/{id}", "/hsds/services", "/hsds/services/{id}",
        "/hsds/service_at_locations", "/hsds/service_at_locations/{id}", "/hsds/taxonomies", "/hsds/taxonomy_terms",
        "/fhir/metadata", "/fhir/Task", "/fhir/Task/{key}", "/fhir/Task/{key}/_history", "/fhir/Task/{key}/_history/{version}",
        "/fhir/ServiceRequest/{key}", "/fhir/ServiceRequest/{key}/_history", "/fhir/ServiceRequest/{key}/_history/{version}",
        "/fhir/Organization/{key}", "/fhir/HealthcareService", "/fhir/HealthcareService/{key}",
    },
    "volunteer": {
        "/fitting-tasks",
        "/me/service-hours", "/me/stars", "/me/tasks", "/open-tasks", "/overrides/totals", "/pairing-rounds/{id}/proposal",
        "/record-statements/{code}",
        "/tasks/{id}/suggestions", "/tasks/{id}/why-not", "/volunteers/{id}/identity",
    },
    "audit": {
        "/figures", "/figures/{indicator}/events", "/indicators", "/monthly-reports", "/monthly-reports/{station}/{month}",
        "/monthly-reports/{station}/{month}/sheet", "/monthly-report-days/{month}",
        "/checkpoint", "/checkpoint/offered", "/cosignatures", "/receipts/{event_id}", "/tile/{path}",
        "/ledger", "/ledger/head", "/ledger/signing", "/ledger/state", "/ledger/verification", "/ledger/seals", "/verifications",
        "/verifications/running", "/reconciliations",
        "/deliveries", "/matters/{id}/access", "/policy",
        "/matters/{id}/completeness", "/matters/{id}/custody", "/matters/{id}/replay",
        "/matters/{id}/timeline",
        "/matters/{id}/diff", "/matters/{id}/moments", "/matters/{id}/questions", "/matters/{id}/state",
        "/witnesses",
        "/persons/{id}/access", "/samples", "/samples/{id}/draw", "/audit-findings", "/audit-findings/{id}/answer",
        "/audit-findings/{id}/reopening", "/audit-findings/{id}/resolution",
        "/matters/{id}/digests", "/exports", "/exports/{id}/bundle",
    },
}  # fmt: skip
"""Paths that a method of the service answers: each asks a scope itself, or shows nothing of anybody. A new one is put
here when it does."""


@pytest.mark.parametrize("service", SCOPED)
def test_every_path_is_decided_by_a_scope_or_stands_here(service: str) -> None:
    free = {e.path for e in entrypoints(service, Answering) if not isinstance(e, Showing)}
    assert free <= FREE[service], f"say who sees what by {sorted(free - FREE[service])}"


@pytest.mark.parametrize("service", SCOPED)
def test_every_command_is_for_roles_that_are_in_the_table(service: str) -> None:
    for asking in entrypoints(service, Asking):
        assert set(asking.roles) <= set(MATRIX), asking.path
        assert "auditor" not in asking.roles or asking.path.startswith("/safeguarding-concerns"), asking.path

"""Every path of every service says who sees what through it: a new endpoint without a line in its scopes fails here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from inspect import getmembers
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from services.contracts.visibility import KINDS
from services.kernel.approvals import FIELDS
from services.kernel.contract import COMMANDS, hints
from services.kernel.entrypoints.asking import Asking
from services.kernel.entrypoints.showing import Showing
from services.kernel.message import Actor
from wushe.services import CLASSES, manifest, service_class

DATABASES: tuple[Any, ...] = (postgresql, sqlite)
SCOPED = [name for name in CLASSES if manifest(name).scopes is not None]


def entrypoints(service: str, kind: type) -> Iterator[Any]:
    """The entrypoints of one kind that a service has."""
    for _, method in getmembers(service_class(service)):
        yield from (e for e in getattr(method, "nameko_entrypoints", ()) if isinstance(e, kind))


@pytest.mark.parametrize("service", CLASSES)
def test_no_endpoint_hides_another_of_the_same_name(service: str) -> None:
    """A service inherits its endpoints from several classes: two of one name would be one."""
    cls = service_class(service)
    made = [
        (base, name)
        for base in cls.__mro__
        for name, member in vars(base).items()
        if hasattr(member, "nameko_entrypoints")
    ]
    assert [f"{base.__name__}.{name}" for base, name in made if getattr(cls, name) is not vars(base)[name]] == []


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


@pytest.mark.parametrize("service", SCOPED)
def test_what_a_station_and_an_organization_see_can_be_asked_of_both_databases(service: str) -> None:
    station, partner = (
        Actor(id="w-1", role="station_head", org="220104004"),
        Actor(id="p-1", role="partner", org="team:a"),
    )
    for scope in (manifest(service).scopes or {}).values():
        for actor in (station, partner):
            for database in DATABASES:
                assert str(scope.select(actor).compile(dialect=database.dialect()))


def test_every_command_that_names_a_second_person_is_asked_for_his_own_act() -> None:
    for command in COMMANDS.values():
        named = {f.name for f in fields(command) if "approver" in f.name}
        assert named <= set(FIELDS), command.__name__


ELSEWHERE = {
    "of the directory, which is there for all who work with it": {
        "AcceptReferral.organization_id", "ConfirmAnswer.organization_id", "DeclineOffer.organization_id",
        "DeclineOffer.suggested_organization_id", "DisputeAnswer.organization_id", "FormPairing.agreement_id",
        "HoldTraining.staff_ids", "LeavePost.post_id", "OfferReferral.offering_id", "OfferReferral.organization_id",
        "OpenStation.host_id", "PlanSequence.organization_ids",
        "RecordTrainingAttendance.staff_ids", "RegisterOrganization.parent_id", "RequestInformation.organization_id",
        "RerouteReferral.suggested_organization_id", "StrikeTrainingAttendance.staff_id", "SubmitReport.report_id",
        "SupplyInformation.organization_id", "ViewOffer.organization_id", "WaiveReport.report_id",
        "WithdrawOffer.organization_id",
    },
    "of another service, beside the matter that is looked up": {
        "ApplyForGrant.case_id", "ApplyForGrant.consent_id", "ApplyForGrant.person_id", "DiscloseIdentity.matter_id",
        "DiscloseIdentity.need_id", "DraftReferral.case_id", "DraftReferral.consent_id", "DraftReferral.person_id",
        "FormPairing.case_id", "FormPairing.referral_id", "HoldActivity.pairing_id", "LinkPairingCase.case_id",
        "MarkReferralReady.consent_id", "OpenCase.pairing_id", "OpenTask.case_id", "OpenTask.person_id",
        "OpenTask.referral_id", "RecordInKindSupport.case_id", "RecordInKindSupport.person_id",
        "DeclareRelative.person_id",
    },
    "part of what is commanded, and known by nobody else": {
        "CloseCase.strands_handled", "LeaveHousehold.person_id", "RevokeLink.link_id", "UnlinkGuardian.guardian_id",
    },
    "of another station by its nature: two records of one human being, two requests for one thing (H4)": {
        "LinkDuplicateRequest.other_request_id", "MergePersons.survivor_id", "RuleOutDuplicate.candidate_id",
    },
    "never asked for: harm is said aloud about whomever (INV-10)": {
        "RaiseSafeguardingConcern.about_matter_id", "RaiseSafeguardingConcern.person_id",
    },
}  # fmt: skip
"""What commands name and nobody looks up before they are let through, with the reason."""


def test_what_a_command_names_is_looked_up_or_stands_here_with_the_reason() -> None:
    named = {f"{e.command.__name__}.{field}" for service in SCOPED for e in entrypoints(service, Asking)
             for field, hint in hints(e.command).items() if "UUID" in str(hint)}  # fmt: skip
    looked_up = {f"{command.__name__}.{field}" for service in SCOPED
                 for reach in (manifest(service).reaches or {}).values()
                 for command, fields in reach.names.items() for field in fields}  # fmt: skip
    told = set().union(*ELSEWHERE.values())
    assert named - looked_up == told

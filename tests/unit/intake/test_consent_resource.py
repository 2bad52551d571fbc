"""A consent by FHIR R4: for what, whose data, until when, in the words of the guide; of the receivers those that may be seen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.consent import Consent

from services.intake.consent_resource import consent
from tests.support.spec import NOON

LEI, LOTUS = f"team:{UUID(int=1)}", f"charity:{UUID(int=2)}"
ROW: dict[str, Any] = {
    "consent_id": UUID(int=9), "version": 3, "state": "granted", "person_id": UUID(int=5), "purposes": "referral,grant",
    "categories": "identity,contact", "receivers": f"{LEI},{LOTUS}", "valid_from": NOON, "valid_until": NOON + timedelta(days=30),
}  # fmt: skip


def read(row: dict[str, Any]) -> Consent:
    """As a library reads it that knows FHIR."""
    return Consent.model_validate_json(json.dumps(consent(row)))


def test_it_is_read_by_a_library_that_knows_fhir_and_says_for_what_of_whom_until_when():
    found = read(ROW)
    assert found.category[0].coding[0].code == "IDSCL" and found.scope.coding[0].code == "patient-privacy"
    assert found.patient.identifier.value == str(UUID(int=5)) and found.meta.versionId == "3"
    assert [each.code for each in found.provision.purpose] == ["referral", "grant"]
    assert [each.coding[0].code for each in found.provision.code] == ["identity", "contact"]
    assert (found.provision.period.start, found.provision.period.end) == (NOON, NOON + timedelta(days=30))
    assert [each.reference.identifier.value for each in found.provision.actor] == [LEI, LOTUS]


def test_a_receiver_sees_itself_among_the_receivers_and_nobody_else():
    said = json.dumps(consent(ROW, {str(UUID(int=1))}))
    assert LEI in said and LOTUS not in said
    assert "actor" not in consent(ROW, {"w-01"})["provision"]


@pytest.mark.parametrize(
    ("state", "status"),
    [("requested", "proposed"), ("granted", "active"), ("refused", "rejected"), ("withdrawn", "inactive"), ("expired", "inactive")],
)  # fmt: skip
def test_a_consent_that_does_not_stand_is_not_active(state: str, status: str):
    assert read(ROW | {"state": state}).status == status


def test_what_is_not_known_is_left_out_and_it_is_a_consent_all_the_same():
    asked = ROW | {"state": "requested", "valid_from": None, "valid_until": None, "receivers": ""}
    assert read(asked).dateTime is None
    assert consent(asked)["provision"].keys() == {"type", "purpose", "code"}

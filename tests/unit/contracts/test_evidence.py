"""Where evidence lies is said by a reference; whose number is typed there by mistake is stopped before it is an event."""

from __future__ import annotations

import msgspec
import pytest

from services.contracts.words import Evidence
from services.kernel.message import Behalf

NUMBERS = (
    "13900000000",
    "8613900000000",
    "+8613900000000",
    "999999190001010010",
    "99999919000101001X",
    "999999000101001",
)


@pytest.mark.parametrize("number", NUMBERS)
def test_nobodys_number_is_evidence(number: str) -> None:
    """INV-6: telephone and document numbers never reach an event."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(number, Evidence)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"org": "team:a", "evidence_kind": "phone", "evidence_ref": number}, Behalf)


@pytest.mark.parametrize("ref", ["call/2026-17", "sheet-1", "sha256:0a1b/1/4", "2026/17", "12345678901", "1390000000"])
def test_a_reference_is_taken_as_it_is(ref: str) -> None:
    assert msgspec.convert(ref, Evidence) == ref
    assert msgspec.convert({"org": "team:a", "evidence_kind": "phone", "evidence_ref": ref}, Behalf).evidence_ref == ref

"""Whom a fact concerns: the organization that it names, or that may read about somebody, or may no longer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.contracts import intake, referral
from services.kernel.contract import canonical, name_of
from services.kernel.message import Envelope, Recorded
from services.partner.policies import concerned
from tests.support.spec import NOON

LOTUS, PERSON = UUID(int=7), UUID(int=9)


def said(event: Any, publisher: str = "intake") -> Recorded:
    """The event as it comes over the bus."""
    envelope = Envelope(
        id=uuid4(), source=f"/{publisher}", type=name_of(event), subject=f"stream/{uuid4()}", time=NOON, position=1,
        streamversion=1, data=msgspec.Raw(canonical(event)),
    )  # fmt: skip
    return Recorded(envelope=envelope, raw=b"", event=event)


def disclosed(receiver: str) -> intake.IdentityDisclosed:
    """Somebody may read who it is."""
    return intake.IdentityDisclosed(
        disclosure_id=uuid4(), person_id=PERSON, receiver=receiver, purpose="referral", categories=("identity",)
    )


def test_a_fact_concerns_the_organization_that_it_names():
    event = referral.OfferSuperseded(matter_id=uuid4(), offer_id=uuid4(), organization_id=LOTUS)
    assert concerned(said(event, "referral")) == LOTUS


@pytest.mark.parametrize("kind", ["organization", "team", "charity", "university", "authority"])
def test_who_may_read_or_may_no_longer_hears_so(kind: str):
    """A receiver whose access has ended is to delete or return what it holds: it has to hear of it (H3)."""
    revoked = intake.IdentityAccessRevoked(
        disclosure_id=uuid4(), person_id=PERSON, receiver=f"{kind}:{LOTUS}", reason_code="consent-withdrawn"
    )
    assert concerned(said(disclosed(f"{kind}:{LOTUS}"))) == LOTUS
    assert concerned(said(revoked)) == LOTUS


@pytest.mark.parametrize(
    "receiver", [f"volunteer:{LOTUS}", f"person:{LOTUS}", "worker:w-07", "community:220104004001", "unknown"]
)
def test_people_and_those_without_a_sequence_hear_nothing_of_it(receiver: str):
    assert concerned(said(disclosed(receiver))) is None


def test_what_is_restricted_concerns_nobody():
    """INV-11."""
    event = intake.SafeguardingConcernRaised(
        concern_id=uuid4(), matter_id=uuid4(), need_id=uuid4(), situation_code="3", reporter_role="worker"
    )
    assert concerned(said(event)) is None

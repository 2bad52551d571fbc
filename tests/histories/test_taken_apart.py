"""Two records were one human being and are two after all: what stood for one on the consent of the other ends (INV-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake, referral
from services.intake.domain import consent, help_request, person
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.referral.domain import referral as referrals
from tests.histories.laws import Answers, broken
from tests.histories.machine import AREA, NEED, STATION, party, prepared
from tests.support.spec import COORDINATOR

SECOND = Actor(id="w-02", role="station_head", org=AREA)


class Merged:
    """A need of one, offered on the consent that was given under the other record, while the two are merged."""

    def __init__(self) -> None:
        self.table, kept, self.teams, _ = prepared()
        self.table.restore(kept)
        self.one, self.other = (
            self.asks("intake", person, intake.RegisterPerson(station=AREA, age_band="adult")) for _ in range(2)
        )
        given = self.consents(self.other)
        came = intake.ReceiveHelpRequest(unit=STATION, area=AREA, person_id=self.one)
        self.matter = self.asks("intake", help_request, came)
        merge = intake.MergePersons(survivor_id=self.other, basis="documents", approver=SECOND.id)
        self.asks("intake", person, merge, self.one, second=SECOND)
        draft = referral.DraftReferral(
            matter_id=self.matter, person_id=self.one, kind="referral", need_codes=(NEED,), consent_id=given
        )
        self.referral = self.asks("referral", referrals, draft)
        self.asks("referral", referrals, referral.MarkReferralReady(), self.referral)
        self.asks("referral", referrals, referral.OfferReferral(organization_id=self.teams[0]), self.referral)

    def asks(self, service: str, about: Any, command: Any, on: UUID | None = None, **by: Any) -> UUID:
        """Somebody of the station asks."""
        return self.table.asks(service, about.DECIDER, command, on, **{"by": COORDINATOR} | by)

    def consents(self, whose: UUID) -> UUID:
        """A consent that names the team, under this record."""
        given = intake.GrantConsent(
            person_id=whose, by="self", purposes=("referral",), categories=("identity",), method="written",
            notice_version="n-1", receivers=(party(self.teams[0]),),
        )  # fmt: skip
        return self.asks("intake", consent, given)

    def accepts(self) -> None:
        """The team says yes."""
        team = Actor(id="p-01", role="partner", org=str(self.teams[0]))
        self.asks("referral", referrals, referral.AcceptReferral(organization_id=self.teams[0]), self.referral, by=team)

    def taken_apart(self) -> None:
        """Two say that they are two."""
        apart = intake.UnmergePersons(basis="mistake", approver=SECOND.id)
        self.asks("intake", person, apart, self.one, second=SECOND)

    @property
    def state(self) -> str:
        """The state of the referral; nothing was wrong with anybody's custody at any moment."""
        assert broken(self.table.log, Answers()) == []
        return type(self.table.sides["referral"].states[f"referral/{self.referral}"][1]).__name__


@pytest.fixture
def merged() -> Merged:
    return Merged()


def test_who_was_asked_on_the_others_consent_is_asked_no_longer(merged: Merged) -> None:
    merged.taken_apart()
    assert merged.state == "Ready"


def test_who_has_taken_it_on_the_others_consent_stops_and_the_need_is_the_origins(merged: Merged) -> None:
    merged.accepts()
    assert merged.state == "Accepted"
    merged.taken_apart()
    assert merged.state == "Withdrawn"


def test_what_stands_on_a_consent_of_ones_own_as_well_goes_on(merged: Merged) -> None:
    merged.consents(merged.one)
    merged.accepts()
    merged.taken_apart()
    assert merged.state == "Accepted"


def test_nobody_accepts_on_a_consent_that_is_anothers_now(merged: Merged) -> None:
    merged.taken_apart()
    offered = referral.OfferReferral(organization_id=merged.teams[0], reason_code="other")
    merged.asks("referral", referrals, offered, merged.referral)
    with pytest.raises(Refused, match="consent-missing"):
        merged.accepts()
    merged.consents(merged.one)
    merged.accepts()
    assert merged.state == "Accepted"

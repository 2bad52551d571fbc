"""A case that was transferred (移交) comes back when the transfer does: whoever gave it back answers for it no longer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake, referral
from services.intake.domain import case, consent, person
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.referral.domain import organization
from services.referral.domain import referral as referrals
from tests.histories.laws import Answers, broken
from tests.histories.machine import AREA, HEAD, NEED, WORKERS, party, prepared
from tests.support.spec import COORDINATOR

MINE, ANOTHERS = WORKERS
SECOND = Actor(id="w-02", role="station_head", org=AREA)


class Moved:
    """One case of MINE, transferred to a team by an accepted referral; the team has taken a need of it `beside`."""

    def __init__(self) -> None:
        self.table, kept, self.teams, _ = prepared()
        self.table.restore(kept)
        self.team = self.teams[0]
        self.person = self.asks("intake", person, intake.RegisterPerson(station=AREA, age_band="adult"))
        given = intake.GrantConsent(
            person_id=self.person, by="self", purposes=("casework", "referral"), categories=("identity",), method="written",
            notice_version="n-1", receivers=tuple(map(party, self.teams)),
        )  # fmt: skip
        consented = self.asks("intake", consent, given)
        self.case = self.asks("intake", case, intake.OpenCase(person_id=self.person, owner=MINE, area=AREA))
        self.beside, self.referral = self.drafted("referral", consented), self.drafted("transfer", consented)
        for each in (self.beside, self.referral):
            self.does(referral.AcceptReferral(organization_id=self.team), each)

    def drafted(self, kind: Any, consent_id: UUID) -> UUID:
        """A referral of the case, offered to the team."""
        draft = referral.DraftReferral(
            matter_id=self.case, case_id=self.case, person_id=self.person, kind=kind, need_codes=(NEED,),
            consent_id=consent_id,
        )  # fmt: skip
        made = self.asks("referral", referrals, draft)
        self.asks("referral", referrals, referral.MarkReferralReady(), made)
        self.asks("referral", referrals, referral.OfferReferral(organization_id=self.team, mode="direct"), made)
        return made

    def asks(self, service: str, about: Any, command: Any, on: UUID | None = None, **by: Any) -> UUID:
        """Somebody of the station asks."""
        decider: Decider = about.DECIDER
        return self.table.asks(service, decider, command, on, **{"by": COORDINATOR} | by)

    def does(self, command: Any, on: UUID | None = None) -> None:
        """The team says so of the transfer, or of another referral."""
        team = Actor(id="p-01", role="partner", org=str(self.team))
        self.asks("referral", referrals, command, on or self.referral, by=team)

    @property
    def state(self) -> str:
        """The state of the case."""
        return type(self.table.sides["intake"].states[f"case/{self.case}"][1]).__name__

    @property
    def holders(self) -> tuple[str, ...]:
        """Who answers for the matter now; nothing was wrong with that at any moment."""
        answers = Answers()
        assert broken(self.table.log, answers) == []
        return tuple(answers.custody_of(self.case).holders())


@pytest.fixture
def moved() -> Moved:
    moved = Moved()
    assert (moved.state, moved.holders) == ("Transferred", (party(moved.team),))
    return moved


RETURNED = referral.ReturnReferral(reason_code="no-capacity")
REROUTED = referral.RerouteReferral(reason_code="other")


@pytest.mark.parametrize("back", [RETURNED, REROUTED])
@pytest.mark.parametrize("started", [False, True])
def test_what_the_other_side_gives_back_is_the_origins_again(moved: Moved, back: Any, started: bool) -> None:
    """INV-1: the matter comes with the need."""
    if started:
        moved.does(referral.StartService())
    moved.does(back)
    assert (moved.state, moved.holders) == ("Opened", (MINE,))


def test_who_withdraws_after_a_transfer_is_the_stations_again(moved: Moved) -> None:
    """INV-7: nobody holds a matter on what was withdrawn."""
    moved.asks("referral", referrals, referral.WithdrawReferral(reason_code="client-wish"), moved.referral)
    assert (moved.state, moved.holders) == ("Opened", (MINE,))


def test_a_transfer_that_should_never_have_been_is_undone_with_all_that_it_moved(moved: Moved) -> None:
    """INV-31."""
    void = referral.MarkReferralEnteredInError(reason_code="other", approver_id=SECOND.id)
    moved.asks("referral", referrals, void, moved.referral, second=SECOND)
    assert (moved.state, moved.holders) == ("Opened", (MINE,))


@pytest.mark.parametrize(
    "gone", [referral.SuspendOrganization(reason_code="complaint"), referral.RetireOrganization(reason_code="other")]
)
def test_what_an_organization_had_taken_over_comes_back_when_it_may_not_act_any_more(moved: Moved, gone: Any) -> None:
    """INV-43"""
    moved.asks("referral", organization, gone, moved.team, by=HEAD)
    assert (moved.state, moved.holders) == ("Opened", (MINE,))


def test_a_plain_referral_that_comes_back_takes_no_transferred_case_along(moved: Moved) -> None:
    """INV-2"""
    moved.does(RETURNED, moved.beside)
    assert (moved.state, moved.holders) == ("Transferred", (party(moved.team),))
    moved.does(RETURNED)
    assert (moved.state, moved.holders) == ("Opened", (MINE,))


def test_nobody_takes_a_case_back_from_one_who_has_it_and_anybody_when_it_is_done(moved: Moved) -> None:
    """INV-1, INV-2: what ended well stays where it is; a person who comes again is taken in by the station again."""
    reopened = intake.ReopenCase(reason_code="not-over", owner=ANOTHERS)
    with pytest.raises(Refused, match="transfer-stands"):
        moved.asks("intake", case, reopened, moved.case)
    for step in (referral.StartService(), referral.ReportOutcome(outcome="delivered")):
        moved.does(step)
    moved.asks("referral", referrals, referral.ConfirmOutcome(client_asked=True), moved.referral)
    moved.does(RETURNED, moved.beside)
    assert (moved.state, moved.holders) == ("Transferred", (party(moved.team),))
    moved.asks("intake", case, reopened, moved.case)
    assert (moved.state, moved.holders) == ("Opened", (ANOTHERS,))


def test_when_the_person_dies_the_matter_ends_whoever_has_it(moved: Moved) -> None:
    """INV-44, H6"""
    moved.asks("intake", person, intake.RecordDeath(evidence_kind="document"), moved.person)
    assert (moved.state, moved.holders) == ("Closed", ())

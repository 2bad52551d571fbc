"""What was a mistake takes nobody's need along: a case that should not have been leaves the request that it was made of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake, referral, volunteer
from services.intake.domain import case, consent, help_request, person
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.referral.domain import referral as referrals
from services.volunteer.domain import task
from tests.histories.laws import Answers, broken
from tests.histories.machine import AREA, NEED, STATION, WORKERS, party, prepared
from tests.support.spec import COORDINATOR

SECOND = Actor(id="w-02", role="station_head", org=AREA)
MINE = WORKERS[0]


class Became:
    """A request that has become a case, with a need of it on offer and a task looking for somebody."""

    def __init__(self) -> None:
        self.table, kept, self.teams, _ = prepared()
        self.table.restore(kept)
        self.person = self.asks("intake", person, intake.RegisterPerson(station=AREA, age_band="adult"))
        given = intake.GrantConsent(
            person_id=self.person, by="self", purposes=("casework", "referral"), categories=("identity",), method="written",
            notice_version="n-1", receivers=tuple(map(party, self.teams)),
        )  # fmt: skip
        self.consent = self.asks("intake", consent, given)
        came = intake.ReceiveHelpRequest(unit=STATION, area=AREA, person_id=self.person)
        self.matter = self.asks("intake", help_request, came)
        self.asks("intake", help_request, intake.TriageHelpRequest(urgency="normal", disposition="case"), self.matter)
        self.case = self.opens_case()
        self.asks("volunteer", task, volunteer.OpenTask(
            matter_id=self.matter, holder=MINE, kind="home-visit", headcount=1, area=AREA,
        ))  # fmt: skip

    def asks(self, service: str, about: Any, command: Any, on: UUID | None = None, **by: Any) -> UUID:
        """Somebody of the station asks."""
        return self.table.asks(service, about.DECIDER, command, on, **{"by": COORDINATOR} | by)

    def opens_case(self) -> UUID:
        """The request becomes a case."""
        opened = intake.OpenCase(person_id=self.person, owner=MINE, area=AREA, request_id=self.matter)
        return self.asks("intake", case, opened)

    def struck(self, about: Any, command: Any, on: UUID) -> None:
        """Two say that it should never have been."""
        self.asks("intake", about, command(reason_code="wrong-person", approver=SECOND.id), on, second=SECOND)

    def strands(self) -> tuple[UUID, ...]:
        """What is under way in the matter."""
        return tuple(recorded.stream_id for recorded in self.table.said(volunteer.TaskOpened))

    def state(self, kind: str, on: UUID) -> str:
        """The state of something of intake."""
        return type(self.table.sides["intake"].states[f"{kind}/{on}"][1]).__name__

    @property
    def holders(self) -> tuple[str, ...]:
        """Who answers for the matter now; nothing was wrong with that at any moment."""
        answers = Answers()
        assert broken(self.table.log, answers) == []
        return tuple(answers.custody_of(self.matter).holders())


@pytest.fixture
def became() -> Became:
    became = Became()
    assert (became.state("help-request", became.matter), became.holders) == ("Converted", (MINE,))
    return became


def test_a_case_that_was_a_mistake_leaves_its_request_open_with_the_unit(became: Became) -> None:
    """INV-1: the person has asked, whatever was made of it; and it can become the right case after all."""
    became.struck(case, intake.MarkCaseEnteredInError, became.case)
    assert (became.state("help-request", became.matter), became.holders) == ("Triaged", (STATION,))
    again = became.opens_case()
    assert (became.state("case", again), became.holders) == ("Opened", (MINE,))


def test_a_request_is_no_mistake_as_long_as_its_case_goes_on(became: Became) -> None:
    """INV-1: else the matter would be closed over an open case, and everything under it called off."""
    with pytest.raises(Refused, match="case-carries-it"):
        became.struck(help_request, intake.MarkHelpRequestEnteredInError, became.matter)
    assert became.holders == (MINE,)
    became.struck(case, intake.MarkCaseEnteredInError, became.case)
    became.struck(help_request, intake.MarkHelpRequestEnteredInError, became.matter)
    assert (became.state("help-request", became.matter), became.holders) == ("EnteredInError", ())


def test_nobody_takes_up_a_request_beside_the_case_that_it_has_become(became: Became) -> None:
    """One matter has one owner (INV-1), also after the case has been closed: then the case is opened again."""
    reopened = intake.ReopenHelpRequest(reason_code="not-over")
    with pytest.raises(Refused, match="case-carries-it") as refused:
        became.asks("intake", help_request, reopened, became.matter)
    assert "reopen-case" in refused.value.allowed
    close = intake.CloseCase(reason_code="goals-reached", early_reason="other", strands_handled=became.strands())
    became.asks("intake", case, close, became.case)
    with pytest.raises(Refused, match="case-carries-it"):
        became.asks("intake", help_request, reopened, became.matter)


def test_for_the_dead_no_request_is_taken_up_again(became: Became) -> None:
    """INV-44"""
    other = intake.ReceiveHelpRequest(unit=STATION, area=AREA, person_id=became.person)
    request = became.asks("intake", help_request, other)
    became.asks("intake", help_request, intake.CloseHelpRequest(outcome="resolved", confirmed_by="client"), request)
    became.asks("intake", person, intake.RecordDeath(evidence_kind="document"), became.person)
    with pytest.raises(Refused, match="person-deceased"):
        became.asks("intake", help_request, intake.ReopenHelpRequest(reason_code="not-over"), request)


def test_a_void_referral_calls_off_the_task_that_serves_it(became: Became) -> None:
    """INV-31: nobody rings at a door for a need that there never was."""
    draft = referral.DraftReferral(
        matter_id=became.matter, case_id=became.case, person_id=became.person, kind="referral", need_codes=(NEED,),
        consent_id=became.consent,
    )  # fmt: skip
    made = became.asks("referral", referrals, draft)
    became.asks("referral", referrals, referral.MarkReferralReady(), made)
    serving = became.asks("volunteer", task, volunteer.OpenTask(
        matter_id=became.matter, holder=MINE, kind="home-visit", headcount=1, area=AREA, referral_id=made,
    ))  # fmt: skip
    void = referral.MarkReferralEnteredInError(reason_code="other", approver_id=SECOND.id)
    became.asks("referral", referrals, void, made, second=SECOND)
    assert type(became.table.sides["volunteer"].states[f"task/{serving}"][1]).__name__ == "Cancelled"
    assert became.holders == (MINE,)

"""Safeguarding: nothing stands in the way of a report; not reporting takes two persons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.contracts import intake as public
from services.contracts.words import ROLES, Handoff
from services.intake.domain import safeguarding as domain
from services.kernel.contract import EVENTS, about
from services.kernel.errors import NotFound
from services.kernel.message import Actor
from tests.support.spec import Spec
from tests.unit.intake.stories import COMMUNITY, CONCERN, OWN, PERSON, REQUEST

concern = Spec(domain.DECIDER)

DRIVER = Actor(id="v-07", role="volunteer", org="team:lotus")
RAISED = public.SafeguardingConcernRaised(
    concern_id=CONCERN,
    matter_id=REQUEST,
    need_id=CONCERN,
    situation_code="4",
    reporter_role="volunteer",
    person_id=PERSON,
    guardian_suspected=True,
)
REPORTED = public.MandatoryReportMade(
    concern_id=CONCERN,
    matter_id=REQUEST,
    handoff=Handoff(act="taken", matter_id=REQUEST, need_id=CONCERN, giver="worker:w-01", takers=("authority:police",)),
    authority_kind="police",
    report_channel="phone",
    reporter_role="coordinator",
)
ANSWERED = public.MandatoryReportAcknowledged(concern_id=CONCERN, matter_id=REQUEST, result_code="filed")
NOT_REPORTABLE = public.SafeguardingConcernNotReportable(
    concern_id=CONCERN, matter_id=REQUEST, need_id=CONCERN, reason_code="new-facts", approver="w-02"
)
CLOSED = public.SafeguardingConcernClosed(
    concern_id=CONCERN,
    matter_id=REQUEST,
    handoff=Handoff(act="released", matter_id=REQUEST, need_id=CONCERN, giver="authority:police", takers=(COMMUNITY,)),
    result_code="investigated",
)
REPORT = public.MakeMandatoryReport()


def test_anyone_raises_a_concern_with_nothing_but_a_tap() -> None:
    concern.given().when(public.RaiseSafeguardingConcern(), actor=DRIVER).then(
        public.SafeguardingConcernRaised(
            concern_id=OWN, matter_id=OWN, need_id=OWN, situation_code="9", reporter_role="volunteer"
        )
    )


def test_a_report_made_first_by_phone_is_written_down_in_the_same_breath() -> None:
    command = public.RaiseSafeguardingConcern(
        situation_code="4", person_id=PERSON, about_matter_id=REQUEST, guardian_suspected=True, authority_kind="police"
    )
    raised = replace(RAISED, concern_id=OWN, need_id=OWN)
    told = replace(
        REPORTED,
        concern_id=OWN,
        reporter_role="volunteer",
        handoff=replace(REPORTED.handoff, need_id=OWN, giver="unknown"),
    )
    concern.given().when(command, actor=DRIVER).then(raised, told)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_and_no_missing_fact_blocks_a_report(role: str) -> None:
    actor = Actor(id="x", role=role)
    for past in [(RAISED,), (RAISED, NOT_REPORTABLE), (RAISED, REPORTED, CLOSED)]:
        (told,) = concern.given(*past).when(REPORT, actor=actor, at=None).decided()
        assert isinstance(told, public.MandatoryReportMade)


def test_a_report_hands_the_investigation_to_the_authority() -> None:
    concern.given(RAISED).when(REPORT).then(REPORTED)
    concern.given(RAISED, REPORTED).when(REPORT).then_nothing()


def test_a_second_authority_takes_over_from_the_first() -> None:
    command = public.MakeMandatoryReport(authority_kind="education")
    handoff = replace(REPORTED.handoff, giver="authority:police", takers=("authority:education",))
    concern.given(RAISED, REPORTED).when(command).then(replace(REPORTED, authority_kind="education", handoff=handoff))


def test_the_authoritys_answer_is_written_down_once() -> None:
    command = public.AcknowledgeMandatoryReport(result_code="filed")
    concern.given(RAISED, REPORTED).when(command).then(ANSWERED)
    concern.given(RAISED, REPORTED, ANSWERED).when(command).then_nothing()


def test_not_reporting_takes_two_persons_and_a_reason() -> None:
    command = public.DecideNotReportable(reason_code="new-facts", approver="w-02")
    concern.given(RAISED).when(replace(command, approver="w-01")).then_refused("second-person-needed")
    concern.given(RAISED).when(command).then(NOT_REPORTABLE)
    concern.given(RAISED, NOT_REPORTABLE).when(command).then_nothing()


def test_the_station_goes_on_helping_when_the_authority_is_done() -> None:
    command = public.CloseSafeguardingConcern(result_code="investigated", station=COMMUNITY)
    concern.given(RAISED, REPORTED, ANSWERED).when(command).then(CLOSED)
    concern.given(RAISED, REPORTED, CLOSED).when(command).then_nothing()


@pytest.mark.parametrize(
    ("past", "command", "allowed"),
    [
        ((RAISED,), public.AcknowledgeMandatoryReport(result_code="filed"), "decide-not-reportable"),
        ((RAISED,), public.CloseSafeguardingConcern(result_code="none", station=COMMUNITY), "decide-not-reportable"),
        ((RAISED, REPORTED), public.DecideNotReportable(reason_code="new-facts", approver="w-02"),
         "close-safeguarding-concern"),
    ],
)  # fmt: skip
def test_what_the_state_does_not_allow_is_refused_and_a_report_always_allowed(
    past: tuple[Any, ...], command: Any, allowed: str
) -> None:
    refused = concern.given(*past).when(command).then_refused("not-in-this-state")
    assert {"make-mandatory-report", allowed} <= set(refused.allowed)


def test_a_concern_raised_twice_is_one_concern() -> None:
    concern.given(RAISED).when(public.RaiseSafeguardingConcern()).then_nothing()


def test_nothing_is_found_where_no_concern_was_raised() -> None:
    with pytest.raises(NotFound):
        concern.given().when(REPORT).decided()


def test_every_event_of_safeguarding_is_restricted() -> None:
    names = [name for name in EVENTS if name.startswith("safeguarding.")]
    assert len(names) == 7
    assert all(about(EVENTS[name]).get("restricted") for name in names)


def test_who_reports_from_outside_the_station_stays_unnamed() -> None:
    (told,) = concern.given(RAISED).when(REPORT, actor=DRIVER).decided()
    assert told.handoff.giver == "unknown"

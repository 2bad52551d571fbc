"""No history of any commands breaks the law: custody, acceptance, consent, money and hours, checked after every step.

A failing history is shrunk and printed as the steps that lead to it, with a line that replays it
(`@reproduce_failure`); the same histories are tried each time, so that a failure is there again.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from services.contracts import intake, referral, volunteer
from services.kernel.contract import canonical
from services.kernel.message import Recorded
from tests.histories import laws
from tests.histories.machine import Matters
from tests.histories.test_transfers import Moved

HISTORIES, PARTS, STEPS = 2_000, 4, 22


@pytest.mark.parametrize("part", range(PARTS))
def test_no_history_breaks_the_law(part: int) -> None:
    """INV-1, INV-2, INV-3, INV-4, INV-5, INV-7, INV-18, INV-23, INV-43"""

    @seed(part)
    class Histories(Matters):
        pass

    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=HISTORIES // PARTS, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


FORGETFUL = """
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from services.contracts import referral
from services.referral.domain import referral as referrals
from tests.histories.machine import Matters, Decider

def forgets_who_took_it(state, event):
    after = referrals.DECIDER.evolve(state, event)
    return state if isinstance(event, referral.ReferralAccepted) else after

planted = Decider(
    name="referral", decide=referrals.DECIDER.decide, evolve=forgets_who_took_it, events=referrals.DECIDER.events,
    states=referrals.DECIDER.states,
)

{again}
@seed(0)
class Histories(Matters):
    def ask(self, service, decider, command, on=None, **more):
        return super().ask(service, planted if decider is referrals.DECIDER else decider, command, on, **more)

test = Histories.TestCase.runTest
run_state_machine_as_test(Histories, settings=settings(
    max_examples=400, stateful_step_count=22, deadline=None, database=None, print_blob=True,
    phases=(Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck),
))
"""
"""A referral that forgets that it was taken, so that a second one may take it: the fault of H2."""


def test_a_fault_is_found_and_what_is_printed_brings_it_back_at_once() -> None:
    """The line that a failure prints (`@reproduce_failure`) leads to the same fault, in the first history that is tried."""
    first = _run(FORGETFUL.format(again=""))
    assert "was accepted while an acceptance was in force" in first
    (line,) = set(re.findall(r"@reproduce_failure\([^)]*\)", first))
    again = _run(FORGETFUL.format(again=f"from hypothesis import reproduce_failure\n{line}"))
    assert "was accepted while an acceptance was in force" in again
    assert again.count("state.somebody_comes(") == 1, "no other history was tried"


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 1, done.stderr
    return done.stderr + done.stdout


@pytest.fixture(scope="module")
def told() -> list[Recorded]:
    """One history that goes well from the request to the outcome, with money and hours."""
    hub = Matters()
    hub.somebody_comes(n=6)
    hub.a_referral(n=4, m=4)
    for _ in range(6):
        hub.go_on_with_a_referral(n=4, m=3)
    hub.a_request(n=4)
    hub.a_grant(n=4, m=5)
    for _ in range(2):
        hub.go_on_with_a_grant(n=4, m=1)
    hub.some_hours(n=4, m=4)
    return hub.table.log


def test_the_machine_reaches_what_the_laws_are_about(told: list[Recorded]) -> None:
    """A law that nothing ever touches holds nothing."""
    kinds = {type(recorded.event) for recorded in told}
    assert {
        referral.ReferralAccepted, referral.OutcomeConfirmed, referral.ReferralClosed, intake.IdentityDisclosed,
        referral.GrantDisbursed, volunteer.ServiceHoursRecorded,
    } <= kinds  # fmt: skip
    assert laws.broken(told) == []


def test_the_machine_goes_through_what_comes_in_the_way_of_a_matter() -> None:
    """Mergers and their end, suspensions, a need sent on, a swap of two, papers that come late, and corrections."""
    hub = Matters()
    hub.somebody_comes(n=6)
    hub.a_case(n=4, m=1)
    hub.a_referral(n=4, m=4)
    for _ in range(3):
        hub.go_on_with_a_referral(n=4, m=3)
    hub.sent_on(n=4, m=1)
    hub.a_task(n=6, m=5)
    hub.go_on_with_a_task(n=4, m=0)
    hub.two_places(n=4, m=1)
    hub.a_task(n=6, m=12)
    hub.two_places(n=4, m=0)
    hub.a_paper_comes_late(n=4, m=30)
    for which in (9, 3):
        hub.a_record_was_wrong(n=4, m=which)
    hub.a_person(n=1)
    for which in (1, 3):
        hub.one_human_being(n=2, m=which)
    for which in (0, 1, 4, 5, 6, 7):
        hub.somebody_rests(n=4, m=which)
    hub.part_of_a_consent(n=4, m=0)
    kinds = {type(recorded.event) for recorded in hub.table.log}
    assert {
        intake.PersonsMerged, intake.PersonsUnmerged, intake.CaseSuspended, intake.CaseResumed, referral.ReferralRerouted,
        volunteer.TaskReassigned, intake.LateEntryDeclared, intake.ServiceCorrected, intake.RecordEnteredInError,
        referral.OrganizationSuspended, volunteer.VolunteerSuspended, volunteer.VolunteerReinstated, intake.ConsentWithdrawn,
    } - kinds == set()  # fmt: skip
    assert max(len(r.event.assignees) for r in hub.table.said(volunteer.TaskAssigned)) == 2
    assert laws.broken(hub.table.log) == []


def test_a_case_that_moved_comes_back_and_not_by_itself() -> None:
    """What the law of given-back cases is about happens, and a case that stays behind breaks it."""
    moved = Moved()
    moved.does(referral.ReturnReferral(reason_code="no-capacity"))
    log = moved.table.log
    assert laws.broken(log) == []
    stuck = [r for r in log if not isinstance(r.event, intake.CaseReopened)]
    assert list(laws.what_is_given_back_is_taken_back(stuck))


def _spoilt(told: list[Recorded], kind: type, **changes: object) -> Iterator[Recorded]:
    for recorded in told:
        yield (
            replace(recorded, event=replace(recorded.event, **changes))
            if isinstance(recorded.event, kind)
            else recorded
        )


def test_each_law_bites(told: list[Recorded]) -> None:
    """A history that was tampered with breaks the law that it should."""

    def without(kind: type) -> list[Recorded]:
        return [recorded for recorded in told if not isinstance(recorded.event, kind)]

    twice = [r for r in told for _ in range(2 if isinstance(r.event, referral.ReferralAccepted) else 1)]
    assert any("in force" in said for said in laws.one_acceptance(twice))
    assert list(laws.consent_before_disclosure(without(intake.ConsentGranted)))
    assert list(laws.outcome_before_closing(without(referral.OutcomeReported)))
    assert list(laws.paid_within_what_was_approved(without(referral.GrantApproved)))
    assert list(laws.hours_are_possible(list(_spoilt(told, volunteer.ServiceHoursRecorded, minutes=1_441))))
    team = next(r.event.organization_id for r in told if isinstance(r.event, referral.ReferralAccepted))
    suspended = referral.OrganizationSuspended(reason_code="complaint")
    unreported = without(referral.OutcomeReported)
    barred = [
        replace(r, event=suspended) if r.stream_id == team and isinstance(r.event, referral.OrganizationActivated) else r
        for r in unreported if not isinstance(r.event, referral.ReferralClosed)
    ]  # fmt: skip
    assert list(laws.nobody_holds_who_may_not_act(barred))
    assert list(laws.somebody_answers([_unheld(recorded) for recorded in told]))


def _unheld(recorded: Recorded) -> Recorded:
    """The same, had nobody taken the request that was received."""
    if not isinstance(recorded.event, intake.HelpRequestReceived):
        return recorded
    data = msgspec.json.decode(recorded.envelope.data)
    data["handoff"]["takers"] = []
    envelope = msgspec.structs.replace(recorded.envelope, data=msgspec.Raw(canonical(data)))
    return replace(recorded, envelope=envelope)

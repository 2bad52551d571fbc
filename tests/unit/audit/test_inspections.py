"""Auditors' own work: samples that nobody can choose, findings that are answered and resolved."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import access, raised, sample
from services.audit.drawing import Began, draw
from services.contracts.audit import RecordAccessReport
from services.contracts.audit.findings import (
    AnswerFinding,
    AuditFindingAnswered,
    AuditFindingRaised,
    AuditFindingReopened,
    AuditFindingResolved,
    PlanSample,
    RaiseFinding,
    ReopenFinding,
    ResolveFinding,
    SamplePlanned,
    WriteSample,
)
from tests.support.laws import check_laws
from tests.support.spec import NOON, Spec, ask
from tests.unit.audit.said import MATTER

ROOT = "A" * 43
LATER, EARLIER = NOON + timedelta(days=10), NOON - timedelta(days=1)
ID = ask().id
finding = Spec(raised.DECIDER)
plan = Spec(sample.DECIDER)
RAISED = AuditFindingRaised(finding_id=ID, matter_id=MATTER, finding_code="no-consent", answer_by=LATER, entries=(7,))
OVERDUE = AuditFindingRaised(finding_id=ID, matter_id=MATTER, finding_code="no-consent", answer_by=EARLIER)
ANSWERED = AuditFindingAnswered(finding_id=ID, matter_id=MATTER, answer_code="consent-on-paper")
RESOLVED = AuditFindingResolved(finding_id=ID, matter_id=MATTER, result_code="settled")
REOPENED = AuditFindingReopened(finding_id=ID, matter_id=MATTER, reason_code="paper-missing", answer_by=LATER)


def test_a_finding_is_raised_with_a_day_that_is_still_to_come():
    wanted = RaiseFinding(matter_id=MATTER, finding_code="no-consent", answer_by=LATER, entries=(7,))
    finding.given().when(wanted).then(RAISED)
    late = RaiseFinding(matter_id=MATTER, finding_code="no-consent", answer_by=EARLIER)
    finding.given().when(late).then_refused("day-has-passed")


def test_the_station_answers_in_time_or_late():
    answer = AnswerFinding(answer_code="consent-on-paper")
    finding.given(RAISED).when(answer).then(ANSWERED)
    late = AuditFindingAnswered(finding_id=ID, matter_id=MATTER, answer_code="consent-on-paper", late=True)
    finding.given(OVERDUE).when(answer).then(late)
    finding.given(RAISED, ANSWERED).when(answer).then_nothing()
    finding.given(RAISED, ANSWERED).when(AnswerFinding(answer_code="other")).then_refused("nothing-to-answer")
    finding.given(RAISED, RESOLVED).when(answer).then_refused("nothing-to-answer")
    finding.given().when(answer).then_refused("nothing-to-answer")


def test_an_auditor_resolves_or_reopens():
    finding.given(RAISED, ANSWERED).when(ResolveFinding(result_code="settled")).then(RESOLVED)
    finding.given(RAISED).when(ResolveFinding(result_code="settled")).then(RESOLVED)
    finding.given(RAISED, RESOLVED).when(ResolveFinding(result_code="settled")).then_nothing()
    again = ReopenFinding(reason_code="paper-missing", answer_by=LATER)
    finding.given(RAISED, ANSWERED).when(again).then(REOPENED)
    finding.given(RAISED, RESOLVED).when(again).then(REOPENED)
    finding.given(RAISED).when(again).then_refused("not-answered-yet")
    finding.given(RAISED, ANSWERED, REOPENED).when(AnswerFinding(answer_code="consent-on-paper")).then(ANSWERED)
    finding.given().when(again).then_refused("no-such-finding")
    finding.given().when(ResolveFinding(result_code="settled")).then_refused("no-such-finding")


def test_a_sample_is_planned_once_and_never_changes():
    planned = PlanSample(seed="2026-q4", per_stratum=3, purpose="yearly-review")
    write = WriteSample(plan=planned, size=70, root=ROOT)
    said = SamplePlanned(sample_id=ID, seed="2026-q4", per_stratum=3, purpose="yearly-review", size=70, root=ROOT)
    plan.given().when(write).then(said)
    plan.given(said).when(write).then_nothing()


matters = st.lists(st.builds(Began, st.uuids(), st.sampled_from(["", "2201", "220104"]), st.sampled_from(["case", "grant"])),
                   unique_by=lambda each: each.matter_id)  # fmt: skip


@given(matters, st.sampled_from(["a", "b"]), st.integers(1, 4))
def test_an_outsider_draws_the_same_from_the_same_seed(population, seed, many):
    told = {(s.station, s.kind): list(s.drawn) for s in draw(population, seed, many)}
    again: dict[tuple[str, str], list[UUID]] = {}
    for each in sorted(population, key=lambda b: hashlib.sha256(f"{seed}\0{b.matter_id}".encode()).hexdigest()):
        some = again.setdefault((each.station, each.kind), [])
        if len(some) < many:
            some.append(each.matter_id)
    assert told == again
    assert draw(reversed(population), seed, many) == draw(population, seed, many)


def test_a_station_and_a_kind_narrow_the_strata():
    population = [Began(UUID(int=n), station, kind) for n, (station, kind) in enumerate(
        [("220104", "case"), ("220104001", "case"), ("2202", "case"), ("220104", "grant")])]  # fmt: skip
    found = draw(population, "s", 9, "220104", "case")
    assert [(s.station, s.population) for s in found] == [("220104", 1), ("220104001", 1)]


def test_findings_samples_and_reports_of_access_keep_the_laws():
    check_laws(raised.DECIDER, RaiseFinding, AnswerFinding, ResolveFinding, ReopenFinding, examples=20)
    check_laws(sample.DECIDER, WriteSample, examples=10)
    check_laws(access.DECIDER, RecordAccessReport, examples=10)

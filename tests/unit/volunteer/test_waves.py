"""Offers in waves: as few as bring a yes, for a time that is written down, not at night, and one level up when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.contracts.codes_matching import Reason
from services.contracts.tables import BEIJING
from services.contracts.volunteer import (
    AcceptedInVain,
    AcceptTask,
    AssignTask,
    CostPart,
    DeclineTask,
    EscalateTask,
    ExpireWave,
    Invited,
    OffersSuperseded,
    OpenWave,
    OverrideSuggestion,
    SuggestionOverridden,
    TaskAccepted,
    TaskDeclined,
    TaskEscalated,
    TaskOffered,
    WaveExpired,
    WaveOpened,
    WaveScheduled,
)
from services.kernel.message import Actor
from services.volunteer.domain.attention import chance, may_be_disturbed, quiet_until, wave
from services.volunteer.domain.eligibility import Span
from services.volunteer.domain.known import Known, Suggestion, Willing
from services.volunteer.domain.task import DECIDER
from tests.support.spec import NOON, Spec
from tests.unit.volunteer.people import (
    DISPATCHER,
    LIN,
    MATTER,
    MEI,
    MEI_HERSELF,
    OPENED,
    SLOT,
    WEN,
    XINGHUA,
    assigned,
    fit,
)

task = Spec(DECIDER)
CLOCK = Actor(id="clock:volunteer", role="service")
TOMORROW = SLOT + timedelta(days=1)
CALM = replace(
    OPENED, headcount=1, urgency="normal", area="220104004005", slot_start=TOMORROW, slot_end=TOMORROW + timedelta(hours=1),
    unfilled_at=TOMORROW - timedelta(minutes=15),
)  # fmt: skip
NEAR = Reason(code="same-street")


def willing(party: str, **changes: object) -> Willing:
    """One who has said yes to half of what he was asked."""
    return Willing(**{"party": party, "reasons": (NEAR,), "asked": 10, "said_yes": 6} | changes)  # type: ignore[arg-type]


def looked_up(*found: Willing, **changes: object) -> Known:
    """These could be asked, and nothing speaks against any of them."""
    people = tuple(fit(one.party) for one in found)
    return Known(**{"people": people, "suggestion": Suggestion(willing=found)} | changes)  # type: ignore[arg-type]


THREE = looked_up(willing(MEI), willing(LIN), willing(WEN))
HOUR = timedelta(hours=1)


def opened(number: int, *parties: str, until: datetime = NOON + HOUR, **changes: object) -> WaveOpened:
    """The wave in which these are asked."""
    usual = {
        "matter_id": MATTER, "wave": number, "theta": 60, "invited": tuple(Invited(party=p, reasons=(NEAR,)) for p in parties),
        "expires_at": until, "model": "roster-1", "weights": "2026-11",
        "escalate_at": TOMORROW - timedelta(hours=4) if number == 1 else None,
    }  # fmt: skip
    return WaveOpened(**usual | changes)  # type: ignore[arg-type]


def asked(*parties: str) -> tuple[TaskOffered, ...]:
    """These are asked."""
    return tuple(TaskOffered(matter_id=MATTER, assignee=party) for party in parties)


def up(level: str, to: str, cause: str, again: datetime | None) -> TaskEscalated:
    """Somebody above looks after it too."""
    return TaskEscalated(matter_id=MATTER, level=level, to=to, cause=cause, again_at=again)  # type: ignore[arg-type]


FIRST = (opened(1, MEI, LIN), *asked(MEI, LIN))
SOON = NOON + timedelta(minutes=30)

# --- how many ---------------------------------------------------------------------------------------------------------


def test_a_wave_is_as_small_as_is_likely_enough_to_bring_a_yes() -> None:
    half = [(n, 0.5) for n in range(20)]
    assert wave(half, 0.6, 12) == (0, 1)
    assert wave(half, 0.85, 12) == (0, 1, 2)
    assert wave(half, 0.99999, 12) == tuple(range(12))
    assert wave([], 0.6, 12) == ()


def test_where_two_are_needed_two_yeses_must_be_likely() -> None:
    assert wave([(n, 0.5) for n in range(20)], 0.6, 12, wanted=2) == (0, 1, 2, 3)


def test_the_own_answers_say_how_likely_a_yes_is_and_who_has_none_is_given_credit() -> None:
    assert chance(0, 0) == pytest.approx(0.3)
    assert chance(9, 10) > 0.7
    assert chance(0, 10) < 0.1


def test_the_clock_and_the_urgency_set_how_many_and_how_long() -> None:
    calm = task.given(CALM).when(OpenWave(), facts=THREE)
    calm.then(*FIRST)
    urgent = replace(CALM, urgency="urgent")
    until = NOON + timedelta(minutes=15)
    task.given(urgent).when(OpenWave(), facts=THREE).then(
        opened(1, MEI, LIN, WEN, until=until, theta=85), *asked(MEI, LIN, WEN)
    )


# --- whom not to disturb ----------------------------------------------------------------------------------------------


def test_whoever_has_another_offer_open_for_the_time_or_was_asked_enough_this_week_is_left_alone() -> None:
    other = willing(MEI, offers=(Span(start=TOMORROW + timedelta(minutes=30)),))
    tired = willing(LIN, lately=tuple(NOON - timedelta(days=n) for n in range(7)) * 2)
    task.given(CALM).when(OpenWave(), facts=looked_up(other, tired, willing(WEN))).then(opened(1, WEN), *asked(WEN))
    assert not may_be_disturbed(tired.lately, NOON)
    assert may_be_disturbed(tired.lately, NOON + timedelta(days=6))


def test_nobody_is_asked_who_may_not_be_sent_whatever_the_roster_in_memory_says() -> None:
    """INV-15: the suggestion is a suggestion; the rules are asked again."""
    facts = replace(THREE, people=(replace(fit(MEI), state="suspended"), fit(LIN), fit(WEN)))
    task.given(CALM).when(OpenWave(), facts=facts).then(opened(1, LIN, WEN), *asked(LIN, WEN))


def test_the_familys_own_task_is_not_offered_to_the_family() -> None:
    facts = replace(THREE, people=(replace(fit(MEI), relative=True), fit(LIN), fit(WEN)))
    task.given(CALM).when(OpenWave(), facts=facts).then(opened(1, LIN, WEN), *asked(LIN, WEN))


@pytest.mark.parametrize(("hour", "day"), [(22, 3), (3, 2), (7, 2)])
def test_at_night_a_wave_waits_for_the_morning(hour: int, day: int) -> None:
    night = NOON.replace(hour=hour)
    morning = datetime(2026, 3, day, 8, tzinfo=BEIJING)
    later = replace(CALM, slot_start=TOMORROW + timedelta(days=2), slot_end=None)
    scheduled = WaveScheduled(matter_id=MATTER, at=morning, cause="quiet_hours")
    task.given(later).when(OpenWave(), now=night, at=night, facts=THREE).then(scheduled)
    task.given(later, scheduled).when(OpenWave(), now=night, at=night, facts=THREE).then_nothing()


def test_where_somebody_is_in_danger_there_is_no_night() -> None:
    """INV-42: and a professional looks after it at the same time."""
    night = NOON.replace(hour=23)
    danger = replace(OPENED, headcount=1, urgency="emergency", slot_start=None, slot_end=None)
    task.given(danger).when(OpenWave(), now=night, at=night, facts=THREE).then(
        opened(1, MEI, LIN, WEN, until=night + timedelta(minutes=5), theta=95, escalate_at=None),
        *asked(MEI, LIN, WEN),
        up("coordinator", DISPATCHER, "emergency", night + timedelta(minutes=30)),
    )
    assert quiet_until(night, "emergency") is None


# --- when the time is over --------------------------------------------------------------------------------------------

LATER = NOON + HOUR


def over(number: int, *silent: str, left: int = 0) -> WaveExpired:
    """The wave's time is over."""
    return WaveExpired(matter_id=MATTER, wave=number, silent=silent, still_asked=left)


def test_when_a_wave_is_over_the_silent_are_asked_no_longer_and_the_next_ones_are() -> None:
    """INV-13 for volunteers: silence expires, and is no yes."""
    ring = task.given(CALM, *FIRST).when(ExpireWave(wave=1), actor=CLOCK, now=LATER, at=None, facts=THREE)
    ring.then(over(1, MEI, LIN), opened(2, WEN, until=LATER + HOUR), *asked(WEN))


def test_a_wave_that_is_not_over_or_is_another_one_does_not_mind_the_clock() -> None:
    given = task.given(CALM, *FIRST)
    given.when(ExpireWave(wave=1), actor=CLOCK, now=SOON, at=None, facts=THREE).then_nothing()
    given.when(ExpireWave(wave=2), actor=CLOCK, now=LATER, at=None, facts=THREE).then_nothing()
    task.given(CALM, *FIRST, assigned(MEI)).when(ExpireWave(wave=1), actor=CLOCK, now=LATER, facts=THREE).then_nothing()


def test_after_two_empty_waves_the_coordinator_looks_after_it_then_the_street_then_the_district() -> None:
    second = (over(1, MEI, LIN), opened(2, WEN, until=LATER + HOUR), *asked(WEN))
    end = LATER + HOUR
    given = task.given(CALM, *FIRST, *second)
    first = up("coordinator", DISPATCHER, "waves_exhausted", end + timedelta(minutes=30))
    given.when(ExpireWave(wave=2), actor=CLOCK, now=end, at=None, facts=THREE).then(
        over(2, WEN), first
    )  # nobody is left to ask
    street = up("street_duty", "community:220104004", "still_nobody", end + HOUR)
    half = end + timedelta(minutes=30)
    given = task.given(CALM, *FIRST, *second, over(2, WEN), first)
    given.when(EscalateTask(), actor=CLOCK, now=half, at=None).then(street)
    district = up("district", "authority:220104", "still_nobody", None)
    given = task.given(CALM, *FIRST, *second, over(2, WEN), first, street)
    given.when(EscalateTask(), actor=CLOCK, now=end + HOUR, at=None).then(district)
    task.given(CALM, *FIRST, *second, over(2, WEN), first, street, district).when(
        EscalateTask(), actor=CLOCK
    ).then_nothing()


def test_near_the_slot_somebody_above_looks_after_it_whatever_the_waves_bring() -> None:
    soon = replace(CALM, slot_start=NOON + 3 * HOUR, slot_end=None)
    task.given(soon).when(OpenWave(), facts=THREE).then(
        opened(1, MEI, LIN, escalate_at=None), *asked(MEI, LIN),
        up("coordinator", DISPATCHER, "near_slot", NOON + timedelta(minutes=30)),
    )  # fmt: skip
    ring = TOMORROW - timedelta(hours=4)
    task.given(CALM, *FIRST).when(EscalateTask(), actor=CLOCK, now=ring, at=None).then(
        up("coordinator", DISPATCHER, "near_slot", ring + timedelta(minutes=30))
    )


def test_with_nobody_to_ask_it_is_escalated_at_once() -> None:
    task.given(CALM).when(OpenWave(), facts=looked_up()).then(
        up("coordinator", DISPATCHER, "no_candidate", NOON + timedelta(minutes=30))
    )


def test_where_the_area_is_not_known_the_holder_of_the_matter_looks_after_it() -> None:
    nowhere = replace(CALM, area=None)
    first = up("coordinator", DISPATCHER, "no_candidate", SOON)
    task.given(nowhere, first).when(EscalateTask(), actor=CLOCK, now=SOON, at=None).then(
        up("street_duty", XINGHUA, "still_nobody", SOON + timedelta(minutes=30))
    )


def test_while_a_wave_is_open_no_other_is_opened() -> None:
    given = task.given(CALM, *FIRST)
    refused = given.when(OpenWave(), facts=THREE).then_refused("wave-open")
    assert "offer-task" in refused.allowed
    given.when(OpenWave(), actor=CLOCK, facts=THREE).then_nothing()
    task.given(CALM, *FIRST, assigned(MEI)).when(OpenWave(), facts=THREE).then_refused("not-in-this-state")


# --- the first yes ----------------------------------------------------------------------------------------------------

YES = TaskAccepted(matter_id=MATTER, assignee=MEI, still_asked=1, answered_via="api")
LATE = OffersSuperseded(matter_id=MATTER, assignees=(LIN,))
LIN_HERSELF = replace(MEI_HERSELF, id=LIN.partition(":")[2])


def test_the_first_yes_takes_it_and_the_others_are_told_that_they_need_not_answer() -> None:
    task.given(CALM, *FIRST).when(AcceptTask(assignee=MEI), actor=MEI_HERSELF, facts=THREE).then(
        YES, assigned(MEI), LATE
    )


def test_a_yes_that_comes_late_is_thanked_and_recorded_once() -> None:
    vain = AcceptedInVain(matter_id=MATTER, assignee=LIN, answered_via="api")
    given = task.given(CALM, *FIRST, YES, assigned(MEI), LATE)
    given.when(AcceptTask(assignee=LIN), actor=LIN_HERSELF, facts=THREE).then(vain)
    given = task.given(CALM, *FIRST, YES, assigned(MEI), LATE, vain)
    given.when(AcceptTask(assignee=LIN), actor=LIN_HERSELF, facts=THREE).then_nothing()
    given.when(AcceptTask(assignee=MEI), actor=MEI_HERSELF, facts=THREE).then_nothing()


def test_whoever_was_never_asked_for_what_is_taken_is_told_so_and_nothing_is_recorded() -> None:
    given = task.given(CALM, *FIRST, YES, assigned(MEI), LATE)
    given.when(AcceptTask(assignee=WEN), facts=THREE).then_refused("taken")


def test_whoever_kept_silent_may_still_say_yes_while_somebody_is_looked_for() -> None:
    given = task.given(CALM, *FIRST, over(1, MEI, LIN))
    yes = replace(YES, still_asked=0)
    given.when(AcceptTask(assignee=MEI), actor=MEI_HERSELF, facts=THREE).then(yes, assigned(MEI))


def test_a_wave_of_which_somebody_said_yes_is_not_empty_and_the_missing_are_asked_for() -> None:
    two = replace(CALM, headcount=2)
    wave_of_three = (opened(1, MEI, LIN), *asked(MEI, LIN))
    yes = TaskAccepted(matter_id=MATTER, assignee=MEI, still_asked=1, answered_via="api")
    no = TaskDeclined(matter_id=MATTER, assignee=LIN, still_asked=0, answered_via="api")
    given = task.given(two, *wave_of_three, yes, no)
    ring = given.when(ExpireWave(wave=1), actor=CLOCK, now=LATER, at=None, facts=THREE)
    ring.then(over(1), opened(2, WEN, until=LATER + HOUR), *asked(WEN))


def test_a_no_is_a_no_for_this_task() -> None:
    given = task.given(CALM, *FIRST).when(DeclineTask(assignee=MEI), actor=MEI_HERSELF, facts=THREE)
    given.then(TaskDeclined(matter_id=MATTER, assignee=MEI, still_asked=1, answered_via="api"))


# --- choosing others --------------------------------------------------------------------------------------------------

CHEAP = {"usual": 0, "load": 4, "place": 10, "thanked": 0}
DEAR = {"usual": 300, "load": 0, "place": 40, "thanked": 0}
COSTED = looked_up(
    willing(MEI, parts=CHEAP), willing(LIN, parts=DEAR),
    suggestion=Suggestion(willing=(willing(MEI, parts=CHEAP),), chosen=(willing(LIN, parts=DEAR),)),
)  # fmt: skip


def test_others_go_for_a_reason_and_what_gave_way_is_on_record() -> None:
    overridden = SuggestionOverridden(
        matter_id=MATTER, suggested=(MEI,), chosen=(LIN,), reason_code="client-asked", waived=("usual", "place"),
        parts=(CostPart(part="usual", minutes=300), CostPart(part="load", minutes=-4), CostPart(part="place", minutes=30)),
        model="roster-1", weights="2026-11",
    )  # fmt: skip
    ask = OverrideSuggestion(assignees=(LIN,), reason_code="client-asked")
    task.given(CALM).when(ask, facts=COSTED).then(overridden, assigned(LIN))


def test_who_chooses_the_suggested_overrides_nothing() -> None:
    ask = OverrideSuggestion(assignees=(MEI,), reason_code="other")
    task.given(CALM).when(ask, facts=COSTED).then(assigned(MEI))


def test_hard_rules_are_not_waived_and_the_refusal_lists_them_all() -> None:
    """INV-15, INV-16: clearance, insurance, licence and double booking have no override."""
    child = replace(CALM, with_minor=True, risk="some")
    unfit = replace(fit(LIN), cleared_until=None, insured_from=None, busy=(Span(start=TOMORROW),))
    facts = replace(COSTED, people=(fit(MEI), unfit))
    ask = OverrideSuggestion(assignees=(LIN,), reason_code="client-asked")
    refused = task.given(child).when(ask, facts=facts).then_refused("hard-rules-stand")
    assert all(words in refused.zh for words in ("当日无有效保险", "一年内的从业查询", "该时段已另有任务"))
    assert "open-wave" in refused.allowed


def test_the_reason_is_a_code_of_the_table() -> None:
    ask = OverrideSuggestion(assignees=(LIN,), reason_code="whim")
    task.given(CALM).when(ask, facts=COSTED).then_refused("unknown-code")


def test_who_is_assigned_in_the_usual_way_makes_the_others_need_no_answer() -> None:
    given = task.given(CALM, *FIRST).when(AssignTask(assignees=(WEN,)), facts=THREE)
    given.then(assigned(WEN), OffersSuperseded(matter_id=MATTER, assignees=(MEI, LIN)))

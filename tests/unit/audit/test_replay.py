"""Replay: what was so at one time, by what was known at another, read back from the entries alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.audit.entries import Entry
from services.audit.ledger import micros
from services.audit.replay import state, told
from services.contracts import intake
from tests.unit.audit import stories
from tests.unit.audit.said import MATTER, NOON, Teller, said
from tests.unit.audit.stories import STATION, hand, named, told_as
from tests.unit.audit.test_custody import recorded


def replayed(entries: list[Entry], **at: datetime) -> dict[str, Any]:
    return state(MATTER, entries, **{name: micros(moment) for name, moment in at.items()})


def types(found: dict[str, Any]) -> list[str]:
    return [line["type"] for line in found["timeline"]]


def test_a_replay_reads_one_case_its_owner_and_its_strands():
    found = replayed(recorded(stories.xiaowei()))
    assert (found["open"], found["holders"]) == (True, ["worker:w-zsl"])
    assert [(n["kind"], n["open"], n["holders"]) for n in found["needs"]] == [
        ("grant", True, ["worker:w-zsl"]),
        ("referral", True, [stories.LOTUS]),
        ("pairing", True, [stories.LOTUS]),
    ]
    (case,) = found["cases"]
    assert (case["state"], case["events"], case["said"]["kind"]) == ("service-delivered", 11, "sport")
    assert [found[name][0]["kind"] for name in ("requests", "grants", "referrals", "pairings")] == [
        "help-request", "grant", "referral", "pairing",
    ]  # fmt: skip
    assert found["custody"]["findings"] == []


def test_an_offer_and_its_answer_are_read_from_the_handoffs():
    found = replayed(recorded(stories.xiaowei()))
    offers = {need["kind"]: need["offers"] for need in found["needs"]}
    assert [(o["to"], o["answer"]) for o in offers["referral"]] == [([stories.LOTUS], "taken")]
    assert [(o["to"], o["answer"]) for o in offers["grant"]] == [(["unknown"], "taken")]
    assert offers["pairing"] == []


def test_the_timeline_speaks_both_languages_and_says_who_did_what():
    teller = Teller()
    received = told_as(
            intake.HelpRequestReceived,
        matter_id=MATTER, handoff=hand("taken", "unknown", STATION), unit=STATION, area="220104", came_by="phone",
        reporter_kind="self",
    )  # fmt: skip
    message = teller.tell(
        "intake", f"help-request/{MATTER}", received, actorid="w-01", actorrole="coordinator", actororg="220104",
        channel="phone", behalforg="team:a", behalfevidence="phone-note", behalfref="n-1",
    )  # fmt: skip
    (line,) = replayed(recorded([message]))["timeline"]
    assert (line["zh"], line["en"]) == ("求助受理", "Help request received")
    assert line["actor"] == {"id": "w-01", "role": "coordinator", "org": "220104"}
    assert line["behalf"] == {"org": "team:a", "evidence_kind": "phone-note", "evidence_ref": "n-1"}
    assert (line["handoff"]["act"], line["said"]["came_by"]) == ("taken", "phone")
    assert (line["publisher"], line["position"], line["version"], line["late_days"]) == ("intake", 1, 1, 0)


def visits() -> tuple[list[Entry], datetime, datetime]:
    """Two visits; the first is told a week after it took place. With the day of the first and the day it was told."""
    teller, plan = Teller(step=timedelta(days=1)), f"visit-plan/{MATTER}"
    paper_day = NOON + timedelta(days=1, hours=2)
    messages = []
    for day, at in ((1, None), (8, paper_day)):
        teller.now = NOON + timedelta(days=day)
        made = told_as(
            intake.VisitMade,
            plan_id=MATTER, matter_id=MATTER, person_id=named("person"), visitor="worker:w-07", on=teller.now.date(),
            mode="door", result="ok",
        )  # fmt: skip
        messages.append(teller.tell("intake", plan, made, **({"at": at} if at else {})))
    return recorded(messages), paper_day, teller.now


def test_what_was_told_late_was_so_then_but_not_known_then():
    entries, paper_day, told_on = visits()
    day_after = paper_day + timedelta(days=2)
    assert len(replayed(entries, valid_at=day_after, known_at=day_after)["timeline"]) == 1
    assert len(replayed(entries, valid_at=day_after, known_at=told_on)["timeline"]) == 2
    assert len(replayed(entries, valid_at=day_after)["timeline"]) == 2
    assert len(replayed(entries, valid_at=NOON)["timeline"]) == 0


def test_the_timeline_follows_what_happened_and_marks_what_came_late():
    entries, _, _ = visits()
    lines = replayed(entries)["timeline"]
    assert [line["entry"] for line in lines] == [1, 0]
    assert [line["late_days"] for line in lines] == [7, 0]


def test_a_struck_entry_stays_in_the_timeline_with_a_mark_and_counts_nowhere_else():
    entries, _, told_on = visits()
    wrong, struck_on = str(entries[0].envelope.id), told_on + timedelta(days=1)
    stream = f"visit-plan/{MATTER}"
    strike = said("intake", 3, version=3, type="visit.struck", stream=stream, at=struck_on, corrects=wrong)
    entries.append(Entry(2, micros(struck_on), strike.envelope))
    found = replayed(entries)
    assert {line["entry"]: line["struck_by"] for line in found["timeline"]} == {0: 2, 1: None, 2: None}
    assert found["visit_plans"][0]["events"] == 2
    assert [line["struck_by"] for line in replayed(entries, known_at=told_on)["timeline"]] == [None, None]


def test_what_no_contract_knows_passes_through_under_its_own_name():
    message = said(
        "future",
        1,
        type="hologram.projected",
        stream=f"hologram/{named('h')}",
        data={"matter_id": str(MATTER), "tone": "blue"},
    )
    found = replayed(recorded([message]))
    (line,) = found["timeline"]
    assert (line["zh"], line["en"], line["said"]) == ("hologram.projected", "hologram.projected", {"tone": "blue"})
    assert (found["others"][0]["kind"], found["others"][0]["state"]) == ("hologram", "projected")


def test_data_that_cannot_be_read_leaves_its_line_in_the_timeline():
    found = replayed(recorded([said(data=5)]))  # type: ignore[arg-type]
    assert found["timeline"][0]["said"] == {}


def test_of_what_is_restricted_only_that_it_happened_is_said():
    raised = told_as(
        intake.SafeguardingConcernRaised,
        concern_id=named("c"),
        matter_id=MATTER,
        need_id=named("c"),
        situation_code="4",
        reporter_role="driver",
    )
    found = replayed(recorded([Teller().tell("intake", f"safeguarding/{named('c')}", raised)]))
    (line,) = found["timeline"]
    assert (line["restricted"], line["said"], line["handoff"]) == (True, {}, None)
    assert found["others"][0]["said"] == {}


def test_who_looked_is_no_part_of_what_happened():
    looked = said("audit", 1, type="case.replayed", stream="replay/1")
    assert told(recorded([looked])) == []


@pytest.mark.parametrize(
    "story", [stories.xiaowei, stories.aunt_hong, stories.aunt_sun, stories.cold_radiator, stories.school_pair]
)
def test_every_story_can_be_replayed_at_each_of_its_moments(story: Any):
    entries = recorded(story())
    for entry in entries:
        at = entry.envelope.time
        found = replayed(entries, known_at=at)
        assert found["entries"] == entry.idx + 1
        assert replayed(entries, valid_at=at, known_at=at)["custody"]["findings"] == []


def test_chart_intervals_name_the_lanes_of_the_five_societies():
    found = replayed(recorded(stories.cold_radiator()))["custody"]
    assert [(i["holders"], i["lanes"]) for i in found["intervals"] if i["need_id"] is None] == [
        ([STATION], ["community"]), (["worker:w-grid"], ["social_worker"]),
    ]  # fmt: skip
    assert found["steps"][-1]["closes"] is True

"""Pages from sample data: what they say, in both languages, and that they keep the rules of the house."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.console import acts, demo
from services.console.pages import (
    act,
    directory,
    dispatch,
    figures,
    matter,
    matters,
    offers,
    signin,
    take,
    visits,
    worklist,
)
from services.console.record import Entry, story
from services.console.templating import Frame
from services.console.words import Words
from tests.unit.console import stories
from tests.unit.console.rows import DEFINED, EVENT, PLAN, figure_row, offering_row, organization_row, plan_row, task_row
from tests.unit.console.stories import MATTER, NOW, OFFERS, REFERRAL, WORKER


def frame(lang: Any = "zh", **more: Any) -> Frame:
    words = Words(lang, NOW, stories.NAMES.get)
    return Frame(words=words, path="/", user="站", csrf="c-s-r-f", nav=(("/", "x"),), demo=True, **more)


def waiting(**more: Any) -> dict[str, Any]:
    usual = {
        "matter_id": MATTER, "stream": f"help-request/{MATTER}", "whose": "new", "what": "triage", "party": "", "needs": "small-repair",
        "urgency": "normal", "since": NOW - timedelta(hours=3), "due_at": None, "live": 0, "holder": WORKER, "matter_needs": "",
        "matter_urgency": "",
    }  # fmt: skip
    return usual | more


def offer(**more: Any) -> dict[str, Any]:
    usual = {
        "offer_id": OFFERS[0], "referral_id": REFERRAL, "state": "offered", "kind": "referral", "needs": "companionship", "areas": "220102",
        "origin": WORKER, "urgency": "normal", "reason": "", "offered_at": NOW, "respond_by": NOW + timedelta(days=1), "answered_at": None,
    }  # fmt: skip
    return usual | more


def matter_row(**more: Any) -> dict[str, Any]:
    usual = {
        "matter_id": MATTER, "kind": "case", "state": "planned", "is_open": True, "needs": "goods", "holder": WORKER, "urgency": "normal",
        "opened_at": NOW, "opened_precision": "month", "changed_at": NOW, "entries": 9,
    }  # fmt: skip
    return usual | more


def matter_page(f: Frame) -> str:
    return matter.page(matter.build(stories.xiaowei()), f, "k")


def steps_of(entries: list[Entry], f: Frame) -> list[act.Step]:
    return act.steps(matter.build(entries), "coordinator", f.words)


def act_page(f: Frame, code: str, given: dict[str, list[str]] | None = None, wrong: str = "") -> str:
    model = matter.build(stories.xiaowei()[:1])
    (subject,) = act.subjects(model)
    found = acts.found("help-request", code)
    assert found is not None
    shown = act.shown(found, f.words, {})
    form = act.Form(act=found, action="/", back="/matters", key="k", fields=shown, given=given or {}, wrong=wrong)
    return act.page(form, f, subject)


PAGES: dict[str, Callable[[Frame], str]] = {
    "signin": lambda f: signin.page(demo.ROLES, f),
    "worklist": lambda f: worklist.page(worklist.build([waiting(), waiting(due_at=NOW)], NOW), f),
    "matter": matter_page,
    "matter-then": lambda f: matter.page(matter.build(stories.xiaowei(), n=4), f),
    "matter-next": lambda f: matter.page(matter.build(stories.xiaowei()), f, "k", steps_of(stories.xiaowei(), f)),
    "act": lambda f: act_page(f, "triage-help-request"),
    "act-refused": lambda f: act_page(f, "open-task", {"kind": ["outing"], "headcount": ["x"]}, "x"),
    "offers": lambda f: offers.page(offers.build([offer(), offer(state="declined", reason="safety")]), f, "k"),
    "matters": lambda f: matters.page([matter_row()], f, "open", "/matters?before=x"),
    "audit": lambda f: matters.audit_page(
        [matter_row()],
        [{"matter_id": MATTER, "name": "custody.broken", "code": "none", "since": NOW}],
        f,
        {"size": 3, "root": "r" * 43},
    ),
    "audit-away": lambda f: matters.audit_page([], [], f, None),
    "visits": lambda f: visits.page(visits.build([plan_row()], NOW.date(), {}), f, "k", {}, {PLAN: "x"}),
    "dispatch": lambda f: dispatch.page(dispatch.build([task_row(), task_row(slot_start=None)], {}, NOW.date()), f),
    "directory": lambda f: directory.page(directory.build([organization_row()], [offering_row()]), f),
    "figures": lambda f: figures.page(figures.lines([figure_row()], [DEFINED], f.words), f, "2026-09", 7, "r" * 43),
    "figure-events": lambda f: figures.events_page([EVENT], f, "2026-09", "x", "/figures/x?after=3"),
    "take": lambda f: take.page(f, "k", {"story": "<script>"}, ["goods"], "x"),
}


@pytest.fixture(params=sorted(PAGES))
def page(request: pytest.FixtureRequest) -> Callable[[Frame], str]:
    return PAGES[request.param]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_needs_nothing_inline_and_nothing_from_elsewhere(page: Callable[[Frame], str], lang: str):
    html = page(frame(lang))
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*src=)", html)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", html)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_posted_form_carries_its_token(page: Callable[[Frame], str], lang: str):
    for form in re.findall(r'<form method="post".*?</form>', page(frame(lang)), re.S):
        assert 'name="csrf" value="c-s-r-f"' in form


def test_no_chinese_is_left_in_english_pages(page: Callable[[Frame], str]):
    words = Words("en", NOW)
    html = page(Frame(words=words, user="Station", csrf="c", nav=(("/", "x"),)))
    left = re.sub(r'<a [^>]*hreflang="zh-CN".*?</a>', "", html, flags=re.S)
    assert re.findall(r"[\u4e00-\u9fff]+", left) == []


def test_headers_of_tables_and_labels_of_fields_are_there(page: Callable[[Frame], str]):
    html = page(frame())
    assert "<h1>" in html
    assert not re.search(r"<th(?![^>]*scope=)[ >]", html)
    for field in re.findall(r'<input type="(?:text|datetime-local)" id="(\w+)"', html):
        assert f'<label for="{field}"' in html
    assert len(re.findall(r'\sid="([^"]+)"', html)) == len(set(re.findall(r'\sid="([^"]+)"', html)))


def test_what_was_typed_is_shown_as_it_was_typed_and_runs_nowhere():
    assert "&lt;script&gt;" in PAGES["take"](frame())


def test_each_item_of_the_worklist_stands_in_one_part():
    late, today = NOW - timedelta(days=2), NOW + timedelta(hours=2)
    rows = [
        waiting(urgency="emergency"), waiting(), waiting(whose="others", what="offer", due_at=late),
        waiting(whose="others", what="task", due_at=today), waiting(whose="mine", what="confirm"), waiting(whose=None),
    ]  # fmt: skip
    model = worklist.build(rows, NOW)
    assert {b.name: b.count for b in model.buckets} == {"overdue": 1, "today": 1, "new": 2, "mine": 1, "others": 0}
    assert [i.urgency for i in model.buckets[2].items] == ["emergency", "normal"]


def test_a_refusal_waits_for_others_while_another_offer_is_unanswered():
    one = worklist.item(waiting(whose="mine", what="re-offer", live=1))
    assert (one.whose, one.what) == ("others", "offer")


def test_the_slider_has_a_position_for_each_moment_and_shows_what_was_known():
    entries = stories.xiaowei()
    model = matter.build(entries, n=4)
    assert len(model.moments) == len(entries)
    assert model.seen[-1].name == "grant.applied"
    assert matter.build(entries, known_at=entries[3].recorded_at + timedelta(minutes=5)).at == 4
    assert matter.build(entries, n=999).is_now


def test_the_state_of_an_earlier_moment_is_folded_from_what_was_known_then():
    entries = stories.xiaowei()
    then, now = story(entries[:8]), story(entries)
    assert then.strands[REFERRAL].state == "offered"
    assert [o.state for o in then.offers.values()] == ["declined", "offered"]
    assert now.strands[REFERRAL].state == "in-service"
    assert now.closed is None
    assert matter.needs(matter.build(entries))[1].holders == (stories.DRIVERS,)


def test_services_of_one_kind_in_a_row_are_one_line():
    lines = matter.lines(matter.build(stories.xiaowei()))
    assert max(line.count for line in lines) >= 3
    assert sum(line.count for line in lines) == len(stories.xiaowei())


def test_the_matter_page_says_who_answers_and_draws_it():
    html = matter_page(frame())
    assert "雷锋车队南关分会" in html
    assert html.count('<g class="lane ') == 6
    assert "审计服务暂时无法连接" in html
    assert "<desc" in html and "<table>" in html


def test_what_can_be_done_next_follows_from_the_states_of_the_matter_and_its_strands():
    now, later = steps_of(stories.xiaowei()[:1], frame())[0].now, steps_of(stories.xiaowei()[:1], frame())[0].later
    assert now[0].name == "分诊"
    assert [link.why_not for link in later if link.name == "重开求助"] == ["须在“已办结”时办理"]
    assert not [link for link in now if link.why_not]


def test_nobody_but_the_station_is_shown_what_it_may_do():
    assert act.steps(matter.build(stories.xiaowei()), "auditor", frame().words) == []


def test_the_short_form_becomes_the_command_that_intake_knows():
    from services.contracts.intake import ReceiveHelpRequest
    from services.kernel.contract import read_request

    form = {
        "came_by": "phone",
        "urgency": "urgent",
        "story": " 暖气不热 ",
        "happened_at": "2022-01-10T08:00",
        "reporter_phone": "",
    }
    command, happened = read_request(take.receive(form, ["small-repair"], "220104004"), ReceiveHelpRequest)
    assert (command.unit, command.need_codes, command.story) == ("community:220104004", ("small-repair",), "暖气不热")
    assert happened.at == stories.at("2022-01-10T08:00")


def test_a_form_that_says_nothing_is_no_request():
    assert take.says_nothing({"came_by": "walk-in", "urgency": "normal", "story": " "}, [])
    assert not take.says_nothing({}, ["goods"])
    assert not take.says_nothing({"reporter_phone": "0431"}, [])


def test_an_offer_is_dated_as_precisely_as_its_answer():
    asked, refused = (e for e in stories.xiaowei() if e.offer_id == OFFERS[0])
    vague = replace(refused, effective_at=None, precision="unknown")
    assert story([asked]).offers[OFFERS[0]].precision == "instant"
    assert story([asked, vague]).offers[OFFERS[0]].precision == "unknown"


def test_an_organization_sees_first_what_it_must_answer_first():
    soon, later = offer(respond_by=NOW), offer(respond_by=NOW + timedelta(days=3))
    model = offers.build([later, soon, offer(state="accepted"), offer(state="expired")])
    assert [o.respond_by for o in model.waiting] == [soon["respond_by"], later["respond_by"]]
    assert (len(model.ours), len(model.past)) == (1, 1)

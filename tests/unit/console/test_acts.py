"""Every act is a command as its contract has it, asked for in words that there are, in states that there are."""

from __future__ import annotations

from dataclasses import MISSING, fields
from uuid import UUID, uuid4

import pytest

from services.console import acts, effects
from services.console.acts.act import Act, Circumstances, Field, Subject
from services.console.acts.erasing import ERASING
from services.console.acts.reading import MOST_DAYS, PAPER_DAY, PAPER_REF, days, fen
from services.console.gate.second import field_of, is_grave
from services.console.pages.act import name_of_act
from services.console.words import TEXTS, Words, humanised
from services.kernel.contract import EVENTS, read_request
from tests.unit.console.stories import NOW

ZH, EN = Words("zh", NOW), Words("en", NOW)
STATES = {"offer": {*effects.OFFER.values()}, "referral": {*effects.STRAND.values()}, "task": {*effects.STRAND.values()},
          "grant": {*effects.STRAND.values()}, "told": {*effects.OFFER.values()},
          "told-grant": {*effects.STRAND.values()}, "pairing": {*effects.STRAND.values()},
          "person": {"active"}, "consent": {"granted"}, "concern": {"raised"}, "station": {"open"},
          "harm": {"open", "raised"}}  # fmt: skip
MATTER = {*effects.MATTER.values(), "waiting-client"}
TYPED = {"day": "2026-11-28", "days": "2026-02-03 2026-02-10~2026-02-12",
         "members": "s-1", "moment": "2026-11-28T10:00", "number": "2", "yuan": "1,200.50", "yes": "yes", "text": "b-1",
         "words": "说的话", "hidden": '{"digest": "' + "a" * 43 + '", "position": 3}'}  # fmt: skip


def at(act: Act) -> Circumstances:
    """Somebody at a station, on a matter of a person."""
    known = {"person_id": str(uuid4()), "area": "220104004005", "unit": "community:220104004005"}
    known |= {
        "organization_id": str(uuid4()),
        "party": "team:x",
        "origin": "community:220104004005",
        "case_id": str(uuid4()),
    }
    subject = Subject(kind=act.of, id=uuid4(), state=act.states[0], needs=("goods",), known=known)
    org = str(uuid4()) if act.of == "offer" else "220104004"
    return Circumstances(matter_id=uuid4(), subject=subject, actor_id="w-01", org=org, request=known)


def typed(one: Field) -> list[str]:
    """What somebody might choose or type in a field."""
    if one.kind in ("one", "many"):
        return [one.choices[0]]
    if one.kind != "pick":
        return [TYPED[one.kind]]
    if one.source == "goals":
        return ["health=achieved"]
    refs = ("consent_id", "organization_id", "strands_handled", "about_person_id", "by_person_id", "candidate_id",
            "agreement_id", "case_id", "need_id", "activity_id")  # fmt: skip
    if one.source == "parties":
        return ["organization:220104004", "community:220104004005"]
    return [str(uuid4())] if one.name in refs else ["organization:220104004"]


EVERY = pytest.mark.parametrize("act", acts.ACTS, ids=lambda act: f"{act.of}-{act.code}")


def second(act: Act) -> dict[str, str]:
    """What is filled in when a second person approves, where the act needs one."""
    return {field_of(act): "w-02"} if is_grave(act) else {}


@EVERY
def test_a_form_filled_in_is_the_command_as_its_contract_has_it(act: Act) -> None:
    body = act.body(at(act), {one.name: typed(one) for one in act.fields}) | second(act)
    command, happened = read_request(body, act.command)
    assert isinstance(command, act.command)
    assert happened.channel == ("paper" if any(one.folded for one in act.fields) else "web")


@EVERY
def test_a_form_with_what_is_needed_alone_is_enough(act: Act) -> None:
    needed = {one.name: typed(one) for one in act.fields if one.needed}
    body = act.body(at(act), needed) | second(act)
    read_request(body, act.command)
    owed = {f.name for f in fields(act.command) if f.default is MISSING and f.default_factory is MISSING}
    assert owed <= body.keys()


@EVERY
def test_every_field_and_choice_has_words_in_both_languages(act: Act) -> None:
    assert name_of_act(act, ZH) != act.code
    for one in act.fields:
        assert f"field.{one.name}" in TEXTS
        for code in one.choices:
            assert ZH.code(one.words, code) != humanised(code) or code.isdecimal(), (one.words, code)


@EVERY
def test_it_is_possible_in_states_that_there_are_and_says_what_happened(act: Act) -> None:
    assert set(act.states) <= STATES.get(act.of, MATTER)
    assert act.event in EVENTS or not act.event


def test_an_act_is_known_by_what_it_is_about_and_its_commands_name() -> None:
    assert len(acts.KNOWN) == len(acts.ACTS) + len(ERASING)
    assert acts.found("case", "draft-referral") is not acts.found("help-request", "draft-referral")
    assert acts.found("case", "no-such-act") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", 1200),
        ("1,200.5", 120050),
        ("¥3.07元", 307),
        ("0", 0),
        ("x", "x"),
        ("1.234", "1.234"),
        ("-1", "-1"),
        ("", ""),
    ],
)
def test_an_amount_in_yuan_is_read_in_fen_and_anything_else_is_left_to_be_refused(text: str, amount: object) -> None:
    assert fen(text) == amount


def test_what_was_left_empty_is_left_out() -> None:
    triage = acts.found("help-request", "triage-help-request")
    assert triage is not None
    body = triage.body(at(triage), {"urgency": ["normal"], "disposition": ["case"], "risk_level": [""]})
    assert body == {"urgency": "normal", "disposition": "case", "happened": {"channel": "web"}}


def test_a_person_who_is_registered_from_a_request_is_linked_to_it() -> None:
    register = acts.found("help-request", "register-person")
    assert register is not None and register.then is not None
    here = at(register)
    service, path, body = register.then(here, {"id": str(UUID(int=7))})
    assert (service, path) == ("intake", f"/help-requests/{here.subject.id}/person")
    assert body == {"person_id": str(UUID(int=7))}


def test_a_sheet_tells_of_days_one_by_one_or_in_a_row_and_what_is_no_day_is_left_to_be_refused() -> None:
    assert days(["2026-02-03， 2026-02-10~2026-02-12"]) == [
        {"on": day} for day in ("2026-02-03", "2026-02-10", "2026-02-11", "2026-02-12")
    ]
    assert days(["last Tuesday"]) == [{"on": "last"}, {"on": "Tuesday"}]
    assert days(["2026-02-12~2026-02-10"]) == []
    assert len(days(["2020-01-01~2026-01-01"])) == MOST_DAYS


def test_what_is_written_up_from_a_paper_happened_on_its_day_and_came_by_paper() -> None:
    """INV-38: the number of the paper, its day and who saw it; the delay is computed by intake."""
    act = acts.found("case", "record-service")
    assert act is not None
    paper = {
        "kind": ["sport"],
        PAPER_REF: ["village/7"],
        PAPER_DAY: ["2026-02-10"],
        "observed_by": ["worker:w-village"],
    }
    body = act.body(at(act), paper)
    assert body["happened"] == {"channel": "paper", "at": "2026-02-10T12:00:00+08:00", "precision": "day"}
    assert (body["paper_ref"], body["observed_by"]) == ("village/7", "worker:w-village") and PAPER_DAY not in body
    assert act.body(at(act), paper | {PAPER_REF: [""]})["happened"] == {"channel": "web"}


def test_a_pair_is_of_a_community_and_a_college_a_worker_and_a_student_known_by_her_schools_number() -> None:
    """INV-25."""
    act = acts.found("station", "form-pairing")
    assert act is not None
    typed = {"holder": ["community:1"], "college": ["university:2"], "parties": ["worker:w-zxy", "s-zmy"]}
    body = act.body(at(act), typed)
    assert (body["holder"], body["units"]) == ("community:1", ["community:1", "university:2"])
    assert body["parties"] == ["worker:w-zxy", "person:s-zmy"] and "college" not in body


def test_each_missing_paper_says_who_can_supply_it() -> None:
    act = acts.found("help-request", "give-guidance")
    assert act is not None
    body = act.body(at(act), {"materials_missing": ["other"], "supplier_kind": ["neighbour"]})
    assert body["materials_missing"] == [{"code": "other", "supplier_kind": "neighbour"}]
    assert "supplier_kind" not in body


def test_what_was_chosen_to_be_acted_on_stands_in_the_path_and_not_in_the_body() -> None:
    act = acts.found("case", "record-attendance")
    assert act is not None
    form = {"activity_id": ["a/../b"]}
    assert act.path_of(at(act), form) == "/activities/a%2F..%2Fb/attendance"
    assert "activity_id" not in act.body(at(act), form)

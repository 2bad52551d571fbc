"""Every act is a command as its contract has it, asked for in words that there are, in states that there are."""

from __future__ import annotations

from dataclasses import MISSING, fields
from uuid import UUID, uuid4

import pytest

from services.console import acts, effects
from services.console.acts.act import Act, Circumstances, Field, Subject, fen
from services.console.acts.erasing import ERASING
from services.console.gate.second import field_of, is_grave
from services.console.pages.act import name_of_act
from services.console.words import TEXTS, Words, humanised
from services.kernel.contract import EVENTS, read_request
from tests.unit.console.stories import NOW

ZH, EN = Words("zh", NOW), Words("en", NOW)
STATES = {"offer": {*effects.OFFER.values()}, "referral": {*effects.STRAND.values()}, "task": {*effects.STRAND.values()},
          "grant": {*effects.STRAND.values()}, "told": {*effects.OFFER.values()},
          "told-grant": {*effects.STRAND.values()}, "pairing": {*effects.STRAND.values()},
          "person": {"active"}, "consent": {"granted"}, "concern": {"raised"}}  # fmt: skip
MATTER = {*effects.MATTER.values(), "waiting-client"}
TYPED = {"day": "2026-11-28", "moment": "2026-11-28T10:00", "number": "2", "yuan": "1,200.50", "yes": "yes", "text": "b-1",
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
    refs = ("consent_id", "organization_id", "strands_handled", "about_person_id", "by_person_id", "candidate_id")
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
    assert happened.channel == "web"


@EVERY
def test_a_form_with_what_is_needed_alone_is_enough(act: Act) -> None:
    needed = {one.name: typed(one) for one in act.fields if one.needed}
    read_request(act.body(at(act), needed) | second(act), act.command)
    owed = {f.name for f in fields(act.command) if f.default is MISSING and f.default_factory is MISSING}
    assert owed <= needed.keys() | act.given(at(act)).keys() | second(act).keys()


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

"""A decision to erase as it is typed: one fate for what lies under one key, one for each other kind, and how it is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.console import acts
from services.console.accounts import Account
from services.console.acts.erasing import DECIDE, REQUEST
from services.console.gate.second import Waiting, can_wait, is_grave
from services.console.gate.unsealing import OPEN_FOR, Asked
from services.console.pages import erasing, unsealing
from services.console.pages.seconds import Shown, place_of
from services.console.pages.seconds import page as seconds_page
from services.console.templating import Frame
from services.console.words import Lang, Words
from services.contracts import intake as public
from services.contracts.intake import EVERY_KIND
from services.kernel.contract import read_request
from tests.unit.console.stories import MATTER, NOW

ZH = Words("zh", NOW)
FORM = {"fate-sealed": "erased", "basis-sealed": "pipl47-erase", "fate-facts": "restricted", "basis-facts": "pipl47-keep",
        "until-facts": "2030-01-01", "fate-safeguarding": "refused", "basis-safeguarding": "safeguarding"}  # fmt: skip


def test_every_kind_is_decided_once_and_the_command_takes_it():
    decisions = erasing.decided(EVERY_KIND, FORM)
    assert [each["kind"] for each in decisions] == [*EVERY_KIND]
    assert {each["fate"] for each in decisions[:4]} == {"erased"}
    body: dict[str, Any] = {"decisions": decisions, "approver": "h-1"}
    command, _ = read_request(body, public.DecideErasure)
    assert command.decisions[4].until is not None


def test_kinds_that_were_not_asked_for_are_not_decided():
    assert [part.name for part in erasing.parts_of(["narrative", "facts"])] == ["sealed", "facts"]
    assert [each["kind"] for each in erasing.decided(["narrative", "facts"], FORM)] == ["narrative", "facts"]


def test_the_second_person_reads_what_is_to_become_of_each_kind():
    body = {"decisions": erasing.decided(["identity", "facts"], FORM), "happened": {"channel": "web"}}
    one = Waiting(id=MATTER, of="erasure", act=DECIDE.code, about=MATTER, matter_id=MATTER, asker="h-1",
                  asker_role="station_head", asker_org="220104004", asked_at=NOW, body=body)  # fmt: skip
    assert Shown(one=one, act=DECIDE).told(ZH) == [
        ("身份", "删除（销毁密钥）、应予删除"), ("经过与代码（假名）", "限制处理（只保存）、法定保存期未届满、2030-01-01"),
    ]  # fmt: skip
    assert place_of(one) == f"/matters/{MATTER}/erasure"


@pytest.mark.parametrize(("act", "grave", "waits"), [(DECIDE, True, True), (REQUEST, False, False)])
def test_a_decision_always_takes_two_and_a_request_one(act: acts.Act, grave: bool, waits: bool):
    assert (is_grave(act), can_wait(act)) == (grave, waits)


def test_what_takes_two_in_some_cases_is_asked_alone_first():
    for of, code in (("case", "reopen-case"), ("help-request", "reopen-help-request")):
        act = acts.found(of, code)
        assert act is not None
        assert (is_grave(act), can_wait(act)) == (False, True)


ROW: dict[str, Any] = {"state": "requested", "by": "self", "ground": "consent-withdrawn", "kinds": ",".join(EVERY_KIND), "decisions": "",
       "approver": None, "keys": None, "until": None}  # fmt: skip
DONE: dict[str, Any] = ROW | {"state": "restricted", "decisions": "identity:erased,facts:restricted", "approver": "w-02", "keys": 3,
              "until": "2030-01-01"}  # fmt: skip
TOLD = {"receiver": "worker:w-07", "deletion": "demanded", "deletion_due": "2026-04-01", "disclosure_id": str(MATTER)}
ASKED = Asked(id=MATTER, person_id=MATTER, matter_id=MATTER, station="220104004", is_child=False, asker="a-1",
              asked_at=NOW, why="audit", categories=("identity", "narrative"))  # fmt: skip
APPROVED = replace(ASKED, approver="h-1", approver_role="station_head", approver_org="220104004", approved_at=NOW)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_stage_of_both_has_its_page_in_both_languages(lang: Lang):
    frame = Frame(words=Words(lang, NOW))
    stages: tuple[dict[str, Any], ...] = ({}, ROW, DONE, ROW | {"state": "review"}, DONE | {"state": "decided"})
    drawn = [
        erasing.page(erasing.Erasure(matter_id=MATTER, person_id="p", row=row, deletions=[TOLD], role=role, wrong=wrong), frame)
        for row in stages for role in ("station_head", "worker") for wrong in ("", "x")
    ]  # fmt: skip
    drawn += [
        unsealing.page(MATTER, [ASKED, APPROVED], frame, "k", "x"),
        unsealing.opened(APPROVED, {"name": "x"}, [{"event": "case.opened", "field": "note", "value": "x"}], frame),
        unsealing.opened(APPROVED, {}, [], frame), seconds_page(frame, [], [], [ASKED]),
    ]  # fmt: skip
    assert all("<h1>" in page for page in drawn)
    if lang == "en":
        mains = "".join(page.partition("<main")[2].partition("</main>")[0] for page in drawn)
        assert re.findall("[\u4e00-\u9fff]+", mains) == []


def test_the_seal_is_open_for_an_hour_and_approved_by_whom_the_table_names():
    assert not ASKED.is_open(NOW)
    assert APPROVED.is_open(NOW + OPEN_FOR - timedelta(seconds=1)) and not APPROVED.is_open(NOW + OPEN_FOR)
    people = {
        "their head": ("h-1", "station_head", "220104004"), "another head": ("h-2", "station_head", "220102001"),
        "their supervisor": ("s-1", "supervisor", "220104004"), "another auditor": ("a-2", "auditor", "cc-audit"),
        "the asker": ("a-1", "auditor", "cc-audit"), "their worker": ("w-1", "worker", "220104004"),
    }  # fmt: skip
    who = {name: Account(id=i, role=r, org=o, name_zh="x", name_en="x") for name, (i, r, o) in people.items()}
    assert {name for name, one in who.items() if ASKED.may_approve(one)} == {"their head", "another auditor"}
    child = replace(ASKED, is_child=True)
    assert {name for name, one in who.items() if child.may_approve(one)} == {"their head", "their supervisor"}

"""A decision to erase as it is typed: one fate for what lies under one key, one for each other kind, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from services.console import acts
from services.console.acts.erasing import DECIDE, REQUEST
from services.console.gate.second import Waiting, can_wait, is_grave
from services.console.pages import erasing
from services.console.pages.seconds import Shown, place_of
from services.console.words import Words
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

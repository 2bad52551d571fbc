"""What waits for a second person: who may look at it, and that his own word goes with what is done."""

from __future__ import annotations

from typing import Any

import pytest

from services.console import acts
from services.console.accounts import Account
from services.console.gate.second import Seconds, is_grave
from services.console.hub import Answer
from services.kernel.approvals import approver_of, wanted
from services.kernel.clock import system_clock
from services.kernel.tokens import pair_of
from tests.unit.console.stories import MATTER, REFERRAL
from tests.unit.console.test_web import SETTINGS, Browser, csrf_of, header

ASKER = Account(id="w-demo", role="coordinator", org="220104004", name_zh="x", name_en="x")
ERROR = acts.found("referral", "mark-referral-entered-in-error")
BODY = {"reason_code": "test", "happened": {"channel": "web"}}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was asked of other services."""
    found: list[dict[str, Any]] = []

    def send(self: Any, method: str, service: str, path: str, key: str = "", approval: str = "", **rest: Any) -> Answer:
        found.append({"actor": self.actor.id, "path": path, "body": rest.get("json"), "approval": approval})
        return Answer(200, {"position": 0})

    monkeypatch.setattr("services.console.hub.Hub._send", send)
    monkeypatch.setattr("services.console.service.CATCH_UP_SECONDS", 0.0)
    return found


@pytest.fixture
def station() -> Browser:
    """A hub where a coordinator has asked for a referral to be marked as entered in error."""
    browser = Browser()
    assert ERROR is not None
    log: Any = browser.service.log
    Seconds(log).ask(ERROR, REFERRAL, MATTER, ASKER, BODY, system_clock())
    return browser


def comes(station: Browser, account: str) -> Browser:
    """Another browser at the same hub."""
    browser = Browser()
    browser.service.log = station.service.log
    return browser.sign_in(account)


def waits(station: Browser) -> list[Any]:
    log: Any = station.service.log
    return Seconds(log).all_for(ASKER, system_clock())[1]


def test_the_second_persons_word_goes_along_and_what_is_done_is_done_in_the_askers_name(
    station: Browser, sent: list[dict[str, Any]]
):
    head, one = comes(station, "h-demo"), waits(station)[0]
    page = head.send("approvals_page")
    assert "转介误录作废" in str(page.html)
    done = head.send("approve_waiting", "POST", form={"csrf": csrf_of(page)}, id=one.id)
    assert header(done, "Location") in ("/approvals", f"/matters/{MATTER}")
    (asked,) = sent
    assert (asked["actor"], asked["path"]) == ("w-demo", f"/referrals/{REFERRAL}/error")
    assert asked["body"] == BODY | {"approver_id": "h-demo"}
    what = wanted("mark-referral-entered-in-error", REFERRAL, "w-demo", asked["body"])
    public = pair_of(SETTINGS.token_private_key).public
    assert approver_of(asked["approval"], what, [public], system_clock()).id == "h-demo"
    assert waits(station) == []


def test_nobody_approves_what_he_asked_himself_and_nobody_of_another_station_sees_it(
    station: Browser, sent: list[dict[str, Any]]
):
    own, one = comes(station, "w-demo"), waits(station)[0]
    page = own.send("approvals_page")
    assert "批准<" not in str(page.html)
    assert own.send("approve_waiting", "POST", form={"csrf": csrf_of(page)}, id=one.id).status == 404
    stranger = Account(id="w-9", role="station_head", org="220102001", name_zh="x", name_en="x")
    worker = Account(id="w-8", role="worker", org="220104004", name_zh="x", name_en="x")
    log: Any = station.service.log
    for who in (stranger, worker):
        assert Seconds(log).all_for(who, system_clock()) == ([], [])
    assert sent == []


def test_it_waits_on_when_the_service_says_no_and_goes_when_it_is_taken_back(
    station: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.console.hub.Hub._send", lambda *_, **__: Answer(422, {"detail_zh": "不行。"}))
    head, one = comes(station, "h-demo"), waits(station)[0]
    head.send("approve_waiting", "POST", form={"csrf": csrf_of(head.send("approvals_page"))}, id=one.id)
    assert "不行。" in str(head.send("approvals_page").html)
    assert len(waits(station)) == 1
    own = comes(station, "w-demo")
    own.send("withdraw_waiting", "POST", form={"csrf": csrf_of(own.send("approvals_page"))}, id=one.id)
    assert waits(station) == []


def test_an_act_that_needs_a_second_person_waits_and_no_other_does():
    grave = {act.code for act in acts.ACTS if is_grave(act)}
    assert {"mark-referral-entered-in-error", "mark-case-entered-in-error", "mark-task-entered-in-error"} <= grave
    assert "triage-help-request" not in grave and "grant-consent" not in grave

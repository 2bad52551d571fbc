"""The administrator's pages of the hub: what is said of services, editions and messages that were set aside."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.console.domain import repair
from services.console.hub import Answer
from services.console.pages import system
from services.contracts.console import AskDeadLetterReplay, DeadLetterReplayAsked
from services.contracts.tables import Edition, Table, Term
from services.kernel.message import Actor
from tests.support.laws import check_laws
from tests.support.spec import Spec
from tests.unit.console.test_web import Browser, csrf_of, header

KEEPER = Actor(id="m-01", role="administrator")
AGAIN = AskDeadLetterReplay(service="referral", publisher="intake", publisher_position=7)


def said(**state: Any) -> Answer:
    """What a service says of itself."""
    usual = {
        "database": "ok",
        "head": 10,
        "heard": {},
        "bus": {"single": {"state": "ok", "position": 10}, "alive": True},
    }
    return Answer(200, {"services": {"intake": usual, "referral": usual | state}})


def of(answer: Answer | None, dead: int | None = 0) -> system.Service:
    """The referral service, with an intake that is well."""
    found = system.services({"intake": said(), "referral": answer}, {"intake": 0, "referral": dead})
    return next(each for each in found if each.name == "referral")


def test_a_service_that_does_not_answer_or_has_no_database_is_said_to():
    assert of(None).state == "unreachable"
    assert of(Answer(503, {"services": {"referral": {"database": "away"}}})).state == "database-away"


def test_what_a_service_has_not_heard_and_not_said_is_counted():
    service = of(said(heard={"intake": 4}, head=13))
    assert (service.behind, service.unsent, service.state) == ({"intake": 6}, 3, "ok")
    assert of(said(head=200)).state == "late"
    assert of(said(bus={"listener": {"connected": False}, "alive": True})).state == "late"
    assert of(said(), dead=1).state == "late"


def terms(*codes: str) -> dict[str, Term]:
    return {code: Term(code=code, zh=code, en=code) for code in codes}


def test_of_a_table_the_edition_of_the_day_is_shown_and_what_it_changed():
    old = Edition(version="1", since=date(2022, 1, 1), terms=terms("a", "b", "c"))
    new = Edition(
        version="2", since=date(2026, 1, 1), own=True, terms=terms("b", "d") | {"c": Term(code="c", zh="丙", en="c")}
    )
    table = Table(name="of-a-test", zh="试", editions=(old, new))
    now = system.shown(table, date(2026, 3, 1))
    assert (now.edition.version, now.came, now.went, now.other) == ("2", ("d",), ("a",), ("c",))
    before = system.shown(table, date(2025, 12, 31))
    assert before.edition.version == "1" and before.came == () and before.coming is new


def test_each_time_that_a_message_is_handled_again_is_on_record():
    repairs = Spec(repair.DECIDER)
    asked = DeadLetterReplayAsked(service="referral", publisher="intake", publisher_position=7)
    repairs.given(asked).when(AGAIN, actor=KEEPER).then(asked)
    repairs.given().when(AGAIN).then_refused("not-administrator")
    check_laws(repair.DECIDER, AskDeadLetterReplay, repeatable=(AskDeadLetterReplay,), examples=10)


def test_a_replay_is_recorded_before_the_service_is_asked(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[str, str, str]] = []

    def send(self: Any, method: str, service: str, path: str, **rest: Any) -> Answer:
        if method == "POST":
            asked.append((method, service, path))
        return Answer(200, {"items": []})

    monkeypatch.setattr("services.console.hub.Hub._send", send)
    browser = Browser().sign_in("m-demo")
    form = {"csrf": csrf_of(browser.send("dead_page")), "service": "referral", "publisher": "intake", "position": "7"}
    assert header(browser.send("replay_dead", "POST", form=form), "Location") == "/admin/dead-letters"
    assert asked == [("POST", "referral", "/dead-letters/intake/7/replay")]
    store: Any = browser.service.log.store
    assert [type(event) for event in store.said[f"repair/{repair.stream_of('referral', 'intake', 7)}"]] == [
        DeadLetterReplayAsked
    ]
    assert browser.send("replay_dead", "POST", form=form | {"service": "../x"}).status == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_open_in_both_languages(monkeypatch: pytest.MonkeyPatch, lang: str):
    row = {
        "publisher": "intake",
        "position": 7,
        "stream": "x/1",
        "state": "poison",
        "reason": "KeyError",
        "attempts": 3,
        "code": "220104004",
        "station_id": "5f0d6c1e-0000-4000-8000-000000000007",
        "kind": "station",
    }
    monkeypatch.setattr("services.console.hub.Hub._send", lambda *_, **__: Answer(200, {"items": [row]}))
    monkeypatch.setattr("services.console.hub.Hub.ready", lambda *_: said())
    browser = Browser().sign_in("m-demo")
    browser.cookies["lang"] = lang
    for page in ("system_page", "dead_page", "tables_page", "stations_page", "calendar_page", "accounts_page"):
        assert browser.send(page).status == 200, page
    assert "sla" in str(browser.send("table_page", name="sla").html)
    assert Browser().sign_in("w-demo").send("system_page").status == 403

"""Taking a request in: what is typed becomes commands, who is alike is told without a name, and a refusal says what to do."""

from __future__ import annotations

from services.console.hub import Answer
from services.console.pages import hints, take
from services.console.templating import Frame
from services.console.words import TEXTS, Words
from services.contracts import intake as public
from services.intake.likeness import RULES
from services.kernel.contract import read_request
from tests.unit.console.stories import NOW

STATION, PERSON, MATTER = "220104004", "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
ROW = {"person_id": PERSON, "rule": "same-phone-and-sound", "score": 90, "station": STATION}
OPEN = [
    {"matter_id": MATTER, "kind": "help-request", "holder": f"community:{STATION}"},
    {"matter_id": None, "kind": "case", "holder": "worker:w-2"},
]


def test_what_is_typed_is_compared_but_three_digits_are_nobodys_telephone():
    assert take.who({"client_name": " 洪阿姨 ", "client_phone": "139"}) == {"pseudonym": "洪阿姨"}
    assert take.who({"client_phone": "13900000000"}) == {"phone": "13900000000"}
    assert take.who({"client_name": " "}) == {}


def test_whoever_is_on_record_is_not_registered_again():
    assert take.same({"same": PERSON}) == PERSON
    assert take.same({"same": "none"}) == take.same({}) == ""
    assert take.person({"client_name": ""}, STATION) == {}
    body = take.person({"client_name": "洪阿姨", "age_band": "from_60"}, STATION)
    read_request(body, public.RegisterPerson)


def test_papers_become_guidance_and_none_of_them_nothing():
    form = {"paper-identity-card": "have", "paper-birth-certificate": "missing", "follow_up_by": "2026-12-01"}
    command, _ = read_request(take.guidance(form), public.GiveGuidance)
    assert command.materials_have == ("identity-card",)
    assert [m.code for m in command.materials_missing] == ["birth-certificate"]
    assert take.guidance({"paper-photo": "", "advice": " "}) == {}


def test_a_hint_says_by_what_and_where_and_names_nobody():
    found = hints.Hints(found=(hints.hint(ROW, {"age_band": "from_60"}, OPEN),), elsewhere=("220104005",), asked=True)
    html = hints.fragment(found, Frame(words=Words("zh", NOW)), chosen=PERSON)
    assert "电话相同，称呼同音" in html
    assert f'href="/matters/{MATTER}"' in html
    assert html.count("未结") == 3  # two matters, and somebody's at another station
    assert f'value="{PERSON}" checked' in html


def test_every_rule_of_likeness_has_words():
    assert {f"rule.{rule}" for rule in RULES} <= TEXTS.keys()


def test_a_refusal_names_what_can_be_done_instead_and_the_fields_as_the_form_does():
    body = {
        "detail": "No.", "detail_zh": "不行。", "allowed": ["triage-help-request", "close-help-request"],
        "errors": [{"field": "goals.0.code", "expected": "a code", "expected_zh": "代码"},
                   {"field": "follow_up_by", "expected": "a day", "expected_zh": "日期"}],
    }  # fmt: skip
    said = Answer(409, body).why("zh")
    assert said == "不行。 Code：代码 何日再问：日期 现在可以办：分诊、办结求助"
    assert Answer(409, body).why("en").endswith("Possible now: Triage help request, Close help request")
    assert (
        Answer(403, {"detail_zh": "不行。", "allowed_roles": ["supervisor"]}).why("zh")
        == "不行。 可由以下角色办理：督导"
    )
    assert Answer(502, None).why("zh") == "502"

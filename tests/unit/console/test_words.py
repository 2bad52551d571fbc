"""Every word in both languages; every key that a template or a page uses is there; times as people say them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

from services.console import effects
from services.console.templating import clip
from services.console.words import TEXTS, Words, humanised
from services.console.words.codes import CODES, SHARED
from services.console.words.joining import joined
from services.contracts.codes import TABLES
from tests.unit.console import stories
from tests.unit.console.stories import NOW, at

CONSOLE = Path(__file__).parents[3] / "services" / "console"
ZH, EN = Words("zh", NOW), Words("en", NOW)
HAN = re.compile(r"[\u4e00-\u9fff]")


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def part_of(key: str) -> str:
    """Of what a text is a word."""
    return key.partition(".")[0]


@pytest.mark.parametrize("part", sorted(set(map(part_of, TEXTS))))
def test_texts_are_there_in_both_languages_with_the_same_fields(part: str):
    for key, (zh, en) in ((key, TEXTS[key]) for key in TEXTS if part_of(key) == part):
        assert zh and en, key
        assert fields(zh) == fields(en), key
        if key != "prefs.lang":
            assert not HAN.search(en), key
            assert HAN.search(zh) or not re.search("[a-z]{3}", re.sub(r"\{.*?\}", "", zh)), key


@pytest.mark.parametrize("table", sorted(CODES))
def test_a_code_is_there_in_both_languages(table: str):
    for code, (zh, en) in CODES[table].items():
        assert zh and en, code
        assert not HAN.search(en), code


def test_two_parts_that_say_the_same_key_are_refused():
    with pytest.raises(ValueError, match=r"told\.title"):
        joined([{"told.title": "ours"}, {"told.by": "ours"}, {"told.title": "theirs"}])


def test_every_key_that_templates_and_pages_use_is_there():
    used: set[str] = set()
    for path in (*CONSOLE.glob("templates/*"), *CONSOLE.rglob("*.py")):
        source = path.read_text()
        used |= set(re.findall(r'(?:\bt|\.words|\bself)\("([a-z0-9.-]+)"(?! ~)', source))
        used |= {k for pair in re.findall(r't\("([a-z.-]+)" if [^)]*? else "([a-z.-]+)"', source) for k in pair}
    assert len(used) > 100
    assert used - TEXTS.keys() == set()


def test_no_text_is_left_over():
    source = "".join(
        path.read_text() for path in (*CONSOLE.glob("templates/*"), *CONSOLE.rglob("*.py")) if path.name != "pages.py"
    )
    made = re.compile(r'"([a-z.-]+\.)" ~|f"([a-z.-]+\.)\{')
    prefixes = {part for found in made.findall(source) for part in found if part}
    unused = [k for k in TEXTS if f'"{k}"' not in source and not any(k.startswith(p) for p in prefixes)]
    assert unused == []


def test_the_contracts_tables_that_pages_name_exist():
    assert {name for names in SHARED.values() for name in names} <= TABLES.keys() | {"task_kind"}


def test_every_state_and_wait_has_words():
    assert set(effects.MATTER.values()) <= CODES["matter-state"].keys()
    assert set(effects.STRAND.values()) <= CODES["strand-state"].keys()
    assert set(effects.OFFER.values()) <= CODES["offer-state"].keys()
    assert {w.what for w in effects.WAITS.values() if w} | {"client"} <= CODES["wait"].keys()


def test_events_are_said_in_plain_words():
    assert (ZH.event("referral.accepted"), EN.event("referral.accepted")) == ("受案", "Referral accepted")
    assert ZH.event("not.known-yet") == "Not known yet"


def test_a_code_that_no_table_knows_is_shown_readably():
    assert ZH.code("need", "moon-landing") == "Moon landing" == humanised("moon-landing")
    assert ZH.code("need", "small-repair") == "小型维修"
    assert ZH.any("no-capacity") == "无容量"


def test_times_are_said_as_precisely_as_they_are_known():
    winter = at("2021-12-20")
    assert ZH.when(winter, "season") == ZH.when(at("2022-01-15"), "season") == "2021–22年冬"
    assert EN.when(at("2022-08-01"), "season") == "Summer 2022"
    assert EN.when(winter, "month") == "Dec 2021"
    assert ZH.when(winter, "unknown") == "时间不详"
    assert EN.when(at("2022-07-27T14:05")) == "27 Jul 2022 14:05"
    assert ZH.between(at("2022-07-01"), at("2022-08-02")) == "2022年7月1日 – 8月2日"


def test_deadlines_are_seen_from_now():
    assert ZH.due(NOW - timedelta(minutes=5)) == "已超 5 分钟"
    assert ZH.due(NOW + timedelta(hours=3)) == "今天 13:00"
    assert EN.due(NOW + timedelta(days=3)) == "11 Oct (in 3 d)"
    assert EN.due(None) == "–"


def test_a_party_without_a_name_is_its_kind_and_the_start_of_its_id():
    assert ZH.party("worker:w-07") == "社工 w-07"
    assert EN.party("team:6f1c2a9e-0000-4000-8000-000000000001") == "Team 6f1c2a9e"
    assert ZH.party("unknown") == "不详一方"
    assert Words("zh", NOW, stories.NAMES.get).party(stories.DRIVERS) == "雷锋车队南关分会"


def test_a_rule_and_somebody_without_a_name_act_in_words():
    assert (ZH.actor("policy:intake"), EN.actor("policy:intake")) == ("受理规则", "rule of intake")
    assert (ZH.actor("unnamed-grid"), ZH.actor("w-07")) == ("未具名", "w-07")


def test_labels_are_cut_by_their_width():
    assert clip("吉达方舟社会工作服务中心", 12) == "吉达方舟社会工作服务中心"
    assert clip("吉达方舟社会工作服务中心南关分部", 12).endswith("…")
    assert clip("Lei Feng drivers, Nanguan", 12) != "Lei Feng drivers, Nanguan"

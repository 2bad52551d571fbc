"""A station's folder while the hub runs: new editions hold at once, all together; what is wrong is refused with its line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from services.contracts import codes, editions, tables
from services.contracts.editions import EditionsBroken
from services.contracts.editions_watch import Watch, refused
from services.contracts.tables import dated
from services.kernel.errors import Refused
from tests.support.spec import ask

TODAY = date(2026, 3, 2)
SHIFTS = """table = "client_group"
version = "changchun-2026"
since = 2026-03-02
extends = true

[terms.night-shift]
zh = "夜班家庭"
en = "family on night shifts"
"""
LATER = SHIFTS.replace("changchun-2026", "changchun-2027").replace("2026-03-02", "2026-03-03").replace("夜班", "夜间")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A folder that is watched, with nothing in it yet; the shipped tables hold again afterwards."""
    watched = Watch(tmp_path)
    watched.begin()
    yield watched
    editions.adopt(None)


def put(watch: Watch, day: date = TODAY, **files: str | None) -> str | None:
    """These files lie in the folder from now on (None: no more), and the hub has looked twice."""
    for name, text in files.items():
        path = watch.folder / f"{name}.toml"
        path.unlink(missing_ok=True) if text is None else path.write_text(text, encoding="utf-8")
    assert watch.look(day) is None, "it may be half written"
    return watch.look(day)


def test_a_new_edition_holds_without_a_restart(watch: Watch):
    assert put(watch, a=SHIFTS) == "adopted"
    assert codes.CLIENT_GROUP.current.version == "changchun-2026"
    codes.CLIENT_GROUP.known("night-shift")
    assert watch.look(TODAY) is None, "once is enough"


def test_a_decision_ends_with_the_words_that_it_began_with(watch: Watch):
    """Half of a decision by one edition and half by the next would be no decision of either."""

    def decide(command: object, state: object, asked: object) -> list[str]:
        before = codes.CLIENT_GROUP.current.version
        assert put(watch, a=SHIFTS) == "adopted"
        return [before, codes.CLIENT_GROUP.current.version]

    assert dated(decide)(None, None, ask()) == ["2022", "2022"]
    assert dated(lambda *_: [codes.CLIENT_GROUP.current.version])(None, None, ask()) == ["changchun-2026"]


BROKEN = [
    (SHIFTS.replace('zh = "夜班家庭"\n', ""), "b.toml:6: night-shift: zh and en are wanted"),
    (SHIFTS.replace('"夜班家庭"', '"夜班家庭'), "b.toml:7: "),
    (SHIFTS.replace("2026-03-02", '"soon"'), "b.toml:3: since: a day is wanted"),
    (SHIFTS.replace("client_group", "groups"), "b.toml:1: table: one of "),
    (SHIFTS + "colour = 1\n", "b.toml:9: unknown: colour"),
    (
        SHIFTS.replace("2026-03-02", "2026-03-01"),
        "b.toml:3: client_group, edition changchun-2026: what was said before",
    ),
]


@pytest.mark.parametrize(("text", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_what_is_wrong_is_refused_with_its_line_and_the_old_one_holds(watch: Watch, text: str, says: str):
    own = 'table = "need_code"\nversion = "own"\nsince = 2026-03-02\nextends = true\n'
    assert put(watch, a=own) == "adopted"
    assert put(watch, b=text) == "refused"
    assert [problem[: len(says)] for problem in refused()] == [says]
    assert (codes.NEED.current.version, codes.CLIENT_GROUP.current.version) == ("own", "2022")
    assert put(watch, b=SHIFTS) == "adopted"
    assert refused() == ()


def test_an_edition_that_has_been_in_force_is_not_edited_and_not_taken_away(watch: Watch):
    """INV-40: history is read with its own version."""
    assert put(watch, a=SHIFTS) == "adopted"
    tomorrow = date(2026, 3, 3)
    assert put(watch, tomorrow, a=SHIFTS.replace("夜班", "晚班")) == "refused"
    assert refused()[0].startswith("a.toml:3: client_group, edition changchun-2026, has been in force since 2026-03-02")
    assert put(watch, tomorrow, a=None) == "refused"
    assert "is not there any more" in refused()[0]
    assert put(watch, tomorrow, a=SHIFTS, b=LATER) == "adopted"
    day = {d: codes.CLIENT_GROUP.label("night-shift", day=date(2026, 3, d)) for d in (2, 3)}
    assert day == {2: "夜班家庭", 3: "夜间家庭"}


def test_at_the_start_what_is_wrong_ends_it(tmp_path: Path):
    (tmp_path / "a.toml").write_text("table = 'nonsense'", encoding="utf-8")
    with pytest.raises(EditionsBroken, match=r"a\.toml:1: table"):
        Watch(tmp_path).begin()


def test_a_code_that_is_not_there_is_refused_with_those_that_are(watch: Watch):
    """Up to ten are named in both languages; of more the first ten, and where all are."""
    with pytest.raises(Refused) as few:
        codes.URGENCY.known("now")
    assert few.value.en.endswith("Allowed: emergency, urgent, normal, low.")
    assert few.value.zh.endswith("可用代码: emergency (紧急(人身安全))、urgent (当日)、normal (一般)、low (不急)。")
    with pytest.raises(Refused) as many:
        codes.NEED.known("money")
    assert many.value.en.count(",") == tables.MOST_NAMED + 1
    assert many.value.en.endswith("… (all 18: GET /referral/v1/code-tables/need_code).")
    assert many.value.zh.endswith("…(共 18 个, 见 GET /referral/v1/code-tables/need_code)。")

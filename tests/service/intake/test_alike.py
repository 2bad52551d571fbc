"""The blind index: who is on record already is hinted at and never refused, and an erased person is found by nobody (H4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import intake as public
from services.intake.alike import hints
from services.intake.domain import help_request, person
from services.intake.indexing import tokens, traits
from services.intake.likeness_tables import forgotten, kept, likeness
from services.kernel.keyring import prepare_keys
from services.kernel.message import Actor
from services.kernel.vault import Vault
from tests.service.intake.desk import Desk
from tests.support.spec import NOON, ask
from tests.unit.intake.stories import COMMUNITY, OTHER, PERSON, REQUEST, STREET

ELSEWHERE = "220102001"
THIRD = UUID(int=31)
HERE, THERE = (Actor(id=f"w-{org}", role="coordinator", org=org) for org in (STREET, ELSEWHERE))
SHE = {"name": "孙大姐", "phone": "13800000001"}
HEARD = {"name": "孙大节", "phone": "138 0000 0001"}


class Index:
    """A desk with a vault beside it: persons are registered with what is known of them, as over HTTP."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/keys.db"
        prepare_keys(url, url)
        self.desk = Desk()
        self.vault = Vault(sa.create_engine(url), self.desk.engine, b"k" * 32)

    def registers(self, person_id: UUID, station: str, who: Actor, said: dict[str, Any]) -> None:
        """A person, and the tokens in the same commit."""
        self.desk.writer.apply(kept(person_id, tokens(self.vault, traits(said), NOON)))
        command = public.RegisterPerson(station=station, age_band="adult")
        self.desk.asks(person.DECIDER, person_id, command, sealed=("A" * 43,), actor=who)

    def hints(self, who: Actor, said: dict[str, Any], *besides: UUID) -> Any:
        """What is told to whoever types this."""
        return hints(self.desk.look, tokens(self.vault, traits(said), NOON), who, *besides)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """孙大姐 is on record at one station."""
    made = Index(tmp_path)
    made.registers(PERSON, STREET, HERE, SHE)
    yield made
    made.vault.ring._engine.dispose()


def test_the_own_station_sees_who_it_may_be(index: Index) -> None:
    (hint,) = index.hints(HERE, HEARD)["hints"]
    assert (hint["person_id"], hint["rule"], hint["score"]) == (PERSON, "same-phone-and-sound", 90)
    assert index.hints(HERE, HEARD, PERSON) == {"hints": [], "elsewhere": []}
    assert [h["rule"] for h in index.hints(HERE, {"name": "孙大姐"})["hints"]] == ["same-name"]


def test_another_station_sees_no_more_than_where_an_open_matter_is(index: Index) -> None:
    assert index.hints(THERE, HEARD) == {"hints": [], "elsewhere": []}
    receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON)
    index.desk.asks(help_request.DECIDER, REQUEST, receive)
    assert index.hints(THERE, HEARD) == {"hints": [], "elsewhere": [{"station": STREET, "open_matter": True}]}
    assert index.hints(THERE, {"name": "孙大姐"}) == {"hints": [], "elsewhere": []}


def test_a_second_record_is_taken_in_and_the_likeness_written_down(index: Index) -> None:
    index.registers(OTHER, ELSEWHERE, THERE, HEARD)
    (suspected,) = index.desk.events(public.DuplicateSuspected)
    assert (suspected.person_id, suspected.candidate_id, suspected.rule, suspected.score) == (
        OTHER, PERSON, "same-phone-and-sound", 90,
    )  # fmt: skip


def test_a_shared_telephone_alone_is_no_suspicion(index: Index) -> None:
    index.registers(OTHER, STREET, HERE, SHE | {"name": "小伟"})
    assert index.desk.events(public.DuplicateSuspected) == []


def test_what_was_ruled_out_under_either_record_is_not_suspected_again(index: Index) -> None:
    index.registers(OTHER, ELSEWHERE, THERE, HEARD)
    index.desk.asks(person.DECIDER, PERSON, public.RuleOutDuplicate(candidate_id=OTHER, basis="documents"))
    amend = public.AmendPersonDetails(reason_code="new-facts")
    index.desk.asks(person.DECIDER, PERSON, amend, sealed=("A" * 43,))
    assert len(index.desk.events(public.DuplicateSuspected)) == 1


def test_of_merged_records_the_one_that_speaks_for_them_is_named_once(index: Index) -> None:
    index.registers(OTHER, ELSEWHERE, THERE, HEARD)
    merge = public.MergePersons(survivor_id=OTHER, basis="stations-agree", approver="w-02")
    index.desk.asks(person.DECIDER, PERSON, merge)
    index.registers(THIRD, STREET, HERE, SHE)
    found = [(e.person_id, e.candidate_id) for e in index.desk.events(public.DuplicateSuspected)]
    assert found == [(OTHER, PERSON), (THIRD, OTHER)]


def test_an_erased_person_is_found_by_nothing(index: Index) -> None:
    """INV-35: the rows go with the event, under every record that was merged into the one."""
    index.registers(OTHER, ELSEWHERE, THERE, HEARD)
    erased = public.PersonalDataErased(
        person_id=OTHER, request_id=REQUEST, kinds=("identity",), keys=2, records=(PERSON,)
    )
    index.desk._record(erased, f"person/{OTHER}", ask())
    assert index.desk.look.all(likeness) == []
    assert index.hints(HERE, HEARD)["hints"] == []


def test_a_value_that_was_corrected_finds_nobody_any_more(index: Index) -> None:
    before = len(index.desk.look.all(likeness, person_id=PERSON))
    corrected = tokens(index.vault, traits({"name": "孙大姐"}), NOON)
    index.desk.writer.apply(kept(PERSON, corrected, before))
    assert index.hints(HERE, {"phone": "13800000001"})["hints"] == []
    assert len(index.desk.look.all(likeness, person_id=PERSON)) == len(corrected)


def test_the_index_holds_no_value_and_is_worth_nothing_without_its_key(index: Index, tmp_path: Path) -> None:
    rows = index.desk.look.all(likeness)
    assert rows
    assert not any(word in row["token"] for row in rows for word in ("13800000001", "sun", "孙"))
    other = tmp_path / "other"
    other.mkdir()
    stranger = Index(other)
    mine, theirs = (dict(tokens(x.vault, traits(SHE), NOON)) for x in (index, stranger))
    assert mine.keys() == theirs.keys()
    assert not set(mine.values()) & set(theirs.values())
    stranger.vault.ring._engine.dispose()
    index.vault.destroy("index/likeness", NOON)
    with pytest.raises(Exception, match="person-erased"):
        tokens(index.vault, traits(SHE), NOON)


def test_all_rows_of_a_record_can_be_taken_away_without_looking() -> None:
    assert {change.key for change in kept(PERSON, [("same-name", "x")] * 5)} <= {c.key for c in forgotten(PERSON)}
    assert forgotten(PERSON)[0].drop

"""Named ids are those of the standard library; new ones begin with their time and are never the same."""

from uuid import RFC_4122, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.clock import system_clock
from services.kernel.ids import AT_ONCE, named, new_id


@given(st.uuids(), st.text())
def test_a_named_id_is_the_one_of_the_standard(space: UUID, name: str) -> None:
    assert named(space, name) == uuid5(space, name)


def test_new_ids_are_of_version_7_and_never_the_same() -> None:
    made = {new_id() for _ in range(3 * AT_ONCE)}
    assert len(made) == 3 * AT_ONCE
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}


def test_new_ids_are_in_the_order_of_their_milliseconds() -> None:
    before = system_clock()
    made = new_id()
    after = system_clock()
    assert int(before.timestamp() * 1000) <= made.int >> 80 <= int(after.timestamp() * 1000)

"""Quick ids are those of the standard library."""

from uuid import RFC_4122, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.ids import AT_ONCE, named, new_id


@given(st.uuids(), st.text())
def test_a_named_id_is_the_one_of_the_standard(space: UUID, name: str) -> None:
    assert named(space, name) == uuid5(space, name)


def test_random_ids_are_of_version_4_and_never_the_same() -> None:
    made = {new_id() for _ in range(3 * AT_ONCE)}
    assert len(made) == 3 * AT_ONCE
    assert {(one.version, one.variant) for one in made} == {(4, RFC_4122)}

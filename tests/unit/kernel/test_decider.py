"""A state is changed by making another one."""

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from services.kernel.decider import changed


@dataclass(frozen=True, kw_only=True, slots=True)
class Jar:
    """A state."""

    sweets: int
    lid: bool = True
    label: str | None = None


def test_some_fields_are_others_and_the_rest_stays() -> None:
    jar = Jar(sweets=3, label="a")
    for changes in ({}, {"sweets": 4}, {"lid": False, "label": None}, {"sweets": 0, "lid": False, "label": "b"}):
        other = changed(jar, **changes)
        assert other == replace(jar, **changes) and hash(other) == hash(replace(jar, **changes))
        with pytest.raises(FrozenInstanceError):
            other.sweets = 1  # type: ignore[misc]
    assert jar == Jar(sweets=3, label="a")


def test_what_it_does_not_have_cannot_change() -> None:
    with pytest.raises(TypeError, match="Jar has no colour"):
        changed(Jar(sweets=1), colour="red")

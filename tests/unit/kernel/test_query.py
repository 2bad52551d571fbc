"""What is asked in the query of a path: nothing that is not known is passed over, and what does not fit is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.kernel.entrypoints.request import Request
from services.kernel.errors import ContractBroken, FieldProblem


def asked(query: dict[str, str], **headers: str) -> Request:
    return Request("GET", "/toys", {}, {f"HTTP_{name}": value for name, value in headers.items()}, b"", None, query)


def refused(act: Callable[[], object]) -> list[FieldProblem]:
    """What is wrong with it, in both languages."""
    with pytest.raises(ContractBroken) as broken:
        act()
    assert all(each.expected_en and each.expected_zh for each in broken.value.problems)
    return list(broken.value.problems)


def test_a_parameter_that_is_not_known_is_named_with_those_that_are() -> None:
    asked({"kind": "car"}).only("kind", "size")
    found = refused(lambda: asked({"kin": "car", "sise": "2"}).only("kind", "size"))
    assert [(each.field, each.code) for each in found] == [("kin", "unknown-field"), ("sise", "unknown-field")]
    assert "kind, size" in found[0].expected_en
    assert [each.field for each in refused(asked({"dry_run": "true"}).only)] == ["dry_run"]


def test_a_word_is_one_of_those_that_there_are() -> None:
    assert asked({}).word("kind", ("car", "doll"), "car") == "car"
    assert asked({"kind": "doll"}).word("kind", ("car", "doll")) == "doll"
    for wrong in ("Doll", "", "do"):
        (found,) = refused(lambda w=wrong: asked({"kind": w}).word("kind", ("car", "doll")))
        assert (found.field, found.expected_en) == ("kind", "one of: car, doll")


@pytest.mark.parametrize("wrong", ["0", "100", "-1", "+1", "1e1", "x", "²", "１", "1" * 30, ""])
def test_a_number_is_whole_and_within_its_bounds(wrong: str) -> None:
    assert asked({}).whole("k", 5, 1, 99) == 5
    assert asked({"k": "99"}).whole("k", 5, 1, 99) == 99
    (found,) = refused(lambda: asked({"k": wrong}).whole("k", 5, 1, 99))
    assert (found.field, found.expected_en) == ("k", "a whole number from 1 to 99")


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b",W/"a"', True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_a_tag_is_known_in_a_list_and_made_weak_on_its_way(given: str, known: bool) -> None:
    assert asked({}, IF_NONE_MATCH=given).knows('"a"') is known

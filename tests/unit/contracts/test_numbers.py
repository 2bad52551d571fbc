"""Resident IDs and credit codes: the vectors of their standards, and the traps in which common code is caught."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts import numbers
from services.kernel.errors import Refused

TODAY = date(2026, 3, 2)

LITERATURE = ("11010519491231002X", "440524188001010014")
"""The two numbers by which the standard is explained everywhere."""

INVENTED = "99999919480520004X"
"""Nobody's: an area that was never assigned."""

HELD = ("91350100M000100Y43", "91110000101623741K", "911101066976941872")
ODD = "91350211M0000XUF46"
"""A code that fails, of a firm that is said to exist."""


@pytest.mark.parametrize("number", LITERATURE)
def test_the_numbers_of_the_literature_hold(number: str) -> None:
    assert numbers.id_doubt(number, TODAY) is None


def test_an_area_that_was_never_assigned_is_not_judged() -> None:
    assert numbers.id_doubt(INVENTED, TODAY) is None


@pytest.mark.parametrize("area", ["810000", "820000", "830000", "911000"])
def test_permits_of_people_from_elsewhere_are_built_alike(area: str) -> None:
    first17 = f"{area}19900101001"
    assert numbers.id_doubt(first17 + numbers.id_check_sign(first17), TODAY) is None


@pytest.mark.parametrize(
    "written",
    ["11010519491231002x", " 110105 19491231 002X ", "110105-19491231-002X", "１１０１０５１９４９１２３１００２Ｘ"],
    ids=["small x", "spaces", "dashes", "full width"],
)
def test_a_number_is_compared_as_it_is_meant_not_as_it_is_written(written: str) -> None:
    assert numbers.plain_number(written) == LITERATURE[0]
    assert numbers.id_doubt(written, TODAY) is None


def test_an_old_number_of_fifteen_digits_is_the_same_number() -> None:
    assert numbers.whole_id("110105491231002") == LITERATURE[0]
    assert numbers.id_doubt("110105491231002", TODAY) is None
    assert numbers.id_doubt("110105491331002", TODAY) == "birth"


@pytest.mark.parametrize(
    ("number", "doubt"),
    [
        ("110105194912310021", "check"),
        ("11010519491231003X", "check"),
        ("1101051949123100", "form"),
        ("11010519491231X02X", "form"),
        ("", "form"),
        ("护照E1234", "form"),
        ("٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣", "form"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_a_code(number: str, doubt: str) -> None:
    assert numbers.id_doubt(number, TODAY) == doubt


@pytest.mark.parametrize("born", ["19490230", "19491301", "20260303", "17000101"])
def test_a_day_of_birth_that_cannot_be_is_doubted_even_where_the_check_fits(born: str) -> None:
    first17 = f"999999{born}001"
    assert numbers.id_doubt(first17 + numbers.id_check_sign(first17), TODAY) == "birth"


def test_the_day_of_birth_is_read_from_the_number() -> None:
    assert numbers.born_on(LITERATURE[0]) == date(1949, 12, 31)
    assert numbers.born_on("110105491231002") == date(1949, 12, 31)
    assert numbers.born_on("E12345678") is None


def test_a_doubt_says_what_may_be_done_and_never_the_number() -> None:
    with pytest.raises(Refused) as refused:
        numbers.doubt_id("110105194912310021", TODAY, "register-person")
    said = refused.value
    assert (said.code, said.field, said.allowed) == ("id-number-check", "id_number", ("register-person",))
    assert "110105" not in said.en + said.zh + str(said)
    numbers.doubt_id(LITERATURE[0], TODAY)


@given(st.from_regex(r"[0-9]{6}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True), st.data())
def test_one_wrong_digit_is_always_noticed(first17: str, data: st.DataObject) -> None:
    whole = first17 + numbers.id_check_sign(first17)
    place = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[place]]))
    assert numbers.id_doubt(whole[:place] + other + whole[place + 1 :], TODAY) is not None


@pytest.mark.parametrize("code", HELD)
def test_credit_codes_of_the_standard_hold(code: str) -> None:
    assert numbers.credit_code_holds(code)


def test_a_credit_code_that_fails_is_noticed() -> None:
    assert not numbers.credit_code_holds(ODD)
    assert numbers.credit_code_holds(ODD[:17] + "R")


def test_where_the_sum_is_a_multiple_of_31_the_check_is_zero_and_nothing_falls_off_the_alphabet() -> None:
    assert numbers.credit_check_sign("0" * 17) == "0"
    assert numbers.credit_code_holds("0" * 18)


def test_a_village_collective_whose_code_begins_with_a_letter_holds_too() -> None:
    first17 = "N2220104MF1234567"
    assert numbers.credit_code_holds(first17 + numbers.credit_check_sign(first17))


@pytest.mark.parametrize("code", ["91350100M000100I43", "91350100M000100Y4", "", "91350100M000100Y43 "[:17] + "Z"])
def test_letters_that_look_like_digits_are_in_no_credit_code(code: str) -> None:
    assert not numbers.credit_code_holds(code)

"""By what records are found alike: Chinese names by sign and sound, numbers of which a part is hidden, days of birth."""

from __future__ import annotations

import pytest

from services.intake.likeness import MOST, RULES, Traits, keys, known_signs, like, plain_phone, readings

INVENTED = "99999919480520004X"
PHONE = "13800000001"


def rules(one: Traits, other: Traits) -> set[str]:
    """The rules by which two are alike."""
    return {rule for rule, _ in set(keys(one)) & set(keys(other))}


@pytest.mark.parametrize(
    ("written", "heard"),
    [("洪阿姨", "红阿姨"), ("小伟", "晓伟"), ("劉小峯", "刘小峰"), ("付小伟", "傅小伟"), ("单小伟", "善小伟"), ("曾小红", "增小红"),
     ("仇小伟", "求小伟"), ("闫小伟", "阎小伟"), ("小喆", "小哲")],
)  # fmt: skip
def test_names_that_sound_alike_are_found(written: str, heard: str) -> None:
    assert "same-sound" in rules(Traits(names=(written,)), Traits(names=(heard,)))


def test_a_name_is_the_same_whatever_stands_between_its_signs() -> None:
    assert "same-name" in rules(Traits(names=("阿依 · 古丽",)), Traits(names=("阿依古丽",)))


def test_other_names_are_not_found() -> None:
    assert rules(Traits(names=("洪阿姨",)), Traits(names=("孙大姐",))) == set()


def test_a_flat_tongue_and_a_curled_one_are_alike_but_not_the_same() -> None:
    assert like("zhang shi jing") == like("zang si jin") == "zang si jin"
    one, other = Traits(names=("张小伟",), phone=PHONE), Traits(names=("臧小伟",), phone=PHONE)
    assert rules(one, other) == {"same-phone", "same-phone-and-like-sound"}


def test_every_alias_is_looked_by() -> None:
    one = Traits(names=("洪阿姨", "大洪"), phone=PHONE)
    assert "same-phone-and-sound" in rules(one, Traits(names=("大红",), phone=PHONE))


@pytest.mark.parametrize(
    "written", ["138 0000 0001", "+86-138-0000-0001", "0086 13800000001", "１３８０００００００１"]
)
def test_a_telephone_is_compared_by_its_digits(written: str) -> None:
    assert plain_phone(written) == PHONE


def test_a_telephone_of_which_the_middle_is_hidden_counts_with_the_name() -> None:
    known, masked = Traits(names=("洪阿姨",), phone=PHONE), Traits(names=("红阿姨",), phone="138****0001")
    assert rules(known, masked) == {"masked-phone-and-sound", "phone-tail-and-sound", "same-sound"}
    tail = Traits(names=("红阿姨",), phone="*0001")
    assert rules(known, tail) == {"phone-tail-and-sound", "same-sound"}


def test_a_number_of_which_the_middle_is_hidden_counts_with_the_name() -> None:
    known = Traits(names=("洪阿姨",), id_number=INVENTED)
    masked = Traits(names=("红阿姨",), id_number="999999********004x")
    assert {"masked-id-and-sound", "id-tail-and-sound"} <= rules(known, masked)
    assert "same-id-number" not in rules(known, masked)


def test_an_old_number_and_the_new_one_are_the_same_number() -> None:
    assert "same-id-number" in rules(Traits(id_number="999999480520004"), Traits(id_number=INVENTED))


def test_without_any_document_name_and_birth_are_compared() -> None:
    """H4: name-sound + birth for people without an ID; a day of birth may also stand in a number."""
    one, other = Traits(names=("孙大姐",), born_on="1948-05-20"), Traits(names=("孙大姐",), id_number=INVENTED)
    assert {"same-day-and-sound", "same-year-and-sound"} <= rules(one, other)
    assert "same-year-and-sound" in rules(Traits(names=("孙大姐",), born_on="1948"), other)


def test_who_is_known_by_nothing_is_found_by_nothing() -> None:
    assert keys(Traits()) == []
    assert keys(Traits(names=("", " ·"), phone="120")) == []


def test_the_signs_that_are_known_of_a_number() -> None:
    assert known_signs("138****0001") == ("138", "0001", None)
    assert known_signs(PHONE) == ("", "", PHONE)


def test_a_record_has_so_many_keys_at_most_and_the_strongest_come_first() -> None:
    many = Traits(names=tuple(f"曾小{n}" for n in "一二三四五六七八"), id_number=INVENTED, phone=PHONE)
    found = keys(many)
    assert len(found) <= MOST
    assert found[0][0] == "same-id-number"
    assert [RULES[rule] for rule, _ in found] == sorted((RULES[rule] for rule, _ in found), reverse=True)


def test_a_surname_is_read_in_all_its_ways() -> None:
    assert {"shan xiao wei", "dan xiao wei"} <= set(readings("单小伟"))

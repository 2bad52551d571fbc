"""Search: by signs, by pinyin, by initials; a matter by the start of its number, a person by what intake compares."""

from __future__ import annotations

import pytest

from services.console.pages import search


@pytest.mark.parametrize("word", ["雷锋", "leifeng", "lei feng", "lfcd", "LFCD"])
def test_a_name_is_found_as_it_is_written_as_it_sounds_or_by_initials(word: str):
    names = {"team:1": "雷锋车队南关分会", "organization:2": "暖心服务社"}
    assert search.organizations(word, names) == ("team:1",)


def test_one_letter_finds_nothing_but_one_sign_does():
    assert not search.fits("l", "雷锋车队")
    assert search.fits("雷", "雷锋车队")
    assert not search.fits("xyz", "雷锋车队")


def test_needs_are_found_by_pinyin_and_by_english():
    assert search.needs("peiban") == search.needs("陪伴") == ("companionship",)
    assert "companionship" in search.needs("pb")


def test_the_start_of_a_number_is_one_and_a_word_is_not():
    assert search.reference("0A1b-2c3d") == "0a1b2c3d"
    assert search.reference("abc") == search.reference("陪伴") == ""


def test_a_person_is_asked_for_by_document_telephone_or_name():
    assert search.whom("139 0000 0001") == {"phone": "13900000001"}
    assert search.whom("99999919480520001X") == {"id_number": "99999919480520001X"}
    assert search.whom(" 洪阿姨 ") == {"pseudonym": "洪阿姨"}
    assert search.whom("a") == {}

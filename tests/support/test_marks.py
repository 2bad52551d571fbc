"""A mark is found in whatever form it got away, and nothing else is taken for one."""

from __future__ import annotations

import os

import pytest

from services.contracts import intake
from tests.support.marks import FIELDS, NAME, OF_BEGINNING, PHONE, TEXT, forms, found_in, marked, needles, sounds

LEAKS = [(how, form) for text in (NAME, TEXT, PHONE) for how, form in forms(text)] + list(sounds(NAME))


@pytest.mark.parametrize("before", [b"", b"x", b"\x00\xff"])
def test_a_mark_is_found_in_every_form(before: bytes) -> None:
    for how, form in LEAKS:
        assert found_in(before + form + b"."), how
        assert found_in(before + form.upper()), how


def test_chance_is_not_taken_for_a_mark() -> None:
    assert min(map(len, needles())) >= OF_BEGINNING
    assert found_in(os.urandom(200_000)) == []
    assert found_in(b"") == found_in(NAME.encode()[:-1]) == []


def test_every_personal_field_is_marked_with_its_own_number() -> None:
    body = marked(intake.RegisterPerson, {"station": "220104004", "name": "小伟"})
    assert body["name"] == f"{NAME}{TEXT}{FIELDS['register-person', 'name']:03d}"
    assert body["aliases"] == [f"{NAME}{TEXT}{FIELDS['register-person', 'aliases']:03d}"]
    assert {"phone", "address", "hukou_address", "note", "id_number", "born_on"} < body.keys()
    assert "id_kind" not in body, "a word from a list says nothing of anybody"

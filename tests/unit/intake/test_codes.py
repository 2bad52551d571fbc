"""Code tables: both languages, dated editions, one name each; unknown codes are refused, old ones stay readable."""

from __future__ import annotations

import re
from datetime import date

import pytest

from services.contracts import codes
from services.contracts import intake as public
from services.kernel.contract import CODE
from services.kernel.errors import Refused

NEXT = codes.edition("2027", date(2027, 1, 1), "new | 新 | new")
OLD = codes.Table(
    name="t", zh="表", editions=(codes.edition("2022", codes.FIRST, "old | 旧 | old\nboth | 都 | both"), NEXT)
)


@pytest.mark.parametrize("table", codes.TABLES.values(), ids=lambda table: table.name)
def test_every_term_has_a_code_and_two_labels(table: codes.Table) -> None:
    for edition in table.editions:
        assert edition.terms
        for code, term in edition.terms.items():
            assert re.fullmatch(CODE, code), code
            assert term.zh
            assert term.en.isascii(), term.en


def test_a_day_is_read_with_the_edition_of_its_time() -> None:
    assert OLD.on(date(2026, 12, 31)).version == "2022"
    assert OLD.on(date(2027, 1, 1)).version == "2027"
    assert OLD.on(date(1999, 1, 1)).version == "2022"
    assert OLD.current.version == "2027"


def test_only_codes_of_the_newest_edition_may_be_used_and_old_ones_keep_their_labels() -> None:
    OLD.known("new", None)
    with pytest.raises(Refused) as refused:
        OLD.known("old", field="need_codes")
    assert (refused.value.code, refused.value.field) == ("unknown-code", "need_codes")
    assert (OLD.label("old"), OLD.label("old", "en"), OLD.label("lost")) == ("旧", "old", "lost")


def test_a_table_is_declared_once() -> None:
    with pytest.raises(TypeError, match="declared twice"):
        codes.table("need_code", "需求", "a | 甲 | a")


def test_the_eighteen_needs_and_the_twelve_unnamed_classes_are_there() -> None:
    assert len(codes.NEED.current.terms) == 18
    assert len([code for code in codes.CLIENT_GROUP.current.terms if code.startswith("youth-b")]) == 12


@pytest.mark.parametrize(
    ("literal", "table"),
    [
        (public.Urgency, codes.URGENCY),
        (public.RiskLevel, codes.RISK_LEVEL),
        (public.Disposition, codes.DISPOSITION),
        (public.Cadence, codes.VISIT_CADENCE),
        (public.Situation, codes.SITUATION),
        (public.CloseOutcome, codes.REQUEST_OUTCOME),
        (public.PersonalCategory, codes.PERSONAL_CATEGORY),
    ],
)
def test_what_contracts_fix_is_labelled_by_the_tables(literal: object, table: codes.Table) -> None:
    assert set(literal.__args__) == set(table.current.terms)  # type: ignore[attr-defined]


def test_every_cadence_says_how_often() -> None:
    assert set(codes.CADENCE_PER_MONTH) == set(codes.VISIT_CADENCE.current.terms)

"""What those who could go are told of tasks that look for people: what fits them, and nothing that says whose need it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.contracts.codes_matching import Reason
from services.volunteer.endpoints.fitting import fitting

ROW = {"task_id": "t", "kind": "companionship"}
ONE, OTHER = "volunteer:1", "volunteer:2"


@dataclass
class Seen:
    """A search that has been done: what keeps whom out, and what speaks for everybody else."""

    against: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = (
        Reason(code="usual", number=4),
        Reason(code="same-street"),
        Reason(code="free-this-month"),
    )

    def why_not(self, party: str) -> tuple[str, ...]:
        return self.against.get(party, ())

    def speaking_for(self, party: str) -> tuple[Reason, ...]:
        return self.reasons


def test_a_reason_that_would_say_whose_need_it_is_or_count_what_was_given_is_not_told():
    """INV-37: identity is for those who go, from the assignment on."""
    told = fitting(ROW, Seen(), [ONE])
    assert told is not None
    assert [reason["code"] for reason in told["who"][0]["reasons"]] == ["same-street"]


def test_a_task_of_ones_own_family_is_not_shown_at_all():
    assert fitting(ROW, Seen({ONE: ("own-family",)}), [ONE]) is None
    told = fitting(ROW, Seen({ONE: ("own-family",)}), [ONE, OTHER])
    assert told is not None
    assert [each["party"] for each in told["who"]] == [OTHER]


def test_who_was_asked_already_may_still_say_yes():
    told = fitting(ROW, Seen({ONE: ("asked-already",)}), [ONE])
    assert told is not None
    assert told["who"][0]["party"] == ONE


def test_one_alone_is_told_what_else_it_takes_and_a_team_is_not():
    alone = fitting(ROW, Seen({ONE: ("not-insured",)}), [ONE])
    assert alone is not None
    assert ([rule["code"] for rule in alone["why_not"]], alone["who"]) == (["not-insured"], [])
    team = fitting(ROW, Seen({ONE: ("not-insured",), OTHER: ("not-insured",)}), [ONE, OTHER])
    assert team is not None
    assert team["why_not"] == []

"""An approval is somebody else's own act, for one command, one thing, one asker and one content, for a short while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.kernel.approvals import LIFE, approve, approver_of, wanted
from services.kernel.errors import NotSignedIn, Refused
from services.kernel.message import Actor
from services.kernel.tokens import generate, issue, verify
from tests.support.spec import NOON

KEYS, OTHER = generate(), generate()
HEAD = Actor(id="w-09", role="station_head", org="220104004")
WHAT = wanted("mark-case-entered-in-error", "c-1", "w-01", {"reason_code": "typo", "approver": "w-09"})
SAID = approve(HEAD, WHAT, KEYS.private, NOON)


def test_who_has_approved_is_known_from_the_approval():
    assert approver_of(SAID, WHAT, [KEYS.public], NOON + timedelta(minutes=1)) == HEAD


def test_when_it_happened_may_be_written_down_again():
    again = wanted("mark-case-entered-in-error", "c-1", "w-01",
                   {"approver": "w-09", "reason_code": "typo", "happened": {"channel": "web"}})  # fmt: skip
    assert approver_of(SAID, again, [KEYS.public], NOON) == HEAD


@pytest.mark.parametrize(
    "other",
    [
        wanted("close-case", "c-1", "w-01", {"reason_code": "typo", "approver": "w-09"}),
        wanted("mark-case-entered-in-error", "c-2", "w-01", {"reason_code": "typo", "approver": "w-09"}),
        wanted("mark-case-entered-in-error", "c-1", "w-02", {"reason_code": "typo", "approver": "w-09"}),
        wanted("mark-case-entered-in-error", "c-1", "w-01", {"reason_code": "other", "approver": "w-09"}),
    ],
)
def test_it_is_good_for_nothing_else(other):
    with pytest.raises(Refused) as refused:
        approver_of(SAID, other, [KEYS.public], NOON)
    assert refused.value.code == "approval-needed"


def test_it_is_not_good_for_long():
    with pytest.raises(Refused):
        approver_of(SAID, WHAT, [KEYS.public], NOON + LIFE)


def test_nobody_approves_for_himself():
    own = approve(Actor(id="worker:w-01", role="station_head"), WHAT, KEYS.private, NOON)
    with pytest.raises(Refused):
        approver_of(own, WHAT, [KEYS.public], NOON)


@pytest.mark.parametrize(
    "said", ["", "x", "a.b.c", issue(HEAD, KEYS.private, LIFE, NOON), approve(HEAD, WHAT, OTHER.private, NOON)]
)
def test_what_the_hub_did_not_sign_as_an_approval_is_none(said):
    with pytest.raises(Refused):
        approver_of(said, WHAT, [KEYS.public], NOON)


def test_an_approval_is_no_token():
    with pytest.raises(NotSignedIn):
        verify(SAID, (KEYS.public,), NOON)

"""Histories that chance comes upon too rarely: two are asked at once, two wish for each other, one of two is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.contracts import referral as public
from services.contracts.referral import ProjectEnded
from services.contracts.volunteer import (
    ArrivalRecorded,
    Commitment,
    PairConfirmed,
    PairingReported,
    PairsProposed,
    ProposedPair,
    WishesStated,
)
from tests.service.volunteer.test_pairing_rounds import OPENED as ROUND
from tests.support.spec import NOON
from tests.unit.intake.stories import RECEIVED
from tests.unit.referral import samples
from tests.unit.referral.test_training_and_projects import OWED, STARTED
from tests.unit.volunteer.people import LIN, MATTER, MEI, OPENED, ZBS, assigned
from tests.unit.volunteer.test_pairing import SUPPORTED

Lead = tuple[Any, ...]


def _asked(number: int) -> Any:
    """One of two who are asked at once, as the laws call them."""
    asked = samples.offered(UUID(int=number), mode="broadcast")
    return replace(asked, handoff=replace(asked.handoff, takers=("team:lotus",)))


TWO_ASKED: Lead = (replace(samples.DRAFTED, kind="consult"), samples.READY, _asked(1), _asked(2))

IN_TURN: Lead = (
    *TWO_ASKED[:2],
    public.ReferralSequencePlanned(matter_id=samples.MATTER, organization_ids=(UUID(int=1), UUID(int=2))),
    replace(_asked(1), mode="sequential"),
    samples.declined(UUID(int=1)),
)
WISHED: Lead = (
    ROUND,
    WishesStated(party=MEI, side="left", wishes=(LIN,)),
    WishesStated(party=LIN, side="right", wishes=(MEI,)),
)
BEGUN = replace(OPENED, slot_start=NOON - timedelta(hours=3), slot_end=NOON - timedelta(hours=1))

LEADS: dict[str, tuple[Lead, ...]] = {
    "help-request": ((replace(RECEIVED, person_id=None),),),
    "referral": (
        TWO_ASKED,
        (*TWO_ASKED, samples.accepted(UUID(int=1)), samples.superseded(UUID(int=2))),
        IN_TURN,
    ),
    "task": ((BEGUN, assigned(MEI, ZBS), ArrivalRecorded(matter_id=MATTER, assignees=(MEI,), method="told")),),
    "pairing": (
        (
            replace(SUPPORTED, commitments=(Commitment(code="alpha", giver="team:lotus"),), parties=("team:lotus",)),
            PairingReported(matter_id=SUPPORTED.matter_id, to_org="university:nenu", form_code="talk"),
        ),
    ),
    "pairing-round": (
        WISHED,
        (
            *WISHED,
            PairsProposed(number=1, pairs=(ProposedPair(one=MEI, other=LIN),), blocking=0, alone=0, model="m-1"),
            PairConfirmed(one=MEI, other=LIN, by=LIN, settled=False),
            PairConfirmed(one=MEI, other=LIN, by=MEI, settled=True),
        ),
    ),
    "project": (
        (STARTED, OWED, ProjectEnded(project_id=OWED.project_id, reason_code="other", reports_owed_reason="other")),
    ),
}

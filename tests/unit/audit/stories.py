"""The five stories of the hub, as the publishers tell them: the events that matter for custody, with some that do not."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args, get_origin
from uuid import UUID, uuid5

from services.contracts import intake, referral, volunteer
from services.contracts.words import Handoff
from services.kernel.contract import bare, hints
from services.kernel.message import Message
from tests.unit.audit.said import MATTER, NOON, Teller

STATION = "community:220104004001"
LOTUS = "team:lotus"


def named(name: str) -> UUID:
    """An id for something in a story."""
    return uuid5(MATTER, name)


def hand(act: Any, giver: str, *takers: str, need: UUID | None = None, matter: UUID = MATTER) -> Handoff:
    """A handoff in the matter of the story."""
    return Handoff(act=act, matter_id=matter, giver=giver, takers=takers, need_id=need)


def told_as(cls: Any, **said: Any) -> Any:
    """An event of which the story says only what matters for it; whatever else it must say is said somehow."""
    needed = (f.name for f in fields(cls) if f.default is MISSING and f.name not in said)
    return cls(**{name: somehow(bare(hints(cls)[name])) for name in needed}, **said)


def somehow(kind: Any) -> Any:
    """A value of a field that does not matter."""
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    return {bool: False, int: 0, str: "unknown", UUID: MATTER, datetime: NOON}.get(kind, ())


def xiaowei() -> list[Message]:
    """A: one case owner throughout, two strands (a grant, a one-to-one support), and no closing."""
    told, owner, fund = Teller(datetime(2022, 2, 27, tzinfo=UTC), timedelta(days=3)), "worker:w-zsl", "unknown"
    case, request = named("case"), f"help-request/{MATTER}"
    grant, team, pairing = named("grant"), named("referral"), named("pairing")
    tell = told.tell
    received = told_as(
        intake.HelpRequestReceived,
        matter_id=MATTER, handoff=hand("taken", "unknown", "organization:fangzhou"), unit="organization:fangzhou",
        area="220112", came_by="unknown", reporter_kind="unknown",
    )  # fmt: skip
    opened = told_as(
        intake.CaseOpened,
        case_id=case, matter_id=MATTER, handoff=hand("taken", "organization:fangzhou", owner), subject_kind="person",
        person_id=named("person"), owner=owner, area="220112", request_id=MATTER, consent_id=named("consent"),
    )  # fmt: skip
    served = told_as(intake.ServiceDelivered, case_id=case, matter_id=MATTER, kind="sport", workers=(owner,))
    applied = told_as(
        referral.GrantApplied,
        matter_id=MATTER, holder=owner, applicant=owner, applied_by="w-zsl", fund=fund, purpose_code="living",
        handoff=hand("offered", owner, fund, need=grant),
    )  # fmt: skip
    approved = told_as(
        referral.GrantApproved,
        matter_id=MATTER,
        approved_by="w-02",
        fund=fund,
        handoff=hand("taken", owner, fund, need=grant),
    )
    paid = told_as(
        referral.GrantDisbursed,
        matter_id=MATTER, fund=fund, payee_kind="person", final=True,
        handoff=hand("released", fund, owner, need=grant),
    )  # fmt: skip
    ready = told_as(
        referral.ReferralReady,
        matter_id=MATTER,
        need_id=team,
        holder=owner,
        kind="referral",
        need_codes=("one-to-one",),
        urgency="normal",
    )
    offer: dict[str, Any] = {"matter_id": MATTER, "offer_id": named("offer"), "organization_id": named("team")}
    later = told.now + timedelta(days=90)
    offered = told_as(
        referral.ReferralOffered,
        **offer, kind="referral", mode="direct", need_codes=("one-to-one",), urgency="normal", remind_at=later,
        respond_by=later, handoff=hand("offered", owner, LOTUS, need=team),
    )  # fmt: skip
    accepted = told_as(
        referral.ReferralAccepted,
        **offer, kind="referral", answered_via="phone", remind_at=later, start_by=later,
        handoff=hand("taken", owner, LOTUS, need=team),
    )  # fmt: skip
    formed = told_as(
        volunteer.PairingFormed,
        matter_id=MATTER, kind="one_to_one", parties=(LOTUS,), holder=owner, commitments=(),
        handoff=hand("taken", owner, LOTUS, need=pairing),
    )  # fmt: skip
    return [
        tell("intake", request, received, at=None),
        tell("intake", f"case/{case}", opened, at=datetime(2022, 2, 27, 16, tzinfo=UTC), effectiveprecision="month"),
        tell("referral", f"grant/{grant}", applied),
        tell("referral", f"grant/{grant}", approved),
        tell("referral", f"grant/{grant}", paid),
        tell("referral", f"referral/{team}", ready),
        tell("referral", f"referral/{team}", offered),
        tell("referral", f"referral/{team}", accepted),
        tell("volunteer", f"pairing/{pairing}", formed),
        *(tell("intake", f"case/{case}", served) for _ in range(10)),
    ]


def aunt_hong() -> list[Message]:
    """B: a visit plan, visited nearly daily; one colleague takes over; nobody refers anybody."""
    told, plan = Teller(step=timedelta(days=1)), MATTER
    person = named("person")
    set_ = told_as(
        intake.VisitPlanSet,
        plan_id=plan, matter_id=MATTER, handoff=hand("taken", STATION, "worker:w-zyh"), person_id=person,
        cadence="daily", visitor="worker:w-zyh", unit=STATION, area="220104", basis="living-alone",
    )  # fmt: skip
    changed = told_as(
        intake.VisitorChanged,
        plan_id=plan, matter_id=MATTER, handoff=hand("taken", "worker:w-zyh", "worker:w-07"), visitor="worker:w-07",
        reason_code="leave",
    )  # fmt: skip

    def visit(visitor: str) -> Message:
        made = told_as(
        intake.VisitMade,
            plan_id=plan, matter_id=MATTER, person_id=person, visitor=visitor, on=date(2026, 3, 3), mode="door",
            result="ok",
        )  # fmt: skip
        return told.tell("intake", f"visit-plan/{plan}", made)

    return [
        told.tell("intake", f"visit-plan/{plan}", set_),
        *(visit("worker:w-zyh") for _ in range(30)),
        told.tell("intake", f"visit-plan/{plan}", changed),
        *(visit("worker:w-07") for _ in range(3)),
    ]


def aunt_sun() -> list[Message]:
    """C: guidance with a promised step: the unit answers, and the request is not over."""
    told, stream = Teller(datetime(2022, 7, 27, 1, tzinfo=UTC)), f"help-request/{MATTER}"
    received = told_as(
        intake.HelpRequestReceived,
        matter_id=MATTER, handoff=hand("taken", "person:p-1", STATION), unit=STATION, area="220104",
        came_by="walk-in", reporter_kind="self",
    )  # fmt: skip
    guided = told_as(
        intake.GuidanceGiven,
        matter_id=MATTER, next_step_codes=("ask-neighbour",), follow_up_by=date(2022, 8, 10),
        handoff=hand("offered", STATION, "person:p-1"),
    )  # fmt: skip
    day = {"at": datetime(2022, 7, 27, 4, tzinfo=UTC), "effectiveprecision": "day"}
    return [told.tell("intake", stream, received, **day), told.tell("intake", stream, guided, **day)]


def cold_radiator() -> list[Message]:
    """D: caller, community, grid worker, two workers, and back to the community."""
    told, grid, task = Teller(datetime(2021, 12, 20, tzinfo=UTC), timedelta(minutes=10)), "worker:w-grid", named("task")
    request, job = f"help-request/{MATTER}", f"task/{task}"
    workers = ("worker:w-zbs", "worker:w-02")
    received = told_as(
        intake.HelpRequestReceived,
        matter_id=MATTER, handoff=hand("taken", "person:p-2", STATION), unit=STATION, area="220104",
        came_by="phone", reporter_kind="self",
    )  # fmt: skip
    triaged = told_as(
        intake.HelpRequestTriaged,
        matter_id=MATTER,
        urgency="urgent",
        disposition="dispatch",
        handoff=hand("taken", STATION, grid),
    )
    opened = told_as(
        volunteer.TaskOpened,
        matter_id=MATTER, kind="home-repair", headcount=2, holder=STATION, dispatcher=grid,
        handoff=hand("taken", STATION, grid, need=task),
    )  # fmt: skip
    assigned = told_as(
        volunteer.TaskAssigned,
        matter_id=MATTER,
        assignees=workers,
        dispatcher=grid,
        handoff=hand("taken", grid, *workers, need=task),
    )
    completed = told_as(volunteer.TaskCompleted, matter_id=MATTER, assignees=workers, result="done")
    verified = told_as(
        volunteer.TaskVerified,
        matter_id=MATTER, result="done", by="client", on_site=True,
        handoff=hand("released", workers[0], STATION, need=task),
    )  # fmt: skip
    closed = told_as(
        intake.HelpRequestClosed,
        matter_id=MATTER,
        outcome="resolved",
        confirmed_by="client",
        handoff=hand("released", grid, STATION),
    )
    return [
        told.tell("intake", request, received),
        told.tell("intake", request, triaged),
        told.tell("volunteer", job, opened),
        told.tell("volunteer", job, assigned),
        told.tell("volunteer", job, completed),
        told.tell("volunteer", job, verified),
        told.tell("intake", request, closed),
    ]


def school_pair() -> list[Message]:
    """E: a community and a college bind a worker and a student; the pairing ends, and the pair as a whole is over."""
    told, pairing = Teller(datetime(2022, 7, 15, tzinfo=UTC), timedelta(days=20)), named("pairing")
    association, stream = "organization:association", f"pairing/{pairing}"
    pair = ("worker:w-zxy", "volunteer:v-zmy")
    convened = told_as(
        volunteer.PairingConvened,
        matter_id=MATTER, convener=association, holder=STATION, units=(STATION, "university:nenu"),
        handoff=hand("taken", association, STATION),
    )  # fmt: skip
    formed = told_as(
        volunteer.PairingFormed,
        matter_id=MATTER, kind="school_community", parties=pair, holder=STATION, commitments=(),
        handoff=hand("taken", STATION, *pair, need=pairing),
    )  # fmt: skip
    mentor = told_as(
        volunteer.PairingMentorAssigned, matter_id=MATTER, mentor_kind="community", mentor="unknown", unit=STATION
    )
    ended = told_as(
        volunteer.PairingEnded,
        matter_id=MATTER, kind="school_community", result="fulfilled", parties=pair,
        handoff=hand("returned", pair[0], STATION, need=pairing),
    )  # fmt: skip
    concluded = told_as(volunteer.PairingConcluded, matter_id=MATTER, handoff=hand("released", STATION, STATION))
    return [told.tell("volunteer", stream, event) for event in (convened, formed, mentor, ended, concluded)]

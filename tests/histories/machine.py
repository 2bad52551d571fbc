"""Somebody who asks anything of the whole hub: now what comes next, now what nobody should ask."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.contracts import intake, referral, volunteer
from services.intake.domain import case, consent, disclosure, help_request, person
from services.intake.service import MANIFEST as INTAKE
from services.kernel.decider import Decider
from services.kernel.errors import HubError
from services.kernel.message import Actor
from services.referral.domain import grant, offering, organization
from services.referral.domain import referral as referrals
from services.referral.service import MANIFEST as REFERRAL
from services.volunteer.domain import hours, task
from services.volunteer.domain import volunteer as volunteers
from services.volunteer.service import MANIFEST as VOLUNTEER
from tests.histories.further import Further
from tests.histories.laws import Answers, broken
from tests.support.spec import COORDINATOR, NOON
from tests.support.table import Kept, Table

AREA, STATION = "220104004", "community:220104004001"
WORKERS = ("worker:w-01", "worker:w-02")
HEAD = Actor(id="w-head", role="station_head", org=AREA)
ORGANIZER = Actor(id="o-01", role="coordinator", org=STATION)
FUND = Actor(id="f-01", role="partner", org="charity:fund")
NEED = "one-to-one-support"
AGES = ("adult", "from_80", "from_60", "adult", "unknown", "from_8_to_13")
HERE = NOON.tzinfo
ANY = st.integers(0, 10_000)

Stock = dict[str, list[Any]]
OF_THE_RECEIVER = (
    referral.AcceptReferral, referral.DeclineOffer, referral.StartService, referral.ReturnReferral, referral.ReportOutcome,
    referral.ResumeService,
)  # fmt: skip


def party(organization_id: UUID) -> str:
    """A team as a party."""
    return f"team:{organization_id}"


def human(volunteer_id: UUID) -> str:
    """A volunteer as a party."""
    return f"volunteer:{volunteer_id}"


@cache
def prepared() -> tuple[Table, Kept, tuple[UUID, ...], tuple[UUID, ...]]:
    """A hub with three teams that offer, and two volunteers: before any matter."""
    table = Table.of(INTAKE, REFERRAL, VOLUNTEER)
    teams, helpers = [], []
    for code in ("lotus", "harbor", "leifeng"):
        register = referral.RegisterOrganization(kind="volunteer_team", code=code, area="220102")
        team = table.asks("referral", organization.DECIDER, register)
        verify = referral.VerifyOrganization(evidence_kind="licence")
        table.asks("referral", organization.DECIDER, verify, team, by=HEAD)
        table.asks("referral", organization.DECIDER, referral.ActivateOrganization(), team, by=HEAD)
        offers = referral.PublishOffering(organization_id=team, service_codes=(NEED,), areas=(AREA,))
        table.asks("referral", offering.DECIDER, offers)
        teams.append(team)
    for _ in range(2):
        helper = table.asks(
            "volunteer", volunteers.DECIDER, volunteer.RegisterVolunteer(area=AREA, minor=False, consent_ref="paper-1")
        )
        verified = volunteer.VerifyVolunteer(minor=False, evidence_kind="identity-card")
        table.asks("volunteer", volunteers.DECIDER, verified, helper)
        trained = volunteer.TrainVolunteer(
            training_code="orientation", minutes=60, organizer=STATION, trained_on=(NOON - timedelta(days=3)).date()
        )
        table.asks("volunteer", volunteers.DECIDER, trained, helper)
        helpers.append(helper)
    return table, table.keep(), tuple(teams), tuple(helpers)


class Matters(Further, RuleBasedStateMachine):
    """One history: what was brought into being is remembered by kind, and anything may be asked of any of it."""

    def __init__(self) -> None:
        super().__init__()
        self.table, kept, self.teams, self.helpers = prepared()
        self.table.restore(kept)
        self.there: Stock = {}
        self.answers = Answers()
        self.refused = self.done = 0

    # --- asking ---

    def ask(self, service: str, decider: Decider, command: Any, on: UUID | None = None, **more: Any) -> UUID | None:
        """Ask; whatever the hub says on purpose is an answer, anything else is a fault."""
        try:
            stream_id = self.table.asks(service, decider, command, on, **more)
        except HubError:
            self.refused += 1
            return None
        self.done += 1
        if on is None:
            self.there.setdefault(decider.name, []).append(stream_id)
        return stream_id

    def one(self, kind: str, number: int) -> UUID:
        """Something of this kind that is there, the newest the likeliest; or an id that nobody knows."""
        found = self.there.get(kind, [])
        if not found and number % 5 and kind in MAKING:
            MAKING[kind](self, number)
            found = self.there.get(kind, [])
        if not found or number % 29 == 0:
            return UUID(int=number)
        return found[-1 - number % min(len(found), 3)]

    def state(self, service: str, decider: Decider, stream_id: UUID) -> str:
        """The name of the state that something is in."""
        return type(self.table.sides[service].states.get(f"{decider.name}/{stream_id}", (0, None))[1]).__name__

    def matter(self, number: int) -> UUID:
        """The matter of a request or of a case."""
        return self.one("help-request" if number % 3 else "case", number)

    def receiver(self, on: UUID, command: Any, number: int) -> Actor:
        """Who asks this of a referral: mostly one who may."""
        if number % 13 == 0 or not isinstance(command, OF_THE_RECEIVER):
            return COORDINATOR
        taken = [r.event.organization_id for r in self.table.said(referral.ReferralAccepted) if r.stream_id == on]
        team = getattr(command, "organization_id", None) or (taken[-1] if taken else self.teams[number % 3])
        return Actor(id="p-01", role="partner", org=str(team))

    @initialize(n=ANY)
    def somebody_comes(self, n: int) -> None:
        """Every history begins with a person, a consent and a request."""
        self.a_person(n)
        self.a_consent(n, n)
        self.a_request(n)
        self.triage(n, n)

    # --- intake ---

    @rule(n=ANY)
    def a_person(self, n: int) -> None:
        self.ask("intake", person.DECIDER, intake.RegisterPerson(station=AREA, age_band=AGES[n % 6]))  # type: ignore[arg-type]

    @rule(n=ANY, m=ANY)
    def a_consent(self, n: int, m: int) -> None:
        receivers = tuple(party(t) for place, t in enumerate(self.teams) if m % 4 or m >> place & 1)
        grant_it = intake.GrantConsent(
            person_id=self.one("person", n), by="self", purposes=("casework", "referral"), categories=("identity", "contact"),
            method="written", notice_version="n-1", receivers=receivers,
        )  # fmt: skip
        self.ask("intake", consent.DECIDER, grant_it)

    @rule(n=ANY, m=ANY)
    def withdraw_consent(self, n: int, m: int) -> None:
        some = (party(self.teams[m % 3]),) if m % 2 else ()
        command = intake.WithdrawConsent(scope="receiver" if some else "all", receivers=some)
        self.ask("intake", consent.DECIDER, command, self.one("consent", n))

    @rule(n=ANY)
    def a_request(self, n: int) -> None:
        who = self.one("person", n) if n % 4 else None
        self.ask("intake", help_request.DECIDER, intake.ReceiveHelpRequest(unit=STATION, area=AREA, person_id=who))

    @rule(n=ANY, m=ANY)
    def triage(self, n: int, m: int) -> None:
        ways: Any = ("case", "dispatch", "referral", "guidance")
        command = intake.TriageHelpRequest(urgency="normal", disposition=ways[m % 4], dispatcher=WORKERS[0])
        self.ask("intake", help_request.DECIDER, command, self.one("help-request", n))

    @rule(n=ANY, m=ANY)
    def a_case(self, n: int, m: int) -> None:
        request = self.one("help-request", m) if m % 3 else None
        command = intake.OpenCase(
            person_id=self.one("person", n), owner=WORKERS[n % 2], area=AREA, request_id=request,
            legal_basis="pipl13-3" if m % 2 else None,
        )  # fmt: skip
        self.ask("intake", case.DECIDER, command)

    @rule(n=ANY, m=ANY)
    def take_over(self, n: int, m: int) -> None:
        command = intake.TakeOverCase(owner=WORKERS[m % 2], reason_code="other")
        self.ask("intake", case.DECIDER, command, self.one("case", n))

    @rule(n=ANY, m=ANY)
    def end_something(self, n: int, m: int) -> None:
        strands = tuple(dict.fromkeys(i for kind in ("referral", "task", "grant") for i in self.there.get(kind, [])))
        endings: tuple[tuple[Decider, Any], ...] = (
            (case.DECIDER, intake.CloseCase(reason_code="goals-reached", early_reason="other")),
            (
                case.DECIDER,
                intake.CloseCase(reason_code="goals-reached", early_reason="other", strands_handled=strands),
            ),
            (case.DECIDER, intake.ReopenCase(owner=WORKERS[0], reason_code="other")),
            (help_request.DECIDER, intake.CloseHelpRequest(outcome="resolved", confirmed_by="client")),
            (help_request.DECIDER, intake.ReopenHelpRequest(reason_code="other")),
        )
        decider, command = endings[m % len(endings)]
        self.ask("intake", decider, command, self.one(decider.name, n))

    @rule(n=ANY, m=ANY)
    def disclose(self, n: int, m: int) -> None:
        command = intake.DiscloseIdentity(
            person_id=self.one("person", n), receiver=party(self.teams[m % 3]), purpose="referral"
        )
        self.ask("intake", disclosure.DECIDER, command)

    # --- referral ---

    @rule(n=ANY, m=ANY)
    def a_referral(self, n: int, m: int) -> None:
        kinds: Any = ("referral", "referral", "transfer", "consult")
        who = self.one("person", n)
        theirs = [r.stream_id for r in self.table.said(intake.ConsentGranted) if r.event.person_id == who]
        command = referral.DraftReferral(
            matter_id=self.matter(n), kind=kinds[m % 4], need_codes=(NEED,), areas=(AREA,), person_id=who,
            case_id=self.one("case", n) if m % 2 else None,
            consent_id=theirs[-1] if theirs and m % 7 else self.one("consent", n),
        )  # fmt: skip
        self.ask("referral", referrals.DECIDER, command)

    @rule(n=ANY, m=ANY)
    def go_on_with_a_referral(self, n: int, m: int) -> None:
        """What comes next, for a referral in its state."""
        on, team = self.one("referral", n), self.teams[m % 3]
        asked = [r.event.organization_id for r in self.table.said(referral.ReferralOffered) if r.stream_id == on]
        answering = asked[m % len(asked)] if asked else team
        steps: dict[str, Any] = {
            "Draft": referral.MarkReferralReady(),
            "Ready": referral.OfferReferral(organization_id=team, mode="broadcast"),
            "Offered": referral.AcceptReferral(organization_id=answering),
            "Paused": referral.ResumeService(),
            "Accepted": referral.StartService(),
            "InService": referral.ReportOutcome(outcome="delivered"),
            "Disputed": referral.ReportOutcome(outcome="partially"),
            "OutcomeReported": referral.ConfirmOutcome(client_asked=True),
        }
        command = steps.get(self.state("referral", referrals.DECIDER, on))
        if command is not None:
            self.ask("referral", referrals.DECIDER, command, on, by=self.receiver(on, command, m))

    @rule(n=ANY, m=ANY)
    def anything_of_a_referral(self, n: int, m: int) -> None:
        team = self.teams[n % 3]
        commands = (
            referral.MarkReferralReady(), referral.OfferReferral(organization_id=team, mode="broadcast"),
            referral.OfferReferral(organization_id=team, mode="broadcast", reason_code="other"),
            referral.AcceptReferral(organization_id=team), referral.AcceptReferral(organization_id=team),
            referral.DeclineOffer(organization_id=team, reason_code="no-capacity"),
            referral.WithdrawOffer(organization_id=team, reason_code="other"),
            referral.StartService(), referral.ReturnReferral(reason_code="other"),
            referral.ReportOutcome(outcome="partially"), referral.ConfirmOutcome(client_asked=True),
            referral.DisputeOutcome(reason_code="other"), referral.WithdrawReferral(reason_code="other"),
            referral.CancelReferral(reason_code="other"), referral.CloseReferral(unconfirmed_reason="other"),
            referral.ExhaustReferral(station_head="worker:w-head"),
        )  # fmt: skip
        command, on = commands[m % len(commands)], self.one("referral", n)
        self.ask("referral", referrals.DECIDER, command, on, by=self.receiver(on, command, m))

    @rule(n=ANY, m=ANY)
    def money(self, n: int, m: int) -> None:
        on, fen = self.one("grant", n), 100 * (m % 7)
        acts: tuple[tuple[Any, Actor], ...] = (
            (referral.ApproveGrant(fund="charity:fund", amount_fen=fen or None), FUND),
            (referral.DisburseGrant(amount_fen=fen or None, final=bool(m % 2)), HEAD),
            (referral.DisburseGrant(amount_fen=fen or None, final=False), HEAD),
            (referral.ReturnGrant(amount_fen=fen or None, reason_code="other"), HEAD),
            (referral.ReportGrantUse(used_fen=fen or None, use_codes=("tuition",)), COORDINATOR),
            (referral.CloseGrant(result_code="used"), COORDINATOR),
        )
        command, by = acts[m // 7 % len(acts)]
        self.ask("referral", grant.DECIDER, command, on, by=by)

    @rule(n=ANY, m=ANY)
    def go_on_with_a_grant(self, n: int, m: int) -> None:
        """What comes next, for a grant in its state."""
        on, fen = self.one("grant", n), 100 * (1 + m % 4)
        steps: dict[str, tuple[Any, Actor]] = {
            "Applied": (referral.ApproveGrant(fund="charity:fund", amount_fen=fen), FUND),
            "Approved": (referral.DisburseGrant(amount_fen=fen, final=bool(m % 2)), FUND),
            "PartlyPaid": (referral.DisburseGrant(amount_fen=fen, final=bool(m % 2)), FUND),
            "Paid": (referral.ReportGrantUse(used_fen=fen, use_codes=("tuition",)), COORDINATOR),
        }
        command, by = steps.get(self.state("referral", grant.DECIDER, on), (None, FUND))
        if command is not None:
            self.ask("referral", grant.DECIDER, command, on, by=by)

    @rule(n=ANY, m=ANY)
    def a_grant(self, n: int, m: int) -> None:
        command = referral.ApplyForGrant(
            matter_id=self.matter(n), purpose_code="tuition", fund="charity:fund", amount_fen=100 * (m % 9) or None
        )
        self.ask("referral", grant.DECIDER, command)

    # --- volunteer ---

    @rule(n=ANY, m=ANY)
    def a_task(self, n: int, m: int) -> None:
        start = self.table.now.astimezone(UTC) + timedelta(hours=m % 30)
        command = volunteer.OpenTask(
            matter_id=self.matter(n), holder=WORKERS[0], kind="home-visit", headcount=1 + (m % 4 == 0), area=AREA,
            slot_start=start, slot_end=start + timedelta(hours=2),
        )  # fmt: skip
        self.ask("volunteer", task.DECIDER, command)

    @rule(n=ANY, m=ANY)
    def anything_of_a_task(self, n: int, m: int) -> None:
        who = human(self.helpers[n % 2])
        commands = (
            volunteer.AssignTask(assignees=(who,)), volunteer.AssignTask(assignees=tuple(map(human, self.helpers))),
            volunteer.CancelAssignment(assignee=who), volunteer.RecordArrival(method="told"),
            volunteer.CompleteTask(result="done"), volunteer.VerifyTask(by="client"),
            volunteer.RecordNoShow(assignee=who), volunteer.CancelTask(by="dispatcher", reason_code="other"),
        )  # fmt: skip
        self.ask("volunteer", task.DECIDER, commands[m % len(commands)], self.one("task", n))

    @rule(n=ANY, m=ANY)
    def go_on_with_a_task(self, n: int, m: int) -> None:
        """What comes next, for a task in its state."""
        on, who = self.one("task", n), human(self.helpers[m % 2])
        steps: dict[str, tuple[Any, ...]] = {
            "Opened": (volunteer.AssignTask(assignees=(who,)),),
            "Assigned": (
                volunteer.CompleteTask(result="done"), volunteer.RecordArrival(method="told"),
                volunteer.CancelAssignment(assignee=who), volunteer.RecordNoShow(assignee=who),
            ),
            "OnSite": (volunteer.CompleteTask(result="done"),),
            "Completed": (volunteer.VerifyTask(by="client"),),
        }  # fmt: skip
        commands = steps.get(self.state("volunteer", task.DECIDER, on), ())
        if commands:
            self.ask("volunteer", task.DECIDER, commands[m // 2 % len(commands)], on)

    @rule(n=ANY, m=ANY)
    def some_hours(self, n: int, m: int) -> None:
        began = self.table.now.astimezone(UTC) - timedelta(hours=m % 40)
        long = timedelta(minutes=30 * (1 + m % 9))
        command = volunteer.RecordHours(
            volunteer_id=self.helpers[n % 2], activity="visit-1", day=began.astimezone(HERE).date(), minutes=long.seconds // 60,
            content_code="companionship", organizer=STATION, lead=WORKERS[0], task_id=self.one("task", n) if m % 2 else None,
            began_at=began if m % 3 else None, ended_at=began + long if m % 3 else None,
        )  # fmt: skip
        self.ask("volunteer", hours.DECIDER, command, by=ORGANIZER)

    @rule(n=ANY, m=ANY)
    def anything_of_hours(self, n: int, m: int) -> None:
        commands = (
            volunteer.ConfirmHours(), volunteer.CorrectHours(minutes=30 * (m % 60) or 5, reason_code="other"),
            volunteer.VoidHours(reason_code="other"),
        )  # fmt: skip
        self.ask("volunteer", hours.DECIDER, commands[m % 3], self.one("service-hours", n), by=ORGANIZER)

    # --- time, and the law ---

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.table.due(self.table.now + timedelta(days=days))

    @invariant()
    def the_law_is_kept(self) -> None:
        if len(self.table.log) > self.answers.read:
            found = broken(self.table.log, self.answers)
            assert found == [], "\n".join(found)


MAKING = {
    "person": lambda machine, n: machine.a_person(n),
    "consent": lambda machine, n: machine.a_consent(n, n),
    "case": lambda machine, n: machine.a_case(n, n),
    "referral": lambda machine, n: machine.a_referral(n, n),
    "grant": lambda machine, n: machine.a_grant(n, n),
    "task": lambda machine, n: machine.a_task(n, n),
    "service-hours": lambda machine, n: machine.some_hours(n, n),
}
"""How something comes into being where there is none yet."""

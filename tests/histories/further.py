"""What else comes in the way of a matter: mergers, deaths, suspensions, swaps, papers that come late, and corrections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.contracts import intake, referral, volunteer
from services.intake.domain import case, consent, help_request, person, record
from services.kernel.decider import Decider
from services.kernel.message import Actor
from services.referral.domain import organization
from services.referral.domain import referral as referrals
from services.volunteer.domain import task
from services.volunteer.domain import volunteer as volunteers
from tests.support.table import Table

SECOND = Actor(id="w-head", role="station_head", org="220104004")
ANY = st.integers(0, 10_000)


class Further:
    """Rules beside those of `Matters`, on the same hub."""

    table: Table
    teams: tuple[UUID, ...]
    helpers: tuple[UUID, ...]

    def ask(self, service: str, decider: Decider, command: Any, on: UUID | None = None, **more: Any) -> UUID | None:
        """As `Matters` asks."""
        raise NotImplementedError

    def one(self, kind: str, number: int) -> UUID:
        """As `Matters` finds something."""
        raise NotImplementedError

    # Two rules for all of them: what a matter is about must not become rare.

    @rule(n=ANY, m=ANY)
    def something_with_people(self, n: int, m: int) -> None:
        ways = (self.one_human_being, self.somebody_rests, self.part_of_a_consent, self.somebody_dies)
        ways[n % len(ways)](n // len(ways), m)

    @rule(n=ANY, m=ANY)
    def something_with_work(self, n: int, m: int) -> None:
        ways = (
            self.sent_on,
            self.two_places,
            self.a_paper_comes_late,
            self.a_record_was_wrong,
            self.all_of_it_was_wrong,
        )
        ways[n % len(ways)](n // len(ways), m)

    def one_human_being(self, n: int, m: int) -> None:
        """Two records are said to be of one, or to be of two after all (INV-39)."""
        merged = [r.stream_id for r in self.table.said(intake.PersonsMerged)]
        command: Any = intake.MergePersons(survivor_id=self.one("person", m), basis="documents", approver=SECOND.id)
        if merged and m % 3 == 0:
            command = intake.UnmergePersons(basis="mistake", approver=SECOND.id)
        on = merged[n % len(merged)] if merged and m % 3 == 0 else self.one("person", n)
        self.ask("intake", person.DECIDER, command, on, second=SECOND)

    def somebody_rests(self, n: int, m: int) -> None:
        """An organization, a volunteer or the work on a case is suspended, or goes on again (INV-43)."""
        team, helper, on = self.teams[n % 3], self.helpers[n % 2], self.one("case", n)
        acts: tuple[tuple[str, Decider, Any, UUID], ...] = (
            ("referral", organization.DECIDER, referral.SuspendOrganization(reason_code="complaint"), team),
            ("referral", organization.DECIDER, referral.ActivateOrganization(), team),
            ("referral", organization.DECIDER, referral.ActivateOrganization(), team),
            ("referral", organization.DECIDER, referral.RetireOrganization(reason_code="dissolved"), self.teams[2]),
            ("volunteer", volunteers.DECIDER, volunteer.SuspendVolunteer(reason_code="complaint"), helper),
            ("volunteer", volunteers.DECIDER, volunteer.ReinstateVolunteer(reason_code="complaint"), helper),
            ("intake", case.DECIDER, intake.SuspendCase(reason_code="hospital"), on),
            ("intake", case.DECIDER, intake.ResumeCase(), on),
        )
        service, decider, command, about = acts[m % len(acts)]
        self.ask(service, decider, command, about, by=SECOND)

    def somebody_dies(self, n: int, m: int) -> None:
        """A death is reported, or was reported wrongly (INV-44, H6)."""
        on = self.one("person", n)
        if m % 3:
            self.ask("intake", person.DECIDER, intake.RecordDeath(evidence_kind="document"), on)
        else:
            wrong = intake.CorrectDeath(reason_code="typing-error", approver=SECOND.id)
            self.ask("intake", person.DECIDER, wrong, on, second=SECOND)

    def all_of_it_was_wrong(self, n: int, m: int) -> None:
        """A request, a case or a referral should never have been (INV-31)."""
        acts: tuple[tuple[str, Decider, Any], ...] = (
            (
                "intake",
                help_request.DECIDER,
                intake.MarkHelpRequestEnteredInError(reason_code="test", approver=SECOND.id),
            ),
            ("intake", case.DECIDER, intake.MarkCaseEnteredInError(reason_code="test", approver=SECOND.id)),
            (
                "referral",
                referrals.DECIDER,
                referral.MarkReferralEnteredInError(reason_code="other", approver_id=SECOND.id),
            ),
        )
        service, decider, command = acts[m % len(acts)]
        self.ask(service, decider, command, self.one(decider.name, n), second=SECOND)

    def part_of_a_consent(self, n: int, m: int) -> None:
        """Some categories are taken back, and the rest stands (INV-7)."""
        kinds: Any = (("identity",), ("contact",), ("identity", "contact"))
        command = intake.WithdrawConsent(scope="category", categories=kinds[m % 3])
        self.ask("intake", consent.DECIDER, command, self.one("consent", n))

    def sent_on(self, n: int, m: int) -> None:
        """Who holds a need gives it back and says who should be asked instead (INV-1)."""
        taken = [(r.stream_id, r.event.organization_id) for r in self.table.said(referral.ReferralAccepted)]
        on, team = taken[-1] if taken else (self.one("referral", n), self.teams[m % 3])
        holder = Actor(id="p-01", role="partner", org=str(team))
        command = referral.RerouteReferral(reason_code="other", suggested_organization_id=self.teams[n % 3])
        self.ask("referral", referrals.DECIDER, command, on, by=holder)

    def two_places(self, n: int, m: int) -> None:
        """A task for two: both go, or one goes instead of the other (INV-15)."""
        mei, lin = (f"volunteer:{each}" for each in self.helpers)
        commands = (
            volunteer.AssignTask(assignees=(mei, lin)),
            volunteer.ReassignTask(leaving=(mei,), joining=(lin,), reason_code="ill"),
            volunteer.ReassignTask(leaving=(lin,), joining=(mei,), reason_code="ill"),
        )
        self.ask("volunteer", task.DECIDER, commands[m % 3], self.one("task", n))

    def a_paper_comes_late(self, n: int, m: int) -> None:
        """A service of an earlier day is written up, or one of today (INV-30)."""
        days = m % 60
        paper = {"paper_ref": f"village/{n}", "observed_by": "worker:w-02"} if days else {}
        command = intake.RecordService(kind="sport", emergency_reason="emergency", **paper)  # type: ignore[arg-type]
        self.ask("intake", case.DECIDER, command, self.one("case", n), ago=timedelta(days=days))

    def a_record_was_wrong(self, n: int, m: int) -> None:
        """What was written down is corrected or struck, beside what was (INV-31)."""
        written = [r.envelope.id for r in self.table.said(intake.ServiceDelivered)]
        approver = SECOND.id if m % 2 else None
        commands = (
            intake.CorrectService(reason_code="typing-error", participants=m % 5, approver=approver),
            intake.MarkRecordEnteredInError(reason_code="typing-error", approver=approver),
        )
        on = written[n % len(written)] if written else UUID(int=n)
        self.ask("intake", record.DECIDER, commands[m // 2 % 2], on, second=SECOND if approver else None)

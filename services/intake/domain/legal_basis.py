"""Processing without consent: on a basis in law, by two persons, and told afterwards where it could not be told before."""

from __future__ import annotations

from services.contracts import codes
from services.contracts import intake as public
from services.intake.domain.known import known
from services.intake.domain.person_state import Active
from services.intake.domain.rules import on_law, today, two_persons
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = public.InvokeLegalBasis | public.NotifyLater
Event = public.LegalBasisInvoked | public.PersonNotifiedLater


def decide(command: Command, state: Active, ask: Ask) -> list[Event]:
    """What follows when something is done without asking the person, and when the person is told of it."""
    if isinstance(command, public.InvokeLegalBasis):
        return [invoke(command, state, ask)]
    return notify(command, state, ask)


def invoke(command: public.InvokeLegalBasis, state: Active, ask: Ask) -> public.LegalBasisInvoked:
    """Process without consent, on a basis in law; two persons say so. Consent is no such basis."""
    on_law(command.basis_code, "basis_code")
    codes.REASON.known(command.reason_code, field="reason_code")
    two_persons(ask, command.approver)
    return public.LegalBasisInvoked(
        person_id=state.person_id,
        basis_code=command.basis_code,
        reason_code=command.reason_code,
        approver=command.approver,
        notify_later_by=command.notify_later_by,
    )


def notify(command: public.NotifyLater, state: Active, ask: Ask) -> list[Event]:
    """In an emergency the person is told once it is over (PIPL 18); never a guardian who may be the danger (INV-10)."""
    codes.CONSENT_METHOD.known(command.method, field="method")
    owed = next((each for each in state.owed if each.basis_code == command.basis_code), None)
    if owed is None:
        return _not_owed(command, state)
    if command.to == "guardian" and known(ask).guardian_suspected:
        raise Refused(
            "guardian-suspected",
            "A guardian is suspected to harm this person, and is told nothing.",
            "监护人涉嫌侵害此人, 不得告知监护人。",
            field="to",
        )
    return [
        public.PersonNotifiedLater(
            person_id=state.person_id, basis_code=command.basis_code, to=command.to, method=command.method,
            late=today(ask) > owed.by,
        )
    ]  # fmt: skip


def _not_owed(command: public.NotifyLater, state: Active) -> list[Event]:
    """Told twice, it is told once; where nothing was put off, nothing is to be made up for."""
    if command.basis_code in state.told:
        return []
    allowed = ("notify-later",) if state.owed else ("invoke-legal-basis",)
    owed = ", ".join(sorted({each.basis_code for each in state.owed})) or "-"
    raise Refused(
        "no-notice-owed",
        f"No later notice is owed for this basis; owed for: {owed}.",
        f"该依据没有待补充的告知; 待告知的依据: {owed}。",
        allowed=allowed,
        field="basis_code",
    )

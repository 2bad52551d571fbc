"""Whom a fact concerns, and what of it they are told: the visibility table, put into events. Data, and pure functions.

What is not in these tables is told to nobody, and what is not in `SHOWN` is not told to anybody. A delivery holds codes
and references to needs, never to a person: who it is stands behind `dataref`, where intake asks the consent of that very
moment. So a delivery never has to be taken back, and reading it again discloses nothing anew (INV-5, INV-6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

ORGANIZATIONS = ("organization", "team", "charity", "university", "authority", "community")
"""Kinds of parties that hear what concerns them; people hear it from their own organization."""

PEOPLE = ("person", "volunteer")
"""Kinds of parties who are served or help: those of others are nobody's business."""


@dataclass(frozen=True, slots=True)
class Tells:
    """Whom one type of event concerns: the parties in these fields (`.` is the stream's own id).

    With `follows`, also whoever the stream has concerned before; with `people`, the teams of the volunteers that it names.
    """

    names: tuple[str, ...] = ()
    follows: bool = False
    people: bool = False


OFFER = Tells(("organization_id",))
STREAM = Tells(follows=True)
ITSELF = Tells((".",))
RECEIVER = Tells(("receiver",))
GRANT = Tells(("handoff.takers",), follows=True)
TASK = Tells(("assignee", "assignees", "leaving", "joining"), people=True)
TASK_ENDS = Tells(("assignees",), follows=True, people=True)
HOURS = Tells(("organizer",), follows=True)
PAIRING = Tells(("parties", "units", "convener", "giver", "to_org", "mentor", "unit", "handoff.takers"), follows=True)
PROJECT = Tells(("operator", "commissioner", "to"), follows=True)
ROUND = Tells(("visitor", "unit", "handoff.takers"), follows=True)

TELLS: dict[str, Tells] = {
    # intake: consents that name it, what may be read and what no longer, what was moved into its hands
    "consent.granted": Tells(("receivers",)),
    "consent.withdrawn": Tells(("receivers",), follows=True),
    "consent.expired": STREAM,
    "consent.superseded": STREAM,
    "identity.disclosed": RECEIVER,
    "identity.disclosure-refused": RECEIVER,
    "identity.access-revoked": RECEIVER,
    "identity.deletion-demanded": RECEIVER,
    "identity.deletion-answered": RECEIVER,
    "case.transferred-out": Tells(("to_org",)),
    "case.taken-over": Tells(("handoff.giver", "handoff.takers")),
    "visit-plan.set": ROUND,
    "visit-plan.visitor-changed": ROUND,
    "visit-plan.changed": ROUND,
    "visit-plan.ended": ROUND,
    "visit.made": Tells(("visitor",)),
    "visit.missed": Tells(("visitor",)),
    "record.visit-corrected": Tells(),
    # referral: offers to it, its referrals, its money, what is on record of itself
    **dict.fromkeys(
        (
            "referral.offered", "offer.viewed", "offer.declined", "offer.expired", "offer.superseded", "offer.withdrawn",
            "information.requested", "information.supplied", "acceptance.refused", "referral.accepted", "service.started",
            "service.paused", "service.resumed", "outcome.reported", "outcome.confirmed", "outcome.disputed",
            "referral.returned", "referral.rerouted", "referral.closed", "referral.withdrawn", "answer.confirmed",
            "answer.disputed", "capacity.changed", "offering.published", "offering.withdrawn",
        ),
        OFFER,
    ),
    "reminder.sent": Tells(("to",)),
    "referral.origin-changed": STREAM,
    "referral.entered-in-error": STREAM,
    "organization.registered": ITSELF,
    "organization.verified": ITSELF,
    "organization.activated": ITSELF,
    "organization.suspended": ITSELF,
    "organization.retired": ITSELF,
    "organization.aliased": ITSELF,
    "cooperation-agreement.signed": Tells(("parties",)),
    "cooperation-agreement.ended": Tells(("parties",)),
    "project.started": PROJECT,
    "project.ended": PROJECT,
    "project.report-owed": PROJECT,
    "project.report-submitted": PROJECT,
    "project.report-waived": PROJECT,
    "grant.applied": Tells(("fund", "applicant", "holder")),
    **dict.fromkeys(
        (
            "grant.approved", "grant.rejected", "grant.disbursed", "grant.lapsed", "grant.use-reported", "grant.returned",
            "grant.return-asked", "grant.return-waived", "grant.closed",
        ),
        GRANT,
    ),
    "grant.reminded": Tells(("to",)),
    "project.report-reminded": PROJECT,
    "project.report-overdue": PROJECT,
    "in-kind-support.delivered": Tells(("giver",)),
    # volunteer: tasks and hours of its team, who belongs to it, its pairs
    "task.opened": Tells(("holder",)),
    **dict.fromkeys(
        (
            "task.offered", "task.accepted", "task.declined", "task.assigned", "task.reassigned", "task.arrival-recorded",
            "task.assignment-cancelled", "task.no-show-recorded", "task.completed",
        ),
        TASK,
    ),
    "task.accepted-in-vain": Tells(("assignee",)),
    **dict.fromkeys(("task.cancelled", "task.entered-in-error", "task.unfilled", "task.verified"), TASK_ENDS),
    **dict.fromkeys(
        ("service-hours.recorded", "service-hours.confirmed", "service-hours.corrected", "service-hours.questioned",
         "service-hours.upheld", "service-hours.voided", "service-hours.rated", "service-hours.answer-reminded",
         "service-hours.answer-overdue"),
        HOURS,
    ),
    "volunteer.joined-team": Tells(("team",)),
    "volunteer.left-team": Tells(("team",)),
    **dict.fromkeys(
        ("pairing.convened", "pairing.formed", "pairing.concluded", "pairing.case-linked", "pairing.commitment-fulfilled",
         "pairing.commitment-waived", "pairing.ended", "pairing.reminded", "pairing.overdue",
         "pairing.mentor-assigned", "pairing.reported", "pairing.supervised"),
        PAIRING,
    ),
}  # fmt: skip
"""Of each event that is delivered at all: to whom."""

NOBODYS: dict[str, str] = {
    "consent.requested": "nothing was said yet", "consent.refused": "a no is nobody's business",
    "referral.sequence-planned": "it names all who may be asked", "referral.escalated": "the station's own affair",
    "grant.escalated": "the station's own affair",
    "referral.exhausted": "it counts what others answered", "overlap.hinted": "it tells of other givers",
    "case.opened": "the station's own work", "case.reopened": "the station's own work",
    "case.service-delivered": "the station's own work", "activity.held": "the station's own work",
    "visit.concern-raised": "what was seen stays with those who answer for it",
    "help-request.received": "the station's own work", "help-request.triaged": "the station's own work",
    "help-request.converted": "the station's own work", "help-request.closed": "the station's own work",
    "help-request.reopened": "the station's own work", "help-request.guidance-given": "the station's own work",
    "help-request.notes-read": "who looked is on record for auditors", "identity.read": "who looked is on record for auditors",
    "identity.read-refused": "who looked is on record for auditors",
    "volunteer.registered": "a team hears who joins it", "volunteer.trained": "a record of the volunteer's own",
    "volunteer.statement-issued": "a record of the volunteer's own", "volunteer.worker-linked": "a record of the volunteer's own",
    "code-table.edition-adopted": "whoever reads codes reads their tables",
    "notes.end-owed": "the hub's own housekeeping", "notes.ended": "the hub's own housekeeping",
    "volunteer.identity-read": "who looked is on record for auditors",
    "volunteer.identity-read-refused": "who looked is on record for auditors",
    "staff.identity-read": "who looked is on record for auditors",
    "staff.identity-read-refused": "who looked is on record for auditors",
    "staff.registered": "the station's own people", "staff.left": "the station's own people",
    "staff.notice-given": "the station's own people", "staff.supervisor-assigned": "the station's own people",
    "station.opened": "the directory shows it", "training.held": "the station's own people",
    "referral.drafted": "nobody is asked yet", "referral.ready": "nobody is asked yet",
    "referral.cancelled": "each offer says that it is withdrawn",
    "mailing.chosen": "how it is told is no news to it", "mailing.ended": "how it is told is no news to it",
    "mailing.link-revoked": "how it is told is no news to it",
    "offer.mail-undelivered": "the station's own work: somebody telephones",
    "case.late-entry-declared": "paper of the station's own", "help-request.late-entry-declared": "paper of the station's own",
    "visit-plan.late-entry-declared": "paper of the station's own",
    "plan.requested": "whom of its own a station puts on duty that day is its own affair",
    "activity.late-entry-declared": "paper of the station's own",
    "help-request.followed-up": "the station's own work",
    "task.wave-expired": "it names all who kept silent", "task.offers-superseded": "it names all who were asked",
    "pairing-round.wishes-stated": "a wish names others who have not been asked",
    "pairing-round.pair-confirmed": "the pair that comes of it is told", "pairing-round.pair-declined": "a no is nobody's business",
    "pairing-round.swap-requested": "a wish is the station's to answer",
    "help-request.reminded": "the station's own work", "help-request.overdue": "the station's own work",
    "task.verification-reminded": "the station's own work", "task.verification-overdue": "the station's own work",
    "task.escalated": "the station's own affair", "task.suggestion-overridden": "the station's own choice",
}  # fmt: skip
"""Events that name parties and are told to no partner, with the reason."""

_SHOWN = """
    activity again_at age_band age_bands agreement_id agreement_needed agreement_ref amount_fen answer answer_by answer_codes
    answered_via answers applicant applied_by approved_by area area_edition areas assignee assignees basis began_at by
    by_consent_id cadence capacity categories categories_left check_at client_asked code commissioner commitment_code
    commitments conditions confirmed confirmed_by consent_id content_code convener corrects counted day decided_on
    disclosure_id dispatcher due_on eligible_by ended_at ends_on est_value_fen evidence_kind evidence_ref expires_at fields
    final first first_contact_at form_code formed_on fund giver group_codes handoff headcount holder item_codes joining kind
    late lead leaving legal_basis level matter_id mentor mentor_kind mentor_kinds minutes minutes_after minutes_before mode
    need_codes need_id not_asked_reason notice_minutes notice_version now offer_id offering_id on open_commitments operator
    organization_id organizer origin outcome owner pairing_id paper_ref parent_id parties party payee_kind pia_ref place_area places
    plan_id planned_start planned_until project_id purpose purpose_code purpose_codes purposes quantity question_codes
    rated_on reason reason_code receiver receivers receivers_left record_by record_id referral_id remaining remind_at
    report_id reports_owed_reason required_by respond_by result result_code risk scope score sensitive service_codes
    signed_on skills slot_end slot_start start_by starts_on still_asked suggested_organization_id supervised_on
    table_version task_id team to to_org unconfirmed_reason unheard unfilled unfilled_at unit units until urgency use_codes used_fen
    uscc_override valid_from valid_until visitor volunteer_id voucher_ref was with_minor worker_ref
    """
SHOWN = frozenset(_SHOWN.split())
"""The fields that a delivery may hold: codes, times, amounts of one's own, references to needs and to what was agreed."""

HIDDEN: dict[str, str] = dict.fromkeys(("person_id", "case_id", "by_person_id"), "who it is") | {
    "sealed": "digests of what is sealed", "child_asked": "how somebody was asked", "method": "how somebody was asked",
    "wait": "until when the station is to act, which tells what others were asked",
    "offers_left": "what others were asked", "offer_ids": "what others were asked",
    "offers_count": "what others were asked", "attempts": "what others were asked",
    "approver": "who decided at the station", "approver_id": "who decided at the station", "on_site": "people of others",
    "finding_codes": "what was seen of somebody", "action_codes": "what was done for somebody",
    "activity_codes": "what was done for somebody", "conflict": "the station's own affair", "uscc": "the directory shows it",
    "demands": "the station's own affair",
}  # fmt: skip
"""Fields of delivered events that are not told, with the reason."""


@lru_cache(10_000)
def organization_of(party: str) -> UUID | None:
    """The organization behind a party; None for people, and for those who are not known by an id of the directory."""
    kind, colon, name = party.partition(":")
    try:
        return UUID(name) if colon and kind in ORGANIZATIONS else None
    except ValueError:
        return None


def parties(told: object) -> Iterable[str]:
    """The parties that a field holds."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, list):
        for each in told:
            yield from parties(each)

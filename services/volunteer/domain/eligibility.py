"""Who may be sent: the rules of 志愿服务条例 and 慈善法 on age, skill, training, insurance, clearance and time.

What is known of a person comes as data; a rule that cannot be shown to hold does not hold. The rules themselves stand
in `rules`; here is how a decision asks them, and in which words it says no.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from services.contracts.codes_volunteer import SKILL
from services.contracts.volunteer.words import Risk
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.volunteer.domain.rules import HARD, NEVER, Asked, Who, bits, overlapping

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What a task asks of those who go."""

    skills: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    risk: Risk = "none"
    with_minor: bool = False
    slot_start: datetime | None = None
    slot_end: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """A skill that was trained, and until when it counts."""

    skill: str
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time; an end that is not known is None."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who could go: a worker of a station, of whom only the time matters, or a volunteer.

    `hats` are the other parties that the same human is; `relative` says that the client is of the family; `skills` are
    those that the volunteer says to have, `trained` and `qualified` those that something stands behind.
    """

    party: Party
    state: str = "active"
    hats: tuple[Party, ...] = ()
    relative: bool = False
    skills: tuple[str, ...] = ()
    qualified: tuple[Training, ...] = ()
    teams: tuple[Party, ...] = ()
    minor: bool | None = None
    guardian_consent: bool = False
    trained: tuple[Training, ...] = ()
    limits: tuple[str, ...] = ()
    cleared_until: date | None = None
    insured_from: date | None = None
    insured_until: date | None = None
    busy: tuple[Span, ...] = ()


Why = tuple[str, str, str]

WHY: dict[str, Why] = {
    "not-a-volunteer": ("not-a-volunteer", "There is no such volunteer.", "没有这名志愿者。"),
    "not-active": ("not-active", "This volunteer is not active: verified, trained, and neither suspended nor of a suspended team.",
                   "该志愿者不在服务状态: 须已核实、已培训, 本人及所属队伍均未被暂停。"),
    "guardian-consent": ("guardian-consent", "A minor, or one whose age is unknown, goes only with the guardian's consent.",
                         "未成年人或年龄不详者须经监护人同意。"),
    "minor-at-risk": ("minor-at-risk", "Minors are not sent where there is danger.", "不得安排未成年人参加有危险的服务。"),
    "skill-missing": ("skill-missing", "The task needs a skill that this volunteer was not trained for, or has not.",
                      "任务所需技能, 该志愿者未经培训或不具备。"),
    "not-qualified": ("not-qualified", "The law asks a qualification for this work, and none that holds is on record.",
                      "该项服务依法须具备专业资格, 未见有效资格记录。"),
    "beyond-ability": ("beyond-ability", "The task demands what this volunteer does not do.", "任务要求超出该志愿者的意愿与能力。"),
    "not-insured": ("not-insured", "There is danger in it, and no insurance that covers the day.", "服务有风险, 当日无有效保险。"),
    "not-cleared": ("not-cleared", "Work with minors needs a register check that is not older than a year.",
                    "与未成年人接触须有一年内的从业查询。"),
    "clash": ("clash", "This one is bound elsewhere at that time.", "该时段已另有任务。"),
}  # fmt: skip


def day_of(moment: datetime) -> date:
    """The day in Changchun."""
    try:
        return moment.astimezone(BEIJING).date()
    except OverflowError:  # On the first and the last day that a calendar knows.
        return moment.date()


def faults(person: Person, needs: Needs, now: datetime) -> Iterator[str]:
    """Why this one may not be sent, every rule that fails; nothing when all hold (INV-15, INV-16)."""
    if person.party.startswith("volunteer:"):
        yield from _volunteer_faults(person, needs, day_of(needs.slot_start or now))
    if needs.slot_start and any(_overlap(span, needs.slot_start, needs.slot_end) for span in person.busy):
        yield "clash"


def _volunteer_faults(person: Person, needs: Needs, day: date) -> Iterator[str]:
    who, asked = who_is(person, needs, day), asked_of(needs, day)
    if not who.known:
        yield "not-a-volunteer"
        return
    yield from (rule.code for rule in HARD if not rule.holds(who, asked))


def who_is(person: Person, needs: Needs, day: date) -> Who:
    """This one on that day, as the rules see it; of skills and limits only those that the task asks about."""
    skills, demands = _places(needs.skills), _places(needs.demands)
    return Who(
        known=person.state != "unknown",
        active=person.state == "active",
        grown=person.minor is False,
        consented=person.guardian_consent,
        held=bits(person.skills, skills),
        trained=bits(_holding(person.trained, day), skills),
        qualified=bits(_holding(person.qualified, day), skills),
        limits=bits(person.limits, demands),
        insured_from=_ordinal(person.insured_from),
        insured_until=_ordinal(person.insured_until),
        cleared_until=_ordinal(person.cleared_until),
    )


def asked_of(needs: Needs, day: date) -> Asked:
    """What the task asks on that day, as the rules see it."""
    places = _places(needs.skills)
    proofs = {skill: proof_of(skill) for skill in needs.skills}
    return Asked(
        day=day.toordinal(),
        skills=bits(needs.skills, places),
        training=bits((skill for skill, proof in proofs.items() if proof.training), places),
        qualification=bits((skill for skill, proof in proofs.items() if proof.qualification), places),
        demands=bits(needs.demands, _places(needs.demands)),
        risky=needs.risk != "none",
        with_minor=needs.with_minor,
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands behind a skill before it is used."""

    training: bool
    qualification: bool


def proof_of(skill: str) -> Proof:
    """What the station's own table asks for; a skill that stands in no table is trained first."""
    term = SKILL.current.terms.get(skill)
    if term is None:
        return Proof(training=True, qualification=False)
    return Proof(training=bool(term.numbers.get("training")), qualification=bool(term.numbers.get("qualification")))


def _places(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: place for place, code in enumerate(dict.fromkeys(codes))}


def _ordinal(day: date | None) -> int:
    return NEVER if day is None else day.toordinal()


def _holding(proofs: tuple[Training, ...], day: date) -> frozenset[str]:
    return frozenset(t.skill for t in proofs if t.valid_until is None or t.valid_until >= day)


def is_same_human(person: Person, actor: Actor) -> bool:
    """Whether whoever acts is this one, in whichever role (H15)."""
    acting = f"volunteer:{actor.id}" if actor.role == "volunteer" else f"worker:{actor.id}"
    return acting in (person.party, *person.hats)


def must_not_send_oneself_to_family(person: Person, actor: Actor) -> None:
    """Nobody takes a task of the own family, or gives it to himself: somebody else decides (H15)."""
    if person.relative and is_same_human(person, actor):
        raise Refused("own-family", "This is a matter of one's own family; somebody else decides who goes.",
                      "涉及本人亲属的事项, 须由他人派单。")  # fmt: skip


def must_be_fit(person: Person, needs: Needs, now: datetime) -> None:
    """Refuse one who may not be sent, for the first rule that fails."""
    if not person.party.startswith(("worker:", "volunteer:")):
        raise Refused("not-assignable", "A worker or a volunteer goes, by id.", "只能指派工作人员或志愿者个人。")
    for fault in faults(person, needs, now):
        code, en, zh = WHY[fault]
        raise Refused(code, f"{en} ({person.party})", f"{zh}({person.party})")


def _overlap(span: Span, start: datetime, end: datetime | None) -> bool:
    hour = timedelta(hours=1)
    return bool(overlapping(span.start, span.end or span.start + hour, start, end or start + hour))

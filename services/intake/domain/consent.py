"""A consent: who allowed what to whom, from when until when; withdrawn it is over for good, a new yes is a new one."""

from __future__ import annotations

from datetime import date
from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.contracts.words import Party
from services.intake.domain.consent_state import (
    Denied,
    Event,
    Granted,
    Over,
    Purposes,
    Requested,
    State,
    evolve,
)
from services.intake.domain.known import PersonFact, itself, known
from services.intake.domain.rules import ASKED_BANDS, CHILD_BANDS, already_there, registered, today
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = (
    public.RequestConsent
    | public.GrantConsent
    | public.RefuseConsent
    | public.AnswerConsentRequest
    | public.WithdrawConsent
    | public.ExpireConsent
    | public.SupersedeConsent
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the consent."""
    match command:
        case public.RequestConsent():
            return request(command, state, ask)
        case public.GrantConsent():
            return grant(command, state, ask)
        case public.RefuseConsent():
            return refuse(command, state, ask)
        case public.AnswerConsentRequest():
            return answer(command, state, ask)
        case public.WithdrawConsent():
            return withdraw(command, state)
        case public.ExpireConsent():
            return expire(state, ask)
        case public.SupersedeConsent():
            return supersede(command, state, ask)
        case _:
            assert_never(command)


def _terms(purposes: Purposes, method: str) -> None:
    codes.PURPOSE.known(*purposes, field="purposes")
    codes.CONSENT_METHOD.known(method, field="method")


def request(command: public.RequestConsent, state: State | None, ask: Ask) -> list[Event]:
    """Ask. Who has said no is not asked again for the same, unless he wishes it."""
    codes.PURPOSE.known(*command.purposes, field="purposes")
    if state is not None:
        raise already_there("consent", "同意")
    person = registered(ask)
    said_no = [c for c in known(ask).consents if c.state == "refused"]
    if not command.own_wish and any(_nothing_new(command, c.purposes, c.receivers) for c in said_no):
        raise Refused(
            "asked-before",
            "The answer to this was no; ask again only for something new, or at the person's own wish.",
            "对此已表示不同意; 除非目的变更或本人提出, 不得再次征求。",
            field="own_wish",
        )
    return [
        public.ConsentRequested(
            consent_id=itself(ask),
            person_id=person.person_id,
            purposes=command.purposes,
            categories=command.categories,
            notice_version=command.notice_version,
            receivers=command.receivers,
        )
    ]


def _nothing_new(command: public.RequestConsent, purposes: Purposes, receivers: tuple[Party, ...]) -> bool:
    return set(command.purposes) <= set(purposes) and set(command.receivers) <= set(receivers)


def grant(command: public.GrantConsent, state: State | None, ask: Ask) -> list[Event]:
    """A yes: by whoever may give it, separate for what is sensitive, the child asked where old enough."""
    if state is not None:
        raise already_there("consent", "同意")
    return _granted(command, itself(ask), ask)


def _granted(command: public.GrantConsent, consent_id: UUID, ask: Ask) -> list[Event]:
    _terms(command.purposes, command.method)
    codes.CHILD_ASKED.known(command.child_asked, field="child_asked")
    _may_give(command, registered(ask), today(ask))
    _separate(command)
    _lasts(command, ask)
    return [
        public.ConsentGranted(
            consent_id=consent_id,
            person_id=command.person_id,
            by=command.by,
            purposes=command.purposes,
            categories=command.categories,
            receivers=command.receivers,
            sensitive=command.sensitive,
            method=command.method,
            notice_version=command.notice_version,
            valid_from=ask.happened_at,
            valid_until=command.valid_until,
            by_person_id=command.by_person_id,
            child_asked=command.child_asked,
            evidence_ref=command.evidence_ref,
            sealed=ask.sealed,
        )
    ]


def _may_give(command: public.GrantConsent, person: PersonFact, today: date) -> None:
    """Under 14, or possibly so, a guardian consents (INV-8); the child is asked too where old enough (INV-9)."""
    if person.age_band in CHILD_BANDS and command.by != "guardian":
        raise Refused(
            "guardian-needed",
            "Under 14, or of unknown age: a guardian consents. If the person is surely grown up, say so in the record.",
            "不满十四周岁或年龄不明, 须由监护人同意; 如确为成年人, 请先更正年龄段。",
            allowed=("link-guardian", "amend-person-details"),
            field="by",
        )
    if command.by == "guardian" and not person.guarded_by(command.by_person_id, today):
        raise Refused(
            "not-the-guardian",
            "This person is not on record as the guardian.",
            "该人未登记为监护人。",
            allowed=("link-guardian",),
            field="by_person_id",
        )
    if command.by == "guardian" and person.age_band in ASKED_BANDS and command.child_asked is None:
        raise Refused(
            "child-not-asked",
            "A child of eight or more is asked too; say what it answered, or why it could not be asked.",
            "八周岁以上未成年人应听取本人意见; 请注明其意见或无法征询的原因。",
            field="child_asked",
        )
    if command.by == "agent" and command.evidence_ref is None:
        raise Refused(
            "evidence-needed",
            "An agent consents on a written authority; name it.",
            "代理人同意须有授权凭据。",
            field="evidence_ref",
        )


def _separate(command: public.GrantConsent) -> None:
    """Health is sensitive: the consent to it is a separate one (PIPL 29)."""
    if "health" in command.categories and not command.sensitive:
        raise Refused(
            "separate-consent-needed",
            "Health is sensitive: ask for it separately, and say so.",
            "健康信息属敏感个人信息, 须取得单独同意。",
            field="sensitive",
        )


def _lasts(command: public.GrantConsent, ask: Ask) -> None:
    """What is over before it begins allows nothing; a paper that comes late may tell of one that is over by now."""
    if command.valid_until is not None and command.valid_until <= ask.happened_at:
        raise Refused(
            "validity-wrong",
            "It would end before it begins.",
            "有效期早于同意之时。",
            field="valid_until",
        )


def refuse(command: public.RefuseConsent, state: State | None, ask: Ask) -> list[Event]:
    """A no is a complete answer."""
    if state is not None:
        raise already_there("consent", "同意")
    return _refused(command, itself(ask), ask)


def _refused(command: public.RefuseConsent, consent_id: UUID, ask: Ask) -> list[Event]:
    _terms(command.purposes, command.method)
    return [
        public.ConsentRefused(
            consent_id=consent_id,
            person_id=registered(ask).person_id,
            by=command.by,
            purposes=command.purposes,
            categories=command.categories,
            receivers=command.receivers,
            method=command.method,
        )
    ]


def answer(command: public.AnswerConsentRequest, state: State | None, ask: Ask) -> list[Event]:
    """The answer to what was asked, no more and no less."""
    if state is None:
        raise NotFound("no such consent")
    if (isinstance(state, Denied) and command.answer == "no") or (
        isinstance(state, Granted) and command.answer == "yes"
    ):
        return []
    if not isinstance(state, Requested):
        raise Refused("answered-already", "This has been answered; record a new consent.", "已答复; 请另行登记同意。",
                      allowed=("grant-consent", "request-consent"))  # fmt: skip
    if command.answer == "no":
        return _refused(_the_no(command, state), state.consent_id, ask)
    return _granted(_the_yes(command, state), state.consent_id, ask)


def _the_no(command: public.AnswerConsentRequest, asked: Requested) -> public.RefuseConsent:
    return public.RefuseConsent(
        person_id=asked.person_id,
        by=command.by,
        purposes=asked.purposes,
        categories=asked.categories,
        method=command.method,
        receivers=asked.receivers,
    )


def _the_yes(command: public.AnswerConsentRequest, asked: Requested) -> public.GrantConsent:
    return public.GrantConsent(
        person_id=asked.person_id,
        by=command.by,
        purposes=asked.purposes,
        categories=asked.categories,
        method=command.method,
        notice_version=asked.notice_version,
        receivers=asked.receivers,
        sensitive=command.sensitive,
        by_person_id=command.by_person_id,
        child_asked=command.child_asked,
        evidence_ref=command.evidence_ref,
        valid_until=command.valid_until,
    )


def withdraw(command: public.WithdrawConsent, state: State | None) -> list[Event]:
    """Withdrawal is never refused while there is something to withdraw; the past stays as it was (INV-7)."""
    match state:
        case Granted():
            return _withdrawn(command, state)
        case Over():
            return []
        case None:
            raise NotFound("no such consent")
        case _:
            raise Refused(
                "nothing-granted", "Nothing has been granted.", "尚未同意, 无可撤回。", allowed=("grant-consent",)
            )


def _withdrawn(command: public.WithdrawConsent, state: Granted) -> list[Event]:
    receivers = tuple(r for r in state.receivers if command.scope == "receiver" and r not in command.receivers)
    categories = tuple(c for c in state.categories if command.scope == "category" and c not in command.categories)
    if command.scope == "receiver":
        categories = state.categories
    elif command.scope == "category":
        receivers = state.receivers if categories else ()
    if (receivers, categories) == (state.receivers, state.categories):
        return []
    return [
        public.ConsentWithdrawn(
            consent_id=state.consent_id,
            person_id=state.person_id,
            by=command.by,
            scope=command.scope,
            receivers=command.receivers,
            categories=command.categories,
            receivers_left=receivers,
            categories_left=categories,
        )
    ]


def expire(state: State | None, ask: Ask) -> list[Event]:
    """The clock says that its time is over."""
    if not isinstance(state, Granted) or state.valid_until is None or ask.now < state.valid_until:
        return []
    return [public.ConsentExpired(consent_id=state.consent_id, person_id=state.person_id)]


def supersede(command: public.SupersedeConsent, state: State | None, ask: Ask) -> list[Event]:
    """A later consent of the same person, that is in force, stands in its place."""
    match state:
        case Granted(consent_id=command.by_consent_id):
            raise Refused(
                "superseded-by-itself", "Name the later consent.", "请注明后一份同意。", field="by_consent_id"
            )
        case Granted():
            _later(ask)
            return [
                public.ConsentSuperseded(
                    consent_id=state.consent_id, person_id=state.person_id, by_consent_id=command.by_consent_id
                )
            ]
        case Over():
            return []
        case None:
            raise NotFound("no such consent")
        case _:
            raise Refused("nothing-granted", "Nothing has been granted.", "尚未同意。", allowed=("grant-consent",))


def _later(ask: Ask) -> None:
    if not any(consent.stands(ask.now) for consent in known(ask).consents):
        raise Refused(
            "no-later-consent",
            "Name a consent of the same person that is in force.",
            "请填写同一人的另一份有效同意。",
            allowed=("grant-consent", "withdraw-consent"),
            field="by_consent_id",
        )


DECIDER = Decider(name="consent", decide=dated(decide), evolve=evolve, events=Event, states=State)

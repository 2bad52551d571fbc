"""A person: known by an id and dated codes; what names the person is sealed, and every reading of it is on record."""

from __future__ import annotations

from typing import assert_never, cast

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.intake.domain import erasure, legal_basis, merging, reading
from services.intake.domain.known import itself, known
from services.intake.domain.person_state import (
    Active,
    Deceased,
    Erased,
    Event,
    Leaving,
    Merged,
    Restricted,
    State,
    evolve,
)
from services.intake.domain.rules import already_there, elsewhere, sensitivity_of, two_persons
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = (
    public.RegisterPerson
    | public.AmendPersonDetails
    | public.AssignClientGroup
    | public.RemoveClientGroup
    | public.LinkGuardian
    | public.UnlinkGuardian
    | public.MovePerson
    | public.RecordDeath
    | public.CorrectDeath
    | legal_basis.Command
    | merging.Command
    | public.ReadIdentity
    | erasure.Command
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the person's record."""
    match command:
        case public.RegisterPerson():
            return register(command, state, ask)
        case public.ReadIdentity():
            return [*reading.read(command, _at_all(state), ask)]
        case public.CorrectDeath():
            return correct_death(command, state, ask)
        case public.RecordDeath():
            return record_death(command, state)
        case public.RequestErasure() | public.DecideErasure() | public.CarryOutErasure() | public.EndRetention():
            return erasure.decide(command, state, ask)
        case public.SuspectDuplicate() | public.RuleOutDuplicate() | public.MergePersons() | public.UnmergePersons():
            return [*merging.decide(command, state, ask)]
        case _:
            return amend(command, _alive(state), ask)


def amend(
    command: public.AmendPersonDetails
    | public.AssignClientGroup
    | public.RemoveClientGroup
    | public.LinkGuardian
    | public.UnlinkGuardian
    | public.MovePerson
    | legal_basis.Command,
    state: Active,
    ask: Ask,
) -> list[Event]:
    """What follows when something about a living person is to change."""
    match command:
        case public.AmendPersonDetails():
            return amend_details(command, state, ask)
        case public.AssignClientGroup():
            return assign_group(command, state)
        case public.RemoveClientGroup():
            return remove_group(command, state)
        case public.LinkGuardian():
            return link_guardian(command, state, ask)
        case public.UnlinkGuardian():
            return unlink_guardian(command, state)
        case public.MovePerson():
            return move(command, state, ask)
        case public.InvokeLegalBasis() | public.NotifyLater():
            return [*legal_basis.decide(command, state, ask)]
        case _:
            assert_never(command)


def _alive(state: State | None) -> Active:
    match state:
        case Active():
            return state
        case Deceased():
            raise Refused("person-deceased", "The person has died.", "该服务对象已去世。", allowed=("correct-death",))
        case Leaving() | Restricted() | Erased():
            raise erasure.gone(state)
        case Merged():
            raise elsewhere()
        case None:
            raise NotFound("no such person")
        case _:
            assert_never(state)


def _at_all(state: State | None) -> reading.Whom:
    """Whoever is registered, alive or not, as far as reading goes."""
    match state:
        case None:
            raise NotFound("no such person")
        case Active():
            return _whom(state)
        case Deceased() | Merged():
            return _whom(state.before)
        case Leaving() | Restricted():
            return reading.Whom(person_id=state.before.person_id, station=state.before.station, closed=True)
        case Erased():
            return reading.Whom(person_id=state.person_id, station=state.station, closed=True)
        case _:
            assert_never(state)


def _whom(person: Active) -> reading.Whom:
    sensitivity = sensitivity_of(person.age_band)
    return reading.Whom(person_id=person.person_id, station=person.station, sensitivity=sensitivity)


def register(command: public.RegisterPerson, state: State | None, ask: Ask) -> list[Event]:
    """Register with as little as is known. An unknown age is kept unknown, and guarded as a child's (INV-8, INV-29)."""
    if state is not None:
        raise already_there("person", "服务对象")
    codes.NUMBER_OVERRIDE.known(command.id_number_override, field="id_number_override")
    return [
        public.PersonRegistered(
            person_id=itself(ask),
            station=command.station,
            age_band=command.age_band,
            sensitivity=cast(public.Sensitivity, sensitivity_of(command.age_band)),
            residence_area=command.residence_area,
            hukou_area=command.hukou_area,
            residence_edition=command.residence_edition,
            hukou_edition=command.hukou_edition,
            id_number_override=command.id_number_override,
            sealed=ask.sealed,
        )
    ]


def amend_details(command: public.AmendPersonDetails, state: Active, ask: Ask) -> list[Event]:
    """Change or complete what is known; nothing given, nothing happens."""
    codes.REASON.known(command.reason_code, field="reason_code")
    codes.NUMBER_OVERRIDE.known(command.id_number_override, field="id_number_override")
    if not (ask.sealed or command.age_band or command.hukou_area):
        return []
    label = sensitivity_of(command.age_band) if command.age_band else None
    return [
        public.PersonDetailsAmended(
            person_id=state.person_id,
            reason_code=command.reason_code,
            age_band=command.age_band,
            sensitivity=cast(public.Sensitivity | None, label),
            hukou_area=command.hukou_area,
            hukou_edition=command.hukou_edition,
            id_number_override=command.id_number_override,
            sealed=ask.sealed,
        )
    ]


def assign_group(command: public.AssignClientGroup, state: Active) -> list[Event]:
    """Groups are a set of dated tags, each named by the edition of the table it was taken from (INV-40)."""
    codes.CLIENT_GROUP.known(command.group_code, field="group_code")
    codes.GROUP_BASIS.known(command.basis, field="basis")
    if command.group_code in state.groups:
        return []
    return [
        public.ClientGroupAssigned(
            person_id=state.person_id,
            group_code=command.group_code,
            table_version=codes.CLIENT_GROUP.edition_with(command.group_code).version,
            basis=command.basis,
            since=command.since,
        )
    ]


def remove_group(command: public.RemoveClientGroup, state: Active) -> list[Event]:
    """The person no longer belongs to the group."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if command.group_code not in state.groups:
        return []
    return [
        public.ClientGroupRemoved(
            person_id=state.person_id, group_code=command.group_code, reason_code=command.reason_code
        )
    ]


def link_guardian(command: public.LinkGuardian, state: Active, ask: Ask) -> list[Event]:
    """Who may consent for the person: somebody else, who is registered too."""
    codes.RELATION.known(command.relation, field="relation")
    codes.EVIDENCE_KIND.known(command.evidence_kind, field="evidence_kind")
    if command.guardian_id in state.guardians:
        return []
    if command.guardian_id == state.person_id:
        raise Refused("own-guardian", "Nobody is his own guardian.", "不能登记本人为监护人。", field="guardian_id")
    guardian = known(ask).person
    if guardian is None or guardian.age_band in ("under_8", "from_8_to_13", "from_14_to_17"):
        raise Refused(
            "no-such-guardian",
            "The guardian must be registered, and grown up.",
            "监护人须已建档且为成年人。",
            allowed=("register-person",),
            field="guardian_id",
        )
    return [
        public.GuardianLinked(
            person_id=state.person_id,
            guardian_id=command.guardian_id,
            relation=command.relation,
            evidence_kind=command.evidence_kind,
            since=command.since,
            until=command.until,
        )
    ]


def unlink_guardian(command: public.UnlinkGuardian, state: Active) -> list[Event]:
    """The guardian may consent no longer; what was consented to stays."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if command.guardian_id not in state.guardians:
        return []
    return [
        public.GuardianUnlinked(
            person_id=state.person_id, guardian_id=command.guardian_id, reason_code=command.reason_code
        )
    ]


def move(command: public.MovePerson, state: Active, ask: Ask) -> list[Event]:
    """The person lives elsewhere now."""
    if command.to_area == state.residence_area and not ask.sealed:
        return []
    return [
        public.PersonMoved(
            person_id=state.person_id,
            from_area=state.residence_area,
            to_area=command.to_area,
            from_edition=state.residence_edition,
            to_edition=command.to_edition,
            sealed=ask.sealed,
        )
    ]


def record_death(command: public.RecordDeath, state: State | None) -> list[Event]:
    """The person has died; what was open closes by what intake and others do about it."""
    codes.EVIDENCE_KIND.known(command.evidence_kind, field="evidence_kind")
    match state:
        case Active():
            return [public.PersonDied(person_id=state.person_id, evidence_kind=command.evidence_kind, on=command.on)]
        case Deceased():
            return []
        case Leaving() | Restricted() | Erased():
            raise erasure.gone(state)
        case Merged():
            raise elsewhere()
        case None:
            raise NotFound("no such person")
        case _:
            assert_never(state)


def correct_death(command: public.CorrectDeath, state: State | None, ask: Ask) -> list[Event]:
    """The report was wrong; two persons say so."""
    codes.REASON.known(command.reason_code, field="reason_code")
    match state:
        case Active():
            return []
        case Merged():
            raise elsewhere()
        case Deceased():
            two_persons(ask, command.approver)
            return [
                public.DeathCorrected(
                    person_id=state.before.person_id, reason_code=command.reason_code, approver=command.approver
                )
            ]
        case Leaving() | Restricted() | Erased():
            raise erasure.gone(state)
        case None:
            raise NotFound("no such person")
        case _:
            assert_never(state)


DECIDER = Decider(name="person", decide=dated(decide), evolve=evolve, events=Event, states=State)

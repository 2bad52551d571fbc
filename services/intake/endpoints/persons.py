"""Persons over HTTP: codes and ids, never a name."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import reports, same, tables
from services.intake.alike import hints
from services.intake.domain import person
from services.intake.endpoints.readers import READING, STATION
from services.intake.endpoints.sealing import judge_number
from services.intake.indexing import COMPARED, index, tokens, traits
from services.kernel.clock import system_clock
from services.kernel.contract import read_request, schema_for
from services.kernel.entrypoints import Hand, Personal, Request, asks, http, lists, shows

PERSON = person.DECIDER
CAREFUL = Personal(judge=judge_number, beside=index)


class Persons:
    """A person is registered with as little as is known; what is known changes."""

    log: Hand

    register = asks("POST", "/persons", public.RegisterPerson, of=PERSON, roles=STATION, personal=CAREFUL)
    amend = asks("POST", "/persons/{id}/details", public.AmendPersonDetails, of=PERSON, roles=STATION, personal=CAREFUL)
    assign_group = asks("POST", "/persons/{id}/groups", public.AssignClientGroup, of=PERSON, roles=STATION)
    remove_group = asks("POST", "/persons/{id}/groups/removal", public.RemoveClientGroup, of=PERSON, roles=STATION)
    link_guardian = asks("POST", "/persons/{id}/guardians", public.LinkGuardian, of=PERSON, roles=STATION)
    unlink_guardian = asks("POST", "/persons/{id}/guardians/removal", public.UnlinkGuardian, of=PERSON, roles=STATION)
    move = asks("POST", "/persons/{id}/move", public.MovePerson, of=PERSON, roles=STATION)
    record_death = asks("POST", "/persons/{id}/death", public.RecordDeath, of=PERSON, roles=STATION)
    correct_death = asks("POST", "/persons/{id}/death/correction", public.CorrectDeath, of=PERSON, roles=STATION)
    invoke_basis = asks("POST", "/persons/{id}/legal-bases", public.InvokeLegalBasis, of=PERSON, roles=STATION)
    notify_later = asks("POST", "/persons/{id}/later-notices", public.NotifyLater, of=PERSON, roles=STATION)
    legal_bases = lists("/legal-bases", tables.legal_bases, by=("person_id", "basis_code", "notify_by"), roles=READING)
    rule_out = asks("POST", "/persons/{id}/duplicates/ruling-out", public.RuleOutDuplicate, of=PERSON, roles=STATION)
    merge = asks("POST", "/persons/{id}/merging", public.MergePersons, of=PERSON, roles=STATION)
    unmerge = asks("POST", "/persons/{id}/unmerging", public.UnmergePersons, of=PERSON, roles=STATION)
    one_person = shows("/persons/{id}", tables.persons, roles=READING)
    all_persons = lists(
        "/persons", tables.persons, by=("state", "station", "sensitivity", "merged_into"), roles=READING
    )
    duplicates = lists("/duplicates", tables.duplicates, by=("person_id", "candidate_id", "state"), roles=READING)
    groups = lists("/client-groups", tables.client_groups, by=("person_id", "group_code"), roles=READING)
    guardians = lists("/guardians", tables.guardians, by=("person_id", "guardian_id"), roles=READING)
    reads = lists(
        "/reads", tables.reads, by=("person_id", "reader", "allowed"), roles=("auditor", "station_head", "supervisor")
    )

    @http(
        "POST",
        "/duplicate-hints",
        roles=STATION,
        takes=schema_for(public.WhoIsThis),
        says="who may be on record already",
    )
    def duplicate_hints(self, request: Request) -> object:
        """Who may be on record already, while it is being typed; of other stations', only where an open matter is (H4)."""
        asked, _ = read_request(request.json, public.WhoIsThis)
        said = {name: value for name in COMPARED if (value := getattr(asked, name)) is not None}
        wanted = tokens(self.log.vault, traits(said), system_clock())
        besides = same.records_of(self.log.look, asked.person_id) if asked.person_id is not None else []
        return hints(self.log.look, wanted, request.actor, *besides)

    @http("GET", "/persons/{id}/open-matters", roles=STATION, says="where the person has open matters")
    def open_matters(self, request: Request) -> object:
        """Which matters of a person are open, and where; not what they are about (for the duplicate check)."""
        return reports.open_matters(self.log.look, request.path["id"], request.actor)

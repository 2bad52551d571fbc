"""Everything that is sealed, in every service: under whose key it lies, and that it goes with the person whom it is about.

The commands come from the services; one with a new personal field fails here until somebody says what becomes of it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import intake, volunteer
from services.intake import erasing
from services.intake import tables as t
from services.intake.views import sealed_under
from services.kernel.contract import personal_fields
from services.kernel.entrypoints.asking import Asking
from services.volunteer import notes
from services.volunteer.view_tables import hours, tasks
from tests.unit.test_scopes import SCOPED, entrypoints

PERSON, MERGED = UUID(int=1), UUID(int=2)
WITH_THE_PERSON = {
    "intake": {"person", "case", "help-request", "visit-plan", "consent"},
    "volunteer": {"task", "service-hours"},
}
"""Aggregates whose keys end when the person's data are erased: the chores of both services end them."""

UNDER_THE_PERSONS_OWN_KEY = {"ReceiveHelpRequest", "GrantConsent", "CollectInformation", "RecordAttendance"}
"""What is told of a person elsewhere lies under the person's own key, wherever it is told."""

NOT_WITH_A_PERSON = {
    "HoldActivity": "what an activity was like; of whoever was there, attendance tells under that person's own key",
    "RaiseSafeguardingConcern": "harm to a child is not deleted on request (PIPL 50); decided about as a kind of its own",
    "RegisterStaff": "an employee of a station, who is served as somebody else and under another id",
    "RegisterVolunteer": "who gave hours, by law: another record than that of the same human being as a client",
    "ChooseMail": "where an organization is told; it ends with the way, and whoever reads that mailbox is no client here",
    "RegisterOrganization": "no person", "AddOrganizationAlias": "no person", "OpenStation": "no person",
}  # fmt: skip


def test_every_sealed_field_goes_with_the_person_or_stands_here_with_the_reason() -> None:
    """INV-35: a consent that was answered on request lay under a key that nobody ended."""
    left = {
        e.command.__name__
        for service in SCOPED
        for e in entrypoints(service, Asking)
        if personal_fields(e.command)
        and e.of.name not in WITH_THE_PERSON.get(service, ())
        and e.command.__name__ not in UNDER_THE_PERSONS_OWN_KEY
    }
    assert left == NOT_WITH_A_PERSON.keys()


def test_what_is_told_of_a_person_elsewhere_lies_under_the_persons_own_key() -> None:
    said = [
        intake.GrantConsent(person_id=PERSON, by="self", purposes=("casework",), categories=("identity",), method="oral",
                            notice_version="1"),
        intake.CollectInformation(source_kinds=("family",), about_person_id=PERSON),
        intake.RecordAttendance(person_id=PERSON),
        intake.ReceiveHelpRequest(came_by="phone", reporter_kind="self", need_codes=("goods",), unit="unknown", area="220104004",
                                  person_id=PERSON),
    ]  # fmt: skip
    assert {type(one).__name__ for one in said} == UNDER_THE_PERSONS_OWN_KEY
    assert [sealed_under(one) for one in said] == [PERSON] * 4


class Rows:
    """A reader of views that hold these rows."""

    def __init__(self, rows: list[tuple[sa.Table, dict[str, Any]]]) -> None:
        self.rows = rows

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """Rows whose columns equal these."""
        return [row for of, row in self.rows if of is table and equals.items() <= row.items()]

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this key."""
        names = [column.name for column in table.primary_key]
        return next(iter(self.all(table, **dict(zip(names, key, strict=True)))), None)


def test_the_keys_of_everything_about_a_person_end_also_of_a_record_that_was_merged_into_it() -> None:
    """INV-35, INV-39: merged first and erased later, both records go."""
    of = {"case_id": t.cases, "request_id": t.help_requests, "plan_id": t.visit_plans, "consent_id": t.consents}
    rows = [
        (table, {"person_id": person, key: UUID(int=10 * n + person.int)})
        for n, (key, table) in enumerate(of.items(), 1)
        for person in (PERSON, MERGED)
    ]
    rows += [
        (t.persons, {"person_id": PERSON, "merged_into": None}),
        (t.persons, {"person_id": MERGED, "merged_into": PERSON}),
    ]
    found = erasing.subjects_of(Rows(rows), PERSON)  # type: ignore[arg-type]
    assert set(found) == {str(UUID(int=n)) for n in (1, 2, 11, 12, 21, 22, 31, 32, 41, 42)}


TASK, OTHERS, HOURS, OTHER_HOURS = (UUID(int=n) for n in range(60, 64))


class Vault:
    """A vault that notes what it was told to end."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, str]] = []

    def destroy(self, subject: str, now: Any) -> None:
        """End a key."""
        self.ended.append(("destroy", subject))

    def restrict(self, subject: str, now: Any) -> None:
        """Let it rest."""
        self.ended.append(("restrict", subject))


NOTED = [
    (tasks, {"task_id": TASK, "person_id": PERSON}), (hours, {"record_id": HOURS, "task_id": TASK}),
    (tasks, {"task_id": OTHERS, "person_id": UUID(int=9)}), (hours, {"record_id": OTHER_HOURS, "task_id": OTHERS}),
]  # fmt: skip


def test_what_volunteers_noted_about_a_person_goes_with_it_and_what_the_same_human_did_as_a_volunteer_stays() -> None:
    """INV-35: one who is client and volunteer is two records; the hours that he gave to others are facts of the other."""
    vault = Vault()
    row = {"person_id": PERSON, "act": "destroy", "request_id": UUID(int=5), "records": []}
    done = notes.end_keys(row, Rows(NOTED), vault, None)  # type: ignore[arg-type]
    assert vault.ended == [("destroy", str(TASK)), ("destroy", str(HOURS))]
    assert done.command == volunteer.EndNotes(request_id=UUID(int=5), act="destroy", keys=2)


def test_what_was_noted_of_a_merged_record_goes_when_the_other_is_erased() -> None:
    vault = Vault()
    row = {"person_id": MERGED, "act": "restrict", "request_id": UUID(int=5), "records": [str(PERSON)]}
    notes.end_keys(row, Rows(NOTED), vault, None)  # type: ignore[arg-type]
    assert vault.ended == [("restrict", str(TASK)), ("restrict", str(HOURS))]


def test_intakes_word_is_followed_once_for_each_decision_about_what_was_told() -> None:
    told = intake.PersonalDataErased(
        person_id=PERSON, request_id=UUID(int=5), kinds=("narrative",), keys=3, records=(MERGED,)
    )
    facts = intake.ProcessingRestricted(
        person_id=PERSON, request_id=UUID(int=5), kinds=("facts",), bases=(), until=None
    )  # type: ignore[arg-type]
    (do,) = notes.on_erasure(told)
    assert do.command == volunteer.OweNotesEnd(request_id=UUID(int=5), act="destroy", records=(MERGED,))
    assert notes.on_erasure(facts) == []

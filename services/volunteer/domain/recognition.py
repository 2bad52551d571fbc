"""What is stated of a volunteer's hours, by the organizing unit, and the stars that they come to."""

from __future__ import annotations

from services.contracts.codes import STAR_SCHEME
from services.contracts.volunteer import (
    IssueRecordStatement,
    RecordStatementIssued,
    StarLevelReached,
    StarLevelRevised,
)
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.known import Statement, known
from services.volunteer.domain.refusing import (
    is_word_of,
    own_matter,
)
from services.volunteer.domain.volunteer_states import Event, State, cannot


def issue_statement(command: IssueRecordStatement, state: State | None, ask: Ask) -> list[Event]:
    """The organizing unit states what it has confirmed; a service of the hub may not (INV-21)."""
    if state is None:
        raise cannot(state)
    if state.profile.worker == f"worker:{ask.actor.id}":
        raise own_matter()
    if not is_word_of(ask, command.issuer):
        raise Refused("not-yours", "Who organizes, records; who records, states: this is another unit's record.",
                      "谁组织谁记录, 谁记录谁证明: 只能由组织单位出具。", field="issuer")  # fmt: skip
    found = ask.facts if isinstance(ask.facts, Statement) else Statement()
    if not found.records:
        raise Refused(
            "nothing-on-record", "This unit has confirmed nothing for this volunteer.", "该单位没有已确认的服务记录。"
        )
    last = state.profile.last_statement
    same = last and (last.issuer, last.records, last.minutes) == (command.issuer, found.records, found.minutes)
    if same and not found.outdated:
        return []
    issued = RecordStatementIssued(
        issuer=command.issuer, records=found.records, minutes=found.minutes,
        verify_code=ask.new_id("statement").hex[:16],
    )  # fmt: skip
    return [issued]


def review_stars(state: State | None, ask: Ask) -> list[Event]:
    """What the confirmed hours come to by the scheme of today (INV-40); a correction may take a star away."""
    if state is None:
        raise cannot(state)
    scheme, minutes = STAR_SCHEME.current, known(ask).minutes
    before = next((star.level for star in state.profile.stars if star.scheme_id == scheme.version), 0)
    level = sum(term.numbers["hours"] * 60 <= minutes for term in scheme.terms.values())
    if level == before:
        return []
    kind = StarLevelReached if level > before else StarLevelRevised
    return [kind(scheme_id=scheme.version, level=level, minutes=minutes)]

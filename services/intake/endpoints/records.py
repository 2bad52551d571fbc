"""Records over HTTP: what was written down, in the order in which it happened; three acts that put it right."""

from __future__ import annotations

from typing import Any

from services.contracts import intake as public
from services.intake.domain import record
from services.intake.endpoints.readers import READING, STATION
from services.intake.record_tables import corrections, late_entries, records
from services.intake.scopes import RECORDS
from services.kernel.entrypoints import Hand, Request, asks, http, lists, shows

RECORD = record.DECIDER


class Records:
    """What was written down stays; what was wrong with it stands beside it, marked."""

    log: Hand

    correct_request = asks("POST", "/records/{id}/request-correction", public.CorrectRequest, of=RECORD, roles=STATION)
    correct_service = asks("POST", "/records/{id}/service-correction", public.CorrectService, of=RECORD, roles=STATION)
    correct_visit = asks("POST", "/records/{id}/visit-correction", public.CorrectVisit, of=RECORD, roles=STATION)
    correct_attendance = asks(
        "POST", "/records/{id}/attendance-correction", public.CorrectAttendance, of=RECORD, roles=STATION
    )
    record_error = asks("POST", "/records/{id}/error", public.MarkRecordEnteredInError, of=RECORD, roles=STATION)
    move_note = asks("POST", "/records/{id}/move", public.MoveNote, of=RECORD, roles=STATION)
    flag_record = asks("POST", "/records/{id}/flag", public.FlagRecord, of=RECORD, roles=STATION)
    review_record = asks("POST", "/records/{id}/review", public.ReviewRecord, of=RECORD, roles=STATION)
    one_record = shows("/records/{id}", records, roles=READING)
    all_records = lists(
        "/records", records, by=("about_id", "matter_id", "case_id", "kind", "mark", "review"), roles=READING
    )
    all_corrections = lists("/corrections", corrections, by=("record_id", "act"), roles=READING)

    all_late = lists("/late-entries", late_entries, by=("about_id", "matter_id", "paper_ref"), roles=READING)

    @http("GET", "/cases/{id}/records", roles=READING, says="what was written down in a case")
    def case_records(self, request: Request) -> object:
        """What was written down in a case, in the order in which it happened; `stream_version` says in which it was told."""
        rows = self.log.look.run(RECORDS.select(request.actor).where(records.c.case_id == request.path["id"]))
        papers = {row["command_id"]: row for row in self.log.look.all(late_entries, about_id=request.path["id"])}
        rows.sort(key=lambda row: (row["happened_at"] or row["recorded_at"], row["stream_version"]))
        return {"case_id": request.path["id"], "records": [row | _paper(papers.get(row["command_id"])) for row in rows]}


def _paper(late: dict[str, Any] | None) -> dict[str, Any]:
    """The paper that a record came by, if it did."""
    return {name: late and late[name] for name in ("paper_ref", "observed_by", "typed_by")}

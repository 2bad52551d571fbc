"""Stations and their people, training, projects: how they are entered, and what is shown of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from services.contracts import referral as public
from services.contracts.tables import BEIJING
from services.contracts.words import Party
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.referral.domain import project, staff, station, training
from services.referral.endpoints.roles import KEEPERS, READING, SEEING, STATION
from services.referral.scopes import LOADS
from services.referral.staffing import Certified, Roll, departures, load_of
from services.referral.views import staff_tables as tables

STATIONS, STAFF, TRAINING, PROJECT = station.DECIDER, staff.DECIDER, training.DECIDER, project.DECIDER
OF_A_DAY = {
    "on": {"format": "date"},
    "party": {"pattern": "^[a-z]{1,20}:[A-Za-z0-9._-]{1,64}$"},
}


class Staffing:
    """The street's station, its points and grids; who works there, with which certificates; what they learn."""

    log: Log

    open_station = asks("POST", "/stations", public.OpenStation, of=STATIONS, roles=KEEPERS)
    change_area = asks("POST", "/stations/{id}/area", public.ChangeStationArea, of=STATIONS, roles=KEEPERS)
    close_station = asks("POST", "/stations/{id}/closing", public.CloseStation, of=STATIONS, roles=KEEPERS)
    one_station = shows("/stations/{id}", tables.stations, roles=READING)
    all_stations = lists(
        "/stations", tables.stations, by=("state", "kind", "code", "party", "parent_id"), roles=READING
    )

    register_staff = asks("POST", "/staff", public.RegisterStaff, of=STAFF, roles=KEEPERS)
    take_post = asks("POST", "/staff/{id}/posts", public.TakePost, of=STAFF, roles=KEEPERS)
    leave_post = asks("POST", "/staff/{id}/posts/leaving", public.LeavePost, of=STAFF, roles=KEEPERS)
    certify = asks("POST", "/staff/{id}/certificates", public.RecordCertificate, of=STAFF, roles=KEEPERS)
    supervise = asks("POST", "/staff/{id}/supervisor", public.AssignSupervisor, of=STAFF, roles=KEEPERS)
    give_notice = asks("POST", "/staff/{id}/notice", public.GiveNotice, of=STAFF, roles=KEEPERS)
    leave = asks("POST", "/staff/{id}/leaving", public.LeaveStaff, of=STAFF, roles=KEEPERS)
    one_worker = shows("/staff/{id}", tables.staff, roles=READING)
    all_staff = lists("/staff", tables.staff, by=("state", "code", "worker", "employer", "supervisor"), roles=READING)
    all_posts = lists("/posts", tables.posts, by=("state", "staff_id", "station_id", "role"), roles=READING)
    all_certificates = lists("/certificates", tables.certificates, by=("staff_id", "level"), roles=READING)

    hold = asks("POST", "/trainings", public.HoldTraining, of=TRAINING, roles=STATION)
    attend = asks("POST", "/trainings/{id}/attendance", public.RecordTrainingAttendance, of=TRAINING, roles=STATION)
    strike = asks(
        "POST", "/trainings/{id}/attendance/strike", public.StrikeTrainingAttendance, of=TRAINING, roles=STATION
    )
    one_training = shows("/trainings/{id}", tables.trainings, roles=READING)
    all_trainings = lists("/trainings", tables.trainings, by=("kind", "organizer", "held_on"), roles=READING)
    attendance = lists(
        "/training-attendance", tables.training_attendance, by=("training_id", "staff_id"), roles=READING
    )

    start_project = asks("POST", "/projects", public.StartProject, of=PROJECT, roles=KEEPERS)
    owe = asks("POST", "/projects/{id}/reports", public.OweReport, of=PROJECT, roles=KEEPERS)
    submit = asks("POST", "/projects/{id}/reports/submission", public.SubmitReport, of=PROJECT, roles=STATION)
    waive = asks("POST", "/projects/{id}/reports/waiver", public.WaiveReport, of=PROJECT, roles=KEEPERS)
    end_project = asks("POST", "/projects/{id}/end", public.EndProject, of=PROJECT, roles=KEEPERS)
    one_project = shows("/projects/{id}", tables.projects, roles=READING)
    all_projects = lists(
        "/projects", tables.projects, by=("state", "code", "operator", "commissioner", "level"), roles=READING
    )
    reports = lists(
        "/project-reports", tables.project_reports, by=("state", "project_id", "owed_to", "due_on"), roles=READING
    )

    @http("GET", "/stations/{id}/names", roles=READING, says="what a station is called")
    def station_names(self, request: Request) -> object:
        """A station's name."""
        station_id = request.path["id"]
        if self.log.look.one(tables.stations, station_id) is None:
            raise NotFound("nothing under this id")
        digests = [row["digest"] for row in self.log.look.all(tables.station_names, station_id=station_id)]
        opened = self.log.vault.read(str(station_id), digests)
        return {"fields": {value["field"]: value["value"] for value in opened.values()}}

    @http("GET", "/staff/{id}/load", roles=SEEING, says="what a worker answers for")
    def load(self, request: Request) -> object:
        """The open matters and needs that are a worker's: what must find a new owner before they leave."""
        row = self.log.seen(request, LOADS, request.path["id"])
        if row is None:
            raise NotFound("nothing under this id")
        load = load_of(self.log.look, row["worker"])
        return {"worker": row["worker"], "open_matters": load.matters, "open_needs": load.needs}

    @http("GET", "/departures", roles=SEEING, says="who leaves, and what still needs a new owner")
    def departures(self, request: Request) -> object:
        """Those of one's station who leave or have left, with the matters and needs that are still theirs."""
        return {"items": departures(self.log.look, LOADS.rows(request.actor))}

    @http(
        "GET",
        "/certification-rate",
        roles=READING,
        query=OF_A_DAY,
        says="how many of the staff were certified on a day",
    )
    def certification_rate(self, request: Request) -> object:
        """持证率 on any day, of all staff or of a party's: a station's with its points and grids, or an organization's."""
        party: Party | None = request.query.get("party")
        return {"party": party} | _shown(Roll(self.log.look, _day(request)).rate(party))

    @http(
        "GET",
        "/certification-rates",
        roles=READING,
        query={"on": OF_A_DAY["on"]},
        says="how many of the staff of each station were certified on a day",
    )
    def certification_rates(self, request: Request) -> object:
        """持证率 on any day, station by station; a street's counts those of its points and grids too."""
        day = _day(request)
        found = Roll(self.log.look, day).by_station()
        names = ("station_id", "kind", "code", "party", "parent_id")
        return {"on": day, "items": [{n: one.station[n] for n in names} | _shown(one.rate) for one in found]}


def _day(request: Request) -> date:
    """The day that is asked about; today, where none is named."""
    on = request.query.get("on", "")
    try:
        return msgspec.convert(on, type=date) if on else system_clock().astimezone(BEIJING).date()
    except msgspec.ValidationError as wrong:
        told = {"expected_en": "a day, such as 2026-03-02", "expected_zh": "日期, 如 2026-03-02"}
        raise ContractBroken(FieldProblem(field="on", code="invalid", **told)) from wrong


def _shown(found: Certified) -> dict[str, Any]:
    return {
        "on": found.on, "staff": found.staff, "certified": found.certified, "unknown": found.unknown,
        "permille": found.permille,
    }  # fmt: skip

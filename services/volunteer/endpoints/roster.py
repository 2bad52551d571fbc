"""The roster: volunteers register, are verified, trained, checked and insured."""

from __future__ import annotations

from services.contracts import volunteer as public
from services.kernel.entrypoints import asks, lists, shows
from services.volunteer.domain import volunteer
from services.volunteer.endpoints.callers import ANSWERING, ORGANIZERS, ROSTER, STATION
from services.volunteer.view_tables import volunteer_checks, volunteer_skills, volunteer_teams, volunteers


class Roster:
    """Who offers time, and what is known of them."""

    register = asks("POST", "/volunteers", public.RegisterVolunteer, of=volunteer.DECIDER, roles=ANSWERING)
    verify = asks(
        "POST", "/volunteers/{id}/verification", public.VerifyVolunteer, of=volunteer.DECIDER, roles=ORGANIZERS
    )
    clear = asks("POST", "/volunteers/{id}/checks", public.ClearVolunteer, of=volunteer.DECIDER, roles=STATION)
    train = asks("POST", "/volunteers/{id}/trainings", public.TrainVolunteer, of=volunteer.DECIDER, roles=ORGANIZERS)
    insure = asks("POST", "/volunteers/{id}/insurances", public.InsureVolunteer, of=volunteer.DECIDER, roles=ORGANIZERS)
    join = asks("POST", "/volunteers/{id}/teams", public.JoinTeam, of=volunteer.DECIDER, roles=ANSWERING)
    leave = asks("POST", "/volunteers/{id}/teams/departure", public.LeaveTeam, of=volunteer.DECIDER, roles=ANSWERING)
    suspend = asks("POST", "/volunteers/{id}/suspension", public.SuspendVolunteer, of=volunteer.DECIDER, roles=STATION)
    reinstate = asks(
        "POST", "/volunteers/{id}/reinstatement", public.ReinstateVolunteer, of=volunteer.DECIDER, roles=STATION
    )
    withdraw = asks(
        "POST", "/volunteers/{id}/withdrawal", public.WithdrawVolunteer, of=volunteer.DECIDER, roles=ANSWERING
    )
    link_worker = asks("POST", "/volunteers/{id}/worker", public.LinkWorker, of=volunteer.DECIDER, roles=STATION)
    declare_relative = asks(
        "POST", "/volunteers/{id}/relatives", public.DeclareRelative, of=volunteer.DECIDER, roles=ANSWERING
    )
    merge = asks("POST", "/volunteers/{id}/merging", public.MergeVolunteers, of=volunteer.DECIDER, roles=STATION)
    unmerge = asks("POST", "/volunteers/{id}/unmerging", public.UnmergeVolunteers, of=volunteer.DECIDER, roles=STATION)
    erase = asks("POST", "/volunteers/{id}/erasure", public.EraseVolunteer, of=volunteer.DECIDER, roles=STATION)
    checks = lists("/volunteer-checks", volunteer_checks, by=("volunteer_id", "check_kind", "result"), roles=ROSTER)
    one_volunteer = shows("/volunteers/{id}", volunteers, roles=ROSTER)
    all_volunteers = lists("/volunteers", volunteers, by=("state", "area"), roles=ROSTER)
    skills = lists("/volunteer-skills", volunteer_skills, by=("volunteer_id", "skill"), roles=ROSTER)
    teams = lists("/volunteer-teams", volunteer_teams, by=("volunteer_id", "team"), roles=ROSTER)

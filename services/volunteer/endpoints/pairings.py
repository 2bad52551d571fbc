"""Pairings: long commitments, one to one or between a school and a community."""

from __future__ import annotations

from services.contracts import volunteer as public
from services.kernel.entrypoints import asks, lists, shows
from services.volunteer.domain import pairing
from services.volunteer.endpoints.callers import ORGANIZERS, READING, STATION
from services.volunteer.view_tables import commitments, pairing_parties, pairing_reports, pairings


class Pairings:
    """Parties that bind themselves for months."""

    form_pairing = asks("POST", "/pairings", public.FormPairing, of=pairing.DECIDER, roles=STATION)
    assign_mentor = asks("POST", "/pairings/{id}/mentors", public.AssignMentor, of=pairing.DECIDER, roles=ORGANIZERS)
    supervise = asks(
        "POST", "/pairings/{id}/supervisions", public.SupervisePairing, of=pairing.DECIDER, roles=ORGANIZERS
    )
    link_case = asks("POST", "/pairings/{id}/case", public.LinkPairingCase, of=pairing.DECIDER, roles=STATION)
    fulfil = asks("POST", "/pairings/{id}/fulfilments", public.FulfilCommitment, of=pairing.DECIDER, roles=ORGANIZERS)
    waive = asks("POST", "/pairings/{id}/waivers", public.WaiveCommitment, of=pairing.DECIDER, roles=STATION)
    report_pairing = asks("POST", "/pairings/{id}/reports", public.ReportPairing, of=pairing.DECIDER, roles=ORGANIZERS)
    end_pairing = asks("POST", "/pairings/{id}/end", public.EndPairing, of=pairing.DECIDER, roles=STATION)
    one_pairing = shows("/pairings/{id}", pairings, roles=READING)
    all_pairings = lists(
        "/pairings", pairings, by=("state", "kind", "matter_id", "case_id", "referral_id"), roles=READING
    )
    parties = lists("/pairing-parties", pairing_parties, by=("pairing_id", "party", "role"), roles=READING)
    all_commitments = lists("/commitments", commitments, by=("pairing_id", "state", "giver"), roles=READING)
    reports = lists("/pairing-reports", pairing_reports, by=("pairing_id", "to_org"), roles=READING)

"""Erasure over HTTP: asked for, decided by those who may know of everything, carried out, answered by receivers."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import tables
from services.intake.domain import disclosure, person
from services.intake.endpoints.readers import HELPERS, READING, RESTRICTED, STATION
from services.intake.erasure_tables import erasures
from services.kernel.entrypoints import Hand, asks, lists, shows

PERSON, DISCLOSURE = person.DECIDER, disclosure.DECIDER


class Erasure:
    """A person's data go or rest; what the law has kept is kept, and whoever was given something answers for it."""

    log: Hand

    request_erasure = asks("POST", "/persons/{id}/erasure", public.RequestErasure, of=PERSON, roles=STATION)
    decide_erasure = asks("POST", "/persons/{id}/erasure/decision", public.DecideErasure, of=PERSON, roles=RESTRICTED)
    answer_deletion = asks(
        "POST", "/disclosures/{id}/deletion-answer", public.AnswerDeletion, of=DISCLOSURE, roles=HELPERS
    )
    one_erasure = shows("/erasures/{id}", erasures, roles=READING)
    all_erasures = lists("/erasures", erasures, by=("state", "act"), roles=READING)
    deletions = lists("/deletions", tables.disclosures, by=("person_id", "receiver", "deletion"), roles=READING)

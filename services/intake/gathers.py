"""Which rows the facts of frequent commands will ask for (see `facts`): those of many commands are read at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.intake import tables as t
from services.kernel.manifest import Gathers, Wanted


def _person(command: Any, itself: UUID) -> Iterator[Wanted]:
    """The record of the person named, those merged into it, and who may consent for him."""
    if command.person_id is not None:
        yield t.persons, "person_id", command.person_id
        yield t.persons, "merged_into", command.person_id
        yield t.guardians, "person_id", command.person_id


def _person_with_consents(command: Any, itself: UUID) -> Iterator[Wanted]:
    """The same, and what he has consented to."""
    yield from _person(command, itself)
    yield t.consents, "person_id", command.person_id


GATHERS: Mapping[type, Gathers] = {
    public.ReceiveHelpRequest: _person,
    public.LinkPersonToHelpRequest: _person,
    **dict.fromkeys(
        (public.RequestConsent, public.GrantConsent, public.RefuseConsent, public.SetVisitPlan, public.OpenCase,
         public.JoinHousehold),
        _person_with_consents,
    ),
}  # fmt: skip

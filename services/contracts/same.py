"""Records of one human being, for services that know mergers by hearsay (`person.merged`, `person.unmerged`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID


def records_of(
    person_id: UUID, above: Callable[[UUID], UUID | None], below: Callable[[UUID], Iterable[UUID]]
) -> list[UUID]:
    """All records of the human being that this one is of, the one that speaks for them first.

    `above` says into which record one is merged, `below` which are merged into it. Mergers make no circle where they are
    decided; whoever has heard only some of them must not turn in one either.
    """
    top, met = person_id, {person_id}
    while (higher := above(top)) is not None and higher not in met:
        top = higher
        met.add(top)
    found = [top]
    for record in found:
        found += [lower for lower in below(record) if lower not in found]
    return found

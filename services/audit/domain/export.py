"""Exports: what was given away of the ledger, to whom and how much of it, is on record before it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import NAMESPACE_URL, uuid5

from services.contracts.audit import BundleExported, ExportBundle, PublishVerifiers, VerifierFile, VerifierPublished
from services.kernel.decider import Decider
from services.kernel.message import Ask

PROGRAMS = uuid5(NAMESPACE_URL, "verifiers")
"""The hub has one set of verifiers."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle was given away."""


def decide(command: ExportBundle, state: Exported | None, ask: Ask) -> list[BundleExported]:
    """An export is told once."""
    if state is not None:
        return []
    exported = BundleExported(
        scope=command.scope, matter_id=command.matter_id, role=command.role, purpose=command.purpose, size=command.size,
        entries=command.entries, entries_hash=command.entries_hash, withheld=command.withheld,
        disclosed=command.disclosed, erased=command.erased, disclosures_hash=command.disclosures_hash, old=command.old,
    )  # fmt: skip
    return [exported]


def evolve(state: Exported | None, event: BundleExported) -> Exported:
    """It was given away."""
    return Exported()


EXPORTS = Decider(name="export", decide=decide, evolve=evolve, events=BundleExported, states=None | Exported)


@dataclass(frozen=True, slots=True)
class Published:
    """The verifiers that were published last."""

    files: tuple[VerifierFile, ...] = ()


def publish(command: PublishVerifiers, state: Published | None, ask: Ask) -> list[VerifierPublished]:
    """Verifiers are published when they have changed."""
    if state is not None and state.files == command.files:
        return []
    return [VerifierPublished(files=command.files)]


def published(state: Published | None, event: VerifierPublished) -> Published:
    """These are the ones now."""
    match event:
        case VerifierPublished():
            return Published(event.files)
        case _ as never:
            assert_never(never)


VERIFIERS = Decider(
    name="verifier", decide=publish, evolve=published, events=VerifierPublished, states=None | Published
)

"""Changes to bundles, by the hundred, each with what the format's page says must come of it: refused, or no change at all.

Those who change are of three kinds: chance (a bit flips), somebody in the middle who has no key, and an insider who holds
the log's key and can say, seal, sign and export what he likes; witnesses and pinned checkpoints he cannot change.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.support.bundles import MEMBERS, ORIGIN, WITNESSES
from tests.support.tampering.chance import flips, raw_flips
from tests.support.tampering.change import Change, deflated, packed, sound_case, sound_full
from tests.support.tampering.forging import disclosures_forged, proofs_forged, signatures
from tests.support.tampering.insider import insider
from tests.support.tampering.middle import entries_edited, entries_moved, files_gone
from tests.support.tampering.tricks import archives, jsons, kinds, names


def corpus(seed: int = 2026, every: int = 1) -> list[Change]:
    """All changes, always the same ones for a seed; of the bits that flip by chance only every n-th."""
    random, case, full = Random(seed), sound_case(), sound_full()
    assert case.ledger.origin == ORIGIN
    assert len(MEMBERS) == len(WITNESSES)
    return [
        Change("nothing: case", packed(case.files), "passes", pin=case.pin),
        Change("nothing: full", packed(full.files), "passes", pin=full.pin),
        Change("nothing: deflated", deflated(case.files), "passes", pin=case.pin),
        *list(flips(case, full, random))[::every], *raw_flips(case, random), *files_gone(case, full), *entries_moved(case, full),
        *entries_edited(case), *disclosures_forged(case, random), *signatures(case, full), *proofs_forged(case, full, random),
        *insider(), *archives(case), *jsons(case), *names(case), *kinds(),
    ]  # fmt: skip


def fault(change: Change, said: dict[str, Any]) -> str:
    """What is wrong with what a verifier said of a change; empty if it is what the page says."""
    passed = said["ok"]
    if (change.must == "refused" and passed) or (change.must == "passes" and not passed):
        return f"{change.name}: must be {change.must}, but: {said}"
    if change.must == "differs" and (
        (passed and not said["policy_differs"]) or (not passed and said["code"] != "bad-policy")
    ):
        return f"{change.name}: the other policy is not told: {said}"
    return ""

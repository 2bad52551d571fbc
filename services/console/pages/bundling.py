"""What a bundle will hold before it is made, the receipts of a matter, and where all of that is verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.console.pages.overseeing import moment
from services.console.templating import Frame, render
from services.contracts.codes import READ_PURPOSE

Row = Mapping[str, Any]
CONSENTS = ("consent.granted", "consent.withdrawn")
PARTS = ("entries", "proofs", "seal", "checkpoint", "consistency", "disclosures", "verifiers", "report")
OF_ALL = ("entries", "checkpoint", "consistency", "verifiers")


def page(frame: Frame, key: str, role: str, matter_id: UUID | None = None, digests: Sequence[Row] = ()) -> str:
    """What a bundle will hold for this role: of a matter, or the whole ledger."""
    parts = PARTS if matter_id else OF_ALL
    opened = "bundle.opened.auditor" if role == "auditor" else "bundle.opened.station"
    return render(
        "bundle.html", frame, key=key, matter_id=matter_id, parts=parts, values=len(digests), opened=opened,
        reads=[] if role == "auditor" or not matter_id else list(READ_PURPOSE.current.terms),
        post=f"/matters/{matter_id}/bundle" if matter_id else "/audit/bundle",
    )  # fmt: skip


def receipts(matter_id: UUID, lines: Iterable[Row], frame: Frame) -> str:
    """Each handoff and each consent that the matter's timeline tells of, with the way to its receipt."""
    owed = [line for line in lines if line["handoff"] or line["type"] in CONSENTS]
    return render("receipts.html", frame, matter_id=matter_id, rows=owed, at=moment)


def verify(verifiers: Mapping[str, Any], keys: Sequence[str], frame: Frame) -> str:
    """The programs that verify, with their hashes, and the keys to be compared with what was printed."""
    return render("verify.html", frame, verifiers=verifiers, keys=keys)

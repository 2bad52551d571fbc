"""What the vault holds of a stream, opened for somebody who may read it; whether he may is asked before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.intake import tables
from services.kernel.entrypoints import Hand


def notes_of(log: Hand, stream: str, categories: Iterable[str], about: set[str] | None = None) -> list[dict[str, Any]]:
    """The sealed values that were said on a stream, of these categories, about these (None: all), the oldest first."""
    rows = sorted(log.look.all(tables.sealed_values, stream=stream), key=lambda row: row["position"])
    rows = [row for row in rows if about is None or row["subject"] in about]
    subjects = {row["subject"] for row in rows}
    opened = {
        digest: value
        for subject in subjects
        for digest, value in log.vault.read(
            subject, [row["digest"] for row in rows if row["subject"] == subject]
        ).items()
    }
    return [
        {"event": row["event"], "field": value["field"], "value": value["value"], "position": row["position"]}
        for row in rows
        if (value := opened.get(row["digest"])) is not None and value["category"] in categories
    ]

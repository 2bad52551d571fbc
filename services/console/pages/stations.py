"""The administrator's pages of stations, points and grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.templating import Frame, render
from services.contracts.codes_directory import STATION_REASON

KINDS = ("station", "point", "grid")
EDITION = "nbs-2023"
"""The division codes that most stations know; another edition is typed."""


def page(frame: Frame, rows: Sequence[Mapping[str, Any]], wrong: str, form: Mapping[str, str]) -> str:
    """All of them, and the form for one more."""
    above = [row for row in rows if row["state"] == "open" and row["kind"] != "grid"]
    return render("stations.html", frame, rows=rows, wrong=wrong, form=form, kinds=KINDS, above=above, usual=EDITION)


def one(frame: Frame, row: Mapping[str, Any], wrong: str, form: Mapping[str, str], key: str) -> str:
    """One, with what can be changed."""
    known = [each for each in row.get("places") or () if isinstance(each, Mapping)]
    usual = next((str(each["edition"]) for each in known if each.get("edition")), EDITION)
    served = "\n".join(_place(each, usual) for each in row.get("places") or ())
    return render(
        "station.html", frame, row=row, served=form.get("places", served), wrong=wrong, key=key, usual=form.get("edition") or usual,
        reasons=tuple(STATION_REASON.current.terms),
    )  # fmt: skip


def _place(one: Any, usual: str) -> str:
    """A place as it is typed: the edition only where it is not the usual one."""
    if not isinstance(one, Mapping):
        return str(one)
    return f"{one['code']}@{one['edition']}" if one.get("edition") not in (None, usual) else str(one["code"])

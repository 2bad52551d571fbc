"""The administrator's pages of stations, points and grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.templating import Frame, render
from services.contracts.codes_directory import STATION_REASON

KINDS = ("station", "point", "grid")


def page(frame: Frame, rows: Sequence[Mapping[str, Any]], wrong: str, form: Mapping[str, str]) -> str:
    """All of them, and the form for one more."""
    above = [row for row in rows if row["state"] == "open" and row["kind"] != "grid"]
    return render("stations.html", frame, rows=rows, wrong=wrong, form=form, kinds=KINDS, above=above)


def one(frame: Frame, row: Mapping[str, Any], wrong: str, form: Mapping[str, str], key: str) -> str:
    """One, with what can be changed."""
    served = "\n".join(_place(each) for each in row.get("places") or ())
    return render(
        "station.html", frame, row=row, served=form.get("places", served), wrong=wrong, key=key,
        reasons=tuple(STATION_REASON.current.terms),
    )  # fmt: skip


def _place(one: Any) -> str:
    """A place as it is typed."""
    if not isinstance(one, Mapping):
        return str(one)
    return f"{one['code']}@{one['edition']}" if one.get("edition") else str(one["code"])

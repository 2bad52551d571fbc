"""Making a report: its figures as they are known now, and what is known now of the reports before it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.audit import archive
from services.audit.archive import b64
from services.audit.statistics import reports
from services.audit.statistics.figures import Figure, events, figures
from services.audit.statistics.held import DIED, MERGED, Period
from services.audit.statistics.indicators import DEFINITIONS, INDICATORS
from services.audit.statistics.tables import counted
from services.contracts.audit import (
    Adjustment,
    FigureLine,
    MonthlyReportRestated,
    MonthlyReportSealed,
    Restatement,
    SealMonthlyReport,
    WriteMonthlyReport,
)
from services.kernel.manifest import Look

Said = MonthlyReportSealed | MonthlyReportRestated


@dataclass(frozen=True)
class Sealing:
    """A report about to be sealed, from the ledger as it is at this size."""

    look: Look
    asked: SealMonthlyReport
    size: int

    @property
    def station(self) -> str:
        """Its area, empty for the hub."""
        return self.asked.station or ""

    def report(self, told: Iterable[Said]) -> WriteMonthlyReport:
        """The report, with what differs now from what was `told` of the months before it, in their order."""
        root = b64(archive.root_of(self.look, self.size))
        lines = self.lines(self.asked.month)
        last = {said.month: said for said in told if said.month < self.asked.month}
        restated = (self.restatement(last[month], root) for month in sorted(last))
        return WriteMonthlyReport(
            month=self.asked.month, station=self.asked.station, recipients=self.asked.recipients, size=self.size,
            root=root, definitions=DEFINITIONS, figures=lines, figures_hash=self._hash(self.asked.month, root, lines),
            restated=tuple(each for each in restated if each.adjustments),
        )  # fmt: skip

    def lines(self, month: str) -> tuple[FigureLine, ...]:
        """The figures of a month as they are known now; those for few eyes are in no report."""
        return tuple(figure.said for figure in self._figures(month, self.size))

    def restatement(self, said: Said, root: str) -> Restatement:
        """What an earlier month comes to now, and line by line what made the difference."""
        now = self.lines(said.month)
        lines = [self._adjustment(said, difference) for difference in reports.changed(said.figures, now)]
        return Restatement(
            month=said.month, figures=now, figures_hash=self._hash(said.month, root, now), adjustments=tuple(lines)
        )

    def _adjustment(self, said: Said, difference: reports.Difference) -> Adjustment:
        then, now = (self._one(said.month, size, difference) for size in (said.size, self.size))
        listed = events(self.look, reports.causes(then, now, self._people(said.size)))
        return reports.adjustment(said.month, difference, listed, said.definitions != DEFINITIONS)

    def _one(self, month: str, size: int, line: reports.Difference) -> Figure | None:
        if line.indicator not in INDICATORS:
            return None
        found = self._figures(month, size, (line.indicator,))
        return next((figure for figure in found if figure.line.part == line.part), None)

    def _figures(self, month: str, size: int, only: Sequence[str] = ()) -> list[Figure]:
        return figures(self.look, self.station, Period.of(month), size, only=only)

    def _people(self, since: int) -> dict[str, tuple[int, ...]]:
        """The entries since then that said of persons who is whom and who lives, by the records they are about."""
        c = counted.c
        later = sa.or_(c.known_from >= since, c.known_until >= since)
        query = sa.select(c.subject, c.key, c.known_from, c.known_until).where(c.measure.in_((MERGED, DIED)), later)
        found: dict[str, tuple[int, ...]] = {}
        for row in self.look.run(query):
            entries = [
                idx for idx in (row["known_from"], row["known_until"]) if idx is not None and since <= idx < self.size
            ]
            for record in {row["subject"], row["key"]}:
                found[record] = (*found.get(record, ()), *entries)
        return found

    def _hash(self, month: str, root: str, lines: Sequence[FigureLine]) -> str:
        return reports.hash_of(month, self.asked.station, self.size, root, DEFINITIONS, lines)

"""What is asked of a paper that is written up later: its number, the day that stands on it, who saw what it tells (H8, INV-38)."""

from __future__ import annotations

from dataclasses import replace

from services.console.acts.act import pick, plain
from services.console.acts.reading import PAPER_DAY, PAPER_REF

PAPER = tuple(
    replace(each, folded=True)
    for each in (plain(PAPER_REF, "text"), plain(PAPER_DAY, "day"), pick("observed_by", "workers"))
)
"""Nobody need open it who has no paper in hand; with a number in it, the record says that it comes late, and by how much."""

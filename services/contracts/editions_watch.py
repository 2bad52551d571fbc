"""Whether a station's folder of code tables has changed: a new edition holds from then on, and what is wrong holds nothing up.

What has been in force is not taken back: an edition that would say of a day that has passed something else than it said
then is refused, and so is a folder with any fault in it; what held before goes on holding, and the faults can be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from services.contracts import editions
from services.contracts.editions import Found, digest

Signature = tuple[tuple[str, int, int], ...]

_refused: list[tuple[str, ...]] = [()]


def refused() -> tuple[str, ...]:
    """What is wrong with the folder as it is now, while an older state of it holds; nothing where it holds itself."""
    return _refused[0]


def _refuse(problems: tuple[str, ...]) -> None:
    _refused[0] = problems


@dataclass
class Watch:
    """The folder, what of it holds, and how it looked last."""

    folder: Path
    held: Found = field(default_factory=Found)
    _known: Signature = ()
    _last: Signature = ()

    def begin(self) -> None:
        """Adopt what is there; raises EditionsBroken where something is wrong with it."""
        self._known = self._last = signature(self.folder)
        editions.adopt(self.folder)
        self.held = editions.read(self.folder)
        _refuse(())

    def look(self, today: date) -> Literal["adopted", "refused"] | None:
        """Adopt what is new, or say what is wrong with it; None where nothing has changed.

        A folder that looks otherwise than at the last look is being written to, so it is looked at once more first.
        """
        seen, before = signature(self.folder), self._last
        self._last = seen
        if seen == self._known or seen != before:
            return None
        self._known = seen
        found = editions.read(self.folder)
        problems = (*found.problems, *taken_back(self.held, found, today))
        _refuse(problems)
        if problems:
            return "refused"
        self.held = found
        editions.hold(found)
        return "adopted"


def signature(folder: Path) -> Signature:
    """How the files of a folder look from outside; whatever is written to them changes it."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def taken_back(held: Found, found: Found, today: date) -> list[str]:
    """What would change the words of days that have passed: of editions that were in force, and of new ones."""
    old = {(name, edition.version): edition for name, several in held.editions.items() for edition in several}
    new = {(name, edition.version): edition for name, several in found.editions.items() for edition in several}
    gone = [
        f"{held.places[key]}: {key[0]}, edition {key[1]}, has been in force since {edition.since} and is not there any more"
        for key, edition in old.items()
        if edition.since < today and key not in new
    ]
    other = [
        f"{found.places[key]}: {key[0]}, edition {key[1]}, has been in force since {old[key].since}; leave it as it was, "
        "and add another file with a later day"
        for key, edition in new.items()
        if key in old and old[key].since < today and digest(edition) != digest(old[key])
    ]
    late = [
        f"{found.places[key]}: {key[0]}, edition {key[1]}: what was said before today keeps its words; {today} is the first "
        "day that it can have"
        for key, edition in new.items()
        if key not in old and edition.since < today
    ]
    return [*gone, *other, *late]

"""The watcher goes on telling what has grown, whatever happens to the database under it."""

from __future__ import annotations

from typing import Any

from services.kernel import watching
from services.kernel.errors import Unavailable
from services.kernel.watching import Watcher


class Log:
    """A log that another process writes; its database is away at the first look for news."""

    name = "partner"

    def __init__(self) -> None:
        self.known, self.written, self.looks = 0, 1, 0

    def head(self) -> int:
        return self.known

    def wait_round(self, rounds: int, timeout: float) -> int:
        return rounds

    def refresh(self) -> int:
        self.looks += 1
        if self.looks == 1:
            raise Unavailable("the database is away")
        self.known = self.written
        return self.known

    def following(self, after: int, limit: int) -> list[bytes]:
        return [b'{"subject":"sequence/a","streamversion":1}'][after:]


def test_a_watcher_outlives_a_database_that_was_away_while_it_looked_for_news(monkeypatch: Any) -> None:
    monkeypatch.setattr(watching, "IDLE_SECONDS", 0.0)
    heard: list[dict[str, int]] = []
    watcher = Watcher(Log())  # type: ignore[arg-type]

    def grown(streams: Any) -> None:
        heard.append(dict(streams))
        watcher.stop()

    watcher.listeners.append(grown)
    watcher.run()
    assert heard == [{"sequence/a": 1}]

"""The reference deployment with clocks that a test can set: for what takes days, and for clocks that do not agree."""

from __future__ import annotations

import os
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from services.kernel import tokens
from services.kernel.clock import system_clock
from services.kernel.message import Actor
from tests.support.reference import ROOT, Reference

LIFE = timedelta(days=400)
"""How long a token of a test is good: longer than any clock is set ahead; and it is from before any clock is set back."""


class Clocked(Reference):
    """The whole stack; `pass_time` sets every clock ahead, `skew` one."""

    def __init__(self, *services: str) -> None:
        super().__init__(*services)
        self.ahead: dict[str, timedelta] = {}

    def command(self, name: str) -> list[str]:
        """The service's own command, behind a clock that looks into a file."""
        return [sys.executable, "-m", "tests.support.later", str(self.file(name)), *self.compose[name]["command"][1:]]

    def environment(self, name: str) -> dict[str, str]:
        """As for any deployment, and the tests' own modules in reach."""
        paths = (str(ROOT), os.environ.get("PYTHONPATH", ""))
        return super().environment(name) | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def file(self, name: str) -> Path:
        """Where a service looks how far its clock is ahead."""
        return self.folder / f"{name}.clock"

    def pass_time(self, **span: float) -> None:
        """So much time passes for everybody, whether it runs or not."""
        for name in self.names:
            self.set_clock(name, self.ahead.get(name, timedelta()) + timedelta(**span))

    def set_clock(self, name: str, ahead: timedelta) -> None:
        """One service's clock goes so far ahead of the world's."""
        self.ahead[name] = ahead
        fresh = self.file(name).with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()))
        fresh.replace(self.file(name))

    @contextmanager
    def cannot_read(self, name: str, event_type: str) -> Iterator[None]:
        """One service cannot read events of one type, for a while."""
        file = self.file(name).with_suffix(".poison")
        file.write_text(event_type)
        try:
            yield
        finally:
            file.unlink()

    @contextmanager
    def skew(self, name: str, **span: float) -> Iterator[None]:
        """One service's clock is wrong for a while."""
        usual = self.ahead.get(name, timedelta())
        self.set_clock(name, usual + timedelta(**span))
        try:
            yield
        finally:
            self.set_clock(name, usual)

    def _token(self, actor: Actor) -> str:
        private = self.secrets["HUB_TOKEN_PRIVATE_KEY"]
        key = urlsafe_b64decode(private + "=" * (-len(private) % 4))
        return tokens.issue(actor, key, LIFE, system_clock() - timedelta(hours=1))

"""Given these events, when this is asked, then these events follow: the tests of deciders read like that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Actor, Ask

NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
COORDINATOR = Actor(id="w-01", role="coordinator", org="220104004")


def ask(**changes: Any) -> Ask:
    """Ordinary circumstances: the coordinator asks at noon, id 1; any field can be changed."""
    usual = Ask(id=UUID(int=1), now=NOON, at=NOON, actor=COORDINATOR)
    return msgspec.structs.replace(usual, **changes)


@dataclass(frozen=True)
class Spec:
    """A decider under test, with what has happened so far and what is asked."""

    decider: Decider
    past: tuple[Any, ...] = ()
    command: Any = None
    circumstances: Ask = field(default_factory=ask)

    def given(self, *events: Any) -> Spec:
        """What has happened before."""
        return replace(self, past=events)

    def when(self, command: Any, **circumstances: Any) -> Spec:
        """What is asked, and in which circumstances if they are not the ordinary ones."""
        return replace(self, command=command, circumstances=ask(**circumstances))

    @property
    def state(self) -> Any:
        """The state after what has happened before."""
        return self.decider.fold(None, self.past)

    def decided(self) -> list[Any]:
        """The events that follow; raises Refused where the rules say no."""
        return self.decider.decide(self.command, self.state, self.circumstances)

    def then(self, *events: Any) -> None:
        """Exactly these events follow, and the state accepts them."""
        decided = self.decided()
        assert decided == list(events)
        self.decider.fold(self.state, decided)

    def then_nothing(self) -> None:
        """It was said before: nothing changes."""
        assert self.decided() == []

    def then_refused(self, code: str) -> Refused:
        """The rules say no, with this code, in both languages."""
        with pytest.raises(Refused) as refused:
            self.decided()
        assert refused.value.code == code
        assert refused.value.en and refused.value.zh
        return refused.value

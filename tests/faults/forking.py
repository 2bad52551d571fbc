"""Processes that are begun by the hundred: one has read all our code, and at each word becomes another that does the work.

To read the hub's modules takes a second of a processor, to fork takes none, so hundreds of cases cost what they do and
not their beginnings. What is forked has no thread, no connection and no file of its parent's, and dies with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from tests.support.embedded import DIE_WITH_THE_RUN
from tests.support.strace import Fault

PR_SET_PDEATHSIG = 1


def serve(work: Callable[..., object]) -> None:
    """In the process that is forked from: at each line a child that does the work; says its number, and how it ended."""
    prctl = ctypes.CDLL(None).prctl
    for line in sys.stdin:
        order = json.loads(line)
        number = os.fork()
        if not number:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            _become(order, work)
        print(number, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


def _become(order: dict[str, Any], work: Callable[..., object]) -> None:
    """The child: what it says goes into a file, and it begins when it may."""
    said, nothing = (
        os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        os.open(os.devnull, os.O_RDWR),
    )
    for ours, theirs in ((nothing, 0), (said, 1), (nothing, 2)):
        os.dup2(ours, theirs)
    while not os.path.exists(order["gate"]):
        time.sleep(0.001)
    try:
        work(*order["args"])
        os._exit(0)
    finally:
        os._exit(1)


@dataclass
class Playing:
    """A child at work; `number` is its process, `said` the file into which it speaks."""

    number: int
    said: Path
    status: IO[bytes]
    strace: subprocess.Popen[bytes] | None = None
    code: int | None = None

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Whether it has ended, or does within so many seconds."""
        if self.code is None and select.select([self.status], [], [], seconds)[0]:
            self.wait()
        return self.code is not None

    def wait(self) -> int:
        """Until it has ended, and whoever traces it has written down how; its exit code."""
        if self.code is None:
            self.code = int(self.status.readline())
            if self.strace is not None:
                self.strace.communicate(timeout=20)
        return self.code

    def kill(self) -> None:
        """End it."""
        if not self.has_ended():
            os.kill(self.number, signal.SIGKILL)
            self.wait()

    def lines(self) -> list[str]:
        """What it has said so far; of a line that was cut off as much as there is."""
        return self.said.read_text(encoding="utf-8").splitlines(keepends=True) if self.said.exists() else []


class Template:
    """A context manager: the process that is forked from, which runs `python -m MODULE serve`. One child at a time."""

    def __init__(self, module: str, folder: Path) -> None:
        self.folder, self.count = folder, 0
        self.command = [*DIE_WITH_THE_RUN, sys.executable, "-m", module, "serve"]

    def __enter__(self) -> Self:
        environ = os.environ | {"HUB_LOG_LEVEL": "off"}
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            bufsize=0,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def begin(
        self, args: Iterable[object], fault: Fault | None = None, files: Iterable[Path] = (), trace: Path | None = None
    ) -> Playing:
        """A child that does the work with these arguments, and meets this fault in calls on these files."""
        self.count += 1
        said, gate = self.folder / f"said-{self.count}", self.folder / f"gate-{self.count}"
        order = json.dumps({"args": list(args), "said": str(said), "gate": str(gate)})
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(order.encode() + b"\n")
        playing = Playing(int(self.process.stdout.readline()), said, self.process.stdout)
        try:
            if fault is not None and trace is not None:
                playing.strace = fault.attached(playing.number, files, trace)
        except BaseException:
            playing.kill()
            raise
        gate.touch()
        return playing

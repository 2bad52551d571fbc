"""Faults in system calls, by strace: a call on some files fails with an error, or the process is killed in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.support.embedded import DIE_WITH_THE_RUN
from tests.support.servers import ServerMissing

KILL = "signal=KILL"
ERRORS = ("error=EIO", "error=ENOSPC", KILL)
CALLS = ("openat", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink")


@dataclass(frozen=True)
class Fault:
    """The `when`-th such call on the files in question goes wrong in this way.

    With `ever`, each one after it too; with `step`, after it one in so many.
    """

    call: str
    error: str
    when: int
    ever: bool = False
    step: int = 0

    def __str__(self) -> str:
        return f"{self.call}-{self.error.partition('=')[2]}-{self.place}"

    @property
    def place(self) -> str:
        """Which of the calls, as strace has it."""
        return f"{self.when}+{self.step or ''}" if self.ever or self.step else str(self.when)

    def attached(self, process: int, files: Iterable[Path], trace: Path) -> subprocess.Popen[bytes]:
        """A tracer at a process, which meets the fault from now on; what was met is told in the file `trace`."""
        strace = shutil.which("strace")
        if strace is None:
            raise ServerMissing("strace is not installed: `make servers` installs it")
        paths = [part for file in files for part in ("-P", str(file))]
        inject = f"inject={self.call}:{self.error}:when={self.place}"
        # Not with --seccomp-bpf, which is quicker: with it strace 6.1 loses count of the calls.
        options = ("-f", "-o", str(trace), "-e", f"trace={self.call}", "-e", inject, "-p", str(process))
        tracer = subprocess.Popen([*DIE_WITH_THE_RUN, strace, *options, *paths], stderr=subprocess.PIPE, bufsize=0)
        assert tracer.stderr is not None
        while b"attached" not in (line := tracer.stderr.readline()):
            if not line:
                raise ServerMissing("strace may not trace here")
        return tracer

    def met(self, trace: Path) -> bool:
        """Whether it happened: there may be fewer such calls than its place says."""
        return self.times(trace) > 0

    def times(self, trace: Path) -> int:
        """How often it happened."""
        told = trace.read_text(encoding="utf-8", errors="replace") if trace.exists() else ""
        return int("killed by SIGKILL" in told) if self.error == KILL else told.count("(INJECTED)")


def faults(calls: Iterable[str], whens: Iterable[int], errors: Iterable[str] = ERRORS) -> list[Fault]:
    """Every fault of these calls at these places."""
    return [Fault(call, error, when) for call, error, when in product(calls, errors, whens)]

"""Holds one server for a test run, and ends it with everything it started when the run ends, however it ends.

It runs as a process of its own: `python keeper.py SIGNAL FOLDER COMMAND...`.
Its standard input is the line to the test run. `stop` sends the signal and waits, `kill` kills at once.
If the line ends without a word, the run is dead: the server is killed, and its folder goes as well.
As a "subreaper" it inherits whatever its server leaves behind, so nothing needs to be looked for by name.
"""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
PATIENCE_SECONDS = 10


def descendants(of: int) -> list[int]:
    """Everything that this process or its children started and that still lives."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
            except OSError:  # It ended while we looked.
                continue
            if state != "Z":
                children.setdefault(int(parent), []).append(int(name))
    found = list(children.get(of, []))
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def kill_all() -> None:
    """Kill what lives below us until nothing does, and take the exit codes, so that none stays as a zombie."""
    while left := descendants(os.getpid()):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)  # A child that forked meanwhile is found in the next round.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def keep(ending: int, folder: str, command: list[str]) -> int:
    """Run the command until it ends, or we are told to end it."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for unheeded in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        # The line to the test run decides, not a Ctrl-C that reaches the whole terminal.
        # A handler that does nothing, unlike SIG_IGN, is not inherited by the server.
        signal.signal(unheeded, lambda _signal, _frame: None)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    word = b"ended by itself"
    while server.poll() is None:
        if select.select([0], [], [], 0.1)[0]:
            word = os.read(0, 64).strip()
            break
    if word == b"stop":
        server.send_signal(ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(PATIENCE_SECONDS)
    kill_all()
    if not word:
        shutil.rmtree(folder, ignore_errors=True)
    return server.poll() or 0


if __name__ == "__main__":
    sys.exit(keep(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))

"""What a witness may cosign (C2SP tlog-witness, add-checkpoint): the rules alone, without its key, its book or its door.

A head is cosigned when a trusted log signed it and the last head that was cosigned is its beginning; nothing else is.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from services.kernel.tlog import checkpoint, note, request
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import Verifier
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.merkle import EMPTY_ROOT, verify_consistency
from services.kernel.tlog.note import Untrusted
from services.kernel.tlog.request import SIZE, AddCheckpoint

TEXT = "text/plain; charset=utf-8"

Logs = Mapping[str, tuple[Verifier, ...]]
"""The logs that a witness knows, by their origin: each with the keys that it may sign with."""


class Declined(Exception):
    """The witness does not cosign: the status and the body of its answer.

    `forked` says that the log itself has signed two heads that exclude each other: what was sent is to be kept.
    """

    def __init__(self, status: int, body: str, content_type: str = TEXT, *, forked: bool = False) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.content_type, self.forked = status, f"{body}\n", content_type, forked


def heard(data: bytes, logs: Logs) -> tuple[AddCheckpoint, Checkpoint]:
    """What is asked, where one of the known logs has signed it."""
    try:
        asked = request.read(data)
        head = checkpoint.read(asked.head.text)
    except Malformed as wrong:
        raise Declined(400, str(wrong)) from wrong
    if head.origin not in logs:
        raise Declined(404, "this witness does not know a log of this origin")
    try:
        note.verified(asked.head, logs[head.origin])
    except Untrusted as wrong:
        raise Declined(403, str(wrong)) from wrong
    return asked, head


def judge(asked: AddCheckpoint, head: Checkpoint, last: Checkpoint | None) -> None:
    """Whether this head may be cosigned after the last one; raises Declined where it may not."""
    size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
    if asked.old > head.size:
        raise Declined(400, "the old size is larger than the checkpoint's")
    if head.size == size and head.root != root:
        raise Declined(409, str(size), SIZE, forked=True)
    if asked.old != size:
        raise Declined(409, str(size), SIZE)
    if not verify_consistency(size, head.size, asked.path, root, head.root):
        raise Declined(422, f"the proof does not show that the tree of {size} is the beginning of this one")


def place(origin: str) -> str:
    """Under which path, after its prefix, a witness shows the last head of a log that it cosigned."""
    return f"/{sha256(origin.encode()).hexdigest()}/checkpoint"

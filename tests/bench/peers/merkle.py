"""The peer for proofs: a tree of `pymerkle` in SQLite; `python merkle.py FILE SIZE PROOFS` prints milliseconds a proof.

It runs in an environment of its own and imports nothing of the hub.
"""

from __future__ import annotations

import json
import random
import sys
import time

from pymerkle import SqliteTree  # type: ignore[import-not-found,unused-ignore]


def main(file: str, size: int, proofs: int) -> dict[str, object]:
    """Append entries of 300 bytes in bulk, and prove some that nobody has asked for before."""
    began = time.perf_counter()
    with SqliteTree(file) as tree:
        tree.append_entries(b"%300d" % n for n in range(size))
    seconds, taken, chosen = time.perf_counter() - began, [], random.Random(7)
    with SqliteTree(file) as tree:
        for _ in range(proofs):
            began = time.perf_counter()
            tree.prove_inclusion(chosen.randrange(1, size + 1), size)
            taken.append((time.perf_counter() - began) * 1000)
    return {"appends": size / seconds, "taken": taken}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))

"""The planner's own process: an instance on standard input, a plan on standard output; 3 when the instance is wrong."""

from __future__ import annotations

import sys

import msgspec

from services.kernel.errors import Refused
from services.volunteer.planning.document import CONTRADICTORY
from services.volunteer.planning.reading import read
from services.volunteer.planning.result import planned
from services.volunteer.planning.watch import Watch


def main() -> int:
    """Plan one day."""
    watch = Watch(float(sys.argv[1]) if len(sys.argv) > 1 else None)
    try:
        found = planned(read(sys.stdin.buffer.read()), watch)
    except Refused as refused:
        sys.stderr.write(f"{refused.field}\n")
        return CONTRADICTORY
    sys.stdout.buffer.write(msgspec.json.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

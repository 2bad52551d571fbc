"""What a service loads when it starts: nothing that weighs more than all of it and is needed once in a while."""

from __future__ import annotations

import subprocess
import sys

LATER = ("highspy", "scipy")
"""Loaded by the planner's own process, or at the moment of the yearly pairing: forty megabytes together."""


def test_no_service_starts_with_a_solver() -> None:
    every = ["intake", "referral", "volunteer", "audit", "partner", "console"]
    wanted = "; ".join(f"import services.{name}.service" for name in every)
    found = f"import sys; {wanted}; print([m for m in {LATER} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-W", "ignore", "-c", found], capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr

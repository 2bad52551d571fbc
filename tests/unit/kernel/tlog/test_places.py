"""Paths of tiles and bundles of entries: exactly as C2SP tlog-tiles writes them, and nothing else; and the sample log."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.kernel.tlog.places import Place, bundle, place
from services.kernel.tlog.tiles import path
from tests.support.c2sp import Bad, Monitor, path_of

VECTORS = Path(__file__).parents[3] / "vectors"
SAMPLE = VECTORS / "tlog-tiles-sample/testdata"
VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
"""From signed-note/sumdb-note-vectors.json."""


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("0/000", Place(0, 0, 256)),
        ("0/x001/x234/067", Place(0, 1_234_067, 256)),
        ("3/x001/000.p/17", Place(3, 1000, 17)),
        ("entries/273.p/112", Place(None, 273, 112)),
        ("63/000.p/1", Place(63, 0, 1)),
        ("0/000.p/255", Place(0, 0, 255)),
    ],
)
def test_what_a_path_names(written: str, named: Place):
    assert place(written) == named


@pytest.mark.parametrize(
    "written",
    [
        "", "0", "0/", "0/0", "0/00", "0/0000", "00/000", "01/000", "64/000", "-1/000", "a/000", "0/x000/001", "0/001/x000",
        "0/x001", "0/x1/000", "0/000.p", "0/000.p/", "0/000.p/0", "0/000.p/01", "0/000.p/256", "0/000.p/1000",
        "0/000.p/-1", "0/000/1", "0/000.p/1/", "0/000\n", "entries/", "Entries/000", "entries/x000", "0/٠٠٠",
        "0/x001/x001/x001/x001/x001/x001/000",
    ],
)  # fmt: skip
def test_what_is_not_written_so_names_nothing(written: str):
    assert place(written) is None


@pytest.mark.parametrize("n", [0, 1, 255, 999, 1000, 999_999, 1_000_000, 1_234_067])
@pytest.mark.parametrize("width", [1, 255, 256])
def test_a_path_that_is_made_is_read_again(n: int, width: int):
    assert path(2, n, width) == path_of("2", n, width)
    assert place(path(2, n, width).removeprefix("tile/")) == Place(2, n, width)


def test_a_bundle_gives_each_entry_after_its_length():
    assert bundle((b"", b"ab", b"c" * 258)) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x02" + b"c" * 258
    with pytest.raises(OverflowError):
        bundle((b"x" * 65_536,))


def sample(size: int):
    """What the sample log served when it had this size."""

    def fetch(asked: str) -> bytes:
        file = SAMPLE / "log" / (f"checkpoint.{size}" if asked == "checkpoint" else asked)
        if not file.exists():
            raise KeyError(asked)
        return file.read_bytes()

    return fetch


def test_the_readers_own_client_reads_the_sample_log_at_each_of_its_sizes():
    monitor = Monitor.of(sample(0), VKEY)
    for size in range(16):
        monitor.fetch = sample(size)
        assert monitor.look().size == size
    assert len(monitor.seen) == 16
    monitor.fetch = sample(3)
    with pytest.raises(Bad, match="not what it was"):
        monitor.look()

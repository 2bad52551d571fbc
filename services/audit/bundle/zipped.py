"""A zip file that is sent while it is made: nothing of it is kept, however large it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Zip files count from here; when a bundle was made its own entry says."""


class Sink(io.RawIOBase):
    """Takes what a zip file writes, and gives it away."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        """It is written to, and neither read nor wound back."""
        return True

    def write(self, data: object) -> int:
        """Hold it until it is taken."""
        self._held.append(bytes(data))  # type: ignore[call-overload]
        return len(self._held[-1])

    def taken(self) -> bytes:
        """What was written since it was taken last."""
        held, self._held = b"".join(self._held), []
        return held


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The bytes of a zip file with these files."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, pieces in files:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with archive.open(info, "w", force_zip64=name.endswith(".ndjson")) as file:
                for piece in pieces:
                    file.write(piece)
                    if found := sink.taken():
                        yield found
    yield sink.taken()

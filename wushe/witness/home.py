"""A witness's folder: its key (mode 600), the logs that it knows, its book."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from services.kernel.tlog import keys, policy
from services.kernel.tlog.keys import COSIGNATURE, Signer
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.policy import Party
from services.kernel.tlog.witness import Logs

KEY, LOGS, BOOK = "key", "logs", "book.db"


class NoHome(Exception):
    """There is no witness in this folder, or one already, or what is there cannot be used."""


@dataclass(frozen=True)
class Home:
    """The folder of one witness."""

    path: Path

    def make(self, name: str) -> Signer:
        """A new key under this name. Where there is one, it stays: a witness that changes its key is another witness."""
        if (self.path / KEY).exists():
            raise NoHome(f"there is a witness in {self.path} already")
        made = Signer(name, COSIGNATURE, secrets.token_bytes(32))
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        write(self.path / KEY, f"{made.skey}\n".encode(), 0o600)
        return made

    @property
    def signer(self) -> Signer:
        """The key."""
        try:
            found = keys.skey((self.path / KEY).read_text(encoding="utf-8").strip())
        except FileNotFoundError as wrong:
            raise NoHome(f"there is no witness in {self.path} yet") from wrong
        except (OSError, UnicodeError, Malformed) as wrong:
            raise NoHome(f"the key in {self.path} cannot be read: {wrong}") from wrong
        if found.algorithm != COSIGNATURE:
            raise NoHome(f"the key in {self.path} is not one that witnesses sign with")
        return found

    @property
    def parties(self) -> tuple[Party, ...]:
        """The logs that the witness knows, as their lines in the file `logs` say (C2SP tlog-policy)."""
        try:
            written = (self.path / LOGS).read_bytes()
        except FileNotFoundError:
            return ()
        try:
            return policy.read(written + b"\nquorum none\n").logs
        except Malformed as wrong:
            raise NoHome(f"the file {self.path / LOGS} cannot be read: {wrong}") from wrong

    @property
    def logs(self) -> Logs:
        """Their keys, by origin."""
        found: dict[str, tuple[keys.Verifier, ...]] = {}
        for each in self.parties:
            found[each.name] = (*found.get(each.name, ()), each.verifier)
        return found

    def trust(self, vkey: str, url: str | None = None) -> Party:
        """Know one more log; the same key again changes its address alone."""
        new = policy.read(" ".join(["log", vkey, *([url] if url else []), "\nquorum none\n"]).encode()).logs[0]
        kept = [each for each in self.parties if each.verifier.key != new.verifier.key]
        lines = policy.Policy(logs=(*kept, new))
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        write(self.path / LOGS, bytes(lines).removesuffix(b"quorum none\n"), 0o644)
        return new

    @property
    def book(self) -> Path:
        """Where the last head of each log is written down."""
        return self.path / BOOK


def write(file: Path, data: bytes, mode: int) -> None:
    """Write a file so that after a crash it is there as it was before, or as it is now."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

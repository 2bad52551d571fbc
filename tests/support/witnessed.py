"""Witnesses that a ledger can ask without a network: the real program's rules and book, and ways to be of no help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.asking import Answer
from services.kernel.tlog.keys import COSIGNATURE, Signer, Verifier
from services.kernel.tlog.policy import Party, Policy, read
from services.kernel.tlog.request import SIZE
from services.kernel.tlog.witness import TEXT, Declined
from wushe.witness.book import Book
from wushe.witness.door import Witness

Way = Callable[[str, str, bytes | None], Answer]


def away(*_: object) -> Answer:
    """Nobody answers."""
    raise TimeoutError


def claims(size: int) -> Way:
    """Says that it has seen so much, and shows nothing for it."""

    def answer(method: str, *_: object) -> Answer:
        return Answer(409, SIZE, f"{size}\n".encode()) if method == "POST" else Answer(404, TEXT, b"")

    return answer


def says(status: int, body: bytes = b"", content_type: str = TEXT) -> Way:
    """Answers this, whatever it is asked."""
    return lambda *_: Answer(status, content_type, body)


@dataclass
class Village:
    """Some witnesses with names, each on its own; `ways` says who of them behaves otherwise than a witness."""

    folder: Path
    origin: str
    keys: tuple[Verifier, ...]
    names: tuple[str, ...] = ("w1", "w2", "w3", "w4", "w5")
    quorum: int = 2
    addresses: bool = True
    ways: dict[str, Way] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.there = {name: self._made(name) for name in self.names}

    def _made(self, name: str) -> Witness:
        signer = Signer(f"{name}.example/witness", COSIGNATURE, name.encode().ljust(32, b"."))
        made = Witness(signer, {self.origin: self.keys}, Book(self.folder / f"{name}.db"))
        made.book.make()
        return made

    @property
    def policy(self) -> Policy:
        """All of them, with this quorum (0: none)."""
        lines = [
            f"witness {name} {one.signer.verifier} {f'http://{name}' * self.addresses}"
            for name, one in self.there.items()
        ]
        some = f"group all-of-them {self.quorum} {' '.join(self.names)}\nquorum all-of-them"
        return read("\n".join([*lines, some if self.quorum else "quorum none", ""]).encode())

    def party(self, name: str) -> Party:
        """One of them, as the policy names it."""
        return self.policy.witnesses[name]

    def send(self, method: str, url: str, body: bytes | None) -> Answer:
        """What a network does."""
        name, _, path = url.removeprefix("http://").partition("/")
        self.asked.append(name)
        if name in self.ways:
            return self.ways[name](method, url, body)
        return self._answer(self.there[name], f"/{path}", body)

    def _answer(self, one: Witness, path: str, body: bytes | None) -> Answer:
        if body is None:
            shown = one.last(path)
            return Answer(200 if shown else 404, TEXT, shown or b"")
        try:
            return Answer(200, TEXT, one.add(body).encode())
        except Declined as no:
            return Answer(no.status, no.content_type, no.body.encode())

"""Policies (C2SP tlog-policy): which logs and witnesses are known, and how many of them must have signed a head."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.kernel.tlog import checkpoint, keys, note
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import COSIGNATURE, ED25519, Verifier, time_of
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.note import Note, Untrusted

LIMIT = 256 * 1024
EACH = 64
"""The specification asks for 32 logs, witnesses and groups at least."""
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
SPACE = re.compile(r"[ \t]+")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its key, what the file calls it, and where it is reached."""

    name: str
    verifier: Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses a head when `threshold` of its members do."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who signed a head, and whether they are enough; the time of each witness is a second (POSIX)."""

    head: Checkpoint
    logs: tuple[str, ...]
    witnesses: Mapping[str, int]
    met: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """What a reader believes: `quorum` is the name of a witness or a group, or "none"."""

    logs: tuple[Party, ...] = ()
    witnesses: Mapping[str, Party] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def met(self, cosigned: Iterable[str]) -> bool:
        """Whether these witnesses, by their names in the file, are enough."""
        return self.quorum == NONE or self._witnessed(self.quorum, frozenset(cosigned))

    def _witnessed(self, name: str, cosigned: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._witnessed(each, cosigned) for each in group.members) >= group.threshold

    def judge(self, head: Note) -> Verdict:
        """Who signed this head; raises Malformed or Untrusted where no known log did, or a known key's signature is wrong."""
        found = checkpoint.read(head.text)
        logs = {each.verifier: each.name for each in self.logs if each.name == found.origin}
        if not logs:
            raise Untrusted("the checkpoint is of a log that the policy does not know")
        witnesses = {each.verifier: name for name, each in self.witnesses.items()}
        signed = note.verified(head, (*logs, *witnesses))
        cosigned = {witnesses[by]: time_of(made) for by, made in signed.items() if by in witnesses}
        by_log = tuple(logs[by] for by in signed if by in logs)
        if not by_log:
            raise Untrusted("the log has not signed this checkpoint")
        return Verdict(found, by_log, cosigned, self.met(cosigned))

    def insisted(self, head: Note) -> Verdict:
        """As `judge`; raises Untrusted also where those who signed are not enough."""
        verdict = self.judge(head)
        if not verdict.met:
            seen = ", ".join(verdict.witnesses) or "no witness"
            raise Untrusted(f"the quorum {self.quorum} is not met: {seen} signed")
        return verdict

    def __bytes__(self) -> bytes:
        def line(*items: str | None) -> str:
            return " ".join(item for item in items if item is not None) + "\n"

        written = [line("log", str(each.verifier), each.url) for each in self.logs]
        written += [line("witness", name, str(each.verifier), each.url) for name, each in self.witnesses.items()]
        written += [line("group", name, str(each.threshold), *each.members) for name, each in self.groups.items()]
        return "".join([*written, line("quorum", self.quorum)]).encode("utf-8", "surrogateescape")


@dataclass
class _Reading:
    """A policy file as far as it has been read."""

    logs: list[Party] = field(default_factory=list)
    witnesses: dict[str, Party] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def take(self, items: list[str]) -> None:
        match items:
            case ["log", vkey, *url] if len(url) <= 1:
                self.log(keys.vkey(vkey), *url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self.witness(self.new(name), keys.vkey(vkey), *url)
            case ["group", name, threshold, *members] if members:
                self.group(name, threshold, members)
            case ["quorum", name]:
                self.agree(name)
            case _:
                raise Malformed("this is no log, witness, group or quorum")

    def log(self, verifier: Verifier, url: str | None = None) -> None:
        if verifier.algorithm != ED25519:
            raise Malformed("the key is not one that logs sign with")
        if any(each.verifier.key == verifier.key for each in self.logs):
            raise Malformed("this log's key is here already")
        self.logs.append(Party(verifier.name, verifier, url))

    def witness(self, name: str, verifier: Verifier, url: str | None = None) -> None:
        if verifier.algorithm != COSIGNATURE:
            raise Malformed("the key is not one that witnesses sign with")
        if any(each.verifier.key == verifier.key for each in self.witnesses.values()):
            raise Malformed("this witness's key is here already")
        self.witnesses[name] = Party(name, verifier, url)

    def new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Malformed("this name is taken")
        return name

    def group(self, name: str, threshold: str, members: list[str]) -> None:
        """A member counts once in the whole file: nobody contributes to a quorum in two ways."""
        for member in members:
            self.defined(member)
            if member in self.members:
                raise Malformed("a member of this group is a member already")
            self.members.add(member)
        count = {"any": "1", "all": str(len(members))}.get(threshold, threshold)
        if not re.fullmatch("[1-9][0-9]?", count) or int(count) > len(members):
            raise Malformed("the group's threshold is not any, all, or a number from 1 to that of its members")
        self.groups[self.new(name)] = Group(int(count), tuple(members))

    def agree(self, name: str) -> None:
        if self.quorum is not None:
            raise Malformed("there is a quorum already")
        self.quorum = name if name == NONE else self.defined(name)

    def defined(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed("it names what no line above defines")
        return name

    def done(self) -> Policy:
        if self.quorum is None:
            raise Malformed("the policy has no quorum line")
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > EACH:
            raise Malformed(f"the policy has more than {EACH} logs, witnesses or groups")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)


def read(data: bytes) -> Policy:
    """A policy from its file; raises Malformed with the number of the line that is wrong."""
    if len(data) > LIMIT:
        raise Malformed(f"the policy is longer than {LIMIT} bytes")
    if FORBIDDEN.search(data):
        raise Malformed("the policy has a control character in it")
    reading = _Reading()
    # Octets above 0x7f are opaque (tlog-policy, Character set): they come back as they were.
    for at, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        items = SPACE.split(line.strip(" \t"))
        if items == [""] or items[0].startswith("#"):
            continue
        try:
            reading.take(items)
        except Malformed as wrong:
            raise Malformed(f"line {at} of the policy: {wrong}") from wrong
    return reading.done()

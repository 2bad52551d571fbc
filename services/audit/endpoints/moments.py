"""A matter at any two moments over HTTP: its state, the four questions that are always asked, and what changed our mind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from services.audit import archive, asked, witnesses
from services.audit.archive import b64
from services.audit.domain import look
from services.audit.followed import followed
from services.audit.ledger import instant, written
from services.audit.moments import lanes
from services.audit.moments.differences import differences
from services.audit.moments.follower import ReplayFollower
from services.audit.moments.reading import Moment
from services.audit.moments.state import state
from services.audit.scopes import MATTERS
from services.contracts.audit import RecordReplay
from services.contracts.visibility import APPROVERS
from services.contracts.words import STATION_ROLES
from services.kernel.contract import Said
from services.kernel.entrypoints import Request, http
from services.kernel.errors import NotFound, Unavailable
from services.kernel.tlog import checkpoint as heads
from services.kernel.tlog import note
from services.kernel.tlog.lines import Malformed

READERS = ("auditor", "service", *STATION_ROLES)
PLACE = f"follower:{ReplayFollower.name}"

INSTANT = {"kind": "string", "format": "date-time"}
SIZE = {"kind": "integer", "minimum": 0}
KNOWN = {"known_at": INSTANT, "size": SIZE, "checkpoint": "string"}
TIMES = KNOWN | {"valid_at": INSTANT, "purpose": "string"}
DIFFERENCE = {
    "from_known_at": INSTANT, "from_size": SIZE, "from_checkpoint": "string",
    "to_known_at": INSTANT, "to_size": SIZE, "to_checkpoint": "string",
    "valid_at": INSTANT, "purpose": "string",
}  # fmt: skip
HEADED = {"type": "object", "required": ["matter_id", "size", "root", "checkpoint"]}


@dataclass(frozen=True)
class Question:
    """Somebody asks about a matter: which, who, and how far the rows have come."""

    log: Any
    request: Request
    matter_id: UUID
    unsealed: bool
    reached: int

    @classmethod
    def of(cls, log: Any, request: Request, *names: str) -> Question:
        """Read from the path and the query; what somebody may not see is not there."""
        asked.only(request.query, *names)
        matter_id = request.path["id"]
        unsealed = approved(log, request, matter_id)
        if not unsealed and log.seen(request, MATTERS, matter_id) is None:
            raise NotFound("no such matter")
        return cls(log, request, matter_id, unsealed, log.store.cursor(PLACE))

    def size(self, prefix: str = "") -> int:
        """The size of the ledger that is meant: said itself, by a time, or by a checkpoint; else as far as rows have come."""
        query, look = self.request.query, self.log.look
        size = self.reached
        if known_at := asked.moment(query, f"{prefix}known_at"):
            size = archive.size_at(look, known_at)
        if text := query.get(f"{prefix}checkpoint", ""):
            size = checked(look, f"{prefix}checkpoint", text)
        size = asked.whole(query, f"{prefix}size", size, 0, asked.BEFORE_EVER)
        if size > archive.size_of(look):
            raise asked.wrong(f"{prefix}size", Said("a size that the ledger has reached", "台账已达到的条数"))
        if size > self.reached and size > followed(self.log.store, PLACE, size):
            raise Unavailable("not everything has been derived yet")
        return size

    def at(self, size: int, valid_at: int | None) -> Moment:
        """A moment that whoever asks may look at."""
        return Moment(size, valid_at, self.unsealed)

    def answer(self, view: str, size: int, valid_at: int | None, found: dict[str, Any]) -> dict[str, Any]:
        """What was found, with what makes it reproducible; that an auditor looked is on record."""
        head = headed(self.log, size)
        if self.request.actor.role == "auditor":
            self._record(view, size, valid_at, head["root"])
        shown = {"matter_id": str(self.matter_id), "valid_at": None if valid_at is None else written(valid_at)}
        return shown | head | found

    def _record(self, view: str, size: int, valid_at: int | None, root: str) -> None:
        looked = RecordReplay(
            matter_id=self.matter_id, view=view, known_at=asked.times(self.request.query).known_at,
            valid_at=None if valid_at is None else instant(valid_at), purpose=asked.purpose(self.request.query),
            entries=size, size=size, root=root,
        )  # fmt: skip
        self.log.ask(look.DECIDER, uuid4(), looked, self.request)


def approved(log: Any, request: Request, matter_id: UUID) -> bool:
    """Whether a second person has approved that an auditor sees what is restricted in this matter (INV-11)."""
    if request.actor.role != "auditor" or not request.header("approval"):
        return False
    log.second(request, "unseal", matter_id, APPROVERS["unseal-child"])
    return True


def headed(log: Any, size: int) -> dict[str, Any]:
    """Size, root, and the first signed head that covers them, where one was signed already (its size may be greater).

    Where witnesses must vouch for a head, it is the first that they vouch for; it bears the signatures that there are.
    """
    signed = witnesses.covering(log.look, size - 1, log.settings.witness_policy) if size else None
    note_ = None if signed is None else bytes(witnesses.cosigned(log.look, signed)).decode()
    return {"size": size, "root": b64(archive.root_of(log.look, size)), "checkpoint": note_}


def checked(look: Any, field: str, text: str) -> int:
    """The size of a checkpoint of this ledger; one of another history is refused."""
    try:
        head = heads.read(note.read(text.encode()).text)
    except (Malformed, UnicodeEncodeError) as broken:
        raise asked.wrong(field, Said("a signed checkpoint (C2SP tlog-checkpoint)", "经签名的检查点")) from broken
    if head.size > archive.size_of(look) or archive.root_of(look, head.size) != head.root:
        raise asked.wrong(field, Said("a checkpoint of this ledger", "本台账的检查点"))
    return head.size


class Moments:
    """Auditors, and those whose matter it is, ask what was so at one time by what was known at another."""

    log: Any

    @http("GET", "/matters/{id}/state", roles=READERS, query=TIMES, answer=HEADED, says="the matter at two moments")
    def matter_state(self, request: Request) -> object:
        """The matter as it was at `valid_at`, by what was known at a time, a size of the ledger or a checkpoint."""
        question = Question.of(self.log, request, *TIMES)
        size, valid_at = question.size(), asked.moment(request.query, "valid_at")
        found = state(self.log.look, question.matter_id, question.at(size, valid_at))
        return question.answer("state", size, valid_at, found)

    @http(
        "GET", "/matters/{id}/questions", roles=READERS, query={"then": INSTANT, "purpose": "string"}, answer=HEADED,
        says="the four questions about a time",
    )  # fmt: skip
    def questions(self, request: Request) -> object:
        """What was true then, as known then and as known now; what is true now, as known then and as known now."""
        question = Question.of(self.log, request, "then", "purpose")
        then = asked.moment(request.query, "then")
        if then is None:
            raise asked.wrong("then", Said("a time", "时间"))
        look, now = self.log.look, question.reached
        known = min(archive.size_at(look, then), now)

        def answered(size: int, valid_at: int | None) -> dict[str, Any]:
            return headed(self.log, size) | state(look, question.matter_id, question.at(size, valid_at))

        found = {
            "then": {"as_known_then": answered(known, then), "as_known_now": answered(now, then)},
            "now": {"as_known_then": answered(known, None), "as_known_now": answered(now, None)},
        }
        learnt = differences(look, question.matter_id, question.at(known, then), question.at(now, then))
        return question.answer("questions", now, then, {**found, "learnt_since": lanes.named(look, learnt)})

    @http(
        "GET", "/matters/{id}/diff", roles=READERS, query=DIFFERENCE, answer=HEADED, says="what changed our mind, and when"
    )  # fmt: skip
    def diff(self, request: Request) -> object:
        """Each field that was told otherwise at the later moment of knowledge, with the entries that made the difference."""
        question = Question.of(self.log, request, *DIFFERENCE)
        first, second = sorted((question.size("from_"), question.size("to_")))
        valid_at = asked.moment(request.query, "valid_at")
        found = differences(
            self.log.look, question.matter_id, question.at(first, valid_at), question.at(second, valid_at)
        )
        told = {"from": headed(self.log, first), **lanes.named(self.log.look, found)}
        return question.answer("diff", second, valid_at, told)

    @http("GET", "/matters/{id}/moments", roles=READERS, query=KNOWN | {"purpose": "string"}, answer=HEADED,
          says="the moments between which something changed, and the lanes of custody")  # fmt: skip
    def moments(self, request: Request) -> object:
        """For a machine of time with two hands: when something became known, when it was so, and who answered in between."""
        question = Question.of(self.log, request, *KNOWN, "purpose")
        size = question.size()
        found = lanes.moments(self.log.look, question.matter_id, question.at(size, None))
        return question.answer("moments", size, None, found)

"""The cursor: what a service has heard of each publisher, each event once in effect, in order, whatever the bus does.

Positions are contiguous, so what came before is dropped and what is missing is noticed by comparing two numbers; what is
missing is pulled from its publisher. The cursor moves in the transaction that holds the effects. Over what has none it
moves a moment later: with the next effect, or after a quarter of a second; whoever dies until then reads it again. What
fails is tried again message by message, counted before each attempt, and in the end parked. After a start, and where the
bus hands out something for the second time, messages go one by one as well: the process before may have died of one of
them.

It knows neither the bus nor HTTP: it is handed events, and a `pull` to ask for more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from uuid import NAMESPACE_URL, uuid5

import msgspec

from services.kernel import log, metrics
from services.kernel.clock import Clock, system_clock
from services.kernel.effects import AWAY, Books, Broken, Effects, Run, TooEarly
from services.kernel.errors import Unavailable
from services.kernel.heard import Heard, Unreadable, read_message, stream_of
from services.kernel.manifest import Manifest, OnGap
from services.kernel.message import Message, read_envelope
from services.kernel.parking import POISON, REPLAY, WAITING, Parked, Parking, forgiven, released, set_aside

Pull = Callable[[str, int, int], Sequence[bytes]]
"""`pull(publisher, after, limit)`: events past a position, in order. Raises Unavailable when the publisher does not answer."""

BATCH = 500
PAGE = 1_000
ATTEMPTS = 5
CAREFUL = 500
PASSED_EVENTS = 200
PASSED_SECONDS = 0.25
"""So many events without effect, or for so long, are passed by before the cursor moves over them on disk as well."""


@dataclass
class Place:
    """Where a service stands with one publisher, and up to where the cursor `saved` that; in between is what had no effect.

    Up to position `careful` every batch is counted before it is begun; up to `alone` it goes message by message. `begun`
    is how often what comes next was counted since it was handed in. `since` is when the first was passed by unsaved.
    """

    position: int
    careful: int
    blocked: set[str]
    saved: int
    alone: int = 0
    begun: int = 0
    since: float = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the cursor is to be moved over what was passed by."""
        passed = self.position - self.saved
        return passed > 0 and (passed >= PASSED_EVENTS or monotonic() - self.since >= PASSED_SECONDS)


class Consumer:
    """All that one service does with what others say. Its methods are called from one thread."""

    def __init__(
        self, manifest: Manifest, store: Books, pull: Pull, *,
        clock: Clock = system_clock, attempts: int = ATTEMPTS, pause: Callable[[float], None] = sleep,
    ) -> None:  # fmt: skip
        self.name, self.manifest, self.parking = manifest.name, manifest, Parking(store)
        self._store, self._pull, self._clock, self._attempts, self._pause = store, pull, clock, attempts, pause
        self._effects = Effects(manifest, store, clock)
        self._places: dict[str, Place] = {}

    # --- where it stands ---

    def position(self, publisher: str) -> int:
        """Everything of this publisher up to here has taken effect, or is parked."""
        return self._place(publisher).position

    def _place(self, publisher: str) -> Place:
        if publisher not in self._places:
            self._begin_at(publisher, self._store.cursor(publisher))
        return self._places[publisher]

    def _begin_at(self, publisher: str, position: int) -> None:
        self._places[publisher] = Place(position, position + CAREFUL, self.parking.blocked(publisher), position)

    def refresh(self, publisher: str) -> int:
        """The position, read anew where another process has moved the cursor: it may have died of what comes next."""
        known, saved = self._place(publisher), self._store.cursor(publisher)
        if saved != known.saved:
            self._begin_at(publisher, saved)
        return self.position(publisher)

    def reached(self, publisher: str) -> int:
        """The position as far as this process knows it, 0 where it knows none; from any thread."""
        place = self._places.get(publisher)
        return place.position if place else 0

    def saved(self, publisher: str) -> int:
        """The position as the cursor on disk has it."""
        return self._place(publisher).saved

    def is_due(self, publisher: str) -> bool:
        """Whether it is time to `save`."""
        place = self._places.get(publisher)
        return place is not None and place.is_due

    def save(self, publisher: str, at_once: bool = False) -> None:
        """Move the cursor over what was passed by, if it is time. Raises one of `effects.AWAY` when it cannot be."""
        place = self._place(publisher)
        if place.is_due or (at_once and place.position > place.saved):
            try:
                self._effects.pass_by(publisher, place.saved, place.position)
            except AWAY:
                self.refresh(publisher)
                raise
            place.saved = place.position

    # --- what comes ---

    def hear(self, heard: Heard, via: str = "bus") -> None:
        """Make these take effect, after all that comes before them, unless they have.

        Raises one of `effects.AWAY` when that cannot be done now; what was done until then is done.
        """
        publisher = heard.publisher
        position = self.position(publisher)
        if heard.first > position + 1:
            position = self.refresh(publisher)
        if heard.first > position + 1:
            position = self._fill(publisher, position + 1, heard.first)
        if position >= heard.first:
            metrics.repeated(self.name, publisher, min(position, heard.last) - heard.first + 1)
        if heard.again:
            place = self._place(publisher)
            place.careful = max(place.careful, heard.last)
        self._handle(heard, via)

    def _fill(self, publisher: str, expected: int, seen: int) -> int:
        """Pull what is missing before `seen`, and let the service write down that it was."""
        metrics.gap(self.name, publisher)
        log.noticed(self.name, "gap", level="warning", publisher=publisher, position=expected, count=seen - expected)
        self._tell(self.manifest.on_gap, "gap", publisher, expected, seen)
        position = self.catch_up(publisher, until=seen - 1)
        if position < seen - 1:
            raise Unavailable(f"{publisher} does not hand out what comes after {position}")
        self._tell(self.manifest.on_filled, "filled", publisher, expected, seen)
        return position

    def _tell(self, hook: OnGap, what: str, publisher: str, expected: int, seen: int) -> None:
        self._effects.ask(
            hook(publisher, expected, seen), uuid5(NAMESPACE_URL, f"{what}:{publisher}:{expected}:{seen}")
        )

    def catch_up(self, publisher: str, until: int | None = None) -> int:
        """Pull until level with the publisher, or at least to `until`; answers the position reached."""
        while (after := self.position(publisher)) < (until or after + 1):
            raws = self._pull(publisher, after, PAGE)
            self._handle(Heard(publisher, after + 1, raws), "pull")
            if len(raws) < PAGE:
                break
        return self.position(publisher)

    def _handle(self, heard: Heard, via: str) -> None:
        publisher = heard.publisher
        begun = self.position(publisher)
        try:
            while (place := self._place(publisher)).position < heard.last:
                start, place.begun = place.position + 1 - heard.first, 0
                counted = place.alone <= place.position < place.careful
                if counted and self._begin(place, publisher) > 1:
                    place.alone = place.position + BATCH
                if place.position < place.alone:
                    self._alone(place, publisher, heard.raws[start])
                else:
                    self._together(place, publisher, heard.raws[start : start + BATCH], counted)
        except AWAY:
            self._uncount(self._place(publisher), publisher)
            self.refresh(publisher)
            raise
        finally:
            self._report(heard, begun, via)

    def _begin(self, place: Place, publisher: str) -> int:
        attempts = self.parking.begin(publisher, place.position + 1)
        place.begun += 1
        return attempts

    def _uncount(self, place: Place, publisher: str) -> None:
        """What could not be done for no fault of its own has not been attempted; while that cannot be written, it has."""
        if place.begun:
            with suppress(*AWAY):
                self.parking.uncount(publisher, place.position + 1, place.begun)
            place.begun = 0

    def _report(self, heard: Heard, begun: int, via: str) -> None:
        publisher, position = heard.publisher, self.position(heard.publisher)
        metrics.behind(self.name, publisher, max(0, heard.last - position))
        if begun < position <= heard.last:
            age = _age(heard.raws[position - heard.first], self._clock)
            metrics.heard(self.name, publisher, via, position - begun, age)
            self._store.pressure.heard(age)
            log.handled(
                self.name,
                "events",
                "done",
                publisher=publisher,
                position=position,
                count=position - begun,
                ms=age * 1000,
            )

    # --- many together, or one alone ---

    def _together(self, place: Place, publisher: str, raws: Sequence[bytes], counted: bool) -> None:
        """As few transactions as the policies' need to read allows; where one fails, message by message from there.

        A batch that was `counted` and ended its process is found begun after the next start, and goes alone then.
        """
        last = place.position + len(raws)
        run = Run.at(publisher, place.position)
        if counted:
            run.aside += forgiven(publisher, place.position + 1)
        try:
            for message, raw in zip(self._ahead(publisher, place.position + 1, raws), raws, strict=True):
                run = self._take(place, run, message, raw)
            self._commit(place, run)
        except Broken:
            place.careful = max(place.careful, last)
            place.alone = max(place.alone, last)

    def _alone(self, place: Place, publisher: str, raw: bytes) -> None:
        """One message, counted before it is begun, so that it is parked even if it ends the process each time."""
        position = place.position + 1
        attempts = self._begin(place, publisher)
        if attempts > self._attempts:
            self._park(place, publisher, raw, attempts - 1, "the process ended each time this was handled")
            return
        run = Run.at(publisher, place.position)
        run.aside += forgiven(publisher, position)
        try:
            (message,) = self._ahead(publisher, position, [raw])
            self._commit(place, self._take(place, run, message, raw))
        except Broken as broken:
            log.handled(self.name, "events", "failed", publisher=publisher, position=position, attempts=attempts)
            if attempts >= self._attempts:
                self._park(place, publisher, raw, attempts, str(broken))
            else:
                self._pause(0.05 * 2**attempts)

    def _ahead(self, publisher: str, first: int, raws: Sequence[bytes]) -> list[Message | Unreadable]:
        """These messages read, and what the service looks up for many of them looked up."""
        messages = [self._read(publisher, position, raw) for position, raw in enumerate(raws, first)]
        self._effects.foresee([message for message in messages if isinstance(message, Message)])
        return messages

    def _read(self, publisher: str, position: int, raw: bytes) -> Message | Unreadable:
        try:
            return read_message(publisher, position, raw, keep=self._effects.records)
        except Unreadable as unreadable:
            return unreadable

    def _take(self, place: Place, run: Run, message: Message | Unreadable, raw: bytes) -> Run:
        """Add one message to the run; the run is committed first, and a new one begun, if the message must see it done."""
        if isinstance(message, Unreadable):
            self._aside(run, message.stream, POISON, str(message), 1, raw)
            return run
        if message.stream in place.blocked or message.stream in run.blocked:
            self._aside(run, message.stream, WAITING, "behind-another", 0, raw)
            return run
        try:
            self._effects.add(run, message)
        except TooEarly:
            self._commit(place, run)
            run = Run.at(run.publisher, run.after)
            self._effects.add(run, message)
        return run

    def _commit(self, place: Place, run: Run) -> None:
        """Write what follows from a run, with the cursor; where nothing does, only remember having passed it by."""
        if self._effects.are_in(run):
            run.before = place.saved
            self._effects.commit(run)
            place.saved = run.after
        elif place.saved == place.position:
            place.since = monotonic()
        place.position, place.begun = run.after, 0
        if run.blocked:
            place.blocked |= run.blocked
            self.parking.report(run.publisher)

    def _park(self, place: Place, publisher: str, raw: bytes, attempts: int, reason: str) -> None:
        run = Run.at(publisher, place.position)
        run.aside += forgiven(publisher, place.position + 1)
        self._aside(run, stream_of(raw), POISON, reason, attempts, raw)
        self._commit(place, run)

    def _aside(self, run: Run, stream: str, state: str, reason: str, attempts: int, raw: bytes) -> None:
        run.after += 1
        run.blocked |= {stream} - {""}
        run.aside.append(
            set_aside(Parked(run.publisher, run.after, stream, state, reason[:500], attempts, self._clock(), raw))
        )
        if state == POISON:
            metrics.poisoned(self.name, run.publisher)
            log.noticed(self.name, "parked", level="error", publisher=run.publisher, position=run.after)

    # --- what was parked ---

    def replay(self, publisher: str) -> None:
        """Handle what somebody asked to be handled again, and what waits behind it, in order."""
        streams = self.parking.due(publisher)
        for stream in streams:
            self._replay(publisher, stream)
        place = self._place(publisher)
        if streams or place.blocked:
            place.blocked = self.parking.blocked(publisher)
            self.parking.report(publisher)

    def _replay(self, publisher: str, stream: str) -> None:
        for held in self.parking.held(publisher, stream):
            alone = held.stream == ""
            if held.state == POISON or (alone and held.state != REPLAY) or not self._again(held):
                if alone:
                    continue
                return

    def _again(self, held: Parked) -> bool:
        """Handle one parked message; whether that went well. Until it has, it is poison, also if the process ends."""
        self.parking.poison(held, "the process ended while this was handled again")
        run = Run(
            held.publisher,
            held.position - 1,
            held.position - 1,
            moves=False,
            aside=list(released(held.publisher, held.position)),
        )
        try:
            (message,) = self._ahead(held.publisher, held.position, [held.raw])
            if isinstance(message, Unreadable):
                raise message
            self._effects.add(run, message)
            self._effects.commit(run)
        except (Unreadable, Broken) as broken:
            self.parking.poison(held, str(broken))
            return False
        return True


def _age(raw: bytes, clock: Clock) -> float:
    """Seconds since an event was recorded; 0 for what cannot be read."""
    try:
        return max(0.0, (clock() - read_envelope(raw).time).total_seconds())
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return 0.0

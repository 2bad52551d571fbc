"""The caller: calls every endpoint with what it lacks, each by itself, and writes down how it went.

One thread decides, others call: at most one call at a time to each endpoint, so it hears in order, and a slow or dead one
costs one waiting thread and nothing else. What is to be tried again stands in a table with its time; what was tried and
not written down before a crash is tried again, so a delivery may come twice, under the same id and number.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from random import random
from time import monotonic, perf_counter
from typing import Any
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from services.contracts.partner import DisableEndpoint
from services.kernel import log, metrics
from services.kernel.clock import system_clock
from services.kernel.effects import AWAY
from services.kernel.entrypoints import Hand
from services.kernel.message import Actor, Ask
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, drop, put
from services.partner import tables as t
from services.partner import views
from services.partner.calling import Call, Fence, Forbidden
from services.partner.domain import endpoint
from services.partner.heads import head_of
from services.partner.schedule import After, Hook, Retry, Went, after, due, is_free, pulled_forward
from services.partner.signing import Secrets, headers, secrets_of
from services.partner.thin import numbered

THREADS = 64
AT_ONCE = 50
JOB_SECONDS = 15.0
"""So long one endpoint holds a thread, then it waits its turn: many that are slow leave room for those that are not."""
PRUNED_AT_ONCE = 2_000
KEPT = timedelta(days=30)
PRUNE_SECONDS = 60.0
TICK_SECONDS = 0.25
RELOAD_SECONDS = 5.0
LEASE = timedelta(seconds=15)
COMMIT_SECONDS = 15.0
CALLER = Actor(id="partner:caller", role="service")


class Slim(msgspec.Struct):
    """A delivery's own id: it is the call's id, on every attempt."""

    id: str


_slim = msgspec.json.Decoder(Slim).decode


@dataclass(frozen=True, slots=True)
class Item:
    """A delivery to be tried, after so many attempts that failed."""

    number: int
    attempts: int
    body: bytes


@dataclass(slots=True)
class Target:
    """An endpoint as the deciding thread knows it."""

    endpoint_id: UUID
    organization_id: UUID
    url: str
    secrets: list[tuple[Secrets, datetime | None]]
    hook: Hook
    hungry: bool = True
    busy: bool = False


@dataclass(slots=True)
class Tried:
    """One attempt and what follows from it."""

    item: Item
    went: Went
    then: After
    at: datetime
    milliseconds: int


@dataclass(slots=True)
class Job:
    """Calls to one endpoint, one after the other."""

    target: Target
    items: list[Item]
    full: bool
    tried: list[Tried] = field(default_factory=list)


class Caller:
    """A companion of the partner service; `run` is the body of its deciding thread."""

    name = "caller"

    def __init__(self, hand: Hand) -> None:
        self._hand, self._look, self._clock = hand, hand.look, hand.store.clock
        self._master, self._fence = hand.settings.webhook_key, Fence.of(hand.settings.webhook_allow)
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._news: set[UUID] = set()
        self._reload_at = self._leased_until = self._prune_at = 0.0
        self._targets: dict[UUID, Target] = {}
        self._done: SimpleQueue[Job] = SimpleQueue()
        self._me = uuid4()
        hand.watcher.listeners.append(self._grown)

    def stop(self) -> None:
        """Ask the thread to end: what is being called is not waited for, and called again after the next start."""
        self._stopping.set()
        self._awake.set()

    def _grown(self, streams: Mapping[str, int]) -> None:
        """From the watcher's thread."""
        with self._lock:
            for stream in streams:
                kind, _, ident = stream.partition("/")
                if kind == "sequence":
                    self._news.add(UUID(ident))
                elif kind == "endpoint":
                    self._reload_at = 0.0
        self._awake.set()

    # --- the deciding thread ---

    def run(self) -> None:
        """Until stopped: see who is to be called, have them called, write down how it went."""
        pool = ThreadPoolExecutor(THREADS, "partner-call")
        try:
            while not self._stopping.is_set():
                try:
                    self._step(pool)
                except Exception as failure:  # noqa: BLE001 - a caller that ended silently would be worse than any error
                    log.noticed("partner", "call-failed", level="warning", error=failure)
                    self._targets.clear()
                    self._reload_at = 0.0
                    self._stopping.wait(1.0)
                self._awake.wait(TICK_SECONDS)
                self._awake.clear()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _step(self, pool: ThreadPoolExecutor) -> None:
        self._finish()
        if not self._may_call():
            return
        self._reload()
        self._prune()
        now = self._clock()
        retries = self._due(now)
        for target in self._targets.values():
            waiting = retries.get(target.endpoint_id, [])
            if target.busy or not is_free(target.hook, now) or not (target.hungry or waiting):
                continue
            job = self._job(target, due(target.hook, waiting, now))
            if job.items:
                target.busy = True
                pool.submit(self._call, job)

    def _prune(self) -> None:
        """The log of calls is kept for a month."""
        if monotonic() < self._prune_at:
            return
        self._prune_at = monotonic() + PRUNE_SECONDS
        old = self._look.run(sa.select(t.called).where(t.called.c.at < self._clock() - KEPT).limit(PRUNED_AT_ONCE))
        if old:
            self._write([drop(t.called, row["endpoint_id"], row["number"], row["at"]) for row in old])

    def _may_call(self) -> bool:
        """Whether this process is the one that calls: it holds a lease, and renews it long before it ends."""
        if monotonic() < self._leased_until:
            return True
        now, row = self._clock(), self._look.one(t.claim, self.name)
        if row is not None and row["holder"] != self._me and row["until"] > now and row["until"] < now + 2 * LEASE:
            return False
        self._write([put(t.claim, self.name, holder=self._me, until=now + LEASE)])
        row = self._look.one(t.claim, self.name)
        if row is None or row["holder"] != self._me:
            return False
        self._leased_until = monotonic() + LEASE.total_seconds() / 3
        return True

    def _reload(self) -> None:
        """Take up the endpoints as they are now, and which sequences have grown."""
        with self._lock:
            news, self._news = self._news, set()
            again = monotonic() >= self._reload_at
            if again:
                self._reload_at = monotonic() + RELOAD_SECONDS
        if again:
            self._take_up()
        for target in self._targets.values():
            target.hungry |= target.organization_id in news

    def _take_up(self) -> None:
        e, a = t.endpoint.c, t.address.c
        joined = t.endpoint.join(t.address, e.endpoint_id == a.endpoint_id)
        rows = self._look.run(sa.select(t.endpoint, a.url).select_from(joined).where(e.state == "active"))
        hooks = {row["endpoint_id"]: row for row in self._look.all(t.hook)}
        found: dict[UUID, Target] = {}
        for row in rows:
            known = self._targets.get(row["endpoint_id"])
            made = self._target(row, hooks.get(row["endpoint_id"]))
            if known is not None:
                made.busy, made.hungry = known.busy, known.hungry
                made.hook = known.hook if known.busy else made.hook
            found[made.endpoint_id] = made
        self._targets = found

    def _target(self, row: dict[str, Any], hook: dict[str, Any] | None) -> Target:
        generation, ident = row["generation"], row["endpoint_id"]
        live: list[tuple[Secrets, datetime | None]] = [(secrets_of(self._master, ident, generation), None)]
        if row["old_until"] is not None:
            live.append((secrets_of(self._master, ident, generation - 1), row["old_until"]))
        stands = Hook(row["after"]) if hook is None else Hook(hook["number"], hook["failures"], hook["rests_until"])
        return Target(ident, row["organization_id"], row["url"], live, stands)

    def _due(self, now: datetime) -> dict[UUID, list[Retry]]:
        found = dict[UUID, list[Retry]]()
        free = [ident for ident, each in self._targets.items() if not each.busy and is_free(each.hook, now)]
        for row in self._look.run(views.owed(free, now, AT_ONCE)) if free else ():
            retry = Retry(row["number"], row["attempts"], row["due_at"])
            found.setdefault(row["endpoint_id"], []).append(retry)
        return found

    def _job(self, target: Target, retries: list[Retry]) -> Job:
        """What is due again first, then what was never tried, unless the endpoint is down."""
        again = {retry.number: retry.attempts for retry in retries[:AT_ONCE]}
        items: list[Item] = []
        if again:
            rows = self._look.run(views.numbers(target.organization_id, sorted(again)))
            items = [Item(row["number"], again[row["number"]], bytes(row["body"])) for row in rows]
        left = AT_ONCE - len(items)
        if target.hook.is_down or not left or not target.hungry:
            return Job(target, items, full=target.hungry)
        fresh = self._look.run(views.following(target.organization_id, target.hook.number, left))
        items += [Item(row["number"], 0, bytes(row["body"])) for row in fresh]
        target.hungry = False
        return Job(target, items, full=len(fresh) == left)

    # --- threads that call ---

    def _call(self, job: Job) -> None:
        try:
            self._call_all(job)
        except Exception as fault:
            log.noticed("partner", "call-fault", level="error", error=fault)
        finally:
            self._done.put(job)
            self._awake.set()

    def _call_all(self, job: Job) -> None:
        """One call after the other, until one fails in a way that the next one would share."""
        target, hook = job.target, job.target.hook
        call: Call | None = None
        until = monotonic() + JOB_SECONDS
        for item in job.items:
            if self._stopping.is_set() or monotonic() > until:
                break
            now, began = self._clock(), perf_counter()
            went, call = self._post(call, target, item, now)
            seconds = perf_counter() - began
            then = after(hook, item.number, item.attempts, went, now, random())
            hook = then.hook
            job.tried.append(Tried(item, went, then, now, int(seconds * 1000)))
            metrics.handled("partner", "webhook", "done" if went.well else "failed", seconds)
            if not went.well and (went.status is None or hook.is_down or then.disable or hook.rests_until):
                break
        if call is not None:
            call.close()

    def _post(self, call: Call | None, target: Target, item: Item, now: datetime) -> tuple[Went, Call | None]:
        try:
            call = call or Call(self._fence, target.url)
        except Forbidden as no:
            return Went(no.reason), None
        except OSError:
            return Went("unknown-host"), None
        body = numbered(item.number, item.body)
        live = [secrets for secrets, until in target.secrets if until is None or until > now]
        sent = headers(_slim(item.body).id, now, body, live) | head_of(self._hand).headers
        return call.post(body, sent, now), call

    # --- writing down ---

    def _finish(self) -> None:
        """Take in what the calling threads have done, all of it in one commit."""
        jobs: list[Job] = []
        while len(jobs) < 200:
            try:
                jobs.append(self._done.get_nowait())
            except Empty:
                break
        if not jobs:
            return
        changes = [change for job in jobs for change in self._changes(job)]
        self._write(changes, [order for job in jobs for order in self._disabling(job)])
        for job in jobs:
            self._release(job)

    def _release(self, job: Job) -> None:
        target = self._targets.get(job.target.endpoint_id)
        if target is None:
            return
        target.busy = False
        if any(each.then.disable for each in job.tried):
            del self._targets[job.target.endpoint_id]  # not called again before it is known to be enabled
            return
        if job.tried:
            target.hook = job.tried[-1].then.hook
        missed = len(job.tried) < len(job.items)
        target.hungry |= job.full or missed

    def _changes(self, job: Job) -> list[Change]:
        ident = job.target.endpoint_id
        found: list[Change] = []
        for each in job.tried:
            number, then = each.item.number, each.then
            said = each.went.outcome if not then.given_up else "given-up"
            found.append(put(t.called, ident, number, each.at, outcome=said, status=each.went.status,
                             milliseconds=each.milliseconds))  # fmt: skip
            if then.retry is not None:
                found.append(put(t.retry, ident, number, attempts=then.retry.attempts, due_at=then.retry.due_at))
            elif each.item.attempts or then.given_up or not each.went.well:
                found.append(drop(t.retry, ident, number))
            if each.went.well:
                found.append(drop(t.retry, ident, number))
        if job.tried:
            hook = job.tried[-1].then.hook
            found.append(put(t.hook, ident, number=hook.number, failures=hook.failures, rests_until=hook.rests_until))
        if any(each.then.recovered for each in job.tried):
            found += self._forward(ident, {each.item.number for each in job.tried})
        return found

    def _forward(self, ident: UUID, but: set[int]) -> list[Change]:
        now = self._clock()
        waiting = [Retry(r["number"], r["attempts"], r["due_at"]) for r in self._look.all(t.retry, endpoint_id=ident)]
        return [
            put(t.retry, ident, retry.number, attempts=retry.attempts, due_at=retry.due_at)
            for retry in pulled_forward(waiting, now) if retry.number not in but
        ]  # fmt: skip

    def _disabling(self, job: Job) -> list[Order]:
        now = system_clock()
        reasons = [each.then.disable for each in job.tried if each.then.disable]
        ask = Ask(id=uuid4(), now=now, at=now, actor=CALLER, channel="system")
        command = [DisableEndpoint(reason_code=reason) for reason in reasons[:1]]
        return [Order(endpoint.DECIDER, job.target.endpoint_id, each, ask, fresh=True) for each in command]

    def _write(self, changes: list[Change], orders: list[Order] | None = None) -> None:
        try:
            unit = Unit(orders=orders or [], rows=list(changes), lenient=True)
            self._hand.store.submit(unit).result(COMMIT_SECONDS)
        except AWAY:
            self._targets.clear()
            self._reload_at = 0.0
            raise

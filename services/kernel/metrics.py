"""Every figure that the hub shows at /metrics: named here and nowhere else, told by functions.

Labels are names that stand in the code (services, kinds of messages, outcomes), never an id and never a person.
One process has one registry; where several services share it, the label `service` keeps them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Metric = TypeVar("Metric", Counter, Gauge, Histogram)

REGISTRY = CollectorRegistry(auto_describe=True)
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(name, text, ("service", *labels), registry=REGISTRY)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(name, text, ("service", *labels), registry=REGISTRY)


def _histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(name, text, ("service", *labels), registry=REGISTRY, buckets=buckets)


HANDLED = _counter("hub_handled_total", "Messages handled: commands asked and events heard.", "message", "outcome")
HANDLE = _histogram("hub_handle_seconds", "From a message's arrival to its answer.", QUICK, "message")
ANSWERED = _counter("hub_http_answers_total", "HTTP answers given.", "method", "status")

POSITION = _gauge("hub_log_position", "The head of the service's log.")
APPENDED = _counter("hub_appended_events_total", "Events appended to the log.")
COMMIT = _histogram("hub_commit_seconds", "One commit of the store.", QUICK)
COMMIT_UNITS = _histogram("hub_commit_units", "How many units shared one commit.", SIZES)
STORE_FAILED = _counter("hub_store_failures_total", "Commits that the database did not take.", "reason")

RELAY_LAG = _gauge("hub_relay_lag_seconds", "Age of the oldest event that the broker has not confirmed.", "output")
RELAY_BEHIND = _gauge("hub_relay_behind_events", "Events that the broker has not confirmed yet.", "output")
RELAYED = _counter("hub_relayed_events_total", "Events that the broker has confirmed.", "output")
UNROUTED = _counter(
    "hub_unrouted_events_total",
    "Events that no queue was bound for, where nobody needs to listen; of many sent at once, one tells.",
    "output",
)
RELAY_FAILED = _counter("hub_relay_failures_total", "Publishes that were not confirmed.", "output", "reason")

HEARD = _counter("hub_heard_events_total", "Events of others taken in.", "publisher", "via")
REPEATED = _counter("hub_repeated_events_total", "Events that were known already and passed over.", "publisher")
GAPS = _counter("hub_gaps_total", "Gaps in a publisher's positions, each closed by pulling.", "publisher")
BEHIND = _gauge("hub_consumer_behind_events", "Events of a publisher known to exist and not taken in.", "publisher")
CONSUMER_LAG = _gauge("hub_consumer_lag_seconds", "From recorded to taken in, of the last event.", "publisher")
RECORDED_AFTER = _histogram("hub_heard_after_seconds", "From recorded to taken in, of the last.", QUICK, "publisher")
PULL_FAILED = _counter("hub_pull_failures_total", "Pulls of a publisher's events that failed.", "publisher", "reason")

PARKED = _gauge("hub_parked_messages", "Messages set aside, and those that wait behind them.", "publisher", "state")
POISONED = _counter("hub_poisoned_total", "Messages parked because they keep failing.", "publisher")

VIEW_LAG = _gauge("hub_view_lag_events", "Events that a view still lacks while it is rebuilt.", "view")
TIMER_LAG = _gauge("hub_timer_lag_seconds", "How long the oldest due row of a timer has waited.", "timer")

DUTY_FAILED = _counter("hub_duty_failures_total", "Turns of a service's duties that failed.", "duty", "reason")

KEYS = _counter("hub_vault_keys_total", "Keys of persons: created, restricted, destroyed.", "act")
OPENED = _counter("hub_vault_opened_total", "Sealed values that were opened, for whatever end.", "category")
UNREADABLE = _counter("hub_vault_unreadable_total", "Sealed values that could not be opened.", "reason")

TREE_SIZE = _gauge("hub_audit_tree_size", "Entries in the audit ledger.")
SIGNED_SIZE = _gauge("hub_audit_signed_size", "Entries under the last signed checkpoint.")
SIGNED_AT = _gauge("hub_audit_signed_timestamp_seconds", "When the last checkpoint was signed, as seconds since 1970.")
SIGNING_HALTED = _gauge("hub_audit_signing_halted", "1 while the ledger is damaged and nothing is signed.")
PENDING = _gauge(
    "hub_audit_pending_seconds", "Age of the oldest signed checkpoint that waits for its witnesses' quorum."
)
WITNESS_ANSWERS = _gauge("hub_audit_witness_answers", "1 while this witness of the policy cosigns.", "witness")
INSPECTED_AT = _gauge(
    "hub_audit_inspected_timestamp_seconds", "When the last whole round of checks ended, as seconds since 1970."
)
CROOKED = _gauge("hub_audit_crooked_rows", "Derived rows that are not what the ledger gives.")
DIFFERENCES = _gauge("hub_audit_differences", "Differences between the ledger and its publishers' logs that are open.")
CUSTODY_BROKEN = _gauge("hub_custody_broken", "Open matters and needs without exactly one accountable party.")


@cache
def _child(metric: Metric, *labels: str) -> Any:
    """One time series, kept: finding it by its labels each time would cost more than counting."""
    return metric.labels(*labels)


# --- messages -----------------------------------------------------------------------------------------------------


def handled(service: str, message: str, outcome: str, seconds: float) -> None:
    """A command was answered or an event was taken in: done, again, refused or failed.

    `message` is a name that the code knows; a type that came from outside and is not known is called `unknown`.
    """
    _child(HANDLED, service, message, outcome).inc()
    _child(HANDLE, service, message).observe(seconds)


def answered(service: str, method: str, status: int) -> None:
    """An HTTP request was answered."""
    _child(ANSWERED, service, method, str(status)).inc()


# --- store --------------------------------------------------------------------------------------------------------


def committed(service: str, position: int, events: int, units: int, seconds: float) -> None:
    """The store committed a group: the log's new head, and what the commit held."""
    _child(POSITION, service).set(position)
    _child(APPENDED, service).inc(events)
    _child(COMMIT, service).observe(seconds)
    _child(COMMIT_UNITS, service).observe(units)


def store_failed(service: str, reason: str) -> None:
    """The database did not take a commit; `reason` is the error's class."""
    _child(STORE_FAILED, service, reason).inc()


# --- relay --------------------------------------------------------------------------------------------------------


def relayed(service: str, output: str, events: int) -> None:
    """The broker confirmed so many events of one output (`events` or `log`)."""
    _child(RELAYED, service, output).inc(events)


def relay_lag(service: str, output: str, events: int, seconds: float) -> None:
    """How much of the log the broker has not confirmed, and how old its oldest event is."""
    _child(RELAY_BEHIND, service, output).set(events)
    _child(RELAY_LAG, service, output).set(seconds)


def unrouted(service: str, output: str) -> None:
    """Nobody listens for one event of an output where nobody needs to."""
    _child(UNROUTED, service, output).inc()


def relay_failed(service: str, output: str, reason: str) -> None:
    """A publish was not confirmed: returned, refused, timed out, or the connection is gone."""
    _child(RELAY_FAILED, service, output, reason).inc()


# --- consumer -----------------------------------------------------------------------------------------------------


def heard(service: str, publisher: str, via: str, events: int, seconds: float) -> None:
    """So many events were taken in by `bus` or `pull`, the last of them so long after it was recorded."""
    _child(HEARD, service, publisher, via).inc(events)
    _child(CONSUMER_LAG, service, publisher).set(seconds)
    _child(RECORDED_AFTER, service, publisher).observe(seconds)


def repeated(service: str, publisher: str, events: int) -> None:
    """So many events came again and were passed over."""
    _child(REPEATED, service, publisher).inc(events)


def gap(service: str, publisher: str) -> None:
    """A position was skipped, and the publisher is asked for what is missing."""
    _child(GAPS, service, publisher).inc()


def behind(service: str, publisher: str, events: int) -> None:
    """So many events of a publisher are known to exist and are not taken in."""
    _child(BEHIND, service, publisher).set(events)


def pull_failed(service: str, publisher: str, reason: str) -> None:
    """A publisher did not answer for its events."""
    _child(PULL_FAILED, service, publisher, reason).inc()


def poisoned(service: str, publisher: str) -> None:
    """A message kept failing and was parked."""
    _child(POISONED, service, publisher).inc()


def parked(service: str, publisher: str, poison: int, waiting: int) -> None:
    """So many messages of a publisher are set aside now."""
    _child(PARKED, service, publisher, "poison").set(poison)
    _child(PARKED, service, publisher, "waiting").set(waiting)


# --- views, timers, vault, audit ----------------------------------------------------------------------------------


def view_lag(service: str, view: str, events: int) -> None:
    """So many events are still to be folded into a view that is being rebuilt."""
    _child(VIEW_LAG, service, view).set(events)


def timer_lag(service: str, timer: str, seconds: float) -> None:
    """The oldest row that is due has waited so long; 0 when none is."""
    _child(TIMER_LAG, service, timer).set(seconds)


def duty_failed(service: str, duty: str, reason: str) -> None:
    """A turn of a duty failed; `reason` is the error's class."""
    _child(DUTY_FAILED, service, duty, reason).inc()


def key(service: str, act: str, count: int = 1) -> None:
    """Keys of persons were created, restricted or destroyed."""
    _child(KEYS, service, act).inc(count)


def opened(service: str, categories: Iterable[str]) -> None:
    """Sealed values of these categories were opened."""
    for category in categories:
        _child(OPENED, service, category).inc()


def unreadable(service: str, reason: str, count: int = 1) -> None:
    """Sealed values could not be opened: `destroyed`, `restricted`, `missing` or `damaged`."""
    _child(UNREADABLE, service, reason).inc(count)


def tree_size(service: str, size: int) -> None:
    """The audit ledger holds so many entries."""
    _child(TREE_SIZE, service).set(size)


def cosigned(service: str, pending_seconds: float, witnesses: dict[str, bool]) -> None:
    """How long the oldest head has waited for its quorum, and which witnesses, by their names in the policy, answer."""
    _child(PENDING, service).set(pending_seconds)
    for name, answers in witnesses.items():
        _child(WITNESS_ANSWERS, service, name).set(int(answers))


def signed(service: str, size: int, seconds: float) -> None:
    """A checkpoint of this size was signed at this second."""
    _child(SIGNED_SIZE, service).set(size)
    _child(SIGNED_AT, service).set(seconds)


def signing_halted(service: str, halted: bool) -> None:
    """Whether the ledger is damaged and nothing is signed."""
    _child(SIGNING_HALTED, service).set(int(halted))


def inspected(service: str, done: float | None, crooked: int) -> None:
    """A slice was checked; `done` is the second at which a round ended with it, `crooked` how many derived rows are wrong."""
    if done is not None:
        _child(INSPECTED_AT, service).set(done)
    _child(CROOKED, service).set(crooked)


def differences(service: str, count: int) -> None:
    """So many differences between the ledger and the logs of its publishers are open."""
    _child(DIFFERENCES, service).set(count)


def custody_broken(service: str, count: int) -> None:
    """So many open matters and needs have no accountable party, or two."""
    _child(CUSTODY_BROKEN, service).set(count)


@cache
def _prepare() -> None:
    """Once, when somebody first asks: figures of the process itself, and no sample that says when a sample began."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    ProcessCollector(registry=REGISTRY)
    PlatformCollector(registry=REGISTRY)
    GCCollector(registry=REGISTRY)


def render() -> bytes:
    """Everything, as Prometheus reads it."""
    _prepare()
    return generate_latest(REGISTRY)

"""Figures: each stands at /metrics under its service, with labels that come from the code."""

import re

from services.kernel import metrics


def figures(name: str) -> dict[str, float]:
    """The samples of one name, by their labels."""
    found = re.findall(rf"^{name}\{{(.*?)\}} (\S+)$", metrics.render().decode(), re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def test_handled_messages_are_counted_by_outcome() -> None:
    metrics.handled("t1", "accept-referral", "done", 0.002)
    metrics.handled("t1", "accept-referral", "done", 0.004)
    metrics.handled("t1", "accept-referral", "refused", 0.001)
    counted = figures("hub_handled_total")
    assert counted['message="accept-referral",outcome="done",service="t1"'] == 2
    assert counted['message="accept-referral",outcome="refused",service="t1"'] == 1
    assert figures("hub_handle_seconds_count")['message="accept-referral",service="t1"'] == 3


def test_services_of_one_process_are_kept_apart() -> None:
    metrics.tree_size("t2", 7)
    metrics.tree_size("t3", 9)
    sizes = figures("hub_audit_tree_size")
    assert (sizes['service="t2"'], sizes['service="t3"']) == (7, 9)


def test_a_commit_shows_head_events_and_company() -> None:
    metrics.committed("t4", position=120, events=20, units=8, seconds=0.003)
    assert figures("hub_log_position")['service="t4"'] == 120
    assert figures("hub_appended_events_total")['service="t4"'] == 20
    assert figures("hub_commit_units_sum")['service="t4"'] == 8


def test_parked_messages_are_told_apart_from_those_that_wait() -> None:
    metrics.parked("t5", "intake", poison=1, waiting=4)
    shown = figures("hub_parked_messages")
    assert shown['publisher="intake",service="t5",state="poison"'] == 1
    assert shown['publisher="intake",service="t5",state="waiting"'] == 4


def test_every_function_tells_its_figure() -> None:
    metrics.answered("t6", "POST", 201)
    metrics.store_failed("t6", "DatabaseGone")
    metrics.relayed("t6", "log", 200)
    metrics.relay_lag("t6", "log", 3, 0.5)
    metrics.unrouted("t6", "events")
    metrics.relay_failed("t6", "log", "returned")
    metrics.heard("t6", "intake", "bus", 5, 0.01)
    metrics.repeated("t6", "intake", 2)
    metrics.gap("t6", "intake")
    metrics.behind("t6", "intake", 4)
    metrics.pull_failed("t6", "intake", "ConnectionError")
    metrics.poisoned("t6", "intake")
    metrics.view_lag("t6", "case", 10)
    metrics.timer_lag("t6", "offers", 2.5)
    metrics.key("t6", "created")
    metrics.opened("t6", ["identity"])
    metrics.unreadable("t6", "destroyed")
    metrics.custody_broken("t6", 1)
    names = set(re.findall(r'^(hub_\w+)\{.*service="t6".*\}', metrics.render().decode(), re.MULTILINE))
    assert {name for name in names if not name.endswith(("_bucket", "_sum", "_count"))} == {
        "hub_http_answers_total", "hub_store_failures_total", "hub_relayed_events_total", "hub_relay_behind_events",
        "hub_relay_lag_seconds", "hub_relay_failures_total", "hub_unrouted_events_total",
        "hub_heard_events_total", "hub_consumer_lag_seconds",
        "hub_repeated_events_total", "hub_gaps_total", "hub_consumer_behind_events", "hub_pull_failures_total",
        "hub_poisoned_total", "hub_view_lag_events", "hub_timer_lag_seconds", "hub_vault_keys_total",
        "hub_vault_opened_total", "hub_vault_unreadable_total", "hub_custody_broken",
    }  # fmt: skip


def test_the_process_is_watched_too() -> None:
    shown = metrics.render()
    assert b"process_resident_memory_bytes" in shown
    assert b"_created" not in shown

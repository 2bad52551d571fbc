"""Many commands in one request: each is read, let through, sealed, decided and answered by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from eventlet import tpool

from services.kernel.entrypoints.asking import Asked, Asking, wait
from services.kernel.entrypoints.guard import Foreseen
from services.kernel.entrypoints.log import Opened
from services.kernel.entrypoints.problems import problem
from services.kernel.entrypoints.request import Reply, Request
from services.kernel.errors import ContractBroken, FieldProblem, HubError, NotAllowed
from services.kernel.rehearsal import Trial, rehearse
from services.kernel.unit import Done, Unit

BATCH_COMMANDS = 500
BATCH_BYTES = 4 * 1024 * 1024

Item = Asked | HubError
"""A command that was read, or what stands against it."""


def batch(opened: Opened) -> Callable[[Request], Reply]:
    """`POST /commands`: up to 500 commands, each `{command, key, path?, approval?, body}`, each with an answer of its own.

    With `?dry_run=true` the answers are those that there would be, and nothing is written (see `rehearsal`).
    """

    def answer(request: Request) -> Reply:
        items = request.json
        if not isinstance(items, list) or not 0 < len(items) <= BATCH_COMMANDS:
            raise ContractBroken(
                _wrong("", f"a list of 1 to {BATCH_COMMANDS} commands", f"1 至 {BATCH_COMMANDS} 条命令的列表")
            )
        done = _rehearsed if _is_trial(request) else _done
        return Reply(done(opened, [_read(opened, request, item) for item in items]))

    return answer


def _is_trial(request: Request) -> bool:
    request.only("dry_run")
    given = request.query.get("dry_run", "false")
    if given not in ("true", "false"):
        raise ContractBroken(_wrong("dry_run", "true or false", "true 或 false"))
    return given == "true"


def _read(opened: Opened, request: Request, item: Any) -> Item:
    try:
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("command"), str)
            or item["command"] not in opened.commands
        ):
            raise ContractBroken(_wrong("command", "the name of a command of this service", "本服务的命令名称"))
        asking = opened.commands[item["command"]]
        if asking.roles and request.actor.role not in asking.roles:
            raise NotAllowed(asking.roles)
        key, approval = str(item.get("key") or ""), str(item.get("approval") or "")
        return asking.read(request, item.get("body"), key, _path(asking, item), approval)
    except HubError as error:
        return error


def _path(asking: Asking, item: dict[str, Any]) -> dict[str, Any]:
    path = item.get("path") or {}
    if not isinstance(path, dict):
        raise ContractBroken(_wrong("path", "a JSON object", "JSON 对象"))
    if asking.creates:
        return path
    try:
        return path | {"id": UUID(str(path["id"]))}
    except (KeyError, ValueError) as wrong:
        raise ContractBroken(_wrong("path.id", "a UUID", "UUID 标识")) from wrong


# --- in earnest -----------------------------------------------------------------------------------------------------


def _done(opened: Opened, items: list[Item]) -> list[dict[str, Any]]:
    if any(isinstance(item, Asked) and item.waits for item in items):
        items = tpool.execute(_made_ready, opened, items)
    units = [Unit([item.order]) for item in items if isinstance(item, Asked)]
    results = iter(wait(opened, units) if units else ())
    return [_answer(item, next(results) if isinstance(item, Asked) else item) for item in items]


def _made_ready(opened: Opened, items: Sequence[Item]) -> list[Item]:
    """Those who may ask let through, and what is personal sealed: all are looked up together, and all new keys are made
    in one commit.
    """
    look = Foreseen(opened.store.views, (each for item in items if isinstance(item, Asked) for each in item.looks()))
    subjects = [item.subject for item in items if isinstance(item, Asked) and item.is_personal]
    if subjects:
        opened.hand.vault.ring.expect(subjects)
    return [_attempt(item, lambda asked: asked.make_ready(look)) for item in items]


def _attempt(item: Item, step: Callable[[Asked], None]) -> Item:
    try:
        if isinstance(item, Asked):
            step(item)
    except HubError as error:
        return error
    return item


# --- as a rehearsal -------------------------------------------------------------------------------------------------


def _rehearsed(opened: Opened, items: list[Item]) -> list[dict[str, Any]]:
    """What would be answered: who asks is let through by the views as they would be by then."""
    return tpool.execute(_tried, opened, items)  # type: ignore[no-any-return]


def _tried(opened: Opened, items: list[Item]) -> list[dict[str, Any]]:
    # Whoever is refused for what cannot be sealed is refused for what he may not see first.
    subjects = {item.subject for item in items if isinstance(item, Asked) and item.is_personal}
    foreseen = opened.hand.vault.ring.foresee(subjects) if subjects else {}
    trials = []
    for item in (item for item in items if isinstance(item, Asked)):
        against = foreseen.get(item.subject) if item.is_personal else None
        item.leave_unsealed(item.subject in foreseen)
        trials.append(Trial(Unit([item.order]), item.check if item.is_watched else None, against))
    results = iter(rehearse(opened.store, trials) if trials else ())
    return [_answer(item, next(results) if isinstance(item, Asked) else item) for item in items]


# --- answers --------------------------------------------------------------------------------------------------------


def _answer(item: Item, outcome: Any) -> dict[str, Any]:
    if isinstance(outcome, Done) and isinstance(item, Asked):
        reply = item.asking.reply(outcome)
        return {"status": reply.status, **reply.value} | ({"again": True} if outcome.again else {})
    status, document = problem(outcome)
    return document | {"status": status}


def _wrong(field: str, en: str, zh: str) -> FieldProblem:
    return FieldProblem(field=field, code="invalid", expected_en=en, expected_zh=zh)

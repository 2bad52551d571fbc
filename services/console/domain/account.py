"""An account: opened and looked after by an administrator, its secrets changed by its holder alone.

The stream is named by the holder's id, so one id is one account for ever, and no second person ever comes in under it.
Secrets are not here: the shell keeps them beside the log, in the same transaction as the event that tells of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from services.contracts.console import (
    AccountBound,
    AccountInvited,
    AccountOpened,
    AccountReinstated,
    AccountRoleChanged,
    AccountSessionsEnded,
    AccountSuspended,
    AccountUnbound,
    BindAccount,
    ChangeAccountRole,
    EndAccountSessions,
    EnrolSecondFactor,
    InviteHolder,
    OpenAccount,
    PasswordSet,
    RecoveryCodeUsed,
    ReinstateAccount,
    ResetSecondFactor,
    SecondFactorEnrolled,
    SecondFactorReset,
    SetPassword,
    SuspendAccount,
    UnbindAccount,
    UseRecoveryCode,
)
from services.contracts.visibility import BOUND
from services.contracts.words import ROLES
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

NAMES = UUID("a3b8f0c4-1e57-5d0f-9a56-0f6f41b7d2c9")
"""The namespace of accounts' streams."""
HOLDERS_ROLES = tuple(role for role in ROLES if role != "service")
INVITED_FOR = timedelta(days=7)
MOST_CODES = 20
KEEPER = "administrator"

Command = (
    OpenAccount | ChangeAccountRole | SuspendAccount | ReinstateAccount | InviteHolder | SetPassword | EnrolSecondFactor
    | ResetSecondFactor | UseRecoveryCode | BindAccount | UnbindAccount | EndAccountSessions
)  # fmt: skip
Event = (
    AccountOpened | AccountRoleChanged | AccountSuspended | AccountReinstated | AccountInvited | PasswordSet
    | SecondFactorEnrolled | SecondFactorReset | RecoveryCodeUsed | AccountBound | AccountUnbound | AccountSessionsEnded
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision is told of other accounts: how many others are administrators and good, and whose a sign-in is."""

    other_keepers: int = 0
    bound_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Active:
    """An account that lets its holder in; `codes` are the numbers of the recovery codes that are left."""

    holder: str
    role: str
    org: str | None = None
    invited_until: datetime | None = None
    codes: tuple[int, ...] = ()
    bindings: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspended:
    """An account that lets nobody in, as it was."""

    was: Active


State = Active | Suspended | None


def stream_of(holder: str) -> UUID:
    """The stream of one holder's account."""
    return uuid5(NAMES, f"account/{holder}")


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command."""
    if isinstance(command, OpenAccount):
        return open_(command, state, ask)
    if state is None:
        raise NotFound("no such account")
    decided: Callable[[Any, Any, Ask], list[Event]] = DECIDED[type(command)]
    return decided(command, state, ask)


def _by_keeper(ask: Ask) -> None:
    if ask.actor.role != KEEPER:
        raise Refused("not-administrator", "Only an administrator looks after accounts.", "账号由管理员管理。")


def _by_another(known: Active, ask: Ask) -> None:
    """An administrator who could raise himself, or lock himself out, would need nobody."""
    _by_keeper(ask)
    if ask.actor.id == known.holder:
        raise Refused(
            "own-account", "Another administrator does this to your account.", "请由另一位管理员处理您的账号。"
        )


def _by_holder(known: Active, ask: Ask) -> None:
    if ask.actor.id != known.holder:
        raise Refused("not-yours", "Only the holder of an account changes its secrets.", "只有本人可更改其登录凭据。")


def _active(state: Active | Suspended) -> Active:
    if isinstance(state, Suspended):
        raise Refused("account-suspended", "This account is suspended; reinstate it first.", "账号已停用, 请先恢复。",
                      allowed=("reinstate-account",))  # fmt: skip
    return state


def _role(role: str, org: str | None) -> None:
    if role not in HOLDERS_ROLES:
        options = ", ".join(HOLDERS_ROLES)
        raise Refused("no-such-role", f"A role is one of: {options}.", f"角色须为以下之一: {options}。", field="role")
    if role in BOUND and not org:
        raise Refused("no-organization", "Say for which station (its area code) or organization (its id) he acts.",
                      "请注明所属站点 (区划代码) 或机构 (标识)。", field="org")  # fmt: skip


def _not_the_last(known: Active, ask: Ask) -> None:
    if known.role == KEEPER and ask.facts.other_keepers == 0:
        raise Refused("last-administrator", "This is the last administrator; open another account first.",
                      "这是最后一位管理员, 请先开立另一个管理员账号。", allowed=("open-account",))  # fmt: skip


def open_(command: OpenAccount, state: State, ask: Ask) -> list[Event]:
    """An id is one account's for ever: opened again the same way it is open, another way it is taken."""
    _by_keeper(ask)
    _role(command.role, command.org)
    if state is None:
        return [AccountOpened(holder=command.holder, role=command.role, org=command.org)]
    if isinstance(state, Active) and (state.role, state.org) == (command.role, command.org):
        return []
    raise Refused("holder-taken", "This id has an account already; change that one, or take another id.",
                  "此编号已有账号; 请修改该账号, 或换一个编号。", allowed=("change-account-role", "reinstate-account"),
                  field="holder")  # fmt: skip


def change_role(command: ChangeAccountRole, state: Active | Suspended, ask: Ask) -> list[Event]:
    """In one role at a time; never one's own, and one administrator always stays."""
    known = _active(state)
    _by_another(known, ask)
    _role(command.role, command.org)
    if (known.role, known.org) == (command.role, command.org):
        return []
    if command.role != KEEPER:
        _not_the_last(known, ask)
    return [AccountRoleChanged(role=command.role, org=command.org)]


def suspend(command: SuspendAccount, state: Active | Suspended, ask: Ask) -> list[Event]:
    """Suspended twice is suspended."""
    if isinstance(state, Suspended):
        return []
    _by_another(state, ask)
    _not_the_last(state, ask)
    return [AccountSuspended(reason_code=command.reason_code)]


def reinstate(command: ReinstateAccount, state: Active | Suspended, ask: Ask) -> list[Event]:
    """Whoever is not suspended needs no reinstating."""
    if isinstance(state, Active):
        return []
    _by_another(state.was, ask)
    return [AccountReinstated()]


def invite(command: InviteHolder, state: Active | Suspended, ask: Ask) -> list[Event]:
    """A link is good for a week at most; a new one ends the old one."""
    known = _active(state)
    _by_another(known, ask)
    if not ask.now < command.until <= ask.now + INVITED_FOR:
        raise Refused(
            "expiry-out-of-range", "A link is good for a week at most.", "邀请链接有效期最长一周。", field="until"
        )
    return [AccountInvited(until=command.until)]


def set_password(command: SetPassword, state: Active | Suspended, ask: Ask) -> list[Event]:
    """By the holder, who knows the old one, or by a link that is still good."""
    known = _active(state)
    _by_holder(known, ask)
    if command.invited and (known.invited_until is None or known.invited_until <= ask.now):
        raise Refused("link-over", "This link was used or is too old; ask the administrator for another.",
                      "此链接已使用或已过期, 请向管理员索取新链接。", allowed=("invite-holder",))  # fmt: skip
    return [PasswordSet()]


def enrol(command: EnrolSecondFactor, state: Active | Suspended, ask: Ask) -> list[Event]:
    """Enrolled again, the secret and the codes are new ones."""
    _by_holder(_active(state), ask)
    if not 1 <= command.recovery_codes <= MOST_CODES:
        raise Refused("codes-out-of-range", f"There are 1 to {MOST_CODES} codes.", f"恢复码为 1 至 {MOST_CODES} 个。",
                      field="recovery_codes")  # fmt: skip
    return [SecondFactorEnrolled(recovery_codes=command.recovery_codes)]


def reset(command: ResetSecondFactor, state: Active | Suspended, ask: Ask) -> list[Event]:
    """By another: whoever holds somebody's open session must not be able to take the factor away."""
    _by_another(_active(state), ask)
    return [SecondFactorReset(reason_code=command.reason_code)]


def use_code(command: UseRecoveryCode, state: Active | Suspended, ask: Ask) -> list[Event]:
    """Each code once."""
    known = _active(state)
    _by_holder(known, ask)
    if command.number not in known.codes:
        raise Refused("code-used", "This code was used already; take another.", "该恢复码已使用过, 请换一个。")
    return [RecoveryCodeUsed(number=command.number)]


def bind(command: BindAccount, state: Active | Suspended, ask: Ask) -> list[Event]:
    """A sign-in opens one account and no other."""
    known = _active(state)
    _by_another(known, ask)
    if command.binding_id in known.bindings:
        return []
    if ask.facts.bound_to is not None:
        raise Refused("bound-already", "This sign-in opens an account already; unbind it there first.",
                      "该外部登录已绑定账号, 请先解除。", allowed=("unbind-account",))  # fmt: skip
    return [AccountBound(binding_id=command.binding_id)]


def unbind(command: UnbindAccount, state: Active | Suspended, ask: Ask) -> list[Event]:
    """What is not bound needs no unbinding."""
    known = state.was if isinstance(state, Suspended) else state
    _by_another(known, ask)
    return [AccountUnbound(binding_id=command.binding_id)] if command.binding_id in known.bindings else []


def end_sessions(command: EndAccountSessions, state: Active | Suspended, ask: Ask) -> list[Event]:
    """By an administrator; whoever ends his own does so at his own page."""
    _by_keeper(ask)
    _active(state)
    return [AccountSessionsEnded(reason_code=command.reason_code)]


DECIDED: dict[type, Callable[[Any, Any, Ask], list[Event]]] = {
    ChangeAccountRole: change_role, SuspendAccount: suspend, ReinstateAccount: reinstate, InviteHolder: invite,
    SetPassword: set_password, EnrolSecondFactor: enrol, ResetSecondFactor: reset, UseRecoveryCode: use_code,
    BindAccount: bind, UnbindAccount: unbind, EndAccountSessions: end_sessions,
}  # fmt: skip


def evolve(state: State, event: Event) -> State:
    """What is true after an event."""
    if isinstance(event, AccountOpened):
        return Active(event.holder, event.role, event.org)
    if isinstance(event, AccountSuspended):
        return state if isinstance(state, Suspended) or state is None else Suspended(state)
    if state is None:
        return None
    known = state.was if isinstance(state, Suspended) else state
    if isinstance(event, AccountReinstated):
        return known
    after = _evolved(known, event)
    return Suspended(after) if isinstance(state, Suspended) else after


def _evolved(known: Active, event: Any) -> Active:
    match event:
        case AccountRoleChanged():
            return replace(known, role=event.role, org=event.org)
        case AccountInvited():
            return replace(known, invited_until=event.until)
        case PasswordSet():
            return replace(known, invited_until=None)
        case SecondFactorEnrolled():
            return replace(known, codes=tuple(range(event.recovery_codes)))
        case SecondFactorReset():
            return replace(known, codes=())
        case RecoveryCodeUsed():
            return replace(known, codes=tuple(n for n in known.codes if n != event.number))
        case AccountBound():
            return replace(known, bindings=(*known.bindings, event.binding_id))
        case AccountUnbound():
            return replace(known, bindings=tuple(b for b in known.bindings if b != event.binding_id))
        case _:
            return known


DECIDER = Decider(name="account", decide=decide, evolve=evolve, events=Event, states=Active | Suspended)

"""Accounts: who may come in, in which role, for whom; and what becomes of the ways in which he shows that it is him.

An account is called by its holder's id, the one that stands beside everything he does, and by no name. Secrets never
stand in an event, nor does that somebody has signed in: nobody's comings and goings are counted.
"""

from __future__ import annotations

from uuid import UUID

from services.kernel.contract import Code, Count, Digest, Instant, Ref, asked, published

# --- what is said -------------------------------------------------------------------------------------------------


@published("account.opened", zh="开立账号")
class AccountOpened:
    """Somebody may come in under this id, in one role, for one station or organization or for none."""

    holder: Code
    role: Code
    org: Ref | None = None


@published("account.role-changed", zh="账号角色变更")
class AccountRoleChanged:
    """Whoever holds the account acts in another role, or for another station or organization, from the next click on."""

    role: Code
    org: Ref | None = None


@published("account.suspended", zh="停用账号")
class AccountSuspended:
    """Nobody comes in by this account any more, and whoever was in is out."""

    reason_code: Code


@published("account.reinstated", zh="恢复账号")
class AccountReinstated:
    """The account is good again; its holder signs in anew."""


@published("account.invited", zh="发出登录邀请")
class AccountInvited:
    """Whoever brings the link that was made now may set the account's password, once, until then."""

    until: Instant


@published("account.password-set", zh="设定密码")
class PasswordSet:
    """The holder has chosen a password; every session that was open is over, and no link is good any more."""


@published("account.second-factor-enrolled", zh="启用二次验证")
class SecondFactorEnrolled:
    """The holder shows a code of the moment beside his password, or one of so many codes that are good once each."""

    recovery_codes: Count


@published("account.second-factor-reset", zh="重置二次验证")
class SecondFactorReset:
    """The codes are good no more: whoever was in is out, and the holder enrols anew."""

    reason_code: Code


@published("account.recovery-code-used", zh="使用恢复码")
class RecoveryCodeUsed:
    """One of the codes that are good once was used, and is good no more."""

    number: Count


@published("account.bound", zh="绑定外部登录")
class AccountBound:
    """A sign-in at the identity provider is this account's; which one lies beside the log."""

    binding_id: UUID


@published("account.unbound", zh="解除外部登录")
class AccountUnbound:
    """That sign-in at the identity provider is nobody's any more."""

    binding_id: UUID


@published("account.sessions-ended", zh="结束登录")
class AccountSessionsEnded:
    """Whoever was in by this account is out and may sign in again."""

    reason_code: Code


# --- what is asked ------------------------------------------------------------------------------------------------


@asked(zh="开立账号")
class OpenAccount:
    """Let somebody come in; `holder` is the id that will stand beside what he does, never a name."""

    holder: Code
    role: Code
    org: Ref | None = None


@asked(zh="变更账号角色")
class ChangeAccountRole:
    """Let the holder act in another role, or for another station or organization."""

    role: Code
    org: Ref | None = None


@asked(zh="停用账号")
class SuspendAccount:
    """Let nobody come in by this account."""

    reason_code: Code


@asked(zh="恢复账号")
class ReinstateAccount:
    """Let the holder come in again."""


@asked(zh="发出登录邀请")
class InviteHolder:
    """Make a link by which the holder sets a password, once."""

    until: Instant


@asked(zh="设定密码")
class SetPassword:
    """Take a password of the holder's own choosing; `invited`: by the link that he was given."""

    invited: bool = False


@asked(zh="启用二次验证")
class EnrolSecondFactor:
    """Ask for a code of the moment beside the password from now on."""

    recovery_codes: Count


@asked(zh="重置二次验证")
class ResetSecondFactor:
    """Forget the second factor of somebody who has lost it."""

    reason_code: Code


@asked(zh="使用恢复码")
class UseRecoveryCode:
    """Use one of the codes that are good once, by its number."""

    number: Count


@asked(zh="绑定外部登录")
class BindAccount:
    """Let a sign-in at the identity provider open this account; the digest tells that sign-in from all others."""

    binding_id: UUID
    sign_in: Digest


@asked(zh="解除外部登录")
class UnbindAccount:
    """Let that sign-in open nothing any more."""

    binding_id: UUID


@asked(zh="结束登录")
class EndAccountSessions:
    """Put out whoever is in by this account."""

    reason_code: Code

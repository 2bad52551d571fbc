"""Accounts: who may open and change them, what only their holders may, and that one administrator always stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args
from uuid import UUID

from hypothesis import strategies as st

from services.console.domain import account as domain
from services.console.domain.account import Facts
from services.contracts import console as public
from services.kernel.message import Actor
from tests.support.laws import check_laws
from tests.support.spec import COORDINATOR, NOON, Spec

KEEPER = Actor(id="m-01", role="administrator")
HOLDER = Actor(id="w-07", role="coordinator", org="220104004")
ANOTHER = Facts(other_keepers=1)
OPENED = public.AccountOpened(holder="w-07", role="coordinator", org="220104004")
KEEPERS = public.AccountOpened(holder="m-02", role="administrator")
BINDING = UUID(int=91)
accounts = Spec(domain.DECIDER)


def test_an_administrator_opens_an_account_once_and_nobody_else_does():
    wanted = public.OpenAccount(holder="w-07", role="coordinator", org="220104004")
    accounts.given().when(wanted, actor=KEEPER).then(OPENED)
    accounts.given(OPENED).when(wanted, actor=KEEPER).then_nothing()
    accounts.given().when(wanted, actor=COORDINATOR).then_refused("not-administrator")
    accounts.given(OPENED).when(replace(wanted, role="worker"), actor=KEEPER).then_refused("holder-taken")


def test_an_id_that_was_suspended_is_nobody_elses_afterwards():
    gone = (OPENED, public.AccountSuspended(reason_code="left"))
    wanted = public.OpenAccount(holder="w-07", role="coordinator", org="220104004")
    accounts.given(*gone).when(wanted, actor=KEEPER).then_refused("holder-taken")


def test_whoever_acts_for_a_station_has_one():
    accounts.given().when(public.OpenAccount(holder="w-1", role="worker"), actor=KEEPER).then_refused("no-organization")
    accounts.given().when(public.OpenAccount(holder="s-1", role="service"), actor=KEEPER).then_refused("no-such-role")


def test_nobody_changes_his_own_role_and_the_last_administrator_stays():
    down = public.ChangeAccountRole(role="auditor")
    own = accounts.given(KEEPERS).when(down, actor=Actor(id="m-02", role="administrator"), facts=ANOTHER)
    own.then_refused("own-account")
    accounts.given(KEEPERS).when(down, actor=KEEPER, facts=Facts()).then_refused("last-administrator")
    accounts.given(KEEPERS).when(down, actor=KEEPER, facts=ANOTHER).then(public.AccountRoleChanged(role="auditor"))
    stop = public.SuspendAccount(reason_code="left")
    accounts.given(KEEPERS).when(stop, actor=KEEPER, facts=Facts()).then_refused("last-administrator")


def test_only_the_holder_sets_a_password_and_a_link_works_once_while_it_is_good():
    invited = (OPENED, public.AccountInvited(until=NOON + timedelta(days=1)))
    by_link = public.SetPassword(invited=True)
    accounts.given(*invited).when(by_link, actor=HOLDER).then(public.PasswordSet())
    accounts.given(*invited, public.PasswordSet()).when(by_link, actor=HOLDER).then_refused("link-over")
    accounts.given(*invited).when(by_link, actor=HOLDER, now=NOON + timedelta(days=2)).then_refused("link-over")
    accounts.given(OPENED).when(public.SetPassword(), actor=KEEPER).then_refused("not-yours")
    long = public.InviteHolder(until=NOON + timedelta(days=8))
    accounts.given(OPENED).when(long, actor=KEEPER).then_refused("expiry-out-of-range")


def test_a_recovery_code_works_once():
    enrolled = (OPENED, public.SecondFactorEnrolled(recovery_codes=2))
    use = public.UseRecoveryCode(number=1)
    accounts.given(*enrolled).when(use, actor=HOLDER).then(public.RecoveryCodeUsed(number=1))
    accounts.given(*enrolled, public.RecoveryCodeUsed(number=1)).when(use, actor=HOLDER).then_refused("code-used")
    accounts.given(*enrolled, public.SecondFactorReset(reason_code="lost")).when(use, actor=HOLDER).then_refused(
        "code-used"
    )


def test_nobody_takes_a_second_factor_away_from_himself():
    reset = public.ResetSecondFactor(reason_code="lost")
    accounts.given(OPENED).when(reset, actor=HOLDER).then_refused("not-administrator")
    accounts.given(KEEPERS).when(reset, actor=Actor(id="m-02", role="administrator")).then_refused("own-account")


def test_a_suspended_account_does_nothing_until_it_is_reinstated():
    gone = (OPENED, public.AccountSuspended(reason_code="left"))
    for command in (public.SetPassword(), public.EnrolSecondFactor(recovery_codes=10)):
        accounts.given(*gone).when(command, actor=HOLDER).then_refused("account-suspended")
    accounts.given(*gone).when(public.ReinstateAccount(), actor=KEEPER).then(public.AccountReinstated())


def test_a_sign_in_elsewhere_opens_one_account():
    bind = public.BindAccount(binding_id=BINDING, sign_in="a" * 43)
    accounts.given(OPENED).when(bind, actor=KEEPER, facts=Facts()).then(public.AccountBound(binding_id=BINDING))
    taken = Facts(bound_to=UUID(int=5))
    accounts.given(OPENED).when(bind, actor=KEEPER, facts=taken).then_refused("bound-already")
    bound = (OPENED, public.AccountBound(binding_id=BINDING))
    accounts.given(*bound).when(public.UnbindAccount(binding_id=BINDING), actor=KEEPER).then(
        public.AccountUnbound(binding_id=BINDING)
    )


def test_the_laws_of_deciders_hold():
    check_laws(
        domain.DECIDER, *get_args(domain.Command),
        repeatable=(public.InviteHolder, public.SetPassword, public.EnrolSecondFactor, public.ResetSecondFactor, public.EndAccountSessions),
        pools={
            "holder": st.just("w-07"), "role": st.sampled_from(["auditor", "coordinator", "administrator"]),
            "recovery_codes": st.integers(0, 3), "number": st.integers(0, 3),
        },
        facts=lambda command: st.just(ANOTHER),
    )  # fmt: skip

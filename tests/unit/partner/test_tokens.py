"""API tokens: who may have them, for how long, how many at once, and what each opens."""

from __future__ import annotations

from datetime import timedelta
from inspect import getmembers
from typing import get_args
from uuid import UUID

from hypothesis import strategies as st

from services.contracts import partner as public
from services.kernel.contract import name_of
from services.kernel.entrypoints.asking import Asking
from services.kernel.entrypoints.showing import Answering
from services.kernel.message import Actor
from services.partner.domain import access
from services.partner.issued import id_of, made
from services.partner.opened import OPENS, opened_by
from tests.support.laws import check_laws
from tests.support.spec import NOON, Spec
from tests.unit.test_scopes import entrypoints
from wushe.services import service_class

LOTUS, OTHER = UUID(int=7), UUID(int=8)
FIRST, SECOND, THIRD = (UUID(int=n) for n in (91, 92, 93))
OWN = Actor(id="p-1", role="partner", org=str(LOTUS))
STRANGER = Actor(id="p-2", role="partner", org=str(OTHER))
tokens = Spec(access.DECIDER)
READERS = ("partner", "team_leader")


def issue(token_id: UUID = FIRST, days: int = 365, *scopes: str) -> public.IssueToken:
    """A token for the organization's desk."""
    return public.IssueToken(
        token_id=token_id, organization_id=LOTUS, holder="desk", scopes=scopes or ("feed", "answers"),
        expires_at=NOON + timedelta(days=days),
    )  # fmt: skip


def issued(token_id: UUID = FIRST, days: int = 365) -> public.TokenIssued:
    return public.TokenIssued(
        token_id=token_id, organization_id=LOTUS, holder="desk", scopes=("feed", "answers"),
        expires_at=NOON + timedelta(days=days),
    )  # fmt: skip


def revoked(token_id: UUID = FIRST) -> public.TokenRevoked:
    return public.TokenRevoked(token_id=token_id, organization_id=LOTUS, holder="desk", reason_code="asked")


def test_an_organization_issues_and_revokes_tokens_of_its_own_and_nobody_elses():
    tokens.given().when(issue(), actor=OWN).then(issued())
    tokens.given().when(issue(), actor=STRANGER).then_refused("not-yours")
    tokens.given(issued()).when(public.RevokeToken(token_id=FIRST), actor=OWN).then(revoked())
    tokens.given(issued()).when(public.RevokeToken(token_id=FIRST), actor=STRANGER).then_refused("not-yours")
    tokens.given(issued(), revoked()).when(public.RevokeToken(token_id=FIRST), actor=OWN).then_nothing()


def test_two_live_at_once_so_that_one_can_replace_the_other_and_no_third():
    two = (issued(), issued(SECOND))
    tokens.given(*two).when(issue(THIRD), actor=OWN).then_refused("two-tokens-live")
    tokens.given(*two, revoked()).when(issue(THIRD), actor=OWN).then(issued(THIRD))


def test_one_that_has_run_out_makes_room():
    tokens.given(issued(FIRST, 0), issued(SECOND)).when(issue(THIRD), actor=OWN).then(issued(THIRD))


def test_a_token_ends_within_a_year():
    for days in (0, 367):
        tokens.given().when(issue(FIRST, days), actor=OWN).then_refused("expiry-out-of-range")


def test_nobody_issues_a_token_for_an_organization_that_may_not_act():
    """INV-43: not its own people, and not who runs the hub."""
    for actor in (OWN, Actor(id="a-ops", role="administrator")):
        tokens.given().when(issue(), actor=actor, facts=True).then_refused("organization-barred")


def test_the_laws_of_deciders_hold():
    check_laws(access.DECIDER, *get_args(access.Command), repeatable=(public.IssueToken,),
               pools={"organization_id": st.just(LOTUS)})  # fmt: skip


def test_a_token_names_its_id_and_anything_else_names_none():
    assert id_of(made(FIRST)) == FIRST
    assert [id_of(text) for text in ("", "hub_live_", f"hub_live_{FIRST.hex}_", f"hub_live_{FIRST}_x")] == [None] * 4


def _paths(service: str) -> dict[str, tuple[str, ...]]:
    """The paths of a service that outsiders may come to, by name, with their roles."""
    found = {name_of(e.command): e.roles for e in entrypoints(service, Asking)}
    shown = getmembers(service_class(service), lambda method: hasattr(method, "nameko_entrypoints"))
    more = {name: e for name, method in shown for e in method.nameko_entrypoints if isinstance(e, Answering)}
    return found | {name: e.roles or () for name, e in more.items()}


def test_every_path_that_a_scope_opens_is_there_and_lets_partners_in():
    """ASVS 8.2.2: a scope opens nothing that the role would not."""
    for scope, opened in OPENS.items():
        for service, _, name in (each.partition(":") for each in opened):
            assert set(READERS) & set(_paths(service)[name]), (scope, service, name)


def test_no_scope_opens_tokens_and_one_that_is_not_known_opens_nothing():
    everything = opened_by(OPENS)
    assert not [each for each in everything if "token" in each or "commands" in each]
    assert opened_by(["feed", "no-longer-known"]) == OPENS["feed"]
    assert opened_by([]) == frozenset()

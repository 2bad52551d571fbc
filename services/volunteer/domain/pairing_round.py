"""A pairing round: wishes are said, pairs proposed, and each of the two agrees or does not, until nobody is left to ask.

Who is proposed to whom is computed outside (`matching/pairs`) and comes with the command; here it is checked that both
wished for each other and are free. A settled pair becomes a pairing by a command of its own (`FormPairing`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from services.contracts.tables import dated
from services.contracts.volunteer import (
    ConfirmPair,
    DeclinePair,
    OpenPairingRound,
    PairConfirmed,
    PairDeclined,
    PairingRoundOpened,
    PairsProposed,
    ProposePairs,
    RequestSwap,
    StateWishes,
    SwapRequested,
    WishesStated,
)
from services.contracts.words import Party
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.refusing import ORGANIZATIONS_PEOPLE, is_word_of, not_now


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What one has said."""

    party: Party
    side: str
    wishes: tuple[Party, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two who are proposed to each other, and who of them has agreed."""

    one: Party
    other: Party
    agreed: tuple[Party, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether both have agreed."""
        return len(self.agreed) == 2

    def beside(self, party: Party) -> Party:
        """The other of the two."""
        return self.other if party == self.one else self.one


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """The round runs: who wished for whom, who is proposed to whom, and who will not be again."""

    kind: str
    wishes: tuple[Wish, ...] = ()
    pairs: tuple[Pair, ...] = ()
    refused: tuple[tuple[Party, Party], ...] = ()
    number: int = 0

    def of(self, party: Party) -> Pair | None:
        """The pair in which one stands."""
        return next((pair for pair in self.pairs if party in (pair.one, pair.other)), None)

    def wished(self, one: Party, other: Party) -> bool:
        """Whether both have wished for each other, and neither has said no."""
        by = {wish.party: wish.wishes for wish in self.wishes}
        return (
            other in by.get(one, ())
            and one in by.get(other, ())
            and not {(one, other), (other, one)} & set(self.refused)
        )


State = Running
Command = OpenPairingRound | StateWishes | ProposePairs | ConfirmPair | DeclinePair | RequestSwap
Event = PairingRoundOpened | WishesStated | PairsProposed | PairConfirmed | PairDeclined | SwapRequested

ALLOWED: dict[type, tuple[str, ...]] = {
    Running: ("state-wishes", "propose-pairs", "confirm-pair", "decline-pair", "request-swap"),
}  # fmt: skip


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    if isinstance(command, OpenPairingRound):
        if state is not None:
            return []
        return [PairingRoundOpened(kind=command.kind, year=command.year, answer_by=command.answer_by)]
    if state is None:
        raise not_now("pairing-round", "结对轮次", state, ALLOWED)
    match command:
        case StateWishes():
            return _state(command, state, ask)
        case ProposePairs():
            return _propose(command, state)
        case ConfirmPair() | DeclinePair() | RequestSwap():
            _must_speak_for(command.party, ask)
            return _answer(command, state)
        case _ as never:
            assert_never(never)


def _state(command: StateWishes, state: Running, ask: Ask) -> list[Event]:
    """Said again it replaces what was said; whoever is proposed to somebody answers that first."""
    _must_speak_for(command.party, ask)
    if state.of(command.party) is not None:
        raise Refused("pair-open", "A pair is proposed; agree or decline first.", "已有结对方案, 请先答复。",
                      allowed=("confirm-pair", "decline-pair"))  # fmt: skip
    said = Wish(party=command.party, side=command.side, wishes=tuple(dict.fromkeys(command.wishes)))
    if said in state.wishes:
        return []
    return [WishesStated(party=said.party, side=command.side, wishes=said.wishes, evidence_ref=command.evidence_ref)]


def _propose(command: ProposePairs, state: Running) -> list[Event]:
    """Both have wished for each other, and both are free."""
    parties = [party for pair in command.pairs for party in (pair.one, pair.other)]
    for pair in command.pairs:
        if not state.wished(pair.one, pair.other):
            raise Refused("not-wished", "Both must have wished for each other, and neither have declined.",
                          "双方须互相填报意愿, 且未曾谢绝。", field="pairs", allowed=("propose-pairs",))  # fmt: skip
    if len(set(parties)) < len(parties) or any(state.of(party) for party in parties):
        raise Refused(
            "not-free",
            "Nobody stands in two pairs.",
            "每方只能在一个方案中。",
            field="pairs",
            allowed=("propose-pairs",),
        )
    if not command.pairs:
        return []
    return [
        PairsProposed(
            number=state.number + 1,
            pairs=command.pairs,
            blocking=command.blocking,
            alone=command.alone,
            model=command.model,
        )
    ]


def _answer(command: ConfirmPair | DeclinePair | RequestSwap, state: Running) -> list[Event]:
    pair, party = state.of(command.party), command.party
    if pair is None:
        if isinstance(command, DeclinePair | RequestSwap) and any(party in each for each in state.refused):
            return []
        raise Refused(
            "no-pair", "No pair is proposed to this one.", "没有向其提出的结对方案。", allowed=("state-wishes",)
        )
    two = {"one": pair.one, "other": pair.other}
    match command:
        case ConfirmPair():
            settled = pair.beside(party) in pair.agreed
            return [] if party in pair.agreed else [PairConfirmed(**two, by=party, settled=settled)]
        case DeclinePair() if not pair.settled:
            return [PairDeclined(**two, by=party)]
        case RequestSwap() if pair.settled:
            return [SwapRequested(**two, by=party, reason_code=command.reason_code)]
        case _:
            allowed = ("request-swap",) if pair.settled else ("confirm-pair", "decline-pair")
            raise Refused("not-in-this-state", "A settled pair is swapped; one that is not, is declined.",
                          "已确定的结对请申请换对; 未确定的可不同意。", allowed=allowed)  # fmt: skip


def _must_speak_for(party: Party, ask: Ask) -> None:
    """Volunteers and organizations speak for themselves; a station writes down what it was told."""
    mine = ask.actor.role == "volunteer" and party == f"volunteer:{ask.actor.id}"
    if ask.actor.role in ("volunteer", *ORGANIZATIONS_PEOPLE) and not (mine or is_word_of(ask, party)):
        raise Refused("not-yours", "This is somebody else's answer to give.", "只能由本人或其单位答复。")


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event."""
    if isinstance(event, PairingRoundOpened):
        return Running(kind=event.kind)
    if state is None:
        return None
    match event:
        case WishesStated():
            said = Wish(party=event.party, side=event.side, wishes=event.wishes)
            return replace(state, wishes=(*(w for w in state.wishes if w.party != event.party), said))
        case PairsProposed():
            pairs = tuple(Pair(one=pair.one, other=pair.other) for pair in event.pairs)
            return replace(state, pairs=(*state.pairs, *pairs), number=event.number)
        case PairConfirmed():
            return replace(state, pairs=tuple(_agreed(pair, event.by) for pair in state.pairs))
        case PairDeclined() | SwapRequested():
            left = tuple(pair for pair in state.pairs if event.one not in (pair.one, pair.other))
            return replace(state, pairs=left, refused=(*state.refused, (event.one, event.other)))
        case _ as never:
            assert_never(never)


def _agreed(pair: Pair, party: Party) -> Pair:
    if party not in (pair.one, pair.other) or party in pair.agreed:
        return pair
    return replace(pair, agreed=(*pair.agreed, party))


DECIDER = Decider(name="pairing-round", decide=dated(decide), evolve=evolve, events=Event, states=State)

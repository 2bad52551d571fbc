"""What audit itself tells: breaks, gaps, looks and checks, each once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from services.audit import policies
from services.audit.domain import finding, gap, integrity, look
from services.contracts.audit import (
    CaseReplayed,
    CustodyBroken,
    CustodyMended,
    Flaw,
    GapDetected,
    GapFilled,
    IntegrityBroken,
    IntegrityVerified,
    LedgerSealed,
    NoteGap,
    NoteGapFilled,
    RecordReplay,
    ReportCustodyBroken,
    ReportCustodyMended,
    ReportVerification,
    SealLedger,
)
from services.kernel.manifest import Do
from tests.support.laws import check_laws
from tests.support.spec import NOON, Spec

MATTER, NEED = UUID(int=7), UUID(int=8)
ROOT, OTHER = "A" * 43, "B" * 43

custody, gaps, ledger, looks = (Spec(m.DECIDER) for m in (finding, gap, integrity, look))

BROKEN = CustodyBroken(
    matter_id=MATTER, need_id=NEED, finding="x.two.4", fault="two", holders=("team:a", "team:b"), since=NOON, entry=4
)
REPORT = ReportCustodyBroken(
    matter_id=MATTER, need_id=NEED, finding="x.two.4", fault="two", holders=("team:a", "team:b"), since=NOON, entry=4
)
LATER = NOON + timedelta(hours=1)
MEND = ReportCustodyMended(finding="x.two.4", until=LATER)
MENDED = CustodyMended(matter_id=MATTER, need_id=NEED, finding="x.two.4", fault="two", since=NOON, until=LATER)


def test_a_break_is_told():
    custody.when(REPORT).then(BROKEN)


def test_a_break_that_was_told_is_not_told_again():
    custody.given(BROKEN).when(REPORT).then_nothing()


def test_a_break_that_is_over_is_not_told_again():
    custody.given(BROKEN, MENDED).when(REPORT).then_nothing()


def test_the_end_of_a_break_is_told():
    custody.given(BROKEN).when(MEND).then(MENDED)


def test_the_end_of_a_break_is_told_once():
    custody.given(BROKEN, MENDED).when(MEND).then_nothing()


def test_a_break_that_nobody_told_cannot_end():
    custody.when(MEND).then_refused("not-reported")


def test_two_breaks_of_one_matter_end_on_their_own():
    other = CustodyBroken(matter_id=MATTER, finding="matter.none.9", fault="none", since=NOON, entry=9)
    custody.given(BROKEN, other).when(MEND).then(MENDED)
    assert set(custody.given(BROKEN, other, MENDED).state.broken) == {"matter.none.9"}


MISSING, FILLED = GapDetected(publisher="intake", expected=5, seen=9), GapFilled(publisher="intake", expected=5, seen=9)
NOTE, FILL = NoteGap(publisher="intake", expected=5, seen=9), NoteGapFilled(publisher="intake", expected=5, seen=9)


def test_a_gap_is_told_and_then_that_it_was_filled():
    gaps.when(NOTE).then(MISSING)
    gaps.given(MISSING).when(FILL).then(FILLED)


def test_a_gap_is_told_once_and_filled_once():
    gaps.given(MISSING).when(NOTE).then_nothing()
    gaps.given(MISSING, FILLED).when(NOTE).then_nothing()
    gaps.given(MISSING, FILLED).when(FILL).then_nothing()


def test_a_later_gap_is_another_one():
    later = NoteGap(publisher="intake", expected=20, seen=22)
    gaps.given(MISSING, FILLED).when(later).then(GapDetected(publisher="intake", expected=20, seen=22))


def test_what_was_not_missing_cannot_be_filled():
    gaps.when(FILL).then_refused("no-gap")


def test_audit_writes_down_the_gaps_it_meets():
    stream = gap.stream_for("intake")
    assert policies.on_gap("intake", 5, 9) == [Do(gap.DECIDER, stream, NOTE)]
    assert policies.on_filled("intake", 5, 9) == [Do(gap.DECIDER, stream, FILL)]
    assert gap.stream_for("referral") != stream


SEALED = LedgerSealed(from_size=0, to_size=10, root=ROOT)


def test_a_seal_names_the_one_before_it():
    ledger.when(SealLedger(size=10, root=ROOT)).then(SEALED)
    following = LedgerSealed(from_size=10, to_size=12, root=OTHER, previous_root=ROOT)
    ledger.given(SEALED).when(SealLedger(size=12, root=OTHER)).then(following)


def test_a_seal_is_not_repeated_and_never_goes_back():
    ledger.given(SEALED).when(SealLedger(size=10, root=ROOT)).then_nothing()
    ledger.given(SEALED).when(SealLedger(size=10, root=OTHER)).then_refused("sealed-further")
    ledger.given(SEALED).when(SealLedger(size=9, root=ROOT)).then_refused("sealed-further")


def test_a_sound_ledger_is_told_once_for_each_size():
    verified = IntegrityVerified(size=10, root=ROOT)
    ledger.when(ReportVerification(size=10, root=ROOT)).then(verified)
    ledger.given(verified).when(ReportVerification(size=10, root=ROOT)).then_nothing()


def test_a_ledger_that_is_not_sound_is_told_each_time():
    flaws = (Flaw(code="leaf-differs", entry=3),)
    broken = IntegrityBroken(size=10, root=ROOT, flaws_count=1, flaws=flaws)
    report = ReportVerification(size=10, root=ROOT, flaws_count=1, flaws=flaws)
    ledger.when(report).then(broken)
    ledger.given(broken).when(report).then(broken)
    ledger.given(broken).when(ReportVerification(size=10, root=ROOT)).then(IntegrityVerified(size=10, root=ROOT))


def test_a_look_is_told_once():
    command = RecordReplay(matter_id=MATTER, view="replay", purpose="review", entries=4, size=9, root=ROOT)
    looked = CaseReplayed(matter_id=MATTER, view="replay", purpose="review", entries=4, size=9, root=ROOT)
    looks.when(command).then(looked)
    looks.given(looked).when(command).then_nothing()


def test_the_laws_of_deciders_hold():
    pools = {"finding": st.sampled_from(["a.none.1", "b.two.2"]), "publisher": st.sampled_from(["intake", "referral"])}
    check_laws(finding.DECIDER, ReportCustodyBroken, ReportCustodyMended, pools=pools, examples=20)
    check_laws(gap.DECIDER, NoteGap, NoteGapFilled, pools=pools, examples=20)
    check_laws(integrity.DECIDER, SealLedger, ReportVerification, repeatable=(ReportVerification,), examples=20)
    check_laws(look.DECIDER, RecordReplay, examples=10)

"""The page that verifies bundles, opened from a folder as an auditor does; and the corpus of changes, which both verifiers judge."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page

from tests.service.verifier.test_bad_input import BAD, BYTES, SECONDS
from tests.support.bundles import MATTER, VERIFIERS, Exporter, packed, policy, sha, story, url64
from tests.support.tampering import corpus, fault
from tests.support.tampering.change import Change, deflated, sound_case, sound_full
from tests.support.verifying import found, probes, program

PAGE = VERIFIERS["wushe-verify.html"]
BATCH, AT_ONCE = 150, 4
BEGIN = """([cases, atOnce]) => {
  const bytes = text => {
    if (text === null) return null;
    const plain = atob(text), found = new Uint8Array(plain.length);
    for (let i = 0; i < plain.length; i++) found[i] = plain.charCodeAt(i);
    return found;
  };
  const said = new Array(cases.length);
  let next = 0;
  const some = async () => {
    while (next < cases.length) {
      const i = next++, [bundle, policy, pin] = cases[i];
      said[i] = (await judge(new Blob([bytes(bundle)]), bytes(policy), bytes(pin))).found;
    }
  };
  window.judged = window.judged || [];
  window.judged.push(Promise.all(Array.from({ length: atOnce }, some)).then(() => said));
}"""
"""The page begins to judge, some bundles at once, and nobody waits for it meanwhile."""
COPIES = 8
"""So many bytes for each of its own a bundle takes on its way into the page, as a text that is handed on and read."""
END = "async () => { const said = await Promise.all(window.judged); window.judged = []; return said.flat(); }"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The page, which asks nobody for anything and has no error."""
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    wrong: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text))
    opened.goto(PAGE.as_uri())
    yield opened
    assert asked == [PAGE.as_uri()]
    assert wrong == []
    opened.close()


def text(data: bytes | None) -> str | None:
    """Bytes on their way into a page."""
    return None if data is None else b64encode(data).decode()


def begin(page: Page, changes: Sequence[Change], at_once: int = AT_ONCE) -> None:
    """Have the page judge these."""
    for i in range(0, len(changes), BATCH):
        batch = [[text(c.bundle), text(c.policy), text(c.pin)] for c in changes[i : i + BATCH]]
        page.evaluate(BEGIN, [batch, at_once])


def judged(page: Page, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """What the page says of each."""
    begin(page, changes)
    return list(page.evaluate(END))


def test_what_changes_the_meaning_is_refused_by_both_verifiers_and_nothing_else_is(
    page: Page, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        program(), "ed25519", cache(program().ed25519)
    )  # Most changes leave the signatures as they were.
    changes = corpus(every=4)
    another = chromium.new_page()
    another.goto(PAGE.as_uri())
    pages, half = (page, another), len(changes) // 2
    for one, some in zip(pages, (changes[:half], changes[half:]), strict=True):
        begin(one, some)
    by_program = [found(tmp_path, c.bundle, c.policy, c.pin) for c in changes]  # meanwhile
    by_page = [said for one in pages for said in one.evaluate(END)]
    another.close()
    wrong = [f for c, said in zip(changes * 2, by_page + by_program, strict=True) if (f := fault(c, said))]
    assert wrong == []
    apart = [c.name for c, a, b in zip(changes, by_page, by_program, strict=True) if a["ok"] != b["ok"]]
    assert apart == [], "they come to different ends"
    assert Counter(c.must for c in changes)["refused"] >= 1500


def test_every_published_inclusion_probe_is_judged_by_the_page_as_its_authors_say(page: Page) -> None:
    """RFC 6962: transparency-dev's 98 probes, good and malformed."""
    judge = """probes => Object.fromEntries(Object.entries(probes).map(([name, p]) => {
      const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
      const root = bytes(p.root), path = (p.proof ?? []).map(bytes);
      const found = isCount(p.leafIdx) && climb(bytes(p.leafHash), p.leafIdx, p.treeSize, path);
      return [name, root.length === 32 && same(found, root)];
    }))"""
    assert page.evaluate(judge, probes()) == {name: not probe["wantErr"] for name, probe in probes().items()}


def test_both_verifiers_find_the_same(page: Page, tmp_path: Path) -> None:
    for sound in (sound_case(), sound_full()):
        for given, pin in ((policy(), sound.pin), (policy(), None), (None, sound.pin), (None, None), (policy(3), None)):
            change = Change("", deflated(sound.files), "passes", given, pin)
            assert judged(page, [change]) == [found(tmp_path, change.bundle, given, pin)]


def test_where_the_browser_knows_no_ed25519_the_page_verifies_by_hand(page: Page) -> None:
    case = sound_case()
    changes = [c for c in corpus(every=50) if c.name.startswith(("nothing", "case: witness", "case: no log"))][:12]
    page.evaluate("native = false")
    assert [f for c, said in zip(changes, judged(page, changes), strict=True) if (f := fault(c, said))] == []
    assert page.evaluate("native") is False
    key = Ed25519PrivateKey.from_private_bytes(sha(b"page"))
    asked = [key.public_key().public_bytes_raw(), key.sign(case.pin), case.pin]
    verify = "async ([k, s, m]) => ed25519(...[k, s, m].map(t => Uint8Array.from(atob(t), c => c.charCodeAt(0))))"
    assert page.evaluate(verify, [text(part) for part in asked]) is True
    assert page.evaluate(verify, [text(part) for part in (*asked[:2], asked[2] + b"x")]) is False


def test_what_is_no_bundle_is_refused_at_once_by_the_page_too(page: Page, chromium: Browser) -> None:
    """As the program does: the same reason, in two seconds of work and 200 MiB beyond what an idle page takes."""
    ledger, texts = story(60)
    files = Exporter(ledger, opened=texts[:2], erased=[url64(sha(texts[2].encode()))], old=21).case(MATTER)
    spent = Spent(chromium)
    for name, code, make in BAD:
        change = Change(name, make(files), "refused", policy())
        before = spent.begun()
        (said,) = judged(page, [change])
        assert (said["ok"], said["code"], bool(said["reason"])) == (False, code, True), name
        seconds, bytes_ = spent.since(before)
        assert seconds < SECONDS, (name, seconds)
        assert bytes_ < BYTES + COPIES * len(change.bundle), (name, bytes_)


class Spent:
    """What the processes that show pages have spent: seconds of their processors, and bytes at the most."""

    def __init__(self, chromium: Browser) -> None:
        self.asks = chromium.new_browser_cdp_session()

    def begun(self) -> dict[int, tuple[float, int]]:
        """Where each stands now; from now on its most is counted anew."""
        there = {each["id"]: each["cpuTime"] for each in self._renderers()}
        for number in there:
            Path(f"/proc/{number}/clear_refs").write_text("5")
        return {number: (seconds, self._bytes(number)) for number, seconds in there.items()}

    def since(self, before: dict[int, tuple[float, int]]) -> tuple[float, int]:
        """The most that any of them has spent since."""
        now = {each["id"]: each["cpuTime"] for each in self._renderers() if each["id"] in before}
        return (
            max(seconds - before[number][0] for number, seconds in now.items()),
            max(self._bytes(number) - before[number][1] for number in now),
        )

    def _renderers(self) -> list[dict[str, Any]]:
        processes = self.asks.send("SystemInfo.getProcessInfo")["processInfo"]
        return [each for each in processes if each["type"] == "renderer"]

    @staticmethod
    def _bytes(number: int) -> int:
        told = Path(f"/proc/{number}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0]) << 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What an auditor has: a bundle, a policy, a checkpoint kept from earlier."""
    ledger, texts = story(60)
    (tmp_path / "pin").write_bytes(ledger.checkpoint(21))
    (tmp_path / "policy").write_bytes(policy())
    bundle = packed(Exporter(ledger, texts[:1], old=21).case(MATTER))
    (tmp_path / "bundle.zip").write_bytes(bundle)
    (tmp_path / "broken.zip").write_bytes(bundle[:5000] + b"x" + bundle[5001:])
    return tmp_path


def last(page: Page) -> dict[str, Any]:
    """The line of JSON on the page."""
    return dict(json.loads(page.locator("#line").inner_text()))


def test_an_auditor_chooses_files_by_keyboard_and_reads_what_was_checked(page: Page, folder: Path) -> None:
    for name, file in (("审计包", "bundle.zip"), ("信任策略", "policy"), ("检查点", "pin")):
        page.get_by_label(name).set_input_files(folder / file)
    page.get_by_label("检查点").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict.good:focus")
    assert page.locator("#verdict").inner_text().startswith("通过")
    assert page.locator("#sentences li").count() == 7
    assert "封账证明: 截至第 60 条" in page.locator("#sentences").inner_text()
    assert last(page)["anchored"] == ["witnesses", "pin"]
    page.locator("summary").click()
    assert page.locator("#rows tr").count() == 28
    assert "taken: unknown → community:220104004001" in page.locator("#rows").inner_text()


def test_a_bundle_is_dragged_onto_the_page(page: Page, folder: Path) -> None:
    drop = """([name, data]) => {
      const moved = new DataTransfer();
      moved.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name));
      const how = { dataTransfer: moved, bubbles: true, cancelable: true };
      for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, how));
    }"""
    page.evaluate(drop, ["bundle.zip", text((folder / "bundle.zip").read_bytes())])
    page.wait_for_selector("#line:not([hidden])")
    assert page.locator("#verdict").inner_text().startswith("内部一致, 但无独立依据")
    assert page.locator("li.warn").count() == 2


def test_a_broken_bundle_is_refused_in_one_line(page: Page, folder: Path) -> None:
    page.get_by_label("审计包").set_input_files(folder / "broken.zip")
    page.get_by_role("button", name="核验").click()
    page.wait_for_selector("#line:not([hidden])")
    assert page.locator("#verdict").inner_text().startswith("拒绝: ")
    assert last(page)["ok"] is False


def test_the_page_is_usable_by_all(page: Page, folder: Path) -> None:
    page.get_by_label("审计包").set_input_files(folder / "bundle.zip")
    page.get_by_role("button", name="核验").click()
    page.wait_for_selector("#line:not([hidden])")
    page.locator("summary").click()
    assert Axe().run(page).response["violations"] == []


def test_the_page_loads_nothing_and_says_every_failure_in_chinese() -> None:
    source = PAGE.read_text(encoding="utf-8")
    assert not re.search(r"https?://|\bfetch\(|XMLHttpRequest|WebSocket|<link|<img|\bimport\b", source)
    assert "default-src 'none'" in source
    words = source[source.index("const WORDS = {") : source.index("};", source.index("const WORDS = {"))]
    assert dict(re.findall(r'"([a-z0-9-]+)": "([^"]+)"', words)) == program().ZH

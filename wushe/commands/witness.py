"""A witness on a partner's own machine: make its key, name the logs it knows, run it, see what it has seen."""

from __future__ import annotations

import signal
import sys
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click

from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.note import LIMIT
from wushe.output import as_json, fail, say
from wushe.witness.book import Book, Contradiction
from wushe.witness.door import Door, Witness
from wushe.witness.home import Home, NoHome, write
from wushe.witness.keeping import Keeper, Kept, Unreachable, come_by, fetcher, leave

USUAL = "~/.wushe-witness"


def home_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--home`: the witness's folder."""
    return click.option(
        "--home", default=USUAL, show_default=True, type=click.Path(path_type=Path), help="The witness's folder.",
        callback=lambda _, __, given: Home(given.expanduser()),
    )(command)  # fmt: skip


@click.group()
def witness() -> None:
    """Be a witness of a hub's ledger, on a machine of your own / 在自己的机器上为台账作证。"""


@witness.command()
@click.option(
    "--name",
    required=True,
    help="The witness's name: an address of yours without https://, e.g. lotus.example/witness.",
)
@click.option("--log", "logs", multiple=True, help="The key of a log to know, as its operator hands it out on paper.")
@home_option
@as_json
def init(name: str, logs: tuple[str, ...], home: Home, json_: bool) -> None:
    """Make a key, and know these logs; print the line that the hub's operator needs."""
    try:
        made = home.make(name)
        for log in logs:
            home.trust(log)
    except (Malformed, NoHome) as wrong:
        refuse(wrong, json_)
    Book(home.book).make()
    vkey = str(made.verifier)
    say({"vkey": vkey, "fingerprint": made.verifier.fingerprint}, json_, card(vkey, made.verifier.fingerprint))


@witness.command()
@click.argument("vkey")
@click.option("--url", help="Where the log answers, for `wushe witness keep`, e.g. https://hub.example/audit/v1.")
@home_option
@as_json
def trust(vkey: str, url: str | None, home: Home, json_: bool) -> None:
    """Know one more log."""
    try:
        found = home.trust(vkey, url)
    except (Malformed, NoHome) as wrong:
        refuse(wrong, json_)
    say({"origin": found.name, "fingerprint": found.verifier.fingerprint}, json_,
        f"{found.name}\nfingerprint / 指纹 {found.verifier.fingerprint}")  # fmt: skip


@witness.command()
@click.option(
    "--evidence", type=click.Path(path_type=Path), help="Write each contradiction's two heads into this folder."
)
@home_option
@as_json
def show(evidence: Path | None, home: Home, json_: bool) -> None:
    """Show the witness's key, how far it has seen each log, and whether one contradicted itself."""
    try:
        one = opened(home)
    except NoHome as wrong:
        refuse(wrong, json_)
    found = [(origin, one.book.seen(origin)) for origin in one.logs]
    against = one.book.contradictions()
    value = {
        "vkey": str(one.signer.verifier),
        "fingerprint": one.signer.verifier.fingerprint,
        "logs": [{"origin": origin, "size": seen.head.size if seen else 0} for origin, seen in found],
        "contradictions": [{"origin": each.origin, "at": each.at} for each in against],
    }
    for number, each in enumerate(against if evidence else ()):
        write_out(Path(str(evidence)) / str(number), each)
    lines = [f"✗ {each.origin} has contradicted itself / 自相矛盾" for each in against]
    say(value, json_, "\n".join([one.about().rstrip(), *lines]))


@witness.command()
@click.option("--listen", default="127.0.0.1:7380", show_default=True, help="Where to answer; put TLS in front of it.")
@home_option
def run(listen: str, home: Home) -> None:
    """Answer the hub until stopped."""
    try:
        one = opened(home)
    except NoHome as wrong:
        refuse(wrong, False)
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        fail("listen", "--listen is written as host:port.", "--listen 的写法是 主机:端口。", status=2)
    if not one.logs:
        fail("no-logs", "This witness knows no log; see `wushe witness trust`.",
             "本见证方尚未登记任何台账; 见 `wushe witness trust`。", status=2)  # fmt: skip
    with Door((host.strip("[]"), int(port)), one, lambda line: click.echo(line, err=True)) as door:
        signal.signal(signal.SIGTERM, lambda *_: _interrupt())
        click.echo(f"{one.about()}listening on {host}:{door.server_port}")
        try:
            door.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)


def _interrupt() -> None:
    raise KeyboardInterrupt


def opened(home: Home) -> Witness:
    """The witness of this folder, its book made where there is none yet; raises NoHome."""
    one = Witness(home.signer, home.logs, Book(home.book))
    one.book.make()
    return one


def write_out(folder: Path, found: Contradiction) -> None:
    """Two heads, each signed by the log, of which one denies the other: whoever holds them needs no witness."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "had", found.had, 0o644)
    write(folder / "came", found.came, 0o644)


def card(vkey: str, fingerprint: str) -> str:
    """What the operator is told: by file, and by voice or on paper to compare."""
    return (
        f"For the hub's operator / 请交给枢纽运营方:\n\n  {vkey}\n\n"
        f"To compare by voice or on paper / 电话或书面核对的指纹:\n\n  {fingerprint}"
    )


def refuse(wrong: Exception, json_: bool) -> NoReturn:
    """Say in a line why it cannot be done."""
    fail("witness", f"{wrong}.", f"无法执行: {wrong}。", json_)


STANDINGS = {
    "first": ("kept; it is the first of this log", "已留存; 这是本台账的第一份"),
    "same": ("still consistent: the same head", "前后一致: 与上次相同"),
    "grown": ("still consistent: the log has only grown", "前后一致: 台账只增不改"),
    "older": ("still consistent: an older head of the same log", "前后一致: 同一台账较早的记录"),
    "forked": ("FORKED: the log has signed two histories", "出现分叉: 台账签署了两份互相矛盾的历史"),
}


@witness.command()
@click.argument("heads", nargs=-1, type=click.File("rb"))
@click.option("--url", help="Where the log answers; without it, as `wushe witness trust --url` said.")
@home_option
@as_json
def keep(heads: tuple[BinaryIO, ...], url: str | None, home: Home, json_: bool) -> None:
    """Compare heads that came with deliveries (files, or - for what is piped in) with the last one, and keep them.

    Without a file the log's newest head is fetched: a line for cron. Ends with 1 where a head cannot be checked, with 2
    where the log contradicts itself; what shows it is kept, and `wushe witness show --evidence` writes it out.
    """
    try:
        keeper, places = Keeper(home.logs, Book(home.book)), [url] if url else [p.url for p in home.parties if p.url]
        keeper.book.make()
        found = [keep_one(keeper, home, unwrapped(head.read(LIMIT + 1)), url) for head in heads]
        found += [] if heads else [keep_one(keeper, home, newest(place), place) for place in places]
    except (Malformed, NoHome, Unreachable) as wrong:
        refuse(wrong, json_)
    if not found:
        fail("no-url", "Name a file, or where the log answers (--url).", "请指明文件, 或台账地址 (--url)。", json_)
    lines = [f"{each.head.origin} {each.head.size}: {' / '.join(STANDINGS[each.standing])}" for each in found]
    value = [{"origin": e.head.origin, "size": e.head.size, "standing": e.standing} for e in found]
    say(value, json_, "\n".join(lines))
    if any(each.standing == "forked" for each in found):
        sys.exit(2)


@witness.command()
@click.option("--url", help="Where the log answers; without it, as `wushe witness trust --url` said.")
@home_option
@as_json
def visit(url: str | None, home: Home, json_: bool) -> None:
    """Come by: compare the head that the log offers with the last one, and leave a cosignature. A line for cron.

    For a machine that nobody can reach. Ends as `keep` does.
    """
    found: list[tuple[Kept, str]] = []
    try:
        one, places = opened(home), [url] if url else [party.url for party in home.parties if party.url]
        for place in places:
            offered = newest(place, "checkpoint/offered")
            found.append(come_by(one, offered, fetcher(place), partial(leave, place)))
    except (Malformed, NoHome, Unreachable) as wrong:
        refuse(wrong, json_)
    if not found:
        fail("no-url", "Say where the log answers (--url).", "请指明台账地址 (--url)。", json_)
    lines = [
        f"{each.head.origin} {each.head.size}: {' / '.join(STANDINGS[each.standing])}; {says}" for each, says in found
    ]
    value = [
        {"origin": e.head.origin, "size": e.head.size, "standing": e.standing, "outcome": says} for e, says in found
    ]
    say(value, json_, "\n".join(lines))
    if any(each.standing == "forked" for each, _ in found):
        sys.exit(2)


def unwrapped(data: bytes) -> bytes:
    """A head as it is, also where it comes as the header `Ledger-Head` of a delivery holds it: in base64, on one line."""
    try:
        return b64decode(data.strip(), validate=True)
    except ValueError:
        return data


def newest(url: str, path: str = "checkpoint") -> bytes:
    """The newest head that a log shows."""
    found = fetcher(url)(path)
    if found is None:
        raise Unreachable(f"{url} shows no checkpoint")
    return found


def keep_one(keeper: Keeper, home: Home, data: bytes, url: str | None) -> Kept:
    """Keep one head; its log's tiles are read where its log answers."""
    origin = data.partition(b"\n")[0].decode("utf-8", "replace")
    place = url or next((each.url for each in home.parties if each.name == origin and each.url), None)
    return keeper.keep(data, fetcher(place) if place else nowhere)


def nowhere(_: str) -> bytes | None:
    """Two heads of different sizes cannot be compared without the log's tiles."""
    raise Unreachable("it is not known where this log answers; see `wushe witness trust --url`")

"""The load generator, the same for all: keep-alive clients in a process of their own, `wrk` where it is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

SCRIPT = """
local body, keyed, at, me, n = {body}, {keyed}, 0, 0, 0
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
function init() me = tostring(number) .. "-" .. "{run}" end
wrk.method = "POST"
wrk.body = body
{headers}
function request()
  if keyed then n = n + 1; wrk.headers["Idempotency-Key"] = me .. "-" .. n end
  return wrk.format()
end
function done(summary) io.write("failed: " .. summary.errors.status .. "\\n") end
"""


class Failed(Exception):
    """Some requests were not answered as they should be."""


def rate(
    url: str, body: bytes, headers: Mapping[str, str], *, clients: int, seconds: int, keyed: bool = False
) -> float:
    """POSTs answered with 2xx, a second."""
    return (_wrk if shutil.which("wrk") else _python)(url, body, headers, clients, seconds, keyed)


def _wrk(url: str, body: bytes, headers: Mapping[str, str], clients: int, seconds: int, keyed: bool) -> float:
    sent = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())
    script = SCRIPT.format(
        body="[==[" + body.decode() + "]==]", keyed=str(keyed).lower(), headers=sent, run=str(time.monotonic_ns())
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "20s", "-s", file.name, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    failed = int(_number(r"failed: (\d+)", done.stdout))
    if failed:
        raise Failed(f"{failed} requests of {url} failed\n{done.stdout}")
    return _number(r"Requests/sec:\s+([\d.]+)", done.stdout)


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise Failed(text)
    return float(found[1])


def _python(url: str, body: bytes, headers: Mapping[str, str], clients: int, seconds: int, keyed: bool) -> float:
    asked = json.dumps([url, body.decode(), dict(headers), clients, seconds, keyed])
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"], input=asked, capture_output=True, text=True, check=True, cwd=root
    )
    answers = json.loads(done.stdout)
    if set(answers) - {"200", "201"}:
        raise Failed(str(answers))
    return sum(answers.values()) / seconds


def main() -> None:
    """The generator's own process: what to ask comes on standard input, how often which status came goes out."""
    url, body, headers, clients, seconds, keyed = json.load(sys.stdin)
    seen: list[Counter[str]] = [Counter() for _ in range(clients)]
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        at = urlsplit(url)
        connection, own = HTTPConnection(at.hostname or "", at.port, timeout=20), dict(headers)
        while time.monotonic() < until:
            if keyed:
                own["Idempotency-Key"] = f"{number}-{time.monotonic_ns()}"
            connection.request("POST", at.path, body, own)
            answer = connection.getresponse()
            answer.read()
            seen[number][str(answer.status)] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(sum(seen, Counter())))


if __name__ == "__main__":
    main()

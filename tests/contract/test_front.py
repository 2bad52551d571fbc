"""The front of the reference deployment shows every page of the console, also where it begins as a service's paths do."""

from __future__ import annotations

import re
from pathlib import Path

from services.kernel.entrypoints.showing import Answering
from tests.unit.test_scopes import entrypoints

FRONT = (Path(__file__).parents[2] / "deploy/caddy/Caddyfile").read_text()
RULES = re.findall(r"^\treverse_proxy (/\S*) (\w+):8000$", FRONT, flags=re.M)
SERVICES = ("intake", "referral", "volunteer", "audit", "partner")


def goes_to(path: str) -> str:
    """Whose a path is: of the rules that fit it the longest goes first, as Caddy sorts them."""
    fit = [(rule, to) for rule, to in RULES if rule == path or (rule.endswith("*") and path.startswith(rule[:-1]))]
    return max(fit, key=lambda each: len(each[0]))[1] if fit else "console"


def test_every_page_of_the_console_is_the_consoles() -> None:
    pages = {each.path for each in entrypoints("console", Answering) if each.page}
    assert len(pages) > 60
    assert {path for path in pages if goes_to(re.sub("{[a-z_]+}", "x", path)) != "console"} == set()


def test_what_a_service_answers_goes_to_the_service() -> None:
    for name in SERVICES:
        paths = ("v1/things", "openapi.json", "events", "v1/ledger/head")
        assert {goes_to(f"/{name}/{path}") for path in paths} == {name}

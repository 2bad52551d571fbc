"""What partners are told to do works: the examples of docs/partners.md, as far as they can be checked without a hub."""

import ast
import re
from pathlib import Path

import yaml
from nameko.standalone.events import get_event_exchange

PAGE = (Path(__file__).parents[2] / "docs/partners.md").read_text(encoding="utf-8")


HUB_PART = PAGE[PAGE.index("## Events of the hub itself") :]


def block(language: str) -> str:
    """The first block of code in a language, of the part on the hub's own events."""
    found = re.search(rf"```{language}\n(.*?)```", HUB_PART, re.DOTALL)
    assert found
    return found[1]


def test_the_handler_listens_to_an_event_that_the_hub_says() -> None:
    from wushe.docs import events

    tree = ast.parse(block("python"))
    called = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "event_handler"
    ]
    publisher, name = (ast.literal_eval(argument) for argument in called[0].args)
    assert f"## `{publisher}`" in events()
    assert f"### `{name}` " in events()


def test_the_configuration_leaves_the_exchanges_to_the_hub() -> None:
    assert get_event_exchange("referral", yaml.safe_load(block("yaml"))).no_declare is True


def test_the_rights_of_a_partner_fit_the_queue_that_nameko_makes() -> None:
    configure, write, read = re.findall(r"'([^']+)'", next(li for li in PAGE.splitlines() if "set_permissions" in li))
    queue = "evt-referral-referral.accepted--lotus.taken_on"
    assert all(re.search(right, queue) for right in (configure, write, read))
    assert re.search(read, "referral.events")
    for foreign in (
        "referral.events",
        "referral.log",
        "audit.referral.log",
        "evt-referral-referral.accepted--other.taken_on",
    ):
        assert not re.search(configure, foreign)
        assert not re.search(write, foreign)
    assert not re.search(read, "intake.events")
    assert not re.search(read, "referral.log")

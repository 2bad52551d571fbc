"""Each rule about the source holds on the tree, and each one bites when it is broken."""

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import allowed, rules

ROOT = Path(__file__).parents[2]

Rule = Callable[[Path], Iterator[str]]
DOC = '"""A planted module."""\n'
ANYTHING = "try:\n    f()\nexcept {}:\n    pass\n"
LONG_METHOD = 'class C:\n    """One."""\n    def f(self):\n' + "        a = 1\n" * rules.SILENT_LINES
LONG_BODY = "".join(f"    a{n} = {n}\n" for n in range(rules.FUNCTION_LINES))

# The rule, the file to plant, and what stands in it. Several ways to break a rule are several lines.
PLANTED: list[tuple[Rule, str, str]] = [
    (rules.domains_import_only_the_language, "services/intake/domain.py", "import sqlalchemy\n"),
    (rules.domains_import_only_the_language, "services/intake/domain/planted.py", "import services.kernel.store\n"),
    (rules.domains_import_only_the_language, "services/intake/domain/planted.py", "from services.referral import x\n"),
    (rules.domains_import_only_the_language, "services/intake/domain/planted.py", "import services.intake.views\n"),
    (rules.domains_import_only_the_language, "services/intake/domain/planted.py", "def f():\n    import msgspec\n"),
    (rules.domains_import_only_the_language, "services/kernel/tlog/merkle.py", "from services.kernel import clock\n"),
    (rules.policies_and_announcements_touch_nothing, "services/intake/policies.py", "import requests\n"),
    (rules.policies_and_announcements_touch_nothing, "services/intake/announce.py", "import services.kernel.clock\n"),
    (rules.decisions_make_no_ids, "services/intake/policies.py", "from uuid import uuid4\n"),
    (rules.decisions_make_no_ids, "services/intake/domain.py", "import uuid\nuuid.uuid4()\n"),
    (rules.only_the_clock_asks_the_time, "services/intake/planted.py", "import datetime\ndatetime.datetime.now()\n"),
    (rules.only_the_clock_asks_the_time, "services/kernel/planted.py", "from datetime import date\ndate.today()\n"),
    (rules.only_the_clock_asks_the_time, "wushe/planted.py", "import time\ntime.time()\n"),
    (rules.only_the_clock_asks_the_time, "wushe/planted.py", "from time import time\n"),
    (rules.only_config_reads_the_environment, "services/kernel/planted.py", "import os\nos.environ['HUB_X']\n"),
    (rules.only_config_reads_the_environment, "wushe/planted.py", "from os import getenv\n"),
    (rules.only_metrics_knows_prometheus, "services/kernel/planted.py", "from prometheus_client import Counter\n"),
    (rules.nobody_maps_objects_to_rows, "services/intake/views.py", "from sqlalchemy.orm import Session\n"),
    (rules.only_entrypoints_catch_everything, "services/intake/planted.py", ANYTHING.format("Exception")),
    (rules.only_entrypoints_catch_everything, "services/kernel/planted.py", "try:\n    f()\nexcept:\n    pass\n"),
    (rules.only_entrypoints_catch_everything, "wushe/planted.py", ANYTHING.format("(OSError, Exception)")),
    (rules.nothing_is_called_utils, "services/intake/utils.py", DOC),
    (rules.modules_are_short, "services/intake/planted.py", DOC + "a = 1\n" * rules.MODULE_LINES),
    (rules.functions_are_short, "services/intake/planted.py", f"def planted():\n{LONG_BODY}"),
    (rules.functions_are_short, "services/intake/planted.py", f"async def planted():\n{LONG_BODY}"),
    (rules.what_is_public_says_what_it_is, "services/intake/planted.py", "a = 1\n"),
    (rules.what_is_public_says_what_it_is, "services/intake/planted.py", DOC + "def f():\n    pass\n"),
    (rules.what_is_public_says_what_it_is, "services/intake/planted.py", DOC + "class C:\n    pass\n"),
    (rules.what_is_public_says_what_it_is, "wushe/planted.py", DOC + LONG_METHOD),
    (rules.no_file_tells_of_this_machine, "docs/planted.md", "See /work/" + "main/README.md.\n"),
    (rules.no_file_tells_of_this_machine, "docs/planted.md", "Get it from https://pypi." + "org/simple.\n"),
    (rules.no_file_tells_of_this_machine, "services/planted.csv", "a,/opt/" + "wheels\n"),
]  # fmt: skip
RULES = list(dict.fromkeys(rule for rule, _, _ in PLANTED))


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", None)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree that the rules look at, free to be spoilt."""
    for folder in ("services", "wushe"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(("rule", "path", "source"), PLANTED, ids=name_of)
def test_a_planted_violation_is_caught(rule: Rule, path: str, source: str, copy: Path) -> None:
    planted = copy / path
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(source, encoding="utf-8")
    assert any(finding.startswith(f"{path}:") for finding in rule(copy))


def test_every_rule_is_broken_on_purpose_by_some_test() -> None:
    written = ast.parse(Path(rules.__file__).read_text(encoding="utf-8"))
    takes_a_tree = {
        node.name
        for node in written.body
        if isinstance(node, ast.FunctionDef) and [argument.arg for argument in node.args.args] == ["root"]
    }
    assert takes_a_tree - {"project_files", "sources"} == {rule.__name__ for rule in RULES}


def test_tidying_up_and_raising_again_is_no_swallowing(tmp_path: Path) -> None:
    module = tmp_path / "services" / "tidy.py"
    module.parent.mkdir()
    module.write_text("try:\n    f()\nexcept BaseException:\n    g()\n    raise\n")
    assert list(rules.only_entrypoints_catch_everything(tmp_path)) == []


@pytest.mark.parametrize("name", [*allowed.LONG_MODULES, *allowed.LONG_FUNCTIONS, *allowed.CATCHING_ALL])
def test_what_is_allowed_still_exists(name: str) -> None:
    path, _, function = name.partition(":")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"def {function}(" in text if function else text.count("\n") > rules.MODULE_LINES

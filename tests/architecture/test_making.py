"""`make test`: two stages at a time, each shown whole, and one that fails fails the whole."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAGES = """
include {root}/Makefile

sound:
	@sleep 0.2; echo one; echo two
ailing:
	@echo before; exit 3
killed:
	@kill -9 $$PPID
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder whose environment is there, with stages that do nothing."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/bootstrap.sh").write_text("#!/bin/sh\n")
    (tmp_path / "deploy/bootstrap.sh").chmod(0o755)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    made = ("requirements.lock", "requirements-dev.lock", "pyproject.toml", ".venv/bin/python")
    for age, name in enumerate((*made, ".venv/.runtime", ".venv/.dev")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_000 + age, 1_000 + age))
    (tmp_path / "Makefile").write_text(STAGES.format(root=ROOT))
    return tmp_path


def make(tree: Path, *stages: str) -> tuple[int, str]:
    """How `make test` with these stages ends, and what it says."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "test", f"STAGES={' '.join(stages)}"]
    done = subprocess.run(command, cwd=tree, env=environ, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def test_stages_that_pass_are_each_shown_whole(tree: Path) -> None:
    code, said = make(tree, "sound", "lint")
    assert "==== sound\none\ntwo\n==== sound passed" in said
    assert (code, said.splitlines()[-1]) == (2, "Failed: lint"), "there is nothing here to check"


def test_where_all_pass_it_says_so(tree: Path) -> None:
    code, said = make(tree, "sound")
    assert (code, said.splitlines()[-1]) == (0, "Everything passed: sound")


def test_one_that_fails_is_shown_and_named_while_the_others_go_on(tree: Path) -> None:
    code, said = make(tree, "ailing", "sound")
    assert "before\n" in said
    assert "==== ailing FAILED" in said
    assert "==== sound passed" in said
    assert (code, said.splitlines()[-1]) == (2, "Failed: ailing")


def test_one_that_is_killed_has_failed(tree: Path) -> None:
    code, said = make(tree, "killed", "sound")
    assert (code, said.splitlines()[-1]) == (2, "Failed: killed")


def test_continuous_integration_runs_what_readme_names() -> None:
    command = "make test"
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == f"exec {command}"
    for page in ("README.md", "README.zh-CN.md"):
        assert f"\n{command}\n" in (ROOT / page).read_text(encoding="utf-8")

"""Who may import whom: import-linter's contracts in pyproject.toml hold, and each one bites."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = [
    "services", "services.kernel", "services.kernel.entrypoints", "services.contracts", "services.intake",
    "services.referral", "services.volunteer", "services.audit", "services.partner", "services.console", "wushe",
]  # fmt: skip

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}

# The contract, the module to plant, and what it imports.
PLANTED = [
    ("independence", "services.intake.planted", "services.referral.domain"),
    ("independence", "services.console.planted", "services.partner"),
    ("layers", "services.kernel.planted", "services.intake"),
    ("layers", "services.kernel.planted", "services.contracts"),
    ("layers", "services.contracts.planted", "services.audit"),
    ("layers", "services.intake.planted", "wushe"),
    ("contracts", "services.contracts.planted", "services.kernel.clock"),
    ("eventlet", "services.kernel.planted", "eventlet"),
    ("eventlet", "services.intake.planted", "kombu.pools"),
    ("eventlet", "wushe.planted", "amqp"),
    ("nameko", "services.kernel.planted", "nameko.containers"),
    ("nameko", "services.contracts.planted", "nameko"),
]

ALLOWED = [
    ("services.kernel.entrypoints.planted", "eventlet.wsgi"),
    ("services.kernel.entrypoints.planted", "nameko.containers"),
    ("services.kernel.entrypoints.planted", "kombu"),
    ("services.contracts.planted", "services.kernel.contract"),
    ("services.contracts.planted", "services.kernel.errors"),
    ("services.intake.planted", "services.kernel.entrypoints.planted_http"),
    ("services.intake.planted", "services.contracts"),
    ("wushe.planted", "services.console"),
]


def lint(root: Path, only: str | None = None) -> str:
    """What import-linter says of a tree; the last line tells how many contracts it kept and broke."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-logo"]
    command += ["--no-cache", "--config", str(ROOT / "pyproject.toml"), *(["--contract", only] if only else [])]
    said = subprocess.run(
        command, cwd=root, capture_output=True, text=True, env=os.environ | {"COLUMNS": "300", "PYTHONPATH": str(root)}
    )
    return said.stdout + said.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree, with whatever package is still missing in it, free to be spoilt."""
    for folder in ("services", "wushe"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for package in PACKAGES:
        plant(tmp_path, f"{package}.__init__", "")
    for module in ("errors", "contract", "clock"):
        plant(tmp_path, f"services.kernel.{module}", "")
    return tmp_path


def plant(root: Path, module: str, source: str) -> None:
    """Write a module if it is not there."""
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() and not path.with_suffix("").is_dir():
        path.write_text(source, encoding="utf-8")


def test_nobody_imports_what_is_not_theirs(copy: Path) -> None:
    said = lint(copy)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said, said


@pytest.mark.parametrize(("contract", "module", "imported"), PLANTED)
def test_a_planted_import_breaks_the_contract(contract: str, module: str, imported: str, copy: Path) -> None:
    plant(copy, module, f"import {imported}\n")
    plant(copy, imported, "") if imported.startswith("services") else None
    said = lint(copy, only=contract)
    assert f"{CONTRACTS[contract]} BROKEN" in said, said
    assert f"{module} -> " in said, said


@pytest.mark.parametrize(("module", "imported"), ALLOWED)
def test_what_is_allowed_breaks_nothing(module: str, imported: str, copy: Path) -> None:
    plant(copy, "services.kernel.entrypoints.planted_http", "import nameko, eventlet\n")
    plant(copy, module, f"import {imported}\n")
    said = lint(copy)
    assert "0 broken." in said, said


def test_every_contract_is_broken_on_purpose_by_some_test() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(CONTRACTS)

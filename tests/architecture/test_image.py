"""The one image recipe gives a service the kernel, the contracts and itself; another service is not there to import."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
SERVICES = ("intake", "referral", "volunteer", "audit", "partner", "console")
# What each image must be able to import, and what not.
ASK = """
import importlib, importlib.util, sys
print([name for name in sys.argv[1].split() if importlib.util.find_spec("services." + name)])
for name in sys.argv[2].split():
    importlib.import_module(name)
"""


def build(service: str, image: Path) -> None:
    """Copy what the recipe copies from the tree, as Docker would."""
    for source in re.findall(
        r"^COPY (?!--from)(\S+) /srv/hub/\S+$", RECIPE.replace("${SERVICE}", service), re.MULTILINE
    ):
        target = image / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / source).exists():
            shutil.copy(ROOT / source, target)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_one_service_and_all_that_it_imports(service: str, tmp_path: Path) -> None:
    build(service, tmp_path)
    ours = [f"services.{service}.service", "wushe.cli"]
    there = [name for name in ours if (tmp_path / name.replace(".", "/")).with_suffix(".py").exists()]
    # Without site (-S), which would let the editable install find this tree's services after all.
    said = subprocess.run(
        [sys.executable, "-P", "-S", "-c", ASK, " ".join(SERVICES), " ".join(there)],
        cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{sysconfig.get_path('purelib')}"},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == str([service] if (ROOT / "services" / service).is_dir() else [])


def test_the_image_installs_nothing_without_its_hash() -> None:
    assert [line for line in RECIPE.splitlines() if "pip install" in line and "--require-hashes" not in line] == []


def test_the_service_does_not_run_as_root() -> None:
    assert re.findall(r"^USER (\S+)$", RECIPE, re.MULTILINE) == ["hub"]

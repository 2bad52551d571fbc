"""No setting without a line in README, and no line without a setting."""

import dataclasses
from pathlib import Path

import pytest

from services.kernel.config import Settings
from services.kernel.settings import SERVICES, SETTINGS, table

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("readme", "zh"), [("README.md", False), ("README.zh-CN.md", True)])
def test_readme_lists_the_settings(readme: str, zh: bool) -> None:
    lines = (ROOT / readme).read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line.startswith("| `HUB_")]
    assert listed == table(zh)[2:]


def test_every_field_of_the_settings_can_be_set() -> None:
    fields = {f.name for f in dataclasses.fields(Settings)} - {"service"}
    assert {s.into.partition(".")[0] for s in SETTINGS} == fields


def test_the_default_in_the_table_is_the_default() -> None:
    defaults = {f.name: f.default for f in dataclasses.fields(Settings)}
    for setting in SETTINGS:
        if setting.default:
            assert setting.kind.read(setting.default) == defaults[setting.into]


def test_every_setting_says_what_it_is_in_both_languages() -> None:
    for setting in SETTINGS:
        assert setting.en
        assert setting.zh
        assert setting.kind.zh
        assert set(setting.required) <= set(SERVICES)

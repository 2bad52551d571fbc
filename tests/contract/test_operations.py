"""What operators are given: the figures that alerts and dashboards ask for exist, and every alert says what to do."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.kernel import metrics
from services.kernel.config import check
from services.kernel.settings import SERVICES, SETTINGS

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
ALERTS = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/hub.json").read_text(encoding="utf-8"))


LABELS = {
    "service",
    "witness",
    "message",
    "outcome",
    "output",
    "publisher",
    "timer",
    "state",
    "reason",
    "le",
    "job",
    "__name__",
}


def asked_for() -> Iterator[tuple[str, str]]:
    """Every expression, with where it stands."""
    yield from ((rule["alert"], rule["expr"]) for rule in ALERTS)
    yield from ((panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"])


def figures() -> set[str]:
    """The names of all samples that the hub shows."""
    found = set()
    for family in metrics.REGISTRY.collect():
        found |= {family.name + end for end in {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(
            family.type, ("",))}  # fmt: skip
    return found


@pytest.mark.parametrize(("where", "expression"), list(asked_for()))
def test_the_figures_that_are_asked_for_exist(where: str, expression: str) -> None:
    names = set(re.findall(r"\bhub_\w+", expression))
    assert names or re.search(r"\b(up|process_\w+|rabbitmq_\w+)\b", expression), where
    assert names <= figures()


@pytest.mark.parametrize(("where", "expression"), list(asked_for()))
def test_the_labels_that_are_asked_for_exist(where: str, expression: str) -> None:
    asked = {label.strip() for labels in re.findall(r"by \((.*?)\)", expression) for label in labels.split(",")}
    asked |= set(re.findall(r"[{,]\s*(\w+)\s*(?:=|!=)", expression))
    assert asked <= LABELS, where


@pytest.mark.parametrize("alert", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_has_its_section_in_the_runbook(alert: dict[str, Any]) -> None:
    page, _, section = alert["annotations"]["runbook"].partition("#")
    assert page == "docs/runbook.md"
    assert section == alert["alert"].lower()
    assert f"\n## {alert['alert']}\n" in RUNBOOK


def test_every_section_of_the_runbook_that_bears_an_alerts_name_belongs_to_one() -> None:
    headings = set(re.findall(r"^## ([A-Z][a-z]+[A-Z]\w+)$", RUNBOOK, re.MULTILINE))
    assert headings == {rule["alert"] for rule in ALERTS}


def test_every_service_is_deployed_by_its_own_command() -> None:
    assert [COMPOSE["services"][name]["command"] for name in SERVICES] == [["wushe", "service", n] for n in SERVICES]


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_compose_file_sets_is_all_that_a_service_needs(service: str) -> None:
    example = dict.fromkeys(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE), "x")
    key = "A" * 43
    example |= {"HUB_LOG_LEVEL": "info", "HUB_SERVICE_TOKEN": "a.b.c", "HUB_KEK": key,
                "HUB_TOKEN_PUBLIC_KEY": key, "HUB_TOKEN_PRIVATE_KEY": key, "HUB_SESSION_SECRET": key, "HUB_LOG_KEY": key,
                "HUB_WEBHOOK_KEY": key, "HUB_LINK_KEY": key, "HUB_IMPORT_KEY": "0" * 64, "SMTP_URL": "smtp://mail.example:587",
                "MAIL_FROM": "hub@example.org"}  # fmt: skip
    example |= {name: key for name in example if name.endswith("_HEAD_KEY")}
    environment = {
        name: re.sub(r"\$\{(\w+)\}", lambda found: example[found[1]], value)
        for name, value in COMPOSE["services"][service]["environment"].items()
    }
    if "HUB_WITNESS_POLICY" in environment:
        environment["HUB_WITNESS_POLICY"] = str(ROOT / "deploy" / "witness" / "policy")
    _, problems = check(environment, service)
    assert problems == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_holds_the_password_of_another(service: str) -> None:
    held = re.findall(r"\$\{(\w+PASSWORD)\}", " ".join(COMPOSE["services"][service]["environment"].values()))
    assert held
    assert all(name.startswith(f"{service.upper()}_") for name in held)


def test_only_the_console_can_sign() -> None:
    signers = [name for name in SERVICES if "HUB_TOKEN_PRIVATE_KEY" in COMPOSE["services"][name]["environment"]]
    assert signers == ["console"]


def test_every_secret_of_the_compose_file_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)\}", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    given = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == given


def test_the_nameko_configuration_names_settings() -> None:
    named = re.findall(r"\$\{(HUB_\w+)", (ROOT / "deploy/nameko.yaml").read_text(encoding="utf-8"))
    assert named
    assert set(named) <= {setting.name for setting in SETTINGS}

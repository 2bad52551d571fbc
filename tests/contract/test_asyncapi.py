"""The AsyncAPI document is one, and says of every event what the contracts and the table of who is told what say."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from typing import Any

import jsonschema
import pytest

from services.partner.concerns import HIDDEN, SHOWN, TELLS
from wushe.asyncapi import _events, text
from wushe.docs import ROOT

SCHEMA = ROOT / "tests/vectors/asyncapi-3.0/asyncapi.json"
Told = dict[str, Any]


@cache
def document() -> Told:
    return dict(json.loads((ROOT / "docs/asyncapi.json").read_text(encoding="utf-8")))


def test_the_document_is_what_the_contracts_make() -> None:
    assert json.loads(text()) == document()


def test_the_document_keeps_to_the_schema_of_the_standard() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    assert list(kind(schema).iter_errors(document())) == []
    wrong = document() | {"channels": {"queue": {"adress": "typed wrongly"}}}
    assert list(kind(schema).iter_errors(wrong)), "what is wrong is found"


def at(pointer: str) -> Any:
    found: Any = document()
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [ref for each in value for ref in references(each)]
    if isinstance(value, dict):
        inner = [ref for each in value.values() for ref in references(each)]
        return inner + ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
    return []


def test_every_reference_leads_somewhere() -> None:
    for pointer in set(references(document())):
        assert at(pointer) is not None


def test_every_event_is_said_and_what_concerns_an_organization_is_delivered() -> None:
    messages = document()["components"]["messages"]
    assert set(messages) == {f"said.{name}" for name in _events()} | {f"delivered.{name}" for name in TELLS}
    said = {ref.rpartition("/")[2] for name, each in document()["channels"].items() if name.endswith("Events")
            for ref in references(each["messages"])}  # fmt: skip
    assert said == {f"said.{name}" for name in _events()}
    for way in ("queue", "feed", "webhook"):
        assert set(document()["channels"][way]["messages"]) == set(TELLS)


def test_no_delivery_promises_a_field_that_is_not_told() -> None:
    for name in TELLS:
        data = at(f"#/components/messages/delivered.{name}")["payload"]["allOf"][1]["properties"]["data"]
        assert set(data["properties"]) <= SHOWN and not set(data["properties"]) & HIDDEN.keys()


@pytest.mark.parametrize(
    "name", ["referral.offered", "referral.accepted", "visit-plan.set", "consent.granted", "task.opened"]
)
def test_a_golden_example_keeps_to_the_schema_of_its_message(name: str) -> None:
    event = json.loads((ROOT / f"services/contracts/examples/{name}.v1.json").read_text(encoding="utf-8"))
    payload = at(f"#/components/messages/said.{name}")["payload"]["allOf"][1]["properties"]["data"]
    whole = document() | {"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [payload]}
    checks = jsonschema.Draft7Validator(whole)
    checks.validate(event)
    missing = {field: value for field, value in event.items() if field != "matter_id"}
    if "matter_id" in event and name != "consent.granted":
        assert list(checks.iter_errors(missing)), "what must be there is asked for"


PARSE = """
const {Parser} = require("@asyncapi/parser");
new Parser().parse(require("fs").readFileSync(process.argv[1], "utf8")).then(({document, diagnostics}) => {
  const errors = diagnostics.filter((d) => d.severity === 0).map((d) => `${d.path.join("/")}: ${d.message}`);
  console.log(JSON.stringify({errors, messages: document ? document.allMessages().length : 0}));
});
"""


def has_parser() -> bool:
    if shutil.which("node") is None:
        return False
    asked = subprocess.run(["node", "-e", 'require.resolve("@asyncapi/parser")'], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.skipif(not has_parser(), reason="node has no @asyncapi/parser here")
def test_the_standards_own_parser_takes_it() -> None:
    done = subprocess.run(
        ["node", "-e", PARSE, str(ROOT / "docs/asyncapi.json")], capture_output=True, text=True, check=False
    )
    found = json.loads(done.stdout)
    assert found["errors"] == [] and found["messages"] > len(TELLS)

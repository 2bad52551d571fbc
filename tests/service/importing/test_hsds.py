"""A directory in the form of HSDS 3.0 becomes commands: the standard's own examples, and what this hub itself shows."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from services.importing.hsds import NoDirectory, Plan, read
from services.referral.hsds import shapes
from services.referral.hsds.facts import Listed, Offered, Seat

EXAMPLES = Path(__file__).parents[2] / "vectors/hsds-3.0/examples"
STATION = "220104004"
LOTUS = Listed(organization_id=UUID(int=22), state="active", kind="charity", code="lotus", names=("莲花", "莲花基金"),
               uscc="51220000MJ0000000X", seats=(Seat(location_id=UUID(int=41), code="220104004", name="莲花"),
                                                 Seat(location_id=UUID(int=42), code="220104005", name="站")))  # fmt: skip
GOODS = Offered(
    offering_id=UUID(int=31), by=LOTUS, state="published", service_codes=("goods",), areas=("220104", "cc-xinqu")
)


def commands(path, **how):
    """The commands that a dataset becomes, without what was found in it."""
    return [(step.command, step.body) for planned in Plan(read(path), STATION, **how) for step in planned.steps]


def found(path, **how):
    return [(f.column, f.code, f.weight) for planned in Plan(read(path), STATION, **how) for f in planned.findings]


def written(folder: Path, said) -> Path:
    file = folder / "dataset.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    return file


def test_what_this_hub_shows_another_one_takes_over_and_says_what_it_does_not(tmp_path):
    own = written(tmp_path, {"contents": [shapes.service(GOODS)]})
    (register, alias, publish) = commands(own)
    assert register == ("register-organization", {"kind": "charity", "code": f"hsds-{UUID(int=22)}", "name": "莲花",
                                                  "uscc": "51220000MJ0000000X", "area": "220104004"})  # fmt: skip
    assert alias == ("add-organization-alias", {"alias": "莲花基金"})
    organization_id = Plan(read(own), STATION).organization_id(str(UUID(int=22)))
    assert publish == (
        "publish-offering",
        {"organization_id": str(organization_id), "service_codes": ["goods"], "areas": ["220104"]},
    )
    assert found(own) == [
        ("organizations", "left-out", "note"), ("service_areas.extent", "area-left-out", "note"),
        ("services", "left-out", "note"), ("locations", "left-out", "note"), ("locations.organization_id", "one-area", "note"),
        ("service_at_locations.location_id", "no-place-of-its-own", "note"),
    ]  # fmt: skip


def test_each_location_is_taken_as_its_organizations_area_or_said_to_be_left_out(tmp_path):
    organization = {"id": str(UUID(int=1)), "name": "团", "locations": [
        {"id": "a", "name": "楼", "latitude": 43.8}, location("b", "220104004000"), location("c", "220104005000"),
    ]}  # fmt: skip
    stray = location("d", "220104004000")
    assert commands(written(tmp_path, [organization]))[0][1]["area"] == "220104004"
    file = written(tmp_path, {"organizations.csv": [organization | {"locations": None}], "locations.csv": [
        *(each | {"organization_id": organization["id"]} for each in organization["locations"]), stray,
    ]})  # fmt: skip
    assert commands(file)[0][1]["area"] == "220104004"
    assert found(file) == [
        ("locations.external_identifier", "no-division", "note"), ("locations.organization_id", "one-area", "note"),
        ("locations.organization_id", "no-organization", "note"),
    ]  # fmt: skip


def location(ident, code):
    return {"id": ident, "external_identifier": code, "external_identifier_type": "CN-statistical-division"}


def test_what_is_left_out_is_said_by_name_with_how_much_of_it_and_never_what_it_says(tmp_path):
    whole = [f for planned in Plan(read(EXAMPLES / "csv"), STATION) for f in planned.findings if f.code == "left-out"]
    said = {f.column: f.en for f in whole}
    assert "website" in said["organizations"] and "required_documents (1)" in said["services"]
    assert "phones (1), schedules (1)" in said["service_at_locations"]
    assert not [f for f in whole if "example.com" in f.en + f.zh or "1234" in f.en + f.zh]
    odd = written(tmp_path, [{"id": str(UUID(int=1)), "name": "x", "=cmd()": "y"}])
    assert "=cmd" not in str([f for planned in Plan(read(odd), STATION) for f in planned.findings])


@pytest.mark.parametrize("name", ["csv", "tabular.json", "service_full.json"])
def test_the_examples_of_the_standard_are_read_in_each_form(name):
    assert commands(EXAMPLES / name)[0][1]["name"] == "Example Organization Inc."
    assert {("attributes.taxonomy_term", "no-code", "wrong"), ("service_areas.extent", "no-division", "wrong")} <= set(
        found(EXAMPLES / name)
    )


def test_a_term_is_taken_for_what_it_is_said_to_mean(tmp_path):
    service = shapes.service(GOODS) | {"service_areas": []}
    service["attributes"][0]["taxonomy_term"] |= {"code": "food-box"}
    file = written(tmp_path, [service])
    assert ("attributes.taxonomy_term", "no-code", "wrong") in found(file)
    assert ("service_areas", "everywhere", "note") in found(file)
    assert commands(file, codes={"food-box": "goods"})[-1][1]["service_codes"] == ["goods"]


def test_what_is_not_to_be_had_is_left_out_and_said(tmp_path):
    file = written(tmp_path, [shapes.service(GOODS) | {"status": "defunct"}])
    assert ("services.status", "not-open", "note") in found(file)
    assert [command for command, _ in commands(file)] == ["register-organization", "add-organization-alias"]


@pytest.mark.parametrize("said", ["", "{}", "[1]", '{"contents": []}', '{"contents": 1}', "[" * 9000,
                                  '[{"name": "x", "status": "active", "service_areas": [1]}]'])  # fmt: skip
def test_what_is_no_directory_is_refused(tmp_path, said):
    (tmp_path / "x.json").write_text(said, encoding="utf-8")
    with pytest.raises(NoDirectory):
        read(tmp_path / "x.json")

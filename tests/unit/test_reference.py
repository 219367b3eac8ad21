# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reference page says what the parsers read: keys, types, defaults, limits and examples."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.variables import (
    HOST_VARIABLES,
    INVENTORY_VARIABLES,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._catalog import read_catalog

from scripts import make_reference

REFERENCE = make_reference.load_reference()
SECTIONS = {section["id"]: section for section in REFERENCE["sections"]}
KEYS = [(s["id"], name) for s in SECTIONS.values() for name in s["keys"]]
CATALOG = read_catalog()

BASE: dict[str, Any] = {
    "aws_region": "ap-northeast-1",
    "levels": {
        "admin": {"managed_policies": ["AdministratorAccess"]},
        "developer": {"managed_policies": ["PowerUserAccess"], "stages": {"prod": {}}},
    },
    "roster": [
        {
            "name": "ana",
            "access": [{"level": "developer", "project": "project-a"}],
            "exceptions": [
                {
                    "level": "developer",
                    "project": "project-a",
                    "until": "2030-01-01",
                    "actions": ["s3:GetObject"],
                }
            ],
        }
    ],
    "hosts": [
        {"host": "jump", "is_jump": True, "account_id": "111111111111"},
        {
            "host": "a",
            "is_member": True,
            "account_id": "222222222222",
            "project": "project-a",
            "stage": "prod",
        },
    ],
}


@dataclass(frozen=True)
class Place:
    """Where a section's keys stand: in which mapping of the input, and its name in messages."""

    find: Callable[[dict[str, Any]], dict[str, Any]]
    words: str


PLACES = {
    "all": Place(lambda given: given, ""),
    "host": Place(lambda given: given["hosts"][1], "host a"),
    "level": Place(lambda given: given["levels"]["developer"], "levels.developer"),
    "stage": Place(
        lambda given: given["levels"]["developer"]["stages"]["prod"],
        "levels.developer.stages.prod",
    ),
    "person": Place(lambda given: given["roster"][0], "roster[0]"),
    "access": Place(lambda given: given["roster"][0]["access"][0], "roster[0].access[0]"),
    "exception": Place(
        lambda given: given["roster"][0]["exceptions"][0], "roster[0].exceptions[0]"
    ),
}
EXCLUDES = {("exception", "policy"): {"actions", "resources"}}
"""Keys that must go where another one is given."""


def desired_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return what follows from a whole input."""
    request = Request(
        hosts=given["hosts"],
        levels=given.get("levels"),
        roster=given.get("roster"),
        region=given.get("aws_region"),
        names={},
        catalog=CATALOG,
        current_day="2026-01-01",
    )
    return build_desired(parse_request(request), request)


def problems_of(given: dict[str, Any]) -> list[str]:
    """Return the problems of a whole input."""
    try:
        desired_of(given)
    except InputError as error:
        return list(error.problems)
    return []


def problems_with(section: str, name: str, value: Any) -> list[str]:
    """Return the problems of a good input with one key set."""
    given = copy.deepcopy(BASE)
    there = PLACES[section].find(given)
    there[name] = value
    for other in EXCLUDES.get((section, name), ()):
        there.pop(other, None)
    return problems_of(given)


def test_the_page_is_as_its_source_says() -> None:
    page = make_reference.PAGE.read_text()
    same = page == make_reference.build_page(REFERENCE)
    assert same, "scripts/reference.yml changed: python -m scripts.make_reference"


def test_the_base_is_good() -> None:
    assert problems_of(BASE) == []


@pytest.mark.parametrize("section", [s for s in SECTIONS if s not in ("all", "host")])
def test_keys_are_those_of_the_parser(section: str) -> None:
    (problem,) = problems_with(section, "no such key", 1)
    assert problem.startswith(f"{PLACES[section].words}: unknown key 'no such key'")
    known = problem.partition("known: ")[2].split(", ")
    assert sorted(SECTIONS[section]["keys"]) == known


def test_variables_are_those_that_are_read() -> None:
    assert set(SECTIONS["all"]["keys"]) == set(INVENTORY_VARIABLES)
    assert set(SECTIONS["host"]["keys"]) == set(HOST_VARIABLES)


@pytest.mark.parametrize(("section", "name"), KEYS)
def test_required_keys_are_missed_and_others_are_not(section: str, name: str) -> None:
    given = copy.deepcopy(BASE)
    there = PLACES[section].find(given)
    there.pop(name, None)
    if name == "managed_policies" and section == "level":
        there["inline_policies"] = SECTIONS["level"]["keys"]["inline_policies"]["example"]
    # What an exception allows is given in one of two keys, and what names a thing needs the thing.
    needed = {("exception", "actions"), ("host", "stage"), ("host", "project")}
    is_required = bool(SECTIONS[section]["keys"][name].get("required"))
    assert bool(problems_of(given)) == (is_required or (section, name) in needed)


WRONG_TYPES: dict[str, list[Any]] = {
    "string": [5, True, ["a"], {"a": "b"}],
    "boolean": ["yes", 1, None, []],
    "integer": ["3600", True, 3600.5, []],
    "list": ["a", 5, {"a": "b"}],
    "mapping": ["a", 5, ["a"]],
    "string or list": [5, {"a": "b"}, [5]],
    "string or mapping": [5, True, ["a"]],
}


@pytest.mark.parametrize(("section", "name"), KEYS)
def test_values_of_other_types_are_refused(section: str, name: str) -> None:
    for value in WRONG_TYPES[SECTIONS[section]["keys"][name]["type"]]:
        assert problems_with(section, name, value) != [], value


@pytest.mark.parametrize(("section", "name"), KEYS)
def test_the_example_of_a_key_is_good(section: str, name: str) -> None:
    given = copy.deepcopy(BASE)
    given["roster"][0].pop("exceptions" if section != "exception" else "none", None)
    if section in ("all", "person"):
        given["levels"]["developer"].pop("stages", None)
    there = PLACES[section].find(given)
    there[name] = SECTIONS[section]["keys"][name]["example"]
    for other in EXCLUDES.get((section, name), ()):
        there.pop(other, None)
    if (section, name) == ("all", "levels"):
        given["roster"] = []
    assert problems_of(given) == []


def defaults() -> list[tuple[str, str]]:
    return [(s, n) for s, n in KEYS if "default" in SECTIONS[s]["keys"][n]]


@pytest.mark.parametrize(("section", "name"), defaults())
def test_a_default_means_the_same_as_nothing(section: str, name: str) -> None:
    built = []
    for is_said in (False, True):
        given = copy.deepcopy(BASE)
        there = PLACES[section].find(given)
        there.pop(name, None)
        if is_said:
            there[name] = SECTIONS[section]["keys"][name]["default"]
        if (section, name) == ("level", "managed_policies"):
            there["inline_policies"] = SECTIONS["level"]["keys"]["inline_policies"]["example"]
        if (section, name) == ("level", "stages"):
            given["roster"][0].pop("exceptions")
        built.append(desired_of(given))
    assert built[0] == built[1]


def limits(kind: str) -> list[tuple[str, str]]:
    return [(s, n) for s, n in KEYS if kind in SECTIONS[s]["keys"][n].get("limit", {})]


def limit(section: str, name: str) -> dict[str, Any]:
    return SECTIONS[section]["keys"][name]["limit"]


@pytest.mark.parametrize(("section", "name"), limits("longest"))
def test_the_longest_text_is_as_it_says(section: str, name: str) -> None:
    longest = limit(section, name)["longest"]
    place = f"{PLACES[section].words}.{name}: "
    found = [problems_with(section, name, "b" * length) for length in (longest, longest + 1)]
    refused = [any(problem.startswith(place) for problem in problems) for problems in found]
    assert refused == [False, True]


@pytest.mark.parametrize(("section", "name"), limits("least"))
def test_the_range_is_as_it_says(section: str, name: str) -> None:
    said = limit(section, name)
    ends = (said["least"] - 1, said["least"], said["most"], said["most"] + 1)
    assert [problems_with(section, name, n) == [] for n in ends] == [False, True, True, False]


@pytest.mark.parametrize(("section", "name"), limits("choices"))
def test_the_choices_are_as_it_says(section: str, name: str) -> None:
    choices = limit(section, name)["choices"]
    assert [problems_with(section, name, choice) for choice in choices] == [[]] * len(choices)
    (problem,) = problems_with(section, name, "other")
    assert problem.endswith(f"known: {', '.join(sorted(choices))}")


def entries(name: str, number: int) -> list[Any]:
    """Return as many different entries of a list."""
    if name == "managed_policies":
        return [{"customer": f"policy-{n}"} for n in range(number)]
    return [{"level": "admin", "project": f"p{n}"} for n in range(number)]


@pytest.mark.parametrize(("section", "name"), limits("entries"))
def test_the_number_of_entries_is_as_it_says(section: str, name: str) -> None:
    most = limit(section, name)["entries"]
    found = []
    for number in (most, most + 1):
        given = copy.deepcopy(BASE)
        given["levels"]["developer"]["fenced"] = False
        given["roster"][0].pop("exceptions")
        given["hosts"] += [
            {"host": f"p{n}", "account_id": f"3333333333{n:02}", "project": f"p{n}", "stage": "x"}
            for n in range(number)
        ]
        PLACES[section].find(given)[name] = entries(name, number)
        found.append(problems_of(given) == [])
    assert found == [True, False]


@pytest.mark.parametrize("character_set", make_reference.CHARACTERS)
def test_sets_of_characters_are_as_they_say(character_set: str) -> None:
    signs = re.findall(r"`(.+)`", make_reference.CHARACTERS[character_set])[0]
    keys = [key for key in limits("characters") if limit(*key)["characters"] == character_set]
    assert keys
    for section, name in keys:
        for character in (chr(code) for code in range(0x20, 0x7F)):
            is_said = character.isalnum() or character in signs
            is_said = is_said or (character_set == "tag" and character == " ")
            problems = problems_with(section, name, f"a{character}a")
            refused = [p for p in problems if p.startswith(f"{PLACES[section].words}.{name}: 'a")]
            assert (refused == []) == is_said, (name, character)


def test_the_example_of_the_page_is_good() -> None:
    everything: dict[str, Any] = {}
    for section in SECTIONS.values():
        for key, value in yaml.safe_load(section.get("example", "{}")).items():
            everything.setdefault(key, {}).update(value) if key == "all" else everything.update(
                {key: value}
            )
    children = everything["all"]["children"]
    hosts = [{"host": "jump", "is_jump": True, **children["jump_accounts"]["hosts"]["jump"]}]
    for group in children["member_accounts"]["children"].values():
        for host, said in group["hosts"].items():
            hosts.append({"host": host, "is_member": True, **group["vars"], **said})
    assert {key for host in hosts for key in host} >= set(HOST_VARIABLES)
    assert problems_of({**everything["all"]["vars"], **everything, "hosts": hosts}) == []
    for given in ("levels", "roster"):
        assert len(everything[given]) >= 2


def test_the_readme_leads_to_the_page() -> None:
    readme = (Path(make_reference.ROOT) / "README.md").read_text()
    assert "(docs/reference.md)" in readme

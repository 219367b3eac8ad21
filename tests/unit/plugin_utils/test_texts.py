# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the text of a file says before Ansible reads it."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._texts import (
    Repeated,
    Said,
    contradictions,
    ini_says,
    lines_of,
    read_yaml,
    repeated_keys,
    unexpected_keys,
    values_in,
    variable_mappings,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("a: 1\nb: 2\n", []),
        ("a: 1\nb: 2\na: 3\na: 4\n", [Repeated("a", 3, 1), Repeated("a", 4, 1)]),
        ("a: 1\n'a': 2\n", [Repeated("a", 2, 1)]),
        ("1: a\n'1': b\n", []),
        ("- x: {y: [{z: 1, z: 2}]}\n", [Repeated("z", 1, 1)]),
        ("roster: []\n---\nroster: []\n", []),
        ("base: &b {p: 1}\nmore:\n  <<: *b\n  p: 2\n", []),
        ("base: &b {p: 1, p: 2}\nmore: *b\n", [Repeated("p", 1, 1)]),
        ('{"a": 1,\n\t"a": 2}', [Repeated("a", 2, 1)]),
        ("a: !vault |\n  x\na: !unsafe y\n", [Repeated("a", 3, 1)]),
        ("a: [1\n", []),
        ("&a [*a, {b: 1, b: 2}]\n", [Repeated("b", 1, 1)]),
        ("? [a]\n: 1\n? [a]\n: 2\n", []),
    ],
)
def test_keys_that_stand_twice(text: str, found: list[Repeated]) -> None:
    assert repeated_keys(read_yaml(text)) == found


@given(ANYTHING)
def test_what_a_program_writes_has_no_key_twice(value: object) -> None:
    for text in (json.dumps(value), yaml.safe_dump(value)):
        assert repeated_keys(read_yaml(text)) == []


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(), min_size=1), st.data())
def test_every_key_that_is_written_again_is_found(keys: dict[str, int], data: st.DataObject):
    again = data.draw(st.sampled_from(sorted(keys)))
    lines = [f"{json.dumps(key)}: {value}" for key, value in [*keys.items(), (again, 0)]]
    (found,) = repeated_keys(read_yaml("\n".join(lines)))
    assert found == Repeated(again, len(lines), 1 + list(keys).index(again))


INVENTORY = """\
all:
  vars: {stage: none}
  children:
    member_accounts:
      hosts:
        a: {stage: prod, other: x}
        b:
      children:
        project_a:
          vars:
            project: p
          hosts:
            a:
              stage: staging
              list: [1]
"""


def said(text: str) -> list[Said]:
    names = ("stage", "project", "list")
    return [
        one
        for holder, mapping in variable_mappings(read_yaml(text))
        for one in values_in(holder, mapping, names)
    ]


def test_what_a_yaml_inventory_says() -> None:
    assert said(INVENTORY) == [
        Said("[all:vars]", "stage", "none", 2),
        Said("a", "stage", "prod", 6),
        Said("[project_a:vars]", "project", "p", 11),
        Said("a", "stage", "staging", 14),
    ]
    assert unexpected_keys(read_yaml(INVENTORY)) == []


@pytest.mark.parametrize("text", ["", "[]", "plugin: x\nhosts: {}\n", "a: b", "- a: 1\n"])
def test_files_that_are_no_yaml_inventory_say_nothing(text: str) -> None:
    assert said(text) == []
    assert unexpected_keys(read_yaml(text)) == []


def test_keys_with_which_ansible_skips_a_part() -> None:
    text = INVENTORY.replace("hosts:\n        a:", "host:\n        a:")
    assert unexpected_keys(read_yaml(text)) == [("member_accounts", "host", 5)]


def test_lines_of_a_key() -> None:
    node = read_yaml("a: 1\nroster:\n  - roster: x\nb: 2\nroster: []\n")
    assert lines_of(node, "roster") == [2, 5]
    assert lines_of(read_yaml("[1]"), "roster") == []


def test_what_an_ini_inventory_says() -> None:
    text = """\
# a comment
lonely stage=x
[members]
a stage="prod" project=p  # b=c
a stage=staging unclosed
b stage='broken
[members:children]
c
[members:vars]
stage = prod
; another=comment
"""
    assert list(ini_says(text)) == [
        Said("lonely", "stage", "x", 2),
        Said("a", "stage", "prod", 4),
        Said("a", "project", "p", 4),
        Said("a", "stage", "staging", 5),
        Said("[members:vars]", "stage", "prod", 10),
    ]


def test_only_different_values_of_one_variable_of_one_holder_contradict() -> None:
    prod, same, other = (Said("a", "stage", value, n) for n, value in enumerate(("p", "p", "s")))
    elsewhere = [("x", Said("b", "stage", "s", 1)), ("x", Said("a", "project", "s", 1))]
    assert contradictions([("x", prod), ("y", same), *elsewhere]) == []
    all_of = [("x", prod), ("y", same), ("y", other)]
    assert contradictions([*all_of, *elsewhere]) == [all_of]

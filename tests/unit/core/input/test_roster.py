# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the roster."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.exceptions import Known
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.roster import parse_roster
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Access, Person
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import either, problems_of, record

LEVELS, PROJECTS = ("admin", "operator"), ("a", "b")
MANY = [f"p{n}" for n in range(11)]


def parse(given: Any, projects: Any = PROJECTS, by_project: Any = ()) -> tuple[Any, list[str]]:
    known = Known(LEVELS, dict.fromkeys(projects, ()), by_project)
    return problems_of(lambda problems: parse_roster(problems, given, known))


@given(
    either(
        st.lists(
            either(
                record(
                    name=st.text("ab=.", max_size=66),
                    access=st.lists(
                        either(
                            record(level=st.sampled_from(LEVELS), project=st.sampled_from(PROJECTS))
                        ),
                        max_size=3,
                    ),
                    email=st.just("a@example.com"),
                    locale=st.sampled_from(["ja", "en", "de"]),
                    tags=st.dictionaries(st.text("aws:") | st.integers(), st.text("a")),
                )
            ),
            max_size=4,
        )
    )
)
def test_nothing_breaks_the_parser(given: Any) -> None:
    people, problems = parse(given)
    assert problems or len(people) == len(given)
    assert [p.name for p in people] == sorted(p.name for p in people)


@given(st.permutations(["ana", "ben", "cho"]), st.permutations([*PROJECTS, None]))
def test_order_does_not_matter(names: list[str], projects: list[str | None]) -> None:
    entries = [{"level": "admin", **({"project": p} if p else {})} for p in projects]
    people, problems = parse([{"name": name, "access": entries} for name in names])
    access = (Access("admin"), Access("admin", "a"), Access("admin", "b"))
    assert (people, problems) == (tuple(Person(n, access) for n in sorted(names)), [])


def test_all_that_a_person_can_say() -> None:
    said = {
        "name": "tanaka.hanako",
        "access": [{"level": "operator", "project": "a"}, {"level": "operator", "project": "a"}],
        "email": "tanaka@example.com",
        "company": "partner-x",
        "locale": "ja",
        "tags": {"team": "blue", "cost": "42"},
    }
    assert parse([said]) == (
        (
            Person(
                name="tanaka.hanako",
                access=(Access("operator", "a"),),
                company="partner-x",
                email="tanaka@example.com",
                locale="ja",
                tags=(("cost", "42"), ("team", "blue")),
            ),
        ),
        [],
    )


def test_letters_of_all_languages_and_empty_tags_are_allowed() -> None:
    said = {
        "name": "ana",
        "access": [],
        "company": "Müller GmbH",
        "tags": {"氏名": "花子", "x": ""},
    }
    (person,), problems = parse([said])
    assert problems == []
    assert (person.company, dict(person.tags)) == ("Müller GmbH", {"氏名": "花子", "x": ""})


def test_a_person_without_access_is_allowed() -> None:
    assert parse([{"name": "ana", "access": []}]) == ((Person("ana"),), [])


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"access": []}, ": 'name' is missing"),
        ({"name": "x"}, ": 'access' is missing"),
        (
            {"name": "a=b", "access": []},
            ".name: 'a=b' contains characters that are not allowed: '='",
        ),
        (
            {"name": "a" * 65, "access": []},
            f".name: '{'a' * 65}' has 65 characters; at most 64 are allowed",
        ),
        (
            {"name": 7, "access": []},
            ".name: expected a string, found the number 7; write it in quotes",
        ),
        ({"name": "x", "access": "admin"}, ".access: expected a list, found the string 'admin'"),
        (
            {"name": "x", "access": ["admin"]},
            ".access[0]: expected a mapping, found the string 'admin'",
        ),
        ({"name": "x", "access": [{"project": "a"}]}, ".access[0]: 'level' is missing"),
        (
            {"name": "x", "access": [{"level": "admni"}]},
            ".access[0].level: unknown level 'admni' (did you mean 'admin'?); known: admin, "
            "operator",
        ),
        (
            {"name": "x", "access": [{"level": True}]},
            ".access[0].level: expected a string, found the boolean True; write it in quotes",
        ),
        (
            {"name": "x", "access": [{"level": "admin", "project": "z"}]},
            ".access[0].project: project 'z' has no accounts in the inventory; known: a, b",
        ),
        (
            {"name": "x", "access": [{"level": "admin", "project": None}]},
            ".access[0].project: expected a string, found nothing; write it in quotes",
        ),
        (
            {"name": "x", "access": [], "locale": "de"},
            ".locale: unknown locale 'de'; known: en, ja",
        ),
        (
            {"name": "x", "access": [], "email": "a;b"},
            ".email: 'a;b' contains ';', which IAM does not allow in tags; for example, write 'ab'",
        ),
        ({"name": "x", "access": [], "tags": []}, ".tags: expected a mapping, found an empty list"),
        (
            {"name": "x", "access": [], "tags": {"AWS:x": "1"}},
            ".tags.AWS:x: keys that start with 'aws:' or 'jumpaccount:' are reserved",
        ),
        (
            {"name": "x", "access": [], "tags": {"k": 1}},
            ".tags.k: expected a string, found the number 1; write it in quotes",
        ),
        (
            {"name": "x", "access": [], "tags": {"k!": "1"}},
            ".tags.k! (the key): 'k!' contains '!', which IAM does not allow in tags; for "
            "example, write 'k'",
        ),
        (
            {"name": "x", "access": [], "company": "Acme, Inc."},
            ".company: 'Acme, Inc.' contains ',', which IAM does not allow in tags; for example, "
            "write 'Acme Inc.'",
        ),
        (
            {"name": "x", "access": [], "company": ""},
            ".company: must not be empty; omit it instead",
        ),
        (
            {"name": "x", "access": [], "company": "y", "tags": {"Company": "z"}},
            ".tags: the key 'company' is used more than once; IAM ignores case in tag keys",
        ),
        (
            {"name": "x", "access": [], "email": "y", "tags": {f"k{n}": "" for n in range(49)}},
            ".tags: 50 tags plus up to 3 added by this collection exceed the IAM limit of 50",
        ),
        (
            {"name": "x", "access": [], "acess": []},
            ": unknown key 'acess' (did you mean 'access'?); known: access, company, email, "
            "exceptions, locale, name, tags",
        ),
    ],
)
def test_what_is_wrong_with_a_person(said: Any, problem: str) -> None:
    assert parse([said])[1] == [f"roster[0]{problem}"]


def test_a_roster_is_a_list() -> None:
    assert parse({"ana": {}}) == ((), ["roster: expected a list, found a mapping"])


def test_names_differ_by_more_than_case() -> None:
    _people, problems = parse([{"name": n, "access": []} for n in ("ana", "ben", "Ana")])
    assert problems == [
        "roster[2].name: 'Ana' is already used by roster[0]; IAM ignores case in names"
    ]


@pytest.mark.parametrize("count", [10, 11])
def test_nobody_is_in_more_than_ten_groups(count: int) -> None:
    access = [{"level": "admin", "project": p} for p in MANY[:count]]
    problems = parse([{"name": "x", "access": access}], MANY)[1]
    assert problems == (
        []
        if count == 10
        else [
            "roster[0].access: needs 11 groups, but IAM allows at most 10 per user; grant a "
            "global level or merge projects"
        ]
    )


def test_a_level_without_a_group_for_every_account_needs_a_project() -> None:
    said = [{"level": "admin"}, {"level": "operator"}, {"level": "operator", "project": "a"}]
    (ana,), problems = parse([{"name": "ana", "access": said}], by_project=["operator"])
    assert ana.access == (Access("admin"), Access("operator", "a"))
    assert problems == [
        "roster[0].access[1]: level operator has no group for all accounts (its global_group is "
        "false); specify a project"
    ]

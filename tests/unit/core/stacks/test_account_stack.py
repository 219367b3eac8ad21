# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State of one CloudFormation stack in many accounts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.account_stack import (
    FoundStack,
    Stack,
    account_outcomes,
    build_stack_state,
    check_stack,
    is_absent,
    is_leftover,
    is_settled,
    is_usable,
    observed_stack_state,
    stack_id,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import applied, check_plan

TEMPLATE = {
    "Resources": {"R": {"Type": "AWS::IAM::Role"}},
    "Parameters": {
        "Given": {"Type": "String"},
        "Number": {"Type": "Number", "Default": 5},
        "Flag": {"Type": "String", "Default": True},
        "Secret": {"Type": "String", "Default": "x", "NoEcho": True},
    },
}
STACK = Stack("execution", TEMPLATE, (("Given", "a"),))
AS_WANTED = FoundStack(
    "CREATE_COMPLETE",
    TEMPLATE,
    (("Flag", "true"), ("Given", "a"), ("Number", "5"), ("Secret", "****")),
    (),
    True,
)
STATUSES = [
    "ABSENT",
    "CREATE_COMPLETE",
    "DELETE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
]
account_ids = st.sampled_from(["111111111111", "222222222222", "333333333333"])
tags = st.lists(st.sampled_from([("a", "1"), ("b", "2")]), unique=True).map(tuple)
found_stacks = st.builds(
    FoundStack,
    status=st.sampled_from(STATUSES),
    template=st.sampled_from([TEMPLATE, {"Resources": {}}]),
    parameters=st.sampled_from([AS_WANTED.parameters, ()]),
    tags=tags,
    termination_protection=st.booleans(),
)
stacks = st.builds(
    Stack,
    name=st.just("execution"),
    template=st.just(TEMPLATE),
    parameters=st.just((("Given", "a"),)),
    tags=st.none() | tags,
    termination_protection=st.booleans(),
)
findings = st.dictionaries(account_ids, found_stacks)


def plan_for(stack, found, account_ids=None):
    ids = list(found) if account_ids is None else account_ids
    return check_plan(build_stack_state(stack, ids, found), observed_stack_state(stack.name, found))


def problems_of(stack, body="{}"):
    problems = Problems()
    check_stack(problems, stack, body)
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


@given(stacks, findings)
def test_every_account_gets_the_stack_and_nothing_else(stack, found):
    plan = plan_for(stack, found)
    state = applied(plan, observed_stack_state(stack.name, found))
    kept = {i for i in state if i.kind is Kind.STACK}
    assert kept == {stack_id(account_id, "execution") for account_id in found}
    assert {i.kind for i in state} <= {Kind.STACK, Kind.STACK_PROTECTION}
    assert {i.key[0] for i in state} == set(found)


@given(stacks, findings)
def test_a_leftover_goes_before_its_stack_is_created(stack, found):
    plan = plan_for(stack, found)
    for account_id, there in found.items():
        ranks = {c.id.kind: rank(c) for c in plan if c.subject == account_id}
        assert (Kind.STACK_LEFTOVER in ranks) == is_leftover(there.status)
        if is_leftover(there.status):
            assert ranks[Kind.STACK_LEFTOVER] < ranks[Kind.STACK]


@given(stacks)
def test_a_protection_comes_after_its_stack(stack):
    plan = plan_for(replace(stack, termination_protection=True), {}, ["111111111111"])
    assert [change.id.kind for change in plan] == [Kind.STACK, Kind.STACK_PROTECTION]


def test_a_stack_as_wanted_is_left_alone():
    assert plan_for(STACK, {"111111111111": AS_WANTED}) == ()


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (replace(AS_WANTED, template={"Resources": {}}), [Kind.STACK]),
        (replace(AS_WANTED, parameters=(("Given", "b"),)), [Kind.STACK]),
        (replace(AS_WANTED, tags=(("a", "1"),)), []),
        (replace(AS_WANTED, status="UPDATE_ROLLBACK_COMPLETE"), []),
        (replace(AS_WANTED, termination_protection=False), [Kind.STACK_PROTECTION]),
    ],
    ids=["template", "parameters", "tags are not asked for", "rolled back", "protection"],
)
def test_what_differs_is_changed(found, kinds):
    assert [change.id.kind for change in plan_for(STACK, {"111111111111": found})] == kinds


def test_given_tags_replace_all():
    found = {"111111111111": replace(AS_WANTED, tags=(("a", "1"), ("b", "2")))}
    (change,) = plan_for(replace(STACK, tags=(("a", "1"),)), found)
    assert (change.before["tags"], change.after["tags"]) == ({"a": "1", "b": "2"}, {"a": "1"})
    (change,) = plan_for(replace(STACK, tags=()), found)
    assert change.after["tags"] == {}


def test_the_protection_of_a_leftover_goes_with_it():
    found = FoundStack("ROLLBACK_COMPLETE", termination_protection=True)
    plan = plan_for(STACK, {"111111111111": found})
    assert [change.id.kind for change in plan] == [
        Kind.STACK_LEFTOVER,
        Kind.STACK,
        Kind.STACK_PROTECTION,
    ]


def test_a_secret_is_nowhere_in_the_plan():
    stack = replace(STACK, parameters=(("Given", "a"), ("Secret", "hush")))
    plan = plan_for(stack, {}, ["111111111111"])
    assert "hush" not in str(plan)
    assert plan[0].after["parameters"]["Secret"] == "****"


def test_a_secret_given_as_text_is_hidden_too():
    template = {"Resources": {}, "Parameters": {"P": {"NoEcho": "True"}, "Q": {"NoEcho": "false"}}}
    stack = Stack("s", template, (("P", "hush"), ("Q", "seen")))
    plan = plan_for(stack, {}, ["111111111111"])
    assert plan[0].after["parameters"] == {"P": "****", "Q": "seen"}


def test_a_template_needs_no_parameters():
    for template in ({"Resources": {}}, {"Resources": {}, "Parameters": None}):
        plan = plan_for(Stack("s", template), {}, ["111111111111"])
        assert plan[0].after["parameters"] == {}


@pytest.mark.parametrize(
    ("status", "settled", "leftover", "usable", "absent"),
    [
        ("ABSENT", True, False, False, True),
        ("CREATE_COMPLETE", True, False, True, False),
        ("CREATE_FAILED", True, False, False, False),
        ("CREATE_IN_PROGRESS", False, False, False, False),
        ("DELETE_COMPLETE", True, False, False, True),
        ("DELETE_FAILED", True, False, False, False),
        ("DELETE_IN_PROGRESS", False, False, False, False),
        ("IMPORT_COMPLETE", True, False, True, False),
        ("IMPORT_IN_PROGRESS", False, False, False, False),
        ("IMPORT_ROLLBACK_COMPLETE", True, False, True, False),
        ("IMPORT_ROLLBACK_FAILED", True, False, False, False),
        ("REVIEW_IN_PROGRESS", True, True, False, False),
        ("ROLLBACK_COMPLETE", True, True, False, False),
        ("ROLLBACK_FAILED", True, False, False, False),
        ("ROLLBACK_IN_PROGRESS", False, False, False, False),
        ("UPDATE_COMPLETE", True, False, True, False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False, False, False, False),
        ("UPDATE_FAILED", True, False, False, False),
        ("UPDATE_IN_PROGRESS", False, False, False, False),
        ("UPDATE_ROLLBACK_COMPLETE", True, False, True, False),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", False, False, False, False),
        ("UPDATE_ROLLBACK_FAILED", True, False, False, False),
        ("UPDATE_ROLLBACK_IN_PROGRESS", False, False, False, False),
    ],
)
def test_what_a_status_means(status, settled, leftover, usable, absent):
    meanings = (is_settled(status), is_leftover(status), is_usable(status), is_absent(status))
    assert meanings == (settled, leftover, usable, absent)


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("a", True),
        ("stackset-execution-role", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("1a", False),
        ("a_b", False),
        ("", False),
        ("a\n", False),
    ],
)
def test_stack_names(name, is_good):
    assert (problems_of(replace(STACK, name=name)) == []) is is_good


def test_the_longest_template():
    assert problems_of(STACK, "x" * 51200) == []
    assert problems_of(STACK, "é" * 25601) == [
        "template_body: has 51202 bytes; CloudFormation allows 51200"
    ]


def test_parameters_that_the_template_does_not_know_or_needs():
    assert problems_of(replace(STACK, parameters=(("Givn", "a"),))) == [
        "parameters.Givn: unknown (did you mean 'Given'?); known: Flag, Given, Number, Secret",
        "parameters.Given: is missing, and the template has no default",
    ]


def test_outcomes_of_accounts():
    def change(account_id, kind, action):
        return Change(ObjectId(kind, (account_id, "s")), action)

    done = [
        change("111111111111", Kind.STACK, Action.CREATE),
        change("111111111111", Kind.STACK_PROTECTION, Action.CREATE),
        change("222222222222", Kind.STACK, Action.UPDATE),
        change("333333333333", Kind.STACK_PROTECTION, Action.CREATE),
        change("444444444444", Kind.STACK, Action.CREATE),
    ]
    ids = ["666666666666", "555555555555", *(c.subject for c in done)]
    assert account_outcomes(ids, done, ["444444444444"], ["666666666666"]) == [
        {"account_id": "111111111111", "status": "created"},
        {"account_id": "222222222222", "status": "updated"},
        {"account_id": "333333333333", "status": "updated"},
        {"account_id": "444444444444", "status": "failed"},
        {"account_id": "555555555555", "status": "unchanged"},
        {"account_id": "666666666666", "status": "waiting"},
    ]


def test_a_kept_parameter_has_its_value_from_the_creation_on():
    stack = replace(STACK, kept_parameters=("Given",))
    there = {
        "1" * 12: replace(AS_WANTED, parameters=(("Given", "before"), *AS_WANTED.parameters[2:]))
    }
    for found, value in ((there, "before"), ({}, "a"), ({"1" * 12: FoundStack("ABSENT")}, "a")):
        state = build_stack_state(stack, ["1" * 12], found)
        assert state[stack_id("1" * 12, "execution")]["parameters"]["Given"] == value


def test_a_kept_parameter_is_one_of_the_template():
    problems = Problems()
    check_stack(problems, replace(STACK, kept_parameters=("Other",)), "{}")
    with pytest.raises(
        InputError, match="kept_parameters: 'Other' is not a parameter of the template; "
    ):
        problems.raise_if_any()

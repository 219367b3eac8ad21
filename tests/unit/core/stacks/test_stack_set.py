# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_set import (
    StackSet,
    build_stack_set_state,
    stack_set_id,
    undeclared_parameters,
)
from hypothesis import given
from hypothesis import strategies as st

NAME = "iam-roles"
TEMPLATES = [
    {"Resources": {"R": {"Type": "T"}}},
    {"Parameters": {"P": {"Default": "d"}, "Q": {}}, "Resources": {}},
    {"Parameters": {"P": {"NoEcho": True}}, "Resources": {}},
]

wanted_sets = st.builds(
    StackSet,
    name=st.just(NAME),
    template=st.sampled_from(TEMPLATES),
    description=st.none() | st.sampled_from(["", "text"]),
    parameters=st.none() | st.dictionaries(st.sampled_from("PQ"), st.sampled_from(["1", "2"])),
    capabilities=st.none() | st.frozensets(st.sampled_from(["CAPABILITY_IAM", "CAPABILITY_X"])),
    tags=st.none() | st.dictionaries(st.sampled_from("ab"), st.sampled_from("cd")),
    administration_role_arn=st.none() | st.just("arn"),
    execution_role_name=st.none() | st.just("role"),
    permission_model=st.none() | st.sampled_from(["SELF_MANAGED", "SERVICE_MANAGED"]),
    managed_execution=st.none() | st.booleans(),
    auto_deployment=st.none() | st.just({"enabled": True, "retain_stacks": False}),
)
observed_sets = st.just({}) | wanted_sets.map(lambda wanted: build_stack_set_state(wanted, {}))


@given(wanted_sets, observed_sets)
def test_applying_gives_desired_and_planning_again_gives_nothing(wanted, observed):
    plan = plan_changes(build_stack_set_state(wanted, observed), observed)
    assert len(plan) <= 1
    applied = {**observed, **{change.id: change.after for change in plan}}
    assert plan_changes(build_stack_set_state(wanted, applied), applied) == ()


@given(wanted_sets, observed_sets)
def test_what_is_given_is_what_will_be(wanted, observed):
    state = build_stack_set_state(wanted, observed)[stack_set_id(NAME)]
    for name in ("description", "permission_model", "managed_execution", "execution_role_name"):
        given_value = getattr(wanted, name)
        assert given_value is None or state[name] == given_value


def attributes(**given_values):
    return build_stack_set_state(StackSet(NAME, TEMPLATES[1], **given_values), {})


def test_what_is_not_given_stays_as_observed():
    observed = attributes(
        description="text",
        parameters={"P": "1", "Q": "2"},
        capabilities=frozenset(["CAPABILITY_IAM"]),
        tags={"a": "b"},
        administration_role_arn="arn",
        managed_execution=True,
    )
    assert build_stack_set_state(StackSet(NAME, TEMPLATES[1]), observed) == observed


def test_parameters_that_are_given_take_defaults_for_the_others():
    observed = attributes(parameters={"P": "1", "Q": "2"})
    state = build_stack_set_state(StackSet(NAME, TEMPLATES[1], parameters={"Q": "2"}), observed)
    assert state[stack_set_id(NAME)]["parameters"] == {"P": "d", "Q": "2"}


def test_parameters_that_a_new_template_does_not_know_are_dropped():
    observed = attributes(parameters={"P": "1", "Q": "2"})
    state = build_stack_set_state(StackSet(NAME, TEMPLATES[0]), observed)
    assert state[stack_set_id(NAME)]["parameters"] == {}


def test_another_secret_alone_is_no_change_and_is_not_shown():
    observed = build_stack_set_state(StackSet(NAME, TEMPLATES[2], parameters={"P": "old"}), {})
    desired = build_stack_set_state(StackSet(NAME, TEMPLATES[2], parameters={"P": "new"}), observed)
    assert plan_changes(desired, observed) == ()
    assert "old" not in str(observed)


def test_a_stack_set_that_shall_not_be_there_is_deleted():
    observed = attributes()
    (change,) = plan_changes({}, observed)
    assert (change.id, change.action) == (stack_set_id(NAME), Action.DELETE)


@pytest.mark.parametrize(
    ("names", "unknown"), [({"P": 1}, []), ({"Z": 1, "P": 1, "A": 1}, ["A", "Z"])]
)
def test_parameters_that_the_template_does_not_declare(names, unknown):
    assert undeclared_parameters(TEMPLATES[1], names) == unknown

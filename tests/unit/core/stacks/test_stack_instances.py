# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.instance_failure import (
    Advice,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_instances import (
    StackInstance,
    Step,
    bring_outdated,
    build_instance_state,
    build_operations,
    failed_again,
    has_overrides_to_keep,
    inoperable_instances,
    instance_id,
    keep_overrides,
    keep_surplus,
    overrides_to_read,
    refused_before,
    refused_with_stack_set,
    surplus_instances,
    without_role,
)
from hypothesis import given
from hypothesis import strategies as st

ACCOUNTS = ["a1", "a2", "a3", "a4"]
REGIONS = ["r1", "r2"]
places = st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(REGIONS))
overrides = st.none() | st.dictionaries(st.sampled_from("PQ"), st.sampled_from(["1", "2"]))
statuses = st.sampled_from(["CURRENT", "OUTDATED", "INOPERABLE"])


def attributes(status, found=None):
    more = {} if status == "CURRENT" else {"detail": "FAILED", "reason": "why"}
    return {"status": status, **more, **({"parameter_overrides": found} if found else {})}


def desired_of(places_and_overrides):
    listed = [StackInstance(*place, o) for place, o in places_and_overrides.items()]
    return build_instance_state(listed)


def observed_of(places_and_statuses):
    return {instance_id(*p): attributes(s) for p, s in places_and_statuses.items()}


desired_states = st.dictionaries(places, overrides).map(desired_of)
observed_states = st.dictionaries(places, statuses).map(observed_of)


def carry_out(operations, observed, desired):
    """Return the state after operations, as AWS would leave it; refuse what AWS would refuse."""
    state = dict(observed)
    for operation in operations:
        for instance in operation.ids:
            is_inoperable = instance in state and state[instance]["status"] == "INOPERABLE"
            if operation.step is Step.REMOVE_INOPERABLE:
                assert is_inoperable
                del state[instance]
            elif operation.step is Step.DELETE:
                assert instance in state
                assert not is_inoperable
                del state[instance]
            else:
                assert (instance in state) is (operation.step is Step.UPDATE)
                assert not is_inoperable
                found = operation.parameter_overrides
                assert (found is None) is ("parameter_overrides" not in desired[instance])
                more = {} if found is None else {"parameter_overrides": dict(found)}
                state[instance] = {"status": "CURRENT", **more}
    return state


@given(desired_states, observed_states, st.booleans())
def test_the_operations_bring_exactly_the_desired_state(wanted, observed, purge):
    desired = keep_surplus(wanted, observed, purge=purge)
    plan = plan_changes(desired, observed)
    after = carry_out(build_operations(plan), observed, desired)
    assert after == desired
    assert plan_changes(desired, after) == ()


@given(desired_states, observed_states, st.randoms())
def test_the_order_of_a_plan_does_not_matter(wanted, observed, random):
    plan = list(plan_changes(wanted, observed))
    operations = build_operations(tuple(plan))
    random.shuffle(plan)
    assert build_operations(tuple(plan)) == operations


@given(desired_states, observed_states)
def test_no_operation_touches_what_is_not_in_the_plan(wanted, observed):
    plan = plan_changes(wanted, observed)
    touched = {i for operation in build_operations(plan) for i in operation.ids}
    assert touched == {change.id for change in plan}


def test_accounts_with_equal_overrides_share_one_operation():
    wanted = [
        StackInstance("a1", "r1"),
        StackInstance("a2", "r1", {"P": 1}),
        StackInstance("a3", "r1", {"P": "1"}),
        StackInstance("a4", "r1", {}),
    ]
    operations = build_operations(plan_changes(build_instance_state(wanted), {}))
    assert [(o.step, o.rectangle.accounts, o.parameter_overrides) for o in operations] == [
        (Step.CREATE, ("a4",), ()),
        (Step.CREATE, ("a1",), None),
        (Step.CREATE, ("a2", "a3"), (("P", "1"),)),
    ]


def test_hundreds_of_accounts_are_one_operation():
    wanted = build_instance_state(StackInstance(f"{n:012}", "r1") for n in range(250))
    (operation,) = build_operations(plan_changes(wanted, {}))
    assert len(operation.rectangle.accounts) == 250


@pytest.mark.parametrize(
    ("wanted", "status", "steps"),
    [
        (True, None, [Step.CREATE]),
        (True, "CURRENT", []),
        (True, "OUTDATED", [Step.UPDATE]),
        (True, "INOPERABLE", [Step.REMOVE_INOPERABLE, Step.CREATE]),
        (False, "CURRENT", [Step.DELETE]),
        (False, "OUTDATED", [Step.DELETE]),
        (False, "INOPERABLE", [Step.REMOVE_INOPERABLE]),
    ],
)
def test_steps_of_one_instance(wanted, status, steps):
    desired = desired_of({("a1", "r1"): None}) if wanted else {}
    observed = observed_of({("a1", "r1"): status}) if status else {}
    operations = build_operations(plan_changes(desired, observed))
    assert [operation.step for operation in operations] == steps


def test_surplus_stays_and_is_reported_without_purge():
    observed = observed_of({("a1", "r1"): "CURRENT", ("a2", "r1"): "OUTDATED"})
    wanted = desired_of({("a1", "r1"): None})
    assert plan_changes(keep_surplus(wanted, observed, purge=False), observed) == ()
    assert surplus_instances(wanted, observed) == ["a2/r1"]
    (change,) = plan_changes(keep_surplus(wanted, observed, purge=True), observed)
    assert (change.id, change.action) == (instance_id("a2", "r1"), Action.DELETE)


def test_overrides_are_read_only_where_they_matter():
    found = {"a1": "CURRENT", "a2": "CURRENT", "a3": "OUTDATED", "a5": "OUTDATED"}
    observed = observed_of({(account, "r1"): status for account, status in found.items()})
    given = {"a1": {"P": "1"}, "a2": None, "a4": {"P": "1"}, "a5": None}
    wanted = desired_of({(account, "r1"): o for account, o in given.items()})
    assert overrides_to_read(wanted, observed) == (("a1", "r1"), ("a5", "r1"))


@pytest.mark.parametrize(
    ("given_overrides", "sent"), [(None, (("P", "1"),)), ({}, ()), ({"Q": "2"}, (("Q", "2"),))]
)
@pytest.mark.parametrize("status", ["OUTDATED", "INOPERABLE"])
def test_a_write_names_all_overrides_also_those_that_stay(status, given_overrides, sent):
    observed = {instance_id("a1", "r1"): attributes(status, {"P": "1"})}
    wanted = desired_of({("a1", "r1"): given_overrides})
    assert has_overrides_to_keep(wanted, observed) is (given_overrides is None)
    desired = keep_overrides(wanted, observed, "PQ")
    assert build_operations(plan_changes(desired, observed))[-1].parameter_overrides == sent


@given(desired_states, observed_states)
def test_without_overrides_there_is_nothing_to_keep(wanted, observed):
    assert not has_overrides_to_keep(wanted, observed)
    assert keep_overrides(wanted, observed, "PQ") == wanted


def test_an_override_of_a_parameter_that_is_no_more_is_not_kept():
    observed = {instance_id("a1", "r1"): attributes("OUTDATED", {"P": "1", "Q": "2"})}
    desired = keep_overrides(desired_of({("a1", "r1"): None}), observed, "Q")
    assert build_operations(plan_changes(desired, observed))[0].parameter_overrides == (("Q", "2"),)


def test_other_overrides_are_a_change_and_equal_ones_are_not():
    observed = {instance_id("a1", "r1"): attributes("CURRENT", {"P": "1"})}
    assert plan_changes(desired_of({("a1", "r1"): {"P": 1}}), observed) == ()
    (change,) = plan_changes(desired_of({("a1", "r1"): {}}), observed)
    assert (change.action, change.after["parameter_overrides"]) == (Action.UPDATE, {})


def test_inoperable_instances_are_told_with_what_to_do():
    observed = observed_of({("a1", "r1"): "INOPERABLE", ("a2", "r1"): "INOPERABLE"})
    plan = plan_changes(desired_of({("a1", "r1"): None}), observed)
    assert inoperable_instances(plan, "iam-roles") == {
        instance_id("a1", "r1"): (
            "Stack instance a1/r1 of stack set iam-roles is INOPERABLE (why), so AWS does not "
            "update it. Delete its stack in account a1 manually, then run again with "
            "recover_inoperable to replace the instance."
        )
    }


def test_inoperable_without_a_reason():
    observed = {instance_id("a1", "r1"): {"status": "INOPERABLE", "reason": ""}}
    plan = plan_changes(desired_of({("a1", "r1"): None}), observed)
    (text,) = inoperable_instances(plan, "s").values()
    assert "(AWS gives no reason)" in text


NO_ROLE = "Account 222222222222 should have 'x' role with trust relationship to Role 'y'."
OWNERS = Advice("iam-roles", unprepared=frozenset({"a1"}))


def without(status):
    return {"status": status, "detail": "FAILED", "reason": NO_ROLE}


@pytest.mark.parametrize(
    ("observed", "waits"),
    [
        ({}, {"a1"}),
        ({("a1", "r1"): without("OUTDATED"), ("a2", "r1"): without("OUTDATED")}, {"a1"}),
        ({("a1", "r1"): attributes("OUTDATED")}, set()),
        ({("a1", "r1"): attributes("CURRENT")}, set()),
    ],
    ids=["new", "no role yet", "another reason", "current"],
)
def test_accounts_that_only_their_owners_can_open_wait(observed, waits):
    desired = desired_of({("a1", "r1"): None, ("a2", "r1"): None})
    plan = plan_changes(desired, {instance_id(*p): v for p, v in observed.items()})
    assert {i.key[0] for i in without_role(plan, OWNERS)} == waits


def test_an_update_does_not_bring_what_waits_for_an_owner():
    places = [instance_id("a1", "r1"), instance_id("a2", "r1")]
    observed = {place: without("OUTDATED") for place in places}
    after = bring_outdated(observed, {("a1", "r1"), ("a2", "r1")}, OWNERS)
    assert after == {places[0]: without("OUTDATED"), places[1]: {"status": "CURRENT"}}


def test_instances_where_the_execution_role_was_refused_are_not_tried():
    plan = plan_changes(desired_of({("a1", "r1"): None, ("a2", "r1"): None}), {})
    assert refused_before(plan, {"a1": "It is broken.", "a3": "No."}, "iam-roles") == {
        instance_id("a1", "r1"): (
            "Stack instance a1/r1 of stack set iam-roles was not changed, because the "
            "execution role of account a1 was refused: It is broken."
        )
    }


def test_nothing_but_removals_goes_on_while_the_stack_set_is_not_as_wanted():
    observed = {
        instance_id("a1", "r1"): attributes("OUTDATED"),
        instance_id("a3", "r1"): {"status": "CURRENT"},
    }
    plan = plan_changes(desired_of({("a1", "r1"): None, ("a2", "r1"): None}), observed)
    refused = refused_with_stack_set(plan, "iam-roles")
    assert refused.keys() == {instance_id("a1", "r1"), instance_id("a2", "r1")}
    assert refused[instance_id("a1", "r1")].startswith(
        "Stack instance a1/r1 of stack set iam-roles was not changed, because this run could not "
    )


@given(observed_states, st.sets(places))
def test_an_update_of_the_set_leaves_nothing_outdated_that_it_reaches(observed, reached):
    after = bring_outdated(observed, reached, OWNERS)
    for i, found in observed.items():
        is_brought = i.key in reached and found["status"] == "OUTDATED"
        assert after[i] == ({"status": "CURRENT"} if is_brought else found)


@pytest.mark.parametrize(
    ("observed", "given", "is_left"),
    [
        (attributes("OUTDATED"), None, True),
        (attributes("OUTDATED", {"P": "1"}), {"P": "1"}, True),
        (attributes("OUTDATED", {"P": "1"}), {"P": "2"}, False),
        (attributes("OUTDATED", {"P": "1"}), {}, False),
        (attributes("CURRENT"), None, False),
        (None, None, False),
    ],
    ids=["the same", "same overrides", "other overrides", "no overrides", "current", "gone"],
)
def test_what_has_just_failed_is_tried_again_only_when_it_differs(observed, given, is_left):
    place = instance_id("a1", "r1")
    known = {str(place): "No.", str(instance_id("a2", "r1")): "Neither."}
    desired = desired_of({("a1", "r1"): given, ("a3", "r1"): None})
    plan = plan_changes(desired, {} if observed is None else {place: observed})
    assert failed_again(plan, known) == ({place: "No."} if is_left else {})

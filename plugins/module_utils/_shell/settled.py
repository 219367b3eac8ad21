# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Which steps of a run have nothing to do, told before its first write.

A re-run that changes nothing is what runs are most often, and every module costs half a second. The
result of a step is what its module returns when it finds the same; where anything differs, or
something has to be told, the module itself is asked. The same holds where a read is refused: the
step says so in its place, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from .._aws.account import AwsAccount
from .._aws.cfn_yaml import parse_template
from .._aws.errors import AwsError
from .._aws.password_policy import read_password_policy
from .._aws.stack_sets.calls import StackSetAddress
from .._aws.stack_sets.instances import read_instances
from .._aws.stacks import read_usable_stacks
from .._core.change import Json
from .._core.iam.decision import UserOptions, user_alarms
from .._core.iam.password import PasswordPolicy
from .._core.planning import plan_changes
from .._core.stacks.account_stack import (
    FoundStack,
    Stack,
    account_outcomes,
    build_stack_state,
    observed_stack_state,
)
from .._core.stacks.canonical import parameter_text
from .group_step import GroupStep
from .inspection import inspect
from .preflight import Look
from .stack_sets.info import current_accounts, row_from

T = TypeVar("T")
Result = dict[str, Json]


def find_settled(
    aws: AwsAccount,
    found: Look,
    params: Mapping[str, Json],
    there: Mapping[str | None, Mapping[str, FoundStack]],
) -> dict[str, Result]:
    """Return by step the results of the steps that would change nothing and tell no failure.

    there are the stacks of each region.
    """
    account_id = found.settings.account_id
    inspection = inspect(aws, params["inspect"], found.settings)
    groups = _groups(found, params, inspection)
    results = {
        "password_policy": _unless_refused(lambda: _password_policy(aws, params)),
        **_stacks(account_id, params["stacks"], there),
        "groups": groups,
        "users": _users(found, params, groups, inspection),
    }
    return {step: result for step, result in results.items() if result is not None}


def find_current_accounts(aws: AwsAccount, name: str | None) -> list[str] | None:
    """Return the accounts whose instances of the stack set are all current; None when unknown."""
    if name is None:
        return None
    address = StackSetAddress(aws, name)
    return _unless_refused(lambda: current_accounts(map(row_from, read_instances(address))))


def _unless_refused(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except AwsError:
        return None


def _nothing_done(**facts: Json) -> Result:
    return {"changed": False, "changes": [], "failures": [], **facts}


def _password_policy(aws: AwsAccount, params: Mapping[str, Json]) -> Result | None:
    wanted = params["password_policy"]
    if wanted is None or PasswordPolicy(**wanted) != read_password_policy(aws):
        return None
    return _nothing_done()


def read_stacks(
    in_region: Callable[[str | None], AwsAccount], params: Mapping[str, Json]
) -> dict[str | None, dict[str, FoundStack]]:
    """Return the usable stacks of those that the run handles or once made, by region and name.

    The region of the module is None.
    """
    names: dict[str | None, set[str]] = {}
    for item in params["stacks"]:
        names.setdefault(item["region"], set()).add(item["name"])
    if params["watch"] and None in names:
        names[None].add(params["watch"]["stack"])
    return {
        region: _unless_refused(partial(read_usable_stacks, in_region(region), wanted)) or {}
        for region, wanted in names.items()
    }


def _stacks(
    account_id: str,
    listed: Sequence[Mapping[str, Json]],
    there: Mapping[str | None, Mapping[str, FoundStack]],
) -> dict[str, Result]:
    return {
        item["step"]: _nothing_done(
            stacks=account_outcomes([account_id], (), (), ()), unreachable=[], waiting=[]
        )
        for item in listed
        if item["name"] in there[item["region"]]
        and _is_wanted(account_id, item, there[item["region"]][item["name"]])
    }


def _is_wanted(account_id: str, item: Mapping[str, Json], found: FoundStack) -> bool:
    there = {account_id: found}
    given = {name: parameter_text(value) for name, value in item["parameters"].items()}
    stack = Stack(
        item["name"],
        parse_template(item["template_body"]),
        parameters=tuple(sorted(given.items())),
        kept_parameters=tuple(item["kept_parameters"]),
    )
    return not plan_changes(
        build_stack_state(stack, there, there), observed_stack_state(stack.name, there)
    )


def _groups(found: Look, params: Mapping[str, Json], inspection: Json) -> Result | None:
    if not found.groups:
        return None
    decision = found.group_decision(params, 1.0)
    step = GroupStep(found.found_groups, found.settings, decision)
    if decision.plan or decision.refused or step.alarms(()):
        return None
    return _nothing_done(**decision.findings, **step.facts(()), inspection=inspection)


def _users(
    found: Look, params: Mapping[str, Json], groups: Result | None, inspection: Json
) -> Result | None:
    """Return the result of the users, by their own read; groups that are handled come first."""
    if not found.users or (found.groups and groups is None):
        return None
    decision = found.user_decision(params, 1.0, None)
    alarms = user_alarms(found.found_users, found.settings, UserOptions())
    if decision.plan or decision.refused or alarms:
        return None
    return _nothing_done(**decision.findings, inspection=inspection)

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The template of the stack set: one for all accounts, whose parameters make them differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from ..change import Json
from ..iam.switch_role import SwitchRole
from ..naming import Names
from ..policies.fence import Fence, build_fence_policy
from ..policies.guard import build_guard_policy
from ..policies.personal import PARAMETERS_PER_ROLE
from .stacksets import FORMAT

STAGE_PARAMETER = "Stage"
_NO_STAGE = "(none)"
_IS_JUMP, _IS_MEMBER = "IsJumpAccount", "IsMemberAccount"
FENCE, GUARD = "JumpAccountFence", "MemberAccountGuard"
"""Logical ids of the policies that lower levels have besides their own: one here, one there."""
_NO_VALUE = {"Ref": "AWS::NoValue"}


def build_switch_template(
    roles: Iterable[SwitchRole],
    fence: Fence | None = None,
    *,
    has_lower_roles_in_jump: bool = True,
) -> dict[str, Json]:
    """Return the template: a role for each level, the fence in the Jump account, or the guard.

    Parameters have defaults, so that only accounts that differ get values of their own. Without
    has_lower_roles_in_jump, fenced roles are in member accounts only.
    """
    listed = list(roles)
    limits = _limits(fence, has_lower_roles_in_jump) if any(r.is_fenced for r in listed) else {}
    conditions = {**(_account_conditions(fence, limits)), **_conditions(listed)}
    return {
        "AWSTemplateFormatVersion": FORMAT,
        "Description": "Switch roles for the people of the Jump account",
        "Parameters": _parameters(listed),
        **({"Conditions": conditions} if conditions else {}),
        "Resources": {
            **limits,
            **{_logical_id(role.name): _role_resource(role, limits) for role in listed},
        },
        "Outputs": {
            STAGE_PARAMETER: {
                "Description": "The stage whose settings the roles here have",
                "Value": {"Ref": STAGE_PARAMETER},
            }
        },
    }


def exception_parameters(role_name: str) -> tuple[str, ...]:
    """Return the parameters that carry the exceptions in one role."""
    return tuple(
        f"Exceptions{_logical_id(role_name)}{n}" for n in range(1, PARAMETERS_PER_ROLE + 1)
    )


def _logical_id(name: str) -> str:
    """Return an alphanumeric id; hexadecimal digits keep different names different."""
    plain = re.sub(r"[^A-Za-z0-9]", "", name.title())
    return plain if re.fullmatch(r"[a-z]+(-[a-z]+)*", name) else plain + name.encode().hex()


def _parameters(roles: list[SwitchRole]) -> dict[str, Json]:
    exceptions = {
        name: {
            "Type": "String",
            "Default": "",
            "Description": f"What single people may do more in {role.name} here, a policy",
        }
        for role in roles
        if role.takes_exceptions
        for name in exception_parameters(role.name)
    }
    stage = {
        "Type": "String",
        "Default": _NO_STAGE,
        "Description": "The stage of this account, where roles differ by stage",
    }
    return {STAGE_PARAMETER: stage, **exceptions}


def _account_conditions(fence: Fence | None, limits: Mapping[str, Json]) -> dict[str, Json]:
    """Return the conditions of the limits: they tell the Jump account from the others."""
    if fence is None:
        return {}
    is_jump = {"Fn::Equals": [{"Ref": "AWS::AccountId"}, fence.jump_account_id]}
    conditions = {_IS_JUMP: is_jump, _IS_MEMBER: {"Fn::Not": [is_jump]}}
    used = {limit["Condition"] for limit in limits.values()}
    return {name: condition for name, condition in conditions.items() if name in used}


def _conditions(roles: list[SwitchRole]) -> dict[str, Json]:
    stages = sorted({stage for role in roles for stage, _role in role.stages})
    exceptions = [
        name for role in roles if role.takes_exceptions for name in exception_parameters(role.name)
    ]
    return {
        **{
            _stage_condition(stage): {"Fn::Equals": [{"Ref": STAGE_PARAMETER}, stage]}
            for stage in stages
        },
        **{_has(name): {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]} for name in exceptions},
    }


def _stage_condition(stage: str) -> str:
    return f"IsStage{_logical_id(stage)}"


def _has(parameter: str) -> str:
    return f"Has{parameter}"


def _limits(fence: Fence | None, has_lower_roles_in_jump: bool) -> dict[str, Json]:
    """Return the policies that fenced roles have besides their own."""
    if fence is None:
        return {}
    names = fence.names
    in_jump = _policy_resource(
        _IS_JUMP,
        names,
        names.fence_policy,
        "Keeps switch roles of the Jump account from other roles",
        build_fence_policy(fence),
    )
    elsewhere = _policy_resource(
        _IS_MEMBER,
        names,
        names.guard_policy,
        "Keeps switch roles of member accounts from the stacks of these roles",
        build_guard_policy(names, fence.partition),
    )
    return {**({FENCE: in_jump} if has_lower_roles_in_jump else {}), GUARD: elsewhere}


def _policy_resource(
    condition: str, names: Names, name: str, description: str, document: Json
) -> dict[str, Json]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Condition": condition,
        "Properties": {
            "ManagedPolicyName": name,
            "Path": names.path,
            "Description": description,
            "PolicyDocument": document,
        },
    }


def _role_resource(role: SwitchRole, limits: Collection[str]) -> dict[str, Json]:
    def by_stage(read: Callable[[SwitchRole], Json]) -> Json:
        usual = chosen = read(role)
        for stage, there in reversed(role.stages):
            if read(there) != usual:
                chosen = {"Fn::If": [_stage_condition(stage), read(there), chosen]}
        return chosen

    limit = [limit_of(limits)] if role.is_fenced and limits else []
    is_elsewhere = bool(limit) and FENCE not in limits
    properties: dict[str, Json] = {
        "RoleName": role.name,
        "Path": role.path,
        "Description": role.description,
        "MaxSessionDuration": by_stage(lambda r: r.max_session_duration),
        "AssumeRolePolicyDocument": role.trust_policy,
        "ManagedPolicyArns": by_stage(lambda r: [*_managed(r), *limit]),
        "Policies": by_stage(_inline),
        "PermissionsBoundary": by_stage(_boundary),
        "Tags": [{"Key": key, "Value": value} for key, value in role.tags],
    }
    optional = {"Policies": [], "PermissionsBoundary": _NO_VALUE, "Tags": []}
    return {
        "Type": "AWS::IAM::Role",
        **({"Condition": _IS_MEMBER} if is_elsewhere else {}),
        "Properties": {k: v for k, v in properties.items() if optional.get(k, ...) != v},
    }


def limit_of(limits: Collection[str]) -> Json:
    """Return the policy that a fenced role has besides its own, of those in a template."""
    if FENCE in limits:
        return {"Fn::If": [_IS_JUMP, {"Ref": FENCE}, {"Ref": GUARD}]}
    return {"Ref": GUARD}


def _managed(role: SwitchRole) -> list[Json]:
    return [_substituted(arn) for arn in role.managed_policy_arns]


def _inline(role: SwitchRole) -> list[Json]:
    own: list[Json] = [
        {"PolicyName": name, "PolicyDocument": document} for name, document in role.inline_policies
    ]
    if not role.takes_exceptions:
        return own
    return own + [
        {"Fn::If": [_has(name), _exceptions(number, name), _NO_VALUE]}
        for number, name in enumerate(exception_parameters(role.name), start=1)
    ]


def _exceptions(number: int, parameter: str) -> dict[str, Json]:
    return {"PolicyName": f"exceptions-{number}", "PolicyDocument": {"Ref": parameter}}


def _boundary(role: SwitchRole) -> Json:
    return _substituted(role.permissions_boundary) if role.permissions_boundary else _NO_VALUE


def _substituted(arn: str) -> Json:
    return {"Fn::Sub": arn} if "${" in arn else arn

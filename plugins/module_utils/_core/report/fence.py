# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whether the fence in the Jump account still stands: CloudFormation does not notice changes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..arns import iam_arn
from ..change import Json
from ..policies.document import canonical_policy
from ..step import Run, Step
from ..templates.switch_roles import FENCE


def fence_in(template: Mapping[str, Json]) -> dict[str, Json] | None:
    """Return the fence of a template of switch roles: its policy and whom it shall hold."""
    resources = template["Resources"]
    if FENCE not in resources:
        return None
    policy = resources[FENCE]["Properties"]
    return {
        "policy": f"policy{policy['Path']}{policy['ManagedPolicyName']}",
        "document": canonical_policy(policy["PolicyDocument"]),
        "roles": sorted(
            resource["Properties"]["RoleName"]
            for resource in resources.values()
            if _is_fenced(resource["Properties"])
        ),
    }


def _is_fenced(properties: Mapping[str, Json]) -> bool:
    mark = json.dumps({"Ref": FENCE})
    return mark in json.dumps(properties.get("ManagedPolicyArns", []))


def fence_problems(run: Run, found: Mapping[str, Json]) -> list[str]:
    """Return what is wrong with the fence, each with what to do at once.

    In check mode an update of the stack set may be to come that sets the fence up: then what
    counts is the template that is deployed.
    """
    desired = run.desired
    wanted = desired["fence"]
    changes = run.results[Step.STACK_SET].get("changes", [])
    if run.is_check and changes:
        before = changes[0]["before"]
        wanted = fence_in(before["template"]) if before else None
    if not wanted:
        return []
    ending = f":{wanted['policy']}"
    there = {
        name: role["managed_policies"]
        for name, role in found["roles"].items()
        if name in wanted["roles"]
    }
    open_roles = [
        name for name, arns in there.items() if not any(arn.endswith(ending) for arn in arns)
    ]
    return [
        *_policy_problem(desired, wanted, found["fence"], has_roles=bool(there)),
        *(_role_problem(desired, wanted, name) for name in sorted(open_roles)),
    ]


def leftover_problems(run: Run, found: Mapping[str, Json]) -> list[str]:
    """Return the switch roles that are to be in member accounts only, but are in the Jump account.

    CloudFormation leaves a role that it cannot delete, and then nothing fences it. In check mode an
    update of the stack set may be to come that removes them.
    """
    desired = run.desired
    if run.is_check and run.results[Step.STACK_SET].get("changes"):
        return []
    return [
        f"Switch role {name} is in the Jump account {desired['jump']['account_id']} and is not "
        "fenced, although jump_roles_in_jump_account allows no level below administrator "
        "there. Run bootstrap to remove it. If it still exists afterwards, detach its policies "
        f"and delete it in IAM: aws iam delete-role --role-name {name}"
        for name in desired.get("roles_not_in_jump", [])
        if name in found["roles"]
    ]


def _arn(desired: Mapping[str, Json], wanted: Mapping[str, Json]) -> str:
    return iam_arn(desired["partition"], desired["jump"]["account_id"], wanted["policy"])


def _role_problem(desired: Mapping[str, Json], wanted: Mapping[str, Json], name: str) -> str:
    return (
        f"Switch role {name} in the Jump account {desired['jump']['account_id']} is not fenced: "
        f"it lacks {wanted['policy']}, so anyone who switches to it can become administrator of "
        "every account. CloudFormation does not restore a detached policy. Attach it now, and "
        f"find out who detached it: aws iam attach-role-policy --role-name {name} --policy-arn "
        f"{_arn(desired, wanted)}"
    )


def _policy_problem(
    desired: Mapping[str, Json],
    wanted: Mapping[str, Json],
    document: Json,
    *,
    has_roles: bool,
) -> list[str]:
    # The text is read by the name that is wanted now: one that is to be renamed is not known.
    is_known = (desired["fence"] or wanted)["policy"] == wanted["policy"]
    if not has_roles or not is_known or document == wanted["document"]:
        return []
    jump = desired["jump"]["account_id"]
    if document is not None:
        return [
            f"The fence of the Jump account, {_arn(desired, wanted)}, was changed, and "
            "CloudFormation does not change it back. Review its versions in IAM and make the "
            "correct one the default now: aws iam set-default-policy-version --policy-arn "
            f"{_arn(desired, wanted)} --version-id VERSION"
        ]
    return [
        f"The fence of the Jump account, {_arn(desired, wanted)}, was deleted, and "
        "CloudFormation does not recreate it. Remove the stack instance there and run "
        "bootstrap, which recreates the policy and the switch roles of that account: aws "
        f"cloudformation delete-stack-instances --stack-set-name {desired['stack_set']} "
        f"--accounts {jump} --regions {desired['region']} --no-retain-stacks --region "
        f"{desired['region']}"
    ]

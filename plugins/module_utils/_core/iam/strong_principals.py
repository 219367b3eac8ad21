# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Who in the Jump account, beside our roles, reads initial passwords or can change what is ours.

With a key of our own whoever may change its policy, or grant its use, reads passwords, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..arns import build_arn
from ..change import Json
from ..policies.reach import Deed, Evaluator, PolicyKey, Principal, Reach
from .key_reach import key_reach

_SERVICE_LINKED = "/aws-service-role/"
"""Path of roles that only AWS's own services get, with policies that only AWS writes."""

_KEY_USES = ("kms:CreateGrant", "kms:Decrypt", "kms:PutKeyPolicy")
_READS = ("ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters")
_GROUP_CHANGES = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:DeleteGroupPolicy",
    "iam:DetachGroupPolicy",
    "iam:PutGroupPolicy",
)
_ROLE_CHANGES = (
    "iam:AttachRolePolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
)
_POLICY_CHANGES = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
_STACK_SET_CHANGES = (
    "cloudformation:CreateStackInstances",
    "cloudformation:DeleteStackInstances",
    "cloudformation:DeleteStackSet",
    "cloudformation:UpdateStackInstances",
    "cloudformation:UpdateStackSet",
)


@dataclass(frozen=True)
class Holdings:
    """What is ours in the Jump account.

    has_own_key is whether passwords have a KMS key of the company; key_arn and key_policy are those
    of the one that our stack made.
    """

    account_id: str
    partition: str
    region: str
    path: str
    roles: tuple[str, ...]
    fence: str
    stack_set: str
    parameter_prefix: str
    has_own_key: bool = False
    key_arn: str = ""
    key_policy: Json = None

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something in the account; IAM has no regions."""
        region = "" if service == "iam" else self.region
        return build_arn(self.partition, service, self.account_id, resource, region)


def strong_principals(
    principals: Iterable[Principal],
    documents: Mapping[PolicyKey, Json],
    holdings: Holdings,
    caller_arn: str,
) -> list[dict[str, Json]]:
    """Return who can read initial passwords or change what is ours, and what of it, sorted.

    Nothing is told of our roles, and of the principal of the run, to which caller_arn belongs.
    """
    evaluator = Evaluator(documents)
    ours = {principal_of(caller_arn), *(f"role {name}" for name in holdings.roles)}
    asked = [p for p in principals if str(p) not in ours and not p.path.startswith(_SERVICE_LINKED)]
    deeds = _changes(holdings)
    found = []
    for principal in sorted(asked, key=str):
        reached = {what: evaluator.reach_any(principal, of) for what, of in deeds.items()}
        reached["passwords"] = _reads(evaluator, principal, holdings)
        able = {what: reach for what, reach in reached.items() if reach}
        if able:
            found.append(
                {
                    "principal": str(principal),
                    "path": principal.path,
                    "reach": sorted(able),
                    "is_certain": Reach.YES in able.values(),
                }
            )
    return found


def principal_of(caller_arn: str) -> str:
    """Return the user, or the role of a session, as principals are written."""
    kind, _slash, rest = caller_arn.rpartition(":")[2].partition("/")
    is_session = kind == "assumed-role"
    return f"role {rest.split('/')[0]}" if is_session else f"{kind} {rest.rpartition('/')[2]}"


def principal_arn(caller_arn: str, role_arns: Mapping[str, str]) -> str:
    """Return what policies know a caller by, aws:PrincipalArn: of a session its role, with path."""
    kind, _space, name = principal_of(caller_arn).partition(" ")
    return role_arns.get(name, caller_arn) if kind == "role" else caller_arn


def _changes(holdings: Holdings) -> dict[str, list[Deed]]:
    """Return by what is ours which deeds change it."""
    path = holdings.path
    groups = [Deed(a, holdings.arn("iam", f"group{path}*")) for a in _GROUP_CHANGES]
    policies = [Deed(a, holdings.arn("iam", f"policy{path}*")) for a in _POLICY_CHANGES]
    roles = [
        Deed(action, holdings.arn("iam", f"role/{name}"))
        for action in _ROLE_CHANGES
        for name in holdings.roles
    ]
    stack_set = holdings.arn("cloudformation", f"stackset/{holdings.stack_set}:*")
    return {
        "groups": groups + policies,
        "roles": roles,
        "stack set": [Deed(action, stack_set) for action in _STACK_SET_CHANGES],
    }


def _reads(evaluator: Evaluator, principal: Principal, holdings: Holdings) -> Reach:
    prefix = holdings.parameter_prefix
    stored = holdings.arn("ssm", f"parameter{prefix}/*")
    parts = prefix.split("/")
    # A call by path is decided by the path, from the root on, whatever lies below it.
    paths = ["/", *("/".join(parts[:n]) for n in range(2, len(parts) + 1))]
    read = evaluator.reach_any(
        principal,
        [
            *(Deed(action, stored) for action in _READS),
            *(Deed("ssm:GetParametersByPath", holdings.arn("ssm", f"parameter{p}")) for p in paths),
        ],
    )
    if holdings.key_policy is not None:
        return min(read, _uses_key(evaluator, principal, holdings))
    if holdings.has_own_key:
        decrypt = Deed("kms:Decrypt", holdings.arn("kms", "key/*"))
        return min(read, evaluator.reach(principal, decrypt))
    # The key aws/ssm decrypts for everybody in the account who may read the parameter.
    return read


def _uses_key(evaluator: Evaluator, principal: Principal, holdings: Holdings) -> Reach:
    root = holdings.arn("iam", "root")
    arn = holdings.arn("iam", f"{principal.kind}{principal.path}{principal.name}")
    return max(
        key_reach(holdings.key_policy, root, arn, action).of(
            evaluator.reach(principal, Deed(action, holdings.key_arn))
        )
        for action in _KEY_USES
    )

"""Customer-managed policies and their versions; AWS's own are read-only."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam import quotas
from sandbox.iam.aws_policies import aws_managed_policies
from sandbox.iam.documents import check_identity_policy, encoded, size
from sandbox.iam.model import ManagedPolicy, PolicyVersion, Principal
from sandbox.iam.pages import cut, page
from sandbox.iam.store import Iam, delete_conflict, no_such_entity
from sandbox.iam.tags import tags_of_call
from sandbox.iam.views import policy_in_list, policy_view
from sandbox.registry import operation


@operation("iam", "CreatePolicy")
def create_policy(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    name = call["PolicyName"]
    quotas.limit(len(iam.local_policies), "PoliciesQuota", "PoliciesPerAccount")
    if any(policy.name.lower() == name.lower() for policy in iam.local_policies.values()):
        raise AwsError(
            "EntityAlreadyExists",
            f"A policy called {name} already exists. Duplicate names are not allowed.",
        )
    now = call.world.clock.now()
    version = PolicyVersion("v1", _checked(call["PolicyDocument"]), now)
    policy = ManagedPolicy(
        iam.account_id,
        name,
        call.get("Path", "/"),
        call.get("Description", ""),
        created=now,
        updated=now,
        versions=[version],
        tags=tags_of_call(call),
    )
    iam.local_policies[policy.arn] = policy
    return {"Policy": policy_view(iam, policy)}


def _checked(document: str) -> str:
    check_identity_policy(document)
    quota = quotas.QUOTAS["PolicySizeQuota"]
    if size(document) > quota:
        raise quotas.limit_exceeded("PolicySize", quota)
    return document


@operation("iam", "GetPolicy")
def get_policy(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    return {"Policy": policy_view(iam, _found(iam, call["PolicyArn"]))}


def _found(iam: Iam, arn: str) -> ManagedPolicy:
    try:
        return iam.policy(arn)
    except AwsError as error:
        if error.code != "NoSuchEntity":
            raise
        raise no_such_entity(f"Policy {arn} was not found.") from None


@operation("iam", "ListPolicies")
def list_policies(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    scope = call.get("Scope", "All")
    own = sorted(iam.local_policies.values(), key=lambda policy: policy.name)
    of_aws = list(aws_managed_policies().values())
    policies = {"All": own + of_aws, "Local": own, "AWS": of_aws}[scope]
    prefix = call.get("PathPrefix", "/")
    policies = [policy for policy in policies if policy.path.startswith(prefix)]
    if call.get("OnlyAttached"):
        used = {arn for principal in iam.principals() for arn in principal.attached}
        policies = [policy for policy in policies if policy.arn in used]
    if call.get("PolicyUsageFilter") == "PermissionsBoundary":
        boundaries = {principal.boundary for principal in iam.principals()}
        policies = [policy for policy in policies if policy.arn in boundaries]
    return page(call, policies, "Policies", lambda policy: policy_in_list(iam, policy))


@operation("iam", "DeletePolicy")
def delete_policy(call: Call) -> None:
    iam = call.part(Iam)
    policy = iam.own_policy(call["PolicyArn"])
    if iam.attachments(policy.arn) or iam.boundary_uses(policy.arn):
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise AwsError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete "
            "the policy's versions. The default version is deleted with the policy.",
        )
    del iam.local_policies[policy.arn]


@operation("iam", "CreatePolicyVersion")
def create_policy_version(call: Call) -> dict[str, Any]:
    policy = call.part(Iam).own_policy(call["PolicyArn"])
    document = _checked(call["PolicyDocument"])
    quota = quotas.QUOTAS["VersionsPerPolicyQuota"]
    if len(policy.versions) >= quota:
        raise AwsError(
            "LimitExceeded",
            f"A managed policy can have up to {quota} versions. Before you create a new version, "
            "you must delete an existing version.",
        )
    now = call.world.clock.now()
    version = PolicyVersion(f"v{policy.next_version}", document, now)
    policy.next_version += 1
    policy.versions.append(version)
    policy.updated = now
    if call.get("SetAsDefault"):
        policy.default_version = version.id
    return {"PolicyVersion": _version_in_list(policy, version)}


@operation("iam", "GetPolicyVersion")
def get_policy_version(call: Call) -> dict[str, Any]:
    policy = _found(call.part(Iam), call["PolicyArn"])
    return {"PolicyVersion": version_view(policy, _version(policy, call["VersionId"]))}


@operation("iam", "ListPolicyVersions")
def list_policy_versions(call: Call) -> dict[str, Any]:
    policy = _found(call.part(Iam), call["PolicyArn"])
    newest_first = policy.versions[::-1]
    return page(call, newest_first, "Versions", lambda version: _version_in_list(policy, version))


@operation("iam", "SetDefaultPolicyVersion")
def set_default_policy_version(call: Call) -> None:
    policy = call.part(Iam).own_policy(call["PolicyArn"])
    policy.default_version = _version(policy, call["VersionId"]).id
    policy.updated = call.world.clock.now()


@operation("iam", "DeletePolicyVersion")
def delete_policy_version(call: Call) -> None:
    policy = call.part(Iam).own_policy(call["PolicyArn"])
    version = _version(policy, call["VersionId"])
    if version.id == policy.default_version:
        raise delete_conflict("cannot delete the default version of a policy.")
    policy.versions.remove(version)


def _version(policy: ManagedPolicy, version_id: str) -> PolicyVersion:
    found = next((v for v in policy.versions if v.id == version_id), None)
    if found is None:
        raise no_such_entity(
            f"Policy {policy.arn} version {version_id} does not exist or is not attachable."
        )
    return found


def _version_in_list(policy: ManagedPolicy, version: PolicyVersion) -> dict[str, Any]:
    return {
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default_version,
        "CreateDate": version.created,
    }


def version_view(policy: ManagedPolicy, version: PolicyVersion) -> dict[str, Any]:
    return {"Document": encoded(version.document), **_version_in_list(policy, version)}


@operation("iam", "ListEntitiesForPolicy")
def list_entities_for_policy(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    arn = _found(iam, call["PolicyArn"]).arn
    chosen, rest = cut(call, [p for p in iam.principals() if _uses(p, arn, call)])
    return {
        **{
            f"Policy{kind}s": [
                {f"{kind}Name": p.name, f"{kind}Id": p.id} for p in chosen if p.kind == kind.lower()
            ]
            for kind in ("Group", "User", "Role")
        },
        **rest,
    }


def _uses(principal: Principal, arn: str, call: Call) -> bool:
    wanted = call.get("EntityFilter")
    usage = call.get("PolicyUsageFilter")
    if wanted and wanted.lower() != principal.kind:
        return False
    if not principal.path.startswith(call.get("PathPrefix", "/")):
        return False
    as_policy = usage != "PermissionsBoundary" and arn in principal.attached
    as_boundary = usage != "PermissionsPolicy" and principal.boundary == arn
    return as_policy or as_boundary

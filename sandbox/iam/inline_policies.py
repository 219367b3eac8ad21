"""Inline policies of users, groups and roles; their sizes add up against one quota."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.iam import quotas
from sandbox.iam.attachments import principal_of
from sandbox.iam.documents import check_identity_policy, encoded, size
from sandbox.iam.pages import page
from sandbox.iam.store import no_such_entity
from sandbox.registry import operation


@operation("iam", "PutUserPolicy", "PutGroupPolicy", "PutRolePolicy")
def put_policy(call: Call) -> None:
    principal = principal_of(call)
    document = call["PolicyDocument"]
    check_identity_policy(document)
    after = {**principal.inline, call["PolicyName"]: document}
    kind = principal.kind.capitalize()
    quota = quotas.QUOTAS[f"{kind}PolicySizeQuota"]
    if sum(size(each) for each in after.values()) > quota:
        raise quotas.limit_exceeded(f"maximum policy size of {quota} bytes exceeded", quota)
    principal.inline = after


@operation("iam", "GetUserPolicy", "GetGroupPolicy", "GetRolePolicy")
def get_policy(call: Call) -> dict[str, Any]:
    principal = principal_of(call)
    document = principal.inline.get(call["PolicyName"])
    if document is None:
        raise _missing(principal.kind, call)
    return {
        f"{principal.kind.capitalize()}Name": principal.name,
        "PolicyName": call["PolicyName"],
        "PolicyDocument": encoded(document),
    }


@operation("iam", "DeleteUserPolicy", "DeleteGroupPolicy", "DeleteRolePolicy")
def delete_policy(call: Call) -> None:
    principal = principal_of(call)
    if call["PolicyName"] not in principal.inline:
        raise _missing(principal.kind, call)
    del principal.inline[call["PolicyName"]]


@operation("iam", "ListUserPolicies", "ListGroupPolicies", "ListRolePolicies")
def list_policies(call: Call) -> dict[str, Any]:
    return page(call, sorted(principal_of(call).inline), "PolicyNames", lambda name: name)


def _missing(kind: str, call: Call) -> Exception:
    return no_such_entity(f"The {kind} policy with name {call['PolicyName']} cannot be found.")

"""Resources that cannot be updated are replaced: the new one first, the old one last."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import JUMP, allow, document, trust_account
from tests.sandbox.stack import NAMED, create, finish

ARN = f"arn:aws:iam::{JUMP}:policy"


def _template(policy_name: str, role_name: str = "role-admin", **role) -> str:
    """A role that carries a managed policy of the same stack."""
    policy = {"ManagedPolicyName": policy_name, "PolicyDocument": json.loads(document(allow("*")))}
    properties = {
        "RoleName": role_name,
        "AssumeRolePolicyDocument": json.loads(trust_account()),
        "ManagedPolicyArns": [{"Ref": "Policy"}],
        **role,
    }
    return json.dumps(
        {
            "Resources": {
                "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy},
                "Role": {"Type": "AWS::IAM::Role", "Properties": properties},
            }
        }
    )


@pytest.fixture
def cfn(aws):
    cfn = aws("cloudformation")
    create(cfn, _template("one"))
    finish(cfn)
    return cfn


def _state(aws) -> dict[str, list[str]]:
    """The roles of the stack with their policies, and all policies."""
    iam = aws("iam")
    names = [r["RoleName"] for r in iam.list_roles()["Roles"] if r["RoleName"].startswith("role-")]
    policies = [p["Arn"] for p in iam.list_policies(Scope="Local")["Policies"]]
    attached = {
        name: [
            p["PolicyArn"]
            for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        ]
        for name in names
    }
    return {**attached, "policies": policies}


@pytest.mark.parametrize("role_name", ["role-admin", "role-renamed"])
def test_who_refers_to_it_gets_the_new_one_before_the_old_one_goes(aws, cfn, role_name) -> None:
    cfn.update_stack(StackName="s", TemplateBody=_template("two", role_name), Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_COMPLETE"
    assert _state(aws) == {role_name: [f"{ARN}/two"], "policies": [f"{ARN}/two"]}
    cfn.delete_stack(StackName="s")
    finish(cfn, cfn.describe_stacks(StackName="s")["Stacks"][0]["StackId"])
    assert _state(aws) == {"policies": []}


def test_a_rollback_goes_back_to_the_old_one(aws, cfn) -> None:
    bad = _template("two", PermissionsBoundary=f"{ARN}/none")
    cfn.update_stack(StackName="s", TemplateBody=bad, Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_ROLLBACK_COMPLETE"
    assert _state(aws) == {"role-admin": [f"{ARN}/one"], "policies": [f"{ARN}/one"]}
    cfn.update_stack(StackName="s", TemplateBody=_template("two"), Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_COMPLETE"


def test_an_old_one_that_cannot_go_stays_and_the_update_is_complete(aws, cfn) -> None:
    iam = aws("iam")
    iam.create_user(UserName="ana")
    iam.attach_user_policy(UserName="ana", PolicyArn=f"{ARN}/one")
    cfn.update_stack(StackName="s", TemplateBody=_template("two"), Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_COMPLETE"
    assert _state(aws) == {"role-admin": [f"{ARN}/two"], "policies": [f"{ARN}/one", f"{ARN}/two"]}
    events = cfn.describe_stack_events(StackName="s")["StackEvents"]
    assert ("Policy", "DELETE_FAILED") in {
        (event["LogicalResourceId"], event["ResourceStatus"]) for event in events
    }

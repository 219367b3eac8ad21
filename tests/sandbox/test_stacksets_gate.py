"""How StackSets gets into an account: roles, trust, permissions; and imports."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import (
    ADMINISTRATION,
    EXECUTION,
    JUMP,
    PROD,
    STAGING,
    allow,
    document,
    role_template,
    trust,
    trust_account,
)
from tests.sandbox.stack_set import (
    NAMED,
    SET,
    create_instances,
    create_set,
    finish,
    instances,
    results,
)


def failure(cfn, operation: str) -> str:
    finish(cfn, operation)
    listed = cfn.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    (failed,) = [each for each in listed if each["Status"] == "FAILED"]
    return str(failed["StatusReason"])


NO_EXECUTION_ROLE = (
    f"Account {PROD} should have '{EXECUTION}' role with trust relationship to Role "
    f"'{ADMINISTRATION}'."
)


def test_missing_execution_role_fails_its_account_only(aws, stacksets) -> None:
    iam = aws("iam", PROD)
    iam.detach_role_policy(
        RoleName=EXECUTION, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    iam.delete_role(RoleName=EXECUTION)
    create_set(stacksets)
    operation = create_instances(stacksets)
    assert failure(stacksets, operation) == NO_EXECUTION_ROLE
    assert results(stacksets, operation) == {PROD: "FAILED", STAGING: "SUCCEEDED"}


@pytest.mark.parametrize(
    "policy",
    [
        trust_account("9" * 12),
        trust(
            {"AWS": f"arn:aws:iam::{JUMP}:root"},
            Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{JUMP}:role/other"}},
        ),
        trust(
            {"AWS": f"arn:aws:iam::{JUMP}:root"},
            Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        ),
    ],
)
def test_trust_of_the_execution_role_is_really_evaluated(aws, stacksets, policy) -> None:
    aws("iam", PROD).update_assume_role_policy(RoleName=EXECUTION, PolicyDocument=policy)
    create_set(stacksets)
    assert failure(stacksets, create_instances(stacksets)) == NO_EXECUTION_ROLE


def test_administration_role_must_be_allowed_to_assume_the_execution_role(aws, stacksets) -> None:
    aws("iam").delete_role_policy(RoleName=ADMINISTRATION, PolicyName="assume")
    create_set(stacksets)
    assert failure(stacksets, create_instances(stacksets, [PROD])) == NO_EXECUTION_ROLE


def test_administration_role_must_trust_cloudformation_for_this_set(aws, stacksets) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    foreign = {"StringEquals": {"aws:SourceAccount": PROD}}
    aws("iam").update_assume_role_policy(
        RoleName=ADMINISTRATION, PolicyDocument=trust(service, Condition=foreign)
    )
    create_set(stacksets)
    assert failure(stacksets, create_instances(stacksets, [PROD])) == (
        f"Account {JUMP} should have '{ADMINISTRATION}' role with trust relationship to "
        "CloudFormation service."
    )


def test_permissions_of_the_execution_role_decide(aws, stacksets) -> None:
    iam = aws("iam", PROD)
    iam.detach_role_policy(
        RoleName=EXECUTION, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    create_set(stacksets)
    reason = failure(stacksets, create_instances(stacksets, [PROD]))
    assert "is not authorized to perform: cloudformation:CreateStack" in reason
    iam.put_role_policy(
        RoleName=EXECUTION, PolicyName="p", PolicyDocument=document(allow("cloudformation:*"))
    )
    reason = failure(stacksets, create_instances(stacksets, [PROD]))
    assert "is not authorized to perform: iam:CreateRole" in reason


def test_suspended_account_is_skipped(stacksets, control) -> None:
    control.post("faults", suspended_accounts=[PROD])
    create_set(stacksets)
    operation = create_instances(stacksets)
    finish(stacksets, operation)
    assert instances(stacksets) == {
        PROD: ("OUTDATED", "SKIPPED_SUSPENDED_ACCOUNT"),
        STAGING: ("CURRENT", "SUCCEEDED"),
    }
    assert results(stacksets, operation)[PROD] == "FAILED"


def test_stacks_that_exist_can_be_imported(aws, stacksets, refused) -> None:
    prod = aws("cloudformation", PROD)
    arn = prod.create_stack(StackName="own", TemplateBody=role_template(), Capabilities=NAMED)[
        "StackId"
    ]
    prod.describe_stacks()
    create_set(stacksets)
    operation = stacksets.import_stacks_to_stack_set(**SET, StackIds=[arn])["OperationId"]
    assert finish(stacksets, operation) == "SUCCEEDED"
    (listed,) = stacksets.list_stack_instances(**SET)["Summaries"]
    assert (listed["StackId"], listed["Status"]) == (arn, "CURRENT")
    missing = arn.replace("/own/", "/none/")
    refused(
        "StackNotFoundException", stacksets.import_stacks_to_stack_set, **SET, StackIds=[missing]
    )


def test_stack_of_another_template_fails_to_import(aws, stacksets) -> None:
    prod = aws("cloudformation", PROD)
    other = json.loads(role_template(MaxSessionDuration=7200))
    arn = prod.create_stack(StackName="own", TemplateBody=json.dumps(other), Capabilities=NAMED)[
        "StackId"
    ]
    prod.describe_stacks()
    create_set(stacksets)
    operation = stacksets.import_stacks_to_stack_set(**SET, StackIds=[arn])["OperationId"]
    assert finish(stacksets, operation) == "FAILED"
    assert instances(stacksets)[PROD] == ("INOPERABLE", "FAILED_IMPORT")
    prod.delete_stack(StackName="own")

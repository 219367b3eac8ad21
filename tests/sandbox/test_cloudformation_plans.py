"""Change sets and drift detection of stacks."""

from __future__ import annotations

import pytest

from tests.sandbox.helpers import role_template
from tests.sandbox.stack import NAMED, create, finish

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def cfn(aws):
    return aws("cloudformation")


def test_change_set_shows_the_change_and_changes_nothing(aws, cfn) -> None:
    create(cfn, role_template())
    finish(cfn)
    cfn.create_change_set(
        StackName="s",
        ChangeSetName="c",
        TemplateBody=role_template(MaxSessionDuration=7200),
        Capabilities=NAMED,
    )
    cfn.describe_change_set(StackName="s", ChangeSetName="c")
    found = cfn.describe_change_set(StackName="s", ChangeSetName="c")
    assert found["Status"] == "CREATE_COMPLETE"
    (change,) = found["Changes"]
    assert change["ResourceChange"]["Action"] == "Modify"
    assert aws("iam").get_role(RoleName="role-admin")["Role"]["MaxSessionDuration"] == 3600
    cfn.execute_change_set(StackName="s", ChangeSetName="c")
    assert finish(cfn) == "UPDATE_COMPLETE"
    assert aws("iam").get_role(RoleName="role-admin")["Role"]["MaxSessionDuration"] == 7200


def test_change_set_without_changes_fails(cfn, refused) -> None:
    create(cfn, role_template())
    finish(cfn)
    new = {"StackName": "s", "ChangeSetName": "c", "TemplateBody": role_template()}
    cfn.create_change_set(**new, Capabilities=NAMED)
    cfn.describe_change_set(StackName="s", ChangeSetName="c")
    found = cfn.describe_change_set(StackName="s", ChangeSetName="c")
    assert found["Status"] == "FAILED"
    assert "didn't contain changes" in found["StatusReason"]
    refused("InvalidChangeSetStatus", cfn.execute_change_set, StackName="s", ChangeSetName="c")
    cfn.delete_change_set(StackName="s", ChangeSetName="c")
    refused("ChangeSetNotFound", cfn.describe_change_set, StackName="s", ChangeSetName="c")


def test_change_set_may_create_a_stack(cfn) -> None:
    new = {"StackName": "s", "ChangeSetName": "c", "TemplateBody": role_template()}
    cfn.create_change_set(**new, Capabilities=NAMED, ChangeSetType="CREATE")
    assert cfn.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS"
    cfn.execute_change_set(StackName="s", ChangeSetName="c")
    assert finish(cfn) == "CREATE_COMPLETE"


def detect(cfn) -> str:
    detection = cfn.detect_stack_drift(StackName="s")["StackDriftDetectionId"]
    while True:
        status = cfn.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] == "DETECTION_COMPLETE":
            return str(status["StackDriftStatus"])


def test_drift_is_a_difference_between_resource_and_template(aws, cfn) -> None:
    create(cfn, role_template(MaxSessionDuration=7200))
    finish(cfn)
    assert detect(cfn) == "IN_SYNC"
    aws("iam").update_role(RoleName="role-admin", MaxSessionDuration=3600)
    assert detect(cfn) == "DRIFTED"
    (drift,) = cfn.describe_stack_resource_drifts(StackName="s")["StackResourceDrifts"]
    assert drift["StackResourceDriftStatus"] == "MODIFIED"
    (difference,) = drift["PropertyDifferences"]
    assert difference["PropertyPath"] == "/MaxSessionDuration"
    aws("iam").detach_role_policy(RoleName="role-admin", PolicyArn=READ_ONLY)
    aws("iam").delete_role(RoleName="role-admin")
    assert detect(cfn) == "DRIFTED"

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.jumpaccount.aws.plugins.modules import stackset, stackset_instance

from tests.unit.modules.stack_sets import (
    JUMP,
    NAME,
    REGION,
    instances,
    operations,
    prepare,
    stack_set,
    statuses,
    template,
)

A, B = "222222222222", "333333333333"

pytestmark = pytest.mark.usefixtures("aws", "instant")


def described(aws):
    return aws.client("cloudformation").describe_stack_set(StackSetName=NAME)["StackSet"]


@pytest.fixture
def deployed(aws, run):
    """Return a local AWS with a stack set that has instances in A and B."""
    prepare(aws, [A, B])
    run(stackset, **stack_set())
    run(stackset_instance, **instances([A, B]))
    return aws


def role_description(aws, account):
    return aws.client("iam", account).get_role(RoleName="role-admin")["Role"]["Description"]


def test_the_dialogue(aws, run):
    prepare(aws, [])
    checked = run(stackset, check=True, **stack_set())
    assert checked["changed"]
    assert "cloudformation:CreateStackSet" not in aws.calls
    created = run(stackset, **stack_set())
    assert created["changes"] == checked["changes"]
    assert "role-admin" in created["diff"]["after"]
    before = aws.calls
    again = run(stackset, **stack_set())
    assert (again["changed"], again["changes"]) == (False, [])
    assert described(aws)["AdministrationRoleARN"].startswith(f"arn:aws:iam::{JUMP}:role/role-s")
    after = aws.calls
    assert after.pop("cloudformation:DescribeStackSet") - before.pop(
        "cloudformation:DescribeStackSet"
    ) in (1, 2)
    assert after == before
    removed = run(stackset, name=NAME, state="absent")
    assert [change["action"] for change in removed["changes"]] == ["delete"]
    assert not run(stackset, name=NAME, state="absent")["changed"]


def test_an_unchanged_stack_set_costs_one_call(deployed, run):
    before = deployed.world.calls.counters()["total"]
    assert not run(stackset, **stack_set())["changed"]
    assert deployed.world.calls.counters()["total"] - before == 1


def reordered(text):
    document = json.loads(text)
    return yaml.safe_dump(dict(reversed(document.items())), sort_keys=False)


@pytest.mark.parametrize(
    "body",
    [reordered(template()), json.dumps(json.loads(template()), indent=4), json.loads(template())],
    ids=["YAML and other order", "indented", "mapping"],
)
def test_the_same_template_in_another_form_is_no_change(deployed, run, body):
    writes = deployed.writes
    assert not run(stackset, **stack_set(template_body=body))["changed"]
    assert deployed.writes == writes


def test_an_update_names_its_instances_and_brings_them(deployed, run):
    wanted = stack_set(template_body=template("two"))
    checked = run(stackset, check=True, **wanted)
    assert checked["updates_instances"] == [
        {"account_id": A, "region": REGION},
        {"account_id": B, "region": REGION},
    ]
    assert role_description(deployed, A) == "one"
    updated = run(stackset, **wanted)
    for name in ("changes", "updates_instances", "diff"):
        assert updated[name] == checked[name]
    assert [(o["action"], o["status"]) for o in updated["operations"]] == [("UPDATE", "SUCCEEDED")]
    assert [role_description(deployed, account) for account in (A, B)] == ["two", "two"]
    assert not run(stackset, **wanted)["changed"]


@pytest.mark.parametrize(
    "changed",
    [
        {"parameters": {"Stage": "prod"}},
        {"tags": {"team": "a"}},
        {"description": "text"},
        {"managed_execution": True},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_every_setting_is_changed_once(deployed, run, changed):
    assert run(stackset, **stack_set(**changed))["changed"]
    assert not run(stackset, **stack_set(**changed))["changed"]
    assert not run(stackset, **stack_set())["changed"]
    assert described(deployed)["AdministrationRoleARN"].endswith("role-stackset-administration")


def test_tags_can_be_removed(deployed, run):
    run(stackset, **stack_set(tags={"team": "a"}))
    assert run(stackset, **stack_set(tags={}))["changed"]
    assert described(deployed)["Tags"] == []


def test_an_account_that_fails_is_told_and_the_stack_set_is_updated(deployed, run):
    deployed.fault(failing_accounts=[A])
    wanted = stack_set(template_body=template("two"), defer_failures=True)
    result = run(stackset, **wanted)
    assert [failure["account_id"] for failure in result["failures"]] == [A]
    assert len(result["applied"]) == 1
    assert role_description(deployed, B) == "two"
    deployed.fault()
    assert not run(stackset, **wanted)["changed"]
    assert statuses(deployed) == {A: "OUTDATED", B: "CURRENT"}
    retried = run(stackset_instance, **instances([A, B]))
    assert [c["target"] for c in retried["changes"]] == [f"stack instance {A}/{REGION}"]
    assert role_description(deployed, A) == "two"


def test_a_new_template_can_meet_one_account_first(deployed, run):
    wanted = stack_set(template_body=template("two"), update_accounts=[B])
    result = run(stackset, **wanted)
    assert result["updates_instances"] == [{"account_id": B, "region": REGION}]
    assert statuses(deployed) == {A: "OUTDATED", B: "CURRENT"}
    assert [role_description(deployed, account) for account in (A, B)] == ["one", "two"]
    run(stackset_instance, **instances([A, B]))
    assert role_description(deployed, A) == "two"


def test_first_accounts_without_instances_are_refused(deployed, run):
    writes = deployed.writes
    wanted = stack_set(template_body=template("two"), update_accounts=["999999999999"])
    assert "update_accounts: none of them has an instance" in run(stackset, **wanted)["msg"]
    assert deployed.writes == writes


def test_a_stack_set_with_instances_is_not_deleted(deployed, run):
    result = run(stackset, name=NAME, state="absent")
    assert "AWS answered StackSetNotEmptyException" in result["msg"]
    assert "Remove its instances first, with jumpaccount.aws.stackset_instance" in result["msg"]
    assert described(deployed)["Status"] == "ACTIVE"


def test_missing_capabilities_are_told(run):
    result = run(stackset, **stack_set(capabilities=[]))
    assert "InsufficientCapabilitiesException" in result["msg"]
    assert "Add CAPABILITY_NAMED_IAM to capabilities" in result["msg"]


@pytest.fixture
def bucket(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="templates", VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_a_template_by_url_is_compared_with_what_is_there(aws, run, bucket):
    version = bucket.put_object(Bucket="templates", Key="roles.json", Body=template())["VersionId"]
    url = f"https://templates.s3.{REGION}.amazonaws.com/roles.json?versionId={version}"
    wanted = stack_set(template_url=url)
    assert run(stackset, **wanted)["changed"]
    assert json.loads(described(aws)["TemplateBody"]) == json.loads(template())
    assert not run(stackset, **wanted)["changed"]
    assert not run(stackset, **stack_set())["changed"]


def large():
    document = json.loads(template())
    document["Metadata"] = {"Padding": "x" * 60_000}
    return json.dumps(document)


def test_a_large_template_goes_by_the_bucket(aws, run, bucket):
    wanted = stack_set(template_body=large(), template_bucket="templates")
    assert run(stackset, check=True, **wanted)["changed"]
    assert "Contents" not in bucket.list_objects_v2(Bucket="templates")
    assert run(stackset, **wanted)["changed"]
    assert json.loads(described(aws)["TemplateBody"]) == json.loads(large())
    assert not run(stackset, **wanted)["changed"]
    assert len(bucket.list_objects_v2(Bucket="templates")["Contents"]) == 1


def test_a_large_template_needs_a_bucket(aws, run):
    result = run(stackset, **stack_set(template_body=large()))
    assert "AWS allows 51200 in a call and 1048576 from S3; set template_bucket" in result["msg"]
    assert aws.calls == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"parameters": {"Stage": "a", "Other": "b"}},
            "parameters.Other: not declared in the template",
        ),
        ({"template_body": "a: ["}, "template_body: is neither JSON nor YAML"),
        ({"template_url": "https://h/b/k", "template_body": "{}"}, "mutually exclusive"),
        ({"template_body": None}, "template_body: is missing; set it or template_url"),
        ({"account_id": "12"}, "account_id: '12' is not 12 digits"),
    ],
)
def test_wrong_input_makes_no_call(aws, run, options, said):
    assert said in run(stackset, **stack_set(**options))["msg"]
    assert aws.calls == {}


def test_a_secret_parameter_is_never_shown(run):
    document = json.loads(template())
    document["Parameters"]["Stage"] = {"Type": "String", "NoEcho": True}
    wanted = stack_set(template_body=document, parameters={"Stage": "hush-hush"})
    created = run(stackset, **wanted)
    created.pop("invocation", None)
    assert created["changed"]
    assert "hush-hush" not in json.dumps(created)
    assert not run(stackset, **wanted)["changed"]


def test_another_operation_is_awaited_before_the_plan_is_made(deployed, run):
    client = deployed.client("cloudformation")
    client.update_stack_instances(StackSetName=NAME, Accounts=[A, B], Regions=[REGION])
    result = run(stackset, **stack_set(template_body=template("two")))
    assert (result["changed"], result["failures"]) == (True, [])
    assert [operation["Status"] for operation in operations(deployed)] == ["SUCCEEDED"] * 3

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One stack in many accounts of the local AWS."""

from __future__ import annotations

import json
import time

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience
from ansible_collections.jumpaccount.aws.plugins.modules import account_stack
from botocore.exceptions import ClientError

JUMP, PROD, STAGING, STRANGER = "111111111111", "222222222222", "333333333333", "444444444444"
NAME = "execution"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": JUMP}, "Action": "sts:AssumeRole"}],
}
pytestmark = pytest.mark.usefixtures("aws")
LINK = "https://console.aws.amazon.com/quickcreate?a={b}"


def role_template(description="d", name="role-x"):
    principal = {"Fn::Sub": "arn:aws:iam::${AdminAccountId}:root"}
    trust = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"AWS": principal}}]}
    role = {"RoleName": name, "Description": description, "AssumeRolePolicyDocument": trust}
    return {
        "Parameters": {"AdminAccountId": {"Type": "String", "Default": JUMP}},
        "Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}},
    }


def by_role(account_id):
    role_arn = f"arn:aws:iam::{account_id}:role/sandbox-bootstrap"
    return {"account_id": account_id, "role_arn": role_arn}


@pytest.fixture
def stack(run, monkeypatch):
    """Return a function that runs the module without pauses."""
    pauses = (time.sleep, time.monotonic)
    monkeypatch.setattr(Patience.__init__, "__defaults__", (lambda _seconds: None, pauses[1]))

    def run_stack(accounts, check=False, **options):
        given = {"template_body": role_template(), "name": NAME, **options}
        return run(account_stack, check=check, accounts=accounts, **given)

    return run_stack


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    """Return a function that writes profiles: names and the accounts of their credentials."""

    def write(**accounts):
        path = tmp_path / "credentials"
        path.write_text(
            "".join(
                f"[{name}]\naws_access_key_id={account_id}\naws_secret_access_key=any\n"
                for name, account_id in accounts.items()
            )
        )
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))

    return write


def found(aws, account_id):
    return aws.client("cloudformation", account_id).describe_stacks(StackName=NAME)["Stacks"][0]


def description(aws, account_id):
    return aws.client("iam", account_id).get_role(RoleName="role-x")["Role"]["Description"]


def statuses(result):
    return {entry["account_id"]: entry["status"] for entry in result["stacks"]}


def test_the_dialogue(aws, stack, profiles):
    profiles(staging=STAGING)
    accounts = [
        {"account_id": JUMP},
        by_role(PROD),
        {"account_id": STAGING, "profile": "staging"},
    ]
    predicted = stack(accounts, check=True)
    assert aws.writes == 0
    created = stack(accounts)
    assert created["changes"] == predicted["changes"]
    assert (
        statuses(created) == statuses(predicted) == dict.fromkeys([JUMP, PROD, STAGING], "created")
    )
    for account_id in (JUMP, PROD, STAGING):
        there = found(aws, account_id)
        assert there["StackStatus"] == "CREATE_COMPLETE"
        assert there["EnableTerminationProtection"] is True
        assert (
            aws.client("iam", account_id).get_role(RoleName="role-x")["Role"]["Description"] == "d"
        )
    before = aws.writes
    again = stack(accounts)
    assert (again["changed"], again["changes"], aws.writes) == (False, [], before)
    assert set(statuses(again).values()) == {"unchanged"}
    newer = {"template_body": role_template("e"), "tags": {"a": 1}}
    predicted = stack(accounts, check=True, **newer)
    assert aws.writes == before
    updated = stack(accounts, **newer)
    assert updated["changes"] == predicted["changes"]
    assert [change["action"] for change in updated["changes"]] == ["update"] * 3
    assert found(aws, PROD)["Tags"] == [{"Key": "a", "Value": "1"}]
    assert description(aws, PROD) == "e"
    assert stack(accounts, template_body=role_template("e"))["changed"] is False


def test_yaml_and_json_of_a_template_are_the_same(stack):
    accounts = [{"account_id": JUMP}]
    as_yaml = """
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              RoleName: !Sub "role-${AWS::AccountId}"
              AssumeRolePolicyDocument:
                Version: 2012-10-17
                Statement:
                  - Effect: Allow
                    Principal: {AWS: "111111111111"}
                    Action: sts:AssumeRole
    """
    as_json = {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Fn::Sub": "role-${AWS::AccountId}"},
                    "AssumeRolePolicyDocument": TRUST,
                },
            }
        }
    }
    assert stack(accounts, template_body=as_json)["changed"] is True
    assert stack(accounts, template_body=as_yaml)["changed"] is False
    assert stack(accounts, template_body=json.dumps(as_json))["changed"] is False


def test_protection_alone(aws, stack):
    accounts = [{"account_id": JUMP}]
    stack(accounts)
    for protected in (False, True):
        result = stack(accounts, termination_protection=protected)
        assert len(result["changes"]) == 1
        assert statuses(result) == {JUMP: "updated"}
        assert found(aws, JUMP)["EnableTerminationProtection"] is protected


def test_an_account_without_credentials_does_not_stop_the_others(stack, profiles):
    profiles(wrong=STAGING)
    accounts = [
        {"account_id": PROD},
        {"account_id": STRANGER, "profile": "wrong"},
        {"account_id": "555555555555", "profile": "missing"},
        {
            "account_id": "666666666666",
            "role_arn": "arn:aws:iam::666666666666:role/not-there",
        },
        {"account_id": JUMP},
    ]
    options = {"quick_create_url": LINK, "defer_failures": True}
    predicted = stack(accounts, check=True, **options)
    result = stack(accounts, **options)
    assert result["failures"] == predicted["failures"]
    assert statuses(result) == statuses(predicted)
    assert statuses(result) == {
        JUMP: "created",
        PROD: "waiting",
        **dict.fromkeys([STRANGER, "555555555555", "666666666666"], "failed"),
    }
    assert result["unreachable"] == [STRANGER, "555555555555", "666666666666"]
    assert (
        result["waiting"]
        == predicted["waiting"]
        == [
            {
                "account_id": PROD,
                "url": LINK,
                "reason": f"No credentials for account {PROD} are known: set aws_profile or "
                "bootstrap_role_arn in the inventory.",
            }
        ]
    )
    said = {failure["target"]: failure["message"] for failure in result["failures"]}
    assert PROD not in said
    assert f"are for account {STAGING} (arn:aws:" in said[STRANGER]
    assert "they were not used. Correct aws_profile in the inventory." in said[STRANGER]
    assert "ProfileNotFound" in said["555555555555"]
    assert "Could not assume role arn:aws:iam::666666666666:role/not-there" in said["666666666666"]
    assert all(text.endswith(LINK) for text in said.values())


def test_without_a_link_none_is_promised(stack):
    result = stack([{"account_id": PROD}])
    assert result["failed"] is True
    assert result["msg"].startswith(f"No credentials for account {PROD} are known: set aws_profile")
    assert "launch the stack" not in result["msg"]


def test_a_run_without_credentials_of_its_own(stack, profiles, monkeypatch):
    profiles(prod=PROD)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    accounts = [{"account_id": PROD, "profile": "prod"}, {"account_id": JUMP}, by_role(STAGING)]
    result = stack(accounts, defer_failures=True)
    assert statuses(result) == {JUMP: "failed", PROD: "created", STAGING: "failed"}
    said = {failure["target"]: failure["message"] for failure in result["failures"]}
    assert "NoCredentialsError" in said[JUMP]
    assert "NoCredentialsError" in said[STAGING]


def test_credentials_of_another_account_than_said_end_the_run(aws, stack):
    result = stack([{"account_id": JUMP}], account_id=PROD)
    assert result["failed"] is True
    assert f"the credentials of this run are for account {JUMP}" in result["msg"]
    assert aws.writes == 0


def test_an_account_that_aws_refuses_does_not_stop_the_others(aws, stack):
    aws.fault(failing_accounts=[PROD])
    result = stack([{"account_id": JUMP}, by_role(PROD), by_role(STAGING)], defer_failures=True)
    assert statuses(result) == {JUMP: "created", PROD: "failed", STAGING: "created"}
    assert {change["target"].split("/")[0][-12:] for change in result["pending"]} == {PROD}
    aws.fault()
    assert statuses(stack([by_role(PROD)])) == {PROD: "created"}


def test_a_failed_first_creation_says_why_and_is_cleared_away_later(aws, stack):
    iam = aws.client("iam")
    iam.create_role(RoleName="role-x", AssumeRolePolicyDocument=json.dumps(TRUST))
    result = stack([{"account_id": JUMP}])
    assert result["failed"] is True
    assert "Could not create stack execution in account 111111111111" in result["msg"]
    assert "ROLLBACK_COMPLETE: Role (AWS::IAM::Role): " in result["msg"]
    assert found(aws, JUMP)["StackStatus"] == "ROLLBACK_COMPLETE"
    iam.delete_role(RoleName="role-x")
    before = aws.writes
    predicted = stack([{"account_id": JUMP}], check=True)
    assert aws.writes == before
    mended = stack([{"account_id": JUMP}])
    assert mended["changes"] == predicted["changes"]
    assert [change["target"] for change in mended["changes"]] == [
        "leftover of stack 111111111111/execution",
        "stack 111111111111/execution",
        "termination protection of stack 111111111111/execution",
    ]
    assert found(aws, JUMP)["StackStatus"] == "CREATE_COMPLETE"


def test_a_protected_leftover_is_cleared_away(aws, stack):
    iam, cloudformation = aws.client("iam"), aws.client("cloudformation")
    iam.create_role(RoleName="role-x", AssumeRolePolicyDocument=json.dumps(TRUST))
    stack([{"account_id": JUMP}])
    cloudformation.update_termination_protection(StackName=NAME, EnableTerminationProtection=True)
    iam.delete_role(RoleName="role-x")
    assert statuses(stack([{"account_id": JUMP}])) == {JUMP: "created"}
    assert found(aws, JUMP)["EnableTerminationProtection"] is True


def test_a_change_set_that_was_never_executed_is_cleared_away(aws, stack):
    aws.client("cloudformation").create_change_set(
        StackName=NAME,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(role_template()),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    assert found(aws, JUMP)["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert statuses(stack([{"account_id": JUMP}])) == {JUMP: "created"}


def launch(aws, **more):
    """Start the stack as a run that was killed right afterwards did."""
    aws.client("cloudformation").create_stack(
        StackName=NAME,
        TemplateBody=json.dumps(role_template()),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **more,
    )


def test_what_a_killed_run_began_is_waited_for(aws, stack):
    aws.world.clock.configure({"stack_ticks": 4})
    launch(aws)
    result = stack([{"account_id": JUMP}])
    assert [change["target"] for change in result["changes"]] == [
        "termination protection of stack 111111111111/execution"
    ]
    assert found(aws, JUMP)["StackStatus"] == "CREATE_COMPLETE"


def test_what_never_ends_is_a_failure_that_says_what_to_do(aws, stack):
    aws.world.clock.configure({"mode": "manual"})
    launch(aws)
    result = stack([{"account_id": JUMP}], wait_timeout=0)
    assert result["failed"] is True
    assert (
        "Could not read stack execution in account 111111111111: AWS answered CREATE_IN_PROGRESS: "
        "it did not finish within 0 seconds (wait_timeout). Check the events of the stack"
    ) in result["msg"]


def test_an_update_that_fails_says_why_and_can_be_mended(stack):
    accounts = [{"account_id": JUMP}]
    stack(accounts)
    wrong = role_template()
    properties = wrong["Resources"]["Role"]["Properties"]
    properties["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/NotThere"]
    result = stack(accounts, template_body=wrong)
    assert "Could not update stack execution in account 111111111111" in result["msg"]
    assert "UPDATE_ROLLBACK_COMPLETE: Role (AWS::IAM::Role): " in result["msg"]
    assert "NotThere" in result["msg"]
    assert statuses(result) == {JUMP: "failed"}
    assert statuses(stack(accounts)) == {JUMP: "unchanged"}
    assert statuses(stack(accounts, template_body=role_template("f"))) == {JUMP: "updated"}


def test_a_steady_account_costs_few_calls(aws, stack):
    accounts = [{"account_id": JUMP}, by_role(PROD)]
    stack(accounts)
    before = sum(aws.calls.values())
    stack(accounts)
    # GetCallerIdentity, then DescribeStacks and GetTemplate in each, and AssumeRole once.
    assert sum(aws.calls.values()) - before == 6


def test_a_new_account_costs_few_calls(aws, stack):
    stack([{"account_id": JUMP}])
    before = dict(aws.calls)
    stack([by_role(PROD)])
    made = {name: count - before.get(name, 0) for name, count in aws.calls.items()}
    assert {name: count for name, count in made.items() if count} == {
        "sts:GetCallerIdentity": 1,
        "sts:AssumeRole": 1,
        "cloudformation:CreateStack": 1,
        # It is not there; its creation is under way; it is complete.
        "cloudformation:DescribeStacks": 3,
    }


def test_all_problems_at_once(aws, stack):
    result = stack(
        [
            {"account_id": "1"},
            {"account_id": PROD, "role_arn": f"arn:aws:iam::{STAGING}:role/x"},
            {"account_id": JUMP},
            {"account_id": JUMP},
        ],
        name="a_b",
        parameters={"Other": 1},
    )
    assert result["msg"] == (
        "The input has 5 problems:\n"
        "  name: 'a_b' is not a valid stack name: it must start with a letter and have only "
        "letters, digits and '-', at most 128\n"
        "  parameters.Other: unknown; known: AdminAccountId\n"
        "  accounts[0].account_id: '1' is not 12 digits\n"
        "  accounts[1].role_arn: 'arn:aws:iam::333333333333:role/x' is not a role of account "
        "222222222222\n"
        "  accounts[3]: account 111111111111 is already accounts[2]"
    )
    assert aws.calls == {}


def test_profile_and_role_exclude_each_other(stack):
    result = stack([{**by_role(PROD), "profile": "x"}])
    assert "mutually exclusive: profile|role_arn" in result["msg"]


def test_parameters_are_texts_for_cloudformation(aws, stack):
    accounts = [{"account_id": JUMP}]
    template = role_template()
    template["Parameters"]["Flag"] = {"Type": "String", "Default": "no"}
    stack(accounts, template_body=template, parameters={"Flag": True})
    given = {p["ParameterKey"]: p["ParameterValue"] for p in found(aws, JUMP)["Parameters"]}
    assert given == {"AdminAccountId": JUMP, "Flag": "true"}
    assert stack(accounts, template_body=template, parameters={"Flag": True})["changed"] is False
    assert stack(accounts, template_body=template)["changed"] is True


def test_a_list_parameter_is_joined_with_commas(aws, stack):
    accounts = [{"account_id": JUMP}]
    template = role_template()
    template["Parameters"]["Subnets"] = {"Type": "CommaDelimitedList"}
    options = {"template_body": template, "parameters": {"Subnets": ["s-1", "s-2"]}}
    predicted = stack(accounts, check=True, **options)
    assert predicted["changes"] == stack(accounts, **options)["changes"]
    given = {p["ParameterKey"]: p["ParameterValue"] for p in found(aws, JUMP)["Parameters"]}
    assert given["Subnets"] == "s-1,s-2"
    assert stack(accounts, **options)["changed"] is False


def test_nothing_is_there_after_check_mode(aws, stack):
    stack([{"account_id": JUMP}], check=True)
    with pytest.raises(ClientError, match="does not exist"):
        found(aws, JUMP)

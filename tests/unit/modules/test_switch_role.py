# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switch roles in one account of the local AWS."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import switch_role
from botocore.exceptions import ClientError

from sandbox.iam.quotas import QUOTAS

JUMP, PROD = "111111111111", "222222222222"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "ec2:RebootInstances", "Resource": "*"},
}
OPERATOR = {
    "name": "role-operator",
    "managed_policies": ["ReadOnlyAccess"],
    "inline_policies": {"restart": DOCUMENT},
    "description": "Operators",
    "max_session_duration": 7200,
    "tags": {"stage": 1},
}


GUARD = "policy-guard-member-account"


@pytest.fixture
def roles(aws, run, monkeypatch):
    """Return a function that runs the module in the production account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", PROD)
    assert aws.writes == 0

    def run_roles(*listed, check=False, **options):
        given = {"account_id": PROD, "jump_account_id": JUMP, "roles": list(listed)}
        return run(switch_role, check=check, **{**given, **options})

    return run_roles


def held(aws, name="role-operator"):
    """Return what a role holds: settings, managed and inline policies."""
    iam = aws.client("iam", PROD)
    role = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return (
        role,
        [p["PolicyArn"] for p in attached],
        iam.list_role_policies(RoleName=name)["PolicyNames"],
    )


def make_foreign(aws, name="role-operator", **more):
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"Service": "ec2.amazonaws.com"}}]}'
    )
    aws.client("iam", PROD).create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)


def test_the_dialogue(aws, roles):
    predicted = roles(OPERATOR, check=True)
    assert aws.writes == 0
    created = roles(OPERATOR)
    assert created["changes"] == predicted["changes"]
    role, attached, inline = held(aws)
    assert (role["Description"], role["MaxSessionDuration"]) == ("Operators", 7200)
    assert {t["Key"]: t["Value"] for t in role["Tags"]} == {
        "stage": "1",
        "jumpaccount:owned": "true",
    }
    assert (attached, inline) == ([READ_ONLY], [GUARD, "restart"])
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition["StringEquals"] == {"sts:RoleSessionName": ["${aws:username}"]}
    before, calls = aws.writes, aws.calls
    assert roles(OPERATOR)["changed"] is False
    spent = {name: n - calls.get(name, 0) for name, n in aws.calls.items()}
    assert {name: n for name, n in spent.items() if n} == {
        "iam:GetAccountAuthorizationDetails": 1,
        "iam:GetRole": 1,
    }
    newer = {**OPERATOR, "managed_policies": [], "max_session_duration": 3600, "tags": {}}
    options = {"mfa_max_age": 3600, "bind_session_name": False, "purge_tags": True}
    predicted = roles(newer, check=True, **options)
    assert aws.writes == before
    updated = roles(newer, **options)
    assert updated["changes"] == predicted["changes"]
    role, attached, inline = held(aws)
    assert (attached, inline, role["MaxSessionDuration"]) == ([], [GUARD, "restart"], 3600)
    assert [t["Key"] for t in role["Tags"]] == ["jumpaccount:owned"]
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition["NumericLessThan"] == {"aws:MultiFactorAuthAge": ["3600"]}
    assert "StringEquals" not in condition
    assert roles(newer, **options)["changed"] is False
    gone = {"name": "role-operator", "state": "absent"}
    predicted = roles(gone, check=True)
    deleted = roles(gone)
    assert deleted["changes"] == predicted["changes"]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        held(aws)
    assert roles(gone)["changed"] is False


def test_policies_of_others_go_unless_told(aws, roles):
    roles(OPERATOR)
    iam = aws.client("iam", PROD)
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="role-operator", PolicyArn=admin)
    assert roles(OPERATOR, purge_policies=False)["changed"] is False
    assert roles(OPERATOR)["changed"] is True
    assert held(aws)[1] == [READ_ONLY]


def test_a_role_of_others_is_adopted_only_when_told(aws, roles):
    make_foreign(aws, Tags=[{"Key": "team", "Value": "x"}])
    before = aws.writes
    refused = roles(OPERATOR, {"name": "role-b", "fenced": False})
    assert "Role role-operator already exists" in refused["msg"]
    assert {change["target"] for change in refused["applied"]} == {"role role-b"}
    assert aws.writes == before + 1
    assert roles({"name": "role-operator", "state": "absent"})["failed"] is True
    assert roles(OPERATOR, adopt=True)["changed"] is True
    tags = {t["Key"]: t["Value"] for t in held(aws)[0]["Tags"]}
    assert tags == {"team": "x", "stage": "1", "jumpaccount:owned": "true"}
    assert roles(OPERATOR)["changed"] is False


def test_a_role_is_not_moved(aws, roles):
    roles(OPERATOR)
    before = aws.writes
    result = roles({**OPERATOR, "path": "/x/"})
    assert "IAM cannot move roles" in result["msg"]
    assert aws.writes == before


def test_roles_that_are_ours_but_not_listed_are_reported(aws, roles):
    make_foreign(aws, "role-foreign")
    roles(OPERATOR)
    result = roles({"name": "role-b"})
    assert result["unlisted"] == ["role-operator"]
    assert held(aws)[1] == [READ_ONLY]


def test_a_large_removal_is_refused(aws, roles):
    names = [f"role-{n}" for n in range(5)]
    roles(*({"name": name, "fenced": False} for name in names))
    before = aws.writes
    gone = [{"name": name, "state": "absent"} for name in names]
    refused = roles(*gone)
    assert "This would remove 5 of 5 objects of type 'role'" in refused["msg"]
    assert aws.writes == before
    assert len(roles(*gone, max_removal_ratio=1)["changes"]) == 5


def test_a_policy_that_is_not_there_does_not_stop_other_roles(aws, roles):
    wrong = {"name": "role-a", "managed_policies": ["arn:aws:iam::aws:policy/NotThere"]}
    result = roles(wrong, OPERATOR, defer_failures=True)
    assert [failure["target"] for failure in result["failures"]] == [
        "attached policy of role role-a/arn:aws:iam::aws:policy/NotThere"
    ]
    assert "Check the name of the policy." in result["failures"][0]["message"]
    assert held(aws)[1] == [READ_ONLY]


def test_all_problems_at_once(aws, roles):
    result = roles(
        {"name": "a b", "path": "x", "max_session_duration": 1, "inline_policies": {"p": 1}},
        {"name": "A B", "state": "absent"},
        jump_account_id="1",
        mfa_max_age=0,
        source_networks=["x"],
    )
    assert result["msg"].startswith("The input has 8 problems:")
    assert aws.calls == {}


def test_networks_are_counted_with_the_quota_of_the_account(aws, roles, monkeypatch):
    networks = [f"203.0.{n}.0/24" for n in range(150)]
    message = roles(OPERATOR, source_networks=networks)["msg"]
    assert "source_networks: with 150 networks, the trust policy of every switch" in message
    assert "but the quota is 2048;" in message
    assert aws.writes == 0
    monkeypatch.setitem(QUOTAS, "AssumeRolePolicySizeQuota", 4096)
    assert roles(OPERATOR, source_networks=networks)["changed"]


def test_the_fence_counts_with_the_inline_policies(aws, roles, monkeypatch):
    resources = [f"arn:aws:s3:::{'b' * 100}{n}" for n in range(80)]
    large = {**DOCUMENT, "Statement": {**DOCUMENT["Statement"], "Resource": resources}}
    listed = {"name": "role-operator", "inline_policies": {"own": large}}
    assert roles(listed)["changed"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", JUMP)
    before = aws.writes
    message = roles(listed, account_id=JUMP)["msg"]
    assert "role role-operator: the inline policies own, policy-fence-jump-account have" in message
    assert aws.writes == before


def test_a_role_has_the_fence_in_the_jump_account_and_the_guard_elsewhere(aws, roles, monkeypatch):
    listed = [
        {"name": "role-operator", "managed_policies": ["ReadOnlyAccess"]},
        {"name": "role-admin", "managed_policies": ["AdministratorAccess"]},
    ]
    roles(*listed)
    assert held(aws)[2] == [GUARD]
    assert held(aws, "role-admin")[2] == []
    assert not roles(*listed)["changed"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", JUMP)
    assert roles(*listed, account_id=JUMP)["changed"]
    iam = aws.client("iam", JUMP)
    fence = ["policy-fence-jump-account"]
    assert iam.list_role_policies(RoleName="role-operator")["PolicyNames"] == fence
    assert iam.list_role_policies(RoleName="role-admin")["PolicyNames"] == []
    assert not roles(*listed, account_id=JUMP)["changed"]

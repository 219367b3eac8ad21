# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which records of CloudTrail the rules tell, with moto's EventBridge as the judge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.quotas import (
    EVENT_PATTERN_LONGEST,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.values import (
    Place,
    resources_in,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watch import (
    build_watch_template,
    check_rules,
    watched_regions,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watch_rules import (
    Watched,
    build_rules,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watching import (
    Watching,
)
from moto.events.models import EventPattern, EventPatternParser, EventTemplateParser

from tests.unit.inputs import problems_of

JUMP, HOME, IAM = "111111111111", "ap-northeast-1", "us-east-1"
ROOT = f"arn:aws:iam::{JUMP}:"
RUNNER, RUN_USER = f"{ROOT}role/ci/runner", f"{ROOT}user/ops/run"
WATCHED = Watched(
    JUMP,
    "aws",
    HOME,
    Names(),
    Watching(True, ("sec@example.com",), ("Glass",), (RUNNER, RUN_USER)),
)
STACKS_OF_IAM = f"arn:aws:cloudformation:{IAM}:{JUMP}:stack/"
STACKS = f"arn:aws:cloudformation:{HOME}:{JUMP}:stack/"


def session(role: str) -> dict[str, Any]:
    """Return who a session of a role is in a record."""
    name = role.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{JUMP}:assumed-role/{name}/s",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role, "userName": name}},
    }


def user(arn: str) -> dict[str, Any]:
    """Return who a user with a key is in a record; its session has no issuer."""
    context = {"sessionIssuer": {}, "attributes": {"mfaAuthenticated": "true"}}
    name = arn.rpartition("/")[2]
    return {"type": "IAMUser", "arn": arn, "userName": name, "sessionContext": context}


ANA = user(f"{ROOT}user/ana")
ADMIN = session(f"{ROOT}role/role-admin")
ROOT_USER = {"type": "Root", "arn": f"{ROOT}root"}
FOREIGN = {"type": "AWSAccount", "accountId": "999999999999", "principalId": "AIDA"}
STRANGERS = [
    *(ANA, ADMIN, ROOT_USER, FOREIGN, session(f"{ROOT}role/other/runner"), user(f"{ROOT}user/run")),
    {**ANA, "sessionContext": {}},
    {"type": "FederatedUser", "arn": f"arn:aws:sts::{JUMP}:federated-user/x"},
    {"type": "AWSService", "invokedBy": "config.amazonaws.com"},
]
EXPECTED = [session(RUNNER), user(RUN_USER), {**user(RUN_USER), "sessionContext": {}}]
EXECUTION = session(f"{ROOT}role/AWSCloudFormationStackSetExecutionRole")


def record(source: str, called: str, who: dict[str, Any], /, **requested: Any) -> dict[str, Any]:
    """Return an event as EventBridge gets it."""
    detail = {
        "userIdentity": who,
        "eventSource": f"{source}.amazonaws.com",
        "eventName": called,
        "readOnly": called.startswith(("Get", "List", "Describe", "Detect")),
        "sourceIPAddress": "192.0.2.1",
        "requestParameters": requested or None,
    }
    return {"account": JUMP, "time": "2027-01-01T00:00:00Z", "detail": detail}


def rules(region: str, watched: Watched = WATCHED) -> dict[str, Any]:
    """Return the rules that a region has, by name, as CloudFormation makes them."""
    place = Place(JUMP, watched.partition, region)
    found = resources_in(build_watch_template(watched), place)
    return {p["Name"]: p for kind, p in found if kind == "AWS::Events::Rule"}


def judge(rule: dict[str, Any], event: dict[str, Any]) -> bool:
    text = json.dumps(rule["EventPattern"])
    return EventPattern(text, EventPatternParser(text).parse()).matches_event(event)


def told(event: dict[str, Any], region: str, watched: Watched = WATCHED) -> list[str]:
    """Return which rules of a region tell an event."""
    found = rules(region, watched)
    return [n.removeprefix("jumpaccount-watch-") for n, rule in found.items() if judge(rule, event)]


POLICIES = f"{ROOT}policy/jumpaccount/"
TOPICS = f"arn:aws:sns:{HOME}:{JUMP}:jumpaccount-watch"
CHANGES = [
    ("iam", IAM, "AttachGroupPolicy", {"groupName": "group-admin", "policyArn": "x"}),
    ("iam", IAM, "AddUserToGroup", {"groupName": "GROUP-admin-project-a", "userName": "ana"}),
    ("iam", IAM, "DeleteGroup", {"groupName": "group-operator"}),
    ("iam", IAM, "UpdateAssumeRolePolicy", {"roleName": "role-admin"}),
    ("iam", IAM, "PutRolePolicy", {"roleName": "role-stackset-administration"}),
    ("iam", IAM, "AddRoleToInstanceProfile", {"roleName": "Role-operator"}),
    ("iam", IAM, "DetachRolePolicy", {"roleName": "awscloudformationstacksetexecutionrole"}),
    ("iam", IAM, "CreatePolicyVersion", {"policyArn": f"{POLICIES}policy-fence-jump-account"}),
    ("iam", IAM, "SetDefaultPolicyVersion", {"policyArn": f"{POLICIES}policy-enforce-mfa"}),
    ("cloudformation", HOME, "UpdateStackSet", {"stackSetName": "iam-roles"}),
    ("cloudformation", HOME, "CreateStackInstances", {"stackSetName": "iam-roles:1-2"}),
    ("cloudformation", HOME, "DeleteStack", {"stackName": "stackset-admin-role"}),
    ("cloudformation", HOME, "UpdateStack", {"stackName": f"{STACKS}jumpaccount-watch/1"}),
    ("cloudformation", IAM, "DeleteStack", {"stackName": "jumpaccount-watch"}),
    ("cloudformation", IAM, "UpdateStack", {"stackName": f"{STACKS_OF_IAM}jumpaccount-watch/1"}),
    ("cloudformation", HOME, "SetStackPolicy", {"stackName": "StackSet-iam-roles-1"}),
    ("cloudformation", HOME, "UpdateStack", {"stackName": f"{STACKS}StackSet-iam-roles-1/2"}),
    ("s3", HOME, "PutBucketPolicy", {"bucketName": f"aws-iam-templates-{JUMP}"}),
    ("s3", HOME, "PutObject", {"bucketName": f"aws-iam-templates-{JUMP}", "key": "x"}),
    ("ssm", HOME, "PutParameter", {"name": "/jumpaccount/initial-password/ana"}),
    ("ssm", HOME, "DeleteParameters", {"names": ["/x", "/jumpaccount/initial-password/ana"]}),
    ("ssm", HOME, "AddTagsToResource", {"resourceId": "/jumpaccount/x"}),
    ("ssm", HOME, "PutParameter", {"name": f"arn:aws:ssm:{HOME}:{JUMP}:parameter/jumpaccount/x"}),
    ("events", HOME, "DisableRule", {"name": "jumpaccount-watch-iam"}),
    ("events", HOME, "RemoveTargets", {"rule": "jumpaccount-watch-iam", "ids": ["topic"]}),
    ("sns", HOME, "SetTopicAttributes", {"topicArn": TOPICS, "attributeName": "Policy"}),
    ("sns", HOME, "Unsubscribe", {"subscriptionArn": f"{TOPICS}:1-2"}),
    ("events", IAM, "DeleteRule", {"name": "jumpaccount-watch-root"}),
    ("sns", IAM, "DeleteTopic", {"topicArn": TOPICS.replace(HOME, IAM)}),
]
RULE_OF = {
    **{"iam": "iam", "cloudformation": "stacks", "s3": "bucket", "ssm": "parameters"},
    **{"events": "watchers", "sns": "watchers"},
}
IDS = [f"{name} {next(iter(asked.values()))}" for _service, _region, name, asked in CHANGES]


@pytest.mark.parametrize(("service", "region", "name", "asked"), CHANGES, ids=IDS)
def test_changes_are_told_unless_a_run_makes_them(service, region, name, asked):
    for who in STRANGERS:
        assert told(record(service, name, who, **asked), region) == [RULE_OF[service]]
    for who in EXPECTED:
        assert told(record(service, name, who, **asked), region) == []


def test_what_stack_sets_deploy_is_told_by_what_started_it():
    changed = {"roleName": "role-admin"}
    assert told(record("iam", "UpdateAssumeRolePolicy", EXECUTION, **changed), IAM) == []
    update = record("cloudformation", "UpdateStack", EXECUTION, stackName="StackSet-iam-roles-1")
    assert told(update, HOME) == []
    parameter = record("ssm", "PutParameter", EXECUTION, name="/jumpaccount/x")
    assert told(parameter, HOME) == ["parameters"]


@pytest.mark.parametrize(
    ("service", "region", "name", "asked"),
    [
        ("iam", IAM, "AttachGroupPolicy", {"groupName": "developers"}),
        ("iam", IAM, "DeleteRole", {"roleName": "my-role-admin"}),
        ("iam", IAM, "AttachRolePolicy", {"roleName": "x", "policyArn": f"{POLICIES}p"}),
        ("iam", IAM, "CreatePolicyVersion", {"policyArn": f"{ROOT}policy/other"}),
        ("iam", IAM, "GetGroup", {"groupName": "group-admin"}),
        ("iam", IAM, "CreateUser", {"userName": "x"}),
        ("cloudformation", HOME, "UpdateStack", {"stackName": "stackset-admin-role-2"}),
        ("cloudformation", HOME, "UpdateStackSet", {"stackSetName": "iam-roles-2"}),
        ("cloudformation", HOME, "DetectStackSetDrift", {"stackSetName": "iam-roles"}),
        ("s3", HOME, "PutBucketPolicy", {"bucketName": "another"}),
        ("ssm", HOME, "GetParameter", {"name": "/jumpaccount/initial-password/ana"}),
        ("ssm", HOME, "GetParameters", {"names": ["/jumpaccount/initial-password/ana"]}),
        ("ssm", HOME, "PutParameter", {"name": "/jumpaccounts/x"}),
        ("events", HOME, "DisableRule", {"name": "another"}),
        ("sns", HOME, "DeleteTopic", {"topicArn": f"{TOPICS}-2"}),
        ("cloudtrail", HOME, "StartLogging", {"name": "t"}),
        ("cloudtrail", HOME, "GetTrailStatus", {"name": "t"}),
    ],
)
def test_what_is_not_ours_or_changes_nothing_is_not_told(service, region, name, asked):
    assert told(record(service, name, ANA, **asked), region) == []
    # A refused call has no parameters in its record.
    assert told(record(service, name, ANA), region) == []


@pytest.mark.parametrize("name", ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"])
@pytest.mark.parametrize("region", [HOME, IAM])
def test_trails_are_nobodys_to_change(name, region):
    for who in (*STRANGERS, *EXPECTED):
        assert told(record("cloudtrail", name, who, name="t"), region) == ["trails"]


def test_sign_ins():
    def sign_in(who, name="ConsoleLogin"):
        return record("signin", name, who)

    glass = {"type": "IAMUser", "userName": "glass"}
    assert told(sign_in(ROOT_USER), IAM) == ["root"]
    assert told(sign_in(ROOT_USER, "PasswordRecoveryRequested"), IAM) == ["root"]
    assert told(sign_in(glass), IAM) == told(sign_in(glass), HOME) == ["break-glass"]
    assert told(sign_in({"type": "IAMUser", "userName": "ana"}), IAM) == []
    assert told(sign_in(session(RUNNER)), IAM) == []


def test_each_region_has_the_rules_that_can_meet_something():
    both = {"break-glass", "stacks", "trails", "watchers"}
    bare = {r: {n.removeprefix("jumpaccount-watch-") for n in rules(r)} for r in (HOME, IAM)}
    assert bare == {HOME: {*both, "bucket", "parameters"}, IAM: {*both, "root", "iam"}}
    assert watched_regions(WATCHED) == [HOME, IAM]
    at_home = Watched(JUMP, "aws", IAM, Names(), Watching())
    assert watched_regions(at_home) == [IAM]
    assert len(rules(IAM, at_home)) == 7


def test_without_runners_everything_is_told():
    watched = Watched(JUMP, "aws", HOME, Names(), Watching())
    change = record("s3", "PutBucketPolicy", ANA, bucketName=f"aws-iam-templates-{JUMP}")
    assert told(change, HOME, watched) == ["bucket"]
    grouped = record("iam", "DeleteGroup", session(RUNNER), groupName="group-admin")
    assert told(grouped, IAM, watched) == ["iam"]
    assert "break-glass" not in "".join(rules(HOME, watched))


@pytest.mark.parametrize(
    ("pattern", "ours", "foreign"),
    [
        ("{level}-people", "ADMIN-People", "people"),
        ("{level}", "whatever", None),
        ("all-{level}-people", "all-x", "al-x"),
    ],
)
def test_names_are_matched_by_what_their_pattern_has(pattern, ours, foreign):
    names = Names(group_name=pattern, project_group_name="all-{level}-{project}")
    watched = Watched(JUMP, "aws", HOME, names, Watching())
    for name, expected in ((ours, ["iam"]), (foreign, [])):
        event = record("iam", "DeleteGroup", ANA, groupName=name) if name else None
        assert event is None or told(event, IAM, watched) == expected


def test_another_prefix_of_parameters_is_watched_beside_ours():
    watched = Watched(JUMP, "aws", HOME, Names(parameter_prefix="/people/first"), Watching())
    for name, expected in (
        ("/people/first/ana", ["parameters"]),
        ("/jumpaccount/x", ["parameters"]),
        ("/people/other", []),
    ):
        assert told(record("ssm", "PutParameter", ANA, name=name), HOME, watched) == expected


@pytest.mark.parametrize("region", [HOME, IAM])
def test_each_rule_tells_a_sentence(region):
    event = record("x", "DeleteGroup", ADMIN, groupName="group-admin", name="t")
    event |= {"ingestion-time": event["time"]}
    event["detail"] |= {"awsRegion": region, "errorCode": "AccessDenied"}
    for rule in rules(region).values():
        (target,) = rule["Targets"]
        transformer = target["InputTransformer"]
        template, paths = transformer["InputTemplate"], transformer["InputPathsMap"]
        assert {f"<{name}>" for name in paths} == {
            f"<{part.partition('>')[0]}>" for part in template.split("<")[1:]
        }
        assert target["Arn"] == {"Ref": "Topic"}
    template = rules(IAM)["jumpaccount-watch-iam"]["Targets"][0]["InputTransformer"]
    text = EventTemplateParser.parse(template["InputTemplate"], template["InputPathsMap"], event)
    assert f"arn:aws:sts::{JUMP}:assumed-role/role-admin/s" in json.dumps(text)


def test_patterns_fit_with_the_usual_names_and_say_so_when_they_do_not():
    assert problems_of(lambda p: check_rules(p, WATCHED))[1] == []
    assert all(rule.size < EVENT_PATTERN_LONGEST / 1.5 for rule in build_rules(WATCHED, HOME))
    many = Watching(
        True,
        break_glass=tuple(f"break-glass-user-{n:03}" for n in range(50)),
        runners=tuple(f"{ROOT}role/runner-{n:03}" for n in range(50)),
    )
    problems = problems_of(lambda p: check_rules(p, Watched(JUMP, "aws", HOME, Names(), many)))[1]
    assert len(problems) == 6
    assert problems[0] == (
        "jump_break_glass: result in a pattern of 2400 characters for the rule break-glass, but "
        "EventBridge allows 2048; list fewer"
    )
    assert problems[1].startswith("jump_watch_runners: result in a pattern of ")

"""A topic, its policy and readers, and rules of EventBridge, made by a stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.helpers import JUMP, REGION, allow

TOPIC = f"arn:aws:sns:{REGION}:{JUMP}:alarms"


def template(email: str = "a@example.com", source: str = "x", state: str = "ENABLED") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": "Topic"},
    }
    properties: dict[str, Any] = {
        "Topic": ("AWS::SNS::Topic", {"TopicName": "alarms"}),
        "Policy": (
            "AWS::SNS::TopicPolicy",
            {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            },
        ),
        "Reader": (
            "AWS::SNS::Subscription",
            {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": email},
        ),
        "Rule": (
            "AWS::Events::Rule",
            {
                "Name": "rule",
                "State": state,
                "EventPattern": {"source": [source]},
                "Targets": [{"Id": "topic", "Arn": {"Ref": "Topic"}}],
            },
        ),
    }
    resources = {n: {"Type": kind, "Properties": p} for n, (kind, p) in properties.items()}
    return json.dumps({"Resources": resources})


def settle(stacks: Any, name: str = "watch") -> str:
    """Poll a stack until nothing goes on any more; return its status."""
    for _poll in range(20):
        status: str = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            return status
    raise AssertionError(status)


def test_a_stack_that_watches(aws: Callable[..., Any]) -> None:
    stacks, topics, events = aws("cloudformation"), aws("sns"), aws("events")
    stacks.create_stack(StackName="watch", TemplateBody=template())
    assert settle(stacks) == "CREATE_COMPLETE"
    policy = json.loads(topics.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["Policy"])
    assert policy["Statement"][0]["Resource"] == TOPIC
    assert json.loads(events.describe_rule(Name="rule")["EventPattern"]) == {"source": ["x"]}
    assert events.list_targets_by_rule(Rule="rule")["Targets"] == [{"Id": "topic", "Arn": TOPIC}]

    changed = template("b@example.com", "y", "DISABLED")
    stacks.update_stack(StackName="watch", TemplateBody=changed)
    assert settle(stacks) == "UPDATE_COMPLETE"
    (reader,) = topics.list_subscriptions()["Subscriptions"]
    assert reader["Endpoint"] == "b@example.com"
    rule = events.describe_rule(Name="rule")
    assert (json.loads(rule["EventPattern"]), rule["State"]) == ({"source": ["y"]}, "DISABLED")

    stacks.delete_stack(StackName="watch")
    with pytest.raises(ClientError, match="does not exist"):
        settle(stacks)
    assert topics.list_topics()["Topics"] == events.list_rules()["Rules"] == []


def test_what_is_refused(aws: Callable[..., Any]) -> None:
    stacks = aws("cloudformation")
    aws("sns").create_topic(Name="alarms")
    stacks.create_stack(StackName="watch", TemplateBody=template())
    assert settle(stacks) == "ROLLBACK_COMPLETE"
    broken = template().replace('{"source": ["x"]}', '{"source": "x"}').replace("alarms", "other")
    stacks.create_stack(StackName="broken", TemplateBody=broken)
    assert settle(stacks, "broken") == "ROLLBACK_COMPLETE"
    events = stacks.describe_stack_events(StackName="broken")["StackEvents"]
    assert any("Event pattern is not valid" in e.get("ResourceStatusReason", "") for e in events)


def test_drift(aws: Callable[..., Any]) -> None:
    stacks = aws("cloudformation")
    stacks.create_stack(StackName="watch", TemplateBody=template())
    settle(stacks)
    aws("events").disable_rule(Name="rule")
    aws("sns").unsubscribe(
        SubscriptionArn=aws("sns").list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    )
    aws("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="Policy", AttributeValue='{"Statement": []}'
    )
    detection = stacks.detect_stack_drift(StackName="watch")["StackDriftDetectionId"]
    while (
        stacks.describe_stack_drift_detection_status(StackDriftDetectionId=detection)[
            "DetectionStatus"
        ]
        == "DETECTION_IN_PROGRESS"
    ):
        pass
    drifts = stacks.describe_stack_resource_drifts(StackName="watch")["StackResourceDrifts"]
    assert {d["LogicalResourceId"]: d["StackResourceDriftStatus"] for d in drifts} == {
        **{"Topic": "IN_SYNC", "Rule": "MODIFIED", "Policy": "MODIFIED", "Reader": "DELETED"}
    }


def test_a_new_trail_records_all_management_events(aws: Callable[..., Any]) -> None:
    aws("s3").create_bucket(
        Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    trails = aws("cloudtrail")
    trails.create_trail(Name="all", S3BucketName="trails")
    (usual,) = trails.get_event_selectors(TrailName="all")["EventSelectors"]
    assert (usual["ReadWriteType"], usual["IncludeManagementEvents"]) == ("All", True)
    advanced = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]
    trails.put_event_selectors(TrailName="all", AdvancedEventSelectors=advanced)
    assert trails.get_event_selectors(TrailName="all")["AdvancedEventSelectors"] == advanced
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        trails.get_event_selectors(TrailName="another")


def test_what_a_stack_watches_with_is_its_maker_s(
    aws: Callable[..., Any], own: Any, key: dict[str, str], give: Callable[..., None]
) -> None:
    give(allow("cloudformation:*"), allow("sns:*", TOPIC), allow("sns:Unsubscribe"))
    own.create_stack(StackName="watch", TemplateBody=template())
    assert settle(own) == "ROLLBACK_COMPLETE"
    assert aws("sns").list_topics()["Topics"] == []
    rule = f"arn:aws:events:{REGION}:{JUMP}:rule/rule"
    give(*(allow(action) for action in ("cloudformation:*", "sns:*")), allow("events:*", rule))
    own.delete_stack(StackName="watch")
    own.create_stack(StackName="again", TemplateBody=template())
    assert settle(own, "again") == "CREATE_COMPLETE"
    events = aws("events", credentials=key)
    assert events.describe_rule(Name="rule")["State"] == "ENABLED"
    with pytest.raises(ClientError):
        events.disable_rule(Name="another")
    own.delete_stack(StackName="again")
    own.describe_stacks()
    assert aws("events").list_rules()["Rules"] == []

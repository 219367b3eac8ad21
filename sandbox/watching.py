"""The resources that policies name for calls of what watches: CloudTrail, EventBridge, SNS."""

from __future__ import annotations

from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.registry import resources

_OF_RULES = {
    "PutRule": "Name",
    "DeleteRule": "Name",
    "DescribeRule": "Name",
    "EnableRule": "Name",
    "DisableRule": "Name",
    "PutTargets": "Rule",
    "RemoveTargets": "Rule",
    "ListTargetsByRule": "Rule",
}
_OF_TOPICS = {
    "CreateTopic",
    "DeleteTopic",
    "GetTopicAttributes",
    "SetTopicAttributes",
    "ListSubscriptionsByTopic",
    "Subscribe",
    "Publish",
}
_OF_TRAILS = {
    "GetTrailStatus": "Name",
    "StartLogging": "Name",
    "StopLogging": "Name",
    "UpdateTrail": "Name",
    "DeleteTrail": "Name",
    "CreateTrail": "Name",
    "GetEventSelectors": "TrailName",
    "PutEventSelectors": "TrailName",
}
_OF_NONE = {"DescribeTrails", "ListTrails", "ListRules", "ListTopics", "ListSubscriptions"}
_OF_NONE |= {"Unsubscribe"}


@resources("events")
def resources_of_events(call: Call) -> list[str]:
    return [_resource(call, "rule/", _OF_RULES.get(call.operation))]


@resources("sns")
def resources_of_sns(call: Call) -> list[str]:
    param = "TopicArn" if "TopicArn" in call.params else "Name"
    return [_resource(call, "", param if call.operation in _OF_TOPICS else None)]


@resources("cloudtrail")
def resources_of_cloudtrail(call: Call) -> list[str]:
    return [_resource(call, "trail/", _OF_TRAILS.get(call.operation))]


def _resource(call: Call, prefix: str, param: str | None) -> str:
    if call.operation in _OF_NONE:
        return "*"
    if param is None:
        what = f"{call.service}:{call.operation}"
        raise AwsError("NotImplemented", f"The sandbox does not know who may call {what}.", 501)
    name = str(call.get(param, ""))
    if name.startswith("arn:"):
        return name
    return arn_of(call.service, call.account_id, f"{prefix}{name}", call.region)

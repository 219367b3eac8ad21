# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The template that watches the Jump account: a topic, its readers, and a rule for each matter.

One template serves two regions, because AWS records what is done in IAM, and sign-ins of the root
user, in one region of the partition only. Each region has the rules that can meet something there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ..change import Json
from ..checking import Problems
from ..partitions import PARTITIONS
from ..policies.document import build_policy, policy_text
from ..quotas import EVENT_PATTERN_LONGEST
from .stacksets import FORMAT
from .watch_rules import Rule, Watched, Where, build_rules

_TOPIC = "Topic"
_CONDITIONS = {Where.IAM: "RecordsIam", Where.HOME: "HasStackSet"}
_PATHS = {
    "account": "$.account",
    "type": "$.detail.userIdentity.type",
    "who": "$.detail.userIdentity.arn",
    "what": "$.detail.eventName",
    "service": "$.detail.eventSource",
    "when": "$.time",
    "from": "$.detail.sourceIPAddress",
    "region": "$.detail.awsRegion",
    "error": "$.detail.errorCode",
}


def watched_regions(watched: Watched) -> list[str]:
    """Return where the template is deployed: the home region, and that of IAM if it differs."""
    iam_region = PARTITIONS[watched.partition].iam_region
    return list(dict.fromkeys((watched.home_region, iam_region)))


def check_rules(problems: Problems, watched: Watched) -> None:
    """Record rules that are larger than EventBridge takes."""
    for rule in build_rules(watched, max(watched_regions(watched), key=len)):
        if rule.size > EVENT_PATTERN_LONGEST:
            problems.add(
                "jump_break_glass" if rule.name == "break-glass" else "jump_watch_runners",
                f"result in a pattern of {rule.size} characters for the rule {rule.name}, but "
                f"EventBridge allows {EVENT_PATTERN_LONGEST}; list fewer",
            )


def build_watch_template(watched: Watched) -> dict[str, Json]:
    """Return the template; what is told goes to a topic, and from there to the addresses."""
    iam_region = PARTITIONS[watched.partition].iam_region
    rules = build_rules(watched, "${AWS::Region}")
    return {
        "AWSTemplateFormatVersion": FORMAT,
        "Description": "Tells what should never happen by hand in the Jump account",
        "Conditions": {
            _CONDITIONS[Where.IAM]: {"Fn::Equals": [{"Ref": "AWS::Region"}, iam_region]},
            _CONDITIONS[Where.HOME]: {"Fn::Equals": [{"Ref": "AWS::Region"}, watched.home_region]},
        },
        "Resources": {
            _TOPIC: {
                "Type": "AWS::SNS::Topic",
                "Properties": {"TopicName": watched.names.watch_stack},
            },
            "TopicPolicy": {"Type": "AWS::SNS::TopicPolicy", "Properties": _topic_policy()},
            **{f"Email{_short(email)}": _subscription(email) for email in watched.watching.emails},
            **{_logical(rule): _rule(rule, watched.names.watch_stack) for rule in rules},
        },
    }


def _topic_policy() -> dict[str, Json]:
    statement = {
        "Sid": "RulesOfThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com"]},
        "Action": ["sns:Publish"],
        "Resource": [{"Ref": _TOPIC}],
        "Condition": {"StringEquals": {"aws:SourceAccount": [{"Ref": "AWS::AccountId"}]}},
    }
    return {"Topics": [{"Ref": _TOPIC}], "PolicyDocument": build_policy(statement)}


def _short(email: str) -> str:
    """Return a name of a resource: other addresses keep theirs when one comes or goes."""
    return hashlib.sha256(email.encode()).hexdigest()[:16]


def _subscription(email: str) -> dict[str, Json]:
    properties = {"TopicArn": {"Ref": _TOPIC}, "Protocol": "email", "Endpoint": email}
    return {"Type": "AWS::SNS::Subscription", "Properties": properties}


def _logical(rule: Rule) -> str:
    return f"Rule{''.join(word.capitalize() for word in rule.name.split('-'))}"


def _rule(rule: Rule, stack: str) -> dict[str, Json]:
    condition = _CONDITIONS.get(rule.where)
    text = f"{rule.sentence} at <when> from <from>, region <region> <error>"
    paths = {name: path for name, path in _PATHS.items() if f"<{name}>" in text}
    target = {
        "Id": "topic",
        "Arn": {"Ref": _TOPIC},
        "InputTransformer": {
            "InputPathsMap": {**paths, **rule.paths},
            "InputTemplate": policy_text(text),
        },
    }
    return {
        "Type": "AWS::Events::Rule",
        **({"Condition": condition} if condition else {}),
        "Properties": {
            "Name": f"{stack}-{rule.name}",
            "Description": "What should never happen by hand in the Jump account",
            "State": "ENABLED",
            "EventPattern": _with_functions(rule.pattern),
            "Targets": [target],
        },
    }


def _with_functions(value: Json) -> Json:
    """Return a pattern in which CloudFormation fills in what depends on the region."""
    if isinstance(value, Mapping):
        return {key: _with_functions(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_functions(item) for item in value]
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value

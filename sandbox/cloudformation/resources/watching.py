"""AWS::SNS::Topic, TopicPolicy and Subscription, and AWS::Events::Rule, as moto has them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from moto.core.exceptions import JsonRESTError
from moto.events.models import events_backends
from moto.sns.models import sns_backends

from sandbox.cloudformation.resources.base import Made, Place, Properties, Provider, document
from sandbox.errors import AwsError


def _topics(place: Place) -> Any:
    return sns_backends[place.account_id][place.region]


def _rules(place: Place) -> Any:
    return events_backends[place.account_id][place.region]


class TopicProvider(Provider):
    name_property: ClassVar[str] = "TopicName"
    properties: ClassVar[frozenset[str]] = frozenset({"DisplayName", "TopicName"})
    replaced_by: ClassVar[frozenset[str]] = frozenset({"TopicName"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        name = properties.get("TopicName") or place.generated_name(logical_id)
        if any(topic.name == name for topic in _topics(place).topics.values()):
            raise AwsError("InvalidRequest", f"{name} already exists in stack", 400)
        place.ask("sns", "CreateTopic", Name=name)
        return _made(_topics(place).create_topic(name))

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del old, new
        return _made(_topics(place).topics[physical_id])

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del properties
        place.ask("sns", "DeleteTopic", TopicArn=physical_id)
        _topics(place).delete_topic(physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        return properties if physical_id in _topics(place).topics else None


def _made(topic: Any) -> Made:
    return Made(topic.arn, {"TopicArn": topic.arn, "TopicName": topic.name})


class TopicPolicyProvider(Provider):
    properties: ClassVar[frozenset[str]] = frozenset({"PolicyDocument", "Topics"})
    required: ClassVar[frozenset[str]] = properties

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        return self.update(place, place.generated_name(logical_id), {}, properties)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del old
        for arn in new["Topics"]:
            place.ask("sns", "SetTopicAttributes", TopicArn=arn)
            _topics(place).topics[arn].policy = document(new["PolicyDocument"])
        return Made(physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Nothing to delete: the policy goes with its topic."""

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        del physical_id
        there = [t for arn, t in _topics(place).topics.items() if arn in properties["Topics"]]
        if not there:
            return None
        return {"Topics": properties["Topics"], "PolicyDocument": json.loads(there[0].policy)}


class SubscriptionProvider(Provider):
    """Confirmed at once: nobody reads mail here."""

    properties: ClassVar[frozenset[str]] = frozenset({"Endpoint", "Protocol", "TopicArn"})
    required: ClassVar[frozenset[str]] = frozenset({"Protocol", "TopicArn"})
    replaced_by: ClassVar[frozenset[str]] = properties

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        del logical_id
        place.ask("sns", "Subscribe", TopicArn=properties["TopicArn"])
        made = _topics(place).subscribe(
            properties["TopicArn"], properties["Endpoint"], properties["Protocol"]
        )
        return Made(made.arn)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del place, old, new
        return Made(physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del properties
        place.ask("sns", "Unsubscribe", SubscriptionArn=physical_id)
        _topics(place).unsubscribe(physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        return properties if physical_id in _topics(place).subscriptions else None


class RuleProvider(Provider):
    name_property: ClassVar[str] = "Name"
    properties: ClassVar[frozenset[str]] = frozenset(
        {"Description", "EventPattern", "Name", "State", "Targets"}
    )
    replaced_by: ClassVar[frozenset[str]] = frozenset({"Name"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        name = properties.get("Name") or place.generated_name(logical_id)
        return self.update(place, name, {}, properties)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        rules = _rules(place)
        place.ask("events", "PutRule", Name=physical_id)
        place.ask("events", "PutTargets", Rule=physical_id)
        try:
            rule = rules.put_rule(
                physical_id,
                description=new.get("Description"),
                event_pattern=document(new["EventPattern"]),
                state=new.get("State", "ENABLED"),
            )
            rules.remove_targets(physical_id, None, [t["Id"] for t in old.get("Targets", [])])
            rules.put_targets(physical_id, None, new.get("Targets", []))
        except JsonRESTError as error:
            raise AwsError("InvalidRequest", str(error.message), 400) from None
        return Made(physical_id, {"Arn": rule.arn})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        ids = [target["Id"] for target in properties.get("Targets", [])]
        place.ask("events", "RemoveTargets", Rule=physical_id)
        place.ask("events", "DeleteRule", Name=physical_id)
        _rules(place).remove_targets(physical_id, None, ids)
        _rules(place).delete_rule(physical_id, None)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        try:
            rule = _rules(place).describe_rule(physical_id, None)
        except JsonRESTError:
            return None
        return {
            **properties,
            "EventPattern": json.loads(rule.event_pattern._raw_pattern),
            "State": rule.state,
            "Targets": rule.targets,
        }

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole runs that watch the Jump account, and what they tell of its trails."""

from __future__ import annotations

import functools

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import preflight

from tests.unit.modules.conftest import JUMP, REGION, run
from tests.unit.modules.estates import first_company
from tests.unit.modules.rehearsal import Rehearsal

IAM = "us-east-1"
STACK = "jumpaccount-watch"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{JUMP}:trail/all"
WATCHED = {
    "jump_watch": True,
    "jump_watch_emails": ["security@example.com"],
    "jump_break_glass": ["glass"],
    "jump_watch_runners": [f"arn:aws:iam::{JUMP}:user/run"],
}
DEPLOYING = "Monitoring | Deploy the rules in the "
NOTHING = "Nothing to change: AWS matches the inventory and the roster."

pytestmark = pytest.mark.usefixtures("instant", "quick_runs")


def play(*, check=False, **options):
    return Rehearsal({**first_company().variables(), **options}, check).play()


def summary(run):
    assert not run.has_failed, run.told()
    return run.variables["jump_summary"]["summary"]


def of_watching(run):
    """Return the lines of a summary about rules and trails, and about what was made."""
    words = ("watch", "trail", "confirm")
    return [line for line in summary(run) if any(word in line for word in words)]


@pytest.fixture
def client(aws):
    """Return a function that makes clients of a region."""

    @functools.cache
    def make(service, region=REGION):
        return boto3.client(
            service,
            region,
            endpoint_url=aws.sandbox.url,
            aws_access_key_id=JUMP,
            aws_secret_access_key="any",
        )

    return make


@pytest.fixture
def bootstrapped(aws):
    """Return a local AWS after the bootstrap of a company that is not watched."""
    aws.build_once("first-company", lambda: summary(play()))
    return aws


def make_trail(client):
    client("s3").create_bucket(
        Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    trails = client("cloudtrail")
    trails.create_trail(Name="all", S3BucketName="trails", IsMultiRegionTrail=True)
    return trails


def rules(client, region):
    found = client("events", region).list_rules(NamePrefix=STACK)["Rules"]
    return {rule["Name"].removeprefix(f"{STACK}-") for rule in found}


def calls_of(aws, **options):
    """Return how many calls of each action a run makes."""
    before = aws.calls
    again = play(**options)
    return again, {a: n - before.get(a, 0) for a, n in aws.calls.items() if n > before.get(a, 0)}


def test_from_no_watching_to_watching_and_back(bootstrapped, client):
    aws = bootstrapped
    # The first run after a bootstrap asks for a credential report, the next ones find it.
    play()
    usual, usual_calls = calls_of(aws)
    assert NOTHING in summary(usual)
    assert of_watching(usual) == []

    writes = aws.writes
    foretold = play(check=True, **WATCHED)
    assert aws.writes == writes
    assert "  watching         to create" in of_watching(foretold)
    made = play(**WATCHED)
    assert "  watching         created" in of_watching(made)
    confirm, *missing, runner = of_watching(made)[1:]
    assert "once for each of 2 regions" in confirm
    assert [line.strip().split(": ")[0] for line in missing if "see no events" in line] == [
        f"the rules that watch this account see no events in {REGION} and {IAM}"
    ]
    assert runner.startswith(
        "  jump_watch_runners does not include the identity of this run (arn:aws"
    )
    both = {"break-glass", "stacks", "trails", "watchers"}
    assert rules(client, REGION) == both | {"bucket", "parameters"}
    assert rules(client, IAM) == both | {"root", "iam"}
    for region in (REGION, IAM):
        topic = f"arn:aws:sns:{region}:{JUMP}:{STACK}"
        sns = client("sns", region)
        assert (
            "aws:SourceAccount" in sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
        )
        (reader,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert (reader["Protocol"], reader["Endpoint"]) == ("email", "security@example.com")

    make_trail(client).start_logging(Name="all")
    again, calls = calls_of(aws, **WATCHED)
    assert NOTHING in summary(again)
    assert [line for line in of_watching(again) if "jump_watch_runners" not in line] == []
    assert not [name for name, _result in again.results if name.startswith("Monitoring |")]
    more = {a: n - usual_calls.get(a, 0) for a, n in calls.items() if n != usual_calls.get(a, 0)}
    assert more == {
        "cloudformation:DescribeStacks": 1,
        "cloudformation:GetTemplate": 2,
        "cloudtrail:DescribeTrails": 1,
        "cloudtrail:GetTrailStatus": 1,
        "cloudtrail:GetEventSelectors": 1,
    }

    left = of_watching(play())
    assert left[0].startswith(f"  stack {STACK} still watches this account, though jump_watch is ")
    assert left[-1] == f"    aws cloudformation delete-stack --stack-name {STACK} --region {IAM}"
    for region in (REGION, IAM):
        stacks = client("cloudformation", region)
        stacks.update_termination_protection(StackName=STACK, EnableTerminationProtection=False)
        stacks.delete_stack(StackName=STACK)
        stacks.describe_stack_events(StackName=STACK)
        stacks.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 0})
        assert rules(client, region) == set()
        assert client("sns", region).list_topics()["Topics"] == []
    gone, gone_calls = calls_of(aws)
    assert of_watching(gone) == []
    assert gone_calls == usual_calls


def told(**options):
    """Return what preflight tells of watching."""
    watch = {"is_wanted": True, "stack": STACK, "regions": [REGION, IAM]}
    return run(preflight, check=True, account_id=JUMP, watch={**watch, **options})["notices"]


def test_what_a_trail_lacks_is_told(aws, client):
    trails = make_trail(client)
    assert told()[0].endswith(f" and {IAM}: trail {TRAIL} is not logging:")
    trails.start_logging(Name="all")
    assert told() == told(is_wanted=False) == []
    reads = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
    trails.put_event_selectors(TrailName="all", EventSelectors=reads)
    assert "does not record all write management events:" in told()[0]
    advanced = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    trails.put_event_selectors(TrailName="all", AdvancedEventSelectors=advanced)
    assert told() == []
    for denied, said in (
        ("cloudtrail:DescribeTrails", "see any events: Could not read the trails of CloudTrail"),
        (
            "cloudtrail:GetTrailStatus",
            f"because trail {TRAIL} could not be read: Could not read the st",
        ),
        (
            "cloudtrail:GetEventSelectors",
            f"trail {TRAIL} could not be read: Could not read",
        ),
    ):
        aws.fault(denied_operations=[denied])
        assert said in told()[0]


@pytest.mark.usefixtures("aws")
def test_a_trail_of_one_region_is_looked_for_in_each(client):
    trails = make_trail(client)
    trails.update_trail(Name="all", IsMultiRegionTrail=False)
    trails.start_logging(Name="all")
    assert told()[0].startswith(f"the rules that watch this account see no events in {IAM}: no ")


@pytest.mark.usefixtures("aws")
def test_where_the_home_region_has_iam_one_stack_is_enough():
    steps = {region: play(check=True, aws_region=region, **WATCHED) for region in (REGION, IAM)}
    assert {
        region: [name for name, _result in run.results if name.startswith("Monitoring |")]
        for region, run in steps.items()
    } == {
        REGION: [f"{DEPLOYING}home region", f"{DEPLOYING}region of IAM"],
        IAM: [f"{DEPLOYING}home region"],
    }


def test_wrong_input_ends_the_run(aws):
    played = play(**{**WATCHED, "jump_watch_emails": ["security"], "jump_break_glass": "glass"})
    (failed,) = [result for _name, result in played.results if result.get("failed")]
    assert "jump_watch_emails[0]: expected an email address" in failed["msg"]
    assert "jump_break_glass: expected a list, found the string 'glass'" in failed["msg"]
    assert sum(aws.calls.values()) == 0

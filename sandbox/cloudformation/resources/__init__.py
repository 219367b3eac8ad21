"""Resource types that the sandbox can deploy; a template with any other is refused."""

from __future__ import annotations

from sandbox.cloudformation.resources.base import Provider
from sandbox.cloudformation.resources.iam_group import GroupProvider
from sandbox.cloudformation.resources.iam_policy import ManagedPolicyProvider, PolicyProvider
from sandbox.cloudformation.resources.iam_role import RoleProvider
from sandbox.cloudformation.resources.iam_user import UserProvider
from sandbox.cloudformation.resources.kms import AliasProvider, KeyProvider
from sandbox.cloudformation.resources.other import ParameterProvider, WaitHandleProvider
from sandbox.cloudformation.resources.s3_bucket import BucketProvider
from sandbox.cloudformation.resources.watching import (
    RuleProvider,
    SubscriptionProvider,
    TopicPolicyProvider,
    TopicProvider,
)

PROVIDERS: dict[str, Provider] = {
    "AWS::IAM::Role": RoleProvider(),
    "AWS::IAM::ManagedPolicy": ManagedPolicyProvider(),
    "AWS::IAM::Policy": PolicyProvider(),
    "AWS::IAM::Group": GroupProvider(),
    "AWS::IAM::User": UserProvider(),
    "AWS::KMS::Key": KeyProvider(),
    "AWS::KMS::Alias": AliasProvider(),
    "AWS::S3::Bucket": BucketProvider(),
    "AWS::Events::Rule": RuleProvider(),
    "AWS::SNS::Topic": TopicProvider(),
    "AWS::SNS::TopicPolicy": TopicPolicyProvider(),
    "AWS::SNS::Subscription": SubscriptionProvider(),
    "AWS::SSM::Parameter": ParameterProvider(),
    "AWS::CloudFormation::WaitConditionHandle": WaitHandleProvider(),
}

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The fence: what levels below administrator cannot do in the Jump account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..arns import bucket_arn, build_arn
from ..change import Json
from ..naming import Names
from ..ownership import OWNED_TAG
from .document import build_policy

_IAM_CHANGES = tuple(
    f"iam:{verb}*"
    for verb in (
        *("Accept", "Acquire", "Add", "Associate", "Attach", "Change", "Create", "Deactivate"),
        *("Delete", "Detach", "Disable", "Enable", "Put", "Reject", "Remove", "Reset", "Resync"),
        *("Send", "Set", "Tag", "Untag", "Update", "Upload"),
    )
)
STACK_READS = (
    "cloudformation:BatchDescribe*",
    "cloudformation:Describe*",
    "cloudformation:Estimate*",
    "cloudformation:Get*",
    "cloudformation:List*",
)
_STACK_SET_WRITES = (
    "cloudformation:ActivateOrganizationsAccess",
    "cloudformation:CreateStackInstances",
    "cloudformation:CreateStackSet",
    "cloudformation:DeactivateOrganizationsAccess",
    "cloudformation:DeleteStackInstances",
    "cloudformation:DeleteStackSet",
    "cloudformation:DetectStackSetDrift",
    "cloudformation:ImportStacksToStackSet",
    "cloudformation:StopStackSetOperation",
    "cloudformation:UpdateStackInstances",
    "cloudformation:UpdateStackSet",
)
TYPE_CHANGES = (
    "cloudformation:ActivateType",
    "cloudformation:DeactivateType",
    "cloudformation:DeregisterType",
    "cloudformation:PublishType",
    "cloudformation:RegisterType",
    "cloudformation:SetType*",
    "cloudformation:TestType",
)
"""A hook is a type, and one that fails keeps every update of a stack from arriving."""
_OTHER_ROLE = (
    *("datazone:Get*Credentials", "deadline:Assume*", "eks-auth:Assume*"),
    *("elasticmapreduce:GetClusterSessionCredentials", "emr-containers:Get*Credentials"),
    *("iq-permission:Assume*", "ssm:RequestManagedInstanceRoleToken"),
    "iam:PassRole",
    "sts:Assume*",
    "sts:GetDelegatedAccessToken",
    "sts:GetFederationToken",
    "sts:GetWebIdentityToken",
)
_IDENTITY_CENTER = (
    "account-access-runtime:*",
    "account-access:*",
    "identity-sync:*",
    "identitystore-auth:*",
    "identitystore:*",
    "sso-directory:*",
    "sso-oauth:*",
    "sso:*",
)
"""All of it, reading too: a list of what is dangerous would be out of date with each release."""

_OTHER_DOORS = ("ds-data:*", "ds:*", "rolesanywhere:*")
"""Directories and certificates that let their people in as roles."""

_SIGN_IN_RULES = (
    "signin:BatchRevoke*",
    "signin:Create*Client",
    "signin:Create*Console",
    "signin:CreateAccount",
    "signin:CreateBearerToken",
    "signin:Delete*",
    "signin:Put*",
)
"""All that creates or changes; OAuth tokens of the same session are how 'aws login' works."""
_WATCHERS = (
    *(f"cloudtrail:{verb}*" for verb in ("Delete", "Put", "Stop", "Update")),
    *("cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:Put*Alarm"),
    *("cloudwatch:PutAlarmMuteRule", "cloudwatch:SetAlarmState"),
    *("events:DeleteRule", "events:DisableRule", "events:PutPermission"),
    *("events:PutResourcePolicy", "events:PutRule", "events:PutTargets"),
    *("events:RemoveTargets", "events:UpdateEventBus"),
    *("guardduty:Accept*", "guardduty:Archive*", "guardduty:Create*", "guardduty:Delete*"),
    *("guardduty:Disable*", "guardduty:Disassociate*", "guardduty:Stop*", "guardduty:Update*"),
    *("sns:AddPermission", "sns:DeleteTopic", "sns:PutData*", "sns:RemovePermission"),
    *("sns:SetSubscription*", "sns:SetTopic*", "sns:Unsubscribe"),
)
"""What blinds those who watch this account: whose alarms and rules these are, names do not tell."""
_DECRYPTIONS = ("kms:CreateGrant", "kms:Decrypt", "kms:ReEncrypt*")
_KEY_READS = ("kms:Describe*", "kms:Get*", "kms:List*")
_BUCKET_READS = ("s3:Get*", "s3:List*")
_ACCESS_POINTS = (
    "s3:CreateAccessPoint*",
    "s3:CreateMultiRegionAccessPoint",
    "s3:PutAccessPoint*",
    "s3:PutMultiRegionAccessPoint*",
)
_ACCESS_GRANTS = (
    "s3:AssociateAccessGrants*",
    "s3:CreateAccessGrant*",
    "s3:GetDataAccess",
    "s3:PutAccessGrants*",
    "s3:UpdateAccessGrants*",
)
"""Credentials that S3 gives out for a bucket: the role of a location decides, not the caller."""
_PRODUCT_PARAMETERS = "/jumpaccount"


@dataclass(frozen=True)
class Fence:
    """What is fenced: the Jump account and the names of the product's objects in it."""

    jump_account_id: str
    names: Names
    partition: str = "aws"

    def _arn(self, service: str, region: str, resource: str) -> str:
        return build_arn(self.partition, service, self.jump_account_id, resource, region)

    @property
    def stacks(self) -> list[str]:
        """Return the stacks of the product in the Jump account, the stack instance included."""
        stacks = {*self.names.stacks, f"StackSet-{self.names.stack_set}-*"}
        return sorted(self._arn("cloudformation", "*", f"stack/{name}/*") for name in stacks)

    @property
    def parameters(self) -> list[str]:
        """Return the parameters with initial passwords, and all others under our name."""
        own = self.names.parameter_prefix
        is_covered = f"{own}/".startswith(f"{_PRODUCT_PARAMETERS}/")
        return sorted(
            self._arn("ssm", "*", f"parameter{prefix}{rest}")
            for prefix in (_PRODUCT_PARAMETERS, *(() if is_covered else (own,)))
            for rest in ("", "/*")
        )

    @property
    def keys(self) -> list[str]:
        """Return all KMS keys of the account: only the tag tells which one is ours."""
        return [self._arn("kms", "*", "key/*")]

    @property
    def bucket(self) -> list[str]:
        """Return the template bucket and what is in it."""
        arn = bucket_arn(self.partition, self.names.bucket(self.jump_account_id))
        return [arn, f"{arn}/*"]


def build_fence_policy(fence: Fence) -> dict[str, Json]:
    """Return the denials for one switch role in the Jump account.

    Whoever can become another principal of the Jump account, change a principal there, or make
    StackSets deploy, is administrator everywhere. So sessions of fenced levels stay what they are.
    """
    return build_policy(
        deny("NoOtherRole", _OTHER_ROLE, ["*"]),
        deny("NoIamChanges", _IAM_CHANGES, ["*"]),
        deny("NoOtherPrincipals", (*_IDENTITY_CENTER, *_OTHER_DOORS, *_SIGN_IN_RULES), ["*"]),
        deny("NoStackSetChanges", _STACK_SET_WRITES, ["*"]),
        deny("NoTypeChanges", TYPE_CHANGES, ["*"]),
        deny_changes("NoProductStackChanges", STACK_READS, fence.stacks),
        deny("NoProductParameters", ("ssm:*",), fence.parameters),
        # AWS decides it by the path that is asked for, so '/' would show every initial password.
        deny("NoParametersByPath", ("ssm:GetParametersByPath",), ["*"]),
        {
            **deny("NoDecryptionOfProductParameters", _DECRYPTIONS, ["*"]),
            "Condition": {"StringLike": {"kms:EncryptionContext:PARAMETER_ARN": fence.parameters}},
        },
        # To move or delete the alias takes the same right on the key.
        {
            **deny_changes("NoProductKeyUse", _KEY_READS, fence.keys),
            "Condition": {"StringEquals": {f"aws:ResourceTag/{OWNED_TAG}": ["true"]}},
        },
        deny_changes("NoTemplateChanges", _BUCKET_READS, fence.bucket),
        # A request through an access point is decided by the access point's ARN.
        deny("NoWayRoundTheBucket", (*_ACCESS_POINTS, *_ACCESS_GRANTS), ["*"]),
        deny("NoBlinding", _WATCHERS, ["*"]),
    )


def deny(sid: str, actions: Sequence[str], resource: list[str]) -> dict[str, Json]:
    """Return a statement that denies these actions."""
    return {"Sid": sid, "Effect": "Deny", "Action": sorted(actions), "Resource": resource}


def deny_changes(sid: str, reads: Sequence[str], resource: list[str]) -> dict[str, Json]:
    """Return a statement that denies everything but these reads."""
    return {"Sid": sid, "Effect": "Deny", "NotAction": sorted(reads), "Resource": resource}

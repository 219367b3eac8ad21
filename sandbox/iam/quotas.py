"""The default quotas of an account, under the names GetAccountSummary gives them."""

from __future__ import annotations

from sandbox.errors import AwsError

QUOTAS = {
    "UsersQuota": 5000,
    "GroupsQuota": 300,
    "RolesQuota": 1000,
    "PoliciesQuota": 1500,
    "InstanceProfilesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "GroupsPerUserQuota": 10,
    "AccessKeysPerUserQuota": 2,
    "SigningCertificatesPerUserQuota": 2,
    "AttachedPoliciesPerUserQuota": 10,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "UserPolicySizeQuota": 2048,
    "GroupPolicySizeQuota": 5120,
    "RolePolicySizeQuota": 10240,
    "PolicySizeQuota": 6144,
    "AssumeRolePolicySizeQuota": 2048,
    "VersionsPerPolicyQuota": 5,
    "PolicyVersionsInUseQuota": 10000,
    "GlobalEndpointTokenVersion": 1,
}
# Quotas that GetAccountSummary does not report.
SSH_KEYS_PER_USER = 5
SERVICE_CREDENTIALS_PER_USER = 2
MFA_DEVICES_PER_USER = 8
TAGS_PER_OBJECT = 50
NOT_REPORTED = frozenset({"RolePolicySizeQuota"})


def limit(count: int, quota: str, what: str) -> None:
    """Refuse what would be one more than the quota allows."""
    if count >= QUOTAS[quota]:
        raise limit_exceeded(what, QUOTAS[quota])


def limit_exceeded(what: str, number: int) -> AwsError:
    return AwsError("LimitExceeded", f"Cannot exceed quota for {what}: {number}", 409)

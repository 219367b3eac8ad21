# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and taking away what users sign in and call AWS with, and whole users."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .._core.iam.adoption import Credentials
from .._core.ownership import UNLISTED_TAG
from .account import AwsAccount
from .errors import ClientError, doing, error_code
from .login_profiles import delete_login_profile, read_profiles
from .writing import NOT_THERE

_READERS = 8


@dataclass(frozen=True)
class _Sort:
    """A sort of credentials: the call that lists them, where, and the one that deletes each."""

    listing: str
    rows: str
    key: str
    deletion: str


_SORTS = {
    "access_keys": _Sort(
        "list_access_keys", "AccessKeyMetadata", "AccessKeyId", "delete_access_key"
    ),
    "signing_certificates": _Sort(
        "list_signing_certificates", "Certificates", "CertificateId", "delete_signing_certificate"
    ),
    "ssh_public_keys": _Sort(
        "list_ssh_public_keys", "SSHPublicKeys", "SSHPublicKeyId", "delete_ssh_public_key"
    ),
    "service_specific_credentials": _Sort(
        "list_service_specific_credentials",
        "ServiceSpecificCredentials",
        "ServiceSpecificCredentialId",
        "delete_service_specific_credential",
    ),
}
_DEVICES = _Sort("list_mfa_devices", "MFADevices", "SerialNumber", "deactivate_mfa_device")


def read_credentials(aws: AwsAccount, users: Iterable[str]) -> dict[str, Credentials]:
    """Return what each of the users can sign in and call AWS with, as of now."""
    listed = sorted(users)
    if not listed:
        return {}
    profiles = read_profiles(aws, listed)
    with ThreadPoolExecutor(_READERS) as pool:
        counts = list(pool.map(lambda name: _counts(aws, name), listed))
    return {
        name: Credentials(console_password=name in profiles, **count)
        for name, count in zip(listed, counts, strict=True)
    }


def _counts(aws: AwsAccount, user: str) -> dict[str, int]:
    with doing(aws, f"read the credentials of user {user}"):
        found = {name: len(_listed(aws, user, sort)) for name, sort in _SORTS.items()}
        return {**found, "mfa_devices": len(_listed(aws, user, _DEVICES))}


def _listed(aws: AwsAccount, user: str, sort: _Sort) -> list[str]:
    """Return the ids of all credentials of a sort; IAM allows fewer of each than a page has."""
    return [
        row[sort.key] for row in getattr(aws.client("iam"), sort.listing)(UserName=user)[sort.rows]
    ]


def withdraw_credentials(aws: AwsAccount, user: str) -> None:
    """Take password and keys away; MFA devices stay, because they only ask for more."""
    delete_login_profile(aws, user)
    with doing(aws, f"withdraw the credentials of user {user}"):
        for sort in _SORTS.values():
            _delete_all(aws, user, sort)


def _delete_all(aws: AwsAccount, user: str, sort: _Sort) -> list[str]:
    delete = getattr(aws.client("iam"), sort.deletion)
    found = _listed(aws, user, sort)
    for one in found:
        _if_there(delete, UserName=user, **{sort.key: one})
    return found


def _if_there(delete: Callable[..., Any], **params: str) -> None:
    """Delete something that a run beside this one may have deleted already."""
    try:
        delete(**params)
    except ClientError as error:
        if error_code(error) not in NOT_THERE:
            raise


def delete_user(aws: AwsAccount, user: str) -> None:
    """Delete a user with everything that is its own.

    It is marked first, so that a run that ends halfway is not taken for a decision. Groups go
    before policies: one of these may be what shuts the user out.
    """
    iam = aws.client("iam")
    with doing(aws, f"delete user {user}"):
        iam.tag_user(UserName=user, Tags=[{"Key": UNLISTED_TAG, "Value": "being replaced"}])
    withdraw_credentials(aws, user)
    with doing(aws, f"delete user {user}"):
        for serial in _delete_all(aws, user, _DEVICES):
            # Passkeys and hardware keys are gone by now; a virtual device is left without owner.
            if ":mfa/" in serial:
                _if_there(iam.delete_virtual_mfa_device, SerialNumber=serial)
        for group in iam.list_groups_for_user(UserName=user)["Groups"]:
            _if_there(iam.remove_user_from_group, UserName=user, GroupName=group["GroupName"])
        for name in iam.list_user_policies(UserName=user)["PolicyNames"]:
            _if_there(iam.delete_user_policy, UserName=user, PolicyName=name)
        for policy in iam.list_attached_user_policies(UserName=user)["AttachedPolicies"]:
            _if_there(iam.detach_user_policy, UserName=user, PolicyArn=policy["PolicyArn"])
        _if_there(iam.delete_user, UserName=user)


def take_policy_off(aws: AwsAccount, user: str, policy: str) -> None:
    """Take a policy off a user, an attached one by its ARN."""
    iam = aws.client("iam")
    with doing(aws, f"detach policy {policy} from user {user}"):
        if policy.startswith("arn:"):
            _if_there(iam.detach_user_policy, UserName=user, PolicyArn=policy)
        else:
            _if_there(iam.delete_user_policy, UserName=user, PolicyName=policy)

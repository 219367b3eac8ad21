# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The policy of every jump group: MFA first, and only one's own password, devices and keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..arns import build_arn, iam_arn
from ..change import Json
from .document import build_policy

FRESH_MFA_SECONDS = 900
"""How recent the MFA sign-in must be for whatever makes, revives or removes a credential."""

_OWN_PASSWORD = ("iam:ChangePassword",)
_OWN_VIEW = ("iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices")
_ENROL = ("iam:EnableMFADevice",)
_NEW_DEVICE = ("iam:CreateVirtualMFADevice",)
_ACCOUNT_VIEW = ("iam:GetAccountPasswordPolicy",)
_OWN_WITH_MFA = ("iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys")
_OWN_WITH_FRESH_MFA = (
    "iam:CreateAccessKey",
    "iam:DeactivateMFADevice",
    "iam:ResyncMFADevice",
    "iam:UpdateAccessKey",
)
_DELETE_DEVICE = ("iam:DeleteVirtualMFADevice",)
_BECOME_MFA = ("sts:GetSessionToken",)
"""What a key without MFA calls, with a token code, to get a session with MFA."""

_CLI_SIGN_IN = ("signin:AuthorizeOAuth2Access",)
_CLI_REFRESH = ("signin:CreateOAuth2Token",)
_OTHER_CREDENTIALS = (
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateLoginProfile",
    "iam:UpdateSSHPublicKey",
    "iam:UpdateServiceSpecificCredential",
    "iam:UpdateSigningCertificate",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
    "signin:CreateBearerToken",
)
"""Credentials that nobody gets by this policy; another one may allow them."""

_WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}
_WITHOUT_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": ["false"]}}
_BY_KEY_WITHOUT_MFA = {"Null": {"aws:MultiFactorAuthPresent": ["true"]}}
_AGE = {"aws:MultiFactorAuthAge": [str(FRESH_MFA_SECONDS)]}
_WITH_FRESH_MFA = {**_WITH_MFA, "NumericLessThan": _AGE}
_FRESH_IF_ANY_MFA = {"NumericLessThanIfExists": _AGE}
"""The first enrollment has no MFA and so no age, each further one needs a fresh one."""
_WITH_STALE_MFA = {**_WITH_MFA, "NumericGreaterThanEqualsIfExists": _AGE}


@dataclass(frozen=True)
class MfaOptions:
    """Where the users are; source_networks limit from where they call AWS themselves."""

    account_id: str
    partition: str = "aws"
    source_networks: tuple[str, ...] = ()

    def _iam(self, resource: str) -> str:
        return iam_arn(self.partition, self.account_id, resource)

    @property
    def own_user(self) -> list[str]:
        """Return the patterns that match the caller, with and without an IAM path, only."""
        # 'user/*${aws:username}' would let a user 'ice' act as 'al' + 'ice': names hold no '/'.
        return [self._iam("user/${aws:username}"), self._iam("user/*/${aws:username}")]

    @property
    def any_device(self) -> list[str]:
        """Return the pattern of all virtual MFA devices: people may choose any name."""
        return [self._iam("mfa/*")]

    @property
    def device_of_own_name(self) -> list[str]:
        """Return the pattern of the one virtual device that can be told to be one's own."""
        return [self._iam("mfa/${aws:username}")]

    @property
    def cli_on_own_machine(self) -> list[str]:
        """Return the client of 'aws login' whose browser runs on the same machine.

        With the other one, for remote machines, people can be talked into signing in a stranger.
        """
        client = "oauth2/public-client/localhost"
        return [build_arn(self.partition, "signin", self.account_id, client, "*")]


def build_mfa_policy(options: MfaOptions) -> dict[str, Json]:
    """Return the policy of every jump group: enroll MFA first, everything else after.

    Console sessions without MFA carry aws:MultiFactorAuthPresent as false, access keys do not
    carry it at all: a key alone may not even enroll a device, or a leaked key could pass MFA.
    """
    return build_policy(*_allowed(options), *_denied(options), *_denied_elsewhere(options))


def _allowed(options: MfaOptions) -> tuple[Json, ...]:
    own, cli = options.own_user, options.cli_on_own_machine
    return (
        _allow("ViewPasswordPolicy", _ACCOUNT_VIEW, ["*"]),
        _allow("ChangeOwnPassword", _OWN_PASSWORD, own),
        _allow("ViewOwnMfa", _OWN_VIEW, own),
        _allow("EnrolOwnMfa", _ENROL, own, _FRESH_IF_ANY_MFA),
        _allow("CreateMfaDeviceUnderAnyName", _NEW_DEVICE, options.any_device, _FRESH_IF_ANY_MFA),
        _allow("ManageOwnKeysWithMfa", _OWN_WITH_MFA, own, _WITH_MFA),
        _allow("ChangeOwnCredentialsWithFreshMfa", _OWN_WITH_FRESH_MFA, own, _WITH_FRESH_MFA),
        _allow(
            "DeleteOwnMfaDeviceWithFreshMfa",
            _DELETE_DEVICE,
            options.device_of_own_name,
            _WITH_FRESH_MFA,
        ),
        _allow("SignInToCliWithFreshMfa", _CLI_SIGN_IN, cli, _WITH_FRESH_MFA),
        _allow("StaySignedInToCliWithMfa", _CLI_REFRESH, cli, _WITH_MFA),
    )


def _denied(options: MfaOptions) -> tuple[Json, ...]:
    own_only = (*_OWN_PASSWORD, *_OWN_VIEW, *_ENROL)
    exempt = (*own_only, *_NEW_DEVICE, *_ACCOUNT_VIEW, *_BECOME_MFA)
    by_key = (*_OWN_PASSWORD, *_ACCOUNT_VIEW, *_BECOME_MFA)
    credentials = (*_ENROL, *_NEW_DEVICE, *_OWN_WITH_FRESH_MFA, *_DELETE_DEVICE, *_CLI_SIGN_IN)
    return (
        _deny("DenyAllWithoutMfa", {"NotAction": sorted(exempt)}, ["*"], _WITHOUT_MFA),
        {
            # Another policy may allow these for everybody; without MFA they stay one's own.
            "Sid": "DenyOthersWithoutMfa",
            "Effect": "Deny",
            "Action": sorted(own_only),
            "NotResource": options.own_user,
            "Condition": _WITHOUT_MFA,
        },
        _deny("DenyByKeyWithoutMfa", {"NotAction": sorted(by_key)}, ["*"], _BY_KEY_WITHOUT_MFA),
        _deny(
            "DenyCredentialsWithStaleMfa",
            {"Action": sorted((*credentials, *_OTHER_CREDENTIALS))},
            ["*"],
            _WITH_STALE_MFA,
        ),
    )


def _denied_elsewhere(options: MfaOptions) -> tuple[Json, ...]:
    if not options.source_networks:
        return ()
    condition = {
        "NotIpAddress": {"aws:SourceIp": sorted(options.source_networks)},
        # AWS services that act for a person call from addresses of their own.
        "Bool": {"aws:ViaAWSService": ["false"]},
    }
    return (_deny("DenyFromOtherNetworks", {"Action": ["*"]}, ["*"], condition),)


def _allow(
    sid: str, actions: Iterable[str], resource: list[str], condition: Json = None
) -> dict[str, Json]:
    statement = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def _deny(
    sid: str, actions: dict[str, list[str]], resource: list[str], condition: Json
) -> dict[str, Json]:
    return {
        "Sid": sid,
        "Effect": "Deny",
        **actions,
        "Resource": resource,
        "Condition": condition,
    }

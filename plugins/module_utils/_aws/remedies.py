# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What people can do about a failure, by AWS's error code or the name of botocore's exception."""

from __future__ import annotations

_DENIED = "Use credentials with permission to do this, or extend their policy."
_BUSY = "AWS stayed busy through all retries; run again later. Finished work is not repeated."
_LATER = "Run again later; finished work is not repeated."
_KEY = "Check the access key or the profile of this run."
_EXPIRED = "Renew {credentials} and start it again."
_SSO = "Run 'aws sso login{option}' and start it again."
_LOGIN = "Run 'aws login{option}' and start it again."
_PROFILE = "Correct the profile in ~/.aws/config or ~/.aws/credentials."
_SOURCE = "Find out why {credentials} cannot be loaded: run 'aws sts get-caller-identity{option}'."
_NETWORK = "Check the network, the proxy, aws_region and AWS_ENDPOINT_URL."

_REMEDIES = {
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "UnauthorizedOperation": _DENIED,
    "InvalidAccessKeyId": _KEY,
    "InvalidClientTokenId": _KEY,
    "UnrecognizedClientException": _KEY,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "SignatureDoesNotMatch": "Check the secret key and the clock of this machine.",
    "LimitExceeded": "Raise the quota in Service Quotas, or request less.",
    "Throttling": _BUSY,
    "ThrottlingException": _BUSY,
    "ServiceUnavailable": _LATER,
    "InternalFailure": _LATER,
    "ResponseParserError": "The answer is not from AWS: check AWS_ENDPOINT_URL and the proxy.",
    # What botocore refuses before it asks AWS.
    "NoCredentialsError": "Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or aws_profile in the inventory.",
    "PartialCredentialsError": "Set the access key, the secret key and, for a session, its token.",
    "ProfileNotFound": "Check the name of the profile in ~/.aws/config and in the inventory.",
    "ConfigNotFound": "Check AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE.",
    "ConfigParseError": _PROFILE,
    "InvalidConfigError": _PROFILE,
    "InfiniteLoopConfigError": "Correct source_profile in ~/.aws/config: it leads back to itself.",
    "CredentialRetrievalError": _SOURCE,
    "MetadataRetrievalError": _SOURCE,
    # A credential_process that is not there, or prints something else.
    "FileNotFoundError": _SOURCE,
    "PermissionError": _SOURCE,
    "JSONDecodeError": _SOURCE,
    "RefreshWithMFAUnsupportedError": _EXPIRED,
    "SSOTokenLoadError": _SSO,
    "UnauthorizedSSOTokenError": _SSO,
    "TokenRetrievalError": _SSO,
    "LoginError": _LOGIN,
    "LoginRefreshRequired": _LOGIN,
    "LoginTokenLoadError": _LOGIN,
    "LoginAuthorizationCodeError": _LOGIN,
    "LoginInsufficientPermissions": "Allow signin:CreateOAuth2Token, or use other credentials.",
    "MissingDependencyException": "Install it for the Python that runs Ansible.",
    "NoRegionError": "Set aws_region in the inventory, or region.",
    "InvalidRegionError": "Correct aws_region in the inventory, or region.",
    "ParamValidationError": "Correct the value named in the message.",
    "EndpointConnectionError": "Check the network, aws_region and AWS_ENDPOINT_URL.",
    "ConnectTimeoutError": _NETWORK,
    "ReadTimeoutError": _NETWORK,
    "ConnectionClosedError": _NETWORK,
    "ProxyConnectionError": _NETWORK,
    "SSLError": "Check AWS_CA_BUNDLE, the proxy and AWS_ENDPOINT_URL.",
    # botocore asks at a terminal, and a module has none.
    "EOFError": (
        "Get a session first, with "
        "'eval \"$(aws configure export-credentials{option} --format env)\"', and start again."
    ),
}


def remedy_for(code: str, profile: str | None = None) -> str:
    """Return the advice for a failure of the credentials of a profile, or of those of the run."""
    advice = _REMEDIES.get(code, "Fix the cause and run again; finished work is not repeated.")
    credentials = (
        f"the credentials of profile {profile}" if profile else "the credentials of this run"
    )
    option = f" --profile {profile}" if profile else ""
    return advice.format(credentials=credentials, option=option)

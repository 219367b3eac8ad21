# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Failures of AWS calls as sentences: what was being done, what AWS said, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
except ImportError:
    BotoCoreError = ClientError = ResponseParserError = Exception

from .account import AwsAccount

_REMEDIES = {
    "AccessDenied": "Run with credentials that may do this, or extend their policy.",
    "AccessDeniedException": "Run with credentials that may do this, or extend their policy.",
    "UnauthorizedOperation": "Run with credentials that may do this, or extend their policy.",
    "InvalidAccessKeyId": "Check the access key or the profile of this run.",
    "InvalidClientTokenId": "Check the access key or the profile of this run.",
    "ExpiredToken": "Renew the credentials of this run and start it again.",
    "ExpiredTokenException": "Renew the credentials of this run and start it again.",
    "SignatureDoesNotMatch": "Check the secret key and the clock of this machine.",
    "LimitExceeded": "Raise the quota in Service Quotas, or ask for less.",
    "Throttling": "AWS stayed busy through all retries; run again later, the run continues.",
    "ThrottlingException": "AWS stayed busy through all retries; run again later, it continues.",
    "ServiceUnavailable": "Run again later; the run continues where it stopped.",
    "InternalFailure": "Run again later; the run continues where it stopped.",
    "NoCredentialsError": "Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or aws_profile in the inventory.",
    "ProfileNotFound": "Check the name of the profile in ~/.aws/config and in the inventory.",
    "ResponseParserError": "That was not AWS: check AWS_ENDPOINT_URL and the proxy.",
    "EndpointConnectionError": "Check the network, aws_region and AWS_ENDPOINT_URL.",
}


class AwsError(Exception):
    """A failed call; code is AWS's error code or the name of botocore's exception."""

    def __init__(self, doing_what: str, code: str, said: str, remedy: str = "") -> None:
        self.code = code
        advice = remedy or _REMEDIES.get(code, "Mend the cause and run again; the run continues.")
        said = said.rstrip(".")
        super().__init__(f"Could not {doing_what}: AWS answered {code}: {said}. {advice}")


def error_code(error: BaseException) -> str:
    """Return AWS's error code, or the name of botocore's exception class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


@contextmanager
def doing(aws: AwsAccount, what: str, remedies: dict[str, str] | None = None) -> Iterator[None]:
    """Turn botocore's exceptions within into AwsError; what completes 'Could not ...'."""
    try:
        yield
    except (ClientError, BotoCoreError, ResponseParserError) as error:
        code = error_code(error)
        said = str(error)
        if isinstance(error, ClientError):
            said = str(error.response.get("Error", {}).get("Message", "")) or said
        remedy = (remedies or {}).get(code, "")
        raise AwsError(f"{what} in {aws.label}", code, said, remedy) from error

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Failures of AWS calls as sentences: what was being done, what AWS said, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
except ImportError:
    BotoCoreError = ClientError = ResponseParserError = Exception

from .._core.shown import inert
from .remedies import remedy_for

if TYPE_CHECKING:
    from .account import AwsAccount

__all__ = [
    "AwsError",
    "BotoCoreError",
    "ClientError",
    "ResponseParserError",
    "connecting",
    "doing",
    "error_code",
]

_FROM_AWS = (ClientError, ResponseParserError)
_BEFORE_AWS = (BotoCoreError, EOFError, OSError)
"""What botocore refuses by itself, what a prompt without a terminal or a command raises."""


class AwsError(Exception):
    """A failed call; code is AWS's error code or the name of botocore's exception."""

    def __init__(
        self, doing_what: str, code: str, said: str, remedy: str = "", who: str = "AWS answered "
    ) -> None:
        self.code = code
        said = said.rstrip(".: \n")
        advice = remedy or remedy_for(code)
        super().__init__(inert(f"Could not {doing_what}: {who}{code}: {said}. {advice}"))


def error_code(error: BaseException) -> str:
    """Return AWS's error code, or the name of botocore's exception class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


@contextmanager
def doing(aws: AwsAccount, what: str, remedies: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn botocore's exceptions within into AwsError; what completes 'Could not ...'."""
    try:
        yield
    except (*_FROM_AWS, *_BEFORE_AWS) as error:
        raise _as_sentence(aws, f"{what} in {aws.label}", error, remedies or {}) from error


@contextmanager
def connecting(aws: AwsAccount, service: str) -> Iterator[None]:
    """Turn whatever goes wrong while a client is made into AwsError.

    Nothing but botocore and what people configured runs then: files, commands, variables.
    """
    try:
        yield
    except AwsError:
        raise
    except Exception as error:
        what = f"prepare calls of {service} for {aws.label}"
        raise _as_sentence(aws, what, error, {}) from error


def _as_sentence(
    aws: AwsAccount, doing_what: str, error: Exception, remedies: Mapping[str, str]
) -> AwsError:
    code = error_code(error)
    remedy = remedies.get(code) or remedy_for(code, aws.profile)
    is_answer = isinstance(error, _FROM_AWS)
    return AwsError(doing_what, code, _said(error), remedy, "AWS answered " if is_answer else "")


def _said(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "an MFA code is needed, and there is no terminal to ask for it"
    if isinstance(error, ClientError):
        message = str(error.response.get("Error", {}).get("Message", ""))
        return message or str(error)
    return str(error)

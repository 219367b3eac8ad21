"""Errors as AWS sends them; the HTTP status comes from the service model unless given."""

from __future__ import annotations


class AwsError(Exception):
    """An error answer with AWS's own code, for instance ``EntityAlreadyExists``."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class DroppedConnectionError(Exception):
    """The client shall see a broken connection instead of an answer."""


def validation_error(message: str) -> AwsError:
    return AwsError("ValidationError", message, 400)


def access_denied(arn: str, action: str, resource: str = "", reason: str = "") -> AwsError:
    what = f"{action} on resource: {resource}" if resource else action
    words = f"User: {arn} is not authorized to perform: {what}"
    return AwsError("AccessDenied", f"{words} {reason}".rstrip(), 403)

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


def access_denied(arn: str, action: str, resource: str = "") -> AwsError:
    on = f" on resource: {resource}" if resource else ""
    return AwsError("AccessDenied", f"User: {arn} is not authorized to perform: {action}{on}", 403)

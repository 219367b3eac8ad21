# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Answers of AWS that name the call and the field when they lack what is read from them.

Other implementations of AWS leave fields out, and AWS's interfaces change. Whatever reads
``answer["Users"][0]["UserName"]`` then ends with a sentence instead of a bare KeyError.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import AwsError, BotoCoreError

_REMEDY = (
    "Update boto3 and this collection. If AWS_ENDPOINT_URL points to another implementation of "
    "AWS, it lacks what this run needs."
)
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class IncompleteAnswerError(AwsError):
    """AWS's answer lacks something, or cannot be read at all."""

    def __init__(self, call: str, problem: str) -> None:
        super().__init__(f"use the answer to {call}", "IncompleteAnswer", problem, _REMEDY)


class Fields(dict[str, Any]):
    """A structure of an answer; place says where it stands in it."""

    call = place = ""

    def __missing__(self, name: str) -> Any:
        raise IncompleteAnswerError(self.call, f"it has no {self.place}{name}")


class Items(list[Any]):
    """A list of an answer."""

    call = place = ""

    def __getitem__(self, index: Any) -> Any:
        try:
            return super().__getitem__(index)
        except IndexError:
            raise IncompleteAnswerError(self.call, f"{self.place} is empty") from None


def strict(client: Any, label: str) -> Any:
    """Return a client whose answers are Fields, also those of its paginators and waiters."""
    if "_make_api_call" in vars(client):
        return client
    # Every operation, page and poll of a client goes through this method; its events can change
    # an answer, but not replace it.
    make_call = client._make_api_call
    service = client.meta.service_model

    def make_strict_call(operation: str, parameters: Mapping[str, Any]) -> Any:
        call = f"{service.endpoint_prefix}:{operation} in {label}"
        try:
            answer = make_call(operation, parameters)
        except BotoCoreError:
            raise
        except _UNREADABLE as error:
            problem = f"it cannot be read ({type(error).__name__}: {error})"
            raise IncompleteAnswerError(call, problem) from error
        shape = service.operation_model(operation).output_shape
        return _strict_value(answer, shape, call, "") if shape else answer

    client._make_api_call = make_strict_call
    return client


def known(answer: Any, call: str, place: str = "") -> Any:
    """Return what was kept of an answer as strict as it was when AWS gave it."""
    if isinstance(answer, dict):
        fields = Fields({k: known(v, call, f"{place}{k}.") for k, v in answer.items()})
        fields.call, fields.place = call, place
        return fields
    if isinstance(answer, list):
        items = Items(known(item, call, f"{place[:-1]}[].") for item in answer)
        items.call, items.place = call, place[:-1]
        return items
    return answer


def _strict_value(value: Any, shape: Any, call: str, place: str) -> Any:
    """Return a value whose structures and lists know where they stand.

    What is no structure by AWS's own description, such as a policy, stays what it is.
    """
    if shape.type_name == "structure" and isinstance(value, dict):
        return _strict_structure(value, shape, call, f"{place}." if place else "")
    if shape.type_name == "list" and isinstance(value, list):
        items = Items(_strict_value(item, shape.member, call, f"{place}[]") for item in value)
        items.call, items.place = call, place
        return items
    if shape.type_name == "map" and isinstance(value, dict):
        return _strict_structure(value, shape, call, f"{place}.")
    return value


def _strict_structure(value: dict[str, Any], shape: Any, call: str, place: str) -> Fields:
    fields = Fields(value)
    fields.call, fields.place = call, place
    for name, inner in value.items():
        if isinstance(inner, dict | list):
            member = shape.value if shape.type_name == "map" else shape.members.get(name)
            if member is not None:
                fields[name] = _strict_value(inner, member, call, f"{place}{name}")
    return fields

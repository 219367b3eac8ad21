# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing the initial passwords in the Parameter Store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .._core.change import Change
from .._core.initial_password import StoredPassword, describe_record
from .account import AwsAccount
from .errors import ClientError, doing, error_code
from .retry import when_visible


@dataclass(frozen=True)
class Issued:
    """A password that this run chose, and how the parameter that holds it is described."""

    password: str = field(repr=False)
    description: str
    is_replacement: bool
    """Whether it replaced what lay there, which a run beside this one may be about to set."""


def read_parameters(aws: AwsAccount, prefix: str) -> dict[str, StoredPassword]:
    """Return the stored initial passwords by the names of their parameters, without values."""
    with doing(aws, f"list the parameters under {prefix}"):
        paginator = aws.client("ssm").get_paginator("describe_parameters")
        pages = paginator.paginate(
            ParameterFilters=[{"Key": "Path", "Option": "OneLevel", "Values": [prefix]}],
            PaginationConfig={"PageSize": 50},
        )
        return {
            p["Name"]: StoredPassword(p["LastModifiedDate"], p.get("Description", ""))
            for page in pages
            for p in page["Parameters"]
        }


def store_password(aws: AwsAccount, change: Change, chosen: Issued, kms_key_id: str | None) -> bool:
    """Store an initial password, unless something else stored one since the plan; tell whether.

    What lies there is replaced only where the plan says so: there was no login profile then, so
    nobody has it. What appeared since may be that of a run beside this one, about to be set.
    """
    (user,) = change.id.key
    name = change.after["parameter"]
    with doing(aws, f"store the initial password of {user} as {name}"):
        try:
            aws.client("ssm").put_parameter(
                Name=name,
                Description=chosen.description,
                Value=chosen.password,
                Type="SecureString",
                Overwrite=chosen.is_replacement,
                **({"KeyId": kms_key_id} if kms_key_id else {}),
            )
            return True
        except ClientError as error:
            if error_code(error) != "ParameterAlreadyExists":
                raise
        # Its own call, whose answer was lost, is the only one that stored this very password.
        return is_stored(aws, name, chosen)


def is_stored(aws: AwsAccount, name: str, chosen: Issued) -> bool:
    """Return whether a parameter holds the password that this run chose."""
    read = when_visible(aws.client("ssm").get_parameter)
    found: str = read(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return found == chosen.password


def delete_password(aws: AwsAccount, change: Change) -> None:
    """Delete an initial password that is over, or nobody's."""
    (user,) = change.id.key
    delete_parameter(aws, user, change.before["parameter"])


def delete_parameter(aws: AwsAccount, user: str, name: str) -> None:
    """Delete a stored password; one that is gone already is as good."""
    with doing(aws, f"delete the initial password of {user}, {name}"):
        try:
            aws.client("ssm").delete_parameter(Name=name)
        except ClientError as error:
            if error_code(error) != "ParameterNotFound":
                raise


def write_record(aws: AwsAccount, name: str, until: datetime) -> None:
    """Write down until when everybody got a password; the description is read with the others."""
    with doing(aws, f"write down in {name} that the passwords are issued"):
        aws.client("ssm").put_parameter(
            Name=name,
            Description=describe_record(until),
            Value=until.isoformat(),
            Type="String",
            Overwrite=True,
        )

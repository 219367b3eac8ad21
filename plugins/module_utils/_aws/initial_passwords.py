# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing the initial passwords in the Parameter Store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._core.change import Change
from .._core.iam.initial_password import StoredPassword, describe_record
from .account import AwsAccount
from .errors import ClientError, doing, error_code
from .retry import when_visible

PLAINTEXT = "none"


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
        return {p["Name"]: _stored_from(p) for page in pages for p in page["Parameters"]}


def _stored_from(parameter: Any) -> StoredPassword:
    return StoredPassword(
        parameter["LastModifiedDate"],
        parameter.get("Description", ""),
        # What somebody stored in the clear is under no key.
        parameter.get("KeyId", PLAINTEXT),
        parameter["Version"],
    )


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
    """Return whether a parameter was stored by this run; who runs this need not decrypt it.

    The description bears a token that the run drew for this password.
    """
    found = _described(aws, name)
    return name in found and found[name].description == chosen.description


def _described(aws: AwsAccount, *names: str) -> dict[str, StoredPassword]:
    """Return what there is of some parameters as of now."""
    wanted = {"Key": "Name", "Option": "Equals", "Values": list(names)}
    answer = aws.client("ssm").describe_parameters(ParameterFilters=[wanted])
    return {p["Name"]: _stored_from(p) for p in answer["Parameters"]}


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


def copy_password(aws: AwsAccount, change: Change, copy: str) -> None:
    """Copy a password that is to lie under another key, and delete it with all its versions.

    The copy is under the old key, which whoever can begin this can read: so can who has to end it.
    """
    (user,) = change.id.key
    name = change.before["parameter"]
    ssm = aws.client("ssm")
    with doing(aws, f"copy the initial password of {user}, {name}, for its move to another key"):
        found = _described(aws, name).get(name)
        if found is None:
            return
        password = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        ssm.put_parameter(
            Name=copy,
            Description=found.moved_description,
            Value=password,
            Type="SecureString",
            Overwrite=True,
            **({} if found.key == PLAINTEXT else {"KeyId": found.key}),
        )
        # It is deleted when AWS shows the copy, not before.
        when_visible(ssm.get_parameter)(Name=copy)
    delete_parameter(aws, user, name)


def restore_password(aws: AwsAccount, change: Change, copy: str, key_id: str | None) -> None:
    """Store a password under its key from the copy, which goes; where it lies already, only that.

    Whatever the copy holds, nobody's console password is set from it.
    """
    (user,) = change.id.key
    name = change.after["parameter"]
    ssm = aws.client("ssm")
    with doing(aws, f"store the initial password of {user}, {name}, under another key"):
        found = _described(aws, name, copy)
        if name not in found and copy in found:
            password = ssm.get_parameter(Name=copy, WithDecryption=True)["Parameter"]["Value"]
            _put_once(aws, name, found[copy].description, password, key_id)
    delete_parameter(aws, user, copy)


def _put_once(
    aws: AwsAccount, name: str, description: str, password: str, key_id: str | None
) -> None:
    """Store a password unless something is stored: then that is newer, or its own lost answer."""
    try:
        aws.client("ssm").put_parameter(
            Name=name,
            Description=description,
            Value=password,
            Type="SecureString",
            **({"KeyId": key_id} if key_id else {}),
        )
    except ClientError as error:
        if error_code(error) != "ParameterAlreadyExists":
            raise


def write_record(aws: AwsAccount, name: str, until: datetime) -> None:
    """Write down until when everybody got a password; the description is read with the others."""
    with doing(aws, f"record in {name} that the passwords are issued"):
        aws.client("ssm").put_parameter(
            Name=name,
            Description=describe_record(until),
            Value=until.isoformat(),
            Type="String",
            Overwrite=True,
        )

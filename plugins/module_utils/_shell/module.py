# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What all modules share: options, connection, errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import AwsAccount
from .._aws.details import read_caller
from .._aws.errors import AwsError
from .._aws.reads import Reads
from .._core.arns import is_account_id
from .._core.change import Json
from .._core.checking import InputError
from .._core.guard import GuardError
from .._core.shown import quoted
from .connection import client_maker

Spec = Mapping[str, Mapping[str, Any]]

COMMON_SPEC: Spec = {"account_id": {"type": "str"}, "run_folder": {"type": "path"}}
WRITING_SPEC: Spec = {**COMMON_SPEC, "defer_failures": {"type": "bool", "default": False}}
_REFUSALS = {"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
REMOVAL_SPEC: Spec = {"max_removal_ratio": {"type": "float", "default": 0.25}}


def build_module(spec: Spec, **settings: Any) -> AnsibleAWSModule:
    """Return the module of a specification that supports check mode."""
    return AnsibleAWSModule(argument_spec=dict(spec), supports_check_mode=True, **settings)


def build_account(
    module: AnsibleAWSModule, default_id: str | None = None, elsewhere: str | None = None
) -> AwsAccount:
    """Return the account that the module's credentials are for, in its region or elsewhere."""
    account_id = module.params["account_id"] or default_id
    if account_id is not None and not is_account_id(account_id):
        raise InputError([f"account_id: {quoted(account_id)} is not 12 digits"])
    return AwsAccount(
        account_id,
        client_maker(module, elsewhere),
        Reads(module.params["run_folder"]),
        module.params["profile"],
    )


@contextmanager
def sentences(module: AnsibleAWSModule, step: str = "step", **facts: Json) -> Iterator[None]:
    """End the module with a sentence for every foreseeable failure.

    A failure that the caller defers becomes the result of the step, which changed nothing; facts
    stand for its further return values then. Wrong input cannot be deferred.
    """
    try:
        yield
    except InputError as error:
        module.fail_json(msg=str(error))
    except (AwsError, GuardError) as error:
        _refuse_other_account(module, error)
        if not module.params.get("defer_failures"):
            module.fail_json(msg=str(error))
        module.exit_json(**refused_step(step, str(error)), **facts)


def _refuse_other_account(module: AnsibleAWSModule, error: Exception) -> None:
    """End the module when AWS refused something because the credentials are another account's.

    Then nothing else that could be said of the refusal is true.
    """
    expected = module.params.get("account_id") or module.params.get("jump_account_id")
    if not expected or not isinstance(error, AwsError) or error.code not in _REFUSALS:
        return
    try:
        require_account(build_account(module, expected))
    except InputError as problem:
        module.fail_json(msg=str(problem))
    except AwsError:
        # Whose credentials these are cannot be told; the first refusal is the one to show.
        return


def refused_step(step: str, message: str) -> dict[str, Json]:
    """Return the result of a step that was refused as a whole, in the shape that all share."""
    failure = {"subject": step, "target": step, "message": message}
    nothing: dict[str, Json] = {"changes": [], "applied": [], "pending": []}
    return {"changed": False, "failures": [failure], **nothing}


def require_account(aws: AwsAccount) -> str:
    """Return the account id; raise InputError when the credentials are for another account."""
    found = read_caller(aws)
    if aws.account_id not in (None, found["account_id"]):
        raise InputError(
            [
                f"the credentials of this run are for account {found['account_id']} "
                f"({found['arn']}), but account_id is {aws.account_id}: set aws_profile for that "
                "account, or run with its credentials"
            ]
        )
    return found["account_id"]


def given(params: Mapping[str, Json], *names: str) -> dict[str, Json]:
    """Return the named parameters that were given."""
    return {name: params[name] for name in names if params[name] is not None}

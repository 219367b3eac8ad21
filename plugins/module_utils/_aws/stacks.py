# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading and writing one CloudFormation stack of an account, and waiting for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from .._core.change import Action, Change, Kind
from .._core.stacks.account_stack import (
    ABSENT,
    FoundStack,
    is_absent,
    is_leftover,
    is_settled,
    is_usable,
)
from .._core.words import counted
from .account import AwsAccount
from .cfn_yaml import parse_template
from .errors import AwsError, ClientError, doing
from .transformations import Answer, tags_from, tags_to
from .waiting import Patience, wait_for
from .writing import Writers, create_once

_AWS_TAG = "aws:"
_BUSY = "_IN_PROGRESS state"
_NOTHING_TO_UPDATE = "No updates are to be performed"
_OPERATION_STARTS = {"CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}


@dataclass(frozen=True)
class Launch:
    """What CloudFormation is given, as it is; parameters may hold secrets."""

    template_body: str
    patience: Patience
    parameters: tuple[tuple[str, str], ...] = ()
    capabilities: tuple[str, ...] = ()
    termination_protection: bool = True
    kept_parameters: tuple[str, ...] = ()


def read_stack(aws: AwsAccount, name: str, patience: Patience) -> FoundStack:
    """Return the stack of an account when it has settled; a broken one is an error.

    An earlier run that was killed may have left an operation under way: it is waited for.
    """
    with doing(aws, f"read stack {name}"):
        stack = _settled(aws, "read", name, patience)
        status = stack["StackStatus"]
        if is_absent(status) or is_leftover(status):
            return FoundStack(status)
        if not is_usable(status):
            raise _failure(aws, "use", stack)
        return _found(aws, stack)


def read_usable_stacks(aws: AwsAccount, names: Collection[str]) -> dict[str, FoundStack]:
    """Return those of the stacks that are there and complete, by name; one call describes all."""
    with doing(aws, f"read stacks {', '.join(sorted(names))}"):
        pages = aws.client("cloudformation").get_paginator("describe_stacks").paginate()
        return {
            stack["StackName"]: _found(aws, stack)
            for page in pages
            for stack in page["Stacks"]
            if stack["StackName"] in names and is_usable(stack["StackStatus"])
        }


def _found(aws: AwsAccount, stack: Answer) -> FoundStack:
    name = stack["StackName"]
    template = aws.client("cloudformation").get_template(StackName=name)["TemplateBody"]
    return FoundStack(
        status=stack["StackStatus"],
        template=parse_template(template, f"template of stack {name} in {aws.label}"),
        parameters=tuple(sorted(parameters_from(stack).items())),
        tags=tuple(sorted(_tags_of(stack).items())),
        termination_protection=stack.get("EnableTerminationProtection", False),
    )


def describe_stack(aws: AwsAccount, name_or_id: str) -> Answer:
    """Return a stack's description; one that is not there has the status ABSENT."""
    try:
        answer = aws.client("cloudformation").describe_stacks(StackName=name_or_id)
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return {"StackName": name_or_id, "StackStatus": ABSENT}
    return dict(answer["Stacks"][0])


def parameters_from(stack: Answer) -> dict[str, str]:
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}


def _tags_of(stack: Answer) -> dict[str, str]:
    tags = tags_from(stack.get("Tags", []))
    return {key: value for key, value in tags.items() if not key.startswith(_AWS_TAG)}


def stack_writers(enter: Callable[[str], AwsAccount], launch: Launch) -> Writers:
    """Return the calls for each change of the accounts' stacks; enter opens an account.

    Every change enters its account anew, so that clients end with their use.
    """
    born_protected: set[str] = set()

    def create(change: Change) -> None:
        if create_stack(enter(change.subject), change, launch):
            born_protected.add(change.subject)

    def protect(change: Change) -> None:
        # CreateStack has done it already, in the same moment.
        if change.subject not in born_protected:
            set_protection(enter(change.subject), change, True)

    return {
        (Kind.STACK_LEFTOVER, Action.DELETE): lambda c: delete_leftover(
            enter(c.subject), c, launch.patience
        ),
        (Kind.STACK, Action.CREATE): create,
        (Kind.STACK, Action.UPDATE): lambda c: update_stack(enter(c.subject), c, launch),
        (Kind.STACK_PROTECTION, Action.CREATE): protect,
        (Kind.STACK_PROTECTION, Action.DELETE): lambda c: set_protection(
            enter(c.subject), c, False
        ),
    }


def create_stack(aws: AwsAccount, change: Change, launch: Launch) -> bool:
    """Create a stack, wait until it is complete, and return whether it is protected."""
    name = change.id.key[1]
    cloudformation = aws.client("cloudformation")
    request = {
        **_request(change, launch),
        "EnableTerminationProtection": launch.termination_protection,
    }
    with doing(aws, f"create stack {name}"):
        create_once(
            lambda: cloudformation.create_stack(**request),
            lambda: _has_template(aws, name, launch),
        )
        # The new stack may take a moment to be seen.
        stack = _settled(aws, "create", name, launch.patience, stale={ABSENT})
        if stack["StackStatus"] != "CREATE_COMPLETE":
            raise _failure(aws, "create", stack)
    return bool(stack.get("EnableTerminationProtection"))


def _has_template(aws: AwsAccount, name: str, launch: Launch) -> bool:
    found = aws.client("cloudformation").get_template(StackName=name)["TemplateBody"]
    return parse_template(found) == parse_template(launch.template_body)


def update_stack(aws: AwsAccount, change: Change, launch: Launch) -> None:
    """Update a stack and wait until it is complete."""
    name = change.id.key[1]
    with doing(aws, f"update stack {name}"):
        answer = _start_update(aws, change, launch)
        if _BUSY in answer:
            # Somebody else's update, or ours whose answer was lost: then nothing is left to do.
            _settled(aws, "update", name, launch.patience)
            answer = _start_update(aws, change, launch)
        if _NOTHING_TO_UPDATE in answer:
            return
        stack = _settled(aws, "update", name, launch.patience)
        if stack["StackStatus"] != "UPDATE_COMPLETE":
            raise _failure(aws, "update", stack)


def _start_update(aws: AwsAccount, change: Change, launch: Launch) -> str:
    """Start an update; return nothing, or in what words CloudFormation puts it off."""
    try:
        aws.client("cloudformation").update_stack(**_request(change, launch))
    except ClientError as error:
        if _BUSY not in str(error) and _NOTHING_TO_UPDATE not in str(error):
            raise
        return str(error)
    return ""


def _request(change: Change, launch: Launch) -> dict[str, Any]:
    return {
        "StackName": change.id.key[1],
        "TemplateBody": launch.template_body,
        "Parameters": _parameters(change, launch),
        "Capabilities": list(launch.capabilities),
        "Tags": tags_to(change.after["tags"]),
    }


def _parameters(change: Change, launch: Launch) -> list[dict[str, Any]]:
    """Return the parameters; those that are kept are not even known where they are secret."""
    deployed = change.before["parameters"] if change.before else {}
    kept = [name for name in launch.kept_parameters if name in deployed]
    return [
        *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
        *(
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in launch.parameters
            if name not in kept
        ),
    ]


def delete_leftover(aws: AwsAccount, change: Change, patience: Patience) -> None:
    """Delete what a failed first creation left, so that the stack can be created."""
    name = change.id.key[1]
    with doing(aws, f"delete the leftover of stack {name}"):
        found = describe_stack(aws, name)
        if is_absent(found["StackStatus"]):
            return
        if found.get("EnableTerminationProtection"):
            set_protection(aws, change, False)
        aws.client("cloudformation").delete_stack(StackName=found["StackId"])
        stale = {found["StackStatus"]}
        stack = _settled(aws, "delete", found["StackId"], patience, stale=stale)
        if not is_absent(stack["StackStatus"]):
            raise _failure(aws, "delete", stack)


def set_protection(aws: AwsAccount, change: Change, enabled: bool) -> None:
    """Switch the termination protection of a stack on or off."""
    name = change.id.key[1]
    with doing(aws, f"turn {'on' if enabled else 'off'} termination protection of stack {name}"):
        aws.client("cloudformation").update_termination_protection(
            StackName=name, EnableTerminationProtection=enabled
        )


def _settled(
    aws: AwsAccount,
    verb: str,
    name_or_id: str,
    patience: Patience,
    stale: Collection[str] = (),
) -> Answer:
    """Return a stack that has settled; a status that an operation has yet to change is stale."""

    def is_done(stack: Answer) -> bool:
        return is_settled(stack["StackStatus"]) and stack["StackStatus"] not in stale

    stack = wait_for(lambda: describe_stack(aws, name_or_id), is_done, patience)
    if is_done(stack):
        return stack
    raise AwsError(
        f"{verb} stack {stack['StackName']} in {aws.label}",
        stack["StackStatus"],
        f"it did not finish within {counted(round(patience.timeout), 'second')} (wait_timeout)",
        "Check the events of the stack and run again: the run waits for it to finish.",
    )


def _failure(aws: AwsAccount, verb: str, stack: Answer) -> AwsError:
    """Return why a stack is not as it should be, with the first resource that failed."""
    name, status = stack["StackName"], stack["StackStatus"]
    said = _first_failed_resource(aws, name) or stack.get("StackStatusReason", "no reason given")
    return AwsError(f"{verb} stack {name} in {aws.label}", status, said, _remedy(status))


def _remedy(status: str) -> str:
    if is_usable(status) or is_leftover(status):
        return "Fix the cause and run again; finished work is not repeated."
    return "Repair or delete the stack in the console of that account, then run again."


def _first_failed_resource(aws: AwsAccount, name: str) -> str | None:
    events = takewhile(lambda e: not _starts_operation(e), _events(aws, name))
    failed = [e for e in events if e["ResourceStatus"].endswith("_FAILED")]
    causes = [e for e in failed if " cancel" not in e.get("ResourceStatusReason", "").lower()]
    if not causes:
        return None
    first = causes[-1]
    resource = f"{first['LogicalResourceId']} ({first['ResourceType']})"
    return f"{resource}: {first.get('ResourceStatusReason', 'no reason given')}"


def _events(aws: AwsAccount, name: str) -> Iterator[Answer]:
    """Yield the events of a stack, the newest first."""
    paginator = aws.client("cloudformation").get_paginator("describe_stack_events")
    for page in paginator.paginate(StackName=name):
        yield from page["StackEvents"]


def _starts_operation(event: Answer) -> bool:
    is_stack = event.get("PhysicalResourceId") == event["StackId"]
    return is_stack and event["ResourceStatus"] in _OPERATION_STARTS

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What AWS says about an account it could not deploy to, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .operation import InstanceResult

_MISSING_ROLE = re.compile(
    r"Account (?P<account>[0-9]{12}) should have '?(?P<role>[\w+=,.@/-]+)'? role with trust "
    r"relationship to (?P<trusted>Role|CloudFormation)",
    re.I,
)
_SUSPENDED = re.compile(r"suspend", re.I)
_EXISTS = re.compile(r"already exists", re.I)
_PROTECTED = re.compile(r"termination ?protection", re.I)
_PASSING = re.compile(
    r"rate exceeded|throttl|internal ?(failure|error)|unavailable|tim(ed|e) ?out|try again"
    r"|in progress|stabili[sz]e",
    re.I,
)
_GATE = re.compile(r"account ?gate", re.I)


@dataclass(frozen=True)
class Advice:
    """What messages can offer: the link that creates the execution role.

    unprepared are the accounts where the run cannot create that role itself.
    """

    stack_set_name: str
    quick_create_url: str | None = None
    unprepared: frozenset[str] = frozenset()

    def is_for_owner(self, account_id: str, reason: str) -> bool:
        """Return whether only the owner of an account can do what is missing there."""
        return account_id in self.unprepared and lacks_execution_role(reason)


def explain(verb: str, result: InstanceResult, advice: Advice) -> str:
    """Return a sentence: what was being done where, what AWS said, what to do next."""
    said = result.reason.rstrip(". ") or "no reason"
    return (
        f"Could not {verb} stack instance {result.account_id}/{result.region} of stack set "
        f"{advice.stack_set_name}: AWS answered {result.status}: {said}. "
        f"{remedy_for(result, advice)}"
    )


def lacks_execution_role(said: str) -> bool:
    """Return whether AWS misses the execution role in an account."""
    missing = _MISSING_ROLE.search(said)
    return missing is not None and missing["trusted"].lower() == "role"


def may_pass(said: str) -> bool:
    """Return whether what AWS said may be otherwise when it is tried again at once."""
    return _PASSING.search(said) is not None


def remedy_for(result: InstanceResult, advice: Advice) -> str:
    """Return what to do about an instance that an operation failed to deal with."""
    account, reason = result.account_id, result.reason
    if result.status == "SKIPPED_SUSPENDED_ACCOUNT" or _SUSPENDED.search(reason):
        return (
            f"Account {account} is suspended: remove it from the accounts, and remove its "
            "instances with purge and retain_stacks."
        )
    missing = _MISSING_ROLE.search(reason)
    if missing and missing["trusted"].lower() == "cloudformation":
        return (
            f"Create the administration role {missing['role']} in account {missing['account']}, "
            "which holds the stack set, or set the correct administration_role_arn in "
            "jumpaccount.aws.stackset, and run again."
        )
    if missing:
        return _create_role(missing["role"], account, advice)
    if _EXISTS.search(reason):
        return (
            f"It was created by something else in account {account}: delete or rename it there, "
            "or exclude the account from the stack set and adopt its roles with "
            "jumpaccount.aws.switch_role."
        )
    if _PROTECTED.search(reason):
        return (
            f"Turn off termination protection of the stack in account {account}, or set "
            "retain_stacks to keep the stack."
        )
    if _GATE.search(reason):
        return f"The account gate function of account {account} failed; see its log there."
    if result.status == "INOPERABLE":
        return "Delete its stack in the account first, then set recover_inoperable to replace it."
    return f"Fix the cause in account {account} and run again; finished work is not repeated."


def _create_role(role: str, account: str, advice: Advice) -> str:
    if advice.quick_create_url is None:
        return (
            f"Create the role {role} in account {account}, with a trust to the administration "
            f"role, and run again."
        )
    return (
        f"Sign in to account {account} as an administrator, create the role {role} with this "
        f"link, and run again: {advice.quick_create_url}"
    )

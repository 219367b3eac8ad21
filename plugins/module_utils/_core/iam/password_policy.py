# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""State of the account password policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict

from ..change import Json, Kind, ObjectId, State
from ..checking import Problems, type_name
from ..quotas import PASSWORD_AGE_LONGEST, PASSWORD_LONGEST, PASSWORD_SHORTEST, PASSWORDS_REMEMBERED
from .password import PasswordPolicy

_LIMITS = {
    "minimum_length": (PASSWORD_SHORTEST, PASSWORD_LONGEST),
    "max_age": (0, PASSWORD_AGE_LONGEST),
    "reuse_prevention": (0, PASSWORDS_REMEMBERED),
}

_VARIABLES = {
    "minimum_length": "jump_account_password_minimum_length",
    "max_age": "jump_account_password_max_age",
    "reuse_prevention": "jump_account_password_reuse_prevention",
}
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")


def check_password_variables(problems: Problems, given: Mapping[str, Json]) -> None:
    """Record variables of the roles that IAM would refuse; None stands for one not given.

    Variables of the command line are texts.
    """
    for name, variable in _VARIABLES.items():
        value, (least, most) = given.get(name), _LIMITS[name]
        if value is None:
            continue
        is_number = not isinstance(value, bool) and _WHOLE_NUMBER.fullmatch(str(value))
        if not is_number or not least <= int(value) <= most:
            problems.add(
                variable,
                f"expected a whole number from {least} to {most}, found {type_name(value)}",
            )


def check_password_policy(problems: Problems, policy: PasswordPolicy) -> None:
    """Record settings that IAM would refuse."""
    for name, (least, most) in _LIMITS.items():
        value = getattr(policy, name)
        if not least <= value <= most:
            problems.add(name, f"{value} is not between {least} and {most}")
    if policy.hard_expiry and not policy.max_age:
        problems.add("hard_expiry", "has no effect without max_age, because passwords never expire")


def build_password_policy_state(policy: PasswordPolicy | None, account: str) -> State:
    """Return the policy of an account as a state; an account may have none."""
    if policy is None:
        return {}
    return {ObjectId(Kind.PASSWORD_POLICY, (account,)): asdict(policy)}

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What makes the stack of one account differ from the others: its stage and exceptions."""

from __future__ import annotations

from collections.abc import Mapping

from ..change import Json
from ..checking import Problems, shortened
from ..input.exceptions import in_force, lasting_actions
from ..model import Account, Inventory, Level, PersonalException
from ..naming import Names
from ..policies.personal import PARAMETERS_PER_ROLE, TooLargeError, check_room, pack_exceptions
from ..quotas import TEMPLATE_PARAMETERS
from ..templates.switch_roles import STAGE_PARAMETER, exception_parameters


def build_account_parameters(
    problems: Problems, inventory: Inventory, names: Names, today: str
) -> dict[str, dict[str, str]]:
    """Return the parameter overrides by account id, only of accounts that need any.

    Records exceptions that do not fit into their role, each cause once.
    """
    exceptions = in_force((e for p in inventory.people for e in p.exceptions), today)
    found = {}
    causes: dict[tuple[str, str], list[str]] = {}
    for account in inventory.accounts:
        overrides = _stage_of(account, inventory)
        for level in inventory.levels:
            here = [e for e in exceptions if is_for(e, account) and e.level == level.name]
            if not here:
                continue
            try:
                overrides.update(_texts(level, account, names, here))
            except TooLargeError as error:
                cause = (shortened(error.places), f"{error} ({names.role(level.name)} of account")
                causes.setdefault(cause, []).append(account.account_id)
        if overrides:
            found[account.account_id] = overrides
    for (place, text), account_ids in causes.items():
        problems.add(place, f"{text} {shortened(account_ids)})")
    return found


def is_for(exception: PersonalException, account: Account) -> bool:
    """Return whether an exception concerns an account; the Jump account is of no project."""
    return account.project == exception.project and exception.stage in (None, account.stage)


def _stage_of(account: Account, inventory: Inventory) -> dict[str, str]:
    if account.stage is None or account.stage not in inventory.staged:
        return {}
    return {STAGE_PARAMETER: account.stage}


def _texts(
    level: Level, account: Account, names: Names, exceptions: list[PersonalException]
) -> dict[str, str]:
    texts = pack_exceptions(exceptions)
    own = (document for _name, document in level.at(account.stage).inline_policies)
    check_room(exceptions, texts, own)
    return dict(zip(exception_parameters(names.role(level.name)), texts, strict=False))


def check_parameter_count(problems: Problems, levels: int) -> None:
    """Record more levels than one template has parameters for."""
    most = (TEMPLATE_PARAMETERS - 1) // PARAMETERS_PER_ROLE
    if levels > most:
        problems.add("levels", f"{levels} levels are defined, but a stack set has room for {most}")


def build_exceptions(inventory: Inventory, today: str) -> list[dict[str, Json]]:
    """Return all exceptions with their accounts and whether they are over, for people to read."""
    return [
        {
            "name": exception.person,
            "level": exception.level,
            "project": exception.project,
            "stage": exception.stage,
            "until": exception.until,
            "is_over": not in_force([exception], today),
            "lasting": lasting_actions(exception),
            "account_ids": [a.account_id for a in inventory.accounts if is_for(exception, a)],
        }
        for person in inventory.people
        for exception in person.exceptions
    ]


def build_scope(
    account: Account, overrides: Mapping[str, Mapping[str, str]], inventory: Inventory
) -> dict[str, Json]:
    """Return an account for stackset_instance, with its overrides where it can have any."""
    scoped: dict[str, Json] = {"account_id": account.account_id}
    mentioned = any(is_for(e, account) for p in inventory.people for e in p.exceptions)
    if account.account_id in overrides or mentioned:
        scoped["parameter_overrides"] = dict(overrides.get(account.account_id, {}))
    return scoped

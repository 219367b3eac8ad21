# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a run tells its roles about the accounts."""

from __future__ import annotations

from collections.abc import Collection

from ..change import Json
from ..checking import Problems
from ..model import Account, Inventory
from ..naming import Names
from .parameters import build_account_parameters, build_scope


def build_accounts(
    inventory: Inventory, names: Names, today: str, scope_hosts: Collection[str] | None
) -> dict[str, Json]:
    """Return the accounts, those in the scope of the run, and how the run reaches these."""
    overrides = build_account_parameters(Problems(), inventory, names, today)
    in_scope = [a for a in inventory.accounts if _is_in_scope(a, scope_hosts)]
    return {
        "jump": {
            "account_id": inventory.jump.account_id,
            "host": inventory.jump.host,
            "profile": inventory.jump.aws_profile,
        },
        "accounts": [
            {
                "account_id": account.account_id,
                "host": account.host,
                "project": account.project,
                "stage": account.stage,
                "in_scope": _is_in_scope(account, scope_hosts),
            }
            for account in inventory.accounts
        ],
        "bootstrap_credentials": [_credentials(a) for a in in_scope if _can_be_prepared(a)],
        "unprepared_accounts": [
            a.account_id for a in in_scope if not a.is_jump and not _can_be_prepared(a)
        ],
        "scope": [build_scope(account, overrides, inventory) for account in in_scope],
    }


def _is_in_scope(account: Account, scope_hosts: Collection[str] | None) -> bool:
    return scope_hosts is None or account.host in scope_hosts


def _can_be_prepared(account: Account) -> bool:
    """Return whether the run can reach a member account before its execution role is there."""
    return not account.is_jump and bool(account.aws_profile or account.bootstrap_role_arn)


def _credentials(account: Account) -> dict[str, Json]:
    given = {"profile": account.aws_profile, "role_arn": account.bootstrap_role_arn}
    return {"account_id": account.account_id, **{k: v for k, v in given.items() if v}}

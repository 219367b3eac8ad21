# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look up the policies and actions that switch roles name, then run the module."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.catalog import (
    parse_catalog,
    resolve_roles,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._aws_module import (
    ActionModule as AwsModuleAction,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._catalog import read_catalog
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._inventory import plain


class ActionModule(AwsModuleAction):
    """Action of the task jumpaccount.aws.switch_role."""

    def run_module(self, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Return the result of the module; fail with every name that AWS does not have."""
        try:
            return super().run_module(resolve_args(args), task_vars)
        except InputError as error:
            raise AnsibleActionFail(str(error)) from None


def resolve_args(args: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with the paths of AWS's policies."""
    problems = Problems()
    known_actions, partition = plain(args.get("known_actions")), args.get("partition", "aws")
    catalog = parse_catalog(problems, known_actions, read_catalog(), str(partition))
    roles = resolve_roles(problems, plain(args.get("roles")), catalog)
    problems.raise_if_any()
    return {**args, "roles": roles}

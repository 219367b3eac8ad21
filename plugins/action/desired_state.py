# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validate the input and compute what should exist; runs on the controller, without AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from ansible import context
from ansible.constants import DEFAULT_LOCAL_TMP
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.yaml import yaml_dump
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    SWITCH_TEMPLATE_KEY,
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.stacksets import (
    EXECUTION_TEMPLATE_KEY,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._catalog import read_catalog
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._expressions import find_expressions
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._inventory import (
    InventoryReader,
    plain,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._sources import Sources

_ARGUMENTS = {
    "levels": {"type": "raw"},
    "roster": {"type": "raw"},
    "region": {"type": "raw"},
    "names": {"type": "dict", "default": {}},
    "users_path": {"type": "str", "default": "/"},
    "security": {"type": "dict", "default": {}},
    "password_policy": {"type": "dict", "default": {}},
    "kms_key": {"type": "raw", "default": "own"},
    "password_readers": {"type": "raw", "default": []},
    "watch": {"type": "dict", "default": {}},
    "template_readers": {"type": "raw", "default": "all"},
    "project_groups": {"type": "raw", "default": "all"},
    "roles_in_jump_account": {"type": "raw", "default": "all"},
    "known_actions": {"type": "raw"},
    "user_name": {"type": "raw"},
    "scope_hosts": {"type": "list", "elements": "str"},
    "ignore_hosts": {"type": "list", "elements": "str", "default": []},
    "ignore_variables": {"type": "list", "elements": "str", "default": []},
}


class ActionModule(ActionBase):
    """Action of the task jumpaccount.aws.desired_state."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the desired state; fail with every problem of the input at once."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, args = self.validate_argument_spec(argument_spec=_ARGUMENTS)
        variables = task_vars or {}
        inventory = InventoryReader(variables)
        sources = self._sources(args, inventory, variables)
        flaws = (*find_expressions(variables), *sources.problems())
        request = self._request(args, inventory, flaws, variables.get("ansible_limit"))
        try:
            wanted = parse_request(request)
        except InputError as error:
            raise AnsibleActionFail(str(error)) from None
        desired = build_desired(wanted, request)
        for sentence in desired["partial"]:
            Display().display(f"A partial run, {sentence}.")
        templates = {key: template_text(t) for key, t in desired["templates"].items()}
        return {
            **result,
            "changed": False,
            **desired,
            "run_folder": str(Path(DEFAULT_LOCAL_TMP) / f"jumpaccount-{uuid4()}"),
            "sources": sources.report(),
            "templates": templates,
            "objects": [
                {"key": EXECUTION_TEMPLATE_KEY, "content": templates["execution"]},
                {"key": SWITCH_TEMPLATE_KEY, "content": templates["switch_roles"]},
            ],
            "shared_key": EXECUTION_TEMPLATE_KEY,
            "empty_groups": sorted(
                name
                for name, hosts in variables.get("groups", {}).items()
                if not hosts and name not in ("all", "ungrouped")
            ),
        }

    def _request(
        self,
        args: dict[str, Any],
        inventory: InventoryReader,
        flaws: tuple[tuple[str, str], ...],
        limit: str | None,
    ) -> Request:
        return read_request(
            args,
            inventory,
            flaws=flaws,
            variables=inventory.variable_names(self._loader),
            limit=limit,
            inventory_names=inventory.names,
            start_at_task=context.CLIARGS.get("start_at_task"),
        )

    def _sources(
        self, args: dict[str, Any], inventory: InventoryReader, variables: dict[str, Any]
    ) -> Sources:
        return Sources(
            loader=self._loader,
            variables=variables,
            lists={name: args[name] for name in ("levels", "roster")},
            hosts=tuple({*inventory.accounts, variables["inventory_hostname"]}),
            values=inventory.values,
        )


def read_request(args: dict[str, Any], inventory: InventoryReader, **found: Any) -> Request:
    """Return the input of the run; the day, in UTC, is read here, because the core has no clock."""
    return Request(
        hosts=inventory.hosts(),
        levels=plain(args["levels"]),
        roster=plain(args["roster"]),
        region=plain(args["region"]),
        names={key: value for key, value in plain(args["names"]).items() if value is not None},
        users_path=args["users_path"],
        only_user=plain(args["user_name"]),
        scope_hosts=args["scope_hosts"],
        security=plain(args["security"]),
        password_policy=plain(args["password_policy"]),
        kms_key=plain(args["kms_key"]),
        password_readers=plain(args["password_readers"]),
        watch=plain(args["watch"]),
        template_readers=plain(args["template_readers"]),
        project_groups=plain(args["project_groups"]),
        roles_in_jump_account=plain(args["roles_in_jump_account"]),
        known_actions=plain(args["known_actions"]),
        catalog=read_catalog(),
        current_day=datetime.now(UTC).date().isoformat(),
        strays=inventory.strays(args["ignore_hosts"]),
        ignore_variables=args["ignore_variables"],
        **found,
    )


def template_text(template: Any) -> str:
    """Return a CloudFormation template as YAML."""
    return str(yaml_dump(template, sort_keys=False, default_flow_style=False, width=100))

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Desired state of one stack set: its template and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..change import Json, Kind, ObjectId, State
from .canonical import canonical_template, declared_parameters, masked_parameters


@dataclass(frozen=True)
class StackSet:
    """A stack set as it is wanted; None leaves a setting as it is."""

    name: str
    template: Json
    description: str | None = None
    parameters: Mapping[str, Json] | None = None
    capabilities: frozenset[str] | None = None
    tags: Mapping[str, str] | None = None
    administration_role_arn: str | None = None
    execution_role_name: str | None = None
    permission_model: str | None = None
    managed_execution: bool | None = None
    auto_deployment: Mapping[str, bool] | None = None


def stack_set_id(name: str) -> ObjectId:
    """Return the id of a stack set."""
    return ObjectId(Kind.STACK_SET, (name,))


def build_stack_set_state(wanted: StackSet, observed: State) -> State:
    """Return the stack set as it shall be; what was not asked for stays as observed."""
    found = observed.get(stack_set_id(wanted.name)) or _NEW
    capabilities = wanted.capabilities
    return {
        stack_set_id(wanted.name): {
            "template": canonical_template(wanted.template),
            "description": _chosen(wanted.description, found["description"]),
            "parameters": _parameters(wanted, found["parameters"]),
            "capabilities": found["capabilities"] if capabilities is None else sorted(capabilities),
            "tags": found["tags"] if wanted.tags is None else dict(sorted(wanted.tags.items())),
            "administration_role_arn": _chosen(
                wanted.administration_role_arn, found["administration_role_arn"]
            ),
            "execution_role_name": _chosen(
                wanted.execution_role_name, found["execution_role_name"]
            ),
            "permission_model": _chosen(wanted.permission_model, found["permission_model"]),
            "managed_execution": _chosen(wanted.managed_execution, found["managed_execution"]),
            "auto_deployment": _chosen(wanted.auto_deployment, found["auto_deployment"]),
        }
    }


_NEW: Mapping[str, Json] = {
    "description": "",
    "parameters": {},
    "capabilities": [],
    "tags": {},
    "administration_role_arn": None,
    "execution_role_name": None,
    "permission_model": "SELF_MANAGED",
    "managed_execution": False,
    "auto_deployment": None,
}
"""A stack set that nobody has asked anything of."""


def _chosen(wanted: Json, found: Json) -> Json:
    return found if wanted is None else wanted


def _parameters(wanted: StackSet, found: Mapping[str, str]) -> dict[str, str]:
    if wanted.parameters is not None:
        return masked_parameters(wanted.template, wanted.parameters)
    declared = declared_parameters(wanted.template)
    return masked_parameters(wanted.template, {k: v for k, v in found.items() if k in declared})


def undeclared_parameters(template: Json, given: Mapping[str, Json]) -> list[str]:
    """Return the names of given parameters that the template does not know, sorted."""
    return sorted(set(given) - set(declared_parameters(template)))

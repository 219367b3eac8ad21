# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a template of ours says in one account: its functions and conditions worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..arns import iam_arn
from ..change import Json
from ..stacks.canonical import declared_parameters

_NO_VALUE = "AWS::NoValue"
_VARIABLE = re.compile(r"\$\{([\w:]+)\}")


@dataclass(frozen=True)
class Place:
    """Where a template is deployed."""

    account_id: str
    partition: str
    region: str


def resources_in(template: Mapping[str, Json], place: Place) -> Iterator[tuple[str, Json]]:
    """Yield type and properties of what a template makes there with default parameters."""
    values = _Values(template, place)
    for resource in template["Resources"].values():
        if values.holds(resource.get("Condition")):
            yield resource["Type"], values.resolve(resource.get("Properties", {}))


class _Values:
    def __init__(self, template: Mapping[str, Json], place: Place) -> None:
        self._conditions: Mapping[str, Json] = template.get("Conditions", {})
        self._policies = {
            name: resource["Properties"]
            for name, resource in template["Resources"].items()
            if resource["Type"] == "AWS::IAM::ManagedPolicy"
            and "ManagedPolicyName" in resource.get("Properties", {})
        }
        self._place = place
        self._known: dict[str, Json] = {
            name: declared.get("Default")
            for name, declared in declared_parameters(template).items()
        }
        self._known |= {
            "AWS::AccountId": place.account_id,
            "AWS::Partition": place.partition,
            "AWS::Region": place.region,
        }

    def holds(self, name: Json) -> bool:
        """Return whether a condition holds, None being none."""
        return name is None or bool(self.resolve(self._conditions[name]))

    def resolve(self, value: Json) -> Json:
        """Return a value with its functions worked out; what is not known here stays as it is."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value if not self._is_nothing(item)]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._reference(argument)
            if name == "Fn::Sub" and isinstance(argument, str):
                return _VARIABLE.sub(lambda found: str(self._reference(found[1])), argument)
            if name == "Fn::If":
                return self.resolve(self._chosen(argument))
            if name == "Fn::Equals":
                first, second = self.resolve(argument)
                return bool(first == second)
            if name == "Fn::Not":
                return not self.resolve(argument[0])
        return {k: self.resolve(v) for k, v in value.items() if not self._is_nothing(v)}

    def _chosen(self, argument: Json) -> Json:
        condition, if_true, if_false = argument
        return if_true if self.holds(condition) else if_false

    def _is_nothing(self, value: Json) -> bool:
        if isinstance(value, Mapping) and value.keys() == {"Fn::If"}:
            return self._is_nothing(self._chosen(value["Fn::If"]))
        return bool(value == {"Ref": _NO_VALUE})

    def _reference(self, name: str) -> Json:
        policy = self._policies.get(name)
        if policy is None:
            return self._known.get(name, {"Ref": name})
        name = f"policy{policy.get('Path', '/')}{policy['ManagedPolicyName']}"
        return iam_arn(self._place.partition, self._place.account_id, name)

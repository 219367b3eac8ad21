# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Finding parameter overrides that are not wanted any more, without asking every account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._aws.account import AwsAccount
from .._aws.override_record import read_record, write_record
from .._core.change import Json
from .._core.plan_stack_instance import StackInstance


class OverrideRecord:
    """The record that a module's options name, or none."""

    def __init__(self, aws: AwsAccount, place: Mapping[str, Json] | None) -> None:
        self._aws = aws
        self._place = place
        self._recorded = read_record(aws, place["bucket"], place["key"]) if place else frozenset()

    def applied_to(self, instances: Iterable[StackInstance]) -> tuple[StackInstance, ...]:
        """Return the instances, without overrides where the record has some and none are given."""
        return tuple(
            replace(i, parameter_overrides={})
            if i.parameter_overrides is None and i.account_id in self._recorded
            else i
            for i in instances
        )

    def extend(self, instances: Iterable[StackInstance]) -> None:
        """Write the accounts that will have overrides into the record, if it lacks any."""
        wanted = self._recorded | {i.account_id for i in instances if i.parameter_overrides}
        if self._place and wanted != self._recorded:
            write_record(self._aws, self._place["bucket"], self._place["key"], wanted)

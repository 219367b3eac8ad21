# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What earlier runs knew of accounts: overrides that may be there, execution roles that stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ..._aws.account import AwsAccount
from ..._aws.stack_sets.overrides import Record, read_record, write_record
from ..._core.change import Json, Plan
from ..._core.stacks.stack_instances import StackInstance


class OverrideRecord:
    """The record that a module's options name, or none."""

    def __init__(
        self, aws: AwsAccount, place: Mapping[str, Json] | None, released: Iterable[str] = ()
    ) -> None:
        self._aws = aws
        self._place = place
        self._released = frozenset(released)
        self._record = read_record(aws, place["bucket"], place["key"]) if place else Record()

    def applied_to(self, instances: Iterable[StackInstance]) -> tuple[StackInstance, ...]:
        """Return the instances, without overrides where the record has some and none are given."""
        return tuple(
            replace(i, parameter_overrides={})
            if i.parameter_overrides is None and i.account_id in self._record.overrides
            else i
            for i in instances
        )

    def extend(self, instances: Iterable[StackInstance]) -> None:
        """Write the accounts that will have overrides into the record, if it lacks any."""
        more = {i.account_id for i in instances if i.parameter_overrides}
        self._write(replace(self._record, overrides=self._record.overrides | more))

    def settle(self, current: Collection[str], made: Plan) -> None:
        """Write the accounts that proved to have an execution role, less the released ones."""
        prepared = {*current, *(change.subject for change in made if change.after)}
        known = (self._record.prepared - self._released) | prepared
        self._write(replace(self._record, prepared=known))

    def former(self, listed: Collection[str] | None, unlisted: Iterable[str]) -> list[str]:
        """Return the accounts that are listed no more and whose execution role may be there.

        unlisted are instances of the stack set, as account/region, that come first to be removed.
        """
        if listed is None:
            return []
        still_there = {instance.split("/")[0] for instance in unlisted}
        return sorted(self._record.prepared - {*listed, *still_there} - self._released)

    def _write(self, record: Record) -> None:
        if self._place and record != self._record:
            write_record(self._aws, self._place["bucket"], self._place["key"], record)
            self._record = record

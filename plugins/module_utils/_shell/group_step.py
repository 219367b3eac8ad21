# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What the step that handles groups tells of them."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.change import Json, Plan
from .._core.iam.decision import Decision, changed_groups, deleted_groups, groups_after
from .._core.iam.group_findings import FoundGroups
from .._core.iam.groups import GroupSettings


@dataclass(frozen=True)
class GroupStep:
    """The groups as they are, and the decision about them."""

    found: FoundGroups
    settings: GroupSettings
    decision: Decision

    def facts(self, applied: Plan) -> dict[str, Json]:
        """Return what is true of the groups after these changes."""
        return {
            "protected_groups": self._after(applied)[0],
            "changed_groups": changed_groups(self.found, self.settings, applied),
            "deleted_groups": deleted_groups(applied),
        }

    def alarms(self, applied: Plan) -> dict[str, str]:
        """Return what is wrong after these changes, by subject."""
        return self._after(applied)[1]

    def _after(self, applied: Plan) -> tuple[list[str], dict[str, str]]:
        return groups_after(self.found, self.decision, self.settings, applied)

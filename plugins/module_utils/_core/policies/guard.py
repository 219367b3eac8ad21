# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The guard in member accounts: lower levels leave the stacks of the product alone."""

from __future__ import annotations

from ..arns import build_arn
from ..change import Json
from ..naming import Names
from .document import build_policy
from .fence import STACK_READS, TYPE_CHANGES, deny, deny_changes


def build_guard_policy(names: Names, partition: str) -> dict[str, Json]:
    """Return the denials for one switch role in a member account.

    A stack policy, a failed deletion or a hook gives nobody rights, but it could keep what takes
    rights away from arriving. The account is not named: the text is the same in all of them.
    """
    stacks = [
        build_arn(partition, "cloudformation", "*", f"stack/{name}/*", "*")
        for name in (f"StackSet-{names.stack_set}-*", names.execution_stack)
    ]
    return build_policy(
        deny_changes("NoProductStackChanges", STACK_READS, sorted(stacks)),
        deny("NoTypeChanges", TYPE_CHANGES, ["*"]),
    )

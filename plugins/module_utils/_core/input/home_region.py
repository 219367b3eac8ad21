# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""In which region a Jump account was set up, as its roles tell.

Stack set, bucket and initial passwords lie in a region, while IAM has none. What a run in a second
region makes, no later run of the first one would see.
"""

from __future__ import annotations

import json
import re

from ..change import Kind, State


def check_region(roles: State, account_id: str, stack_set: str, region: str) -> list[str]:
    """Return why a run for this region is refused, or nothing.

    The trust policy of the administration role names our stack set with its region. roles are ours,
    as they are in the account.
    """
    stack_sets = re.compile(
        rf":cloudformation:([a-z0-9-]+):{account_id}:stackset/{re.escape(stack_set)}:"
    )
    told = {
        obj.key[0]: set(stack_sets.findall(json.dumps(role["trust_policy"])))
        for obj, role in sorted(roles.items())
        if obj.kind is Kind.ROLE
    }
    return [
        f"region: this run is for {region}, but the Jump account {account_id} was set up in "
        f"{', '.join(sorted(regions))}: its role {name} belongs to the stack set {stack_set} "
        "there. Set aws_region to that region. To move to another region, first remove the stack "
        "instances, stack set, stacks and bucket in the old region"
        for name, regions in told.items()
        if regions and region not in regions
    ]
